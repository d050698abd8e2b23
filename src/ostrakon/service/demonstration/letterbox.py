"""A mail server for this machine alone: letters become files, some addresses are refused, nothing is passed on."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import cast

GONE = b"gone"
"""With this begins every address that is refused: somebody closed their mailbox."""


class _Letterbox(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Clerk)
        self.folder = folder
        self.numbers = count(1)


class _Clerk(socketserver.StreamRequestHandler):
    """One conversation: as much of SMTP (RFC 5321) as our own sender speaks."""

    def handle(self) -> None:
        self._say("220 letterbox of a demonstration")
        for line in self.rfile:
            match line[:4].upper().strip():
                case b"EHLO" | b"HELO" | b"MAIL" | b"RSET" | b"NOOP":
                    self._say("250 yes")
                case b"RCPT":
                    self._say("550 5.1.1 no such mailbox" if b"<" + GONE in line else "250 yes")
                case b"DATA":
                    self._keep()
                case b"QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("500 what?")

    def _keep(self) -> None:
        self._say("354 go on")
        lines = iter(self.rfile.readline, b".\r\n")
        letter = b"".join(line.removeprefix(b".") for line in lines)
        box = cast("_Letterbox", self.server)
        name = f"{next(box.numbers):05}.eml"
        (box.folder / name).write_bytes(letter)
        self._say(f"250 2.0.0 kept as {name}")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def letterbox(folder: Path) -> Iterator[int]:
    """Take letters until the block ends; gives the port, on this machine alone.

    Args:
        folder: made if it is missing; each letter becomes a file in it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _Letterbox(folder) as box:
        thread = threading.Thread(target=box.serve_forever, name="letterbox", daemon=True)
        thread.start()
        try:
            yield int(box.server_address[1])
        finally:
            box.shutdown()
            thread.join()
