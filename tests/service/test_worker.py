"""A worker: every job in a thread of its own, and none of them stops another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import OperationalError

from ostrakon.service import worker as module
from ostrakon.service.leases import Lease, write_down
from ostrakon.service.models import Job as Row
from ostrakon.service.rounds import jobs
from ostrakon.service.worker import Job, Keeper, Worker

pytestmark = pytest.mark.django_db(transaction=True)


def nothing(now: datetime) -> None:
    """A job that has nothing to do."""


def broken(now: datetime) -> None:
    raise OperationalError("the disk is gone")


def keeper(do: Callable[[datetime], object]) -> Keeper:
    write_down(["job"])
    return Keeper(Job("job", 0.5, do), Lease("job", "a"))


@contextmanager
def running(*jobs: Job) -> Iterator[Worker]:
    """A worker at work, which has stopped when the block ends."""
    worker = Worker(jobs, "a")
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stopping.set()
        thread.join(20)
        assert not thread.is_alive()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_round_gets_the_time_and_is_followed_by_its_pause() -> None:
    seen: list[datetime] = []
    assert keeper(seen.append).round() == 0.5
    assert seen[0].tzinfo is not None


def test_a_long_round_is_followed_by_a_long_rest() -> None:
    write_down(["job"])
    slow = Keeper(Job("job", 0.01, lambda now: time.sleep(0.1), rest=4), Lease("job", "a"))
    assert 0.4 <= slow.round() < 4


def test_a_job_that_another_worker_has_is_left_alone() -> None:
    done: list[datetime] = []
    mine = keeper(done.append)
    Lease("job", "b").take(module.timezone.now())
    assert mine.round() == module.OTHERS_HAVE_IT_S
    assert done == []


def test_a_failing_job_is_counted_and_tried_again_ever_later() -> None:
    mine = keeper(broken)
    pauses = [mine.round() for _ in range(9)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert Row.objects.get().failures == 9


def test_a_job_that_trips_over_its_own_library_is_counted_too() -> None:
    class Panic(BaseException):
        """As polars has it."""

    def trips(now: datetime) -> None:
        raise Panic

    assert keeper(trips).round() == 1
    assert Row.objects.get().failures == 1


def test_after_a_good_round_the_pauses_begin_anew() -> None:
    mine = keeper(broken)
    for _ in range(4):
        mine.round()
    good = Keeper(Job("job", 0.5, nothing), mine.lease, failures=mine.failures)
    assert good.round() == 0.5
    assert (good.failures, Row.objects.get().failures) == (0, 0)


def test_a_job_that_fails_or_hangs_stops_no_other() -> None:
    hang, done = threading.Event(), threading.Event()
    hanging = Job("hangs", 0.01, lambda now: hang.wait(15))
    with running(Job("fails", 0.01, broken), hanging, Job("works", 0.01, lambda now: done.set())):
        assert done.wait(10)
        hang.set()


def test_a_worker_that_stops_gives_its_jobs_back() -> None:
    done = threading.Event()
    with running(Job("works", 0.01, lambda now: done.set())):
        assert done.wait(10)
        assert Row.objects.get().taken_by == "a"
    assert Row.objects.get().taken_by == ""


def test_a_round_that_still_runs_keeps_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRACE_S", 0.1)
    hang, began = threading.Event(), threading.Event()

    def hangs(now: datetime) -> None:
        began.set()
        hang.wait(15)

    with running(Job("hangs", 0.01, hangs)):
        assert began.wait(10)
    assert Row.objects.get().taken_by == "a"
    hang.set()
    until(lambda: not any(thread.name == "hangs" for thread in threading.enumerate()))


def test_a_living_worker_renews_its_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RENEWAL_S", 0.05)
    with running(Job("works", 0.01, nothing)):
        until(lambda: Row.objects.filter(succeeded_at__isnull=False).exists())
        first = Row.objects.get().taken_until
        until(lambda: Row.objects.get().taken_until > first)


def test_every_job_has_a_name_of_its_own_and_a_pause() -> None:
    every = jobs("a")
    assert len({job.name for job in every}) == len(every)
    assert all(job.every_s > 0 for job in every)
