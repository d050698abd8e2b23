"""The background job that puts on the cases what their reports are worth, and with it their place in the order."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from ostrakon.casework import order
from ostrakon.casework.arrivals import put_in_place
from ostrakon.casework.bulk import rewrite
from ostrakon.casework.models import Case, Progress
from ostrakon.casework.pressure import pressure, with_reports_set_aside
from ostrakon.casework.setting_aside import is_set_aside
from ostrakon.ledger.turns import in_turn
from ostrakon.triage.models import Run, Valuation

JOB = "take_valuations"
AT_ONCE = 1_000
"""Cases in one transaction: others wait for no more than some 0.2 s."""
CHANGED = (
    "valuation",
    "probability",
    "reach",
    "expected_harm",
    "turn_at",
    "under_pressure",
    "pressure",
)


def take_valuations() -> int:
    """See to it that every case has the valuation that stands. Gives how many had not.

    It changes what a case says about itself, never what people did with it; a proposal keeps what it was made under.
    The record has the run that the numbers come from.
    """
    run = Run.objects.order_by("-pk").first()
    if run is None or (run.pk <= _last_taken() and not _unvalued(run).exists()):
        return 0
    count = behind = 0
    while ids := list(_outdated(behind).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        count += in_turn(partial(_take_some, behind, ids[-1]))
        behind = ids[-1]
    Progress.objects.update_or_create(job=JOB, defaults={"last": run.pk})
    return count


def _last_taken() -> int:
    return Progress.objects.filter(job=JOB).values_list("last", flat=True).first() or 0


def _unvalued(run: Run) -> QuerySet[Case]:
    """Cases that came when their reports had been valued already. Others wait for the next run."""
    cases = Case.objects.filter(valuation__isnull=True, last_report__lte=run.last_report)
    return cases.annotate(stands=_what_stands()).filter(stands__isnull=False)


def _outdated(behind: int) -> QuerySet[Case]:
    """Cases with another valuation than the one that stands. Where all reports were set aside none does."""
    cases = Case.objects.filter(pk__gt=behind).annotate(stands=_what_stands())
    another = Q(valuation__isnull=True) | ~Q(valuation=F("stands"))
    none_stands = Q(stands__isnull=True, valuation__isnull=False)
    return cases.filter((Q(stands__isnull=False) & another) | none_stands)


def _what_stands() -> Subquery:
    """The id of the standing valuation of a case; null = it has none."""
    standing = Valuation.objects.filter(is_current=True, account=OuterRef("account"))
    return Subquery(standing.filter(policy=OuterRef("policy__code")).values("pk")[:1])


def _take_some(behind: int, last: int) -> int:
    with transaction.atomic():
        held = _outdated(behind).filter(pk__lte=last).select_related("policy", "account").order_by("pk")
        known = held.annotate(stands=_what_stands(), is_set_aside=is_set_aside())
        cases = list(known.select_for_update(no_key=True, of=["self"]))
        valuations = Valuation.objects.in_bulk([case.stands for case in cases if case.stands])
        for case in cases:
            _take(case, valuations.get(case.stands))
            if case.is_set_aside:
                case.under_pressure, case.pressure = True, with_reports_set_aside(case.pressure)
        rewrite(cases, CHANGED)
        return len(cases)


def _take(case: Case, valuation: Valuation | None) -> None:
    """None: no report on it counts any more."""
    case.valuation, case.probability = valuation, valuation.probability if valuation else None
    case.reach = order.reach(case.account.followers, case.account.views)
    case.under_pressure, case.pressure = _pressed(valuation)
    put_in_place(case)


def _pressed(valuation: Valuation | None) -> tuple[bool, str]:
    if valuation is None:
        return False, ""
    said = pressure(valuation.reports, valuation.independent_reports, valuation.campaigns)
    return valuation.campaigns > 0, said
