"""How many decisions a second are carried out on a platform, from the outbox to the proof?

python benchmarks/enforcement.py [--databases sqlite,postgresql] [--decisions 9200] [--profile]

The platform is the fake in the same process: what is measured is our side, the database with it. First everybody is
suspended, then a quarter of it is undone. Beside it, in the same run, a bare client makes the same three calls.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from _results import circumstances, load, table, write_section

if TYPE_CHECKING:
    from ostrakon.platforms.fake.lines import Line
    from ostrakon.platforms.fake.service import FakeService

ROOT = Path(__file__).resolve().parents[1]
GOAL = 500
AT_ONCE = 100
"""Decisions that come into force in one transaction, as those of a batch do."""


# -- the parent: a database each ------------------------------------------------------------------


def measured(database: str, options: argparse.Namespace) -> dict[str, float]:
    """What a process of its own found on one database."""
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="ostrakon-bench-"))
        environment = os.environ | {"OSTRAKON_HOME": home}
        environment.pop("DATABASE_URL", None)
        if database == "postgresql":
            sys.path.insert(0, str(ROOT))
            import tests.skips  # puts Debian's programs of PostgreSQL on the PATH
            from tests.postgresql import Cluster

            assert tests.skips
            environment |= {"DATABASE_URL": stack.enter_context(Cluster()).url, "PATH": os.environ["PATH"]}
        asked = ["--decisions", str(options.decisions), *(["--profile"] if options.profile else [])]
        command = [sys.executable, __file__, "--here", *asked]
        child = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        return dict(json.loads(child.stdout))


def section(found: dict[str, dict[str, float]], options: argparse.Namespace) -> str:
    databases = list(found)
    rows = [
        [name, *(f"{found[database][name]:,.0f}" for database in databases)] for name in found[databases[0]]
    ]
    worst = min(found[database][name] for database in databases for name in CARRIED_OUT)
    return "\n\n".join(
        [
            "## Decisions carried out on a platform",
            f"`python benchmarks/enforcement.py`: {options.decisions:,} suspensions of as many accounts on the "
            "fake platform in the same process, then a quarter of them undone; every command reads the state, acts and "
            f"reads back, and is recorded with all that was said. Goal: {GOAL} a second; the slowest is {worst:,.0f}.",
            table(["a second", *databases], rows),
            "A bare client makes the same three calls and keeps nothing. Afterwards every account is as decided, each "
            "with one effect a command, and the record verifies.",
            circumstances(["django", "psycopg", "httpx"], load=load()),
        ]
    )


# -- the child: fill, measure, look ---------------------------------------------------------------

BARE = "a bare client: read, act, read back"
WRITTEN = "decisions announced, commands written"
SUSPENDED = "suspensions carried out"
UNDONE = "decisions reversed, commands written"
BACK = "accounts given back"
CARRIED_OUT = (SUSPENDED, BACK)


def here(options: argparse.Namespace) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "ostrakon.service.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    line = connected()
    rates = {BARE: bare_rate(line.service, options.decisions // 4)}
    decisions = decided(line.service, options.decisions)
    rates[WRITTEN] = announced(decisions)
    with profiled(options.profile):
        rates[SUSPENDED] = carried_out(options.decisions)
    assert all(one.flags == {"suspended"} for one in line.service.accounts.values() if one.handle != "bare")
    reversed_ones = decisions[: len(decisions) // 4]
    rates[UNDONE] = undone(reversed_ones)
    rates[BACK] = carried_out(len(reversed_ones))
    whole(line.service, len(reversed_ones))
    print(json.dumps(rates))


def connected() -> Line:
    """The fake platform, and a connection to it that is live."""
    from ostrakon.enforcement.connections import OPENERS
    from ostrakon.enforcement.models import Connection
    from ostrakon.enforcement.offers import offers_of
    from ostrakon.platforms.contract import Mode, Platform
    from ostrakon.platforms.fake.connector import FakePlatform
    from ostrakon.platforms.fake.lines import INSIDE, Inside, Line
    from ostrakon.platforms.fake.rules import MILD, capabilities_of
    from ostrakon.platforms.fake.service import FakeService

    line = Line(FakeService(MILD))
    token = line.service.moderator_token

    def opened(row: Connection) -> Platform:
        return FakePlatform(INSIDE, token, mode=Mode(row.mode), rules=MILD, transport=Inside(line))

    OPENERS["fake"] = opened
    offers = offers_of(capabilities_of(MILD))
    now = datetime.now(UTC)
    Connection.objects.create(
        platform="town", kind="fake", address=INSIDE, mode="live", offers=offers, added_at=now
    )
    return line


def bare_rate(service: FakeService, count: int) -> float:
    """Commands a second of somebody who only asks."""
    from ostrakon.platforms.fake.lines import INSIDE, Inside, Line

    accounts = [service.register("bare").id for _ in range(count)]
    headers = {"Authorization": f"Bearer {service.moderator_token}"}
    with httpx.Client(base_url=INSIDE, headers=headers, transport=Inside(Line(service))) as client:
        begun = time.perf_counter()
        for account in accounts:
            assert client.get(f"/accounts/{account}").status_code == 200
            asked = {"type": "suspend", "key": account, "notifies": False}
            assert client.post(f"/accounts/{account}/actions", json=asked).status_code == 200
            assert client.get(f"/accounts/{account}").json()["flags"]["suspended"]
        return count / (time.perf_counter() - begun)


def decided(service: FakeService, count: int) -> list[Any]:
    """So many suspensions, of somebody each."""
    from ostrakon.intake.models import Account

    return suspensions_of(
        Account.objects.bulk_create(
            Account(platform="town", external_id=service.register(f"person{number}").id)
            for number in range(count)
        )
    )


def suspensions_of(accounts: Sequence[Any]) -> list[Any]:
    """That two people took, in force and not announced."""
    from ostrakon.casework.models import Case, Decision, Participation, Person, Policy, PolicyVersion

    now = datetime.now(UTC)
    alice, bram = (Person.objects.create(username=name) for name in ("alice", "bram"))
    policy = Policy.objects.create(code="spam", severity=0.5)
    version = PolicyVersion.objects.create(policy=policy, number=1, valid_from=now - timedelta(days=9))
    due = {"opened_at": now, "last_report_at": now, "last_report": 0, "due_at": now, "turn_at": now}
    cases = Case.objects.bulk_create(Case(account=one, policy=policy, **due) for one in accounts)
    yes = {"status": "in_force", "outcome": "upheld", "action": "suspend", "approver_standing": "approver"}
    no = dict.fromkeys(("exempt_press", "exempt_research", "exempt_counter_speech"), "no")
    at = dict.fromkeys(("proposed_at", "approved_at", "in_force_at"), now)
    who = {"policy": policy, "policy_version": version, "proposed_by": alice, "approved_by": bram}
    made = Decision.objects.bulk_create(
        Decision(
            case=case, account=case.account, facts="Forty threats to one person.", detected="reports",
            under_pressure=False, key=f"key-{case.pk}", **yes, **no, **at, **who,
        )
        for case in cases
    )  # fmt: skip
    Participation.objects.bulk_create(
        Participation(decision=one, person=person, part=part, at=now)
        for one in made
        for person, part in ((alice, "proposed"), (bram, "approved"))
    )
    return made


def announced(decisions: Sequence[Any]) -> float:
    from ostrakon.casework.announcements import DecisionCameIntoForce

    return _told([DecisionCameIntoForce(one) for one in decisions])


def undone(decisions: Sequence[Any]) -> float:
    """Reversed, and announced as such."""
    from ostrakon.casework.announcements import DecisionEnded
    from ostrakon.casework.models import Decision

    now = datetime.now(UTC)
    for some in in_pieces(decisions, 500):
        Decision.objects.filter(pk__in=[one.pk for one in some]).update(status="reversed", ended_at=now)
    for one in decisions:
        one.status, one.ended_at = "reversed", now
    return _told([DecisionEnded(one) for one in decisions])


def _told(announcements: Sequence[Any]) -> float:
    from django.db import transaction

    from ostrakon.casework.announcements import announce

    begun = time.perf_counter()
    for some in in_pieces(announcements, AT_ONCE):
        with transaction.atomic():
            for one in some:
                announce(one)
    return len(announcements) / (time.perf_counter() - begun)


def in_pieces(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]


def carried_out(count: int) -> float:
    """Commands a second, by the worker's own job."""
    from ostrakon.enforcement.carrying_out import carry_out_due
    from ostrakon.enforcement.connections import Lines

    lines, done, begun = Lines(), 0, time.perf_counter()
    while done < count and (some := carry_out_due("benchmark", datetime.now(UTC), lines)):
        done += some
    return done / (time.perf_counter() - begun)


