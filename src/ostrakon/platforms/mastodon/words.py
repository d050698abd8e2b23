"""What Mastodon says, in our words: accounts and reports of its admin API, without the addresses of people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import AccountRef, ItemRef, RawReport, ReportKind

NAME = "mastodon"
"""What the platform is called where nobody says otherwise."""
FLAGS = ("suspended", "silenced", "disabled", "sensitized")
PRIVATE = frozenset({"email", "ip", "ips", "locale", "invite_request", "invited_by_account_id"})
"""Fields of Admin::Account that are about the person behind it: nothing here needs them, so they go no further."""
EVERYBODY = "-99"
"""The id of the role that everybody has (observed in the source)."""


def is_number(text: str) -> bool:
    """Ids are decimal numbers, written as text.

    >>> is_number("0115"), is_number("12a"), is_number("٣")
    (True, False, False)
    """
    return text.isascii() and text.isdecimal() and len(text) <= 20


def without_addresses(fields: Any) -> Any:
    """The same, without what is private, however deep it stands.

    >>> without_addresses({"id": "1", "account": {"email": "a", "username": "chidi"}})
    {'id': '1', 'account': {'username': 'chidi'}}
    """
    if isinstance(fields, dict):
        return {name: without_addresses(value) for name, value in fields.items() if name not in PRIVATE}
    if isinstance(fields, list):
        return [without_addresses(one) for one in fields]
    return fields


def account_of(fields: Mapping[str, Any], platform: str, now: datetime | None = None) -> AccountRef:
    """Who an Admin::Account of a platform is. ``domain`` is null for those of this server.

    Raises:
        PlatformUnreadable: it is none.
    """
    try:
        domain, number = fields["domain"], str(fields["id"])
        handle = f"{fields['username']}@{domain}" if domain else str(fields["username"])
    except (KeyError, TypeError):
        raise PlatformUnreadable("an account is not understood") from None
    if not is_number(number):
        raise PlatformUnreadable("the id of an account is no number")
    return AccountRef(platform, number, handle, not domain, now)


def flags_of(fields: Mapping[str, Any]) -> dict[str, bool | None]:
    """The flags of an Admin::Account; None where it does not say."""
    found = {name: fields.get(name) for name in FLAGS}
    return {name: value if isinstance(value, bool) else None for name, value in found.items()}


def has_a_role(fields: Mapping[str, Any]) -> bool:
    """Is it one of the staff? A role may act only on those below it."""
    role = fields.get("role")
    return isinstance(role, dict) and str(role.get("id", EVERYBODY)) != EVERYBODY


def report_of(fields: Mapping[str, Any], platform: str, own_id: str = "") -> RawReport:
    """An Admin::Report of a platform.

    A report from another server bears the name of that server's own actor, or of one of its people: neither is a voice
    of its own here, the server is.

    Raises:
        PlatformUnreadable: it is none.
    """
    try:
        number, at = str(fields["id"]), datetime.fromisoformat(str(fields["created_at"]))
        reporter, subject = (account_of(fields[one], platform) for one in ("account", "target_account"))
        statuses = [str(status["id"]) for status in fields["statuses"]]
    except (KeyError, TypeError, ValueError):
        raise PlatformUnreadable("a report is not understood") from None
    if not is_number(number):
        raise PlatformUnreadable("the id of a report is no number")
    return RawReport(
        platform=platform,
        kind=ReportKind.ITEM if statuses else ReportKind.ACCOUNT,
        id=number,
        received_at=at,
        subject=subject,
        reporter=reporter.id if reporter.local else "",
        server="" if reporter.local else reporter.handle.partition("@")[2],
        item=ItemRef(subject, statuses[0], number) if statuses else None,
        category=str(fields.get("category") or ""),
        text=str(fields.get("comment") or ""),
        raw=json.dumps(without_addresses(fields)).encode(),
        by_us=reporter.id == own_id,
    )
