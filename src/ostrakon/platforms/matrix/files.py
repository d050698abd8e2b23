"""A file is put where nobody can fetch it, and given back. Which one, an mxc:// address says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ostrakon.platforms import authority
from ostrakon.platforms.contract import Already, Command, Exchange, Outcome, Refusal, Refused
from ostrakon.platforms.matrix.acting import Request, read_back, sent, with_trail
from ostrakon.platforms.matrix.names import File, file_of
from ostrakon.platforms.matrix.replies import of_acting, of_reading
from ostrakon.platforms.matrix.words import MATRIX
from ostrakon.platforms.wire import Wire, at

FILE = "/_synapse/admin/v1/media/{}/{}"
DO = "/_synapse/admin/v1/media/{}/{{}}/{{}}"


def set_quarantine(wire: Wire, command: Command) -> Outcome:
    """Quarantine one file of the account, or end that. A message's picture and its thumbnail are two files."""
    file = file_of(command.item.id) if command.item else None
    if file is None:
        return Refused(Refusal.INVALID, "which file? the item is to be its mxc:// address")
    reply = wire.ask("GET", at(FILE, file.server, file.id))
    trail: tuple[Exchange, ...] = (reply.exchange,)
    if outcome := of_reading(reply):
        return outcome
    if refused := _refused(command, reply.fields):
        return with_trail(refused, trail)
    if authority.holds(command, MATRIX, flags_of_file(reply.fields)):
        return Already(str(_details(reply.fields).get("quarantined_by") or ""), trail)
    acted = sent(wire, _request(command, file))
    trail = (*trail, acted.exchange)
    if outcome := of_acting(acted):
        return with_trail(outcome, trail)
    return read_back(wire.ask("GET", at(FILE, file.server, file.id)), command, flags_of_file, trail)


def flags_of_file(fields: Mapping[str, Any]) -> dict[str, bool | None]:
    """What a reply says of a file."""
    details = _details(fields)
    return {"quarantined": bool(details["quarantined_by"]) if "quarantined_by" in details else None}


def _refused(command: Command, fields: Mapping[str, Any]) -> Refused | None:
    details = _details(fields)
    if details.get("user_id") != command.account.id:
        return Refused(Refusal.INVALID, "the file is not this account's")
    if details.get("safe_from_quarantine"):  # the server would answer 200 and do nothing
        return Refused(Refusal.NOT_ALLOWED, "an administrator marked the file as safe")
    return None


def _details(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    found = fields.get("media_info")
    return found if isinstance(found, dict) else {}


def _request(command: Command, file: File) -> Request:
    return Request("POST", at(DO.format(command.action), file.server, file.id), {})
