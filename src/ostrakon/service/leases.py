"""A background job is one worker's at a time: a row says whose, until when. A dead worker's job frees itself."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from ostrakon.service.models import Job

LEASE_S = 30.0
"""How long a job waits when the machine of its worker died. A worker that is restarted keeps its name: no wait."""
RENEWAL_S = LEASE_S / 3
"""How often a living worker says so: two tries may fail."""


class Lease:
    """Whether a job is ours. It knows without asking the database as long as it was renewed.

    How long it lasts is counted by this machine's monotonic clock, from before the database was asked: a clock that
    is set back must not prolong it.
    """

    def __init__(self, job: str, worker: str) -> None:
        self.job, self.worker = job, worker
        self.succeeded_at: datetime | None = None
        self._until = 0.0

    def is_ours(self) -> bool:
        """It is, or now becomes it."""
        return time.monotonic() < self._until or self.take(timezone.now())

    def take(self, now: datetime) -> bool:
        """Take it, or go on holding it; false when another worker has it."""
        asked_at = time.monotonic()
        changes: dict[str, Any] = {"taken_by": self.worker, "taken_until": now + timedelta(seconds=LEASE_S)}
        if self.succeeded_at:
            changes["succeeded_at"] = self.succeeded_at
        free = Q(taken_by__in=["", self.worker]) | Q(taken_until__lt=now)
        taken = Job.objects.filter(free, name=self.job).update(**changes) == 1
        self._until = asked_at + LEASE_S if taken else 0.0
        return taken

    def renew(self, now: datetime) -> None:
        """Go on holding it, if it is in hand."""
        if self._until:
            self.take(now)

    def give_back(self, now: datetime) -> None:
        """Let the next worker take it at once."""
        self._until = 0.0
        Job.objects.filter(name=self.job, taken_by=self.worker).update(taken_by="", taken_until=now)


def write_down(jobs: Iterable[str]) -> None:
    """See to it that every job has its row."""
    Job.objects.bulk_create([Job(name=name) for name in jobs], ignore_conflicts=True)


def recovered(job: str, now: datetime) -> None:
    """A round ended well after others had failed. (That all goes on well is said with the lease.)"""
    Job.objects.filter(name=job).update(succeeded_at=now, failures=0)


def failed(job: str, now: datetime) -> None:
    """A round failed."""
    Job.objects.filter(name=job).update(
        failed_at=now, failures=F("failures") + 1, failures_ever=F("failures_ever") + 1
    )


def somebody_works(now: datetime) -> bool:
    """Did a worker say within the last minute that it lives?"""
    said_since = now - timedelta(seconds=60)
    living = Job.objects.filter(taken_until__gt=said_since + timedelta(seconds=LEASE_S)).exclude(taken_by="")
    return living.exists()
