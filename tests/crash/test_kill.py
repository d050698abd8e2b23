"""kill -9 at any moment: nothing that was acknowledged is lost, nothing is done twice, the record verifies.

    make test-crash                                  200 kills on SQLite, 40 on PostgreSQL
    make test-crash ARGS="--kills 20 --seed 7"

A parent with a web process and two workers serves clients who report, decide and reverse, while somebody makes
backups; at random moments one of all these processes is killed. Afterwards everything is compared with what the clients
were told, what the mail server got, and what the record says.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from tests.crash import clients
from tests.crash.clients import Acknowledged, Client
from tests.postgresql import Cluster
from tests.service.running import Service, free_port, made, until

pytestmark = [
    pytest.mark.crash,
    # The HTTP client leaves a connection that broke to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]
PEOPLE = {"bram": clients.propose, "chidi": clients.approve, "dana": clients.reverse}
SENDING_S = 6.0
"""Longer than a worker that lives may send: its patience with the mail server is five seconds here."""
LEASES_END = f"""
from datetime import timedelta
from django.utils import timezone
from ostrakon.enforcement.delivery import LEASE
from ostrakon.enforcement.models import Dispatch
now = timezone.now()
left = Dispatch.objects.filter(state="sending", taken_until__lt=now + LEASE - timedelta(seconds={SENDING_S}))
print(left.update(taken_until=now))
"""
"""What the dead were sending is tried again after five minutes. Nobody waits for them here: they are over at once."""


class Mailbox:
    """A mail server that takes its time, and everything."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.got: Counter[str] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd finds it so
        (message,) = re.findall(rb"^Message-ID: <(.+)@", envelope.content, flags=re.MULTILINE)
        self.got[message.decode()] += 1
        time.sleep(self.rng.uniform(0, 0.2))
        return "250 taken"


