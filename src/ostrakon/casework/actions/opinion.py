"""Blind second opinions: a colleague judges the same case without having seen what the first reviewer decided."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.held import held_case
from ostrakon.casework.models import Case, Decision, Opinion, Participation, Person
from ostrakon.casework.permissions import Act, may, require
from ostrakon.casework.taking_part import knows_what_was_decided, take_part
from ostrakon.errors import NotInThisState, NotThere, TookPart, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

STANDING = (Decision.Status.PROPOSED, Decision.Status.APPROVED, Decision.Status.IN_FORCE)
OUTCOMES = ("upheld", "rejected", "unclear")


def ask_opinion(person: Person, case_id: int, colleague: Person, now: datetime) -> Opinion:
    """Ask a colleague. Until they have answered they are shown no decision and no note on this case (``is_blind``).

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such case.
        Unfit: the colleague is oneself, or somebody who does not work on cases.
        TookPart: the colleague had a part in a decision on the case, or may have seen it.
        NotInThisState: they were asked before.
    """
    with transaction.atomic():
        require(person, Act.WORK_ON_CASES)
        case = held_case(case_id)
        if colleague.pk == person.pk or not may(colleague, Act.WORK_ON_CASES):
            raise Unfit("a second opinion comes from somebody else who works on cases")
        _refuse_who_knows(colleague, case)
        if Opinion.objects.filter(case=case, person=colleague).exists():
            raise NotInThisState("this colleague was asked about this case before")
        return Opinion.objects.create(case=case, person=colleague, asked_at=now)


def give_opinion(person: Person, case_id: int, outcome: str, now: datetime) -> Opinion:
    """Answer. From now on they have a part in the decision on the case, and hear no appeal against it.

    Args:
        outcome: ``upheld``, ``rejected`` or ``unclear``.
    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such case, or nobody asked them.
        NotInThisState: they answered before.
        TookPart: they had a part in a decision on the case meanwhile, or may have seen it.
        Unfit: that is no outcome.
    """
    with transaction.atomic():
        require(person, Act.WORK_ON_CASES)
        case = held_case(case_id)
        if outcome not in OUTCOMES:
            raise Unfit("an opinion is one of: {names}", names=", ".join(OUTCOMES))
        asked = Opinion.objects.filter(case=case, person=person)
        if not asked.exists():
            raise NotThere("nobody asked you about this case")
        _refuse_who_knows(person, case)
        if asked.filter(given_at__isnull=True).update(given_at=now, outcome=outcome) != 1:
            raise NotInThisState("you gave your opinion on this case before")
        take_part(person, case, Participation.Part.OPINION, STANDING, now)
        record(Kind.OPINION_GIVEN, actor=person.actor, subject=f"case:{case_id}", facts={"outcome": outcome})
        return asked.get()


def is_blind(person: Person, case: Case) -> bool:
    """Must they not see what was decided and noted on this case, because their opinion is still awaited?"""
    return Opinion.objects.filter(case=case, person=person, given_at__isnull=True).exists()


def _refuse_who_knows(person: Person, case: Case) -> None:
    if knows_what_was_decided(person, case):
        raise TookPart(
            "they had a part in a decision on this case, or have seen it: an opinion must be blind"
        )
