"""``ostrakon serve``: one command, and the whole service runs."""

from __future__ import annotations

import errno
import secrets
import socket
import sys
import time

import structlog

from ostrakon.errors import NotReady
from ostrakon.service.configuration import Configuration
from ostrakon.service.readiness import refuse_unless_ready
from ostrakon.service.supervisor import Child, keep_alive

BACKLOG = 2048
HIGHEST_PORT = 65_535
PATIENCE_S = 12.0
"""How long the children of a parent that was killed may still hold the address; they leave within nine seconds."""

log = structlog.get_logger(__name__)


def serve(configuration: Configuration, host: str, port: int, workers: int) -> None:
    """Keep the web process and the workers alive until asked to stop.

    Raises:
        NotReady: the service cannot start as it stands, or the address is taken.
    """
    refuse_unless_ready(configuration)
    with listening(host, port) as opened:
        log.info("serving", port=opened.getsockname()[1], workers=workers)
        keep_alive(
            [_child("web", str(opened.fileno()), fds=[opened.fileno()])]
            + [_child("worker", name) for name in worker_names(workers)]
        )


def worker_names(count: int) -> list[str]:
    """A name for each that no living worker bears, and that it keeps when it is restarted."""
    parent = f"{socket.gethostname()[:40]}:{secrets.token_hex(4)}"
    return [f"{parent}:{number}" for number in range(1, count + 1)]


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; waits for the children of a former parent to leave it.

    Raises:
        NotReady: somebody else has the address, or it is not one of this machine's.
    """
    if not 0 <= port <= HIGHEST_PORT:
        raise NotReady(f"cannot listen on port {port}: there are 0 (any) to {HIGHEST_PORT}")
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            return socket.create_server((host, port), family=family, backlog=BACKLOG)
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise NotReady(
                    f"cannot listen on {host} port {port}: {problem}; --host and --port choose others"
                ) from problem
        time.sleep(0.2)


def _child(what: str, which: str, fds: list[int] | None = None) -> Child:
    return Child(
        name=f"{what} {which}" if what == "worker" else what,
        command=[sys.executable, "-m", "ostrakon.service.children", what, which],
        fds=fds or [],
    )
