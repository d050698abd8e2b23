"""Links for a page: those that wait, and one with all that is known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from ostrakon.casework.linked import needs_a_senior, resting_on, suspensions_in_force
from ostrakon.casework.models import Case, Decision, LinkJudgement
from ostrakon.triage.models import Link, LinkSearch

MOST = 20
"""Of each kind of thing beside a link, the newest first."""


@dataclass(frozen=True)
class LinkPage:
    """One link."""

    link: Link
    """With account and suspended_account."""
    evidence: dict[str, Any] | None
    """None: erased by its rule."""
    judgements: Sequence[LinkJudgement]
    """The latest first."""
    suspensions: Sequence[Decision]
    """By which the other account is suspended now; with policy."""
    cases: Sequence[Case]
    """Of the new account; with policy."""
    others: Sequence[Link]
    """Other hypotheses about the new account; with suspended_account."""
    cited_by: Sequence[Decision]
    """Decisions that act, or may yet."""
    needs_senior: bool
    """The new account is the older one, or reported the other."""


def waiting_links() -> QuerySet[Link]:
    """Those that wait for a person, the most probable first."""
    return _with_accounts().filter(status=Link.Status.OPEN).order_by("-probability", "pk")


def behind(link: Link) -> Q:
    """To filter waiting links with: those that come after one."""
    return Q(probability__lt=link.probability) | Q(probability=link.probability, pk__gt=link.pk)


def other_links() -> QuerySet[Link]:
    """Those that were judged or are over."""
    return _with_accounts().exclude(status=Link.Status.OPEN)


def last_searches() -> list[LinkSearch]:
    """The last one of each platform."""
    latest: dict[str, LinkSearch] = {}
    for search in LinkSearch.objects.order_by("-pk")[:MOST]:
        latest.setdefault(search.platform, search)
    return [latest[platform] for platform in sorted(latest)]


def link_page(link_id: int) -> LinkPage | None:
    """Everything about one link; None: there is none."""
    link = _with_accounts().filter(pk=link_id).first()
    if link is None:
        return None
    return LinkPage(
        link=link,
        evidence=link.evidence,
        judgements=list(link.judgements.select_related("judged_by").order_by("-pk")[:MOST]),
        suspensions=list(suspensions_in_force([link.suspended_account_id]).select_related("policy")),
        cases=list(link.account.cases.select_related("policy").order_by("-opened_at")[:MOST]),
        others=list(
            _with_accounts().filter(account=link.account_id).exclude(pk=link.pk).order_by("-pk")[:MOST]
        ),
        cited_by=list(resting_on([link.pk]).order_by("-pk")[:MOST]),
        needs_senior=needs_a_senior(link),
    )


def _with_accounts() -> QuerySet[Link]:
    return Link.objects.select_related("account", "suspended_account", "search")
