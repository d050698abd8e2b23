"""How long does the server take for a page of the console, with a million reports and 100,000 cases behind it?

python benchmarks/console_pages.py [--reports 1000000] [--cases 100000] [--times 100]

Pages are asked for through all of Django (sessions, middleware, templates) as a signed-in reviewer, on SQLite.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from _results import circumstances, load, table, write_section
from case_queue import NOW, fill, quantiles

if TYPE_CHECKING:
    from django.test import Client

GOAL_MS, GOAL_KB = 100.0, 150.0
CROWD = 50_000
"""Reports on the account that a crowd fell upon."""


def here(options: argparse.Namespace) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "ostrakon.service.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import override_settings

    call_command("migrate", verbosity=0, skip_checks=True)
    fill(options, Random(7), {})
    crowded = a_crowd(Random(3))
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        print(json.dumps(measured(browser(), pages(options.times, crowded, Random(8)))))


def a_crowd(rng: Random) -> int:
    """A case that a campaign of many fell upon, with evidence; gives its id."""
    from django.db import transaction

    from ostrakon.casework.models import Case
    from ostrakon.intake.models import Evidence, Report, Reporter
    from ostrakon.intake.rows import insert, moment
    from ostrakon.triage.models import Campaign, Run

    case = Case.objects.select_related("policy").get(pk=Case.objects.values_list("pk", flat=True).first())
    evidence = Evidence.objects.create(
        account_id=case.account_id,
        sha256="0" * 64,
        content=b'{"text": "words"}',
        salted="0" * 64,
        taken_at=NOW,
    )
    who = list(Reporter.objects.values_list("pk", flat=True)[:CROWD])
    source = Report.objects.values_list("source", flat=True)[0]
    columns = ["platform", "external_id", "account", "reporter", "source", "policy", "declared", "reported_at",
               "received_at", "text", "evidence", "digest"]  # fmt: skip
    rows = [
        ("local", f"crowd{n}", case.account_id, rng.choice(who), source, case.policy.code, "", moment(NOW), moment(NOW),
         "This account is bad.", evidence.pk, "0" * 64)
        for n in range(CROWD)
    ]  # fmt: skip
    campaign = Campaign.objects.create(
        run=Run.objects.get(), label="C1", kind="together", first_at=NOW, last_at=NOW, lift=40.0, q_value=1e-9,
        reports=CROWD,
    )  # fmt: skip
    with transaction.atomic():
        insert(Report, columns, rows)
        campaign.members.add(*who[:5_000])
        campaign.targets.add(case.account_id)
        fields = {"reports": CROWD, "under_pressure": True, "status": "open"}
        Case.objects.filter(pk=case.pk).update(**fields, claimed_by=None, claimed_until=None)
    return case.pk


def browser() -> Client:
    """A reviewer who has signed in."""
    from allauth.mfa.models import Authenticator
    from django.test import Client

    from ostrakon.casework.models import Person

    bram = Person.objects.get(username="bram")
    Authenticator.objects.create(user=bram, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    made = Client()
    made.force_login(bram, backend="django.contrib.auth.backends.ModelBackend")
    return made


def pages(times: int, crowded: int, rng: Random) -> dict[str, Sequence[str]]:
    """The addresses of each kind of page."""
    from ostrakon.casework.models import Case, Policy
    from ostrakon.casework.queue import Place

    ids = rng.choices(list(Case.objects.values_list("pk", flat=True)), k=times)
    places = [str(Place.of(case)) for case in Case.objects.in_bulk(ids).values()]
    spam = Policy.objects.get(code="spam").pk
    head = "&".join(f"case={pk}" for pk in ids[:50])
    return {
        "queue, first page": ["/queue"] * times,
        "queue, anywhere": [f"/queue?after={place.replace('+', '%2B')}" for place in places],
        "queue, one policy": [f"/queue?policy={spam}"] * times,
        "queue, under pressure": ["/queue?pressure=yes"] * times,
        "queue, search": [f"/queue?q=a{rng.randrange(90_000)}" for _ in range(times)],
        "live changes of 50 rows": [f"/queue/changes?{head}&head={ids[0]}"] * times,
        "a case": [f"/cases/{pk}" for pk in ids],
        "a case with 50,000 reports": [f"/cases/{crowded}"] * times,
        "approvals": ["/approvals"] * times,
    }


def measured(client: Client, asked: dict[str, Sequence[str]]) -> dict[str, tuple[float, float, float]]:
    """Milliseconds, p50 and p95, and kilobytes of the compressed page."""
    found = {}
    for name, addresses in asked.items():
        answer = client.get(addresses[0])
        assert answer.status_code == 200, (name, answer)
        middle, high = quantiles([lambda a=address: client.get(a) for address in addresses])
        found[name] = (middle, high, len(gzip.compress(answer.content)) / 1000)
        print(name, found[name], file=sys.stderr)
    return found


ABOUT = """\
`python benchmarks/console_pages.py`: {reports:,} reports, {cases:,} cases, SQLite, each kind of page asked for {times}
times. Goal: p95 of {goal_ms:.0f} ms, {goal_kb:.0f} kB compressed; the worst are {worst:.1f} ms and {largest:.1f} kB."""


def section(found: dict[str, tuple[float, float, float]], options: argparse.Namespace, about: str) -> str:
    lines = [[name, f"{p50:.1f}", f"{p95:.1f}", f"{kb:.1f}"] for name, (p50, p95, kb) in found.items()]
    told = ABOUT.format(
        reports=options.reports,
        cases=options.cases,
        times=options.times,
        goal_ms=GOAL_MS,
        goal_kb=GOAL_KB,
        worst=max(p95 for _, p95, _ in found.values()),
        largest=max(kb for _, _, kb in found.values()),
    )
    head = ["page", "p50 ms", "p95 ms", "kB compressed"]
    return "\n\n".join(["## Pages of the console", told, table(head, lines), about])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    options = parser.parse_args()
    if options.here:
        here(options)
        return
    before = load()
    with tempfile.TemporaryDirectory(prefix="ostrakon-bench-") as home:
        environment: dict[str, Any] = os.environ | {"OSTRAKON_HOME": home}
        environment.pop("DATABASE_URL", None)
        asked = ["--reports", options.reports, "--cases", options.cases, "--times", options.times]
        child = subprocess.run(
            [sys.executable, __file__, "--here", *map(str, asked)],
            env=environment, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
    found = {name: tuple(numbers) for name, numbers in json.loads(child.stdout).items()}
    text = section(found, options, circumstances(["django"], load=before))
    print(text)
    if not options.no_write:
        write_section("console-pages", text)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    main()
