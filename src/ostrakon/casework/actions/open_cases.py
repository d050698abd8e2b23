"""The background job that makes cases of reports: one an account and policy, reopened, never doubled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from ostrakon.casework import order
from ostrakon.casework.areas import area
from ostrakon.casework.arrivals import Arrival, opened, taken_in
from ostrakon.casework.bulk import rewrite, write_new
from ostrakon.casework.lanes import has_priority
from ostrakon.casework.models import Case, Decision, Policy, Progress
from ostrakon.intake.models import Account, Report, Source
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.ledger.turns import in_turn

JOB = "open_cases"
AT_ONCE = 1_000
"""Reports in one transaction: others wait for no more than some 0.2 s, also behind a million reports."""
CHANGED = (
    "status",
    "lane",
    "opened_at",
    "last_report_at",
    "last_report",
    "reports",
    "reporters",
    "expected_harm",
    "due_at",
    "turn_at",
    "claimed_by",
    "claimed_until",
    "escalated_at",
)
"""What a report can change about a case."""

Key = tuple[int, int]
"""The ids of an account and a policy."""


@dataclass(frozen=True)
class News:
    """The reports of one transaction, by what they are about."""

    reports: QuerySet[Report]
    """The same, to be asked again."""
    first: int
    last: int
    arrivals: Mapping[Key, list[Arrival]]

    @property
    def accounts(self) -> QuerySet[Report, int]:
        """Of the reports."""
        return self.reports.values_list("account", flat=True)


def open_cases(now: datetime) -> int:
    """Go on behind the last report that has its case, until there is none left. Gives how many were opened or reopened.

    Every case's clock runs from when its reports were received, so ``now`` changes nothing; jobs are given it. A
    thousand reports are one transaction and, where cases came of them, one entry of the record.
    """
    count = 0
    while Report.objects.filter(pk__gt=_last_handled()).exists():
        count += in_turn(_open_some)
    return count


def _last_handled() -> int:
    return Progress.objects.filter(job=JOB).values_list("last", flat=True).first() or 0


def _open_some() -> int:
    with transaction.atomic():
        # Whoever else runs this job waits here, and goes on behind these reports.
        progress, _ = Progress.objects.select_for_update().get_or_create(job=JOB)
        policies = {policy.pk: policy for policy in Policy.objects.all()}
        news = _news(progress.last, policies)
        if not news.arrivals:
            return 0
        made, reopened = _take_in(news, policies)
        Progress.objects.filter(job=JOB).update(last=news.last)
        if made or reopened:
            _record(news, made, reopened)
        return made + reopened


def _news(behind: int, policies: Mapping[int, Policy]) -> News:
    sources = {source.pk: source for source in Source.objects.all()}
    rows = Report.objects.filter(pk__gt=behind).annotate(area=area(), spoke_before=_spoke_before(behind))
    arrivals: dict[Key, list[Arrival]] = defaultdict(list)
    ids = []
    for report, account, policy, reporter, spoke_before, source, received_at in rows.order_by(
        "pk"
    ).values_list("pk", "account_id", "area", "reporter_id", "spoke_before", "source_id", "received_at")[
        :AT_ONCE
    ]:
        priority = has_priority(sources[source], policies[policy].code, received_at)
        voice = None if spoke_before else reporter
        arrivals[account, policy].append(Arrival(report, voice, received_at, priority))
        ids.append(report)
    first, last = (ids[0], ids[-1]) if ids else (behind, behind)
    return News(Report.objects.filter(pk__range=(first, last)), first, last, arrivals)


def _spoke_before(behind: int) -> Exists:
    """Had the reporter reported the account before, where it is dealt with under the same policy?

    Found by one look into an index, however many reported the account: a crowd must not slow down who counts it.
    """
    earlier = Report.objects.filter(
        account=OuterRef("account"), reporter=OuterRef("reporter"), pk__lte=behind
    )
    return Exists(earlier.annotate(then=area()).filter(then=OuterRef("area")))


def _take_in(news: News, policies: Mapping[int, Policy]) -> tuple[int, int]:
    """How many cases were opened, and reopened."""
    cases = _cases_there(news)
    answered = dict(_answered_at(news))
    reopened = sum(taken_in(case, answered.get(case.pk), news.arrivals[key]) for key, case in cases.items())
    heard = _reach(news)
    made = {
        (account, policy): opened(account, policies[policy], heard[account], arrivals)
        for (account, policy), arrivals in news.arrivals.items()
        if (account, policy) not in cases
    }
    write_new(made.values())
    rewrite(cases.values(), CHANGED)
    return len(made), reopened


def _cases_there(news: News) -> dict[Key, Case]:
    """Those that reports are about, held: whoever is at one of them comes before or after."""
    held = Case.objects.filter(account__in=news.accounts).select_related("policy").order_by("pk")
    cases = held.select_for_update(no_key=True, of=["self"])
    return {key: case for case in cases if (key := (case.account_id, case.policy_id)) in news.arrivals}


def _answered_at(news: News) -> QuerySet[Case, tuple[int, datetime | None]]:
    last = Decision.objects.filter(case=OuterRef("pk"), in_force_at__isnull=False).order_by("-in_force_at")
    cases = Case.objects.filter(account__in=news.accounts, status=Case.Status.DECIDED)
    return cases.annotate(answered_at=Subquery(last.values("in_force_at")[:1])).values_list(
        "pk", "answered_at"
    )


def _reach(news: News) -> dict[int, float]:
    accounts = Account.objects.filter(pk__in=news.accounts).values_list("pk", "followers", "views")
    return {account: order.reach(followers, views) for account, followers, views in accounts}


def _record(news: News, made: int, reopened: int) -> None:
    record(
        Kind.CASES_OPENED,
        actor="system",
        subject=f"reports:{news.first}-{news.last}",
        facts={"opened": made, "reopened": reopened, "reports": sum(map(len, news.arrivals.values()))},
    )
