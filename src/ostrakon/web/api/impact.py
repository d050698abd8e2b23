"""Did it work: what a worker measured last, for the target group and beside it for the protected one."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema
from pydantic import Field

from ostrakon.casework.permissions import Act
from ostrakon.errors import NotThere
from ostrakon.impact.asking import latest
from ostrakon.impact.models import ImpactMeasurement
from ostrakon.web.api.doors import Request, people
from ostrakon.web.api.report_in import STORABLE
from ostrakon.web.tokens import Scope

router = Router(tags=["figures"])


class FigureOut(Schema):
    """One number with its 95 % interval; a refused one has no value and says what is missing."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    grade: str = Field(description="exact count, estimate, indicative, not shown")
    method: str
    warnings: list[str]
    refused: str | None


class PartOut(Schema):
    """What was measured of one group."""

    figures: list[FigureOut]
    tables: dict[str, list[dict[str, Any]]]
    notes: list[str]


class InputOut(Schema):
    """One table that was measured."""

    kind: str
    origin: str = Field(description="own: of this service; history: a file of an earlier time")
    file: int | None
    name: str
    rows: int
    sha256: str


class MeasureOut(Schema):
    """One of the twelve, for both groups."""

    number: int
    name: str
    question: str
    seed: int
    sources: list[InputOut]
    groups: dict[str, PartOut] = Field(description="target, protected")


class ImpactOut(Schema):
    """A measurement, with all that it takes to make it again."""

    id: int
    as_of: datetime
    policy: str = Field(description="of the decisions; empty: all")
    seed: int
    sha256: str = Field(description="of the measures, as they are kept")
    versions: dict[str, str]
    sources: list[InputOut]
    measures: list[MeasureOut]


class Asked(Schema):
    """Which measurement."""

    policy: str = Field("", max_length=100, pattern=STORABLE, description="of which decisions; empty: of all")


def as_file(kept: ImpactMeasurement) -> dict[str, Any]:
    """A measurement as it goes out."""
    return {
        "id": kept.pk,
        "as_of": kept.as_of.isoformat(),
        "policy": kept.policy,
        "seed": kept.seed,
        "sha256": kept.sha256,
        "versions": kept.versions,
        "sources": kept.sources,
        "measures": json.loads(kept.measures),
    }


@router.get("/impact", auth=people(Scope.CASES_READ, Act.READ_CASES), response=ImpactOut)
def show_impact(request: Request, asked: Query[Asked]) -> dict[str, Any]:
    """What was measured last. Nothing here is a target, and nothing is about one person who works here."""
    kept = latest(asked.policy)
    if kept is None:
        raise NotThere("nothing was measured so far")
    return as_file(kept)
