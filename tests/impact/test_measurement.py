"""A measurement is kept with all that it takes to make it again, and comes out the same, byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from tests.casework.case import NOW, account, case, decision_in_force, person, policy
from tests.impact.earlier import FILES, added

from ostrakon.errors import NotThere
from ostrakon.impact.history.files import withdraw_history
from ostrakon.impact.measurement import check, measure_if_due, measure_impact
from ostrakon.impact.measures.missing import MISSING, missing
from ostrakon.impact.measures.thin import MOST_ROWS, thinned
from ostrakon.impact.measures.twelve import TWELVE, WORKS, Question
from ostrakon.impact.models import ImpactMeasurement, MeasuringAsked
from ostrakon.intake.models import Account
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    """Accounts are first named then, whenever the tests run."""
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def a_past(tmp_path: Path) -> None:
    for kind in FILES:
        added(tmp_path, kind)


def figures(found: ImpactMeasurement, measure: str, group: str) -> dict[str, Any]:
    kept = {one["name"]: one for one in json.loads(found.measures)}
    return {figure["name"]: figure for figure in kept[measure]["groups"][group]["figures"]}


def test_the_twelve_are_twelve_and_each_question_has_some() -> None:
    assert [measure.number for measure in TWELVE] == list(range(1, 13))
    assert {measure.question for measure in TWELVE} == set(Question)
    assert {measure.work for measure in TWELVE} == set(WORKS)


def test_what_is_missing_is_said_for_every_table_that_is_needed() -> None:
    assert {kind for work in WORKS.values() for kind in work.needs} <= set(MISSING)


def test_a_small_past_is_counted_as_by_hand(a_past: None) -> None:
    found = measure_impact(LATER)
    target, protected = figures(found, "reach", "target"), figures(found, "reach", "protected")
    assert (target["reach_before"]["value"], target["reach_after"]["value"]) == (2, 1)
    assert protected["reach_before"]["value"] == 1
    assert figures(found, "known_active", "target")["known_active"]["value"] == 1
    lost = figures(found, "collateral", "protected")
    assert (lost["suspended"]["value"], lost["let_back_in"]["value"], lost["days_lost"]["value"]) == (
        1,
        1,
        10,
    )


def test_both_groups_are_measured_by_every_measure(a_past: None) -> None:
    for measure in json.loads(measure_impact(LATER).measures):
        assert list(measure["groups"]) == ["target", "protected"]
        assert all(part["figures"] for part in measure["groups"].values())


def test_with_no_data_every_estimate_is_refused_and_says_what_is_missing() -> None:
    for measure in json.loads(measure_impact(LATER).measures):
        for part in measure["groups"].values():
            assert {figure["value"] for figure in part["figures"]} == {None}
            assert all(figure["refused"] in map(missing, MISSING) for figure in part["figures"])


def test_a_measurement_is_on_the_record_with_the_hash_of_its_figures(a_past: None) -> None:
    found = measure_impact(LATER)
    entry = Entry.objects.get(kind=Kind.IMPACT_MEASURED)
    assert found.sha256 == hashlib.sha256(found.measures.encode()).hexdigest()
    assert found.sha256 in entry.body


def test_measured_again_it_is_the_same_byte_for_byte(a_past: None) -> None:
    found = check(measure_impact(LATER).pk)
    assert found.is_identical
    assert (found.changed_sources, found.differing, dict(found.versions)) == ([], [], {})


def test_what_came_later_changes_no_earlier_measurement(a_past: None, tmp_path: Path) -> None:
    found = measure_impact(LATER)
    kept = added(tmp_path, "follows", "follower,followee\nu9,b\n")
    kept.added_at = LATER + timedelta(hours=1)
    kept.save()
    assert check(found.pk).is_identical


def test_other_data_than_then_are_told_and_are_no_error(a_past: None) -> None:
    found = measure_impact(LATER)
    follows = next(source["file"] for source in found.sources if source["kind"] == "follows")
    withdraw_history(follows, actor="system", now=LATER - timedelta(hours=1))
    again = check(found.pk)
    assert not again.is_identical
    assert (again.changed_sources, again.differing) == (["follows"], [])


def test_other_figures_from_the_same_data_are_named(a_past: None) -> None:
    found = measure_impact(LATER)
    text = found.measures.replace('"name":"days_lost","value":10.0', '"name":"days_lost","value":9.0')
    ImpactMeasurement.objects.filter(pk=found.pk).update(measures=text)
    assert check(found.pk).differing == ["collateral"]


def test_what_was_never_measured_cannot_be_checked() -> None:
    with pytest.raises(NotThere):
        check(10**9)


def test_by_policy_earlier_files_are_left_out(a_past: None) -> None:
    assert measure_impact(LATER, policy="spam").sources == []


def test_no_account_is_named_in_what_is_kept(a_past: None) -> None:
    for name in ("0a", "press", "u1"):
        assert f':{name}"' not in measure_impact(LATER).measures


def test_the_language_of_an_account_changes_nothing(a_past: None) -> None:
    chidi = account("chidi")
    decision_in_force(case(chidi, policy(), status="decided"), person("bram"), person("dora"))
    found = measure_impact(LATER)
    assert Account.objects.filter(pk=chidi.pk).update(language="ar")
    assert check(found.pk).is_identical


# When


def test_it_is_measured_once_a_day(a_past: None) -> None:
    assert measure_if_due(NOW) is not None
    assert measure_if_due(NOW + timedelta(hours=23)) is None
    assert measure_if_due(NOW + timedelta(hours=24)) is not None


def test_where_there_is_nothing_nothing_is_measured() -> None:
    assert measure_if_due(NOW) is None
    assert not ImpactMeasurement.objects.exists()


def test_it_is_measured_sooner_when_somebody_asks(a_past: None) -> None:
    measure_if_due(NOW)
    MeasuringAsked.objects.create(person=person("lena", "safety_lead"), at=NOW + timedelta(minutes=1))
    assert measure_if_due(NOW + timedelta(minutes=2)) is not None
    assert measure_if_due(NOW + timedelta(minutes=3)) is None


# How much is kept


def test_a_long_curve_keeps_its_first_and_last_row() -> None:
    rows = [{"group": name, "days": float(day)} for name in "ab" for day in range(1000)]
    found = thinned(rows)
    assert len(found) == 2 * MOST_ROWS
    assert [found[place]["days"] for place in (0, MOST_ROWS - 1, MOST_ROWS, -1)] == [0, 999, 0, 999]


def test_numbers_that_are_none_are_kept_as_null() -> None:
    assert thinned([{"days": float("inf"), "low": float("nan"), "high": 1.0}]) == [
        {"days": None, "low": None, "high": 1.0}
    ]
