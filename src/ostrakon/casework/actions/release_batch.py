"""What a second person saw in the same way comes into force, case by case."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reread_batch import refuse_batch
from ostrakon.casework.batches import (
    Status,
    answers,
    held_batch,
    is_all_reread,
    receipt,
    set_free,
    why_left_out,
)
from ostrakon.casework.models import Action, Batch, BatchItem, Case, Decision, Participation, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.proposal import Proposal
from ostrakon.errors import NotInThisState, Refused, SecondPersonRequired
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.ledger.turns import in_turn

AT_ONCE = 5
"""Decisions in one transaction: others wait for no more than some 0.2 s, and a crash undoes no more."""
LeftOut, State = BatchItem.LeftOut, BatchItem.State


def release_batch(person: Person, batch_id: int, now: datetime) -> Batch:
    """Let a batch act whose sample its second person saw in the same way; after a crash, anybody who approves goes on.

    It is a step of its own and does not come with the last answer: whoever re-read the sample was blind, and only now
    sees which action and which facts would go out in both their names.

    Each case becomes a decision of its own, by who prepared the batch, with its notices. What changed meanwhile, came
    under pressure or was decided is left out, and its item says why.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such batch.
        SecondPersonRequired: the sample was not re-read yet, or by somebody else, who releases it.
        NotInThisState: it was refused, called off or undone.
    """
    require(person, Act.APPROVE)
    _let_go(person, batch_id, now)
    while in_turn(partial(_some_are_decided, person, batch_id, now)):
        pass
    return Batch.objects.get(pk=batch_id)


def _let_go(person: Person, batch_id: int, now: datetime) -> None:
    with transaction.atomic():
        batch = held_batch(batch_id)
        if batch.status in (Status.RELEASED, Status.DONE):
            return  # gone on with below
        if batch.status != Status.WAITS:
            raise NotInThisState("this batch was refused, called off or undone")
        if batch.reread_by_id != person.pk or not is_all_reread(batch):
            raise SecondPersonRequired("who re-read the whole sample of this batch releases it")
        if answers(batch).exclude(outcome=batch.outcome).exists():
            refuse_batch(person, batch, now)
            return
        Batch.objects.filter(pk=batch_id, status=Status.WAITS).update(status=Status.RELEASED)
        record(Kind.BATCH_RELEASED, actor=person.actor, subject=f"batch:{batch_id}")


def _some_are_decided(person: Person, batch_id: int, now: datetime) -> bool:
    """One transaction's worth; false when nothing waits any more."""
    with transaction.atomic():
        batch = held_batch(batch_id)
        if batch.status != Status.RELEASED:
            return False
        items = list(batch.items.filter(state=State.WAITS).order_by("case")[:AT_ONCE])
        cases = Case.objects.annotate(left_out=why_left_out(batch.prepared_by, now, batch))
        as_it_is = cases.in_bulk([item.case_id for item in items])
        for item in items:
            _decide(batch, item, as_it_is[item.case_id], now)
        set_free(batch, [item.case_id for item in items if item.state == State.LEFT_OUT])
        BatchItem.objects.bulk_update(items, ["state", "why", "decision", "at"])
        if not items:
            _close(person, batch, now)
    return bool(items)


def _decide(batch: Batch, item: BatchItem, case: Case, now: datetime) -> None:
    item.at, item.state = now, State.LEFT_OUT
    item.why = case.left_out  # type: ignore[attr-defined]
    if not item.why and (case.version, case.last_report) != (item.version, item.last_report):
        item.why = LeftOut.CHANGED
    if item.why:
        return
    try:
        with transaction.atomic():
            item.decision = propose(batch.prepared_by, _proposal(batch, item), now)
    except Refused:  # its facts name somebody who reported, or who prepared it may decide no more
        item.why = LeftOut.REFUSED
        return
    assert batch.reread_by is not None  # by constraint
    item.state = State.DECIDED
    Participation.objects.create(
        decision=item.decision, person=batch.reread_by, part=Participation.Part.RELEASED, at=now
    )


def _proposal(batch: Batch, item: BatchItem) -> Proposal:
    return Proposal(
        case=item.case_id,
        version=item.version,
        outcome=Decision.Outcome(batch.outcome),
        action=Action(batch.action),
        key=f"batch-{batch.pk}-{item.case_id}",
        facts=batch.facts or "",
    )


def _close(person: Person, batch: Batch, now: datetime) -> None:
    Batch.objects.filter(pk=batch.pk, status=Status.RELEASED).update(status=Status.DONE, ended_at=now)
    done = receipt(batch.pk)
    record(
        Kind.BATCH_DONE,
        actor=person.actor,
        subject=f"batch:{batch.pk}",
        facts={"decided": done[State.DECIDED], "left_out": done[State.LEFT_OUT]},
    )
