"""A job is one worker's at a time, and nobody's when its worker is dead."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ostrakon.service.leases import LEASE_S, Lease, failed, recovered, somebody_works, write_down
from ostrakon.service.models import Job

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    write_down(["open_cases"])


def test_two_workers_never_have_one_job() -> None:
    first, second = Lease("open_cases", "a"), Lease("open_cases", "b")
    assert first.take(NOON)
    assert not second.take(NOON)


def test_a_job_is_taken_once_however_many_ask_for_it_first() -> None:
    assert [Lease("open_cases", f"w{n}").take(NOON) for n in range(20)].count(True) == 1


def test_the_job_of_a_dead_worker_frees_itself() -> None:
    assert Lease("open_cases", "dead").take(NOON)
    assert not Lease("open_cases", "heir").take(NOON + timedelta(seconds=LEASE_S - 1))
    assert Lease("open_cases", "heir").take(NOON + timedelta(seconds=LEASE_S + 1))


def test_a_worker_that_is_restarted_has_its_jobs_at_once() -> None:
    assert Lease("open_cases", "a").take(NOON)
    assert Lease("open_cases", "a").take(NOON)


def test_what_is_renewed_does_not_end() -> None:
    mine, other = Lease("open_cases", "a"), Lease("open_cases", "b")
    mine.take(NOON)
    mine.renew(NOON + timedelta(seconds=LEASE_S - 1))
    assert not other.take(NOON + timedelta(seconds=LEASE_S + 1))


def test_a_lease_that_was_lost_is_known_to_be_lost() -> None:
    mine, other = Lease("open_cases", "a"), Lease("open_cases", "b")
    mine.take(timezone.now() - timedelta(seconds=2 * LEASE_S))
    assert other.take(timezone.now())
    mine.renew(timezone.now())
    assert not mine.is_ours()


def test_what_was_given_back_is_free_at_once() -> None:
    mine = Lease("open_cases", "a")
    mine.take(NOON)
    mine.give_back(NOON)
    assert Lease("open_cases", "b").take(NOON)


def test_nobody_gives_back_what_another_has() -> None:
    mine, other = Lease("open_cases", "a"), Lease("open_cases", "b")
    other.take(NOON)
    mine.give_back(NOON)
    assert not mine.take(NOON)


def test_failures_are_counted_and_a_good_round_ends_the_row() -> None:
    failed("open_cases", NOON)
    failed("open_cases", NOON)
    recovered("open_cases", NOON)
    failed("open_cases", NOON)
    job = Job.objects.get()
    assert (job.failures, job.failures_ever, job.succeeded_at) == (1, 3, NOON)


def test_success_is_said_with_the_lease() -> None:
    mine = Lease("open_cases", "a")
    mine.take(NOON)
    mine.succeeded_at = NOON + timedelta(seconds=3)
    mine.renew(NOON + timedelta(seconds=10))
    assert Job.objects.get().succeeded_at == NOON + timedelta(seconds=3)


def test_rows_are_written_once() -> None:
    Lease("open_cases", "a").take(NOON)
    write_down(["open_cases", "deliver_due"])
    assert dict(Job.objects.values_list("name", "taken_by")) == {"open_cases": "a", "deliver_due": ""}


@pytest.mark.parametrize(("ago_s", "works"), [(0, True), (55, True), (65, False)])
def test_a_worker_was_seen_when_it_renewed_within_a_minute(ago_s: float, works: bool) -> None:
    Lease("open_cases", "a").take(NOON - timedelta(seconds=ago_s))
    assert somebody_works(NOON) is works


def test_nobody_works_when_no_job_is_taken() -> None:
    assert not somebody_works(NOON)


def test_the_database_refuses_a_job_in_hand_without_end() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(taken_by="a", taken_until=None)


@pytest.mark.django_db(transaction=True)
def test_of_eight_threads_one_gets_the_job() -> None:
    ready, taken = threading.Barrier(8), []

    def ask(name: str) -> None:
        ready.wait()
        taken.append(Lease("open_cases", name).take(NOON))
        connection.close()

    threads = [threading.Thread(target=ask, args=[f"w{n}"]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]
