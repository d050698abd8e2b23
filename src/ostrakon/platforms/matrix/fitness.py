"""Is the connection fit for work: who is it, what may it do, which version answers?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import Health
from ostrakon.platforms.matrix.acting import USER
from ostrakon.platforms.matrix.names import is_user_id
from ostrakon.platforms.matrix.redacting import VERSION, version_of
from ostrakon.platforms.wire import Reply, Wire, at, read_or_raise

WHO = "/_matrix/client/v3/account/whoami"
OLDEST = (1, 141)
"""Fetches single messages and tells suspended people (1.136). Lists reports on people since 1.152."""


@dataclass(frozen=True)
class Seen:
    """What the three questions of a check-up brought; the later ones may not have been asked."""

    version: Reply
    who: Reply | None = None
    rights: Reply | None = None


def own_id(wire: Wire) -> str:
    """By whose token we are let in.

    Raises:
        PlatformUnreadable: nobody says; ``halts`` where the token is not valid.
    """
    found = read_or_raise(wire.ask("GET", WHO)).get("user_id")
    if not isinstance(found, str) or not is_user_id(found):
        raise PlatformUnreadable("the server does not say who we are")
    return found


def check_up(wire: Wire, now: datetime) -> Health:
    """The three questions: is it there, does it know us, are we an administrator?"""
    version = wire.ask("GET", VERSION)
    if not version.ok or not version_of(version):
        return health(Seen(version), now)
    who = wire.ask("GET", WHO)
    user_id = who.fields.get("user_id")
    if not who.ok or not isinstance(user_id, str) or not is_user_id(user_id):
        return health(Seen(version, who), now)
    return health(Seen(version, who, wire.ask("GET", at(USER, user_id))), now)


def health(seen: Seen, now: datetime) -> Health:
    """What the answers mean."""
    version = ".".join(map(str, version_of(seen.version)))
    known = seen.who is not None and seen.who.ok and bool(seen.who.fields.get("user_id"))
    rights = seen.rights is not None and seen.rights.ok and seen.rights.fields.get("admin") is True
    return Health(
        reachable=seen.version.status is not None and bool(version),
        version=str(seen.version.fields.get("server_version", "")) if version else "",
        credentials_valid=known,
        privileged=rights,
        clock_skew_s=_skew(seen.version, now),
        problem=_problem(seen, known=known, rights=rights),
    )


def _problem(seen: Seen, *, known: bool, rights: bool) -> str:
    version = seen.version
    if version.status is None:
        return "the server does not answer"
    if not version_of(version):
        return f"no Synapse answers at this address, or its admin interface is closed ({version.status})"
    if not known:
        return f"the token is not valid ({seen.who.status if seen.who else None})"
    if not rights:
        return "the token's account is no administrator of the server"
    if version_of(version) < OLDEST:
        return "this version is too old: 1.141 is needed, and 1.152 for reports on people"
    return ""


def _skew(reply: Reply, now: datetime) -> float | None:
    """By how many seconds the server's clock is ahead; None: it does not say."""
    try:
        told = parsedate_to_datetime(reply.headers.get("date", ""))
        return (told - now).total_seconds()
    except (TypeError, ValueError):
        return None
