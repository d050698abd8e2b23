"""Mastodon as its documentation describes it, in memory, and strict: what is not described fails.

Written from mastodon/documentation 2903485 (2 July 2026) and from what single files of the source say ("source" below).
Where neither tells, the harsher reading is taken. Nothing of it is Mastodon's code, and all values are made up.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.platforms.loopback import Came

from ostrakon.platforms.fake.answers import Answer

DOMAIN = "here.example"
KEPT = timedelta(days=30)
"""After that long a suspended account is empty for good."""
CALLS, WINDOW = 300, timedelta(minutes=5)
ALL_SCOPES = frozenset(
    {
        "admin:read:accounts",
        "admin:read:reports",
        "admin:write:accounts",
        "admin:write:reports",
        "read:statuses",
        "read:accounts",
    }
)
TYPES = {
    "none": "",
    "sensitive": "sensitized",
    "disable": "disabled",
    "silence": "silenced",
    "suspend": "suspended",
}
UNDOES = {
    "unsuspend": "suspended",
    "unsilence": "silenced",
    "unsensitive": "sensitized",
    "enable": "disabled",
}
ROLES = {"": ("-99", 0), "Moderator": ("1", 10), "Admin": ("2", 100), "Owner": ("3", 1000)}
"""Name: (id, position)."""

INVALID_TOKEN = Answer.of(401, {"error": "The access token is invalid"})
NOT_ALLOWED = Answer.of(403, {"error": "This action is not allowed"})
NOT_FOUND = Answer.of(404, {"error": "Record not found"})
INVALID = Answer.of(422, {"error": "Record invalid"})


@dataclass
class Account:
    id: int
    username: str
    domain: str | None = None
    role: str = ""
    email: str = ""
    flags: set[str] = field(default_factory=set)
    strikes: list[str] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    suspended_at: datetime | None = None
    suspended_by_origin: bool = False
    is_empty: bool = False
    display_name: str = ""
    note: str = ""
    follows: list[tuple[int, int]] = field(default_factory=list)
    """(id of the relation, whom)."""
    hides_follows: bool = False


@dataclass
class Status:
    id: int
    author: int
    text: str
    media: tuple[str, ...] = ()


@dataclass
class Report:
    id: int
    reporter: int
    target: int
    comment: str
    statuses: list[int]
    at: datetime
    forwarded: bool = False
    resolved: bool = False


@dataclass(frozen=True)
class Token:
    owner: int
    scopes: frozenset[str]


@dataclass(frozen=True)
class Asked:
    number: int
    query: Mapping[str, str]
    fields: Mapping[str, Any]
    owner: Account


class MastodonStub:
    """State, and the methods by which tests play its people."""

    def __init__(self, *, suspends_later: bool = True, limits: bool = False) -> None:
        self.suspends_later, self.limits = suspends_later, limits
        self.now = datetime.now(UTC)
        self.accounts: dict[int, Account] = {}
        self.statuses: dict[int, Status] = {}
        self.reports: dict[int, Report] = {}
        self.tokens: dict[str, Token] = {}
        self.work_waits: list[int] = []
        self.blocked_emails: set[str] = set()
        self.visited: set[tuple[str, str]] = set()
        self.calls: list[datetime] = []
        self._ids = count(100)
        owner = self.register("ostrakon", role="Admin")
        self.tokens["staff-token-9f2c"] = Token(owner.id, ALL_SCOPES)
        self.tokens["person-token-1d07"] = Token(self.register("nosy").id, frozenset({"read:statuses"}))

    # -- people ------------------------------------------------------------------------------------

    def register(self, username: str, *, domain: str | None = None, role: str = "") -> Account:
        number = next(self._ids)
        email = f"{username}@mail.example" if domain is None else ""
        self.accounts[number] = Account(number, username, domain, role, email)
        return self.accounts[number]

    def post(self, author: int, text: str, *, media: tuple[str, ...] = ()) -> Status:
        status = Status(next(self._ids), author, text, media)
        self.statuses[status.id] = status
        return status

    def report(
        self,
        reporter: int,
        target: int,
        comment: str,
        *,
        statuses: tuple[int, ...] = (),
        forwarded: bool = False,
    ) -> Report:
        """Only statuses that exist can be attached."""
        assert all(one in self.statuses for one in statuses)
        report = Report(
            next(self._ids), reporter, target, comment[:1000], list(statuses), self.now, forwarded
        )
        self.reports[report.id] = report
        return report

    def follow(self, follower: int, followee: int) -> None:
        self.accounts[follower].follows.append((next(self._ids), followee))

    def may_post(self, number: int) -> bool:
        return not {"suspended", "disabled"} & self.accounts[number].flags

    # -- the server --------------------------------------------------------------------------------

    def work(self) -> None:
        """The suspension worker runs."""
        for number in self.work_waits:
            self._suspend(self.accounts[number])
        self.work_waits.clear()

    def advance(self, span: timedelta) -> None:
        """Time passes; what was suspended for thirty days is emptied."""
        self.now += span
        for account in self.accounts.values():
            if account.suspended_at and self.now - account.suspended_at >= KEPT:
                account.is_empty = True
                self.statuses = {n: one for n, one in self.statuses.items() if one.author != account.id}

    def webhook(self, event: str, secret: str, **fields: Any) -> tuple[bytes, str]:
        """Body and X-Hub-Signature."""
        body = json.dumps({"event": event, "created_at": self.now.isoformat(), "object": fields}).encode()
        return body, "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

    def act(
        self, account: Account, kind: str, *, text: str = "", mails: bool = True, report: int = 0
    ) -> None:
        """A moderator acts. Each call is a strike, and a mail to somebody of this server (source)."""
        account.strikes.append(kind)
        if mails and account.domain is None:
            account.mails.append(f"{kind}: {text}")
        for one in self.reports.values():
            if one.target == account.id and (kind != "none" or one.id == report):
                one.resolved = True
        if kind == "suspend" and self.suspends_later:
            self.work_waits.append(account.id)
        elif kind == "suspend":
            self._suspend(account)
        elif kind != "none":
            account.flags.add(TYPES[kind])

    def undo(self, account: Account, kind: str) -> None:
        """What a flag took is given back, but not what thirty days took."""
        account.flags.discard(UNDOES[kind])
        if kind == "unsuspend":
            account.suspended_at = None
            self.blocked_emails.discard(account.email)

    def _suspend(self, account: Account) -> None:
        account.flags.add("suspended")
        account.suspended_at = account.suspended_at or self.now
        self.blocked_emails.add(account.email)

    # -- the interface -----------------------------------------------------------------------------

    def answer(self, came: Came) -> Answer:
        """One request."""
        parts = urlsplit(came.path)
        route, number = _route(came.method, parts.path)
        if route is None:
            return Answer.of(404, {"error": "Not found"})
        self.visited.add((came.method, route.path))
        token = self.tokens.get(came.headers.get("authorization", "").removeprefix("Bearer "))
        if route.scope and token is None:
            return INVALID_TOKEN
        if route.scope and token and route.scope not in token.scopes:
            return NOT_ALLOWED
        owner = self.accounts[token.owner] if token else Account(0, "")
        if route.scope.startswith("admin:") and owner.role == "":
            return NOT_ALLOWED
        if limited := self._limited():
            return limited
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if set(query) - route.parameters:
            return INVALID  # stricter than Mastodon, which would ignore it: a misspelt filter is a leak
        try:
            fields = json.loads(came.body or b"{}")
        except ValueError:
            return INVALID
        return route.door(self, Asked(number, query, fields, owner))

    def _limited(self) -> Answer | None:
        if not self.limits:
            return None
        self.calls = [at for at in self.calls if at > self.now - WINDOW]
        if len(self.calls) >= CALLS:
            reset = self.calls[0] + WINDOW
            return Answer.of(429, {"error": "Too many requests"}, X_RateLimit_Reset=reset.isoformat())
        self.calls.append(self.now)
        return None


# -- doors -----------------------------------------------------------------------------------------


def shown(account: Account) -> dict[str, Any]:
    """Admin::Account."""
    role_id, position = ROLES[account.role]
    role = {"id": role_id, "name": account.role, "permissions": str(position)}
    return {
        "id": str(account.id),
        "username": account.username,
        "domain": account.domain,
        "created_at": "2026-01-01T00:00:00.000Z",
        "email": account.email or None,
        "ip": "192.0.2.44" if account.domain is None else None,
        "ips": [{"ip": "192.0.2.44", "used_at": "2026-10-01T00:00:00.000Z"}]
        if account.domain is None
        else [],
        "locale": "en",
        "invite_request": None,
        "role": role if account.domain is None else None,
        "confirmed": True,
        "approved": True,
        **{flag: flag in account.flags for flag in ("disabled", "sensitized", "silenced", "suspended")},
        "account": {
            "id": str(account.id),
            "username": account.username,
            "display_name": account.display_name,
            "note": account.note,
        },
        "created_by_application_id": None,
        "invited_by_account_id": None,
    }


def shown_status(status: Status) -> dict[str, Any]:
    media = [{"id": one, "type": "image", "url": f"https://files.{DOMAIN}/{one}.png"} for one in status.media]
    return {
        "id": str(status.id),
        "content": f"<p>{status.text}</p>",
        "account": {"id": str(status.author)},
        "media_attachments": media,
    }


def shown_report(stub: MastodonStub, report: Report) -> dict[str, Any]:
    """Admin::Report."""
    at = report.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "id": str(report.id),
        "action_taken": report.resolved,
        "action_taken_at": at if report.resolved else None,
        "category": "other",
        "comment": report.comment,
        "forwarded": report.forwarded,
        "created_at": at,
        "updated_at": at,
        "account": shown(stub.accounts[report.reporter]),
        "target_account": shown(stub.accounts[report.target]),
        "assigned_account": None,
        "action_taken_by_account": None,
        "statuses": [shown_status(stub.statuses[one]) for one in report.statuses if one in stub.statuses],
        "rules": [],
    }


def _instance(stub: MastodonStub, asked: Asked) -> Answer:
    return Answer.of(200, {"domain": DOMAIN, "title": "Here", "version": "4.6.0"})


def _reports(stub: MastodonStub, asked: Asked) -> Answer:
    """Unresolved ones only, unless ``resolved`` is said (source)."""
    wanted = asked.query.get("resolved") == "true"
    target = asked.query.get("target_account_id")
    numbers = [
        one.id
        for one in stub.reports.values()
        if one.resolved == wanted and (target is None or str(one.target) == target)
    ]
    page, link = _paged(numbers, asked.query, "/api/v1/admin/reports")
    return Answer.of(200, [shown_report(stub, stub.reports[one]) for one in page], Link=link)


def _paged(numbers: list[int], query: Mapping[str, str], path: str) -> tuple[list[int], str]:
    """Newest first. ``since_id`` gives the newest page behind an id, ``min_id`` the next one behind it."""
    limit = min(int(query.get("limit", 100)), 200)
    before, since, behind = (int(query.get(name, 0)) for name in ("max_id", "since_id", "min_id"))
    fit = sorted(n for n in numbers if n > max(since, behind) and (not before or n < before))
    page = fit[:limit] if "min_id" in query else fit[-limit:]
    page.reverse()
    if not page:
        return [], ""
    base = f"https://{DOMAIN}{path}"
    return page, f'<{base}?max_id={page[-1]}>; rel="next", <{base}?min_id={page[0]}>; rel="prev"'


def _report(stub: MastodonStub, asked: Asked) -> Answer:
    found = stub.reports.get(asked.number)
    return Answer.of(200, shown_report(stub, found)) if found else NOT_FOUND


def _resolving(resolved: bool) -> Callable[[MastodonStub, Asked], Answer]:
    def door(stub: MastodonStub, asked: Asked) -> Answer:
        if asked.number not in stub.reports:
            return NOT_FOUND
        stub.reports[asked.number].resolved = resolved
        return _report(stub, asked)

    return door


def _accounts(stub: MastodonStub, asked: Asked) -> Answer:
    """By the beginning of the name (source). Suspended ones only when they are asked for: the harsher reading."""
    query = asked.query
    suspended = query.get("status") == "suspended"
    found = [
        one.id
        for one in stub.accounts.values()
        if one.username.lower().startswith(query.get("username", "").lower())
        and ("suspended" in one.flags) == suspended
        and ("origin" not in query or (one.domain is None) == (query["origin"] == "local"))
        and ("by_domain" not in query or one.domain == query["by_domain"])
    ]
    page, link = _paged(found, query, "/api/v2/admin/accounts")
    return Answer.of(200, [shown(stub.accounts[one]) for one in page], Link=link)


def _account(stub: MastodonStub, asked: Asked) -> Answer:
    found = stub.accounts.get(asked.number)
    return Answer.of(200, shown(found)) if found else NOT_FOUND


def _following(stub: MastodonStub, asked: Asked) -> Answer:
    """Nothing of who is suspended or hides it (source). Pages go by the id of the relation, not of the account."""
    found = stub.accounts.get(asked.number)
    if found is None:
        return NOT_FOUND
    limit, before = min(int(asked.query.get("limit", 40)), 80), int(asked.query.get("max_id", 0))
    is_shown = "suspended" not in found.flags and not found.hides_follows
    rows = [row for row in sorted(found.follows, reverse=True) if not before or row[0] < before]
    page = rows[:limit] if is_shown else []
    base = f"https://{DOMAIN}/api/v1/accounts/{found.id}/following"
    link = f'<{base}?limit={limit}&max_id={page[-1][0]}>; rel="next"' if len(page) == limit else ""
    return Answer.of(200, [shown(stub.accounts[one])["account"] for _, one in page], Link=link)


def _status(stub: MastodonStub, asked: Asked) -> Answer:
    found = stub.statuses.get(asked.number)
    return Answer.of(200, shown_status(found)) if found else NOT_FOUND


def _is_below(target: Account, owner: Account) -> bool:
    return ROLES[target.role][1] < ROLES[owner.role][1]


def _action(stub: MastodonStub, asked: Asked) -> Answer:
    account, fields = stub.accounts.get(asked.number), asked.fields
    if account is None:
        return NOT_FOUND
    kind, text = fields.get("type"), fields.get("text", "")
    mails = fields.get("send_email_notification", True)  # left out it is true (source)
    if kind not in TYPES or not isinstance(text, str) or not isinstance(mails, bool):
        return INVALID
    if set(fields) - {"type", "text", "send_email_notification", "report_id", "warning_preset_id"}:
        return INVALID
    if not _is_below(account, asked.owner) or (account.domain and kind in ("disable", "none")):
        return NOT_ALLOWED
    stub.act(account, kind, text=text, mails=mails, report=int(fields.get("report_id") or 0))
    return Answer.of(200, {})


def _undoing(kind: str) -> Callable[[MastodonStub, Asked], Answer]:
    def door(stub: MastodonStub, asked: Asked) -> Answer:
        account = stub.accounts.get(asked.number)
        if account is None:
            return NOT_FOUND
        is_here = kind != "unsuspend" or ("suspended" in account.flags and not account.suspended_by_origin)
        if not is_here or not _is_below(account, asked.owner) or (account.domain and kind == "enable"):
            return NOT_ALLOWED
        stub.undo(account, kind)
        return Answer.of(200, shown(account))

    return door


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    scope: str
    door: Callable[[MastodonStub, Asked], Answer]
    parameters: frozenset[str] = frozenset()


PAGES = frozenset({"limit", "max_id", "since_id", "min_id"})
ONE = "/api/v1/admin/accounts/{}"
ROUTES = [
    Route("GET", "/api/v2/instance", "", _instance),
    Route(
        "GET",
        "/api/v1/admin/reports",
        "admin:read:reports",
        _reports,
        PAGES | {"resolved", "account_id", "target_account_id"},
    ),
    Route("GET", "/api/v1/admin/reports/{}", "admin:read:reports", _report),
    Route("POST", "/api/v1/admin/reports/{}/resolve", "admin:write:reports", _resolving(True)),
    Route("POST", "/api/v1/admin/reports/{}/reopen", "admin:write:reports", _resolving(False)),
    Route(
        "GET",
        "/api/v2/admin/accounts",
        "admin:read:accounts",
        _accounts,
        PAGES | {"origin", "status", "username", "by_domain"},
    ),
    Route("GET", ONE, "admin:read:accounts", _account),
    Route("GET", "/api/v1/statuses/{}", "read:statuses", _status),
    Route("GET", "/api/v1/accounts/{}/following", "read:accounts", _following, PAGES),
    Route("POST", ONE + "/action", "admin:write:accounts", _action),
    *(Route("POST", f"{ONE}/{kind}", "admin:write:accounts", _undoing(kind)) for kind in UNDOES),
]


def _route(method: str, path: str) -> tuple[Route | None, int]:
    """The route, and the number in its path; an id that is no number is not found, as Rails does."""
    segments = [unquote(one) for one in path.split("/")]
    for route in ROUTES:
        wanted = route.path.split("/")
        if route.method != method or len(wanted) != len(segments):
            continue
        ids = [have for want, have in zip(wanted, segments, strict=True) if want == "{}"]
        same = all(want in ("{}", have) for want, have in zip(wanted, segments, strict=True))
        if same and all(one.isascii() and one.isdecimal() for one in ids):
            return route, int(ids[0]) if ids else 0
    return None, 0
