"""Decisions: proposed, answered by a second person, undone."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.actions.approve import LONGEST_WHY, approve, decline
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.actions.withdraw import withdraw
from ostrakon.casework.models import Action, Decision, Notice, NoticeTemplate
from ostrakon.casework.permissions import Act
from ostrakon.casework.proposal import LONGEST_FACTS, LONGEST_HOURS, MOST_LINKS, Proposal
from ostrakon.casework.sight import decisions_seen_by
from ostrakon.errors import NotThere
from ostrakon.web.api.doors import Request, guests_too, people, person_of
from ostrakon.web.api.shapes import Id, PageOf, Paging, fetch, newest_first, one_of
from ostrakon.web.tokens import Scope

router = Router(tags=["decisions"])
READER = people(Scope.CASES_READ, Act.READ_CASES)
READER_OR_GUEST = guests_too(Scope.CASES_READ, Act.READ_CASES)
SECOND_PERSON = guests_too(Scope.DECISIONS_WRITE, Act.APPROVE)
PROPOSER = people(Scope.DECISIONS_WRITE, Act.PROPOSE)
Answer = Annotated[Decision.Answer, one_of(Decision.Answer)]
WITHHELD = "appeal_link"
"""Of a statement of reasons: whoever has the link appeals as the person concerned."""

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="made by the sender, once for each proposal: the same key is the same proposal",
    ),
]


class ProposalIn(Schema):
    """What shall be decided."""

    version: int = Field(ge=0, le=2**31 - 1, description="`version` of the case as it was read")
    outcome: Annotated[Decision.Outcome, one_of(Decision.Outcome)]
    action: Annotated[Action, one_of(Action)]
    facts: str = Field("", max_length=LONGEST_FACTS)
    duration_hours: int | None = Field(None, ge=1, le=LONGEST_HOURS)
    exempt_press: Answer | None = None
    exempt_research: Answer | None = None
    exempt_counter_speech: Answer | None = None
    links: list[Id] = Field(
        default_factory=list,
        max_length=MOST_LINKS,
        description="confirmed links of the account that it cites",
    )


class Why(Schema):
    """A reason, for colleagues."""

    why: str = Field(min_length=1, max_length=LONGEST_WHY)


class DecisionOut(Schema):
    """A decision."""

    id: int
    case: int = Field(validation_alias="case_id")
    account: int = Field(validation_alias="account_id")
    policy: int = Field(validation_alias="policy_id")
    policy_version: int = Field(validation_alias="policy_version_id")
    status: str
    outcome: str
    action: str
    duration_hours: int | None
    facts: str | None
    detected: str
    selection: str
    propensity: float | None
    under_pressure: bool
    exempt_press: str
    exempt_research: str
    exempt_counter_speech: str
    proposed_by: int = Field(validation_alias="proposed_by_id")
    proposed_at: datetime
    approved_by: int | None = Field(validation_alias="approved_by_id")
    approved_at: datetime | None
    approver_standing: str
    in_force_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    ended_why: str
    needs_second_person: bool
    links: list[int] = Field(description="to suspended accounts, that it cites")

    @staticmethod
    def resolve_links(decision: Decision) -> list[int]:
        """By id."""
        return sorted(citation.link_id for citation in decision.citations.all())


class StatementOut(Schema):
    """The statement of reasons as it was written; null where it was erased by its rule."""

    id: int
    language: str
    written_at: datetime
    statement: dict[str, str | bool | int | None] | None

    @staticmethod
    def resolve_statement(notice: Notice) -> dict[str, Any] | None:
        """Without what only the person concerned may have."""
        if notice.statement is None:
            return None
        return {name: value for name, value in notice.statement.items() if name != WITHHELD}


class DecisionFilter(Paging):
    """Which decisions."""

    status: Annotated[Decision.Status, one_of(Decision.Status)] | None = None
    case: Id | None = None
    account: Id | None = None


@router.get("/decisions", auth=READER, response=PageOf[DecisionOut])
def list_decisions(request: Request, page: Query[DecisionFilter]) -> dict[str, Any]:
    """Decisions, the newest first."""
    wanted = page.dict(include={"status", "case", "account"}, exclude_none=True)
    return newest_first(decisions_seen_by(person_of(request), timezone.now()).filter(**wanted), page)


@router.post("/cases/{case_id}/proposals", auth=PROPOSER, response={201: DecisionOut})
def make_proposal(request: Request, case_id: Id, new: ProposalIn, key: IdempotencyKey) -> Status[Decision]:
    """Propose a decision: what one person may decide alone acts at once, the rest waits for a second person."""
    person = person_of(request)
    said = {**new.dict(), "links": tuple(new.links)}
    proposal = Proposal(case=case_id, key=own_key(person.pk, key), **said)
    return Status(201, propose(person, proposal, timezone.now()))


@router.get("/decisions/{decision_id}", auth=READER_OR_GUEST, response=DecisionOut)
def show_decision(request: Request, decision_id: Id) -> Decision:
    """One decision."""
    return _seen_by(request, decision_id)


@router.post("/decisions/{decision_id}/approve", auth=SECOND_PERSON, response=DecisionOut)
def approve_decision(request: Request, decision_id: Id) -> Decision:
    """Say yes as the second person: it comes into force at once."""
    return approve(person_of(request), decision_id, timezone.now())


@router.post("/decisions/{decision_id}/decline", auth=SECOND_PERSON, response=DecisionOut)
def decline_decision(request: Request, decision_id: Id, said: Why) -> Decision:
    """Say no as the second person: the case waits for another proposal."""
    return decline(person_of(request), decision_id, said.why, timezone.now())


@router.post("/decisions/{decision_id}/withdraw", auth=PROPOSER, response=DecisionOut)
def withdraw_decision(request: Request, decision_id: Id) -> Decision:
    """Take one's own proposal back."""
    return withdraw(person_of(request), decision_id, timezone.now())


@router.post(
    "/decisions/{decision_id}/reverse",
    auth=people(Scope.DECISIONS_WRITE, Act.REVERSE),
    response=DecisionOut,
)
def reverse_decision(request: Request, decision_id: Id, said: Why) -> Decision:
    """Undo what was found to be wrong; the person concerned is told."""
    return overturn(person_of(request), decision_id, said.why, timezone.now())


@router.get("/decisions/{decision_id}/statement", auth=READER_OR_GUEST, response=StatementOut)
def show_statement(request: Request, decision_id: Id) -> Notice:
    """What the person concerned was told."""
    decision = _seen_by(request, decision_id)
    notice = decision.notices.filter(kind=NoticeTemplate.Kind.STATEMENT_OF_REASONS).first()
    if notice is None:
        raise NotThere("no statement of reasons was written for this decision")
    return notice


def _seen_by(request: Request, decision_id: int) -> Decision:
    return fetch(decisions_seen_by(person_of(request), timezone.now()), decision_id)


def own_key(person: int, key: str) -> str:
    """Two people who choose the same key do not meet."""
    return hashlib.sha256(f"{person}:{key}".encode()).hexdigest()
