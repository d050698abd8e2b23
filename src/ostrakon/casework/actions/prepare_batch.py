"""Prepare a decision for many plain cases at once. Nothing happens to anybody before a second person tried a sample."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from ostrakon.casework.announcements import ActionProposed, announce
from ostrakon.casework.batches import BatchPlan, checked_plan, end_waiting, held_batch, sample, why_left_out
from ostrakon.casework.models import Batch, BatchItem, Case, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.errors import NotInThisState, NotPermitted, NotThere, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

HELD_HOURS = 24
"""How long the cases of a batch are kept for it: a second person finds an hour within a day. Then they come free by
themselves, and what nobody took up can still be decided by the batch."""
NAMED = 5
"""Cases that a refusal names."""


def prepare_batch(person: Person, plan: BatchPlan, now: datetime) -> Batch:
    """Put the same decision for many cases before a second person, and keep the cases out of other hands meanwhile.

    The sample that they re-read is drawn here, by a seed that nobody chooses; the record keeps it. The same plan sent
    again is the same batch, however it stands by now.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: one of the cases does not exist.
        Unfit: the plan makes no sense, its cases are of several policies, another batch had this key, or the platform
            of one of the accounts cannot do this.
        NotInThisState: some cases have no place in a batch, or changed since they were seen; the message names them.
    """
    plan = checked_plan(plan)
    with transaction.atomic():
        require(person, Act.PROPOSE)
        cases = _held(person, plan, now)
        if (earlier := Batch.objects.filter(key=plan.key).first()) is not None:
            return _the_same(earlier, person, plan)
        _refuse_unfit(plan, cases)
        announce(ActionProposed(plan.action, frozenset(case.account.platform for case in cases)))
        batch = _write(person, plan, cases, now)
        kept = Case.objects.filter(pk__in=[case.pk for case in cases])
        kept.update(claimed_by=person, claimed_until=batch.held_until)
        _record(batch, cases)
        return batch


def call_off_batch(person: Person, batch_id: int, now: datetime) -> Batch:
    """End a batch before it is released, as the one who prepared it or the one who re-reads it.

    Raises:
        NotPermitted: they are neither.
        NotThere: there is no such batch.
        NotInThisState: it was released, refused or called off before.
    """
    with transaction.atomic():
        require(person, Act.PROPOSE)
        batch = held_batch(batch_id)
        if person.pk not in (batch.prepared_by_id, batch.reread_by_id):
            raise NotPermitted("who prepared this batch, or re-reads it, calls it off")
        end_waiting(batch, Batch.Status.CALLED_OFF, now)
        record(Kind.BATCH_CALLED_OFF, actor=person.actor, subject=f"batch:{batch_id}")
        return batch


def _held(person: Person, plan: BatchPlan, now: datetime) -> list[Case]:
    """With ``left_out``: why they have no place in a batch."""
    cases = Case.objects.filter(pk__in=[seen.case for seen in plan.cases]).order_by("pk")
    held = list(cases.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    if len(held) < len(plan.cases):
        raise NotThere("one of these cases does not exist, or is not for you")
    return list(cases.select_related("account").annotate(left_out=why_left_out(person, now)))


def _the_same(earlier: Batch, person: Person, plan: BatchPlan) -> Batch:
    """The batch that this very plan became. Facts that were erased by their rule are taken for the same."""
    written = (earlier.prepared_by_id, earlier.outcome, earlier.action)
    cases = [*earlier.items.order_by("case").values_list("case", "version")]
    same = written == (person.pk, plan.outcome, plan.action) and earlier.facts in (None, plan.facts)
    if not same or cases != [(seen.case, seen.version) for seen in plan.cases]:
        raise Unfit("this key was used for another batch; make a new one")
    return earlier


def _refuse_unfit(plan: BatchPlan, cases: list[Case]) -> None:
    if len({case.policy_id for case in cases}) > 1:
        raise Unfit("a batch is about one policy; these cases are of several")
    why = {case.pk: BatchItem.LeftOut(case.left_out) for case in cases if case.left_out}  # type: ignore[attr-defined]
    for seen, case in zip(plan.cases, cases, strict=True):
        if case.version != seen.version:
            why.setdefault(case.pk, BatchItem.LeftOut.CHANGED)
    if why:
        # By its code: the label is in the language of whoever asks, the sentence around it is not.
        named = "; ".join(
            f"case {pk}: {reason.value.replace('_', ' ')}" for pk, reason in [*why.items()][:NAMED]
        )
        raise NotInThisState(
            "{number} of these cases have no place in a batch: {named}", number=len(why), named=named
        )


def _write(person: Person, plan: BatchPlan, cases: list[Case], now: datetime) -> Batch:
    seed = secrets.randbelow(2**53)
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                policy_id=cases[0].policy_id,
                outcome=plan.outcome,
                action=plan.action,
                facts=plan.facts,
                seed=seed,
                prepared_by=person,
                prepared_at=now,
                held_until=now + timedelta(hours=HELD_HOURS),
                key=plan.key,
            )
    except IntegrityError as problem:
        # The same key for other cases at the same moment: each holds its own cases, so neither waited for the other.
        raise Unfit("this key was used for another batch; make a new one") from problem
    drawn = sample([case.pk for case in cases], seed)
    BatchItem.objects.bulk_create(
        BatchItem(
            batch=batch,
            case=case,
            version=case.version,
            last_report=case.last_report,
            in_sample=case.pk in drawn,
        )
        for case in cases
    )
    return batch


def _record(batch: Batch, cases: list[Case]) -> None:
    record(
        Kind.BATCH_PREPARED,
        actor=batch.prepared_by.actor,
        subject=f"batch:{batch.pk}",
        facts={
            "policy": batch.policy_id,
            "outcome": str(batch.outcome),
            "action": str(batch.action),
            "cases": [case.pk for case in cases],
            "seed": batch.seed,
        },
    )
