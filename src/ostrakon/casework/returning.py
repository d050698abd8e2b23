"""For whom returners are looked for, and among whom; read down to triage, which knows of no decision. Heavy.

New is an account that is not suspended and was made in the last year, or nobody knows when. It is looked for when it
was reported, or when the platform told whom it follows and it keeps a suspended one's company: never everybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from ostrakon.analysis.tables import REVIEWS
from ostrakon.casework.models import Decision, LinkJudgement
from ostrakon.casework.models.decisions import IN_EFFECT, SUSPENSIONS
from ostrakon.intake.models import Account, Profile, Report
from ostrakon.triage.models import LinkSearch

NEW_FOR = timedelta(days=365)
MOST_REVIEWS = 5_000
"""Verdicts that are learned from, the latest ones."""
VERDICTS = {"same": "same", "different": "different", "cannot_tell": "unclear"}


def platforms_with_suspensions() -> list[str]:
    """Those on which there is somebody to find."""
    suspended = Account.objects.filter(_is_suspended())
    return list(suspended.order_by("platform").values_list("platform", flat=True).distinct())


def suspended_accounts(platform: str) -> QuerySet[Account]:
    """Who is suspended on a platform now."""
    return Account.objects.filter(_is_suspended(), platform=platform)


def suspended_at(platform: str) -> dict[str, datetime]:
    """Since when, by the platform's id."""
    acting = Q(decisions__status=Decision.Status.IN_FORCE, decisions__action__in=SUSPENSIONS)
    since = suspended_accounts(platform).annotate(since=Min("decisions__in_force_at", filter=acting))
    return dict(since.values_list("external_id", "since"))


def reported_since(platform: str, after: int, last: int, now: datetime) -> QuerySet[Account]:
    """New accounts that reports of these ids are about."""
    lately = Report.objects.filter(account=OuterRef("pk"), pk__gt=after, pk__lte=last)
    return _new(platform, now).filter(Exists(lately))


def told_since(platform: str, after: datetime | None, until: datetime, now: datetime) -> QuerySet[Account]:
    """New accounts of which the platform told in this time whom they follow."""
    told = Profile.objects.filter(account=OuterRef("pk"), told_at__lte=until)
    lately = told.filter(told_at__gt=after) if after else told
    return _new(platform, now).filter(Exists(lately))


def never_suspended(platform: str, most: int, now: datetime) -> QuerySet[Account]:
    """Accounts as well known as the suspended ones: reported, and no suspension ever came of it. No new ones."""
    reported = Report.objects.filter(account=OuterRef("pk"))
    ever = Decision.objects.filter(account=OuterRef("pk"), action__in=SUSPENSIONS, status__in=IN_EFFECT)
    old = Account.objects.filter(platform=platform).exclude(pk__in=_new(platform, now).values("pk"))
    found = old.filter(Exists(reported), ~Exists(ever)).order_by("-pk")
    return Account.objects.filter(pk__in=found.values("pk")[:most])


def reviews(platform: str, as_of: datetime) -> pl.DataFrame:
    """What people last said about each link: account, suspended_account, verdict, by the platform's ids."""
    said = LinkJudgement.objects.filter(judged_at__lte=as_of, link__account__platform=platform)
    latest = said.values("link").annotate(last=Max("pk")).values("last")
    rows = (
        LinkJudgement.objects.filter(pk__in=latest)
        .order_by("-pk")
        .values_list("link__account__external_id", "link__suspended_account__external_id", "verdict")[
            :MOST_REVIEWS
        ]
    )
    return pl.DataFrame(
        [(account, suspended, VERDICTS[verdict]) for account, suspended, verdict in rows],
        schema={name: REVIEWS[name].kind.dtype for name in REVIEWS.names},
        orient="row",
    ).sort("account", "suspended_account")


def reviewed_accounts(platform: str, as_of: datetime) -> QuerySet[Account]:
    """The new accounts that these were said about."""
    said = LinkJudgement.objects.filter(link__account=OuterRef("pk"), judged_at__lte=as_of)
    return Account.objects.filter(Exists(said), platform=platform)


def last_search(platform: str) -> LinkSearch | None:
    """The one that the next goes on from."""
    return LinkSearch.objects.filter(platform=platform).order_by("-pk").first()


def _new(platform: str, now: datetime) -> QuerySet[Account]:
    recent = Q(created_at__isnull=True) | Q(created_at__gt=now - NEW_FOR)
    return Account.objects.filter(~_is_suspended(), recent, platform=platform)


def _is_suspended() -> Q:
    acting = Decision.objects.filter(
        account=OuterRef("pk"), status=Decision.Status.IN_FORCE, action__in=SUSPENSIONS
    )
    return Q(Exists(acting))
