"""The background job that looks for returners. It finds hypotheses and decides nothing. Heavy: for workers only."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from ostrakon.casework import returning
from ostrakon.casework.linked import suspensions_in_force
from ostrakon.casework.models import Case
from ostrakon.intake.models import Profile, Report
from ostrakon.ledger.turns import in_turn
from ostrakon.triage.models import LinkSearch
from ostrakon.triage.returners import Asked, Searched, keep_links, look

SETTLED = timedelta(seconds=60)
"""What is older than this, everybody sees: a verb takes its time when it begins and is seen by others when it ends."""
SEED = 0
LEAST_PLACEBO = 200
"""Accounts, never suspended, that are searched too, where there are so few suspended ones."""


def look_for_returners(now: datetime) -> list[LinkSearch]:
    """One search for each platform on which somebody is suspended and something is new. Each is on the record."""
    made = []
    for platform in returning.platforms_with_suspensions():
        if (asked := _asked(platform, now)) is not None:
            searched = look(asked, timezone.now())
            made.append(in_turn(partial(_kept, searched)))
    return made


def _asked(platform: str, now: datetime) -> Asked | None:
    """What is new since the last search; None: nothing is."""
    before, until = returning.last_search(platform), now - SETTLED
    after_report = before.last_report if before else 0
    after_profile = before.as_of if before else None
    last = Report.objects.aggregate(last=Coalesce(Max("pk"), 0))["last"]
    if last <= after_report and not _was_told(platform, after_profile, until):
        return None
    suspended = returning.suspended_accounts(platform)
    return Asked(
        platform=platform,
        as_of=until,
        after_report=after_report,
        last_report=last,
        after_profile=after_profile,
        suspended=suspended,
        reported=returning.reported_since(platform, after_report, last, now),
        told=returning.told_since(platform, after_profile, until, now),
        placebo=returning.never_suspended(platform, max(suspended.count(), LEAST_PLACEBO), now),
        suspended_at=returning.suspended_at(platform),
        reviews=returning.reviews(platform, until),
        reviewed=returning.reviewed_accounts(platform, until),
        seed=SEED,
    )


def _was_told(platform: str, after: datetime | None, until: datetime) -> bool:
    told = Profile.objects.filter(account__platform=platform, told_at__lte=until)
    return (told.filter(told_at__gt=after) if after else told).exists()


def _kept(searched: Searched) -> LinkSearch:
    """Links only to who is suspended still: their cases are held, so nobody is reinstated meanwhile."""
    with transaction.atomic():
        found = {link.suspended_account_id for link in searched.links}
        cases = Case.objects.filter(pk__in=suspensions_in_force(found).values("case")).order_by("pk")
        list(cases.select_for_update(no_key=True).values_list("pk"))
        suspended = set(suspensions_in_force(found).values_list("account", flat=True))
        return keep_links(searched, suspended, timezone.now())
