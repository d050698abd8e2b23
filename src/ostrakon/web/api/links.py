"""Links to suspended accounts: hypotheses that people judge. Those of protected accounts are not shown here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from ostrakon.casework.actions.judge_link import LONGEST_REASONS, judge_link
from ostrakon.casework.linked import is_protected
from ostrakon.casework.models import LinkJudgement
from ostrakon.casework.permissions import Act
from ostrakon.errors import NotThere
from ostrakon.triage.models import Link, LinkSearch
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, PageOf, Paging, fetch, newest_first, one_of
from ostrakon.web.tokens import Scope

router = Router(tags=["links"])
READER = people(Scope.CASES_READ, Act.READ_CASES)
JUDGE = people(Scope.DECISIONS_WRITE, Act.JUDGE_LINKS)


class LinkOut(Schema):
    """The hypothesis that two accounts are one person's. It never acts: a decision of people may cite it."""

    id: int
    search: int = Field(validation_alias="search_id")
    account: int = Field(validation_alias="account_id", description="the new one")
    suspended_account: int = Field(validation_alias="suspended_account_id")
    status: str
    evidence: dict[str, Any] | None = Field(description="for and against, as it was found; null: erased")
    channels: list[str]
    rank: int
    probability: float
    false_link_rate: float | None = Field(
        description="share of wrong ones among links that score as high, a lower bound; null: cannot tell"
    )
    is_suggested: bool = Field(
        description="stated to be wrong no more often than its search suggests; otherwise it is only possible"
    )
    found_at: datetime

    @staticmethod
    def resolve_channels(link: Link) -> list[str]:
        """Each for itself."""
        return [channel for channel in link.channels.split(";") if channel]


class LinkSearchOut(Schema):
    """One search: what was looked for, in what, and whether suggestions were switched off."""

    id: int
    platform: str
    started_at: datetime
    finished_at: datetime
    version: str
    parameters: dict[str, Any]
    as_of: datetime
    after_report: int
    last_report: int
    suspended: int
    new: int
    placebo: int
    reviews: int
    links: int
    placebo_rate: float | None
    switched_off: str
    input_sha256: str


class JudgementIn(Schema):
    """What somebody sees, and why."""

    verdict: Annotated[LinkJudgement.Verdict, one_of(LinkJudgement.Verdict)]
    reasons: str = Field(min_length=1, max_length=LONGEST_REASONS)


class LinkFilter(Paging):
    """Which links."""

    status: Annotated[Link.Status, one_of(Link.Status)] | None = None
    account: Id | None = None
    suspended_account: Id | None = None


@router.get("/links", auth=READER, response=PageOf[LinkOut])
def list_links(request: Request, page: Query[LinkFilter]) -> dict[str, Any]:
    """Links, the newest first."""
    wanted = page.dict(include={"status", "account", "suspended_account"}, exclude_none=True)
    return newest_first(_shown().filter(**wanted), page)


@router.get("/links/{link_id}", auth=READER, response=LinkOut)
def show_link(request: Request, link_id: Id) -> Link:
    """One link, with what speaks for it and against it."""
    return fetch(_shown(), link_id)


@router.post("/links/{link_id}/judge", auth=JUDGE, response=LinkOut)
def judge(request: Request, link_id: Id, said: JudgementIn) -> Link:
    """Say whether two accounts are one person's, or that one cannot tell. Nothing follows from it by itself."""
    if not _shown().filter(pk=link_id).exists():
        raise NotThere("there is nothing of this number, or it is not for you to see")
    return judge_link(person_of(request), link_id, said.verdict, said.reasons, timezone.now())


@router.get("/link-searches", auth=READER, response=PageOf[LinkSearchOut])
def list_link_searches(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """Searches for returners, the newest first."""
    return newest_first(LinkSearch.objects.all(), page)


def _shown() -> QuerySet[Link]:
    return Link.objects.select_related("search").exclude(is_protected())