@dataclass
class Killer:
    """Kills somebody, and starts the parent again when it was the parent."""

    service: Service
    rng: random.Random
    backup: subprocess.Popen[bytes] | None = None
    killed: Counter[str] = field(default_factory=Counter)

    def kill(self) -> None:
        living = {name.split()[0]: pid for name, pid in self.service.children().items()}
        if self.backup is not None and self.backup.poll() is None:
            living["backup"] = self.backup.pid
        assert self.service.parent is not None
        assert self.service.parent.poll() is None, "the parent ended by itself"
        victim = self.rng.choices([*living, "parent"], [*[3] * len(living), 2])[0]
        os.kill(self.service.parent.pid if victim == "parent" else living[victim], signal.SIGKILL)
        self.killed[victim] += 1
        if victim == "parent":
            self.service.parent.wait()
            self.service.start("--workers", "2")

    def make_backup(self) -> None:
        """One at a time."""
        if self.backup is None or self.backup.poll() is not None:
            target = (
                self.service.home.parent / f"backup-{sum(self.killed.values())}-{time.monotonic_ns()}.tar"
            )
            self.backup = subprocess.Popen(
                self.service.command("backup", target, "--with-keys"),
                env=self.service.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def end_backup(self) -> None:
        if self.backup is not None:
            self.backup.wait(120)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    if request.param == "sqlite":
        yield {}
    else:
        with Cluster() as cluster:
            yield {"DATABASE_URL": cluster.url}


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    given = request.config.getoption("--seed")
    return random.SystemRandom().randrange(2**31) if given is None else int(given)


@pytest.fixture
def mailbox(seed: int) -> Iterator[tuple[Mailbox, int]]:
    box, port = Mailbox(random.Random(seed)), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


@pytest.fixture
def service(database: dict[str, str], mailbox: tuple[Mailbox, int], tmp_path: Path) -> Iterator[Service]:
    mail = {
        "OSTRAKON_SMTP_HOST": "127.0.0.1",
        "OSTRAKON_SMTP_PORT": str(mailbox[1]),
        "OSTRAKON_SMTP_STARTTLS": "false",
        "OSTRAKON_SMTP_TIMEOUT_S": "5",
        "OSTRAKON_SECOND_FACTOR": "false",
    }
    with made(tmp_path, **mail, **database) as service:
        yield service


def test_whatever_is_killed_nothing_is_lost_and_nothing_is_done_twice(
    service: Service, mailbox: tuple[Mailbox, int], seed: int, request: pytest.FixtureRequest, say: Any
) -> None:
    kills = int(request.config.getoption("--kills"))
    if "DATABASE_URL" in service.settings:
        kills = max(kills // 5, 1)
    say(f"{kills} kills, --seed {seed}, log: {service.log}")
    told, killer = Acknowledged(), Killer(service, random.Random(seed))
    keys = inside(service, "tests.crash.prepare")
    service.start("--workers", "2")
    stop = threading.Event()
    threads = begin_to_work(service, keys, told, stop, seed)
    try:
        kill_at_random(killer, kills, told, say)
    finally:
        stop.set()
    for thread in threads:
        thread.join(600)
    killer.end_backup()
    say(f"killed: {dict(killer.killed)}; {told.answers} answers, {told.repeated} asked again")
    time.sleep(SENDING_S)
    say(f"the dead were sending {service.script(LEASES_END)}; until everything is sent ...")
    until(lambda: is_quiet(service), 300, pause_s=2)

    assert service.stop() < 10
    found = inside(service, "tests.crash.checks", given=told)
    say(f"{found['counts']}; jobs that failed: {failed_jobs(service)}")
    assert found["problems"] == []
    assert told.refused == []
    assert_letters(mailbox[0], found["letters"])
    assert "The record is intact" in service.run("ledger", "verify")
    assert_backups(service)


def begin_to_work(
    service: Service, keys: dict[str, str], told: Acknowledged, stop: threading.Event, seed: int
) -> list[threading.Thread]:
    work: list[tuple[Any, str]] = [(clients.report_one, "source")] * 3 + [(clients.report_many, "source")]
    work += [(verb, name) for name, verb in PEOPLE.items()]
    return [
        clients.run(verb, Client(service.url, keys[holder], told, stop), seed + number)
        for number, (verb, holder) in enumerate(work)
    ]


def kill_at_random(killer: Killer, kills: int, told: Acknowledged, say: Any) -> None:
    """At random moments, but not before something was answered since the last time: a service that never gets up
    would be spared everything."""
    for number in range(kills):
        before = told.answers
        killer.make_backup()
        until(lambda: told.answers > before, within_s=300)  # noqa: B023  asked at once
        time.sleep(killer.rng.expovariate(1 / 1.5))
        killer.kill()
        if number % 20 == 19:
            done = f"{len(told.reports)} reports, {len(told.proposals)} proposals, {len(told.approvals)} approvals"
            say(f"{number + 1} kills: {done} acknowledged")


def is_quiet(service: Service) -> bool:
    """Nothing waits to be sent or to become a case, and every child runs."""
    try:
        numbers = httpx.get(f"{service.url}/metrics", timeout=20).text
    except httpx.HTTPError:
        return False
    waits = re.findall(r'^ostrakon_dispatches\{channel="email".*\} (\S+)$', numbers, flags=re.MULTILINE)
    return (
        not any(float(count) for count in waits) and len(service.children()) == 3 and all_have_cases(service)
    )


def all_have_cases(service: Service) -> bool:
    return bool(service.script(
        "from ostrakon.intake.models import Report\nfrom ostrakon.casework.models import Progress\n"
        "last = Report.objects.order_by('-pk').values_list('pk', flat=True).first()\n"
        "print('true' if Progress.objects.get(job='open_cases').last == last else 'false')"
    ))  # fmt: skip


def failed_jobs(service: Service) -> dict[str, int]:
    """By their kind of error. A database that is busy is tried again; anything else is a fault of ours."""
    failed = [line for line in service.said() if line["event"] == "a job failed"]
    assert {line["error"] for line in failed} <= {"OperationalError"}, failed
    return dict(Counter(f"{line['job']} {line['error']}" for line in failed))


def assert_letters(box: Mailbox, tried: dict[str, int]) -> None:
    """Each effect arrived under one id; more than once only where a worker was killed while it sent."""
    assert set(box.got) <= set(tried)
    assert all(box.got[effect] <= attempts for effect, attempts in tried.items())
    assert len(box.got) > 0


def assert_backups(service: Service) -> None:
    """What bears the name of a backup is a whole one, and a new one clears away what killed ones left."""
    folder = service.home.parent
    service.run("backup", folder / "last.tar", "--with-keys")
    assert list(folder.glob(".ostrakon-backup-*")) == []
    if "DATABASE_URL" in service.settings:
        return
    backups = sorted(folder.glob("backup-*.tar"))
    for backup in [*backups[:1], *backups[-1:], folder / "last.tar"]:
        home = Service(folder / f"restored-{backup.stem}")
        assert "The record is intact" in home.run("restore", backup, "--home", home.home)


def inside(service: Service, module: str, given: Acknowledged | None = None) -> Any:
    """A module of this folder, run inside the service."""
    told = {} if given is None else {
        "reports": given.reports, "proposals": given.proposals,
        "approvals": sorted(given.approvals), "reversals": sorted(given.reversals),
    }  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-m", module], env=service.environment, input=json.dumps(told), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])
