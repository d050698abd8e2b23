"""A second person reads a sample of a batch again, blind: without knowing what the batch would decide."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from ostrakon.casework.actions.opinion import give_opinion
from ostrakon.casework.batches import Status, end_waiting, held_batch
from ostrakon.casework.models import Batch, Case, Opinion, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.taking_part import cases_known_to
from ostrakon.errors import NotInThisState, NotThere, SecondPersonRequired, TookPart
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record


def take_up_batch(person: Person, batch_id: int, now: datetime) -> Batch:
    """Begin to re-read the sample of a batch, as the one person who does.

    From now on their opinion on each case of the sample is awaited: they see no decision and no note on these cases
    before they have answered. Taking up again what is theirs already changes nothing.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such batch.
        SecondPersonRequired: they prepared it.
        NotInThisState: a colleague re-reads it, or it does not wait any more.
        TookPart: they know what was decided on a case of the sample, or gave an opinion on it before.
    """
    with transaction.atomic():
        require(person, Act.APPROVE)
        batch = held_batch(batch_id)
        if batch.reread_by_id == person.pk:
            return batch
        _refuse_now(person, batch)
        free = Batch.objects.filter(pk=batch_id, status=Status.WAITS, reread_by__isnull=True)
        if free.update(reread_by=person, taken_up_at=now) != 1:
            raise NotInThisState("a colleague re-reads this batch, or it does not wait any more")
        batch.refresh_from_db()
        Opinion.objects.bulk_create(
            [Opinion(case=case, person=person, asked_at=now) for case in _sampled(batch)],
            ignore_conflicts=True,  # a colleague may have asked them before
        )
        record(Kind.BATCH_TAKEN_UP, actor=person.actor, subject=f"batch:{batch_id}")
        return batch


def next_of_sample(person: Person, batch: Batch) -> Case | None:
    """The next case of the sample on which this person's opinion is awaited; None: there is none, or not for them."""
    if batch.reread_by_id != person.pk or batch.status != Status.WAITS:
        return None
    awaited = Q(opinions__person=person, opinions__given_at__isnull=True)
    cases = Case.objects.filter(awaited, batch_items__batch=batch, batch_items__in_sample=True)
    return cases.select_related("account", "policy").order_by("pk").first()


def reread(person: Person, batch_id: int, case_id: int, outcome: str, now: datetime) -> Batch:
    """Say what one sees in a case of the sample. One answer that differs from the batch ends it.

    ``unclear`` differs too: what a second person cannot tell is not decided by the hundred. When all answers are the
    batch's own, it waits for ``release_batch``.

    Args:
        outcome: ``upheld``, ``rejected`` or ``unclear``.
    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such batch, the case is not in its sample, or it is not for them.
        NotInThisState: it does not wait any more, or they answered for this case before.
        TookPart: they came to know what was decided on the case meanwhile.
        Unfit: that is no outcome.
    """
    with transaction.atomic():
        require(person, Act.APPROVE)
        batch = held_batch(batch_id)
        if batch.reread_by_id != person.pk or not _sampled(batch).filter(pk=case_id).exists():
            raise NotThere("there is no such case in this sample, or it is not for you")
        if batch.status != Status.WAITS:
            raise NotInThisState("this batch was released, refused or called off meanwhile")
        give_opinion(person, case_id, outcome, now)
        if outcome != batch.outcome:
            refuse_batch(person, batch, now)
        return batch


def refuse_batch(person: Person, batch: Batch, now: datetime) -> None:
    """End a held batch because its second person saw a case otherwise.

    Raises:
        NotInThisState: it does not wait any more.
    """
    end_waiting(batch, Status.REFUSED, now)
    record(Kind.BATCH_REFUSED, actor=person.actor, subject=f"batch:{batch.pk}")


def _sampled(batch: Batch) -> QuerySet[Case]:
    return Case.objects.filter(batch_items__batch=batch, batch_items__in_sample=True).order_by("pk")


def _refuse_now(person: Person, batch: Batch) -> None:
    if batch.prepared_by_id == person.pk:
        raise SecondPersonRequired("you prepared this batch: somebody else re-reads its sample")
    given = Opinion.objects.filter(case__in=_sampled(batch), person=person, given_at__isnull=False)
    if given.exists() or cases_known_to(person).filter(pk__in=_sampled(batch)).exists():
        raise TookPart("you know what was decided on a case of this sample: somebody else re-reads it")