def whole(service: FakeService, given_back: int) -> None:
    """Each account was suspended once, so many were given back once, and the record says so."""
    from ostrakon.enforcement.models import Attempt, Command
    from ostrakon.ledger.stored import verify_database

    concerned = [one for one in service.accounts.values() if one.handle != "bare"]
    suspended = frozenset({"suspended"})
    assert Counter((one.acts, one.flags) for one in concerned) == {
        (1, suspended): len(concerned) - given_back,
        (2, frozenset()): given_back,
    }
    assert set(Command.objects.values_list("dispatch__state", "ended")) == {("delivered", "applied")}
    assert Command.objects.count() == Attempt.objects.count() == len(concerned) + given_back
    assert [one for one in verify_database([]).problems if not one.startswith("checkpoints")] == []


@contextmanager
def profiled(wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    profile = cProfile.Profile()
    with profile:
        yield
    pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(70)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--decisions", type=int, default=9_200)
    parser.add_argument("--profile", action="store_true", help="where the time of the suspensions goes")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--no-write", action="store_true", help="show the section, write nothing")
    options = parser.parse_args()
    if options.here:
        return here(options)
    found = {database: measured(database, options) for database in options.databases.split(",")}
    text = section(found, options)
    print(text)
    if not (options.no_write or options.profile):
        write_section("enforcement", text)
    return None


if __name__ == "__main__":
    main()
