"""Undo all that a batch decided."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from ostrakon.casework.actions.reverse import LONGEST_WHY, REVERSIBLE, overturn
from ostrakon.casework.batches import Status, held_batch, receipt, send_back
from ostrakon.casework.held import put_down
from ostrakon.casework.models import Batch, BatchItem, Case, Decision, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.ledger.turns import in_turn

AT_ONCE = 5
"""Decisions undone in one transaction: others wait for no more than that, and a crash undoes no more."""
State = BatchItem.State


def undo_batch(person: Person, batch_id: int, why: str, now: datetime) -> Batch:
    """Overturn every decision of a batch, some at a time; after a crash, or beside a colleague, it goes on.

    Whose account was acted on is told. A case on which no later decision stands waits in the queue again, with its age:
    somebody looks at it by itself.

    Args:
        why: for colleagues; at most 200 characters. Of who goes on with an undoing it is not kept.
    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such batch.
        NotInThisState: it never came into force.
        Unfit: the reason is missing or too long.
    """
    said = fit(why, "the reason", longest=LONGEST_WHY)
    require(person, Act.REVERSE)
    _begin(person, batch_id, said, now)
    while in_turn(partial(_some_are_undone, person, batch_id, now)):
        pass
    return Batch.objects.get(pk=batch_id)


def _begin(person: Person, batch_id: int, why: str, now: datetime) -> None:
    """From here on nothing more of it comes into force."""
    with transaction.atomic():
        batch = held_batch(batch_id)
        if batch.status in (Status.UNDOING, Status.UNDONE):
            return
        acting = Batch.objects.filter(pk=batch_id, status__in=[Status.RELEASED, Status.DONE])
        if acting.update(status=Status.UNDOING, undone_by=person, undone_at=now, undone_why=why) != 1:
            raise NotInThisState("this batch never came into force: there is nothing to undo")
        send_back(batch, now)


def _some_are_undone(person: Person, batch_id: int, now: datetime) -> bool:
    """One transaction's worth; false when nothing is left to undo."""
    with transaction.atomic():
        batch = held_batch(batch_id)
        decided = batch.items.filter(state=State.DECIDED).order_by("case")
        items = list(decided.select_related("decision")[:AT_ONCE])
        for item in items:
            item.state, item.at = _undo(item, batch, person, now), now
        BatchItem.objects.bulk_update(items, ["state", "at"])
        if not items:
            _close(person, batch, now)
    return bool(items)


def _undo(item: BatchItem, batch: Batch, person: Person, now: datetime) -> State:
    assert item.decision is not None  # by constraint
    if item.decision.status not in REVERSIBLE:
        return State.ALREADY
    case = overturn(person, item.decision.pk, batch.undone_why, now).case
    stands = Decision.objects.filter(case=case, status=Decision.Status.IN_FORCE).exists()
    if case.status == Case.Status.DECIDED and not stands:
        put_down(case, Case.Status.OPEN)
    return State.UNDONE


def _close(person: Person, batch: Batch, now: datetime) -> None:
    if Batch.objects.filter(pk=batch.pk, status=Status.UNDOING).update(status=Status.UNDONE) != 1:
        return
    done = receipt(batch.pk)
    record(
        Kind.BATCH_UNDONE,
        actor=person.actor,
        subject=f"batch:{batch.pk}",
        facts={"undone": done[State.UNDONE], "already": done[State.ALREADY]},
    )
