"""The two ways to the fake platform: inside this process, without a socket, and as an HTTP server on loopback."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import httpx

from ostrakon.platforms.fake.acts import work
from ostrakon.platforms.fake.answers import INSTEAD, Answer
from ostrakon.platforms.fake.doors import Request, answer
from ostrakon.platforms.fake.faults import ACTS_BEFORE, Fault
from ostrakon.platforms.fake.journal import Journal
from ostrakon.platforms.fake.service import FakeService

INSIDE = "http://fake.test"
"""The base address of the platform in this process: nothing listens there."""
SLOW_S = 2.5
"""How late the server answers with ``Fault.SLOW``."""
BROKEN: dict[Fault, type[httpx.TransportError]] = {
    Fault.REFUSED: httpx.ConnectError,
    Fault.CUT_BEFORE: httpx.RemoteProtocolError,
    Fault.CUT_AFTER: httpx.ReadError,
    Fault.SLOW: httpx.ReadTimeout,
}
"""How a broken line looks to the caller."""


class Line:
    """All requests to one service, one at a time, with the faults that were ordered."""

    def __init__(self, service: FakeService, journal: Journal | None = None) -> None:
        self.service, self.journal, self.changes_asked = service, journal, 0
        self._lock = threading.Lock()

    def ask(self, request: Request) -> tuple[Fault | None, Answer]:
        """What became of a request on the way, and the true answer or what comes instead of it."""
        changes = request.method not in ("GET", "HEAD")
        text = unquote(request.path) + " " + request.body.decode("utf-8", "replace")
        with self._lock:
            self.changes_asked += changes
            fault = self.service.faults.for_request(changes=changes, text=text)
            reaches_it = fault is None or fault in ACTS_BEFORE
            if self.journal and changes and reaches_it:
                self.journal.write(self.service, request)
            said = answer(self.service, request) if reaches_it else Answer(500)
        return fault, said if fault is None else INSTEAD.get(fault, said)

    def work(self) -> int:
        """Do what waits, and how much that was."""
        with self._lock:
            if self.journal and self.service.waiting_tasks:
                self.journal.write(self.service, None)
            return work(self.service)


class Inside(httpx.BaseTransport):
    """A transport that never leaves the process."""

    def __init__(self, line: Line) -> None:
        self.line = line

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer at once; a slow reply is a timeout at once."""
        fault, said = self.line.ask(
            Request(request.method, request.url.raw_path.decode(), request.read(), _token(request.headers))
        )
        if fault in BROKEN:
            raise BROKEN[fault](f"ordered: {fault}", request=request)
        return httpx.Response(said.status, headers=dict(said.headers), content=said.body, request=request)


class FakeServer:
    """The service on a port of loopback, in threads of this process. As a context it starts and stops."""

    def __init__(self, service: FakeService, *, port: int = 0, journal: Journal | None = None) -> None:
        self.line = Line(service, journal)
        self._server = _Server(("127.0.0.1", port), self.line)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, place: tuple[str, int], line: Line) -> None:
        super().__init__(place, _Handler)
        self.line = line


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault, said = self.server.line.ask(Request(self.command, self.path, body, _token(self.headers)))
        if fault in (Fault.REFUSED, Fault.CUT_BEFORE, Fault.CUT_AFTER):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if fault is Fault.SLOW:
            threading.Event().wait(SLOW_S)
        self._say(said)

    do_GET = do_POST = do_PUT = do_DELETE = _one  # noqa: N815 - http.server asks for these names

    def _say(self, said: Answer) -> None:
        try:
            self.send_response_only(said.status)
            for name, value in {**said.headers, "Content-Length": str(len(said.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)
        except OSError:  # the caller has given up: that is what a slow reply is for
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test has its own words."""


def _token(headers: Any) -> str:
    return str(headers.get("Authorization", "")).removeprefix("Bearer ")
