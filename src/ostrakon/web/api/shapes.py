"""Shapes that several subjects share: ids, texts, pages, problems."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from django.db import models
from ninja import Schema
from pydantic import AfterValidator, Field, WithJsonSchema

from ostrakon.errors import NotThere, Unfit

LARGEST_ID = 2**63 - 1
EARLIEST_YEAR, LATEST_YEAR = 1900, 9000
"""Of a time that somebody sends: what lies outside is a mistake, and near the ends of the calendar zones overflow."""

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
"""The number of a row."""
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
"""BCP 47."""


def _storable(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time needs a zone: 2027-01-31T12:00:00Z")
    if not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        raise ValueError(f"a time lies between the years {EARLIEST_YEAR} and {LATEST_YEAR}")
    return at.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_storable)]
"""A time with its zone."""


def one_of(choices: type[models.TextChoices]) -> WithJsonSchema:
    """Describes a choice by its values: several of ours are called Status or Kind, and the description has one of each.

    To annotate it with: ``Annotated[Case.Status, one_of(Case.Status)]``.
    """
    return WithJsonSchema({"type": "string", "enum": list(choices.values)})


class ProblemPlace(Schema):
    """One place in the request that is wrong."""

    at: str
    problem: str


class ProblemOut(Schema):
    """RFC 9457. ``code`` is stable; ``detail`` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[ProblemPlace] = Field(default_factory=list)


Row = TypeVar("Row")
Found = TypeVar("Found", bound=models.Model)


class PageOf(Schema, Generic[Row]):
    """Some rows, and where the following page begins; null: there is none."""

    items: list[Row]
    next: str | None = Field(None, description="send it as `after`")


class Paging(Schema):
    """Which page of a list."""

    after: str | None = Field(None, max_length=100, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


def newest_first(rows: models.QuerySet[Found], page: Paging) -> dict[str, Any]:
    """A page of rows, the largest number first, read from the index.

    Raises:
        Unfit: ``after`` did not come from us.
    """
    if page.after is not None:
        rows = rows.filter(pk__lt=_number(page.after))
    found = list(rows.order_by("-pk")[: page.limit + 1])
    return {
        "items": found[: page.limit],
        "next": str(found[page.limit - 1].pk) if len(found) > page.limit else None,
    }


def fetch(rows: models.QuerySet[Found], number: int) -> Found:
    """The row of this number.

    Raises:
        NotThere: there is none among these rows.
    """
    found = rows.filter(pk=number).first()
    if found is None:
        raise NotThere("there is nothing of this number, or it is not for you to see")
    return found


def _number(after: str) -> int:
    if not (after.isascii() and after.isdecimal()) or (number := int(after[:20])) > LARGEST_ID:
        raise Unfit("after: send what `next` of the page before held")
    return number
