"""A port of loopback that answers as a function says: what the stubs of platforms stand on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ostrakon.platforms.fake.answers import Answer


@dataclass(frozen=True)
class Came:
    """A request. Names of headers are in lower case; the path is as it was sent, with its query."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]


class Loopback:
    """As a context it listens; one request at a time is answered."""

    def __init__(self, answer: Callable[[Came], Answer]) -> None:
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with lock:
                    said = answer(Came(self.command, self.path, body, headers))
                try:
                    self.send_response_only(said.status)
                    told = {
                        "Date": self.date_time_string(),
                        **said.headers,
                        "Content-Length": str(len(said.body)),
                    }
                    for name, value in told.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(said.body)
                except OSError:
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_DELETE = _one  # noqa: N815 - http.server asks for these names

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def deaf_port() -> int:
    """A port of loopback where nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
