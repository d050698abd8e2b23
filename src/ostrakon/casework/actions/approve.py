"""The second person says yes or no."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.actions.cite import hold_cited
from ostrakon.casework.actions.force import bring_into_force
from ostrakon.casework.actions.withdraw import end_proposal
from ostrakon.casework.entries import record_step
from ostrakon.casework.guests import is_invited
from ostrakon.casework.held import held_decision
from ostrakon.casework.models import Action, Decision, Participation, Person
from ostrakon.casework.permissions import Act, may, require
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState, NotThere, SecondPersonRequired, SeniorRequired
from ostrakon.ledger.kinds import Kind

LONGEST_WHY = 200
Standing = Decision.Standing


def approve(person: Person, decision_id: int, now: datetime) -> Decision:
    """Say yes as the second person: the decision comes into force at once.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such decision, or they are the guest of another case.
        NotInThisState: it was approved, declined or withdrawn meanwhile, or a link that it cites stands no more.
        SecondPersonRequired: they proposed it.
        SeniorRequired: the case is, or was, under pressure, and they are neither safety lead nor guest.
    """
    with transaction.atomic():
        decision = _for_the_second_person(person, decision_id, now)
        standing = standing_of(person)
        if _is_under_pressure(decision) and standing == Standing.APPROVER:
            raise SeniorRequired(
                "a campaign reported this case: a safety lead, or a guest of a partner server, approves it"
            )
        hold_cited(decision)
        _write(person, decision, standing, now)
        record_step(Kind.DECISION_APPROVED, decision, person.actor, standing=str(standing))
        return bring_into_force(decision, now)


def decline(person: Person, decision_id: int, why: str, now: datetime) -> Decision:
    """Say no as the second person: the case waits for another proposal.

    Args:
        why: for the colleague who proposed it; at most 200 characters.
    Raises:
        as ``approve``, but for ``SeniorRequired``; Unfit: the reason is missing or too long.
    """
    said = fit(why, "the reason", longest=LONGEST_WHY)
    with transaction.atomic():
        decision = _for_the_second_person(person, decision_id, now)
        end_proposal(decision, Decision.Status.DECLINED, said, now)
        Participation.objects.create(
            decision=decision, person=person, part=Participation.Part.DECLINED, at=now
        )
        record_step(Kind.DECISION_DECLINED, decision, person.actor)
        return decision


def standing_of(person: Person) -> Decision.Standing:
    """As what they approve."""
    if person.is_guest:
        return Standing.GUEST
    return Standing.SENIOR if may(person, Act.APPROVE_AS_SENIOR) else Standing.APPROVER


def _for_the_second_person(person: Person, decision_id: int, now: datetime) -> Decision:
    """The proposal, held, if it is for this person to answer."""
    if not person.is_guest:
        require(person, Act.APPROVE)
    decision = held_decision(decision_id)
    if person.is_guest and not is_invited(person, decision.case_id, now):
        raise NotThere("there is no such decision, or it is not for you")
    if decision.status != Decision.Status.PROPOSED:
        raise NotInThisState("this was approved, declined or withdrawn meanwhile")
    if decision.proposed_by_id == person.pk:
        raise SecondPersonRequired("you proposed this: somebody else answers it; you may withdraw it")
    return decision


def _is_under_pressure(decision: Decision) -> bool:
    """Now, or when it was proposed: a campaign may come between the two."""
    return decision.action != Action.NONE and (decision.under_pressure or decision.case.under_pressure)


def _write(person: Person, decision: Decision, standing: Decision.Standing, now: datetime) -> None:
    proposed = Decision.objects.filter(
        pk=decision.pk, status=Decision.Status.PROPOSED, approved_by__isnull=True
    )
    if proposed.update(approved_by=person, approved_at=now, approver_standing=standing) != 1:
        raise NotInThisState("this was approved, declined or withdrawn meanwhile")
    Participation.objects.create(decision=decision, person=person, part=Participation.Part.APPROVED, at=now)
    decision.approved_by, decision.approved_at, decision.approver_standing = person, now, standing
