"""Batches: the same decision for many plain cases, tried on a sample by a second person, undone as one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.actions.prepare_batch import call_off_batch, prepare_batch
from ostrakon.casework.actions.release_batch import release_batch
from ostrakon.casework.actions.reread_batch import next_of_sample, reread, take_up_batch
from ostrakon.casework.actions.undo_batch import undo_batch
from ostrakon.casework.batches import MOST, BatchPlan, Seen, batches_seen_by, receipt
from ostrakon.casework.models import Action, Batch, BatchItem, Case, Decision
from ostrakon.casework.permissions import Act
from ostrakon.casework.proposal import LONGEST_FACTS
from ostrakon.web.api.cases import CaseRow
from ostrakon.web.api.decisions import IdempotencyKey, Why, own_key
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, PageOf, Paging, fetch, newest_first, one_of
from ostrakon.web.tokens import Scope

router = Router(tags=["batches"])
READER = people(Scope.CASES_READ, Act.READ_CASES)
PREPARER = people(Scope.DECISIONS_WRITE, Act.PROPOSE)
SECOND_PERSON = people(Scope.DECISIONS_WRITE, Act.APPROVE)


class SeenIn(Schema):
    """A case as it was read."""

    case: Id
    version: int = Field(ge=0, le=2**31 - 1)


class CaseBatchIn(Schema):
    """The same decision for many cases of one policy. A batch suspends nobody."""

    cases: list[SeenIn] = Field(min_length=1, max_length=MOST)
    outcome: Annotated[Decision.Outcome, one_of(Decision.Outcome)]
    action: Annotated[Action, one_of(Action)]
    facts: str = Field("", max_length=LONGEST_FACTS)


class CaseBatchOut(Schema):
    """A batch. What it would decide is null for everybody but who prepared it until the sample was re-read."""

    id: int
    policy: int = Field(validation_alias="policy_id")
    status: str
    outcome: str | None = Field(validation_alias="shown_outcome")
    action: str | None = Field(validation_alias="shown_action")
    facts: str | None = Field(validation_alias="shown_facts")
    prepared_by: int = Field(validation_alias="prepared_by_id")
    prepared_at: datetime
    held_until: datetime = Field(description="so long its cases are kept out of other hands")
    reread_by: int | None = Field(validation_alias="reread_by_id")
    taken_up_at: datetime | None
    ended_at: datetime | None
    undone_by: int | None = Field(validation_alias="undone_by_id")
    undone_at: datetime | None
    undone_why: str


class CaseBatchWithItems(CaseBatchOut):
    """A batch, with how many of its cases stand in which state."""

    items: dict[str, int]

    @staticmethod
    def resolve_items(batch: Batch) -> dict[str, int]:
        """By state."""
        return dict(receipt(batch.pk))


class CaseBatchItemOut(Schema):
    """One case of a batch and what became of it: the receipt."""

    id: int
    case: int = Field(validation_alias="case_id")
    version: int
    in_sample: bool
    state: str
    why: str = Field(description="it was left out; empty: it was not")
    decision: int | None = Field(validation_alias="decision_id")
    at: datetime | None


class RereadIn(Schema):
    """What the second person sees."""

    outcome: Literal["upheld", "rejected", "unclear"]


@router.get("/batches", auth=READER, response=PageOf[CaseBatchOut])
def list_batches(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """All batches, the newest first."""
    return newest_first(batches_seen_by(person_of(request)), page)


@router.post("/batches", auth=PREPARER, response={201: CaseBatchWithItems})
def make_batch(request: Request, new: CaseBatchIn, key: IdempotencyKey) -> Status[Batch]:
    """Put the same decision for many cases before a second person. Nothing happens to anybody yet."""
    person = person_of(request)
    seen = [Seen(one.case, one.version) for one in new.cases]
    plan = BatchPlan(seen, new.outcome, new.action, own_key(person.pk, key), new.facts)
    return Status(201, _seen(request, prepare_batch(person, plan, timezone.now()).pk))


@router.get("/batches/{batch_id}", auth=READER, response=CaseBatchWithItems)
def show_batch(request: Request, batch_id: Id) -> Batch:
    """One batch."""
    return _seen(request, batch_id)


@router.get("/batches/{batch_id}/items", auth=READER, response=PageOf[CaseBatchItemOut])
def list_batch_items(request: Request, batch_id: Id, page: Query[Paging]) -> dict[str, Any]:
    """The receipts, one a case."""
    return newest_first(BatchItem.objects.filter(batch=_seen(request, batch_id)), page)


@router.post("/batches/{batch_id}/take-up", auth=SECOND_PERSON, response=CaseBatchWithItems)
def take_up_one_batch(request: Request, batch_id: Id) -> Batch:
    """Begin to re-read its sample, as the one person who does."""
    take_up_batch(person_of(request), batch_id, timezone.now())
    return _seen(request, batch_id)


@router.get(
    "/batches/{batch_id}/sample/next",
    auth=people(Scope.CASES_READ, Act.APPROVE),
    response={200: CaseRow, 204: None},
)
def show_next_of_sample(request: Request, batch_id: Id) -> Status[Case | None]:
    """The next case of the sample for who re-reads it; 204: there is none, or it is not for them."""
    case = next_of_sample(person_of(request), _seen(request, batch_id))
    return Status(204, None) if case is None else Status(200, case)


@router.post("/batches/{batch_id}/sample/{case_id}", auth=SECOND_PERSON, response=CaseBatchWithItems)
def reread_case_of_batch(request: Request, batch_id: Id, case_id: Id, said: RereadIn) -> Batch:
    """Say what one sees in a case of the sample; one answer that differs from the batch ends it."""
    reread(person_of(request), batch_id, case_id, said.outcome, timezone.now())
    return _seen(request, batch_id)


@router.post("/batches/{batch_id}/release", auth=SECOND_PERSON, response=CaseBatchWithItems)
def release_one_batch(request: Request, batch_id: Id) -> Batch:
    """Let it act, case by case; sent again, it goes on where it stopped."""
    release_batch(person_of(request), batch_id, timezone.now())
    return _seen(request, batch_id)


@router.post("/batches/{batch_id}/call-off", auth=PREPARER, response=CaseBatchWithItems)
def call_off_one_batch(request: Request, batch_id: Id) -> Batch:
    """End it before it acts, as one of its two people."""
    call_off_batch(person_of(request), batch_id, timezone.now())
    return _seen(request, batch_id)


@router.post(
    "/batches/{batch_id}/undo", auth=people(Scope.DECISIONS_WRITE, Act.REVERSE), response=CaseBatchWithItems
)
def undo_one_batch(request: Request, batch_id: Id, said: Why) -> Batch:
    """Overturn everything it decided; sent again, it goes on where it stopped."""
    undo_batch(person_of(request), batch_id, said.why, timezone.now())
    return _seen(request, batch_id)


def _seen(request: Request, batch_id: int) -> Batch:
    return fetch(batches_seen_by(person_of(request)), batch_id)
