"""What the parent starts: ``python -m ostrakon.service.children web SOCKET PIPE``, ``... worker NAME PIPE``."""

from __future__ import annotations

import os
import socket
import sys
from typing import NoReturn

import uvicorn

from ostrakon.service.begin import begin
from ostrakon.service.parent import end_with_the_parent

GRACE_S = 7
"""How long requests may go on when the service stops."""


def web(listening: socket.socket) -> None:
    """Answer requests on a socket that the parent holds: while this process restarts, they wait in its queue."""
    config = uvicorn.Config(
        "ostrakon.service.asgi:application",
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,  # addresses and paths
        proxy_headers=False,  # whom to believe is web's to know
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    uvicorn.Server(config).run(sockets=[listening])


def work(name: str) -> NoReturn:
    """Do the background jobs. Imported here, so that the web process does not load the science."""
    from ostrakon.service.rounds import jobs
    from ostrakon.service.worker import Worker

    working = Worker(jobs(name), name)
    working.stop_when_asked()
    working.run()
    os._exit(0)  # a round that hangs must not keep the process


def main() -> None:
    """What the parent asks for."""
    what, which, pipe = sys.argv[1:]
    end_with_the_parent(int(pipe))
    begin()
    if what == "web":
        web(socket.socket(fileno=int(which)))
    else:
        work(which)


if __name__ == "__main__":
    main()
