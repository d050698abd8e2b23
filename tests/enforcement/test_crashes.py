"""A worker is killed at every step and at any moment: each effect reaches its receiver, and once under its id."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from tests.databases import HOME
from tests.enforcement.case import (
    SOON,
    MailServer,
    Receiver,
    a_statement,
    mail_server,
    mail_to,
    receiver,
)

from ostrakon.casework.announcements import DecisionCameIntoForce, announce
from ostrakon.casework.models import Notice
from ostrakon.enforcement.delivery import LEASE, deliver_due
from ostrakon.enforcement.models import Attempt, Dispatch, Webhook
from ostrakon.enforcement.webhook import new_secret
from ostrakon.ledger.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WORKER = """
import os, signal, sys, time
from datetime import datetime
import django
django.setup()
from ostrakon.enforcement import delivery

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(name):
    before = getattr(delivery, name)
    def both(*given):
        before(*given)
        die()
    setattr(delivery, name, both)

step, now = sys.argv[1], datetime.fromisoformat(sys.argv[2])
if step == "before sending":
    delivery._carried = die
elif step == "after sending":
    then_die("_carried")
elif step == "before the receipt is kept":
    then_die("_note_receipt")
elif step == "after the receipt is kept":
    then_die("settle")
while True:
    delivery.deliver_due(f"worker-{os.getpid()}", now)
    time.sleep(0.05)
"""
STEPS = ("before sending", "after sending", "before the receipt is kept", "after the receipt is kept")


def database_url() -> str:
    made = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{made['NAME']}"
    return f"postgres://{made['USER']}@{quote(made['HOST'], safe='')}/{made['NAME']}"


@dataclass
class Outside:
    """Everything that can be reached."""

    mail: MailServer
    hook: Receiver

    def worker(self, step: str, now: datetime) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "ostrakon.service.settings",
            "OSTRAKON_HOME": str(HOME),
            "DATABASE_URL": database_url(),
            "OSTRAKON_SMTP_HOST": "127.0.0.1",
            "OSTRAKON_SMTP_PORT": str(self.mail.port),
            "OSTRAKON_SMTP_STARTTLS": "no",
        }
        return subprocess.Popen([sys.executable, "-c", WORKER, step, now.isoformat()], env=environment)


@contextmanager
def outside(settings: Any, count: int, **mail: Any) -> Iterator[Outside]:
    """So many notices and events wait for their receivers."""
    with mail_server(**mail) as server, receiver() as there:
        mail_to(settings, server.port)
        Webhook.objects.create(url=there.url, secret=new_secret(), added_at=SOON)
        for number in range(count):
            notice = a_statement(f"a{number}")
            assert notice.decision
            with transaction.atomic():
                announce(DecisionCameIntoForce(notice.decision))
        Dispatch.objects.update(queued_at=SOON, not_before=SOON)
        connection.close()
        yield Outside(server, there)


def everything_is_delivered_once(there: Outside, count: int) -> None:
    assert deliver_due("the next worker", SOON + 3 * LEASE, limit=10_000) >= 0
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"delivered"}
    assert not Attempt.objects.filter(ended_at=None).exists()
    assert len(set(there.mail.ids)) == len(set(there.hook.ids)) == Notice.objects.count() == count
    assert Entry.objects.filter(kind="dispatch_delivered").count() == 2 * count


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_a_step(settings: Any, step: str) -> None:
    with outside(settings, 2) as there:
        worker = there.worker(step, SOON)
        worker.wait()
        assert worker.returncode == -9
        assert len(there.mail.letters) + len(there.hook.heard) == (0 if step == "before sending" else 1)
        everything_is_delivered_once(there, 2)
        repeated = len(there.mail.letters) + len(there.hook.heard) - 4
        assert repeated == (1 if step in ("after sending", "before the receipt is kept") else 0)


def test_workers_killed_at_any_moment(settings: Any) -> None:
    chance = random.Random(20261122)
    with outside(settings, 40, wait_s=0.1) as there:
        for life in range(6):
            now = SOON + life * 2 * LEASE / 6
            workers = [there.worker("never", now), there.worker("never", now)]
            time.sleep(2.5 + chance.random())
            for worker in workers:
                worker.kill()
                worker.wait()
        everything_is_delivered_once(there, 40)
