"""Reports come in: one, a batch, a stream. Every row is answered, and nothing is answered before it is durable."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from ostrakon.casework.permissions import Act, may
from ostrakon.errors import NotThere
from ostrakon.intake.incoming import Incoming
from ostrakon.intake.models import Report, Source
from ostrakon.intake.sources import own_findings
from ostrakon.intake.store import Answer, Outcome, store
from ostrakon.web.api import remembered
from ostrakon.web.api.doors import Caller, Request, people, person_of, senders
from ostrakon.web.api.problems import (
    INVALID,
    REPORT_CONFLICT,
    TOO_LARGE,
    WRONG_MEDIA_TYPE,
    Unreadable,
    answer,
)
from ostrakon.web.api.report_in import ReportIn, Wrong, parse, read_report
from ostrakon.web.api.shapes import Id
from ostrakon.web.tokens import Scope

ONE_BYTES = 2 * 1024 * 1024
"""A report with its evidence; also a line of a stream."""
BATCH_BYTES = 32 * 1024 * 1024
BATCH_ROWS = 10_000
STREAM_BYTES = 1024 * 1024 * 1024
CHUNK_ROWS = 2_000
"""Lines of a stream that are stored in one transaction, and held in memory."""
JSON, NDJSON = "application/json", "application/x-ndjson"

router = Router(tags=["reports"])


class AnswerOut(Schema):
    """What became of a report."""

    outcome: Outcome
    report: int = Field(description="the id under which it is stored here")


class RowAnswerOut(Schema):
    """What became of a row. One that was refused has a `code`."""

    index: int = Field(description="its place in what was sent, from 0")
    outcome: str = Field(description="stored, already, conflict or refused")
    report: int | None = None
    code: str | None = None
    field: str | None = None
    detail: str | None = None


class BatchOut(Schema):
    """One answer a row, in order, and how many of each outcome."""

    answers: list[RowAnswerOut]
    counts: dict[str, int]


class EvidenceOut(Schema):
    """What was kept of what was reported."""

    id: int
    sha256: str
    media_type: str
    location: str
    missing: str


class ReportOut(Schema):
    """A report."""

    id: int
    platform: str
    report_id: str
    account: int
    reporter: int | None = Field(description="null: not for you to see")
    source: int
    policy: str
    declared: str
    reported_at: datetime
    received_at: datetime
    text: str | None
    evidence: EvidenceOut | None
    conflicts: int = Field(description="how many others came with its id and other content")


def _body(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    """What the description says about a body that we read ourselves."""
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def _report_schema() -> dict[str, Any]:
    """The shape of a report with that of its evidence in place: a description has no other place for it."""
    schema = ReportIn.model_json_schema()
    evidence = schema.pop("$defs")["EvidenceIn"]
    schema["properties"]["evidence"]["anyOf"][0] = evidence
    return schema


REPORT_SCHEMA = _report_schema()
ONE, MANY, STREAM = (
    senders(Scope.REPORTS_WRITE, Act.ADD_REPORTS, largest_body=size)
    for size in (ONE_BYTES, BATCH_BYTES, STREAM_BYTES)
)


@router.post(
    "/reports",
    auth=ONE,
    response={200: AnswerOut, 201: AnswerOut},
    openapi_extra=_body(JSON, REPORT_SCHEMA),
)
def add_report(request: Request) -> HttpResponse:
    """Store one report: 201; or 200, it is here already; or 409, its id is taken by another. Safe to repeat."""
    _check_kind(request, JSON)
    now = timezone.now()
    row = one_report(request.body, now)
    remembered.note(request, now)
    (stored,) = store([row], source=source_of(request.auth), received_at=now, actor=request.auth.actor)
    return told(stored)


@router.post(
    "/reports/batch",
    auth=MANY,
    response=BatchOut,
    openapi_extra=_body(JSON, {"type": "array", "maxItems": BATCH_ROWS, "items": REPORT_SCHEMA}),
)
def add_reports(request: Request) -> HttpResponse:
    """Store an array of reports. Each row is answered in its place; one that is wrong does not sink the others."""
    _check_kind(request, JSON)
    rows = parse(_whole_body(request, BATCH_BYTES))
    if not isinstance(rows, list):
        raise Unreadable(INVALID, "send an array of reports")
    if len(rows) > BATCH_ROWS:
        raise Unreadable(TOO_LARGE, f"a batch may hold {BATCH_ROWS} reports; send more of them, or a stream")
    now = timezone.now()
    answers = _answered([read_report(row, now) for row in rows], _source(request), request.auth.actor, now)
    for index, row in enumerate(answers):
        row["index"] = index
    counts = Counter(row["outcome"] for row in answers)
    return HttpResponse(json.dumps({"answers": answers, "counts": counts}), content_type=JSON)


@router.post(
    "/reports/stream",
    auth=STREAM,
    openapi_extra=_body(NDJSON, {"type": "string", "description": "a report a line"}),
)
def stream_reports(request: Request) -> StreamingHttpResponse:
    """Store a report a line (NDJSON), a piece at a time; the answer has a line for each line that is not blank.

    Each answer has the number of its line, from 1. A piece is durable before its lines are answered; if the connection
    breaks, send all of it again: what is stored is `already` there.
    """
    _check_kind(request, NDJSON)
    pieces = _pieces(request, _source(request), request.auth.actor)
    # Django would read a plain iterator to its end before it sends the first line, when it is served by ASGI.
    served = _one_by_one(pieces) if isinstance(request, ASGIRequest) else pieces
    return StreamingHttpResponse(served, content_type=NDJSON)


@router.get("/reports/{report_id}", auth=people(Scope.CASES_READ, Act.READ_CASES), response=ReportOut)
def show_report(request: Request, report_id: Id) -> dict[str, Any]:
    """A report as it came."""
    found = Report.objects.select_related("evidence").filter(pk=report_id).first()
    if found is None:
        raise NotThere("there is nothing of this number, or it is not for you to see")
    may_see_who = may(person_of(request), Act.READ_REPORTERS)
    return {
        "id": found.pk,
        "platform": found.platform,
        "report_id": found.external_id,
        "account": found.account_id,
        "reporter": found.reporter_id if may_see_who else None,
        "source": found.source_id,
        "policy": found.policy,
        "declared": found.declared,
        "reported_at": found.reported_at,
        "received_at": found.received_at,
        "text": found.text,
        "evidence": found.evidence,
        "conflicts": found.conflicts.count(),
    }


def one_report(raw: bytes, now: datetime) -> Incoming:
    """The one report of a body.

    Raises:
        Unreadable: it is no report; the problem says which field and why.
    """
    row = read_report(parse(raw), now)
    if isinstance(row, Wrong):
        raise Unreadable(INVALID, f"{row.field or 'the report'}: {row.detail} ({row.code})")
    return row


def told(stored: Answer) -> HttpResponse:
    """The answer to a single report."""
    if stored.outcome is Outcome.CONFLICT:
        return answer(
            REPORT_CONFLICT,
            f"report {stored.report} came with this id and other content; both are kept, the first one stands",
        )
    body = json.dumps({"outcome": stored.outcome, "report": stored.report})
    return HttpResponse(body, status=201 if stored.outcome is Outcome.STORED else 200, content_type=JSON)


def source_of(caller: Caller) -> Source:
    """A source's key speaks for that source; what people add by hand is our own finding."""
    return caller.source or own_findings(caller.actor)


