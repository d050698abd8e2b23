"""What is measured, from a handful of rows that can be counted by hand: own tables, files of earlier times, groups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.casework.case import NOW, account, case, decision_in_force, person, policy
from tests.casework.linking import WHY, link
from tests.impact.earlier import added

from ostrakon.casework.actions.judge_link import judge_link
from ostrakon.casework.models import Appeal, Decision, Person, Policy
from ostrakon.impact.inputs import Inputs, read_inputs
from ostrakon.intake.models import Account, Follow, ListRow, PublishedList, Source

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOW + 30 * DAY
ACQUITTED = {"outcome": "rejected", "action": "none"}
UNDONE = {"status": "reversed", "ended_at": NOW + 3 * DAY, "reversed_at": NOW + 3 * DAY}


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    """Accounts are first named then, whenever the tests run."""
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def two() -> tuple[Person, Person]:
    return person("bram", "reviewer"), person("dora", "approver")


@pytest.fixture
def decided(two: tuple[Person, Person]) -> Any:
    """A maker of decisions, each of an account of its own that was created a year ago and named ten days ago."""
    under: dict[str, Policy] = {}

    def made(name: str, code: str = "harassment", **fields: Any) -> Decision:
        of = Account.objects.filter(external_id=name).first() or account(name)
        Account.objects.filter(pk=of.pk).update(created_at=NOW - 365 * DAY, first_named_at=NOW - 10 * DAY)
        on = case(
            of, under.setdefault(code, policy(code) if code not in under else under[code]), status="decided"
        )
        return decision_in_force(on, *two, **fields)

    return made


def groups(inputs: Inputs, kind: str = "spells") -> dict[str, list[str]]:
    """The accounts of each group."""
    return {group: inputs.of(group)[kind]["account"].to_list() for group in ("target", "protected")}


def cells(table: pl.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    return table.select(names).rows()


def test_the_target_group_has_a_standing_decision_that_found_a_violation(decided: Any) -> None:
    decided("chidi")
    decided("esi", **ACQUITTED)
    decided("femi", **UNDONE)
    decided("warned", action="warn")
    assert groups(read_inputs(LATER)) == {"target": ["local:chidi", "local:warned"], "protected": []}


def test_who_is_exempt_is_protected_and_never_a_target(decided: Any) -> None:
    decided("journalist", action="warn", exempt_press="yes")
    decided("witness", exempt_counter_speech="yes", **ACQUITTED)
    assert groups(read_inputs(LATER)) == {"target": [], "protected": ["local:journalist", "local:witness"]}


def test_what_came_later_is_not_in_it(decided: Any) -> None:
    decided("femi", **UNDONE)
    assert groups(read_inputs(NOW + DAY))["target"] == ["local:femi"]
    assert groups(read_inputs(NOW - DAY))["target"] == []


def test_by_policy_only_its_decisions_count(decided: Any) -> None:
    decided("chidi")
    decided("esi", "spam")
    assert groups(read_inputs(LATER, "spam"))["target"] == ["local:esi"]


def test_a_spell_runs_from_the_creation_to_the_suspension_and_is_watched_from_the_first_report(
    decided: Any,
) -> None:
    decided("chidi")
    found = read_inputs(LATER).of("target")["spells"]
    assert cells(found, "start_at", "entry_at", "end_at", "event") == [
        (NOW - 365 * DAY, NOW - 10 * DAY, NOW, "suspended")
    ]


def test_who_was_let_back_in_has_a_spell_for_each_time(decided: Any) -> None:
    decided("witness", **UNDONE)
    decided("witness", "spam", exempt_press="yes", **ACQUITTED)
    found = read_inputs(LATER).of("protected")
    assert cells(found["spells"], "entry_at", "end_at", "event") == [
        (NOW - 10 * DAY, NOW, "reinstated"),
        (NOW + 3 * DAY, None, None),
    ]
    assert cells(found["flagged"], "from_at", "to_at") == [(NOW - 10 * DAY, NOW), (NOW + 3 * DAY, None)]


def test_a_link_is_as_sure_as_people_are(decided: Any) -> None:
    old = decided("chidi").account
    link(account("waits"), old)
    for name, verdict in (("same", "same"), ("other", "different")):
        judge_link(person(f"judge of {name}", "safety_lead"), link(account(name), old).pk, verdict, WHY, NOW)
    assert cells(read_inputs(LATER).tables["links"], "account", "probability") == [
        ("local:waits", 0.9),
        ("local:same", 1.0),
    ]


def test_follows_are_those_of_flagged_accounts(decided: Any) -> None:
    decided("chidi")
    fan = account("fan")
    for followee in ("chidi", "weather"):
        Follow.objects.create(account=fan, followee=followee, seen_at=NOW)
    assert cells(read_inputs(LATER).tables["follows"], "follower", "followee") == [
        ("local:fan", "local:chidi")
    ]


def test_a_list_row_has_the_verdict_of_a_random_audit_and_of_no_other_decision(decided: Any) -> None:
    decided("chidi", selection="audit", propensity=0.1, **ACQUITTED)
    decided("esi")
    source = Source.objects.create(name="lists of town", kind="published_list")
    published = PublishedList.objects.create(
        source=source, platform="local", title="t", publisher="p", named_by="id", raw=b"", sha256="0" * 64,
        received_at=NOW, rows=2,
    )  # fmt: skip
    for line, name in enumerate(("chidi", "esi"), 1):
        ListRow.objects.create(
            list=published, line=line, named=name, state=ListRow.State.DUPLICATE,
            account=Account.objects.get(external_id=name),
        )  # fmt: skip
    found = read_inputs(LATER).of("target")["lists"]
    assert cells(found, "list", "account", "verdict") == [
        (f"list:{published.pk}", "local:chidi", "rejected"),
        (f"list:{published.pk}", "local:esi", None),
    ]


def test_a_suspension_has_its_appeal_and_its_end(decided: Any, two: tuple[Person, Person]) -> None:
    undone, standing = decided("femi", **UNDONE), decided("chidi")
    for of, status in ((undone, "granted"), (standing, "denied")):
        Appeal.objects.create(
            decision=of, filed_by="user", filed_at=NOW + DAY, due_at=LATER, status=status,
            decided_at=NOW + 2 * DAY, decided_by=person(f"judge of {of.pk}", "appeals"),
        )  # fmt: skip
    found = read_inputs(LATER).of("target")["suspensions"].sort("account")
    assert cells(found, "account", "appeal", "appealed_at", "answered_at", "reinstated_at") == [
        ("local:chidi", "refused", NOW + DAY, NOW + 2 * DAY, None),
        ("local:femi", "granted", NOW + DAY, NOW + 2 * DAY, NOW + 3 * DAY),
    ]


def test_beside_the_target_group_stand_all_suspensions_so_that_wrong_ones_are_among_them(
    tmp_path: Path,
) -> None:
    added(tmp_path, "suspensions")
    assert groups(read_inputs(LATER), "suspensions") == {"target": [":0a", ":press"], "protected": [":press"]}


# Files of an earlier time


def test_a_file_is_of_no_platform_of_ours_unless_it_says_so(decided: Any, tmp_path: Path) -> None:
    decided("b")
    added(tmp_path, "spells")
    assert groups(read_inputs(LATER))["target"] == ["local:b", ":0a", ":b"]


def test_what_the_service_knows_of_an_account_counts_instead_of_the_file(
    decided: Any, tmp_path: Path
) -> None:
    decided("b")
    added(tmp_path, "spells", platform="local")
    found = read_inputs(LATER).of("target")["spells"]
    assert found["account"].to_list() == ["local:b", "local:0a"]
    assert found["event"].to_list() == ["suspended", "suspended"]


def test_groups_of_a_file_are_targets_or_protected_or_neither(tmp_path: Path) -> None:
    added(tmp_path, "spells")
    assert groups(read_inputs(LATER)) == {"target": [":0a", ":b"], "protected": [":press", ":press"]}


def test_who_was_never_treated_is_compared_with_both_groups(tmp_path: Path) -> None:
    rows = "unit,time,outcome,treated_at,group\nx,2026-01-01,1,2026-02-01,target\ny,2026-01-01,1,2026-02-01,press\n"
    added(tmp_path, "panel", rows + "z,2026-01-01,1,,\n")
    inputs = read_inputs(LATER)
    assert inputs.of("target")["panel"]["unit"].to_list() == ["x", "z"]
    assert inputs.of("protected")["panel"]["unit"].to_list() == ["y", "z"]


def test_own_data_and_files_are_told_apart(decided: Any, tmp_path: Path) -> None:
    decided("chidi")
    kept = added(tmp_path, "spells")
    own, earlier = read_inputs(LATER).sources_of(["spells"])
    assert (own["origin"], own["rows"], own["file"]) == ("own", 1, None)
    assert (earlier["origin"], earlier["rows"], earlier["file"]) == ("history", 5, kept.pk)
    assert earlier["sha256"] == kept.sha256 != own["sha256"]


def test_the_number_of_queries_does_not_grow_with_the_rows(decided: Any) -> None:
    counts = []
    for number in range(2):
        for name in ("a", "b", "c"):
            decided(f"{name}{number}")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            read_inputs(LATER)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 30
