"""What anybody may do without a name: read a notice to them, appeal, report, and see what came of it.

Links are signed; nothing here says whether an account exists, was reported or was decided about.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ostrakon.casework.actions.file_appeal import LONGEST_TEXT, file_appeal
from ostrakon.casework.links import decision_of, notice_of
from ostrakon.casework.models import Appeal, Decision, Notice
from ostrakon.casework.on_behalf import Plea, appeal_on_behalf
from ostrakon.casework.outcome import ReportOutcome, outcome_of_report
from ostrakon.intake.incoming import UNSPECIFIED
from ostrakon.intake.public_form import LONGEST_NAME, Filled, receive_form
from ostrakon.web.anonymous import APPEALING, READING, REPORTING, as_long_as_always, sender_of
from ostrakon.web.api.doors import Request, anybody
from ostrakon.web.api.shapes import Language
from ostrakon.web.receipts import receipt_of, report_of

router = Router(tags=["public"])
READER = anybody(READING)
APPELLANT = anybody(APPEALING)
NOTIFIER = anybody(REPORTING)


def _address(email: str) -> str:
    if email:
        try:
            validate_email(email)
        except ValidationError as problem:
            raise ValueError("this is not an e-mail address") from problem
    return email


def _said(text: str) -> str:
    """Without the blanks around it, as the verbs see it: what they would refuse is refused before anybody looks."""
    if not (said := text.strip()):
        raise ValueError("there is nothing; it must be said in words")
    return said


Signed = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Email = Annotated[str, StringConstraints(max_length=320, strip_whitespace=True), AfterValidator(_address)]
Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_TEXT, strip_whitespace=True),
    AfterValidator(_said),
]
Named = Annotated[str, StringConstraints(min_length=1, max_length=512, strip_whitespace=True)]
Platform = Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)]
OwnName = Annotated[str, StringConstraints(max_length=LONGEST_NAME, strip_whitespace=True)]


class NoticeOut(Schema):
    """A notice, as it was written; null where it was erased by its rule."""

    kind: str
    language: str
    written_at: datetime
    subject: str | None
    body: str | None


class OwnAppealIn(Schema):
    """Why the decision should be looked at again, in one's own words."""

    text: Words
    email: Email = ""
    language: Language | None = None


class OwnAppealOut(Schema):
    """An appeal by the person concerned, and its answer."""

    status: str
    filed_at: datetime
    due_at: datetime
    decided_at: datetime | None
    reasons: str | None


class AppealableOut(Schema):
    """The decision that an appeal link speaks of, and what was asked about it."""

    action: str
    status: str
    in_force_at: datetime | None
    appeals: list[OwnAppealOut]

    @staticmethod
    def resolve_appeals(decision: Decision) -> list[Appeal]:
        """By the person concerned; what others asked on their behalf is not shown."""
        return list(decision.appeals.filter(filed_by=Appeal.FiledBy.USER).order_by("-pk")[:50])


class PleaIn(Schema):
    """An appeal on somebody's behalf."""

    platform: Platform = Field("", description="empty: the one that this service is for")
    account: Named = Field(description="the id or handle of the account")
    filed_by: Literal["lawyer", "friend", "crowd"]
    text: Words
    name: OwnName = ""
    email: Email = ""
    language: Language | None = None


class Thanks(Schema):
    """Always the same answer."""

    status: Literal["received"] = "received"


class FormIn(Schema):
    """A report (DSA, Article 16)."""

    platform: Platform = Field("", description="empty: the one that this service is for")
    account: Named = Field(description="the id or handle of the account")
    location: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)] = Field(
        description="where exactly it stands: an address, the id of a message"
    )
    text: Words = Field(description="why it is against the rules or the law")
    policy: Annotated[str, StringConstraints(max_length=100, strip_whitespace=True)] = ""
    name: OwnName = Field("", description="of who reports; it is not required, and comes with an address")
    email: Email = Field("", description="where the outcome goes; it is not required")
    language: Language | None = None
    good_faith: Literal[True] = Field(description="what is said is believed to be true and complete")

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.name and not self.email:
            raise ValueError("a name comes with an e-mail address; leave out both, or neither")
        return self


class ReceiptOut(Schema):
    """What the sender of a report keeps."""

    receipt: str
    received_at: datetime


class OutcomeOut(Schema):
    """What came of a report so far."""

    received_at: datetime
    decided_at: datetime | None = Field(description="null: not yet")
    is_violation: bool | None = Field(description="as it stands today")


@router.get("/public/notices/{signed}", auth=READER, response=NoticeOut)
def read_notice(request: Request, signed: Signed) -> Notice:
    """The notice of a link that somebody was sent."""
    return notice_of(signed, timezone.now())


@router.get("/public/appeals/{signed}", auth=READER, response=AppealableOut)
def read_own_appeals(request: Request, signed: Signed) -> Decision:
    """What the appeal link of a notice speaks of, and the answers so far."""
    return decision_of(signed, timezone.now())


@router.post("/public/appeals/{signed}", auth=APPELLANT, response={201: OwnAppealOut})
def appeal_for_oneself(request: Request, signed: Signed, said: OwnAppealIn) -> Status[Appeal]:
    """Appeal as the person concerned, with the appeal link of the notice. The same words again are the same appeal."""
    now = timezone.now()
    appeal = file_appeal(
        decision_of(signed, now),
        filed_by=Appeal.FiledBy.USER,
        text=said.text,
        now=now,
        email=said.email,
        language=said.language or "",
    )
    return Status(201, appeal)


@router.post("/public/appeals", auth=APPELLANT, response={202: Thanks})
def appeal_for_somebody(request: Request, said: PleaIn) -> Status[Thanks]:
    """Appeal on somebody's behalf. The answer is always the same and says nothing about the account."""
    plea = Plea(
        platform=said.platform or settings.CONFIGURATION.platform,
        account=said.account,
        filed_by=Appeal.FiledBy(said.filed_by),
        text=said.text,
        name=said.name,
        email=said.email,
        language=said.language or "",
    )
    with as_long_as_always():
        appeal_on_behalf(plea, timezone.now())
    return Status(202, Thanks())


@router.post("/public/reports", auth=NOTIFIER, response={201: ReceiptOut})
def report_by_form(request: Request, said: FormIn) -> Status[dict[str, Any]]:
    """Report something, with or without an account; the receipt shows later what came of it."""
    now = timezone.now()
    filled = Filled(
        platform=said.platform or settings.CONFIGURATION.platform,
        account=said.account,
        reporter=sender_of(request, said.email, now),
        text=said.text,
        location=said.location,
        policy=said.policy or UNSPECIFIED,
        name=said.name,
        email=said.email,
        language=said.language or "",
    )
    report = receive_form(filled, now)
    return Status(201, {"receipt": receipt_of(report), "received_at": report.received_at})


@router.get("/public/reports/{receipt}", auth=READER, response=OutcomeOut)
def read_outcome(request: Request, receipt: Signed) -> ReportOutcome:
    """What came of a report so far."""
    return outcome_of_report(report_of(receipt))
