"""The record: read, exported, and checked by anybody with the public key."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.conf import settings
from django.http import StreamingHttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from ostrakon.casework.permissions import Act
from ostrakon.errors import InputUnusable, NotThere, Unfit
from ostrakon.ledger.export import export_lines
from ostrakon.ledger.keys import fingerprint, load_public_key, public_path
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.ledger.stored import contents_of, stored
from ostrakon.web.api.doors import Request, anybody, people
from ostrakon.web.api.shapes import LARGEST_ID, PageOf, Paging, newest_first, one_of
from ostrakon.web.limits import Limit
from ostrakon.web.streams import stream
from ostrakon.web.tokens import Scope

router = Router(tags=["record"])
READER = people(Scope.RECORD_READ, Act.READ_RECORD)
KEYS = Limit("public-key", 60, timedelta(minutes=1))


class EntryOut(Schema):
    """One thing that was done. ``digest`` is the SHA-256 of ``body``, byte for byte."""

    number: int
    at: datetime
    kind: str
    actor: str
    subject: str
    facts: dict[str, Any]
    body: str
    digest: str

    @staticmethod
    def resolve_facts(entry: Entry) -> Any:
        """What the body says beyond the columns."""
        return json.loads(entry.body)["facts"]


class KeyOut(Schema):
    """The key with which checkpoints are signed: Ed25519, in PEM, and its fingerprint."""

    public_key: str
    fingerprint: str


class RecordFilter(Paging):
    """Which entries."""

    kind: Annotated[Kind, one_of(Kind)] | None = None
    subject: str | None = Field(None, max_length=120, description="what it was done to: case:12")
    actor: str | None = Field(None, max_length=80, description="by whom: person:3")


class Part(Schema):
    """Which part of the record."""

    first: int = Field(1, ge=1, le=LARGEST_ID)
    last: int | None = Field(None, ge=1, le=LARGEST_ID, description="the last entry if it is left out")


@router.get("/record", auth=READER, response=PageOf[EntryOut])
def list_entries(request: Request, page: Query[RecordFilter]) -> dict[str, Any]:
    """Entries, the newest first."""
    wanted = page.dict(include={"kind", "subject", "actor"}, exclude_none=True)
    return newest_first(Entry.objects.filter(**wanted), page)


@router.get(
    "/record/export",
    auth=READER,
    openapi_extra={
        "responses": {
            200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}},
        }
    },
)
def export_record(request: Request, part: Query[Part]) -> StreamingHttpResponse:
    """A part of the record as NDJSON, with its checkpoints: `ostrakon ledger verify --export` checks it offline."""
    try:
        contents = contents_of(part.first, part.last)
    except InputUnusable as problem:
        raise Unfit(str(problem)) from problem
    lines = export_lines(contents, stored(contents.first, contents.last))
    response = stream(request, lines, "application/x-ndjson")
    response["Content-Disposition"] = f'attachment; filename="record-{contents.first}-{contents.last}.ndjson"'
    return response


@router.get("/record/key", auth=anybody(KEYS), response=KeyOut)
def show_key(request: Request) -> dict[str, str]:
    """The public key: whoever keeps it checks every export."""
    path = public_path(settings.LEDGER_KEY_FILE)
    try:
        key = load_public_key(path)
    except InputUnusable as problem:
        raise NotThere("this service has no key yet; `ostrakon init` makes it") from problem
    return {"public_key": path.read_text(encoding="ascii"), "fingerprint": fingerprint(key)}
