"""Batches: which cases have a place in one, which of them a second person re-reads, and who may see what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from random import Random

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from ostrakon.casework.models import Action, Batch, BatchItem, Case, Decision, Opinion, Person
from ostrakon.casework.models.batches import FOR_ONE_PERSON
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.casework.proposal import Proposal, checked
from ostrakon.errors import NotInThisState, NotThere, Unfit

MOST = 200
"""Cases in one batch."""
LEAST_REREAD, SHARE_REREAD = 5, 0.1
"""Cases of a batch that a second person reads: so many at least, or so large a share; all, if there are fewer."""
LeftOut = BatchItem.LeftOut
Status = Batch.Status


@dataclass(frozen=True)
class Seen:
    """A case as somebody saw it."""

    case: int
    version: int


@dataclass(frozen=True)
class BatchPlan:
    """The same decision for many cases."""

    cases: Sequence[Seen]
    outcome: Decision.Outcome
    action: Action
    key: str
    """Made by the sender, once: the same key is the same batch, however often it is sent."""
    facts: str = ""
    """In the reviewer's words, for the statement of reasons of each; a violation has some."""


def checked_plan(plan: BatchPlan) -> BatchPlan:
    """The plan, its words trimmed and its cases in the order of their ids.

    Raises:
        Unfit: there are no cases, too many or one twice; or the decision makes no sense, or is not for a batch.
    """
    ids = [seen.case for seen in plan.cases]
    if not 1 <= len(ids) <= MOST:
        raise Unfit(
            "a batch has between 1 and {most} cases; this one has {number}", most=MOST, number=len(ids)
        )
    if len(set(ids)) < len(ids):
        raise Unfit("a case stands twice in this batch; name each once")
    if plan.action not in FOR_ONE_PERSON:
        raise Unfit("a batch suspends nobody: a suspension is proposed case by case, for a second person")
    same = checked(Proposal(ids[0], 0, plan.outcome, plan.action, plan.key, plan.facts))
    ordered = sorted(plan.cases, key=lambda seen: seen.case)
    return replace(plan, cases=ordered, key=same.key, facts=same.facts)


def sample(cases: Sequence[int], seed: int) -> frozenset[int]:
    """The cases that a second person reads; the same for the same cases and seed.

    >>> [len(sample(range(count), 1)) for count in (3, 5, 40, 51, 200)]
    [3, 5, 5, 6, 20]
    """
    count = max(LEAST_REREAD, ceil(SHARE_REREAD * len(cases)))
    return frozenset(Random(seed).sample(sorted(cases), min(count, len(cases))))


def why_left_out(person: Person, now: datetime, batch: Batch | None = None) -> models.Case:
    """To annotate cases with: why they have no place in a batch that this person prepares; empty where they have.

    Args:
        batch: in which they stand already; None = it is not made yet.
    """
    in_force = Decision.objects.filter(account=OuterRef("account"), status=Decision.Status.IN_FORCE)
    undone = Decision.objects.filter(account=OuterRef("account"), status=Decision.Status.REVERSED)
    elsewhere = BatchItem.objects.filter(case=OuterRef("pk"), state=BatchItem.State.WAITS)
    return models.Case(
        When(~Q(status=Case.Status.OPEN), then=Value(LeftOut.NOT_OPEN)),
        When(Q(under_pressure=True), then=Value(LeftOut.PRESSURE)),
        When(Q(lane=Case.Lane.PRIORITY), then=Value(LeftOut.PRIORITY)),
        When(Q(claimed_until__gt=now) & ~Q(claimed_by=person), then=Value(LeftOut.IN_HAND)),
        When(Q(Exists(in_force.filter(action__in=SUSPENSIONS))), then=Value(LeftOut.SUSPENDED)),
        When(Q(Exists(undone)), then=Value(LeftOut.UNDONE)),
        When(Q(Exists(elsewhere.exclude(batch=batch))), then=Value(LeftOut.ANOTHER_BATCH)),
        default=Value(""),
        output_field=models.CharField(),
    )


def cases_for_a_batch(person: Person, policy: int, now: datetime) -> QuerySet[Case]:
    """Cases of a policy that this person may put into a batch, in no order yet."""
    waiting = Case.objects.filter(policy=policy, status=Case.Status.OPEN)
    return waiting.alias(left_out=why_left_out(person, now)).filter(left_out="")


def held_batch(batch_id: int) -> Batch:
    """The batch as it is now, all its cases held first; nobody else changes them before the end of the transaction.

    Raises:
        NotThere: there is none.
    """
    cases = Case.objects.filter(batch_items__batch=batch_id).order_by("pk")
    list(cases.select_for_update(no_key=True, of=("self",)).values_list("pk"))
    batch = Batch.objects.select_for_update(no_key=True).filter(pk=batch_id).first()
    if batch is None:
        raise NotThere("there is no such batch, or it is not for you")
    return batch


def end_waiting(batch: Batch, status: Batch.Status, now: datetime) -> None:
    """A held batch ends before anything happened: its cases go back to the queue, untouched.

    Raises:
        NotInThisState: it does not wait any more.
    """
    if Batch.objects.filter(pk=batch.pk, status=Status.WAITS).update(status=status, ended_at=now) != 1:
        raise NotInThisState("this batch was released, refused or called off meanwhile")
    batch.status, batch.ended_at = status, now
    send_back(batch, now)


def send_back(batch: Batch, now: datetime) -> None:
    """What waits in a held batch goes back to the queue."""
    waiting = batch.items.filter(state=BatchItem.State.WAITS)
    cases = [*waiting.values_list("case", flat=True)]
    waiting.update(state=BatchItem.State.BACK, at=now)
    set_free(batch, cases)


def set_free(batch: Batch, cases: Sequence[int]) -> None:
    """Held cases that are no longer kept for a batch, but for those that somebody else has in hand by now."""
    kept = Case.objects.filter(pk__in=cases, claimed_by=batch.prepared_by_id)
    kept.update(claimed_by=None, claimed_until=None)


def answers(batch: Batch) -> QuerySet[Opinion]:
    """What the second person said about the sample so far."""
    sampled = batch.items.filter(in_sample=True).values("case")
    return Opinion.objects.filter(case__in=sampled, person=batch.reread_by_id, given_at__isnull=False)


def is_all_reread(batch: Batch) -> bool:
    """Did the second person answer for the whole sample?"""
    return answers(batch).count() == batch.items.filter(in_sample=True).count()


def receipt(batch_id: int) -> Counter[str]:
    """How many cases of a batch stand in which state."""
    items = BatchItem.objects.filter(batch=batch_id)
    return Counter(dict(items.values_list("state").annotate(Count("pk")).order_by("state")))


def batches_seen_by(person: Person) -> QuerySet[Batch]:
    """All batches, with ``shown_outcome``, ``shown_action``, ``shown_facts``: null where this person must not know yet.

    While a batch waits, only who prepared it knows what it would decide, so that whoever re-reads the sample is blind;
    to them it is shown when they have answered for all of it.
    """
    said = Opinion.objects.filter(case=OuterRef("case"), person=person, given_at__isnull=False)
    unread = BatchItem.objects.filter(~Exists(said), batch=OuterRef("pk"), in_sample=True)
    may_know = ~Q(status=Status.WAITS) | Q(prepared_by=person) | (Q(reread_by=person) & ~Q(Exists(unread)))
    return Batch.objects.annotate(
        **{
            f"shown_{name}": models.Case(
                When(may_know, then=F(name)), default=Value(None), output_field=models.TextField()
            )
            for name in ("outcome", "action", "facts")
        }
    )
