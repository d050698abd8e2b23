"""Accounts of Mastodon: their state, and what a name leads to. Looking somebody up creates nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import AccountState, Exchange, Miss, Resolved
from ostrakon.platforms.mastodon.reading import list_or_raise
from ostrakon.platforms.mastodon.words import NAME, account_of, flags_of, is_number, without_addresses
from ostrakon.platforms.wire import Wire, at, read_or_raise

ACCOUNT = "/api/v1/admin/accounts/{}"
LISTED = "/api/v2/admin/accounts"
PAGE, MOST_PAGES = 200, 10
"""A name is found by its beginning (source): a list of 2,000 that begin alike is no answer."""


@dataclass(frozen=True)
class Seen:
    """A state, with the request that brought it."""

    state: AccountState
    exchange: Exchange
    is_local: bool = True


def ask_state(wire: Wire, number: str, now: datetime) -> Seen:
    """A fresh read of Admin::Account; 404: it does not exist. A text that is no number is not sent.

    Raises:
        PlatformUnreadable: Mastodon does not answer, or not in a way that is understood.
    """
    nobody = AccountState(flags={}, fetched_at=now, exists=False)
    if not is_number(number):
        return Seen(nobody, Exchange("", "", None))
    reply = wire.ask("GET", at(ACCOUNT, number))
    if reply.status == 404 and "error" in reply.fields:
        return Seen(nobody, reply.exchange)
    fields = without_addresses(dict(read_or_raise(reply)))
    ref = account_of(fields, NAME)
    if int(ref.id) != int(number):
        raise PlatformUnreadable("the account that came is not the one that was asked for")
    # What is kept of the reply is what was read: the reply itself has addresses of the person.
    shown = replace(reply.exchange, reply=json.dumps({"id": ref.id, **flags_of(fields)}))
    return Seen(AccountState(flags_of(fields), now, raw=fields), shown, ref.local)


@dataclass(frozen=True)
class Here:
    """Which server this is."""

    platform: str
    """As Ostrakon calls it."""
    domain: str
    """The part behind the @ in the names of its people."""


def find(wire: Wire, text: str, here: Here, now: datetime) -> Resolved:
    """By number, by name, or by name and server (``chidi``, ``@chidi``, ``chidi@example.org``).

    Raises:
        PlatformUnreadable: Mastodon does not answer, or not in a way that is understood.
    """
    if is_number(text):
        seen = ask_state(wire, text, now)
        found = [seen.state.raw] if seen.state.exists else []
    else:
        found = _named(wire, text, here.domain)
    if len(found) != 1:
        return Resolved(None, Miss.AMBIGUOUS if found else Miss.NOT_FOUND)
    ref = account_of(found[0], here.platform, now)
    return Resolved(ref, None if ref.local else Miss.REMOTE)


def _named(wire: Wire, text: str, own_domain: str) -> list[Mapping[str, Any]]:
    """All accounts of exactly this name; upper and lower case are one, as on Mastodon itself."""
    name, _, domain = text.removeprefix("@").lower().partition("@")
    if not name or not name.isprintable() or len(text) > 320 or "/" in text:
        return []
    domain = "" if domain == own_domain.lower() else domain
    where: dict[str, str | int] = {"origin": "remote", "by_domain": domain} if domain else {"origin": "local"}
    wanted = f"{name}@{domain}" if domain else name
    # Suspended ones may be left out of the list unless they are asked for.
    rows = [
        row for status in ({}, {"status": "suspended"}) for row in _listed(wire, name, {**where, **status})
    ]
    found = {account_of(row, NAME): row for row in rows}
    return list({ref.id: row for ref, row in found.items() if ref.handle.lower() == wanted}.values())


def _listed(wire: Wire, name: str, where: Mapping[str, str | int]) -> list[Mapping[str, Any]]:
    """Accounts whose name begins so, in pages backwards by id."""
    rows: list[Mapping[str, Any]] = []
    before: dict[str, str | int] = {}
    for _ in range(MOST_PAGES):
        params: dict[str, str | int] = {"username": name, "limit": PAGE, **where, **before}
        page = list_or_raise(wire.ask("GET", LISTED, params=params))
        rows += [without_addresses(row) for row in page]
        if len(page) < PAGE:
            return rows
        before = {"max_id": account_of(page[-1], NAME).id}
    raise PlatformUnreadable("too many names begin like this one: use the number of the account")
