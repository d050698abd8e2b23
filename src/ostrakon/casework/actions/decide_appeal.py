"""Answer an appeal: somebody who took no part in the decision looks at it again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ostrakon.casework.actions.reverse import reverse
from ostrakon.casework.discretion import refuse_named_reporters
from ostrakon.casework.held import held_decision
from ostrakon.casework.judges import appeals_for, refuse_who_took_part
from ostrakon.casework.models import Appeal, Decision, NoticeTemplate, Person
from ostrakon.casework.notices import write_notice
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.errors import ClaimedBySomebodyElse, NotInThisState, NotThere
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

IN_HAND = timedelta(hours=4)
"""How long an appeal stays with who claimed it."""
LONGEST_REASONS = 10_000


def next_appeal(person: Person, now: datetime) -> Appeal | None:
    """The one with the nearest deadline that they may judge; None: nothing waits for them.

    Raises:
        NotPermitted: their roles do not allow it.
    """
    require(person, Act.DECIDE_APPEALS)
    return appeals_for(person, now).first()


def claim_appeal(person: Person, appeal_id: int, now: datetime) -> Appeal:
    """Take an appeal in hand, or keep it for longer.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is none.
        TookPart: they took part in the decision.
        ClaimedBySomebodyElse: a colleague has it in hand.
        NotInThisState: it was answered.
    """
    with transaction.atomic():
        require(person, Act.DECIDE_APPEALS)
        appeal = _open_one(appeal_id)
        refuse_who_took_part(person, appeal.decision)
        free = Q(claimed_by__isnull=True) | Q(claimed_by=person) | Q(claimed_until__lte=now)
        waiting = Appeal.objects.filter(free, pk=appeal_id, status=Appeal.Status.OPEN)
        if waiting.update(claimed_by=person, claimed_until=now + IN_HAND) != 1:
            raise ClaimedBySomebodyElse("a colleague has this appeal in hand")
    appeal.refresh_from_db()
    return appeal


def release_appeal(person: Person, appeal_id: int) -> None:
    """Give an appeal back.

    Raises:
        NotInThisState: it is not in their hand.
    """
    in_hand = Appeal.objects.filter(pk=appeal_id, claimed_by=person, status=Appeal.Status.OPEN)
    if in_hand.update(claimed_by=None, claimed_until=None) != 1:
        raise NotInThisState("this appeal is not in your hand")


def decide_appeal(person: Person, appeal_id: int, *, granted: bool, reasons: str, now: datetime) -> Appeal:
    """Answer it. Granted, everything that the decision did is undone, in the same transaction.

    What is granted answers every open appeal against the decision.

    Args:
        reasons: for the person concerned, in the reviewer's words.
    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is none.
        NotInThisState: it was answered meanwhile, or is denied although the decision was undone.
        TookPart: they took part in the decision.
        ClaimedBySomebodyElse: a colleague has it in hand.
        Unfit: the reasons are missing, or name somebody who reported.
    """
    said = fit(reasons, "the reasons", longest=LONGEST_REASONS)
    with transaction.atomic():
        require(person, Act.DECIDE_APPEALS)
        appeal = _open_one(appeal_id)
        decision = appeal.decision
        refuse_who_took_part(person, decision)
        refuse_named_reporters(said, decision.account)
        _refuse_in_another_hand(appeal, person, now)
        appeal = _answer(appeal, person, granted, said, now)
        was_undone = decision.status == Decision.Status.REVERSED
        if was_undone and not granted:
            raise NotInThisState("the decision was undone meanwhile: the appeal can only be granted")
        if granted and not was_undone:
            reverse(decision, by=person.actor, why=f"appeal {appeal.pk} was granted", now=now)
        kind = NoticeTemplate.Kind.REINSTATEMENT if granted else NoticeTemplate.Kind.APPEAL_DENIED
        write_notice(kind, now=now, decision=decision, appeal=appeal)
        record(
            Kind.APPEAL_DECIDED,
            actor=person.actor,
            subject=f"appeal:{appeal.pk}",
            facts={"decision": decision.pk, "granted": granted},
        )
    return appeal


def _open_one(appeal_id: int) -> Appeal:
    """The appeal, its decision and case held."""
    appeal = Appeal.objects.filter(pk=appeal_id).first()
    if appeal is None:
        raise NotThere("there is no such appeal, or it is not for you")
    decision = held_decision(appeal.decision_id)
    appeal.refresh_from_db()
    appeal.decision = decision
    if appeal.status != Appeal.Status.OPEN:
        raise NotInThisState("this appeal was answered")
    return appeal


def _refuse_in_another_hand(appeal: Appeal, person: Person, now: datetime) -> None:
    if appeal.claimed_by_id in (None, person.pk) or appeal.claimed_until is None:
        return
    if appeal.claimed_until > now:
        raise ClaimedBySomebodyElse("a colleague has this appeal in hand")


def _answer(appeal: Appeal, person: Person, granted: bool, reasons: str, now: datetime) -> Appeal:
    status = Appeal.Status.GRANTED if granted else Appeal.Status.DENIED
    answered = {"status": status, "decided_by": person, "decided_at": now, "reasons": reasons}
    waiting = Appeal.objects.filter(decision=appeal.decision_id, status=Appeal.Status.OPEN)
    if waiting.filter(pk=appeal.pk).update(**answered) != 1:
        raise NotInThisState("this appeal was answered")
    if granted:
        waiting.update(**answered)
    appeal.refresh_from_db(fields=list(answered))
    return appeal
