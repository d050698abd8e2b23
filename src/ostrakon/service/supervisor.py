"""The parent: it keeps its children alive, and takes them with it when it goes."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

FIRST_PAUSE_S = 0.25
"""Before a child that died is started again; doubled each time, until it lived for ``QUIET_S``."""
LONGEST_PAUSE_S = 15.0
QUIET_S = 60.0
GRACE_S = 9.0
"""From being asked to stop to being killed."""
LOOK_S = 0.1
"""How often the parent looks after its children."""

log = structlog.get_logger(__name__)


@dataclass
class Child:
    """A process that is to live. ``command`` gets the reading end of the parent's pipe as its last argument."""

    name: str
    command: Sequence[str]
    fds: Sequence[int] = ()
    deaths: int = field(default=0, init=False)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    start_after: float = field(default=0.0, init=False)

    def look_after(self, pipe: int, now: float) -> None:
        """Start it if it does not run and its pause is over; note it if it died."""
        if self.process is not None and self.process.poll() is not None:
            self._note_death(now)
        if self.process is None and now >= self.start_after:
            self._start(pipe, now)

    def _start(self, pipe: int, now: float) -> None:
        # A group of its own: Ctrl-C reaches the parent alone, which asks its children in good order.
        self.started_at = now
        try:
            self.process = subprocess.Popen(
                [*self.command, str(pipe)], pass_fds=[pipe, *self.fds], process_group=0
            )
        except OSError as problem:  # no memory, no more processes: in a moment there may be again
            log.error("a child cannot be started", child=self.name, why=problem.strerror)
            self._note_death(now)
            return
        log.info("started", child=self.name, pid=self.process.pid)

    def _note_death(self, now: float) -> None:
        status = self.process.returncode if self.process else None
        self.process = None
        self.deaths = 0 if now - self.started_at >= QUIET_S else self.deaths + 1
        pause = min(FIRST_PAUSE_S * 2 ** min(self.deaths, 16), LONGEST_PAUSE_S)
        self.start_after = now + pause
        log.error("a child died and is started again", child=self.name, status=status, pause_s=pause)


def keep_alive(children: Sequence[Child]) -> None:
    """Run the children until SIGTERM or SIGINT; returns when all have ended, within ten seconds.

    A child that dies is started again, for ever, with growing pauses. When this process is killed, the children
    notice that their pipe ended.
    """
    reading, writing = os.pipe()
    with _asked_to_stop() as stop:
        while not stop.wait(LOOK_S):
            for child in children:
                child.look_after(reading, time.monotonic())
        log.info("stopping")
        _stop([child.process for child in children if child.process is not None])
    os.close(reading)
    os.close(writing)
    log.info("stopped")


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    yield stop
    for number, handler in before.items():
        signal.signal(number, handler)


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + GRACE_S
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            log.error("a child did not stop in time and is killed", pid=process.pid)
            process.kill()
            process.wait()
