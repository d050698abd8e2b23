"""Every number that was shown comes out again from what its run had read, or it is said which does not, and why."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from tests.triage.case import (
    AREAS,
    LATER,
    NOBODY_DECIDED,
    NOTHING_SET_ASIDE,
    areas_of,
    report,
    store,
    value,
    week,
)

from ostrakon.intake.models import Account, Report, Reporter
from ostrakon.triage.models import Run, Valuation
from ostrakon.triage.recompute import Recomputed, recompute

pytestmark = pytest.mark.django_db


def a_run() -> Run:
    for hours, who in enumerate(("alice", "bram", "chidi")):
        report(who, "mallory", hours=hours, text=f"{who} says so")
    report("alice", "chidi", hours=30)
    run = value()
    assert run is not None
    return run


def again(run: Run, decisions: pl.DataFrame = NOBODY_DECIDED) -> Recomputed:
    return recompute(run, decisions, AREAS, NOTHING_SET_ASIDE)


def test_a_run_comes_out_the_same_to_the_last_bit() -> None:
    decisions = store(week())
    run = value(decisions, areas_of(week()))
    assert run is not None
    outcome = recompute(run, decisions, areas_of(week()), NOTHING_SET_ASIDE)
    assert outcome.is_the_same
    assert (outcome.inputs, outcome.method, outcome.outputs, outcome.valuations) == ((), (), (), ())


def test_what_came_later_changes_nothing_about_an_earlier_run() -> None:
    run = a_run()
    report("dora", "mallory", hours=50)
    report("dora", "eve", hours=51)
    value()
    outcome = again(run)
    assert outcome.is_the_same
    assert outcome.inputs == ()


def test_a_stored_number_that_was_changed_is_named() -> None:
    run = a_run()
    changed = Valuation.objects.get(run=run, account__external_id="mallory")
    Valuation.objects.filter(pk=changed.pk).update(probability=changed.probability - 1e-9)
    outcome = again(run)
    assert not outcome.is_the_same
    assert outcome.valuations == (changed.pk,)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("reports", lambda: Report.objects.filter(reporter__external_id="bram").update(text=None)),
        ("accounts", lambda: Account.objects.filter(external_id="mallory").update(followers=5)),
        ("reporters", lambda: Reporter.objects.filter(external_id="bram").update(created_at=LATER)),
    ],
)
def test_an_input_that_is_not_as_it_was_is_named(table: str, change: Callable[[], int]) -> None:
    run = a_run()
    change()
    assert again(run).inputs == (table,)


def test_other_decisions_are_named_too() -> None:
    run = a_run()
    mallory = str(Account.objects.get(external_id="mallory").pk)
    assert again(run, pl.DataFrame({"account": [mallory], "outcome": ["upheld"]})).inputs == ("decisions",)


def test_another_version_of_a_library_is_named() -> None:
    run = a_run()
    run.parameters["versions"]["numba"] = "0.1"
    assert again(run).method == ("numba",)
