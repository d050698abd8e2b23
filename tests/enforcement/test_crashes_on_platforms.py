"""Our worker is killed at every step, at any moment: every account ends as decided, and each effect happened once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import connection, transaction
from tests.databases import HOME
from tests.enforcement.platform_case import SOON, TOKEN, Town, commands, connect
from tests.enforcement.test_crashes import database_url

from ostrakon.enforcement.delivery import LEASE
from ostrakon.enforcement.models import Attempt, Connection
from ostrakon.ledger.stored import verify_database
from ostrakon.platforms.fake.lines import FakeServer
from ostrakon.platforms.fake.rules import Rules

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
STRIKES_COUNT = Rules(asynchronous=False, two_sources=False, repeats_safely=False, resolves_reports=False)
"""The same again is a second strike: so each effect can be counted."""

WORKER = """
import os, signal, sys, time
from datetime import datetime
import django
django.setup()
from ostrakon.enforcement import carrying_out, connections, to_platforms
from ostrakon.platforms.contract import Mode
from ostrakon.platforms.fake.connector import FakePlatform
from ostrakon.platforms.fake.rules import Rules

step, now, token = sys.argv[1], datetime.fromisoformat(sys.argv[2]), sys.argv[3]
rules = Rules(asynchronous=False, two_sources=False, repeats_safely=False, resolves_reports=False)
connections.OPENERS["fake"] = lambda row: FakePlatform(row.address, token, mode=Mode(row.mode), rules=rules)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(where, name):
    before = getattr(where, name)
    def both(*given, **named):
        before(*given, **named)
        die()
    setattr(where, name, both)

if step == "before sending":
    carrying_out._carried = die
elif step == "after one was sent":
    then_die(carrying_out, "carry")
elif step == "after all were sent":
    then_die(carrying_out, "_carried")
elif step == "before it is written down":
    then_die(carrying_out, "_note_done")
elif step == "after it was written down":
    then_die(carrying_out, "_write_down")
lines = connections.Lines()
while True:
    carrying_out.carry_out_due(f"worker-{os.getpid()}", now, lines)
    time.sleep(0.05)
"""
STEPS = (
    "before sending",
    "after one was sent",
    "after all were sent",
    "before it is written down",
    "after it was written down",
)


def worker(step: str, now: datetime) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ostrakon.service.settings",
        "OSTRAKON_HOME": str(HOME),
        "DATABASE_URL": database_url(),
    }
    return subprocess.Popen([sys.executable, "-c", WORKER, step, now.isoformat(), TOKEN], env=environment)


@contextmanager
def decided(monkeypatch: pytest.MonkeyPatch, count: int) -> Iterator[Town]:
    """So many suspensions wait."""
    town = connect(monkeypatch, STRIKES_COUNT)
    with FakeServer(town.service) as server:
        Connection.objects.update(address=server.url)
        town.connection.refresh_from_db()
        town.line = server.line
        with transaction.atomic():
            for number in range(count):
                town.decide(town.account(f"a{number}"))
        connection.close()
        yield town


def everything_is_as_decided(town: Town) -> None:
    """In the database, on the platform, in the record."""
    for later in range(3):
        town.carry_out(SOON + (10 + later) * LEASE)
    assert set(commands()) == {("suspend", "delivered", "applied")}
    assert {account.acts for account in town.service.accounts.values()} == {1}
    assert all("suspended" in account.flags for account in town.service.accounts.values())
    assert not Attempt.objects.filter(ended_at=None).exists()
    problems = verify_database([]).problems
    assert [
        problem for problem in problems if not problem.startswith("checkpoints")
    ] == []  # nobody signed here


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_a_step(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    with decided(monkeypatch, 3) as town:
        killed = worker(step, SOON)
        killed.wait()
        assert killed.returncode == -9
        everything_is_as_decided(town)


def test_workers_killed_at_any_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(20261122)
    with decided(monkeypatch, 300) as town:
        for life in range(6):
            before = town.line.changes_asked
            one = worker("never", SOON + life * 2 * LEASE)
            while town.line.changes_asked == before and one.poll() is None:
                time.sleep(0.01)
            time.sleep(0.5 * chance.random())
            one.kill()
            one.wait()
        assert 0 < town.line.changes_asked < 300
        everything_is_as_decided(town)
