"""A receiver as the README of the webhook connector asks for one, in memory; it checks signatures in its own way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.platforms.loopback import Came

from ostrakon.platforms.fake.answers import Answer

SECRET = "whsec_" + base64.b64encode(b"a secret of both sides 4b1d").decode()
READS_ONLY = "whsec_" + base64.b64encode(b"one that may only read 77c0").decode()
TAKES = {
    "suspend": ("suspended", True),
    "unsuspend": ("suspended", False),
    "limit": ("limited", True),
    "unlimit": ("limited", False),
    "deactivate": ("deactivated", True),
    "label": ("label:", True),
    "unlabel": ("label:", False),
}


@dataclass
class Account:
    id: str
    handle: str
    local: bool = True
    flags: dict[str, bool] = field(default_factory=lambda: {"suspended": False, "deactivated": False})
    set_by: str = ""
    acts: int = 0
    profile: dict[str, Any] = field(default_factory=dict)


class Receiver:
    """State, and what its people do."""

    def __init__(self, *, works_later: bool = True) -> None:
        self.works_later = works_later
        self.accounts: dict[str, Account] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.told: list[tuple[str, str]] = []
        self.answered: dict[str, Answer] = {}
        self.work_waits: list[tuple[Account, str, bool]] = []
        self.refuses: dict[str, str] = {}
        self._ids = count(1)

    def register(self, handle: str, *, local: bool = True) -> Account:
        account = Account(f"u{next(self._ids)}", handle, local)
        self.accounts[account.id] = account
        return account

    def write(self, author: str, text: str) -> str:
        number = f"i{next(self._ids)}"
        self.items[number] = {"id": number, "author": author, "text": text}
        return number

    def act(self, account: Account, action: str, label: str = "", by: str = "ostrakon") -> None:
        flag, on = TAKES[action]
        account.acts += 1
        account.set_by = by if on else ""
        self.work_waits.append((account, flag + label, on))
        if not self.works_later or by != "ostrakon":
            self.work()

    def work(self) -> None:
        for account, flag, on in self.work_waits:
            account.flags[flag] = on
        self.work_waits.clear()

    def answer(self, came: Came) -> Answer:
        content = came.path.encode() if came.method == "GET" else came.body
        may_act = is_signed(SECRET, came.headers, content)
        if not may_act and not is_signed(READS_ONLY, came.headers, content):
            return Answer.of(401, {"error": "signature"})
        parts = urlsplit(came.path)
        segments = [unquote(one) for one in parts.path.split("/")[1:]]
        if came.method == "GET":
            return self._read(segments, parse_qs(parts.query), may_act)
        if not may_act:
            return Answer.of(403, {"error": "forbidden"})
        key = came.headers["webhook-id"]
        if key not in self.answered:
            self.answered[key] = self._change(segments, json.loads(came.body))
        return self.answered[key]

    def _read(self, segments: list[str], query: Mapping[str, list[str]], may_act: bool) -> Answer:
        match segments:
            case [""]:
                now = datetime.now(UTC).isoformat()
                return Answer.of(200, {"version": "1", "now": now, "may_act": may_act})
            case ["accounts"]:
                (name,) = query["name"]
                found = [one for one in self.accounts.values() if name in (one.id, one.handle)]
                return Answer.of(200, {"accounts": [shown(one) for one in found]})
            case ["accounts", number] if number in self.accounts:
                return Answer.of(200, shown(self.accounts[number]))
            case ["accounts", number, "profile"] if number in self.accounts:
                one = self.accounts[number]
                return Answer.of(200, {"id": one.id, "handle": one.handle, **one.profile})
            case ["items", number] if number in self.items:
                return Answer.of(200, self.items[number])
        return Answer.of(404, {"error": "gone"})

    def _change(self, segments: list[str], fields: dict[str, Any]) -> Answer:
        account = self.accounts.get(fields["account"])
        if account is None:
            return Answer.of(404, {"error": "gone"})
        if segments == ["notices"]:
            self.told.append((account.id, fields["body"]))
            return Answer.of(200, {"receipt": f"r{len(self.told)}"})
        if not account.local or account.id in self.refuses:
            return Answer.of(422, {"error": self.refuses.get(account.id, "remote")})
        assert segments == ["commands"]
        self.act(account, fields["action"], fields["label"] if "label" in fields["action"] else "")
        return Answer.of(202 if self.works_later else 200, {})


def shown(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "handle": account.handle,
        "local": account.local,
        "flags": account.flags,
        "set_by": account.set_by,
    }


def is_signed(secret: str, headers: Mapping[str, str], content: bytes) -> bool:
    """As the standard says, written a second time."""
    at = headers.get("webhook-timestamp", "0")
    if abs(datetime.now(UTC).timestamp() - int(at)) > 300:
        return False
    signed = b".".join([headers.get("webhook-id", "").encode(), at.encode(), content])
    digest = hmac.new(base64.b64decode(secret[6:]), signed, hashlib.sha256).digest()
    return headers.get("webhook-signature") == "v1," + base64.b64encode(digest).decode()
