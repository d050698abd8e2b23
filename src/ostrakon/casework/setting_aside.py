"""Which reports of campaigns do not count, for which cases, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from ostrakon.casework.areas import area, reports_of
from ostrakon.casework.models import Case, SetAsideCase, SettingAside
from ostrakon.intake.models import Report
from ostrakon.triage.models import Campaign

IN_FORCE = Q(setting_aside__taken_back_at__isnull=True)


def in_force_at(as_of: datetime) -> QuerySet[SettingAside]:
    """What was set aside at a time; the same whenever it is asked."""
    still = Q(taken_back_at__isnull=True) | Q(taken_back_at__gt=as_of)
    return SettingAside.objects.filter(still, made_at__lte=as_of)


def set_aside_for(case: Case) -> QuerySet[SetAsideCase]:
    """What is set aside for a case now, the latest first: which campaign's reports, how many then, by whom and why."""
    items = SetAsideCase.objects.filter(IN_FORCE, case=case)
    return items.select_related("setting_aside__campaign", "setting_aside__made_by").order_by("-pk")


def reports_set_aside(case: Case) -> QuerySet[Report]:
    """The reports on a case that do not count now. They are kept, and shown."""
    campaigns = SetAsideCase.objects.filter(IN_FORCE, case=case).values("setting_aside__campaign")
    members = Campaign.members.through.objects.filter(campaign__in=campaigns, reporter=OuterRef("reporter"))
    return reports_of(case).filter(Exists(members))


def is_set_aside() -> Exists:
    """To annotate cases with: do some reports not count for them now?"""
    return Exists(SetAsideCase.objects.filter(IN_FORCE, case=OuterRef("pk")))


def reports_by_members(campaign: Campaign, cases: Collection[Case]) -> Counter[tuple[int, int]]:
    """How many reports the members of a campaign made, by the account and policy of each case."""
    members = Campaign.members.through.objects.filter(campaign=campaign, reporter=OuterRef("reporter"))
    accounts = {case.account_id for case in cases}
    found = Report.objects.filter(Exists(members), account__in=accounts).annotate(area=area())
    rows = found.order_by().values_list("account", "area").annotate(count=Count("pk"))
    return Counter({(account, policy): count for account, policy, count in rows})
