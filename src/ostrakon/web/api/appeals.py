"""Appeals: read, taken in hand, answered by somebody who took no part in the decision."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.actions.decide_appeal import (
    LONGEST_REASONS,
    claim_appeal,
    decide_appeal,
    next_appeal,
    release_appeal,
)
from ostrakon.casework.models import Appeal
from ostrakon.casework.permissions import Act
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, PageOf, Paging, fetch, newest_first, one_of
from ostrakon.web.tokens import Scope

router = Router(tags=["appeals"])
READER = people(Scope.CASES_READ, Act.READ_CASES)
JUDGE = people(Scope.APPEALS_WRITE, Act.DECIDE_APPEALS)


class AppealOut(Schema):
    """An appeal. Who asks on somebody's behalf is named; texts are null where they were erased by their rule."""

    id: int
    decision: int = Field(validation_alias="decision_id")
    status: str
    filed_by: str
    filed_at: datetime
    due_at: datetime
    text: str | None
    name: str
    language: str
    claimed_by: int | None = Field(validation_alias="claimed_by_id")
    claimed_until: datetime | None
    decided_by: int | None = Field(validation_alias="decided_by_id")
    decided_at: datetime | None
    reasons: str | None


class AnswerIn(Schema):
    """The answer to an appeal."""

    granted: bool
    reasons: str = Field(
        min_length=1, max_length=LONGEST_REASONS, description="for the person concerned, in one's own words"
    )


class AppealFilter(Paging):
    """Which appeals."""

    status: Annotated[Appeal.Status, one_of(Appeal.Status)] | None = None
    decision: Id | None = None


@router.get("/appeals", auth=READER, response=PageOf[AppealOut])
def list_appeals(request: Request, page: Query[AppealFilter]) -> dict[str, Any]:
    """Appeals, the newest first."""
    wanted = page.dict(include={"status", "decision"}, exclude_none=True)
    return newest_first(Appeal.objects.filter(**wanted), page)


@router.post("/appeals/next", auth=JUDGE, response={200: AppealOut, 204: None})
def claim_next_appeal(request: Request) -> Status[Appeal | None]:
    """Take in hand the one with the nearest deadline that one may judge; 204: nothing waits."""
    person, now = person_of(request), timezone.now()
    found = next_appeal(person, now)
    return Status(204, None) if found is None else Status(200, claim_appeal(person, found.pk, now))


@router.get("/appeals/{appeal_id}", auth=READER, response=AppealOut)
def show_appeal(request: Request, appeal_id: Id) -> Appeal:
    """One appeal."""
    return fetch(Appeal.objects.all(), appeal_id)


@router.post("/appeals/{appeal_id}/claim", auth=JUDGE, response=AppealOut)
def take_appeal(request: Request, appeal_id: Id) -> Appeal:
    """Take this one in hand, or keep it for longer."""
    return claim_appeal(person_of(request), appeal_id, timezone.now())


@router.post("/appeals/{appeal_id}/release", auth=JUDGE, response={204: None})
def give_appeal_back(request: Request, appeal_id: Id) -> Status[None]:
    """Give it back."""
    release_appeal(person_of(request), appeal_id)
    return Status(204, None)


@router.post("/appeals/{appeal_id}/decide", auth=JUDGE, response=AppealOut)
def answer_appeal(request: Request, appeal_id: Id, answer: AnswerIn) -> Appeal:
    """Answer it. Granted, everything that the decision did is undone at once."""
    return decide_appeal(
        person_of(request), appeal_id, granted=answer.granted, reasons=answer.reasons, now=timezone.now()
    )
