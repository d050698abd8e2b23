"""All figures of operations, for one period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ostrakon.impact.by_language import ByLanguage, by_language
from ostrakon.impact.decided import Decided, decided
from ostrakon.impact.estimates import LEAST, TooFew
from ostrakon.impact.handling import Handling, handling
from ostrakon.impact.models import MeasuredAgreement
from ostrakon.impact.pending import Pending, pending
from ostrakon.impact.period import Period
from ostrakon.impact.prevalence import Prevalence, prevalence
from ostrakon.impact.reversals import Reversals, reversals
from ostrakon.impact.waits import Wait, to_be_answered, to_be_reinstated, to_be_told


@dataclass(frozen=True)
class Operations:
    """How the work goes."""

    period: Period
    pending: Sequence[Pending]
    """Now, whatever the period."""
    handling: Sequence[Handling]
    decided: Sequence[Decided]
    reversals: Sequence[Reversals]
    to_be_told: Wait
    to_be_answered: Wait
    to_be_reinstated: Wait
    agreement: MeasuredAgreement | TooFew
    """Since the beginning, as a worker measured it last."""
    by_language: ByLanguage
    prevalence: Sequence[Prevalence]


def operations(days: int, now: datetime) -> Operations:
    """The figures of the days up to now. Some 20 queries, however much there is; a second or two for 100,000 cases."""
    period = Period.last(days, now)
    return Operations(
        period,
        pending(now),
        handling(period),
        decided(period),
        reversals(period),
        to_be_told(period),
        to_be_answered(period, now),
        to_be_reinstated(period),
        agreement_of_reviewers(),
        by_language(period),
        prevalence(period),
    )


def agreement_of_reviewers() -> MeasuredAgreement | TooFew:
    """As it was measured last."""
    measured = MeasuredAgreement.objects.order_by("-pk").first()
    if measured is None or measured.cases < LEAST:
        return TooFew(measured.cases if measured else 0)
    return measured
