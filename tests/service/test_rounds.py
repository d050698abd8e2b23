"""What the workers do: every job does its work on the tables as they are, and nothing when there is nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from ostrakon.ledger.keys import make_key
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Checkpoint, Entry
from ostrakon.ledger.record import record
from ostrakon.service.rounds import SIGNED_AFTER, SIGNED_EVERY, forget_sessions, jobs, sign_the_record

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def key(tmp_path: Path, settings: Any) -> None:
    settings.LEDGER_KEY_FILE = tmp_path / "ledger.key"
    make_key(settings.LEDGER_KEY_FILE)


def write_entries(count: int = 1) -> None:
    with transaction.atomic():
        for _ in range(count):
            record(Kind.SERVICE_INITIALISED, actor="system", subject="service")


@pytest.mark.parametrize("job", jobs("a"), ids=lambda job: job.name)
def test_a_job_with_nothing_to_do_does_nothing(job: Any) -> None:
    before = Entry.objects.count()
    job.do(timezone.now())
    job.do(timezone.now())
    assert Entry.objects.count() == before


def test_the_record_is_signed_at_once_and_then_every_ten_minutes() -> None:
    for minutes, signed in [(0, 1), (5, 1), (9.9, 1), (10, 2), (15, 2)]:
        write_entries()
        sign_the_record(NOON + timedelta(minutes=minutes))
        assert Checkpoint.objects.count() == signed
    assert timedelta(minutes=10) == SIGNED_EVERY


def test_many_entries_are_signed_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ostrakon.service.rounds.SIGNED_AFTER", 3)
    write_entries()
    sign_the_record(NOON)
    for count in (2, 4):
        write_entries()
        sign_the_record(NOON + timedelta(seconds=count))
    assert Checkpoint.objects.count() == 1
    write_entries()
    sign_the_record(NOON + timedelta(seconds=6))
    assert Checkpoint.objects.count() == 2
    assert SIGNED_AFTER == 1_000


def test_sessions_that_ended_are_forgotten() -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=NOON - timedelta(seconds=1))
    Session.objects.create(session_key="new", session_data="", expire_date=NOON + timedelta(seconds=1))
    forget_sessions(NOON)
    assert Session.objects.get().session_key == "new"
