"""Signed calls to a receiver. A GET has no content to sign: its path is signed instead, with its query."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import AccountRef, AccountState, Exchange
from ostrakon.platforms.webhook.signing import signed_headers
from ostrakon.platforms.wire import Reply, Wire, at, read_or_raise

NAME = "webhook"
"""What the platform is called where nobody says otherwise."""
LONGEST_ID = 500


@dataclass(frozen=True)
class Receiver:
    """Whoever answers, and the secret that both know."""

    wire: Wire
    secret: str
    clock: Callable[[], datetime]

    def get(self, path: str) -> Reply:
        """A signed read. ``path`` is below the base address, with its query: signed as it is sent."""
        headers = signed_headers(self.secret, f"get_{uuid4().hex}", self.clock(), path.encode())
        return self.wire.ask("GET", path, headers=headers)

    def post(self, path: str, key: str, body: Mapping[str, Any]) -> Reply:
        """A signed change. The same key is the same request, however often it comes."""
        content = json.dumps(body).encode()  # as the wire writes it
        return self.wire.ask(
            "POST", path, body=body, headers=signed_headers(self.secret, key, self.clock(), content)
        )


@dataclass(frozen=True)
class Seen:
    """A state, with the request that brought it."""

    state: AccountState
    exchange: Exchange
    is_local: bool = True


def is_possible(number: str) -> bool:
    """May this be an id? What cannot be printed, or is longer than any id, is not sent."""
    return bool(number) and len(number) <= LONGEST_ID and number.isprintable()


def ask_state(receiver: Receiver, number: str) -> Seen:
    """A fresh read; 404 with a JSON ``error``: the account does not exist.

    Raises:
        PlatformUnreadable: the receiver does not answer, or not in a way that is understood.
    """
    nobody = AccountState(flags={}, fetched_at=receiver.clock(), exists=False)
    if not is_possible(number):
        return Seen(nobody, Exchange("", "", None))
    reply = receiver.get(at("/accounts/{}", number))
    if reply.status == 404 and "error" in reply.fields:
        return Seen(nobody, reply.exchange)
    fields = read_or_raise(reply)
    flags = fields.get("flags")
    if fields.get("id") != number or not isinstance(flags, dict):
        raise PlatformUnreadable("the account that came is not understood")
    told = {str(name): value if isinstance(value, bool) else None for name, value in flags.items()}
    state = AccountState(told, receiver.clock(), set_by=str(fields.get("set_by") or ""), raw={"flags": told})
    return Seen(state, reply.exchange, bool(fields.get("local", True)))


def account_of(fields: Any, platform: str, now: datetime) -> AccountRef:
    """An account of the receiver's.

    Raises:
        PlatformUnreadable: it is none.
    """
    if not isinstance(fields, dict) or not isinstance(fields.get("id"), str):
        raise PlatformUnreadable("an account is not understood")
    return AccountRef(
        NAME, fields["id"], str(fields.get("handle") or ""), bool(fields.get("local", True)), now
    )
