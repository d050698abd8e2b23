"""What was said with platforms is kept for a time: long enough to look into a dispute, and no longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from ostrakon.enforcement.models import Trail
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.ledger.turns import in_turn

AT_ONCE = 200
"""Rows of one transaction: each may hold some pages of text."""


def erase_what_was_said(now: datetime) -> int:
    """Erase the words of exchanges that ended ``exchanges_kept_days`` ago, with their salts; gives of how many tries.

    The hash stays, and says nothing about anybody without its salt.
    """
    days = settings.CONFIGURATION.exchanges_kept_days
    old = Trail.objects.filter(exchanges__isnull=False, attempt__ended_at__lte=now - timedelta(days=days))
    last, count = 0, 0
    while ids := list(old.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        count += in_turn(partial(_erase, ids, days))
        last = ids[-1]
    return count


def _erase(ids: Sequence[int], days: int) -> int:
    with transaction.atomic():
        count = Trail.objects.filter(pk__in=ids).update(exchanges=None, salt=None)
        lines = "".join(f"{number}\n" for number in ids)
        record(
            Kind.DATA_ERASED,
            actor="system",
            subject="retention:exchanges",
            facts={
                "days": days,
                "count": count,
                "first": ids[0],
                "last": ids[-1],
                "sha256": sha256(lines.encode()).hexdigest(),
            },
        )
        return count
