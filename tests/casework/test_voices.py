"""The reports of a case by independent voice: a list is one, a campaign is one, each reporter besides is one."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.casework.case import NOW, account, case, decision_in_force, person, policy, report

from ostrakon.analysis.campaigns.campaign import DECLARED_LIST
from ostrakon.analysis.tables import DECLARING as DECLARING_THERE
from ostrakon.analysis.worth.record import Prior, Records
from ostrakon.casework import reporter_record, voices
from ostrakon.casework.decisions_table import decisions_as_table
from ostrakon.casework.models import Case, Policy
from ostrakon.casework.reporter_record import precision, records_of
from ostrakon.casework.voices import DECLARING, TEXTS, Voice, voices_of
from ostrakon.intake.models import Account, PublishedList, Reporter, Source
from ostrakon.triage.models import Campaign, Run

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def mine() -> Case:
    return case(account("chidi"), policy())


def a_campaign(*reporters: str, against: Account, **fields: Any) -> Campaign:
    run, _ = Run.objects.get_or_create(
        version="0",
        defaults={
            "started_at": NOW,
            "finished_at": NOW,
            "parameters": {},
            "seed": 0,
            "last_report": 0,
            "reports": 0,
            "decisions_as_of": NOW,
            "input_sha256": "0" * 64,
        },
    )
    label = f"C{Campaign.objects.count() + 1}"
    defaults = {"kind": "coordinated", "first_at": NOW, "last_at": NOW, "reports": 3}
    made = Campaign.objects.create(run=run, label=label, **{**defaults, **fields})
    made.targets.add(against)
    made.members.add(*Reporter.objects.filter(external_id__in=reporters))
    return made


def shown(found: list[Voice]) -> list[tuple[str, str, int, int]]:
    return [(voice.kind, voice.name, voice.reports, voice.reporters) for voice in found]


def test_a_crowd_is_as_many_voices_as_it_has(mine: Case) -> None:
    for minute, who in enumerate(("x", "y", "z", "z", "alice", "bram")):
        report(mine.account, who, reported_at=NOW + minute * MINUTE, text=f"{who} says so at {minute}")
    for who in ("farid", "gita"):
        report(mine.account, who, declared="list:7")
    report(mine.account, "alice", declared="call:out")
    ring = a_campaign("x", "y", "z", against=mine.account)
    a_campaign("alice", "bram", against=account("dana"))
    a_campaign("alice", "bram", against=mine.account, is_current=False)
    found = voices_of(mine)
    assert shown(found) == [
        ("declared", "list:7", 2, 2),
        ("declared", "call:out", 1, 1),
        ("campaign", ring.label, 4, 3),
        ("reporter", "", 1, 1),
        ("reporter", "", 1, 1),
    ]
    assert found[2].texts == ("x says so at 0", "y says so at 1", "z says so at 2")
    assert (found[2].first_at, found[2].last_at) == (NOW, NOW + 3 * MINUTE)
    assert [voice.reporter.external_id for voice in found if voice.reporter] == ["alice", "bram"]
    assert found[2].campaign == ring


def test_what_a_member_says_from_a_list_is_the_voice_of_the_list(mine: Case) -> None:
    report(mine.account, "x", declared="list:7")
    report(mine.account, "x")
    a_campaign("x", against=mine.account)
    a_campaign("x", against=mine.account, kind=DECLARED_LIST)
    assert shown(voices_of(mine)) == [("declared", "list:7", 1, 1), ("campaign", "C1", 1, 1)]


def test_a_list_that_is_kept_here_has_its_title(mine: Case) -> None:
    source = Source.objects.create(name="the list", kind=Source.Kind.PUBLISHED_LIST)
    kept = PublishedList.objects.create(
        source=source,
        platform="local",
        title="Liste <b>",
        publisher="p",
        named_by="id",
        raw=b"",
        received_at=NOW,
    )
    report(mine.account, "list", source=source, declared=f"list:{kept.pk}")
    report(mine.account, "another", source=source)
    report(mine.account, "eve", declared="list:" + "9" * 40)
    titles = {voice.name: voice.title for voice in voices_of(mine)}
    assert titles == {
        f"list:{kept.pk}": "Liste <b>",
        f"list:{source.pk}": titles[f"list:{source.pk}"],
        "list:" + "9" * 40: "",
    }


def test_those_beyond_the_limit_stand_together_and_nobody_is_lost(mine: Case) -> None:
    for number in range(7):
        for again in range(2):
            report(mine.account, f"r{number}", reported_at=NOW + (number + 10 * again) * MINUTE)
    found = voices_of(mine, limit=3)
    assert shown(found) == [("reporter", "", 2, 1)] * 3 + [("others", "", 8, 4)]
    assert (found[-1].first_at, found[-1].last_at) == (NOW + 3 * MINUTE, NOW + 16 * MINUTE)
    assert voices_of(case(account("nobody"), mine.policy)) == []


def test_only_reports_under_the_same_policy_are_shown(mine: Case) -> None:
    report(mine.account, "alice", "harassment")
    report(mine.account, "bram", "unknown")
    assert [voice.reporter.external_id for voice in voices_of(mine) if voice.reporter] == ["alice"]


def test_texts_are_few_and_cut_and_what_was_erased_is_not_there(mine: Case) -> None:
    for text in (None, "", "a" * 5_000, "b", "c", "d"):
        report(mine.account, "alice", text=text)
    (voice,) = voices_of(mine)
    assert [len(text) for text in voice.texts] == [1_000, 1, 1]
    assert len(voice.texts) == TEXTS


def test_the_number_of_queries_does_not_grow_with_the_reports(mine: Case) -> None:
    counts = []
    for size in (2, 30):
        for number in range(size):
            report(mine.account, f"r{size}-{number}", text="t")
        with CaptureQueriesContext(
            connection,
        ) as made:
            voices_of(mine)
        counts.append(len(made))
    assert counts[1] <= counts[0] + 1 <= 14  # one for those beyond the limit


# The record of a single reporter


def decided_cases(who: str, *outcomes: str) -> None:
    """A case each, reported twice by them, and decided so."""
    alice, bram = person(f"alice-{who}"), person(f"bram-{who}")
    under = Policy.objects.get(code="harassment")
    for number, outcome in enumerate(outcomes):
        one = case(account(f"{who}-{number}"), under)
        report(one.account, who)
        report(one.account, who)
        if outcome == "open":
            continue
        reversed_ = (
            {"status": "reversed", "ended_at": NOW, "reversed_at": NOW}
            if outcome in ("overturned", "unsaid")
            else {}
        )
        said = {"outcome": "rejected", "action": "none"} if outcome in ("rejected", "unsaid") else {}
        decision_in_force(one, alice, bram, **reversed_, **said)


def test_a_record_counts_decided_cases_once_each_and_what_was_overturned_against_it(mine: Case) -> None:
    decided_cases("x", "upheld", "upheld", "upheld", "rejected", "overturned", "unsaid", "open")
    x = Reporter.objects.get(external_id="x")
    record = records_of([x.pk])[x.pk]
    assert (record.decided, record.upheld) == (5, 3)


def test_the_latest_decision_of_a_case_is_the_one_that_counts(mine: Case) -> None:
    report(mine.account, "x")
    alice, bram = person("alice"), person("bram")
    decision_in_force(mine, alice, bram, status="superseded", ended_at=NOW)
    decision_in_force(mine, alice, bram, outcome="rejected", action="none", in_force_at=NOW + MINUTE)
    x = Reporter.objects.get(external_id="x")
    assert (records_of([x.pk])[x.pk].decided, records_of([x.pk])[x.pk].upheld) == (1, 0)


def test_a_decision_under_another_policy_says_nothing_about_a_report(mine: Case) -> None:
    report(mine.account, "x")
    decision_in_force(case(mine.account, policy("spam")), person("alice"), person("bram"))
    x = Reporter.objects.get(external_id="x")
    assert records_of([x.pk])[x.pk].decided == 0


def test_a_record_of_too_few_cases_has_no_interval(mine: Case) -> None:
    decided_cases("x", "upheld", "upheld", "upheld")
    decided_cases("y", "upheld", "upheld", "upheld", "rejected")
    report(mine.account, "x")
    report(mine.account, "y")
    found = {voice.reporter.external_id: voice.record for voice in voices_of(mine) if voice.reporter}
    x, y = found["x"], found["y"]
    assert x
    assert y
    assert (x.decided, x.upheld, x.precision) == (3, 3, None)
    assert y.precision == precision(3, 1)


@pytest.mark.parametrize("upheld", [0, 1, 4, 37, 2_000])
@pytest.mark.parametrize("rejected", [0, 1, 6, 300, 9_000])
def test_the_interval_is_that_of_the_analysis(upheld: int, rejected: int) -> None:
    import numpy as np

    there = Records(Prior(), np.array([float(upheld)]), np.array([float(rejected)]))
    low, high = there.interval()
    here = precision(upheld, rejected)
    assert here.value == pytest.approx(there.precision[0], abs=1e-9)
    assert (here.low, here.high) == pytest.approx((low[0], high[0]), abs=1e-9)


def test_what_is_repeated_here_is_what_the_analysis_says() -> None:
    assert (Prior().mean, Prior().strength) == (reporter_record.PRIOR_MEAN, reporter_record.PRIOR_STRENGTH)
    assert DECLARING == DECLARING_THERE
    assert voices.DECLARED_KIND == DECLARED_LIST


def test_pages_stay_light() -> None:
    """Nothing that a page of voices loads brings the science with it."""
    code = (
        "import sys, django; django.setup(); import ostrakon.casework.voices; "
        "print([name for name in ('polars', 'numpy', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_decided_cases_are_those_that_the_analysis_reads(mine: Case) -> None:
    decided_cases("x", "upheld", "rejected", "overturned", "unsaid", "open")
    table = decisions_as_table(NOW + MINUTE).filter(pl.col("policy") == "harassment")
    x = Reporter.objects.get(external_id="x")
    record = records_of([x.pk])[x.pk]
    assert record.decided == table.height
    assert record.upheld == table.filter(pl.col("outcome") == "upheld").height
