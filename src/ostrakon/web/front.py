"""The fast door for single reports, before Django: at some thousand requests a second its way through sessions,
languages and threads would cost more than the report itself.

It takes only what it knows to be good: a POST of one report, JSON of a stated length, with the key of a source that the
slow door (``web.api.intake.add_report``) let in a moment ago. Everything else goes to Django, which decides, counts
wrong keys, and says what is wrong. Shape, answers and storing are those of the slow door; reports that wait at the same
time are stored together (``intake.grouping``).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ostrakon.intake.grouping import Door
from ostrakon.web.api import remembered
from ostrakon.web.api.doors import Caller
from ostrakon.web.api.intake import JSON, ONE_BYTES, one_report, source_of, told
from ostrakon.web.api.served import api
from ostrakon.web.middleware import PROTECTION

logger = logging.getLogger(__name__)

API_REPORTS = "/api/v1/reports"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def with_fast_door(application: Application, door: Door) -> Application:
    """The application, and before it the fast door."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        caller = _sender(scope)
        if caller is None:
            await application(scope, receive, send)
        elif (body := await _body(receive)) is not None:
            await send_response(await _answer(door, caller, body), send)

    return served


def _sender(scope: Scope) -> Caller | None:
    """Who sends, if this is for the fast door."""
    if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != API_REPORTS:
        return None
    headers: dict[bytes, bytes] = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    is_plain = headers.get(b"content-type") == JSON.encode() and length.isdigit() and len(length) < 10
    if not is_plain or int(length) > ONE_BYTES:
        return None
    return remembered.caller_of(key_in(headers), timezone.now())


def key_in(headers: Mapping[bytes, bytes]) -> str:
    """The key that a request carries; empty: none."""
    kind, _, key = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return key if kind == "Bearer" else ""


async def _body(receive: Receive) -> bytes | None:
    """All of it; None: the sender hung up."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(door: Door, caller: Caller, body: bytes) -> HttpResponse:
    try:
        row = one_report(body, timezone.now())
        return told(await door.bring(row, source_of(caller), caller.actor))
    except Exception as raised:  # noqa: BLE001 - the same answers as everywhere: the API's own table
        request = HttpRequest()
        request.method, request.path = "POST", API_REPORTS
        response: HttpResponse = api.on_exception(request, raised)
        return response


async def send_response(response: HttpResponse, send: Send) -> None:
    """As Django would send it, with the headers that protect a browser."""
    headers = {**PROTECTION, **response.headers, "Content-Length": str(len(response.content))}
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": lines})
    await send({"type": "http.response.body", "body": response.content})
