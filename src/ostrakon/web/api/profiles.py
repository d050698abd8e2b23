"""How accounts show themselves and whom they follow come in: a line each. Nobody else is told, and a rule erases it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import AwareDatetime, Field, ValidationError

from ostrakon.casework.permissions import Act
from ostrakon.intake.accounts import AccountFacts
from ostrakon.intake.profiles import ProfileFacts, note_profiles
from ostrakon.web.api.doors import Request, senders
from ostrakon.web.api.problems import INVALID, TOO_LARGE, WRONG_MEDIA_TYPE, Unreadable
from ostrakon.web.api.reading import too_large
from ostrakon.web.api.report_in import CLOCKS_DIFFER, EARLIEST, STORABLE, Id, Strict, Wrong, parse, wrong
from ostrakon.web.tokens import Scope

NDJSON = "application/x-ndjson"
LARGEST_BODY = 8 * 1024 * 1024
MOST_LINES = 1_000
MOST_FOLLOWS = 10_000
"""Of one line; who follows more sends several lines, and all of them count."""

router = Router(tags=["accounts"])
TELLS = senders(Scope.ACCOUNTS_WRITE, Act.ADD_REPORTS, largest_body=LARGEST_BODY)
Name = Annotated[str, Field(max_length=512, pattern=STORABLE)]


class ProfileIn(Strict):
    """What is known about an account. What is absent or null is unknown, and changes nothing."""

    account: Id = Field(description="the platform's stable id")
    platform: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")] | None = Field(
        None, description="null: the platform of this service"
    )
    handle: Name | None = Field(None, description="without a leading @")
    display_name: Name | None = None
    bio: Annotated[str, Field(max_length=20_000, pattern=STORABLE)] | None = None
    avatar_hash: Annotated[str, Field(pattern=r"^([0-9a-fA-F]{16})?$")] | None = Field(
        None, description="a perceptual hash of 64 bits of the file, in hexadecimal; never of a face"
    )
    created_at: AwareDatetime | None = None
    follows: Annotated[list[Id], Field(max_length=MOST_FOLLOWS)] = Field(
        default_factory=list,
        description="the stable ids of accounts that it follows; who is answered or blocked is none of them",
    )
    seen_at: AwareDatetime | None = Field(None, description="when the platform said so; null: now")


def _body() -> dict[str, Any]:
    described = {"type": "string", "description": "a profile a line"}
    return {"requestBody": {"required": True, "content": {NDJSON: {"schema": described}}}}


@router.post("/profiles", auth=TELLS, openapi_extra=_body())
def tell_profiles(request: Request) -> HttpResponse:
    """Keep how accounts show themselves and whom they follow, a line each (NDJSON, at most 1,000).

    Each line has its answer: `noted`, or `refused` with a code; a bad one does not sink the others.
    """
    if request.content_type != NDJSON:
        raise Unreadable(WRONG_MEDIA_TYPE, f"send {NDJSON}")
    if len(request.body) > LARGEST_BODY:
        raise too_large(LARGEST_BODY)
    now = timezone.now()
    lines = [(number, raw) for number, raw in enumerate(request.body.split(b"\n"), 1) if raw.strip()]
    if not lines:
        raise Unreadable(INVALID, "send a profile a line; there is none")
    if len(lines) > MOST_LINES:
        raise Unreadable(TOO_LARGE, f"a request may hold {MOST_LINES} lines; send more of them")
    read = [(number, _profile_of(raw, now)) for number, raw in lines]
    fit = [(number, row) for number, row in read if isinstance(row, ProfileFacts)]
    ids = dict(
        zip([number for number, _ in fit], note_profiles([row for _, row in fit], told_at=now), strict=True)
    )
    answers = [_answer(number, row, ids) for number, row in read]
    counts = Counter(answer["outcome"] for answer in answers)
    return HttpResponse(json.dumps({"answers": answers, "counts": counts}), content_type="application/json")


def _answer(number: int, row: ProfileFacts | Wrong, ids: dict[int, int]) -> dict[str, Any]:
    if isinstance(row, Wrong):
        return {"line": number, "outcome": "refused", **row.shown()}
    return {"line": number, "outcome": "noted", "account": ids[number]}


def _profile_of(raw: bytes, now: datetime) -> ProfileFacts | Wrong:
    try:
        told = ProfileIn.model_validate(parse(raw))
    except Unreadable as raised:
        return Wrong(raised.problem.code, "", raised.detail)
    except ValidationError as raised:
        return wrong(raised, ProfileIn)
    for name in ("seen_at", "created_at"):
        at: datetime | None = getattr(told, name)
        if at is not None and at > now + CLOCKS_DIFFER:
            return Wrong("in_the_future", name, "this time is yet to come")
        if at is not None and at < EARLIEST:
            return Wrong("too_early", name, "this time is before 1990")
    return _facts(told, now)


def _facts(told: ProfileIn, now: datetime) -> ProfileFacts:
    account = AccountFacts(
        told.platform or settings.CONFIGURATION.platform,
        told.account,
        created_at=told.created_at.astimezone(UTC) if told.created_at else None,
        handle=told.handle or "",
    )
    return ProfileFacts(
        account,
        told.seen_at.astimezone(UTC) if told.seen_at else now,
        display_name=told.display_name,
        bio=told.bio,
        avatar_hash=told.avatar_hash.lower() if told.avatar_hash else told.avatar_hash,
        follows=tuple(told.follows),
    )
