"""Proof, for each account of a wave, that it was undone and that the person was told."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from ostrakon.casework.models import Notice, NoticeTemplate, Reinstatement, ReinstatementItem
from ostrakon.enforcement.models import Dispatch


def receipts_of(reinstatement: Reinstatement) -> QuerySet[ReinstatementItem]:
    """The items of a wave, each with what the person was told.

    ``written_at`` is null where no notice was written, ``notice_state`` where there is no e-mail, ``told_at`` where
    it was not delivered.
    """
    written = Notice.objects.filter(
        decision=OuterRef("decision"), kind=NoticeTemplate.Kind.REINSTATEMENT, account__isnull=False
    ).order_by("pk")
    told = Dispatch.objects.filter(
        notice__decision=OuterRef("decision"), notice__kind=NoticeTemplate.Kind.REINSTATEMENT
    ).order_by("pk")
    return reinstatement.items.annotate(
        written_at=Subquery(written.values("written_at")[:1]),
        notice_state=Subquery(told.values("state")[:1]),
        told_at=Subquery(told.values("delivered_at")[:1]),
    ).order_by("pk")
