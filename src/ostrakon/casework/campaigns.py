"""Campaigns for a page: who took part, whom they reported, what was decided since, and enough to draw it.

Everything here is bounded: a page shows the first of each and says how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ostrakon.casework.models import Case, Decision, SettingAside
from ostrakon.intake.models import Account, Report, Reporter
from ostrakon.triage.models import Campaign

MEMBERS, TARGETS = 60, 40
"""That are shown; more would be a file to search, not a picture to look at."""
TIMES = 2_000
"""Reports in a picture, the first ones."""
CASES, DECISIONS = 100, 100
Busy = TypeVar("Busy", Account, Reporter)


@dataclass(frozen=True)
class CampaignPage:
    """One campaign. Coordinated does not mean malicious: nothing here says who is right."""

    campaign: Campaign
    """With ``member_count`` and ``target_count``."""
    members: Sequence[Reporter]
    """With ``report_count``: how many on the targets. The busiest first, at most ``MEMBERS``."""
    targets: Sequence[Account]
    """With ``report_count``: by members. The most reported first, at most ``TARGETS``."""
    pairs: frozenset[tuple[int, int]]
    """Member and target, by id, of those shown: who reported whom."""
    times: Sequence[tuple[datetime, int, int]]
    """When, by whom and about whom: reports of shown members on shown targets, the first ``TIMES`` of them."""
    reports: int
    """By all members on all targets, in the time of the campaign and outside."""
    cases: Sequence[Case]
    """On the targets, with account and policy, the newest first; at most ``CASES``."""
    case_count: int
    decisions: Sequence[Decision]
    """That came into force on cases of the targets since it began, the latest first; at most ``DECISIONS``."""
    decision_count: int
    reversed_count: int
    """Of these decisions, those that were reversed since."""
    settings_aside: Sequence[SettingAside]
    """For which cases its reports do not count, and which of that was taken back; the latest first."""


def current_campaigns() -> QuerySet[Campaign]:
    """Those that the last run found, the latest first, with ``member_count``, ``target_count``, ``decision_count``."""
    touched = Decision.objects.filter(
        account__campaigns=OuterRef("pk"), in_force_at__gte=OuterRef("first_at")
    )
    return _counted(Campaign.objects.filter(is_current=True)).annotate(
        decision_count=Coalesce(_number(touched, "account__campaigns"), 0)
    )


def campaigns_against(case: Case) -> QuerySet[Campaign]:
    """Those that the last run found against the account of a case, the latest first, counted as above."""
    return _counted(Campaign.objects.filter(is_current=True, targets=case.account_id))


def campaign_page(campaign_id: int) -> CampaignPage | None:
    """All that a page about one campaign shows; None: there is none. Also one that a later run found no more.

    Some fifteen queries, however large it is.
    """
    campaign = _counted(Campaign.objects.filter(pk=campaign_id)).first()
    if campaign is None:
        return None
    reports = _reports(campaign)
    members = list(_busiest(Reporter.objects.filter(campaigns=campaign), reports, "reporter")[:MEMBERS])
    targets = list(_busiest(Account.objects.filter(campaigns=campaign), reports, "account")[:TARGETS])
    shown = reports.filter(reporter__in=_ids(members), account__in=_ids(targets))
    cases = Case.objects.filter(account__campaigns=campaign).select_related("account", "policy", "valuation")
    decisions = Decision.objects.filter(account__campaigns=campaign, in_force_at__gte=campaign.first_at)
    asides = campaign.settings_aside.select_related("made_by", "taken_back_by").prefetch_related(
        "items__case"
    )
    return CampaignPage(
        campaign,
        members,
        targets,
        frozenset(shown.values_list("reporter", "account").distinct()),
        list(shown.order_by("reported_at", "pk").values_list("reported_at", "reporter", "account")[:TIMES]),
        reports.count(),
        list(cases.order_by("-opened_at", "-pk")[:CASES]),
        cases.count(),
        list(
            decisions.select_related("case", "account", "policy").order_by("-in_force_at", "-pk")[:DECISIONS]
        ),
        decisions.count(),
        decisions.filter(status=Decision.Status.REVERSED).count(),
        list(asides.order_by("-pk")),
    )


def _counted(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    members = Campaign.members.through.objects.filter(campaign=OuterRef("pk"))
    targets = Campaign.targets.through.objects.filter(campaign=OuterRef("pk"))
    return campaigns.annotate(
        member_count=Coalesce(_number(members, "campaign"), 0),
        target_count=Coalesce(_number(targets, "campaign"), 0),
    ).order_by("-last_at", "pk")


def _number(rows: QuerySet[Any], by: str) -> Subquery:
    """How many rows there are of each; null: none."""
    return Subquery(rows.order_by().values(by).annotate(number=Count("pk")).values("number"))


def _reports(campaign: Campaign) -> QuerySet[Report]:
    """Of members about targets."""
    members = Campaign.members.through.objects.filter(campaign=campaign)
    targets = Campaign.targets.through.objects.filter(campaign=campaign)
    return Report.objects.filter(
        reporter__in=members.values("reporter"), account__in=targets.values("account")
    )


def _busiest(rows: QuerySet[Busy], reports: QuerySet[Report], by: str) -> QuerySet[Busy]:
    """With ``report_count``, the most first."""
    theirs = reports.filter(**{by: OuterRef("pk")})
    counted = rows.annotate(report_count=Coalesce(_number(theirs, by), 0))
    return counted.order_by("-report_count", "pk")


def _ids(rows: Iterable[Any]) -> list[int]:
    return [row.pk for row in rows]
