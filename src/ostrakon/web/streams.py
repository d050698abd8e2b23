"""Answers that are too long for memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

LINES_AT_ONCE = 500


def stream(request: HttpRequest, lines: Iterable[bytes], content_type: str) -> StreamingHttpResponse:
    """Send lines as they are made, some at a time, under WSGI and ASGI alike.

    Django would first gather all of a plain iterator under ASGI.
    """
    pieces = _pieces(iter(lines))
    made = _later(pieces) if isinstance(request, ASGIRequest) else pieces
    return StreamingHttpResponse(made, content_type=content_type)


def _pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    while piece := b"".join(islice(lines, LINES_AT_ONCE)):
        yield piece


async def _later(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is made in the thread of the request, which has its connection to the database."""
    next_piece = sync_to_async(lambda: next(pieces, b""))
    while piece := await next_piece():
        yield piece
