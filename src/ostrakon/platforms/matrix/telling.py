"""Notices, in a room between the server and one person: a suspended person reads them too (Synapse 1.136 and later).

Synapse knows the key of a notice (the transaction id) for half an hour only (rest/client/transactions.py), and forgets
it when it is started anew: the same key was seen to send twice then. So the key stands in the notice as well, and is
looked for first.
"""

from __future__ import annotations

import json
from typing import Any

from ostrakon.platforms.contract import Applied, Message, Outcome, Refusal, Refused, RetryAt, Unknown
from ostrakon.platforms.matrix.acting import USER, Request, sent, with_trail
from ostrakon.platforms.matrix.names import is_user_id, server_of
from ostrakon.platforms.matrix.replies import of_acting, of_reading
from ostrakon.platforms.matrix.words import Here, flags_of
from ostrakon.platforms.wire import WAIT_S, Reply, Wire, at

NOTICE = "/_synapse/admin/v1/send_server_notice/{}"
ROOMS = "/_synapse/admin/v1/users/{}/joined_rooms"
MESSAGES = "/_synapse/admin/v1/rooms/{}/messages"
KEY = "ostrakon.notice"
"""Of the content: ``{"key": ..., "language": ...}``. Clients pass over keys that they do not know."""
LOOKED_AT = 50
"""Notices of one person among which a key is looked for, the latest."""


def tell(wire: Wire, here: Here, to: str, message: Message, key: str, notices_user: str) -> Outcome:
    """Send a notice, once for a key; the receipt is its event id.

    Args:
        to: an account of this server.
        notices_user: who writes notices there: the id that the server's ``system_mxid_localpart`` makes.
    """
    if refused := _refused(to, here):
        return refused
    state = wire.ask("GET", at(USER, to))
    trail = (state.exchange,)
    if outcome := of_reading(state):
        return outcome
    if flags_of(state.fields)["deactivated"]:  # Synapse would answer 200, and nobody would ever read it
        return Refused(
            Refusal.ALREADY_DEACTIVATED, "nobody reads what is sent to an account that was ended", trail
        )
    found = sent_before(wire, to, key, notices_user)
    if found is None:
        return RetryAt(WAIT_S, "whether it was sent before cannot be read", trail)
    if found:
        return Applied(found, trail)
    reply = sent(wire, Request("PUT", at(NOTICE, key), {"user_id": to, "content": content(message, key)}))
    return _receipt(reply, (*trail, reply.exchange))


def content(message: Message, key: str) -> dict[str, Any]:
    """The notice as Matrix has it: plain text, with its key beside."""
    text = "\n\n".join(filter(None, (message.subject, message.body)))
    return {"msgtype": "m.text", "body": text, KEY: {"key": key, "language": message.language}}


def sent_before(wire: Wire, to: str, key: str, notices_user: str) -> str | None:
    """The event of a notice with this key; empty: there is none; None: it cannot be read."""
    theirs, ours = _rooms(wire, to), _rooms(wire, notices_user)
    if theirs is None or ours is None:
        return None
    for room in sorted(theirs & ours):
        event = _event_with(wire, room, key, notices_user)
        if event != "":
            return event
    return ""


def _refused(to: str, here: Here) -> Refused | None:
    if not is_user_id(to):
        return Refused(Refusal.INVALID, "this is no id of Matrix")
    if server_of(to) != here.server:
        return Refused(Refusal.REMOTE, "a server tells its own people only")
    return None


def _receipt(reply: Reply, trail: tuple[Any, ...]) -> Outcome:
    if "not enabled" in str(reply.fields.get("error", "")):
        return Refused(
            Refusal.UNSUPPORTED, "server_notices are not switched on in the server's configuration", trail
        )
    if outcome := of_acting(reply):
        return with_trail(outcome, trail)
    event = reply.fields.get("event_id")
    if not isinstance(event, str) or not event:
        return Unknown("the reply names no message", trail)
    return Applied(event, trail)


def _rooms(wire: Wire, user_id: str) -> set[str] | None:
    reply = wire.ask("GET", at(ROOMS, user_id))
    found = reply.fields.get("joined_rooms")
    return set(map(str, found)) if reply.ok and isinstance(found, list) else None


def _event_with(wire: Wire, room: str, key: str, notices_user: str) -> str | None:
    only = json.dumps({"types": ["m.room.message"], "senders": [notices_user]})
    reply = wire.ask("GET", at(MESSAGES, room), params={"dir": "b", "limit": LOOKED_AT, "filter": only})
    found = reply.fields.get("chunk")
    if not reply.ok or not isinstance(found, list):
        return None
    return next((str(event["event_id"]) for event in found if _key_of(event) == key), "")


def _key_of(event: Any) -> object:
    match event:
        case {"event_id": str(), "content": {"ostrakon.notice": {"key": key}}}:
            return key
    return None
