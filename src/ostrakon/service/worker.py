"""A background worker: every job in a thread of its own, so that a mail server that hangs stops nothing else.

It may be killed at any moment: what a job does, it does in transactions that can be done again.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import connection
from django.utils import timezone

from ostrakon.service.leases import RENEWAL_S, Lease, failed, recovered, write_down

OTHERS_HAVE_IT_S = 5.0
"""How often a worker asks whether a job that another has became free."""
LONGEST_PAUSE_S = 60.0
"""After many failures."""
GRACE_S = 7.0
"""How long rounds may go on when the worker is asked to stop; what is cut off is done again by the next."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """Something to do again and again. ``do`` gets the time, and does all that is there to be done."""

    name: str
    every_s: float
    """Pause between two rounds."""
    do: Callable[[datetime], object]
    rest: float = 0
    """The pause is at least so many times as long as the round took."""


@dataclass
class Keeper:
    """One job in one worker."""

    job: Job
    lease: Lease
    failures: int = field(default=0)

    def round(self) -> float:
        """Do it once, if it is ours to do; gives the seconds until the next time. Never raises."""
        try:
            if not self.lease.is_ours():
                return OTHERS_HAVE_IT_S
            began = time.monotonic()
            self.job.do(timezone.now())
            took_s = time.monotonic() - began
            self._note_success(timezone.now())
        except BaseException:  # also what polars throws when it trips, which is no Exception
            log.exception("a job failed", job=self.job.name, failures=self.failures + 1)
            return self._note_failure(timezone.now())
        return max(self.job.every_s, self.job.rest * took_s)

    def _note_success(self, now: datetime) -> None:
        self.lease.succeeded_at = now
        if self.failures:
            self.failures = 0
            recovered(self.job.name, now)

    def _note_failure(self, now: datetime) -> float:
        self.failures += 1
        connection.close()  # whatever broke it
        try:
            failed(self.job.name, now)
        except Exception:  # noqa: BLE001  the database itself may be what fails
            connection.close()
        return float(min(self.job.every_s * 2 ** min(self.failures, 16), LONGEST_PAUSE_S))


class Worker:
    """Runs jobs until it is asked to stop.

    Args:
        jobs: what to do.
        name: unique among all that live; a worker that is restarted keeps it, and with it its jobs.
    """

    def __init__(self, jobs: Sequence[Job], name: str) -> None:
        self.name = name
        self.stopping = threading.Event()
        self._keepers = [Keeper(job, Lease(job.name, name)) for job in jobs]

    def run(self) -> None:
        """Work. Returns when asked to stop, at the latest ``GRACE_S`` afterwards, whatever still runs then."""
        write_down(keeper.job.name for keeper in self._keepers)
        log.info("working", worker=self.name)
        threads = [
            threading.Thread(target=self._keep, args=[keeper], name=keeper.job.name, daemon=True)
            for keeper in self._keepers
        ]
        for thread in threads:
            thread.start()
        while not self.stopping.wait(RENEWAL_S):
            self._renew()
        for thread in threads:
            thread.join(GRACE_S / len(threads))
        self._give_back([k for k, t in zip(self._keepers, threads, strict=True) if not t.is_alive()])

    def stop_when_asked(self) -> None:
        """SIGTERM and SIGINT ask."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())

    def _keep(self, keeper: Keeper) -> None:
        pause = 0.0
        while not self.stopping.wait(pause):
            pause = keeper.round()
        connection.close()

    def _renew(self) -> None:
        try:
            for keeper in self._keepers:
                keeper.lease.renew(timezone.now())
        except Exception:
            log.exception("the leases could not be renewed: at the next time")
            connection.close()

    def _give_back(self, keepers: Sequence[Keeper]) -> None:
        try:
            for keeper in keepers:
                keeper.lease.give_back(timezone.now())
        except Exception:
            log.exception("the leases could not be given back: they end by themselves")
        connection.close()
