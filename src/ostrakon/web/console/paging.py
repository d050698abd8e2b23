"""Long lists, a page at a time: read from an index behind the last row that was seen, however long they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ostrakon.errors import Unfit

PAGE = 50
LARGEST = 2**63 - 1
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Part(Generic[Row]):
    """Some rows of a list."""

    rows: Sequence[Row]
    further: str
    """The query string of the next page, with what else was asked for; empty: there is none."""
    is_first: bool


def newest_first(rows: QuerySet[Row], request: HttpRequest) -> Part[Row]:
    """A page of rows, the largest number first.

    Raises:
        Unfit: ``after`` did not come from us.
    """
    after = after_in(request)
    return part_of((rows if after is None else rows.filter(pk__lt=after)).order_by("-pk"), request)


def oldest_first(rows: QuerySet[Row], request: HttpRequest) -> Part[Row]:
    """A page of rows, the smallest number first.

    Raises:
        Unfit: ``after`` did not come from us.
    """
    after = after_in(request)
    return part_of((rows if after is None else rows.filter(pk__gt=after)).order_by("pk"), request)


def part_of(rows: QuerySet[Row], request: HttpRequest) -> Part[Row]:
    """The first of these rows, which stand in their order behind the last one that was seen."""
    found = list(rows[: PAGE + 1])
    asked = request.GET.copy()
    asked["after"] = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return Part(found[:PAGE], asked.urlencode() if asked["after"] else "", not request.GET.get("after"))


def after_in(request: HttpRequest) -> int | None:
    """The row behind which a page begins; None: at the beginning.

    Raises:
        Unfit: it is no number of a row.
    """
    after = request.GET.get("after", "")
    if not after:
        return None
    if not (after.isascii() and after.isdecimal()) or len(after) > 19 or int(after) > LARGEST:
        raise Unfit(_("this page does not exist; begin with the first one"))
    return int(after)
