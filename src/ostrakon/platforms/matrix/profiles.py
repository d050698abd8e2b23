"""How somebody shows themselves on a homeserver, and which rooms they are in: an administrator may ask that.

Matrix has no follows and no text about oneself. Who is in the same small rooms keeps the same company: rooms are told,
as rooms.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import MOST_COMPANY, AccountRef, Profile
from ostrakon.platforms.matrix.acting import USER
from ostrakon.platforms.matrix.names import is_user_id
from ostrakon.platforms.matrix.replies import NOT_FOUND, error_of
from ostrakon.platforms.matrix.telling import ROOMS
from ostrakon.platforms.matrix.words import Here
from ostrakon.platforms.wire import Wire, at, read_or_raise


def profile_of(wire: Wire, here: Here, account: AccountRef) -> Profile | None:
    """Of an account of this server; of others nothing is asked: our server would call theirs because of a report.

    Raises:
        PlatformUnreadable: it cannot be read.
    """
    if not is_user_id(account.id) or not here.account(account.id).local:
        return None
    reply = wire.ask("GET", at(USER, account.id))
    if reply.status == NOT_FOUND and error_of(reply) == "M_NOT_FOUND":
        return None
    details = read_or_raise(reply)
    name = details.get("displayname")
    return Profile(
        here.account(account.id),
        display_name=name if isinstance(name, str) else None,
        created_at=_created_at(details),
        rooms=_rooms(wire, account.id),
    )


def _created_at(details: Mapping[str, Any]) -> datetime | None:
    """In seconds, unlike all other times of Synapse (1.163.2: the list of accounts has it in milliseconds)."""
    found = details.get("creation_ts")
    try:
        return datetime.fromtimestamp(int(found), UTC) if found else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _rooms(wire: Wire, user_id: str) -> list[str]:
    found = read_or_raise(wire.ask("GET", at(ROOMS, user_id))).get("joined_rooms")
    if not isinstance(found, list):
        raise PlatformUnreadable("the list of rooms is not understood")
    return sorted(map(str, found))[:MOST_COMPANY]
