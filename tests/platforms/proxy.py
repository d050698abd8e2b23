"""A proxy on loopback that lets one request go wrong before a real server; all others pass as they are."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from ostrakon.platforms.fake.answers import INSTEAD, Answer
from ostrakon.platforms.fake.faults import ACTS_BEFORE, Fault, Faults

SLOW_S = 2.5
"""How late a slow reply comes: a test that asks for ``Fault.SLOW`` waits for one second, on busy machines too."""
OURS = frozenset({"transfer-encoding", "connection", "content-length", "keep-alive", "date", "server"})
"""Headers that the proxy writes itself."""


@dataclass(frozen=True)
class Asked:
    """A request that came by."""

    method: str
    path: str
    """As it was sent, with its query."""
    body: bytes
    forwarded: bool


class FaultProxy:
    """Stands before one server. As a context it starts and stops.

        with FaultProxy(server_url, words={Fault.LIMIT: Answer.of(429, {...}, Retry_After="7")}) as proxy:
            connector = MatrixPlatform(proxy.url, ...)
            proxy.faults.order(Fault.CUT_AFTER)

    ``words``: a platform says 401, 403 and 429 in its own. ``changes(method, path)``: which requests change something;
    by default all but GET and HEAD.
    """

    def __init__(
        self,
        target: str,
        *,
        words: Mapping[Fault, Answer] | None = None,
        changes: Callable[[str, str], bool] = lambda method, path: method not in ("GET", "HEAD"),
    ) -> None:
        self.faults, self.asked, self.changes = Faults(), list[Asked](), changes
        self.words = {**INSTEAD, **(words or {})}
        self.target = urlsplit(target)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.proxy = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where connectors find it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def changing(self, about: str = "", *, forwarded_only: bool = False) -> list[Asked]:
        """Requests that would change something, about one id."""
        return [
            one
            for one in self.asked
            if self.changes(one.method, one.path)
            and about in _text(one.path, one.body)
            and (one.forwarded or not forwarded_only)
        ]

    def met(self, method: str, path: str, body: bytes) -> Fault | None:
        """Note a request, and what happens to it."""
        with self._lock:
            fault = self.faults.for_request(changes=self.changes(method, path), text=_text(path, body))
            self.asked.append(Asked(method, path, body, fault is None or fault in ACTS_BEFORE))
            return fault


def _text(path: str, body: bytes) -> str:
    return unquote(path) + " " + body.decode("utf-8", "replace")


class _Handler(BaseHTTPRequestHandler):
    """One connection of a connector."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _one(self) -> None:
        proxy: FaultProxy = self.server.proxy  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = proxy.met(self.command, self.path, body)
        answer = self._passed_on(proxy, body) if fault is None or fault in ACTS_BEFORE else Answer(500)
        if fault in (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.REFUSED):
            self._cut()
            return
        if fault is Fault.SLOW:
            threading.Event().wait(SLOW_S)
        elif fault is not None:
            answer = proxy.words[fault]
        self._answer(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _one  # noqa: N815 - http.server asks for it

    def _passed_on(self, proxy: FaultProxy, body: bytes) -> Answer:
        line = http.client.HTTPConnection(proxy.target.hostname or "", proxy.target.port, timeout=60)
        try:
            line.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() != "connection":
                    line.putheader(name, value)
            line.endheaders(body or None)
            reply = line.getresponse()
            kept = {name: value for name, value in reply.getheaders() if name.lower() not in OURS}
            return Answer(reply.status, reply.read(), kept)
        except (OSError, http.client.HTTPException):
            return Answer(502, b"the server does not answer")
        finally:
            line.close()

    def _answer(self, answer: Answer) -> None:
        try:
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
        except OSError:  # the connector has given up: that is what some faults are for
            self.close_connection = True

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""
