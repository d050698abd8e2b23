"""Published lists: sent as they are, shown with what became of every line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Count
from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.permissions import Act
from ostrakon.intake.lists import receive_list
from ostrakon.intake.models import ListRow, PublishedList
from ostrakon.web.api.doors import Request, people, senders
from ostrakon.web.api.problems import INVALID, Unreadable
from ostrakon.web.api.reading import too_large
from ostrakon.web.api.shapes import Id, PageOf, Paging, fetch, newest_first
from ostrakon.web.tokens import Scope

LIST_BYTES = 32 * 1024 * 1024
RAW = "application/octet-stream"

router = Router(tags=["lists"])
READERS = people(Scope.CASES_READ, Act.READ_CASES)


class ListIn(Schema):
    """Where a list comes from."""

    title: str = Field(min_length=1, max_length=300)
    publisher: str = Field(min_length=1, max_length=100, description="one publisher is one voice")
    published_on: date | None = None
    licence: str = Field("", max_length=100)
    url: str = Field("", max_length=2000)
    policy: str = Field("", max_length=100, description="what it says they violate; empty: unspecified")
    platform: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    named_by: Literal["id", "handle"]


class ListOut(Schema):
    """A list, without its bytes."""

    id: int
    title: str
    publisher: str
    published_on: date | None
    licence: str
    url: str
    policy: str
    platform: str
    named_by: str
    sha256: str
    received_at: datetime
    rows: int


class ListWithCountsOut(ListOut):
    """A list, and how many of its lines became what."""

    states: dict[str, int]


class ListRowOut(Schema):
    """A line. `state` is taken, duplicate, unknown, ambiguous or unreadable."""

    line: int
    named: str
    state: str
    account: int | None = Field(validation_alias="account_id")
    report: int | None = Field(validation_alias="report_id")


@router.post(
    "/lists",
    auth=senders(Scope.LISTS_WRITE, Act.ADD_LISTS, largest_body=LIST_BYTES),
    response={200: ListWithCountsOut, 201: ListWithCountsOut},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def add_list(request: Request, about: Query[ListIn]) -> Status[dict[str, Any]]:
    """Keep a list: the body is the file as it was published, CSV, TSV, NDJSON or a name a line, in UTF-8.

    201; or 200, these very bytes are here already and nothing was added.
    """
    if len(request.body) > LIST_BYTES:
        raise too_large(LIST_BYTES)
    if not request.body:
        raise Unreadable(INVALID, "send the file as the body")
    now = timezone.now()
    kept = receive_list(request.body, actor=request.auth.actor, received_at=now, **about.dict())
    return Status(201 if kept.received_at == now else 200, _with_counts(kept))


@router.get("/lists", auth=READERS, response=PageOf[ListOut])
def list_lists(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """All lists."""
    return newest_first(PublishedList.objects.defer("raw"), page)


@router.get("/lists/{list_id}", auth=READERS, response=ListWithCountsOut)
def show_list(request: Request, list_id: Id) -> dict[str, Any]:
    """One list."""
    return _with_counts(fetch(PublishedList.objects.defer("raw"), list_id))


@router.get("/lists/{list_id}/raw", auth=READERS)
def download_list(request: Request, list_id: Id) -> HttpResponse:
    """The bytes as they were published."""
    kept = fetch(PublishedList.objects.all(), list_id)
    name = f"list-{kept.pk}-{kept.sha256[:12]}"
    return HttpResponse(
        bytes(kept.raw),
        content_type=RAW,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/lists/{list_id}/rows", auth=READERS, response=PageOf[ListRowOut])
def list_lines(
    request: Request, list_id: Id, page: Query[Paging], state: ListRow.State | None = None
) -> dict[str, Any]:
    """Its lines, the last one first; of one state, if it is named."""
    lines = fetch(PublishedList.objects.defer("raw"), list_id).lines.all()
    return newest_first(lines if state is None else lines.filter(state=state), page)


def _with_counts(kept: PublishedList) -> dict[str, Any]:
    counted = kept.lines.values_list("state").annotate(Count("pk")).order_by("state")
    return {**ListOut.from_orm(kept).dict(), "states": dict(counted)}
