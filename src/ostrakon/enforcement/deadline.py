"""An end to a whole conversation.

The timeout of a socket begins anew with every byte: a peer that drips never meets it.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType


class Deadline:
    """Cuts every line that it watches when its time is up; whoever reads from it then reads the end.

    To be used in a ``with``: the time runs from there.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lines: list[socket.socket] = []
        self._passed = False
        self._lock = threading.Lock()
        self._clock = threading.Timer(seconds, self._cut)
        self._clock.daemon = True

    def watch(self, line: socket.socket) -> None:
        """Cut this one too. A copy is kept: what TLS makes of the original does not matter."""
        with self._lock:
            self._lines.append(line.dup())
            if self._passed:
                _shut(self._lines[-1])

    def _cut(self) -> None:
        with self._lock:
            self._passed = True
            for line in self._lines:
                _shut(line)

    def __enter__(self) -> Deadline:
        self._clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clock.cancel()
        with self._lock:
            for line in self._lines:
                line.close()
            self._lines.clear()


def _shut(line: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        line.shutdown(socket.SHUT_RDWR)
