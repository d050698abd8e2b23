"""A report on the wire: its shape, and how one that is wrong is answered. A bad row never sinks its neighbours."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from django.conf import settings
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from ostrakon.intake.incoming import UNSPECIFIED, Incoming, Snapshot
from ostrakon.web.api.problems import MALFORMED, TOO_DEEP, Unreadable

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing that is moderated is older: an earlier time is a 0 or a missing value, as in the file contract."""
CLOCKS_DIFFER = timedelta(hours=1)
"""How far ahead of ours a sender's clock may be."""
LONGEST_TEXT = 20_000
LARGEST_EVIDENCE = 1024 * 1024
STORABLE = r"^[^\x00]*$"
"""PostgreSQL holds no NUL."""

Id = Annotated[str, Field(min_length=1, max_length=512, pattern=STORABLE)]
"""A stable id, kept byte for byte."""


class Strict(BaseModel):
    """A field nobody knows is refused: what it meant would be dropped silently."""

    model_config = ConfigDict(extra="forbid")


class EvidenceIn(Strict):
    """What was reported, as it was when it was reported. An address alone is kept and never fetched."""

    content: Annotated[str, Field(max_length=LARGEST_EVIDENCE, pattern=STORABLE)] | None = Field(
        None, description="text or JSON"
    )
    content_base64: Annotated[str, Field(max_length=LARGEST_EVIDENCE * 4 // 3 + 4)] | None = Field(
        None, description="bytes, in place of `content`"
    )
    media_type: str = Field("application/json", pattern=r"^[\w.+-]{1,49}/[\w.+-]{1,50}$")
    location: str = Field(
        "", max_length=2000, pattern=STORABLE, description="where it stood: a URL, an event id"
    )


class ReportIn(Strict):
    """One report. The same `report_id` on the same platform is the same report."""

    report_id: Id
    account: Id = Field(description="who is reported, by the platform's stable id")
    reporter: Id = Field(description="who reports, by the platform's stable id")
    reported_at: AwareDatetime = Field(
        description="ISO 8601 with a zone, or epoch seconds or milliseconds",
        examples=["2027-01-31T12:00:00Z"],
    )
    policy: str = Field("", max_length=100, pattern=STORABLE, description="empty: unspecified")
    text: Annotated[str, Field(max_length=LONGEST_TEXT, pattern=STORABLE)] | None = Field(
        None, description="the reporter's own words"
    )
    evidence: EvidenceIn | None = None
    declared: str = Field(
        "",
        max_length=120,
        pattern=r"^((list|call):[^\x00]+)?$",
        description="the list or call that the report itself names: `list:7`, `call:friday`",
    )
    platform: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")] | None = Field(
        None, description="null: the platform of this service"
    )


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a row cannot be a report. ``code`` is stable."""

    code: str
    field: str
    detail: str

    def shown(self) -> dict[str, str]:
        """On the wire."""
        return {"code": self.code, "field": self.field, "detail": self.detail}


CODES: Mapping[str, str] = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "empty",
    "string_unicode": "not_storable",
    "string_type": "not_text",
    "timezone_aware": "no_zone",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
}
"""What pydantic found, in our words; everything else is ``unfit``."""

_validate = ReportIn.__pydantic_validator__.validate_python


def read_report(value: object, now: datetime) -> Incoming | Wrong:
    """The report that a JSON value tells, or what is wrong with it first."""
    try:
        told: ReportIn = _validate(value)
    except ValidationError as raised:
        return wrong(raised, ReportIn)
    if told.reported_at > now + CLOCKS_DIFFER:
        return Wrong("in_the_future", "reported_at", "this time is yet to come")
    if told.reported_at < EARLIEST:
        return Wrong("too_early", "reported_at", "this time is before 1990")
    shown = _snapshot(told.evidence) if told.evidence else None
    if isinstance(shown, Wrong):
        return shown
    return Incoming(
        platform=told.platform or settings.CONFIGURATION.platform,
        external_id=told.report_id,
        account=told.account,
        reporter=told.reporter,
        reported_at=told.reported_at.astimezone(UTC),
        policy=told.policy or UNSPECIFIED,
        text=told.text,
        evidence=shown,
        declared=told.declared,
    )


def parse(raw: bytes) -> Any:
    """JSON as plain values. What single values may be is asked of each row.

    Raises:
        Unreadable: it is not JSON in UTF-8, or is nested too deeply.
    """
    try:
        return json.loads(raw.decode("utf-8"), parse_int=_whole)
    except RecursionError:
        raise Unreadable(TOO_DEEP, "the JSON is nested too deeply") from None
    except ValueError:  # its message quotes the body
        raise Unreadable(MALFORMED, "the body is not JSON in UTF-8") from None


def _whole(digits: str) -> float:
    """Python refuses to read very long whole numbers; ours are times at most."""
    return int(digits) if len(digits) < 20 else float(digits)


def wrong(raised: ValidationError, shape: type[BaseModel]) -> Wrong:
    """The first thing that is wrong with a row of a shape, without the value: it may be somebody's words."""
    first = raised.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    code = CODES.get(first["type"], "unfit")
    if code == "unknown_field":
        known = ", ".join(EvidenceIn.model_fields if "." in field else shape.model_fields)
        return Wrong(code, field[:200], f"nobody knows this field; known are {known}")
    return Wrong(code, field[:200], first["msg"][:300])


def _snapshot(shown: EvidenceIn) -> Snapshot | Wrong:
    if shown.content is not None and shown.content_base64 is not None:
        return Wrong("unfit", "evidence", "send content or content_base64, not both")
    if shown.content_base64 is not None:
        try:
            content: bytes | None = b64decode(shown.content_base64, validate=True)
        except (NotBase64, ValueError):
            return Wrong("unfit", "evidence.content_base64", "this is not base64")
    else:
        content = None if shown.content is None else shown.content.encode()
    if content is None and not shown.location:
        return Wrong("missing", "evidence", "evidence needs content, or the location where it stood")
    return Snapshot(content, shown.media_type, shown.location)
