"""What the platform tells about accounts and reporters, beside the reports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils import timezone
from ninja import Path, Router, Schema
from pydantic import ConfigDict, Field

from ostrakon.casework.permissions import Act
from ostrakon.errors import Unfit
from ostrakon.intake.accounts import AccountFacts, note_account
from ostrakon.intake.models import Account, Reporter
from ostrakon.intake.reporters import ReporterFacts, note_reporter
from ostrakon.web.api.doors import Request, senders
from ostrakon.web.api.report_in import CLOCKS_DIFFER
from ostrakon.web.api.shapes import LARGEST_ID, Language, Moment
from ostrakon.web.tokens import Scope

router = Router(tags=["accounts"])
TELLS = senders(Scope.ACCOUNTS_WRITE, Act.ADD_REPORTS)

Platform = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
StableId = Annotated[str, Path(min_length=1, max_length=512)]
Email = Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Count = Annotated[int, Field(ge=0, le=LARGEST_ID)]
Told = ConfigDict(extra="forbid")


class AccountIn(Schema):
    """What is known about an account. What is absent or null is unknown, and changes nothing."""

    model_config = Told

    created_at: Moment | None = None
    followers: Count | None = None
    views: Count | None = None
    language: Language | None = Field(None, description="of what it writes; for error rates only")
    handle: str | None = Field(None, min_length=1, max_length=512, description="without a leading @")
    email: Email | None = Field(None, description="for notices")
    notice_language: Language | None = Field(None, description="in which its person is written to")
    seen_at: Moment | None = Field(None, description="when the platform said so; null: now")


class ReporterIn(Schema):
    """What is known about a reporter. What is absent or null is unknown, and changes nothing."""

    model_config = Told

    created_at: Moment | None = None
    invited_by: str | None = Field(None, min_length=1, max_length=512)
    email: Email | None = Field(None, description="where they are told the outcome")
    language: Language | None = Field(None, description="in which they are told")


class NotedOut(Schema):
    """The number under which it is kept here; the same whether it was known before or not."""

    id: int


@router.put("/accounts/{platform}/{path:account}", auth=TELLS, response=NotedOut)
def tell_about_account(request: Request, platform: Platform, account: StableId, told: AccountIn) -> Account:
    """Keep what is known about an account; facts that are older than those we have change nothing."""
    facts = AccountFacts(
        platform,
        account,
        created_at=told.created_at,
        followers=told.followers,
        views=told.views,
        language=told.language or "",
        handle=told.handle or "",
        email=told.email or "",
        notice_language=told.notice_language or "",
    )
    return note_account(facts, seen_at=_past(told.seen_at))


@router.put("/reporters/{platform}/{path:reporter}", auth=TELLS, response=NotedOut)
def tell_about_reporter(
    request: Request, platform: Platform, reporter: StableId, told: ReporterIn
) -> Reporter:
    """Keep what is known about a reporter."""
    facts = ReporterFacts(
        platform,
        reporter,
        created_at=told.created_at,
        invited_by=told.invited_by or "",
        email=told.email or "",
        language=told.language or "",
    )
    return note_reporter(facts)


def _past(at: datetime | None) -> datetime:
    now = timezone.now()
    if at is not None and at > now + CLOCKS_DIFFER:
        raise Unfit("seen_at: this time is yet to come")
    return at or now
