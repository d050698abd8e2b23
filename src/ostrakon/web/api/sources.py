"""Where reports come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.actions.sources import Standing, add_source, change_standing
from ostrakon.casework.permissions import Act
from ostrakon.intake.models import Source
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, Moment, PageOf, Paging, newest_first, one_of
from ostrakon.web.tokens import Scope

router = Router(tags=["sources"])
KEEPER = people(Scope.ADMIN, Act.MANAGE_KEYS)


class StandingIn(Schema):
    """For what and how long a source speaks with priority."""

    areas: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default_factory=list, max_length=100
    )
    valid_from: Moment | None = None
    valid_to: Moment | None = None

    def standing(self) -> Standing:
        """As the verb takes it."""
        return Standing(self.areas, self.valid_from, self.valid_to)


class SourceIn(StandingIn):
    """A new source."""

    name: str = Field(min_length=1, max_length=120)
    kind: Annotated[Source.Kind, one_of(Source.Kind)]


class SourceOut(Schema):
    """A source."""

    id: int
    name: str
    kind: str
    areas: list[str]
    valid_from: datetime | None
    valid_to: datetime | None


@router.get("/sources", auth=people(Scope.CASES_READ, None), response=PageOf[SourceOut])
def list_sources(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """All sources."""
    return newest_first(Source.objects.all(), page)


@router.post("/sources", auth=KEEPER, response={201: SourceOut})
def make_source(request: Request, new: SourceIn) -> Status[Source]:
    """Add a source."""
    return Status(201, add_source(person_of(request), new.name, new.kind, new.standing()))


@router.put("/sources/{source_id}/standing", auth=KEEPER, response=SourceOut)
def change_source(request: Request, source_id: Id, new: StandingIn) -> Source:
    """For what and how long it speaks with priority from now on."""
    return change_standing(person_of(request), source_id, new.standing())