def _source(request: Request) -> Source:
    return source_of(request.auth)


def _check_kind(request: Request, media_type: str) -> None:
    if request.content_type != media_type:
        raise Unreadable(WRONG_MEDIA_TYPE, f"send {media_type}")


def _whole_body(request: Request, limit: int) -> bytes:
    if len(request.body) > limit:
        raise Unreadable(TOO_LARGE, f"a request to this address may weigh {limit} bytes; send it in parts")
    return request.body


def _answered(
    rows: Sequence[Incoming | Wrong], source: Source, actor: str, now: datetime
) -> list[dict[str, Any]]:
    """Store those that are reports, in one transaction, and answer all in their places."""
    stored = iter(
        store([row for row in rows if isinstance(row, Incoming)], source=source, received_at=now, actor=actor)
    )
    return [_refused(row) if isinstance(row, Wrong) else _told(next(stored)) for row in rows]


def _told(stored: Answer) -> dict[str, Any]:
    return {"index": 0, "outcome": str(stored.outcome), "report": stored.report}


def _refused(wrong: Wrong) -> dict[str, Any]:
    return {"index": 0, "outcome": "refused", **wrong.shown()}


def _pieces(request: Request, source: Source, actor: str) -> Iterator[bytes]:
    """The answers to some lines at a time, which are durable by then."""
    lines = _lines(request)
    while piece := list(islice(lines, CHUNK_ROWS)):
        now = timezone.now()
        rows = [raw if isinstance(raw, Wrong) else _report_of(raw, now) for _, raw in piece]
        try:
            answers = _answered(rows, source, actor, now)
        except OperationalError:  # the head of the answer is gone: each line says it instead
            busy = Wrong(
                "unavailable", "", "the database is busy; nothing of this line was kept; send it again"
            )
            answers = [_refused(row if isinstance(row, Wrong) else busy) for row in rows]
        for (number, _), row in zip(piece, answers, strict=True):
            row["line"] = number
            del row["index"]
        yield "".join(f"{json.dumps(row)}\n" for row in answers).encode()


def _report_of(raw: bytes, now: datetime) -> Incoming | Wrong:
    try:
        return read_report(parse(raw), now)
    except Unreadable as raised:
        return Wrong(raised.problem.code, "", raised.detail)


def _lines(request: IO[bytes] | Any) -> Iterator[tuple[int, bytes | Wrong]]:
    """Lines that are not blank, with their numbers; of one that is too long no more than its length is read."""
    number = 0
    while line := request.readline(ONE_BYTES):
        number += 1
        whole: bytes | Wrong = line
        while line and not line.endswith(b"\n") and len(line) == ONE_BYTES:
            whole = Wrong("too_long", "", f"a line may have {ONE_BYTES} bytes")
            line = request.readline(ONE_BYTES)
        if isinstance(whole, Wrong) or not whole.isspace():
            yield number, whole


async def _one_by_one(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces as they are made, in the thread of the request."""
    following = sync_to_async(lambda: next(pieces, None))
    while (piece := await following()) is not None:
        yield piece
