"""Messages are emptied, one or all: Synapse takes the order and works on it afterwards.

It redacts in the name of their author, who needs no rights for that, also while suspended. It looks only where the
person is now (or was banned), and for a thousand messages a room: so before a deactivation, and again for more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ostrakon.platforms.contract import (
    Accepted,
    Applied,
    Command,
    Exchange,
    ItemRef,
    Outcome,
    Refusal,
    Refused,
    Unknown,
)
from ostrakon.platforms.matrix.acting import Request, before, sent, with_trail
from ostrakon.platforms.matrix.names import is_event_id
from ostrakon.platforms.matrix.replies import NOT_FOUND, error_of, of_acting, of_reading
from ostrakon.platforms.wire import Reply, Wire, at

REDACT = "/_synapse/admin/v1/user/{}/redact"
STATUS = "/_synapse/admin/v1/user/redact_status/{}"
EVENT = "/_synapse/admin/v1/fetch_event/{}"
VERSION = "/_synapse/admin/v1/server_version"
MOST = 100_000
"""Messages a room; without a number, Synapse stops at a thousand."""
ONE_ALONE = (1, 157)
"""Since this version an order can name a time. An older one would not read that, and empty everything."""


def redact(wire: Wire, command: Command) -> Outcome:
    """Empty one message, or all that the account wrote where it is."""
    outcome, trail = before(wire, command)
    if outcome:
        return outcome
    found = _one(wire, command, command.item, trail) if command.item else _all(command)
    if not isinstance(found, Request):
        return found
    reply = sent(wire, found)
    trail = (*trail, reply.exchange)
    if outcome := of_acting(reply):
        return with_trail(outcome, trail)
    handle = reply.fields.get("redact_id")
    if not isinstance(handle, str) or not handle:
        return Unknown("the reply names no order", trail)
    return Accepted(handle, trail)


def what_became(wire: Wire, handle: str) -> Outcome:
    """Of an order: still at work, done, or nobody knows.

    "complete" was observed, "completed" is documented. The status is kept for a while and may be lost at a restart:
    then the order is given again, which passes over what is done.
    """
    reply = wire.ask("GET", at(STATUS, handle))
    trail = (reply.exchange,)
    if reply.status == NOT_FOUND and error_of(reply) == "M_NOT_FOUND":
        return Unknown("the server does not know the order any more", trail)
    if outcome := of_reading(reply):
        return outcome
    status, failed = reply.fields.get("status"), reply.fields.get("failed_redactions")
    if status in ("complete", "completed"):
        return _ended(failed, trail)
    if status in ("scheduled", "active"):
        return Accepted(handle, trail)
    return Unknown(f"the server says: {status}", trail)


def _ended(failed: object, trail: tuple[Exchange, ...]) -> Outcome:
    if failed:
        count = len(failed) if isinstance(failed, dict) else "some"
        return Unknown(f"{count} messages could not be emptied", trail)
    return Applied("the order is complete, and nothing of it failed", trail)


def _all(command: Command) -> Request:
    return _order(command, {"rooms": [], "limit": MOST})


def _one(wire: Wire, command: Command, item: ItemRef, trail: tuple[Exchange, ...]) -> Request | Outcome:
    """The order for one message: its room, and the millisecond in which it was sent."""
    if not is_event_id(item.id):
        return Refused(Refusal.INVALID, "this is no id of a message", trail)
    if not _can_name_a_time(wire.ask("GET", VERSION)):
        return Refused(Refusal.UNSUPPORTED, "this version empties all messages or none", trail)
    reply = wire.ask("GET", at(EVENT, item.id))
    if outcome := of_reading(reply):
        return with_trail(outcome, (*trail, reply.exchange))
    event = reply.fields.get("event")
    sent_at = event.get("origin_server_ts") if isinstance(event, dict) else None
    if (
        not isinstance(event, dict)
        or not isinstance(sent_at, int)
        or event.get("sender") != command.account.id
    ):
        return Refused(Refusal.INVALID, "the message is not this account's", trail)
    room = str(event.get("room_id"))
    return _order(command, {"rooms": [room], "after_ts": sent_at, "before_ts": sent_at, "limit": MOST})


def _order(command: Command, where: Mapping[str, Any]) -> Request:
    reason = command.parameters.get("reason")
    return Request(
        "POST", at(REDACT, command.account.id), {**where, **({"reason": reason} if reason else {})}
    )


def _can_name_a_time(reply: Reply) -> bool:
    return version_of(reply) >= ONE_ALONE


def version_of(reply: Reply) -> tuple[int, ...]:
    """The server's version, as far as it is a number; empty: it does not say.

    The reply is ``{"server_version": "1.163.2"}``, at times with more words behind it.
    """
    found = re.match(r"(\d+)\.(\d+)", str(reply.fields.get("server_version", "")))
    return tuple(map(int, found.groups())) if found else ()
