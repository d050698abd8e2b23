"""Promise 5: an appeal is never decided by anybody who took part in the decision. The database refuses it itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.casework.case import NOW, account, case, person, policy
from tests.casework.deciding import by_plain_sql, open_case, proposed_suspension, refused, warning

from ostrakon.casework.actions.approve import approve, decline
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.models import Appeal, Decision, Participation, Person

pytestmark = pytest.mark.django_db
NEVER = "who took part in a decision never decides an appeal"


@pytest.fixture
def bram() -> Person:
    return person("bram", "reviewer")


@pytest.fixture
def dana() -> Person:
    return person("dana", "approver")


@pytest.fixture
def decision(bram: Person, dana: Person) -> Decision:
    return approve(dana, proposed_suspension(bram, open_case()).pk, NOW)


def appeal(decision: Decision, **fields: Any) -> Appeal:
    return Appeal.objects.create(decision=decision, filed_by="user", filed_at=NOW, due_at=NOW, **fields)


def decided_by(who: Person) -> dict[str, Any]:
    return {"status": "denied", "decided_by": who, "decided_at": NOW}


def test_who_proposed_or_approved_never_decides_the_appeal(
    decision: Decision, bram: Person, dana: Person
) -> None:
    waiting = appeal(decision)
    for who in (bram, dana):
        with refused(NEVER):
            Appeal.objects.update(**decided_by(who))
        with refused(NEVER):
            by_plain_sql(
                "UPDATE casework_appeal SET status = 'granted', decided_by_id = %s, decided_at = filed_at",
                who.pk,
            )
        with refused(NEVER):
            appeal(decision, **decided_by(who))
    Appeal.objects.filter(pk=waiting.pk).update(**decided_by(person("omar", "appeals")))


@pytest.mark.parametrize("part", ["opinion", "note"])
def test_who_gave_an_opinion_or_wrote_a_note_never_decides_the_appeal(decision: Decision, part: str) -> None:
    eve = person("eve", "appeals")
    Participation.objects.create(decision=decision, person=eve, part=part, at=NOW)
    appeal(decision)
    with refused(NEVER):
        Appeal.objects.update(**decided_by(eve))


def test_who_declined_an_earlier_proposal_may_hear_the_appeal_against_the_next(
    bram: Person, dana: Person
) -> None:
    on, lena = open_case(), person("lena", "safety_lead")
    declined = decline(dana, proposed_suspension(bram, on).pk, "No.", NOW)
    decision = approve(lena, proposed_suspension(bram, declined.case).pk, NOW)
    appeal(decision)
    Appeal.objects.update(**decided_by(dana))


def test_a_decided_appeal_is_not_moved_to_a_decision_that_its_judge_took_part_in(
    decision: Decision, bram: Person
) -> None:
    lena = person("lena", "safety_lead")
    other = case(account("frida"), policy("spam"))
    lenas = propose(lena, warning(other), NOW)
    appeal(decision, **decided_by(lena))
    with refused(f"{NEVER}|stays as it was decided"):
        Appeal.objects.update(decision=lenas)


def test_an_answer_stays_as_it_was_given(decision: Decision) -> None:
    omar = person("omar", "appeals")
    appeal(decision, **decided_by(omar))
    for changed in (
        {"status": "granted"},
        {"decided_by": person("eve", "appeals")},
        {"decided_at": NOW + timedelta(days=1)},
        {"status": "open", "decided_by": None, "decided_at": None},
    ):
        with refused("stays as it was decided"):
            Appeal.objects.update(**changed)
    Appeal.objects.update(text=None, reasons=None)  # erased by their rule


def test_who_heard_the_appeal_writes_a_note_later_and_the_words_can_still_be_erased(
    decision: Decision,
) -> None:
    omar = person("omar", "appeals")
    appeal(decision, **decided_by(omar))
    Participation.objects.create(decision=decision, person=omar, part="note", at=NOW)
    Appeal.objects.update(text=None)


def test_who_heard_the_appeal_cannot_become_part_of_the_decision_afterwards(decision: Decision) -> None:
    omar = person("omar", "appeals")
    appeal(decision, **decided_by(omar))
    for part in ("proposed", "approved", "declined"):
        with refused("takes no part in its decision"):
            Participation.objects.create(decision=decision, person=omar, part=part, at=NOW)


def test_there_is_no_appeal_against_what_never_came_into_force(bram: Person) -> None:
    with refused("came into force"):
        appeal(proposed_suspension(bram, open_case()))
