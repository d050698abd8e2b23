"""How large a request may be, before Django: it keeps a body on disk whole before anybody looks at who sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.db import OperationalError, connection
from django.utils import timezone

from ostrakon.web.api.intake import BATCH_BYTES, STREAM_BYTES
from ostrakon.web.api.problems import TOO_LARGE, answer
from ostrakon.web.front import API_REPORTS, Application, Receive, Scope, Send, key_in, send_response
from ostrakon.web.tokens import token_of

STREAM = f"{API_REPORTS}/stream"
LARGEST_BYTES = BATCH_BYTES + 1024 * 1024
"""More than any address but the stream's takes; which one takes less, its door says."""


def with_bounded_bodies(application: Application) -> Application:
    """The application, which never sees more of a body than may come."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        body = _Bounded(receive, await _limit(scope))
        body.is_too_large = _declared(scope) > body.limit
        if not body.is_too_large:
            await application(scope, body.receive, send)
        if body.is_too_large:
            detail = f"a request to this address may weigh {body.limit} bytes; send it in parts"
            await send_response(answer(TOO_LARGE, detail), send)

    return served


class _Bounded:
    """A body of which no more is heard than may come: after that the sender seems to have hung up."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self.limit = limit
        self.is_too_large = False
        self._receive = receive
        self._came = 0

    async def receive(self) -> Mapping[str, Any]:
        """The next message."""
        message = await self._receive()
        self._came += len(message.get("body", b""))
        self.is_too_large = self._came > self.limit
        return {"type": "http.disconnect"} if self.is_too_large else message


async def _limit(scope: Scope) -> int:
    """Only who holds a key that is good may send a long stream."""
    if scope["path"] != STREAM:
        return LARGEST_BYTES
    is_good = await sync_to_async(_is_good)(key_in(dict(scope["headers"])))
    return STREAM_BYTES if is_good else LARGEST_BYTES


def _is_good(key: str) -> bool:
    """In a thread that belongs to no request: nobody else would give its connection back."""
    try:
        return token_of(key, timezone.now()) is not None
    except OperationalError:
        return False  # the door itself will say that the database is away
    finally:
        connection.close()


def _declared(scope: Scope) -> int:
    length: bytes = dict(scope["headers"]).get(b"content-length", b"")
    return int(length[:20]) if length.isdigit() else 0
