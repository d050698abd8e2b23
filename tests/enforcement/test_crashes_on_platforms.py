"""Our worker is killed at every step, at any moment: every account ends as decided, and each effect happened once."""

from __future__ import annotations

import os
import random
import signal
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

from ostrakon.enforcement.delivery import DIED, LEASE
from ostrakon.enforcement.models import Attempt, Connection
from ostrakon.ledger.stored import verify_database
from ostrakon.platforms.fake.lines import FakeServer
from ostrakon.platforms.fake.rules import Rules

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS, DECISIONS, WITHIN_S = 50, 900, 60.0
STRIKES_COUNT = Rules(asynchronous=False, two_sources=False, repeats_safely=False, resolves_reports=False)
"""The same again is a second strike: so each effect can be counted."""

NURSERY = """
import os, signal, sys, time
from datetime import datetime
import django
django.setup()
from ostrakon.enforcement import carrying_out, connections, to_platforms
from ostrakon.platforms.contract import Mode
from ostrakon.platforms.fake.connector import FakePlatform
from ostrakon.platforms.fake.rules import Rules

rules = Rules(asynchronous=False, two_sources=False, repeats_safely=False, resolves_reports=False)
connections.OPENERS["fake"] = lambda row: FakePlatform(row.address, sys.argv[1], mode=Mode(row.mode), rules=rules)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(where, name):
    before = getattr(where, name)
    def both(*given, **named):
        before(*given, **named)
        die()
    setattr(where, name, both)

def work(step, now):
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

for line in sys.stdin:
    step, now = line.rstrip().split(chr(9))
    if not (child := os.fork()):
        work(step, datetime.fromisoformat(now))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
STEPS = (
    "before sending",
    "after one was sent",
    "after all were sent",
    "before it is written down",
    "after it was written down",
)


class Nursery:
    """Where workers come from: a process that has loaded everything, and opened nothing, is forked for each."""

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "ostrakon.service.settings",
            "OSTRAKON_HOME": str(HOME),
            "DATABASE_URL": database_url(),
        }
        command = [sys.executable, "-c", NURSERY, TOKEN]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def begin(self, step: str, now: datetime) -> int:
        """A worker begins to work; gives its number."""
        assert self.process.stdin
        self.process.stdin.write(f"{step}\t{now.isoformat()}\n")
        self.process.stdin.flush()
        return self._said()

    def ended(self) -> int:
        """How the last one ended, when it has."""
        return self._said()

    def _said(self) -> int:
        assert self.process.stdout
        return int(self.process.stdout.readline())

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


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


def everything_is_as_decided(town: Town, then: datetime = SOON) -> None:
    """In the database, on the platform, in the record."""
    for later in range(3):
        town.carry_out(then + (10 + later) * LEASE)
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
    with decided(monkeypatch, 3) as town, Nursery() as nursery:
        nursery.begin(step, SOON)
        assert nursery.ended() == -9
        everything_is_as_decided(town)


def test_workers_killed_at_fifty_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each after it began to act, and before about three batches were done; the last ones find much left behind."""
    chance = random.Random(20261122)
    with decided(monkeypatch, DECISIONS) as town, Nursery() as nursery:
        for life in range(KILLS):
            before, until = town.line.changes_asked, time.monotonic() + WITHIN_S
            one = nursery.begin("never", SOON + life * 2 * LEASE)
            while town.line.changes_asked == before:
                assert time.monotonic() < until, "a worker does nothing"
                time.sleep(0.001)
            time.sleep(0.06 * chance.random())
            os.kill(one, signal.SIGKILL)
            assert nursery.ended() == -9
        assert town.line.changes_asked < DECISIONS  # nobody was killed when all was done
        died = Attempt.objects.filter(detail=DIED).count()
        assert died > KILLS / 2
        everything_is_as_decided(town, SOON + 2 * KILLS * LEASE)
