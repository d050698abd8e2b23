"""A reporter's record: how often decisions agreed with them, with how sure that is. Light: for pages.

The numbers are those of ``analysis.worth.record`` under its prior of a reporter of whom nothing is known (a test holds
the two together, for that module is too heavy to load with every page).
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from django.db.models import BooleanField, Count, ExpressionWrapper, F, OuterRef, Q, Subquery

from ostrakon.casework.areas import area
from ostrakon.casework.models import Decision
from ostrakon.intake.models import Report

PRIOR_MEAN, PRIOR_STRENGTH = 0.5, 4.0
"""Of a reporter's precision, in decided cases: ``analysis.worth.record.Prior``."""
LEAST_DECIDED = 4
"""Decided cases below which a record says too little to show."""
ENDS = (0.05, 0.95)
"""Of a 90 % interval."""
HALVINGS = 40
"""Of the interval in which an end is looked for: more than a page can show."""


@dataclass(frozen=True)
class Precision:
    """Share of right reports: posterior mean and 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ReporterRecord:
    """What decisions say of one reporter. Cases count, not reports: repeating oneself earns nothing."""

    decided: int
    upheld: int
    """Of the decided, those in which a violation stands today."""

    @property
    def precision(self) -> Precision | None:
        """None where too few cases were decided."""
        if self.decided < LEAST_DECIDED:
            return None
        return precision(self.upheld, self.decided - self.upheld)


def records_of(reporters: Collection[int]) -> dict[int, ReporterRecord]:
    """The records of some reporters, by id, in one query; who has no decided case has none of either."""
    reports = Report.objects.filter(reporter__in=reporters).annotate(area=area())
    on_cases = reports.filter(account__cases__policy=F("area")).annotate(violates=_is_violation())
    cases = Count("account__cases", distinct=True, filter=Q(violates__isnull=False))
    upheld = Count("account__cases", distinct=True, filter=Q(violates=True))
    rows = on_cases.order_by().values_list("reporter").annotate(cases=cases, upheld=upheld)
    found = {reporter: ReporterRecord(*counts) for reporter, *counts in rows}
    return {reporter: found.get(reporter, ReporterRecord(0, 0)) for reporter in reporters}


def _is_violation() -> Subquery:
    """Of a report joined with its case: does a violation stand there? null: nobody has decided, or nothing stands."""
    in_force = Decision.objects.filter(case=OuterRef("account__cases"), in_force_at__isnull=False)
    standing = in_force.exclude(outcome=Decision.Outcome.REJECTED, status=Decision.Status.REVERSED)
    violates = Q(outcome=Decision.Outcome.UPHELD) & ~Q(status=Decision.Status.REVERSED)
    said = standing.annotate(said=ExpressionWrapper(violates, BooleanField()))
    return Subquery(said.order_by("-in_force_at", "-pk").values("said")[:1])


@cache
def precision(upheld: int, rejected: int) -> Precision:
    """Posterior mean of the share of right reports, and its 90 % interval.

    >>> found = precision(18, 2)
    >>> [round(number, 3) for number in (found.value, found.low, found.high)]
    [0.833, 0.696, 0.938]
    """
    alpha = PRIOR_MEAN * PRIOR_STRENGTH + upheld
    beta = (1 - PRIOR_MEAN) * PRIOR_STRENGTH + rejected
    low, high = (_beta_point(alpha, beta, end) for end in ENDS)
    return Precision(alpha / (alpha + beta), low, high)


def _beta_point(alpha: float, beta: float, end: float) -> float:
    """Below which a Beta(alpha, beta) variable lies with probability ``end``: by halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _beta_share(alpha, beta, middle) < end else (low, middle)
    return (low + high) / 2


def _beta_share(alpha: float, beta: float, x: float) -> float:
    """Probability that a Beta(alpha, beta) variable lies below x: the regularised incomplete beta function."""
    if x > (alpha + 1) / (alpha + beta + 2):
        return 1 - _beta_share(beta, alpha, 1 - x)
    front = math.lgamma(alpha + beta) - math.lgamma(alpha) - math.lgamma(beta)
    return math.exp(front + alpha * math.log(x) + beta * math.log1p(-x)) * _fraction(alpha, beta, x) / alpha


def _fraction(alpha: float, beta: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, from its end to its beginning.

    Source: NIST Digital Library of Mathematical Functions, 8.17.22. It converges for x below the mean in a multiple of
    the root of alpha + beta steps.
    """
    value = 1.0
    for step in range(20 + 4 * math.isqrt(math.ceil(alpha + beta)), 0, -1):
        half, is_odd = divmod(step, 2)
        if is_odd:
            term = -(alpha + half) * (alpha + beta + half) / (alpha + 2 * half + 1)
        else:
            term = half * (beta - half) / (alpha + 2 * half - 1)
        value = 1 + term * x / (alpha + 2 * half) / value
    return 1 / value
