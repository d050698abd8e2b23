"""How fast is a page of the queue with a million reports behind it, and how fast are the jobs that keep the queue?

python benchmarks/case_queue.py [--databases sqlite,postgresql] [--reports 1000000] [--cases 100000] [--times 200]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from _results import circumstances, load, table, write_section

if TYPE_CHECKING:
    from ostrakon.casework.queue import Filters, Place

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOAL_MS = 50.0
POLICIES = ("harassment", "spam", "hate", "threats", "doxxing", "fraud", "impersonation", "self-harm")
IN_PIECES = 100_000


# -- the parent: a database each ------------------------------------------------------------------


def measured(database: str, options: argparse.Namespace) -> dict[str, Any]:
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
        asked = ["--reports", options.reports, "--cases", options.cases, "--times", options.times]
        child = subprocess.run(
            [sys.executable, __file__, "--here", *map(str, asked)],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        return dict(json.loads(child.stdout))


def section(found: dict[str, dict[str, Any]], options: argparse.Namespace) -> str:
    databases = list(found)
    pages = [
        [
            name,
            *(
                f"{found[one]['pages'][name][0]:.1f} / {found[one]['pages'][name][1]:.1f}"
                for one in databases
            ),
        ]
        for name in found[databases[0]]["pages"]
    ]
    jobs = [
        [name, *(f"{found[one]['jobs'][name]:.1f}" for one in databases)]
        for name in found[databases[0]]["jobs"]
    ]
    worst = max(p95 for one in found.values() for _, p95 in one["pages"].values())
    return "\n\n".join(
        [
            "## The queue of cases",
            f"`python benchmarks/case_queue.py`: {options.reports:,} reports, {options.cases:,} cases, each page "
            f"asked for {options.times} times, 50 cases a page with account, policy and the bounded count. "
            f"Goal: p95 of {GOAL_MS:.0f} ms; the worst is {worst:.1f} ms.",
            table(["milliseconds, p50 / p95", *databases], pages),
            table(["seconds", *databases], jobs),
            circumstances(["django", "psycopg"], load=load()),
        ]
    )


# -- the child: fill, measure ---------------------------------------------------------------------


def here(options: argparse.Namespace) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "ostrakon.service.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    jobs: dict[str, float] = {}
    fill(options, Random(7), jobs)
    print(json.dumps({"pages": pages(options.times, Random(8)), "jobs": jobs | offers(Random(9))}))


@contextmanager
def timed(name: str, into: dict[str, float]) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    into[name] = time.perf_counter() - begun
    print(f"{name}: {into[name]:.1f} s", file=sys.stderr)


def fill(options: argparse.Namespace, rng: Random, jobs: dict[str, float]) -> None:
    """Reports by intake's own bulk insert; everything after them is made by the jobs of the service."""
    from django.db import connection

    from ostrakon.casework.actions.open_cases import open_cases
    from ostrakon.casework.actions.take_valuations import take_valuations

    with timed("filling the tables", {}):
        policies_and_people()
        people(options.reports // 5)
        reports(options.reports, accounts(options.cases, rng), rng)
    with timed(f"opening {options.cases:,} cases from {options.reports:,} reports", jobs):
        open_cases(NOW)
    with timed("filling in what the analysis would say", {}):
        valuations(rng)
    with timed("putting valuations on all cases", jobs):
        take_valuations()
    with timed("putting valuations on them when nothing is new", jobs):
        take_valuations()
    reports(9_200, accounts(9_200, rng), rng)
    with timed("opening 9,200 cases more", jobs):
        open_cases(NOW)
    spread(rng)
    with connection.cursor() as cursor:  # as autovacuum and `PRAGMA optimize` leave them
        cursor.execute("ANALYZE")


def policies_and_people() -> None:
    from ostrakon.casework.models import Person, Policy, PolicyVersion
    from ostrakon.intake.models import Source

    for number, code in enumerate(POLICIES):
        policy = Policy.objects.create(code=code, severity=0.2 + number / 10)
        PolicyVersion.objects.create(policy=policy, number=1, valid_from=NOW - timedelta(days=900))
    Person.objects.create(username="bram").grants.create(role="reviewer", granted_at=NOW)
    Source.objects.create(name="people")
    Source.objects.create(name="a flagger", kind="trusted_flagger")


def people(count: int) -> None:
    from django.db import transaction

    from ostrakon.intake.models import Reporter
    from ostrakon.intake.rows import insert

    columns = ["platform", "external_id", "name", "invited_by", "email", "language"]
    with transaction.atomic():
        insert(Reporter, columns, [("local", f"p{number}", "", "", "", "") for number in range(count)])


def accounts(count: int, rng: Random) -> list[int]:
    """Their ids."""
    from django.db import transaction

    from ostrakon.intake.models import Account
    from ostrakon.intake.rows import insert, moment

    known, now = Account.objects.count(), moment(NOW)
    columns = ["platform", "external_id", "followers", "language", "first_named_at"]
    with transaction.atomic():
        insert(
            Account,
            columns,
            [
                ("local", f"a{known + number}", int(rng.lognormvariate(5, 3)), "", now)
                for number in range(count)
            ],
        )
    return list(Account.objects.order_by("pk").values_list("pk", flat=True)[known:])


def reports(count: int, of: Sequence[int], rng: Random) -> None:
    """One report an account at least; who is reported much is reported much more."""
    from django.db import transaction

    from ostrakon.intake.models import Report, Reporter, Source
    from ostrakon.intake.rows import insert, moment

    ordinary, flagger = Source.objects.order_by("pk").values_list("pk", flat=True)
    known, who = Report.objects.count(), list(Reporter.objects.values_list("pk", flat=True))
    columns = [
        "platform", "external_id", "account", "reporter", "source", "policy", "declared", "reported_at",
        "received_at", "text", "digest",
    ]  # fmt: skip

    def row(number: int) -> tuple[Any, ...]:
        account = of[number] if number < len(of) else of[int(len(of) * rng.random() ** 2)]
        at = moment(NOW - timedelta(days=60) + timedelta(seconds=5 * (known + number)))
        source = flagger if rng.random() < 0.003 else ordinary
        policy = POLICIES[account % len(POLICIES)]
        return (
            "local",
            f"r{known + number}",
            account,
            rng.choice(who),
            source,
            policy,
            "",
            at,
            at,
            None,
            "0" * 64,
        )

    for begin in range(0, count, IN_PIECES):
        with transaction.atomic():
            insert(Report, columns, [row(number) for number in range(begin, min(begin + IN_PIECES, count))])


def valuations(rng: Random) -> None:
    from django.db import transaction

    from ostrakon.casework.models import Case
    from ostrakon.intake.rows import insert
    from ostrakon.triage.models import Run, Valuation

    run = Run.objects.create(
        started_at=NOW, finished_at=NOW, version="0", parameters={}, seed=0, last_report=0, reports=0,
        decisions_as_of=NOW, input_sha256="0" * 64,
    )  # fmt: skip
    rows = []
    for account, code, count, who in Case.objects.values_list(
        "account", "policy__code", "reports", "reporters"
    ):
        low, middle, high = sorted(rng.random() for _ in range(3))
        rows.append(
            (run.pk, account, code, count, who, who / 2, int(rng.random() < 0.02), middle, low, high, True)
        )
    columns = [
        "run", "account", "policy", "reports", "reporters", "independent_reports", "campaigns", "probability",
        "probability_low", "probability_high", "is_current",
    ]  # fmt: skip
    with transaction.atomic():
        insert(Valuation, columns, rows)


def spread(rng: Random) -> None:
    """One case in ten was decided, one in a hundred is in somebody's hand."""
    from ostrakon.casework.models import Case, Person

    ids = list(Case.objects.values_list("pk", flat=True))
    for some, what in (
        (rng.sample(ids, len(ids) // 10), {"status": "decided"}),
        (
            rng.sample(ids, len(ids) // 100),
            {"claimed_by": Person.objects.get(), "claimed_until": NOW + timedelta(hours=1)},
        ),
    ):
        for begin in range(0, len(some), 900):
            Case.objects.filter(pk__in=some[begin : begin + 900]).update(**what)


def pages(times: int, rng: Random) -> dict[str, tuple[float, float]]:
    from ostrakon.casework.models import Case, Policy
    from ostrakon.casework.queue import Filters, queue_page

    spam = Policy.objects.get(code="spam").pk
    asked: dict[str, Filters] = {
        "all open cases": Filters(),
        "the priority lane": Filters(lane=Case.Lane.PRIORITY),
        "the ordinary lane": Filters(lane=Case.Lane.ORDINARY),
        "one policy": Filters(policy=spam),
        "one policy, ordinary lane": Filters(policy=spam, lane=Case.Lane.ORDINARY),
        "under pressure": Filters(under_pressure=True),
        "one policy, under pressure": Filters(policy=spam, under_pressure=True),
        "not under pressure": Filters(under_pressure=False),
        "decided": Filters(status=Case.Status.DECIDED),
        "in my hands": Filters(claimed_by=1),
    }
    found = {}
    for name, filters in asked.items():
        places = deep_places(filters, times, rng)
        found[f"{name}, first page"] = quantiles([lambda f=filters: queue_page(f)] * times)
        found[f"{name}, anywhere"] = quantiles(
            [lambda f=filters, p=place: queue_page(f, p) for place in places]
        )
    return found


def deep_places(filters: Filters, times: int, rng: Random) -> list[Place]:
    """Places of cases that pass, anywhere in the order."""
    from ostrakon.casework.queue import Place

    ids = list(filters.cases().values_list("pk", flat=True))
    chosen = rng.choices(ids, k=times)
    return [Place.of(case) for case in filters.cases().in_bulk(chosen).values()]


def quantiles(asks: Sequence[Callable[[], object]]) -> tuple[float, float]:
    """Milliseconds, p50 and p95; the first few only warm up."""
    for ask in asks[:5]:
        ask()
    took = []
    for ask in asks:
        begun = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took), statistics.quantiles(took, n=20)[-1]


def offers(rng: Random) -> dict[str, float]:
    from ostrakon.casework.actions.offer import next_case
    from ostrakon.casework.models import Person

    bram, took = Person.objects.get(), []
    for _ in range(40):
        begun = time.perf_counter()
        assert next_case(bram, NOW, rng=rng) is not None
        took.append(time.perf_counter() - begun)
    return {"offering the next case, median": statistics.median(took)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--no-write", action="store_true", help="show the section, write nothing")
    options = parser.parse_args()
    if options.here:
        return here(options)
    found = {database: measured(database, options) for database in options.databases.split(",")}
    text = section(found, options)
    print(text)
    if not options.no_write:
        write_section("queue", text)
    return None


if __name__ == "__main__":
    main()
