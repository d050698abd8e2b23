"""Decisions and policies as tables for the analysis: as they stood at a time, whenever that is asked."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from tests.casework.case import NOW, account, case, decision_in_force, person, policy, report

from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.areas import area
from ostrakon.casework.areas_table import areas_as_table
from ostrakon.casework.decisions_table import decisions_as_table
from ostrakon.casework.models import Case, Decision, Person, Policy
from ostrakon.intake import frames
from ostrakon.intake.models import Report
from ostrakon.triage.inputs import under_areas

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LONG_AFTER = NOW + 10_000 * HOUR


@pytest.fixture
def team() -> tuple[Person, Person]:
    return person("bram", "reviewer"), person("dora", "approver")


@pytest.fixture
def mine() -> Case:
    return case(account("mallory", email="mallory@example.org"), policy())


def outcomes(as_of: object = LONG_AFTER) -> list[str]:
    return decisions_as_table(as_of)["outcome"].to_list()  # type: ignore[arg-type]


def test_a_decision_is_a_row_of_the_file_contract(mine: Case, team: tuple[Person, Person]) -> None:
    decision_in_force(mine, *team, selection="audit", propensity=0.25)
    assert decisions_as_table(LONG_AFTER).rows(named=True) == [
        {
            "account": str(mine.account_id),
            "outcome": "upheld",
            "policy": "harassment",
            "decided_at": NOW,
            "selection": "audit",
            "propensity": 0.25,
            "reviewer": str(team[0].pk),
        }
    ]


def test_what_is_not_in_force_yet_or_never_was_is_no_decision(
    mine: Case, team: tuple[Person, Person]
) -> None:
    decision_in_force(mine, *team, in_force_at=NOW + HOUR)
    assert outcomes(NOW) == []
    assert outcomes(NOW + HOUR) == ["upheld"]
    Decision.objects.create(
        case=mine,
        account=mine.account,
        policy=mine.policy,
        policy_version=mine.policy.versions.get(),
        outcome="rejected",
        action="none",
        detected="reports",
        under_pressure=False,
        proposed_by=team[1],
        proposed_at=NOW,
        key="waits",
    )
    assert outcomes() == ["upheld"]


@pytest.mark.parametrize("ended", ["in_force", "expired", "superseded"])
def test_a_violation_that_was_reversed_reads_overturned_from_then_on(
    ended: str, mine: Case, team: tuple[Person, Person]
) -> None:
    made = decision_in_force(mine, *team, status=ended, ended_at=None if ended == "in_force" else NOW + HOUR)
    assert outcomes() == ["upheld"]
    overturn(team[1], made.pk, "it was satire", NOW + 2 * HOUR)
    assert outcomes() == ["overturned"]
    assert outcomes(NOW) == ["upheld"]
    if ended != "in_force":
        assert outcomes(NOW + HOUR) == ["upheld"]


def test_that_there_was_no_violation_and_this_was_reversed_is_no_decision_any_more(
    mine: Case, team: tuple[Person, Person]
) -> None:
    made = decision_in_force(mine, *team, outcome="rejected", action="none")
    assert outcomes() == ["rejected"]
    overturn(team[1], made.pk, "seen too late", NOW + HOUR)
    assert outcomes() == []


def test_without_decisions_the_table_has_its_columns(db: None) -> None:
    assert decisions_as_table(NOW).schema["decided_at"] == pl.Datetime("us", "UTC")


def test_a_report_is_under_the_same_policy_in_the_table_and_in_the_database() -> None:
    retired, to_come = policy("retired"), policy("harassment")
    Policy.objects.filter(pk=retired.pk).update(retired_at=NOW)
    assert to_come
    of = account("mallory")
    for code in ("retired", "harassment", "unspecified", "nonsense", ""):
        for hours in (-400 * 24, -1, 0, 1):
            at = NOW + hours * HOUR
            report(of, "alice", code, received_at=at, reported_at=at)
    codes = dict(Policy.objects.values_list("pk", "code"))
    in_database = [
        codes[pk] for pk in Report.objects.annotate(area=area()).order_by("pk").values_list("area", flat=True)
    ]
    (batch,) = frames.reports(frames.last_report())
    in_table = under_areas(batch, areas_as_table())["policy"].to_list()
    assert in_table == in_database
    assert set(in_table) == {"retired", "harassment", "unspecified"}
