"""Error rates by the language of the account: shown so that unequal treatment is seen. No score knows a language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from ostrakon.casework.models import Decision, Offer, Opinion
from ostrakon.impact.languages import Rate, rates
from ostrakon.impact.period import Period
from ostrakon.impact.reversals import UNDONE, acted


@dataclass(frozen=True)
class ByLanguage:
    """Two ways in which errors show; each by language, the largest first."""

    undone: list[Rate]
    """Of the decisions that acted on somebody, those that were reversed: errors that somebody complained about."""
    disputed: list[Rate]
    """Of the second looks at a decision, those that saw it otherwise: blind opinions, and random audits of cases that
    had been decided before. Nobody needs to complain for these."""
    cannot_tell: int
    """Blind opinions that said so, and count in neither."""


def by_language(period: Period) -> ByLanguage:
    """Of what came into force, and of opinions that were given, in a period."""
    opinions = _opinions(period)
    clear = opinions.exclude(outcome="unclear")
    audits = _audits(period)
    return ByLanguage(
        rates(_counted(acted(period), "account__language", UNDONE)),
        rates(
            [
                *_counted(clear, "case__account__language", ~Q(outcome=F("first"))),
                *_counted(audits, "account__language", ~Q(outcome=F("before"))),
            ]
        ),
        opinions.filter(outcome="unclear").count(),
    )


def _opinions(period: Period) -> QuerySet[Opinion]:
    """Blind ones, with the first decision on their case: that is the one they were asked about."""
    decisions = Decision.objects.filter(case=OuterRef("case")).order_by("pk")
    given = Opinion.objects.filter(period.holds("given_at"))
    return given.annotate(first=Subquery(decisions.values("outcome")[:1])).filter(first__isnull=False)


def _audits(period: Period) -> QuerySet[Decision]:
    """Decisions on cases drawn at random that had been decided before, with what was decided then."""
    earlier = Decision.objects.filter(case=OuterRef("case"), pk__lt=OuterRef("pk"), in_force_at__isnull=False)
    drawn = Decision.objects.filter(period.holds("in_force_at"), selection=Offer.Selection.AUDIT)
    return drawn.annotate(before=Subquery(earlier.order_by("-pk").values("outcome")[:1])).filter(
        before__isnull=False
    )


def _counted(rows: QuerySet[Any], language: str, wrong: Q) -> Iterable[tuple[str, int, int]]:
    counts = rows.order_by().values(tag=F(language)).annotate(wrong=Count("pk", filter=wrong), of=Count("pk"))
    found: Iterable[tuple[str, int, int]] = counts.values_list("tag", "wrong", "of")
    return found
