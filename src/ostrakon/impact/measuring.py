"""What a worker measures because the science is too heavy for who answers pages. Loads polars."""

from __future__ import annotations

from datetime import datetime

from ostrakon.analysis.agreement import agreement
from ostrakon.casework.opinions_table import opinions_as_table
from ostrakon.impact.models import MeasuredAgreement


def measure_agreement(now: datetime) -> None:
    """How far reviewers agree by now; written down where that is news."""
    found = agreement(opinions_as_table())
    if found.share is None:
        return
    alpha = found.alpha
    measured = MeasuredAgreement(
        at=now,
        cases=found.cases,
        share=found.share.value,
        share_low=found.share.low,
        share_high=found.share.high,
        alpha=alpha.value if alpha else None,
        alpha_low=alpha.low if alpha else None,
        alpha_high=alpha.high if alpha else None,
    )
    last = MeasuredAgreement.objects.order_by("-pk").first()
    if last is None or _numbers(last) != _numbers(measured):
        measured.save()


def _numbers(measured: MeasuredAgreement) -> tuple[float | None, ...]:
    return (
        measured.cases,
        measured.share,
        measured.share_low,
        measured.share_high,
        measured.alpha,
        measured.alpha_low,
        measured.alpha_high,
    )
