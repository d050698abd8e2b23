"""Random samples: what no queue can show."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.actions.audit import MOST, draw_audit
from ostrakon.casework.models import Offer
from ostrakon.casework.permissions import Act
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import PageOf, Paging, newest_first, one_of
from ostrakon.web.tokens import Scope

router = Router(tags=["audits"])


class AuditIn(Schema):
    """How many accounts to draw."""

    count: int = Field(ge=1, le=MOST)
    seed: int | None = Field(
        None, ge=0, le=2**53 - 1, description="of the draw; one is chosen if it is left out"
    )


class AuditOut(Schema):
    """What was drawn: the offers lie between these two."""

    drawn: int
    seed: int
    first_offer: int
    last_offer: int


class OfferRow(Schema):
    """A case that was put before somebody, how it was chosen and how likely that was."""

    id: int
    case: int = Field(validation_alias="case_id")
    person: int | None = Field(validation_alias="person_id", description="null: drawn for an audit")
    at: datetime
    selection: str
    propensity: float


class OfferFilter(Paging):
    """Which offers."""

    selection: Annotated[Offer.Selection, one_of(Offer.Selection)] | None = None


@router.post("/audits", auth=people(Scope.CASES_WRITE, Act.DRAW_AUDITS), response={201: AuditOut})
def make_audit(request: Request, wanted: AuditIn) -> Status[dict[str, int]]:
    """Draw accounts at random, reported or not; each becomes an open case."""
    seed = secrets.randbelow(2**53) if wanted.seed is None else wanted.seed
    offers = draw_audit(person_of(request), wanted.count, seed, timezone.now())
    drawn = {"drawn": len(offers), "seed": seed, "first_offer": offers[0].pk, "last_offer": offers[-1].pk}
    return Status(201, drawn)


@router.get("/offers", auth=people(Scope.CASES_READ, Act.READ_CASES), response=PageOf[OfferRow])
def list_offers(request: Request, page: Query[OfferFilter]) -> dict[str, Any]:
    """How cases came before people: what an estimate from decisions needs to know."""
    offers = Offer.objects.all()
    return newest_first(offers.filter(selection=page.selection) if page.selection else offers, page)
