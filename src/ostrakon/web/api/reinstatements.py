"""A wrongful wave undone: one case for it, a receipt for each account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field, model_validator

from ostrakon.casework.actions.reinstate import LONGEST_REASON, carry_out, open_reinstatement, outcome_of
from ostrakon.casework.models import Decision, Reinstatement
from ostrakon.casework.permissions import Act
from ostrakon.enforcement.receipts import receipts_of
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, Moment, PageOf, Paging, fetch, newest_first
from ostrakon.web.tokens import Scope

router = Router(tags=["reinstatements"])
READER = people(Scope.CASES_READ, Act.READ_CASES)
REINSTATER = people(Scope.APPEALS_WRITE, Act.REINSTATE_MANY)
MOST_NAMED = 10_000


class WaveIn(Schema):
    """Which decisions were wrong: those named, or all that fit."""

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    decisions: list[Id] | None = Field(None, min_length=1, max_length=MOST_NAMED)
    policy: Id | None = None
    in_force_from: Moment | None = None
    in_force_to: Moment | None = Field(None, description="the time itself no longer counts")
    proposed_by: Id | None = None

    @model_validator(mode="after")
    def names_some(self) -> WaveIn:
        """All decisions at once are never meant."""
        if self.decisions is None and self.in_force_from is None:
            raise ValueError("name the decisions, or at least from when they came into force")
        return self

    def chosen(self) -> QuerySet[Decision]:
        """The decisions."""
        wanted = {
            "pk__in": self.decisions,
            "policy": self.policy,
            "in_force_at__gte": self.in_force_from,
            "in_force_at__lt": self.in_force_to,
            "proposed_by": self.proposed_by,
        }
        return Decision.objects.filter(**{name: value for name, value in wanted.items() if value is not None})


class WaveOut(Schema):
    """A wave, and how many of its decisions stand in which state."""

    id: int
    reason: str
    opened_by: int = Field(validation_alias="opened_by_id")
    opened_at: datetime
    done_at: datetime | None


class WaveWithItems(WaveOut):
    """A wave, with how many of its decisions stand in which state."""

    items: dict[str, int]

    @staticmethod
    def resolve_items(wave: Reinstatement) -> dict[str, int]:
        """By state."""
        return dict(outcome_of(wave.pk))


class ItemOut(Schema):
    """One decision of a wave and what became of it: the receipt."""

    id: int
    decision: int = Field(validation_alias="decision_id")
    account: int = Field(validation_alias="decision.account_id")
    state: str
    at: datetime | None
    notice_state: str | None = Field(description="of the e-mail that tells the person; null: there is none")
    told_at: datetime | None


@router.get("/reinstatements", auth=READER, response=PageOf[WaveOut])
def list_reinstatements(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """All waves, the newest first."""
    return newest_first(Reinstatement.objects.all(), page)


@router.post("/reinstatements", auth=REINSTATER, response={201: WaveWithItems})
def make_reinstatement(request: Request, new: WaveIn) -> Status[Reinstatement]:
    """Write down which decisions are to be reversed. Nothing is undone yet."""
    made = open_reinstatement(person_of(request), new.chosen(), reason=new.reason, now=timezone.now())
    return Status(201, made)


@router.get("/reinstatements/{wave_id}", auth=READER, response=WaveWithItems)
def show_reinstatement(request: Request, wave_id: Id) -> Reinstatement:
    """One wave."""
    return fetch(Reinstatement.objects.all(), wave_id)


@router.post("/reinstatements/{wave_id}/carry-out", auth=REINSTATER, response=WaveWithItems)
def carry_out_reinstatement(request: Request, wave_id: Id) -> Reinstatement:
    """Reverse everything that waits in it; sent again, it goes on where it stopped."""
    carry_out(person_of(request), wave_id, timezone.now())
    return fetch(Reinstatement.objects.all(), wave_id)


@router.get("/reinstatements/{wave_id}/items", auth=READER, response=PageOf[ItemOut])
def list_reinstatement_items(request: Request, wave_id: Id, page: Query[Paging]) -> dict[str, Any]:
    """The receipts, one a decision."""
    wave = fetch(Reinstatement.objects.all(), wave_id)
    return newest_first(receipts_of(wave).select_related("decision"), page)
