"""Figures that a worker measures, each with how sure it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema
from pydantic import Field

from ostrakon.casework.permissions import Act
from ostrakon.impact.models import MeasuredAgreement
from ostrakon.web.api.doors import Request, people
from ostrakon.web.api.shapes import PageOf, Paging, newest_first
from ostrakon.web.tokens import Scope

router = Router(tags=["figures"])


class AgreementOut(Schema):
    """How far reviewers of the same cases agreed by a time, with 90 % intervals."""

    id: int
    at: datetime
    cases: int = Field(description="with two opinions at least")
    share: float = Field(description="of the pairs of opinions on a case, those that agree")
    share_low: float
    share_high: float
    alpha: float | None = Field(description="Krippendorff's; null: all opinions are the same")
    alpha_low: float | None
    alpha_high: float | None


@router.get("/agreement", auth=people(Scope.CASES_READ, Act.READ_CASES), response=PageOf[AgreementOut])
def list_agreement(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """How far reviewers agree, the latest first: a row each time it changed. Empty: nobody shared a case so far."""
    return newest_first(MeasuredAgreement.objects.all(), page)
