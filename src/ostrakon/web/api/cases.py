"""Cases: the queue, what is known about one, and the work on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.actions.claim import claim, release
from ostrakon.casework.actions.escalate import escalate
from ostrakon.casework.actions.note import LONGEST_NOTE, write_note
from ostrakon.casework.actions.offer import next_case
from ostrakon.casework.actions.opinion import ask_opinion, give_opinion, is_blind
from ostrakon.casework.actions.reverse import was_undone
from ostrakon.casework.areas import reports_of
from ostrakon.casework.models import Case, Note, Offer, Opinion, Person
from ostrakon.casework.permissions import Act, may
from ostrakon.casework.queue import LARGEST_PAGE, PAGE, Filters, Place, queue_page
from ostrakon.casework.sight import cases_seen_by, decisions_seen_by
from ostrakon.intake.models import Account
from ostrakon.web.api.decisions import DecisionOut
from ostrakon.web.api.doors import Request, guests_too, people, person_of
from ostrakon.web.api.shapes import Id, PageOf, Paging, fetch, newest_first, one_of
from ostrakon.web.tokens import Scope

router = Router(tags=["cases"])
READER = people(Scope.CASES_READ, Act.READ_CASES)
READER_OR_GUEST = guests_too(Scope.CASES_READ, Act.READ_CASES)
REVIEWER = people(Scope.CASES_WRITE, Act.WORK_ON_CASES)
MOST_SHOWN = 100
"""Decisions, notes and opinions that come with a case, the newest first."""


class CaseRow(Schema):
    """A case as it stands in the queue."""

    id: int
    account: int = Field(validation_alias="account_id")
    platform: str = Field(validation_alias="account.platform")
    account_name: str = Field(validation_alias="account.external_id", description="the platform's stable id")
    policy: int = Field(validation_alias="policy_id")
    policy_code: str = Field(validation_alias="policy.code")
    status: str
    lane: Literal["priority", "ordinary"]
    opened_at: datetime
    due_at: datetime
    turn_at: datetime
    reports: int
    reporters: int
    probability: float | None = Field(description="null: not valued yet")
    expected_harm: float
    under_pressure: bool
    claimed_by: int | None = Field(validation_alias="claimed_by_id")
    claimed_until: datetime | None
    escalated_at: datetime | None
    version: int

    @staticmethod
    def resolve_lane(case: Case) -> str:
        """By name."""
        return Case.Lane(case.lane).name.lower()


class QueueOut(PageOf[CaseRow]):
    """A page of cases, and how many there are."""

    count: int = Field(description="of all that pass, counted up to a thousand")
    has_more_than_counted: bool


class AccountOut(Schema):
    """An account, as far as it is known."""

    id: int
    platform: str
    external_id: str
    handles: list[str] = Field(description="the current one first")
    created_at: datetime | None
    followers: int | None
    views: int | None
    language: str

    @staticmethod
    def resolve_handles(account: Account) -> list[str]:
        """The current one first."""
        named = account.handles.order_by("-is_current", "-last_seen_at")
        return list(named.values_list("handle", flat=True)[:MOST_SHOWN])


class ValuationOut(Schema):
    """What the reports on a case are worth: a probability with its 90 % interval, and where it comes from."""

    id: int
    run: int = Field(validation_alias="run_id")
    account: int = Field(validation_alias="account_id")
    policy: str
    reports: int
    reporters: int
    independent_reports: float
    probability: float
    probability_low: float
    probability_high: float
    is_current: bool


class NoteOut(Schema):
    """What a colleague wrote; null where it was erased by its rule."""

    id: int
    author: int = Field(validation_alias="author_id")
    at: datetime
    text: str | None


class OpinionOut(Schema):
    """A blind second opinion."""

    id: int
    person: int = Field(validation_alias="person_id")
    asked_at: datetime
    given_at: datetime | None
    outcome: str


class CaseOut(Schema):
    """All that is known about a case. Lists hold the newest first, at most a hundred."""

    case: CaseRow
    account: AccountOut
    valuation: ValuationOut | None
    pressure: str = Field(description="why its reports were discounted")
    was_undone: bool = Field(description="people undid a decision about this account before")
    strikes: int = Field(description="of the account, in force")
    campaigns: list[str] = Field(description="coordinated reporting that the last run found on the account")
    is_blind: bool = Field(
        description="one's own second opinion is awaited: decisions and notes are not shown"
    )
    decisions: list[DecisionOut]
    notes: list[NoteOut]
    opinions: list[OpinionOut]


class ReportRow(Schema):
    """A report, as it came."""

    id: int
    source: int = Field(validation_alias="source_id")
    reporter: int | None = Field(validation_alias="shown_reporter", description="null: not for you to see")
    policy: str
    declared: str
    reported_at: datetime
    received_at: datetime
    text: str | None
    evidence: int | None = Field(validation_alias="evidence_id")


class OfferOut(Schema):
    """A case that was put into one's hand, how it was chosen and how likely that was."""

    id: int
    selection: str
    propensity: float
    case: CaseRow


class NoteIn(Schema):
    """What to write beside a case."""

    text: str = Field(min_length=1, max_length=LONGEST_NOTE)


class OpinionIn(Schema):
    """What one thinks."""

    outcome: Literal["upheld", "rejected", "unclear"]


class AskedIn(Schema):
    """Whose opinion is asked for."""

    colleague: Id


class Wanted(Schema):
    """Which case comes next."""

    lane: Literal["priority", "ordinary"] | None = None
    policy: Id | None = None


