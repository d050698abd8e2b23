"""Keys of sources that were good a moment ago, so that the fast door for single reports need not ask the database.

Only the slow door, which checks everything, puts a key here. A revoked key is remembered for ``REMEMBERED_S`` at most.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ostrakon.web.api.doors import Caller, Request
from ostrakon.web.tokens import digest_of

REMEMBERED_S = 3
AT_MOST = 10_000

_known: dict[str, tuple[Caller, datetime]] = {}


def note(request: Request, now: datetime) -> None:
    """Remember the key of a source that has just passed the door of single reports."""
    caller = request.auth
    if caller.source is None or caller.token is None:
        return
    until = now + timedelta(seconds=REMEMBERED_S)
    if caller.token.expires_at is not None:
        until = min(until, caller.token.expires_at)
    if len(_known) >= AT_MOST:
        _known.clear()
    _known[caller.token.digest] = (caller, until)


def caller_of(key: str, now: datetime) -> Caller | None:
    """Who holds this key, if the slow door let them in a moment ago."""
    caller, until = _known.get(digest_of(key), (None, now))
    return caller if now < until else None
