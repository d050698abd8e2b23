"""Declined, withdrawn, superseded, expired, reversed: what each does, and what it leaves as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.case import NOW, account, case, person, policy, report
from tests.casework.deciding import (
    acquittal,
    fresh,
    heard,
    open_case,
    proposed_suspension,
    suspension,
    warning,
)

from ostrakon.casework import announcements
from ostrakon.casework.actions.approve import approve, decline
from ostrakon.casework.actions.expire import expire_due
from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reverse import overturn, was_undone
from ostrakon.casework.actions.take_valuations import take_valuations
from ostrakon.casework.actions.withdraw import withdraw
from ostrakon.casework.announcements import DecisionCameIntoForce, DecisionEnded
from ostrakon.casework.models import Action, Case, Decision, Notice, Person, Strike
from ostrakon.errors import NotInThisState, NotPermitted, NotThere, SecondPersonRequired, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def bram() -> Person:
    return person("bram", "reviewer")


@pytest.fixture
def dana() -> Person:
    return person("dana", "approver")


def suspended(bram: Person, dana: Person, on: Case | None = None, **fields: object) -> Decision:
    return approve(dana, proposed_suspension(bram, on or open_case(), **fields).pk, NOW)


def another_case(code: str = "") -> Case:
    number = Case.objects.count()
    return case(account(f"account-{number}"), policy(code or f"policy-{number}"))


def kinds_of_notices() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def steps_of(decision: Decision) -> list[str]:
    entries = Entry.objects.filter(subject=f"decision:{decision.pk}", kind__startswith="decision_")
    return list(entries.order_by("number").values_list("kind", flat=True))


# Into force


def test_what_comes_into_force_gives_a_strike_tells_everybody_and_is_on_the_record(
    bram: Person, dana: Person
) -> None:
    on = open_case()
    report(on.account, "frida", email="frida@example.org")
    with heard() as announced:
        decision = suspended(bram, dana, on)
    assert fresh(on).status == Case.Status.DECIDED
    strike = Strike.objects.get()
    assert (strike.account, strike.decision) == (on.account, decision)
    assert strike.expires_at == NOW + timedelta(days=on.policy.strike_days)
    assert kinds_of_notices() == ["statement_of_reasons", "report_outcome"]
    assert [one for one in announced if isinstance(one, DecisionCameIntoForce)] == [
        DecisionCameIntoForce(decision)
    ]
    assert steps_of(decision) == [Kind.DECISION_PROPOSED, Kind.DECISION_APPROVED, Kind.DECISION_IN_FORCE]


def test_a_listener_that_fails_undoes_everything(bram: Person, dana: Person) -> None:
    def the_outbox_is_full(_: object) -> None:
        raise OSError("no space left")

    decision = proposed_suspension(bram, open_case())
    announcements.listen(the_outbox_is_full)
    try:
        with pytest.raises(OSError, match="no space"):
            approve(dana, decision.pk, NOW)
    finally:
        announcements._listeners.remove(the_outbox_is_full)
    assert fresh(decision).status == "proposed"
    assert (fresh(decision).approved_by, Strike.objects.count()) == (None, 0)
    assert steps_of(decision) == [Kind.DECISION_PROPOSED]


def test_a_finding_without_action_tells_the_reporters_only(bram: Person) -> None:
    on = open_case()
    report(on.account, "frida", email="frida@example.org")
    propose(bram, warning(on, action=Action.NONE), NOW)
    assert kinds_of_notices() == ["report_outcome"]
    assert not Strike.objects.exists()


# Declined and withdrawn


def test_a_declined_proposal_gives_the_case_back_and_says_why(bram: Person, dana: Person) -> None:
    decision = decline(dana, proposed_suspension(bram, open_case()).pk, "Satire, I think.", LATER)
    kept = fresh(decision)
    assert (kept.status, kept.ended_at, kept.ended_why) == ("declined", LATER, "Satire, I think.")
    assert fresh(decision.case).status == Case.Status.OPEN
    assert dana.participations.get().part == "declined"
    assert not Strike.objects.exists()
    assert not Notice.objects.exists()
    assert "Satire" not in Entry.objects.get(kind=Kind.DECISION_DECLINED).body


def test_nobody_declines_their_own_proposal(dana: Person) -> None:
    decision = proposed_suspension(dana, open_case())
    with pytest.raises(SecondPersonRequired, match="withdraw"):
        decline(dana, decision.pk, "I changed my mind.", LATER)


@pytest.mark.parametrize("why", ["", "  ", "x" * 201])
def test_a_refusal_has_a_short_reason(bram: Person, dana: Person, why: str) -> None:
    decision = proposed_suspension(bram, open_case())
    with pytest.raises(Unfit, match="the reason"):
        decline(dana, decision.pk, why, LATER)


def test_only_who_proposed_it_withdraws_it(bram: Person, dana: Person) -> None:
    decision = proposed_suspension(bram, open_case())
    with pytest.raises(NotPermitted, match="somebody else proposed"):
        withdraw(dana, decision.pk, LATER)
    assert withdraw(bram, decision.pk, LATER).status == "withdrawn"
    assert fresh(decision.case).status == Case.Status.OPEN


def test_a_case_whose_reports_were_answered_is_decided_again_after_a_withdrawal(bram: Person) -> None:
    on = open_case()
    propose(bram, warning(on), NOW)
    withdraw(bram, proposed_suspension(bram, fresh(on)).pk, LATER)
    assert fresh(on).status == Case.Status.DECIDED


def test_a_case_with_new_reports_is_open_again_after_a_withdrawal(bram: Person) -> None:
    on = open_case()
    propose(bram, warning(on), NOW)
    Case.objects.update(status="open", last_report_at=LATER)
    withdraw(bram, proposed_suspension(bram, fresh(on)).pk, LATER)
    assert fresh(on).status == Case.Status.OPEN


def test_what_was_answered_is_not_answered_again(bram: Person, dana: Person) -> None:
    for answer in (
        lambda pk: approve(dana, pk, LATER),
        lambda pk: decline(dana, pk, "No.", LATER),
        lambda pk: withdraw(bram, pk, LATER),
    ):
        decision = proposed_suspension(bram, another_case())
        answer(decision.pk)
        with pytest.raises(NotInThisState, match="meanwhile"):
            approve(dana, decision.pk, LATER)
        with pytest.raises(NotInThisState, match="meanwhile"):
            decline(dana, decision.pk, "No.", LATER)
        with pytest.raises(NotInThisState, match="meanwhile"):
            withdraw(bram, decision.pk, LATER)


def test_a_decision_that_there_is_not_looks_like_one_of_others(bram: Person, dana: Person) -> None:
    for act in (
        lambda: approve(dana, 4711, NOW),
        lambda: decline(dana, 4711, "No.", NOW),
        lambda: withdraw(bram, 4711, NOW),
        lambda: overturn(dana, 4711, "It was wrong.", NOW),
    ):
        with pytest.raises(NotThere, match="no such decision, or it is not for you"):
            act()


# Superseded


def test_a_later_decision_supersedes_the_earlier_one(bram: Person, dana: Person) -> None:
    on = open_case()
    first = propose(bram, warning(on), NOW)
    with heard() as announced:
        second = approve(dana, propose(bram, suspension(fresh(on)), LATER).pk, LATER)
    assert (fresh(first).status, fresh(first).ended_at) == ("superseded", LATER)
    assert fresh(second).status == "in_force"
    assert [type(one) for one in announced if hasattr(one, "decision")] == [
        DecisionEnded,
        DecisionCameIntoForce,
    ]
    assert steps_of(first)[-1] == Kind.DECISION_SUPERSEDED
    assert Strike.objects.filter(withdrawn_at=None).count() == 2  # two violations, each decided by people


def test_who_was_suspended_and_now_is_not_is_told(bram: Person, dana: Person) -> None:
    on = open_case()
    suspended(bram, dana, on)
    propose(dana, acquittal(fresh(on)), LATER)
    assert kinds_of_notices() == ["statement_of_reasons", "reinstatement"]


# Expired


def test_what_is_for_a_time_ends_by_itself_and_not_before(bram: Person, dana: Person) -> None:
    decision = suspended(bram, dana, action=Action.SUSPEND_FOR_A_TIME, duration_hours=24)
    assert decision.ends_at == NOW + timedelta(hours=24)
    assert expire_due(NOW + timedelta(hours=24, microseconds=-1)) == 0
    with heard() as announced:
        assert expire_due(NOW + timedelta(hours=24)) == 1
        assert expire_due(NOW + timedelta(hours=25)) == 0
    assert fresh(decision).status == "expired"
    assert [type(one) for one in announced] == [DecisionEnded]
    assert steps_of(decision)[-1] == Kind.DECISION_EXPIRED
    assert Strike.objects.get().withdrawn_at is None


def test_what_has_no_end_does_not_expire(bram: Person, dana: Person) -> None:
    decision = suspended(bram, dana)
    assert expire_due(NOW + timedelta(days=9999)) == 0
    assert fresh(decision).status == "in_force"


def test_many_end_in_steps_and_none_twice(bram: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ostrakon.casework.actions.expire.AT_ONCE", 2)
    for number in range(5):
        on = another_case(f"p{number}")
        propose(bram, warning(on, action=Action.LIMIT, duration_hours=1), NOW)
    with heard() as announced:
        assert expire_due(LATER) == 5
    assert len(announced) == 5
    assert set(Decision.objects.values_list("status", flat=True)) == {"expired"}


# Reversed


def test_overturning_undoes_status_and_strike_and_tells_the_person(bram: Person, dana: Person) -> None:
    decision = suspended(bram, dana)
    with heard() as announced:
        overturn(dana, decision.pk, "It was somebody of the same name.", LATER)
    kept = fresh(decision)
    assert (kept.status, kept.ended_at, kept.ended_why) == (
        "reversed",
        LATER,
        "It was somebody of the same name.",
    )
    assert Strike.objects.get().withdrawn_at == LATER
    assert kinds_of_notices() == ["statement_of_reasons", "reinstatement"]
    assert sum(isinstance(one, DecisionEnded) for one in announced) == 1
    assert "same name" not in Entry.objects.get(kind=Kind.DECISION_REVERSED).body


def test_what_has_expired_or_was_superseded_can_still_be_undone(bram: Person, dana: Person) -> None:
    on = open_case()
    expired = suspended(bram, dana, on, action=Action.SUSPEND_FOR_A_TIME, duration_hours=1)
    expire_due(LATER)
    later = propose(bram, warning(fresh(on)), LATER)
    superseding = propose(bram, warning(fresh(on)), LATER)
    for decision in (expired, later):
        ended_at = fresh(decision).ended_at
        overturn(dana, decision.pk, "It was wrong.", LATER + timedelta(days=1))
        assert (fresh(decision).status, fresh(decision).ended_at) == ("reversed", ended_at)
    assert fresh(superseding).status == "in_force"
    assert list(Strike.objects.filter(withdrawn_at=None)) == [superseding.strike]


def test_nothing_is_undone_twice_or_before_it_was(bram: Person, dana: Person) -> None:
    decision = proposed_suspension(bram, open_case())
    with pytest.raises(NotInThisState, match="never came into force"):
        overturn(dana, decision.pk, "Wrong.", LATER)
    approve(dana, decision.pk, NOW)
    overturn(dana, decision.pk, "Wrong.", LATER)
    with pytest.raises(NotInThisState, match="reversed before"):
        overturn(dana, decision.pk, "Wrong.", LATER)


def test_who_has_the_case_in_hand_keeps_it_but_looks_again(bram: Person, dana: Person) -> None:
    on = open_case()
    decision = propose(bram, warning(on), NOW)
    Case.objects.update(status="open", claimed_by=bram, claimed_until=LATER)
    seen = fresh(on)
    overturn(dana, decision.pk, "Wrong.", LATER)
    assert fresh(on).claimed_by == bram
    with pytest.raises(NotInThisState, match="look at it again"):
        propose(bram, warning(seen), LATER)


def test_a_machine_never_repeats_what_a_person_has_undone(bram: Person, dana: Person) -> None:
    on = open_case()
    decision = suspended(bram, dana, on)
    overturn(dana, decision.pk, "Wrong.", LATER)
    for number in range(20):
        report(on.account, f"reporter-{number}", received_at=LATER + timedelta(hours=1))
    later = LATER + timedelta(hours=2)
    open_cases(later)
    take_valuations()
    expire_due(later)
    assert fresh(on).status == Case.Status.OPEN  # it waits for people, who are told
    assert was_undone(fresh(on))
    assert list(Decision.objects.values_list("pk", "status")) == [(decision.pk, "reversed")]
    assert not Strike.objects.filter(withdrawn_at=None).exists()


def test_who_looks_at_a_reinstated_account_is_told(bram: Person, dana: Person) -> None:
    on = open_case()
    decision = suspended(bram, dana, on)
    other = case(on.account, policy("spam"))
    assert not was_undone(other)
    overturn(dana, decision.pk, "Wrong.", LATER)
    assert was_undone(other)
    assert not was_undone(another_case())
