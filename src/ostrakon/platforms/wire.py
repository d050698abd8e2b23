"""Requests to a platform: one address that was configured, no redirects, bounded in time and size, never repeated.

What a reply means is the connector's to say; what is certain about a request that went wrong is said here: it was never
sent, or nobody knows. Secrets never leave this module in a log, an exchange or an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import quote

import httpx

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import Exchange, Halt, Outcome, RetryAt, Unknown

CONNECT_S, READ_S = 5.0, 30.0
LARGEST_REPLY = 16 * 1024 * 1024
"""Bytes: more than any page of reports; media are asked for with a limit of their own."""
KEPT = 2_000
"""Characters of a request or reply that an exchange keeps."""
WAIT_S = 30.0
"""After a passing fault whose end the platform does not tell."""
_ADDRESS = re.compile(r"[^\s\"<>@]{1,64}@[^\s\"<>@]{1,255}\.[^\s\"<>@]{1,63}")
"""Bounded as addresses are (RFC 5321): without, a hostile id of 10 kB took half a second."""
ALWAYS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "User-Agent": "Ostrakon",
}


class Failure(StrEnum):
    """Why there is no reply to go by."""

    NOT_SENT = "not_sent"
    """No connection was made: certainly nothing was done."""
    LOST = "lost"
    """It was sent, or partly; nobody knows."""
    TOO_LARGE = "too_large"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int | None
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    exchange: Exchange = field(default_factory=lambda: Exchange("", "", None))

    @property
    def ok(self) -> bool:
        """A reply of success."""
        return self.status is not None and 200 <= self.status < 300

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None: it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body as a JSON object; empty: it is none."""
        found = self.json
        return found if isinstance(found, dict) else {}


class Wire:
    """One platform's address, with the credentials that open it.

    It speaks to the transport of httpx itself: a client's redirects, cookies, log lines and what it takes from the
    environment are all things that must not happen here, and they took half the time of a request.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Sequence[str] = (),
        read_s: float = READ_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.secrets = [secret for secret in secrets if secret]
        self.headers = {**ALWAYS, **(headers or {})}
        self._patience = {"timeout": httpx.Timeout(read_s, connect=CONNECT_S).as_dict()}
        self._transport = transport or httpx.HTTPTransport(retries=0)
        self._is_closed = False

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | Sequence[str]] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        largest: int = LARGEST_REPLY,
    ) -> Reply:
        """One request, and whatever became of it. Never raises.

        Args:
            path: below the base address; ids in it come from ``at``.
            params: encoded behind it; a sequence is the same name several times.
            body: sent as JSON; None: nothing is sent.
            largest: bytes of the reply.
        """
        began = datetime.now(UTC)
        if self._is_closed:
            return self._without(Failure.NOT_SENT, method, path, None, began)
        sent = None if body is None else json.dumps(body).encode()
        told = {**self.headers, **(headers or {})}
        if sent is not None:
            told["Content-Type"] = "application/json"
        try:
            request = httpx.Request(
                method,
                f"{self.base_url}{path}",
                params=params,
                content=sent,
                headers=told,
                extensions=self._patience,
            )
            with closing(self._transport.handle_request(request)) as response:
                content, too_large = _read(response, largest)
                found = (response.status_code, content, dict(response.headers))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
            return self._without(Failure.NOT_SENT, method, path, sent, began)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            return self._without(Failure.LOST, method, path, sent, began)
        status, content, received = found
        exchange = self._exchange(method, path, status, sent, content, began)
        return Reply(status, content, received, Failure.TOO_LARGE if too_large else None, exchange)

    def close(self) -> None:
        """Let go of connections."""
        self._is_closed = True
        self._transport.close()

    def clean(self, text: str) -> str:
        """A text without secrets and e-mail addresses, cut."""
        text = text[: 4 * KEPT]
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return (_ADDRESS.sub("<address>", text) if "@" in text else text)[:KEPT]

    def _without(
        self, failure: Failure, method: str, path: str, sent: bytes | None, began: datetime
    ) -> Reply:
        return Reply(None, failure=failure, exchange=self._exchange(method, path, None, sent, b"", began))

    def _exchange(
        self, method: str, path: str, status: int | None, sent: bytes | None, reply: bytes, began: datetime
    ) -> Exchange:
        request = self.clean((sent or b"").decode("utf-8", "replace"))
        shown = self.clean(reply[: 4 * KEPT].decode("utf-8", "replace"))
        return Exchange(method, self.clean(path), status, request, shown, began, datetime.now(UTC))


def _read(response: httpx.Response, largest: int) -> tuple[bytes, bool]:
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > largest:
            return b"", True
        parts.append(part)
    return b"".join(parts), False


def at(path: str, *ids: str) -> str:
    """A path with ids in it, each of them one segment whatever it holds.

    >>> at("/users/{}/media/{}", "@a/../b:server", "x?y"), at("/users/{}", "..")
    ('/users/%40a%2F..%2Fb%3Aserver/media/x%3Fy', '/users/%2E%2E')
    """
    return path.format(*map(_segment, ids))


def _segment(one: str) -> str:
    """A segment of dots alone would be taken for a way up, by us or by who stands in between."""
    quoted = quote(one, safe="")
    return quoted.replace(".", "%2E") if one in (".", "..") else quoted


def unclear(reply: Reply) -> Outcome | None:
    """What a mutating request came to that brought no reply to go by; None: the reply says.

    A 2xx that is not understood, a redirect and a 5xx are unknown too: the request may have been carried out.
    """
    trail = (reply.exchange,)
    if reply.failure == Failure.NOT_SENT:
        return RetryAt(WAIT_S, "no connection was made", trail)
    if reply.failure is not None:
        return Unknown(f"the reply is {reply.failure}", trail)
    assert reply.status is not None
    if 300 <= reply.status < 400 or reply.status >= 500:
        return Unknown(f"the platform answered {reply.status}", trail)
    return None


def read_or_raise(reply: Reply) -> Mapping[str, Any]:
    """The fields of a reply to a read.

    Raises:
        PlatformUnreadable: there is none, or it is no JSON object; ``halts`` with 401 and 403, ``wait_s`` with 429.
    """
    if reply.ok and reply.failure is None and isinstance(reply.json, dict):
        return reply.fields
    if reply.status in (401, 403):
        raise PlatformUnreadable(
            f"the platform answered {reply.status}: the credentials are not valid", halts=True
        )
    raise PlatformUnreadable(
        f"the platform answered {reply.status or reply.failure or 'nothing that is understood'}",
        wait_s=asked_to_wait(reply).wait_s if reply.status == 429 else None,
    )


def asked_to_wait(reply: Reply, *, default_s: float = WAIT_S) -> RetryAt:
    """A limit, with the time that the platform asks for."""
    asked = reply.headers.get("retry-after", "")
    told = reply.fields.get("retry_after_ms")
    wait_s = (
        float(told) / 1000
        if isinstance(told, int | float)
        else float(asked)
        if asked.isdecimal()
        else default_s
    )
    return RetryAt(wait_s, "the platform asks to wait", (reply.exchange,))


def halted(reply: Reply, why: str) -> Halt:
    """The connection is unfit."""
    return Halt(why, (reply.exchange,))