class QueueFilter(Wanted):
    """Which cases, and which page of them."""

    status: Annotated[Case.Status, one_of(Case.Status)] = Case.Status.OPEN
    under_pressure: bool | None = None
    claimed_by: Id | None = None
    after: str | None = Field(None, max_length=100, description="`next` of the page before")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


@router.get("/cases", auth=READER, response=QueueOut)
def list_cases(request: Request, wanted: Query[QueueFilter]) -> dict[str, Any]:
    """The queue, in the order in which cases come up: by lane, then by when it is their turn."""
    filters = Filters(
        wanted.status, _lane(wanted.lane), wanted.policy, wanted.under_pressure, wanted.claimed_by
    )
    page = queue_page(filters, Place.read(wanted.after) if wanted.after else None, wanted.limit)
    return {
        "items": page.cases,
        "next": None if page.last is None else str(page.last).replace("+00:00", "Z"),
        "count": page.count,
        "has_more_than_counted": page.has_more_than_counted,
    }


@router.post("/cases/next", auth=REVIEWER, response={200: OfferOut, 204: None})
def claim_next_case(request: Request, wanted: Wanted) -> Status[Offer | None]:
    """Take the next free case in hand: the head of the queue, now and then one at random; 204: none is free."""
    offer = next_case(person_of(request), timezone.now(), lane=_lane(wanted.lane), policy=wanted.policy)
    if offer is None:
        return Status(204, None)
    return Status(200, Offer.objects.select_related("case__account", "case__policy").get(pk=offer.pk))


@router.get("/cases/{case_id}", auth=READER_OR_GUEST, response=CaseOut)
def show_case(request: Request, case_id: Id) -> dict[str, Any]:
    """All that is known about a case. A guest does not see colleagues' notes."""
    person, now = person_of(request), timezone.now()
    case = fetch(_named(cases_seen_by(person, now)).select_related("valuation"), case_id)
    blind = is_blind(person, case)
    strikes = case.account.strikes.filter(withdrawn_at__isnull=True, expires_at__gt=now)
    campaigns = case.account.campaigns.filter(is_current=True).order_by("pk")
    return {
        "case": case,
        "account": case.account,
        "valuation": case.valuation,
        "pressure": case.pressure,
        "was_undone": was_undone(case),
        "strikes": strikes.count(),
        "campaigns": list(campaigns.values_list("label", flat=True)[:MOST_SHOWN]),
        "is_blind": blind,
        "decisions": _newest(decisions_seen_by(person, now).filter(case=case)),
        "notes": [] if blind or person.is_guest else _newest(case.notes.all()),
        "opinions": _newest(case.opinions.filter(person=person) if blind else case.opinions.all()),
    }


@router.get("/cases/{case_id}/reports", auth=READER_OR_GUEST, response=PageOf[ReportRow])
def list_reports_of_case(request: Request, case_id: Id, page: Query[Paging]) -> dict[str, Any]:
    """The reports on a case, the newest first. Who reported is for colleagues only."""
    person = person_of(request)
    case = fetch(cases_seen_by(person, timezone.now()).select_related("policy"), case_id)
    found = newest_first(reports_of(case), page)
    may_see_who = may(person, Act.READ_REPORTERS)
    for report in found["items"]:
        report.shown_reporter = report.reporter_id if may_see_who else None
    return found


@router.post("/cases/{case_id}/claim", auth=REVIEWER, response=CaseRow)
def claim_case(request: Request, case_id: Id) -> Case:
    """Take it in hand, or hold on to it."""
    claim(person_of(request), case_id, timezone.now())
    return _row(case_id)


@router.post("/cases/{case_id}/release", auth=REVIEWER, response=CaseRow)
def release_case(request: Request, case_id: Id) -> Case:
    """Put it back into its place in the queue."""
    release(person_of(request), case_id, timezone.now())
    return _row(case_id)


@router.post("/cases/{case_id}/escalate", auth=REVIEWER, response=CaseRow)
def escalate_case(request: Request, case_id: Id) -> Case:
    """Bring it forward: it cannot wait. It is still decided by people."""
    escalate(person_of(request), case_id, timezone.now())
    return _row(case_id)


@router.post("/cases/{case_id}/notes", auth=REVIEWER, response={201: NoteOut})
def make_note(request: Request, case_id: Id, new: NoteIn) -> Status[Note]:
    """Write a note beside it, for colleagues."""
    return Status(201, write_note(person_of(request), case_id, new.text, timezone.now()))


@router.post("/cases/{case_id}/opinions/ask", auth=REVIEWER, response={201: OpinionOut})
def ask_for_opinion(request: Request, case_id: Id, asked: AskedIn) -> Status[Opinion]:
    """Ask a colleague for a second opinion; until they answer they see no decision and no note on it."""
    colleague = fetch(Person.objects.all(), asked.colleague)
    return Status(201, ask_opinion(person_of(request), case_id, colleague, timezone.now()))


@router.post("/cases/{case_id}/opinions", auth=REVIEWER, response=OpinionOut)
def answer_with_opinion(request: Request, case_id: Id, given: OpinionIn) -> Opinion:
    """Give the second opinion that one was asked for."""
    return give_opinion(person_of(request), case_id, given.outcome, timezone.now())


def _named(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With the names that a row shows."""
    return cases.select_related("account", "policy")


def _row(case_id: int) -> Case:
    return _named(Case.objects.all()).get(pk=case_id)


def _newest(rows: QuerySet[Any]) -> list[Any]:
    return list(rows.order_by("-pk")[:MOST_SHOWN])


def _lane(name: str | None) -> Case.Lane | None:
    return None if name is None else Case.Lane[name.upper()]
