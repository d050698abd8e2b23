"""What whoever watches from outside is told, and what not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError, transaction
from django.test import AsyncClient, Client
from django.utils import timezone

from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.service import health
from ostrakon.service.leases import Lease, failed, write_down

pytestmark = pytest.mark.django_db


@pytest.fixture
def working() -> None:
    """A service that was set up, with a worker that lives."""
    write_down(["open_cases"])
    Lease("open_cases", "a").take(timezone.now())
    with transaction.atomic():
        record(Kind.SERVICE_INITIALISED, actor="system", subject="service")


def value(name: str) -> float:
    lines = Client().get("/metrics").content.decode().splitlines()
    (found,) = [line.split()[-1] for line in lines if line.startswith((f"{name} ", f"{name}{{"))]
    return float(found)


def test_a_process_that_answers_lives() -> None:
    assert Client().get("/health/live").status_code == 200


def test_it_is_ready_when_the_database_answers_and_a_worker_works(working: None) -> None:
    answer = Client().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert answer.json()["ledger"]["number"] == 1


def test_whoever_comes_through_a_proxy_does_not_see_the_record_grow(working: None) -> None:
    answer = Client(headers={"X-Forwarded-For": "203.0.113.9"}).get("/health/ready")
    assert answer.status_code == 200
    assert "ledger" not in answer.json()


def test_it_is_not_ready_without_a_worker(working: None) -> None:
    Lease("open_cases", "a").take(timezone.now() - timedelta(minutes=2))
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["working"]) == (503, False)


def test_it_is_not_ready_before_it_was_set_up() -> None:
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["ledger"]) == (503, None)


def test_it_is_not_ready_with_tables_of_another_version(
    working: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "missing_migrations", lambda: ["casework.0003_more"])
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["migrated"]) == (503, False)


def test_a_database_that_is_away_is_said_and_is_no_failure_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> list[str]:
        raise OperationalError("connection refused: host=db.internal")

    monkeypatch.setattr(health, "missing_migrations", away)
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    assert b"internal" not in answer.content


def test_metrics_tell_how_the_jobs_go(working: None) -> None:
    failed("open_cases", timezone.now())
    assert value("ostrakon_job_failures_total") == 1
    assert value("ostrakon_job_in_hand") == 1
    assert value("ostrakon_ledger_entries_total") == 1
    assert value("ostrakon_ledger_unsigned") == 1


def test_requests_are_counted_by_their_route_and_never_by_what_a_stranger_sent() -> None:
    Client().get("/health/live")
    Client().get("/secret-path-7f3a")
    said = Client().get("/metrics").content.decode()
    assert 'ostrakon_request_seconds_count{method="GET",route="health/live",status="2xx"}' in said
    assert 'ostrakon_request_seconds_count{method="GET",route="none",status="4xx"}' in said
    assert "7f3a" not in said


def test_requests_are_counted_where_they_are_answered_one_beside_another() -> None:
    assert async_to_sync(AsyncClient().get)("/health/live").status_code == 200


def test_metrics_are_not_for_those_who_come_through_a_proxy() -> None:
    assert Client().get("/metrics", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 404


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_nobody_changes_anything_here(path: str) -> None:
    assert Client().post(path).status_code == 405
