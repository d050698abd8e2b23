"""What a proposal must say, when it may be made, and that the same one sent twice is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.casework.case import NOW, account, case, person, policy, report
from tests.casework.deciding import (
    THREATS,
    acquittal,
    fresh,
    heard,
    open_case,
    proposed_suspension,
    suspension,
    warning,
)

from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.policies import retire
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.models import (
    Action,
    Case,
    Decision,
    Note,
    Offer,
    Opinion,
    Person,
    Policy,
    PolicyVersion,
    Strike,
)
from ostrakon.errors import (
    ClaimedBySomebodyElse,
    ExemptionApplies,
    NotInThisState,
    NotPermitted,
    NotThere,
    Unfit,
)
from ostrakon.intake.models import Source
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
YES, NO = Decision.Answer.YES, Decision.Answer.NO


@pytest.fixture
def bram() -> Person:
    return person("bram", "reviewer")


# What it must say


@pytest.mark.parametrize("question", ["exempt_press", "exempt_research", "exempt_counter_speech"])
def test_a_suspension_waits_until_each_exemption_is_answered(bram: Person, question: str) -> None:
    on = open_case()
    with pytest.raises(ExemptionApplies, match="must be answered"):
        propose(bram, suspension(on, **{question: None}), NOW)
    with pytest.raises(ExemptionApplies, match="nobody is suspended for"):
        propose(bram, suspension(on, **{question: YES}), NOW)
    assert not Decision.objects.exists()


def test_who_is_exempt_may_still_be_warned(bram: Person) -> None:
    decision = propose(bram, warning(open_case(), exempt_press=YES), NOW)
    assert (decision.status, decision.exempt_press) == ("in_force", "yes")


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"outcome": Decision.Outcome.REJECTED}, "no violation, no action"),
    ({"facts": "  \n "}, "the facts"),
    ({"facts": "x" * 20_001}, "the facts"),
    ({"facts": "forty\0threats"}, "the facts"),
    ({"facts": "forty \ud800 threats"}, "the facts"),
    ({"key": " "}, "the key"),
    ({"key": "k" * 65}, "the key"),
    ({"duration_hours": 3}, "no duration"),
    ({"action": Action.NONE, "duration_hours": 3}, "no duration"),
    ({"action": Action.LABEL, "duration_hours": 0}, "duration lies between"),
    ({"action": Action.LABEL, "duration_hours": -1}, "duration lies between"),
    ({"action": Action.LABEL, "duration_hours": 10**12}, "duration lies between"),
    ({"action": Action.SUSPEND_FOR_A_TIME}, "needs its duration"),
    ({"action": Action.SUSPEND, "duration_hours": 3}, "no duration"),
]


@pytest.mark.parametrize(("fields", "saying"), UNFIT)
def test_what_makes_no_sense_is_refused(bram: Person, fields: dict[str, Any], saying: str) -> None:
    with pytest.raises(Unfit, match=saying):
        propose(bram, suspension(open_case(), **{"action": Action.WARN, **fields}), NOW)
    assert not Decision.objects.exists()


def test_facts_do_not_say_who_reported(bram: Person) -> None:
    on = open_case()
    report(on.account, "@frida:example.org")
    with pytest.raises(Unfit, match="names somebody who reported"):
        propose(bram, warning(on, facts="Frida told us: @frida:example.org was insulted."), NOW)


def test_no_violation_needs_no_words(bram: Person) -> None:
    decision = propose(bram, acquittal(open_case()), NOW)
    assert (decision.status, decision.facts) == ("in_force", "")
    assert not Strike.objects.exists()


# When it may be made


def test_a_case_that_there_is_not_cannot_be_decided(bram: Person) -> None:
    on = open_case()
    for number in (on.pk + 1, 0, -1, 2**70):
        with pytest.raises(NotThere):
            propose(bram, replace(warning(on), case=number), NOW)


@pytest.mark.parametrize("roles", [[], ["auditor"], ["appeals"], ["administrator"]])
def test_who_may_not_propose_learns_nothing_about_the_case(roles: list[str]) -> None:
    on = open_case()
    for number in (on.pk, on.pk + 1):
        with pytest.raises(NotPermitted):
            propose(person(f"eve-{number}", *roles), replace(warning(on), case=number), NOW)


def test_a_case_in_a_colleagues_hand_is_theirs_until_the_claim_ends(bram: Person) -> None:
    dana = person("dana", "reviewer")
    on = open_case(claimed_by=dana, claimed_until=NOW + timedelta(minutes=20))
    with pytest.raises(ClaimedBySomebodyElse):
        propose(bram, warning(on), NOW)
    assert propose(dana, warning(on), NOW).status == "in_force"


def test_an_expired_claim_holds_nobody_up(bram: Person) -> None:
    on = open_case(claimed_by=person("dana"), claimed_until=NOW)
    assert propose(bram, warning(on), NOW).status == "in_force"
    assert fresh(on).claimed_by is None


def test_who_looked_at_an_older_state_looks_again(bram: Person) -> None:
    on = open_case(version=7)
    with pytest.raises(NotInThisState, match="look at it again"):
        propose(bram, warning(on, version=6), NOW)


def test_a_case_has_one_proposal_at_a_time(bram: Person) -> None:
    on = open_case()
    proposed_suspension(bram, on)
    with pytest.raises(NotInThisState, match="waits for its second person"):
        propose(person("dana", "reviewer"), warning(fresh(on)), NOW)


def test_a_policy_retired_under_a_case_still_decides_it_in_its_last_version(bram: Person) -> None:
    on = open_case()
    retire(person("lena", "safety_lead"), on.policy_id, NOW)
    decision = propose(bram, warning(on), NOW + timedelta(days=1))
    assert (decision.status, decision.policy_version.number) == ("in_force", 1)


def test_a_decision_names_the_version_that_is_in_force(bram: Person) -> None:
    on = open_case()
    for number, days in ((2, 0), (3, 1)):
        PolicyVersion.objects.create(policy=on.policy, number=number, valid_from=NOW + timedelta(days=days))
    assert propose(bram, warning(on), NOW).policy_version.number == 2


def test_a_policy_without_a_text_in_force_decides_nothing(bram: Person) -> None:
    bare = Policy.objects.create(code="bare", severity=1)
    with pytest.raises(Unfit, match="no text in force"):
        propose(bram, warning(case(account(), bare)), NOW)


def test_what_took_two_people_is_not_lifted_by_the_way(bram: Person) -> None:
    dana, on = person("dana", "approver"), open_case()
    approve(dana, proposed_suspension(bram, on).pk, NOW)
    for milder in (warning(fresh(on)), acquittal(fresh(on))):
        with pytest.raises(NotPermitted, match="reverse a decision"):
            propose(bram, milder, NOW)
    assert propose(dana, acquittal(fresh(on)), NOW).status == "in_force"


# The same one twice


def test_the_same_proposal_twice_is_one_decision(bram: Person) -> None:
    on = open_case()
    once = warning(on)
    with heard() as announced:
        first, second = propose(bram, once, NOW), propose(bram, once, NOW + timedelta(minutes=1))
    assert first == second
    assert (Decision.objects.count(), Strike.objects.count()) == (1, 1)
    assert sum(type(one).__name__ == "DecisionCameIntoForce" for one in announced) == 1
    assert Entry.objects.filter(kind="decision_in_force").count() == 1


def test_the_same_proposal_after_it_was_approved_is_that_decision(bram: Person) -> None:
    once = suspension(open_case())
    decision = propose(bram, once, NOW)
    approve(person("dana", "approver"), decision.pk, NOW)
    Decision.objects.update(facts=None)
    assert propose(bram, once, NOW).status == "in_force"


def test_another_proposal_under_a_used_key_is_refused(bram: Person) -> None:
    on, other = open_case(), case(account("frida"), policy("spam"))
    once = suspension(on)
    propose(bram, once, NOW)
    for changed in (
        replace(once, facts="Something else."),
        replace(once, action=Action.LIMIT),
        replace(once, action=Action.SUSPEND_FOR_A_TIME, duration_hours=5),
        replace(once, case=other.pk),
    ):
        with pytest.raises(Unfit, match="this key was used"):
            propose(bram, changed, NOW)
    with pytest.raises(Unfit, match="this key was used"):
        propose(person("dana", "reviewer"), once, NOW)
    assert Decision.objects.count() == 1


# What is kept beside it


def source(kind: str, name: str = "") -> Source:
    return Source.objects.create(name=name or kind, kind=kind)


@pytest.mark.parametrize(
    ("kinds", "lane", "led_to_it"),
    [
        (["user"], Case.Lane.ORDINARY, "reports"),
        (["user", "other_platform"], Case.Lane.ORDINARY, "reports"),
        (["own_finding"], Case.Lane.ORDINARY, "own"),
        (["own_finding", "user"], Case.Lane.ORDINARY, "reports"),
        (["user", "published_list"], Case.Lane.ORDINARY, "list"),
        (["user", "published_list", "trusted_flagger"], Case.Lane.PRIORITY, "trusted_flagger"),
        (["trusted_flagger", "authority"], Case.Lane.PRIORITY, "authority"),
        (
            ["user", "authority"],
            Case.Lane.ORDINARY,
            "reports",
        ),  # it spoke about another area, or its time was over
    ],
)
def test_a_decision_says_what_led_to_it(
    bram: Person, kinds: list[str], lane: Case.Lane, led_to_it: str
) -> None:
    on = open_case(lane=lane)
    for kind in kinds:
        report(on.account, f"reporter-{kind}", source=source(kind))
    report(on.account, "frida", under="another policy", source=source("authority", "elsewhere"))
    assert propose(bram, warning(on), NOW).detected == led_to_it


def test_a_decision_says_with_which_probability_its_case_was_chosen(bram: Person) -> None:
    on = open_case()
    for selection, propensity, minutes in (("queue", 0.9, -60), ("audit", 0.03, 1), ("queue", 0.5, 2)):
        Offer.objects.create(
            case=on, selection=selection, propensity=propensity, at=NOW + timedelta(minutes=minutes)
        )
    decision = propose(bram, warning(on), NOW + timedelta(hours=1))
    assert (decision.selection, decision.propensity) == ("audit", 0.03)


def test_a_case_that_was_never_offered_has_an_unknown_propensity(bram: Person) -> None:
    decision = propose(bram, warning(open_case()), NOW)
    assert (decision.selection, decision.propensity) == ("queue", None)


def test_who_wrote_notes_or_gave_an_opinion_before_took_part(bram: Person) -> None:
    on, dana, lena = open_case(), person("dana"), person("lena")
    Note.objects.create(case=on, author=dana, at=NOW, text="Look at the thread above.")
    Note.objects.create(case=on, author=dana, at=NOW, text="And below.")
    Opinion.objects.create(case=on, person=lena, asked_at=NOW, given_at=NOW, outcome="upheld")
    Opinion.objects.create(case=on, person=person("eve"), asked_at=NOW)
    decision = propose(bram, warning(on), NOW)
    assert set(decision.participations.values_list("person__username", "part")) == {
        ("bram", "proposed"),
        ("dana", "note"),
        ("lena", "opinion"),
    }


def test_the_record_says_what_was_proposed_but_not_its_words(bram: Person) -> None:
    decision = proposed_suspension(bram, open_case())
    entry = Entry.objects.get(kind="decision_proposed")
    assert (entry.actor, entry.subject) == (f"person:{bram.pk}", f"decision:{decision.pk}")
    assert '"action":"suspend"' in entry.body
    assert THREATS not in entry.body
