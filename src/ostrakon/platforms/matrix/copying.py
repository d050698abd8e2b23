"""Evidence: a message as it was sent, and an account as it shows itself.

A redacted message is still given whole for ``redaction_retention_period`` (seven days, if not set otherwise): it is to
be copied within that time. What was wiped before is told to be missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import AccountRef, ItemRef, Snapshot
from ostrakon.platforms.matrix.acting import USER
from ostrakon.platforms.matrix.names import file_of, is_event_id, is_user_id
from ostrakon.platforms.matrix.redacting import EVENT
from ostrakon.platforms.matrix.words import Here, kept_of
from ostrakon.platforms.wire import Wire, at, read_or_raise

JSON = "application/json"


def copy_of(wire: Wire, here: Here, what: AccountRef | ItemRef, now: datetime) -> Snapshot:
    """A message or a profile, as JSON.

    Raises:
        PlatformUnreadable: it is not there, or cannot be read.
    """
    return _message(wire, what, now) if isinstance(what, ItemRef) else _profile(wire, here, what, now)


def _message(wire: Wire, item: ItemRef, now: datetime) -> Snapshot:
    if not is_event_id(item.id):
        raise PlatformUnreadable("this is no id of a message")
    path = at(EVENT, item.id)
    event = read_or_raise(wire.ask("GET", path)).get("event")
    if not isinstance(event, dict):
        raise PlatformUnreadable("the server's reply holds no message")
    return _snapshot(wire, path, event, now, tuple(missing_of(event)))


def missing_of(event: Mapping[str, Any]) -> Iterator[str]:
    """What a message has that stands not in its copy."""
    content = event.get("content")
    content = content if isinstance(content, dict) else {}
    if event.get("type") == "m.room.encrypted":
        yield "the text: it is encrypted"
    elif not content:
        yield "the text: the message was emptied before"
    yield from (f"the file {address}" for address in sorted(set(_files(content))))


def _files(found: Any) -> Iterator[str]:
    """All mxc:// addresses in it, however deep. Without recursion: a message may be nested as deep as it likes."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and file_of(one):
            yield one


def _profile(wire: Wire, here: Here, account: AccountRef, now: datetime) -> Snapshot:
    if not is_user_id(account.id):
        raise PlatformUnreadable("this is no id of Matrix")
    if not here.account(account.id).local:
        # Asking for it would make our server call theirs, because of a report.
        return _snapshot(wire, "", {"name": account.id}, now, ("the profile: it is on another server",))
    path = at(USER, account.id)
    details = kept_of(read_or_raise(wire.ask("GET", path)))
    picture = details.get("avatar_url")
    return _snapshot(wire, path, details, now, (f"the file {picture}",) if picture else ())


def _snapshot(
    wire: Wire, path: str, found: Mapping[str, Any], now: datetime, missing: tuple[str, ...]
) -> Snapshot:
    content = json.dumps(found, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8", "surrogatepass")
    return Snapshot(content, JSON, now, f"{wire.base_url}{path}", missing)
