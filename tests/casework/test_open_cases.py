"""New reports become cases: one an account and policy, reopened by what came after a decision, never doubled."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from tests.casework.case import NOW, account, decision_in_force, person, policy

from ostrakon.casework import order
from ostrakon.casework.actions import open_cases as job
from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.areas import reports_of
from ostrakon.casework.models import Case, Decision, Policy, Progress
from ostrakon.intake.models import Account, Report, Reporter, Source
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
number = count(1)


def source(name: str = "the app", kind: str = "user", **fields: Any) -> Source:
    return Source.objects.get_or_create(name=name, defaults={"kind": kind, **fields})[0]


def report(
    by: str, of: str = "mallory", under: str = "harassment", hours: float = 0, **fields: Any
) -> Report:
    at = NOW + hours * HOUR
    return Report.objects.create(
        platform="local",
        external_id=f"r{next(number)}",
        account=Account.objects.get_or_create(platform="local", external_id=of)[0],
        reporter=Reporter.objects.get_or_create(platform="local", external_id=by)[0],
        policy=under,
        **{"source": source(), "reported_at": at, "received_at": at, "digest": "0" * 64, **fields},
    )


def the_case(of: str = "mallory") -> Case:
    return Case.objects.select_related("policy").get(account__external_id=of)


def decide(case: Case, hours: float, **fields: Any) -> Decision:
    made = decision_in_force(case, person("bram"), person("dora"), in_force_at=NOW + hours * HOUR, **fields)
    Case.objects.filter(pk=case.pk).update(status="decided")
    return made


@pytest.fixture(autouse=True)
def harassment() -> Policy:
    return policy(severity=0.5)


def test_reports_on_one_account_and_policy_are_one_case_that_counts_them() -> None:
    report("alice")
    report("bram", hours=2)
    last = report("alice", hours=5)
    assert open_cases(NOW) == 1
    case = the_case()
    assert (case.reports, case.reporters, case.status) == (3, 2, "open")
    assert (case.opened_at, case.last_report_at, case.last_report) == (NOW, NOW + 5 * HOUR, last.pk)


def test_a_case_waits_the_deadline_of_its_policy_and_harm_brings_its_turn_nearer() -> None:
    Account.objects.create(platform="local", external_id="mallory", followers=10_000_000)
    report("alice")
    open_cases(NOW)
    case = the_case()
    assert case.due_at == NOW + 72 * HOUR
    assert case.reach == 1
    assert case.expected_harm == pytest.approx(order.UNVALUED_PROBABILITY * 0.5)
    assert case.turn_at == NOW + 72 * HOUR * (1 - case.expected_harm)


def test_running_again_changes_nothing() -> None:
    report("alice")
    open_cases(NOW)
    before = list(Case.objects.values())
    assert open_cases(NOW + HOUR) == 0
    assert list(Case.objects.values()) == before
    assert Entry.objects.count() == 1


def test_what_is_begun_and_not_ended_is_done_again_and_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    report("alice")
    with monkeypatch.context() as broken:
        broken.setattr(job, "record", lambda *_, **__: 1 / 0)  # as a worker that dies at its very end
        with pytest.raises(ZeroDivisionError):
            open_cases(NOW)
    assert not Case.objects.exists()
    assert open_cases(NOW) == 1
    assert (the_case().reports, the_case().reporters) == (1, 1)


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_reports_and_reporters_are_counted_the_same_in_any_portions(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "AT_ONCE", at_once)
    for who, code in (
        ("alice", "nonsense"),
        ("alice", "harassment"),
        ("bram", "other nonsense"),
        ("alice", "other nonsense"),
        ("alice", "harassment"),
        ("bram", "harassment"),
        ("chidi", "unspecified"),
    ):
        report(who, under=code)
    report("alice", of="eve")
    open_cases(NOW)
    counted = Case.objects.values_list("account__external_id", "policy__code", "reports", "reporters")
    assert sorted(counted) == [
        ("eve", "harassment", 1, 1),
        ("mallory", "harassment", 3, 2),
        ("mallory", "unspecified", 4, 3),
    ]


def test_it_goes_on_piece_by_piece_until_no_report_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "AT_ONCE", 2)
    for at in range(5):
        report(f"reporter {at}", of=f"account {at % 3}", hours=at)
    assert open_cases(NOW) == 3
    assert sorted(Case.objects.values_list("reports", flat=True)) == [1, 2, 2]
    assert Progress.objects.get(job="open_cases").last == Report.objects.latest("pk").pk


def test_the_record_says_how_many_cases_came_of_which_reports() -> None:
    first = report("alice")
    last = report("bram", of="chidi")
    open_cases(NOW)
    (entry,) = Entry.objects.all()
    assert (entry.kind, entry.actor) == ("cases_opened", "system")
    assert entry.subject == f"reports:{first.pk}-{last.pk}"
    assert '"opened":2' in entry.body


def test_more_reports_on_an_open_case_change_its_counts_and_not_its_turn() -> None:
    report("alice")
    open_cases(NOW)
    before = the_case()
    for at in range(40):
        report(f"reporter {at}", hours=1)
    assert open_cases(NOW) == 0
    after = the_case()
    assert (after.reports, after.reporters) == (41, 41)
    assert (after.turn_at, after.due_at, after.opened_at, after.version) == (
        before.turn_at,
        before.due_at,
        before.opened_at,
        before.version,
    )


@pytest.mark.parametrize("code", ["harrasment", "unspecified", "retired"])
def test_a_policy_that_takes_no_reports_gives_its_own_to_unspecified(code: str) -> None:
    retired = policy("retired")
    Policy.objects.filter(pk=retired.pk).update(retired_at=NOW - HOUR)
    report("alice", under=code)
    open_cases(NOW)
    assert the_case().policy.code == "unspecified"
    assert list(reports_of(the_case())) == list(Report.objects.all())


def test_what_was_received_before_a_policy_was_retired_stays_under_it() -> None:
    report("alice", hours=-2)
    report("bram", hours=2)
    Policy.objects.filter(code="harassment").update(retired_at=NOW)
    open_cases(NOW)
    assert dict(Case.objects.values_list("policy__code", "reports")) == {"harassment": 1, "unspecified": 1}


@pytest.mark.parametrize(
    ("kind", "fields", "lane"),
    [
        ("authority", {}, "priority"),
        ("trusted_flagger", {"areas": ["harassment"]}, "priority"),
        ("trusted_flagger", {"areas": ["spam"]}, "ordinary"),
        ("trusted_flagger", {"valid_to": NOW}, "ordinary"),
        ("trusted_flagger", {"valid_from": NOW + HOUR}, "ordinary"),
        ("published_list", {}, "ordinary"),
        ("user", {}, "ordinary"),
    ],
)
def test_the_lane_is_that_of_who_reported(kind: str, fields: dict[str, Any], lane: str) -> None:
    report("alice", source=source("somebody", kind, **fields))
    open_cases(NOW)
    assert the_case().lane == Case.Lane[lane.upper()]
    assert the_case().due_at == NOW + (24 if lane == "priority" else 72) * HOUR


def test_an_authority_brings_the_deadline_of_an_open_case_nearer_and_never_puts_it_off() -> None:
    report("alice")
    open_cases(NOW)
    report("the ministry", hours=10, source=source("the ministry", "authority"))
    open_cases(NOW)
    assert (the_case().lane, the_case().due_at) == (Case.Lane.PRIORITY, NOW + 34 * HOUR)
    report("the ministry", hours=11, source=source("the ministry", "authority"))
    open_cases(NOW)
    assert the_case().due_at == NOW + 34 * HOUR


def test_a_decided_case_is_reopened_by_what_was_received_after_the_decision() -> None:
    report("alice", source=source("the ministry", "authority"))
    open_cases(NOW)
    decide(the_case(), hours=5)
    report("bram", hours=6)
    assert open_cases(NOW) == 1
    case = the_case()
    assert (case.status, case.opened_at, case.due_at) == ("open", NOW + 6 * HOUR, NOW + 78 * HOUR)
    assert (case.lane, case.reports) == (Case.Lane.ORDINARY, 2)
    assert '"reopened":1' in Entry.objects.latest("number").body


def test_what_was_received_before_the_decision_only_counts() -> None:
    report("alice")
    open_cases(NOW)
    decide(the_case(), hours=5)
    report("bram", hours=4)
    assert open_cases(NOW) == 0
    assert (the_case().status, the_case().reports) == ("decided", 2)


def test_reports_do_not_take_a_proposal_back() -> None:
    report("alice")
    open_cases(NOW)
    Case.objects.update(status="proposed")
    report("bram", hours=6)
    open_cases(NOW)
    assert (the_case().status, the_case().reports) == ("proposed", 2)


def test_an_account_that_people_reinstated_comes_before_a_person_and_nothing_else_happens() -> None:
    report("alice")
    open_cases(NOW)
    decide(the_case(), hours=5, status="reversed", ended_at=NOW + 8 * HOUR)
    decisions = list(Decision.objects.values())
    for at in range(50):
        report(f"reporter {at}", hours=9)
    assert open_cases(NOW) == 1
    assert the_case().status == "open"
    assert list(Decision.objects.values()) == decisions


def test_a_claim_and_its_end_survive_new_reports() -> None:
    report("alice")
    open_cases(NOW)
    bram = person("bram")
    Case.objects.update(claimed_by=bram, claimed_until=NOW + HOUR)
    report("chidi", hours=1)
    open_cases(NOW)
    assert (the_case().claimed_by, the_case().claimed_until) == (bram, NOW + HOUR)
    assert account("chidi").pk


@pytest.mark.parametrize("shown", range(3))
def test_the_order_of_cases_does_not_know_how_many_reported(shown: int) -> None:
    """Five accounts alike; one of them gets fifty reports: the turns are those of when each was reported first."""
    for at in range(5):
        report("alice", of=f"account {at}", hours=at)
    for by in range(50):
        report(f"reporter {by}", of=f"account {shown}", hours=6)
    open_cases(NOW)
    cases = Case.objects.order_by("lane", "turn_at", "pk").values_list("account__external_id", flat=True)
    assert list(cases) == [f"account {at}" for at in range(5)]
