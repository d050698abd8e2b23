"""Promise 1: a report is evidence, a person decides, and a suspension takes two. No setting and no SQL changes that."""

from __future__ import annotations

import pytest
from django.db.models import F
from tests.casework.case import NOW, person
from tests.casework.deciding import (
    by_plain_sql,
    fresh,
    open_case,
    proposed_suspension,
    refused,
    suspension,
    warning,
)

from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.force import bring_into_force
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.models import Action, Case, Decision, Strike
from ostrakon.errors import SecondPersonRequired, SeniorRequired

pytestmark = pytest.mark.django_db
IN_FORCE = "UPDATE casework_decision SET status = 'in_force', in_force_at = %s WHERE id = %s"


@pytest.mark.parametrize("action", [Action.SUSPEND, Action.SUSPEND_FOR_A_TIME])
def test_a_suspension_never_comes_into_force_with_one_person(action: Action) -> None:
    hours = 24 if action == Action.SUSPEND_FOR_A_TIME else None
    decision = proposed_suspension(
        person("bram", "safety_lead"), open_case(), action=action, duration_hours=hours
    )
    assert decision.status == "proposed"
    assert decision.case.status == Case.Status.PROPOSED
    with pytest.raises(SecondPersonRequired, match="second person"):
        bring_into_force(decision, NOW)
    with refused("suspension_takes_two_people"):
        by_plain_sql(IN_FORCE, NOW, decision.pk)
    with refused("suspension_takes_two_people"):
        Decision.objects.update(status="in_force", in_force_at=NOW)
    with refused("suspension_takes_two_people"):
        Decision.objects.update(status="approved")


def test_nobody_is_their_own_second_person() -> None:
    lead = person("bram", "safety_lead", "approver")
    decision = proposed_suspension(lead, open_case())
    with pytest.raises(SecondPersonRequired, match="you proposed this"):
        approve(lead, decision.pk, NOW)
    with refused("nobody_approves_their_own_proposal|suspension_takes_two_people"):
        by_plain_sql(
            "UPDATE casework_decision SET approved_by_id = proposed_by_id, approved_at = proposed_at,"
            " approver_standing = 'senior', status = 'in_force', in_force_at = proposed_at"
        )
    with refused("nobody_approves_their_own_proposal"):
        Decision.objects.update(approved_by=F("proposed_by"), approver_standing="senior")


def test_a_suspension_that_nobody_proposed_cannot_be_written() -> None:
    decision = proposed_suspension(person("bram", "reviewer"), open_case())
    decision.pk, decision.key, decision.status, decision.in_force_at = None, "another", "in_force", NOW
    with refused("suspension_takes_two_people"):
        decision.save(force_insert=True)


def test_two_people_suspend_and_both_are_named() -> None:
    bram, dana = person("bram", "reviewer"), person("dana", "approver")
    decision = approve(dana, proposed_suspension(bram, open_case()).pk, NOW)
    assert fresh(decision).status == "in_force"
    assert (decision.proposed_by, decision.approved_by, decision.approver_standing) == (
        bram,
        dana,
        "approver",
    )
    assert set(decision.participations.values_list("person__username", "part")) == {
        ("bram", "proposed"),
        ("dana", "approved"),
    }


@pytest.mark.parametrize("action", [Action.NONE, Action.WARN, Action.LABEL, Action.LIMIT])
def test_a_team_of_one_may_warn_label_and_limit(action: Action) -> None:
    decision = propose(person("bram", "reviewer"), warning(open_case(), action=action), NOW)
    assert fresh(decision).status == "in_force"
    assert fresh(decision.case).status == Case.Status.DECIDED


@pytest.mark.parametrize("action", [Action.WARN, Action.LABEL, Action.LIMIT])
def test_under_pressure_every_action_takes_a_senior_second_person(action: Action) -> None:
    bram, dana, lena = person("bram", "reviewer"), person("dana", "approver"), person("lena", "safety_lead")
    decision = propose(bram, warning(open_case(under_pressure=True), action=action), NOW)
    assert decision.status == "proposed"
    with pytest.raises(SeniorRequired, match="safety lead"):
        approve(dana, decision.pk, NOW)
    with refused("pressure_takes_a_senior_second_person"):
        Decision.objects.update(
            status="in_force",
            in_force_at=NOW,
            approved_by=dana,
            approved_at=NOW,
            approver_standing="approver",
        )
    assert approve(lena, decision.pk, NOW).approver_standing == "senior"


def test_pressure_that_comes_after_the_proposal_takes_a_senior_too() -> None:
    dana = person("dana", "approver")
    decision = proposed_suspension(person("bram", "reviewer"), open_case())
    Case.objects.update(under_pressure=True)
    with pytest.raises(SeniorRequired):
        approve(dana, decision.pk, NOW)


def test_pressure_that_went_after_the_proposal_still_takes_a_senior() -> None:
    dana = person("dana", "approver")
    decision = proposed_suspension(person("bram", "reviewer"), open_case(under_pressure=True))
    Case.objects.update(under_pressure=False)
    with pytest.raises(SeniorRequired):
        approve(dana, decision.pk, NOW)


def test_under_pressure_one_person_may_say_that_there_is_no_violation() -> None:
    case = open_case(under_pressure=True)
    decision = propose(person("bram", "reviewer"), warning(case, action=Action.NONE), NOW)
    assert decision.status == "in_force"
    assert not Strike.objects.exists()


def test_a_suspension_without_answers_about_exemptions_cannot_be_in_force() -> None:
    dana = person("dana", "approver")
    decision = proposed_suspension(person("bram", "reviewer"), open_case())
    decision.pk, decision.key, decision.exempt_press = None, "another", "yes"
    decision.status, decision.in_force_at = "in_force", NOW
    decision.approved_by, decision.approved_at, decision.approver_standing = dana, NOW, "approver"
    with refused("suspension_asks_for_exemptions"):
        decision.save(force_insert=True)


def test_a_decision_on_its_way_is_the_only_one_of_its_case() -> None:
    decision = proposed_suspension(person("bram", "reviewer"), open_case())
    decision.pk, decision.key = None, "another"
    with refused("one_proposal_a_case|casework_decision.case_id"):
        decision.save(force_insert=True)


def test_what_one_person_proposed_for_two_waits_in_the_hands_of_nobody() -> None:
    bram = person("bram", "reviewer")
    case = open_case(claimed_by=bram, claimed_until=NOW)
    propose(bram, suspension(case), NOW)
    waiting = fresh(case)
    assert (waiting.status, waiting.claimed_by, waiting.version) == ("proposed", None, case.version + 1)
