"""Proof, for each account of a wave, that it was undone and that the person was told."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from ostrakon.casework.models import NoticeTemplate, Reinstatement, ReinstatementItem
from ostrakon.enforcement.models import Dispatch


def receipts_of(reinstatement: Reinstatement) -> QuerySet[ReinstatementItem]:
    """The items of a wave, each with ``notice_state`` and ``told_at`` (null: no e-mail, or not delivered)."""
    told = Dispatch.objects.filter(
        notice__decision=OuterRef("decision"), notice__kind=NoticeTemplate.Kind.REINSTATEMENT
    ).order_by("pk")
    return reinstatement.items.annotate(
        notice_state=Subquery(told.values("state")[:1]), told_at=Subquery(told.values("delivered_at")[:1])
    ).order_by("pk")
