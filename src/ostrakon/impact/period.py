"""From when to when figures are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q


@dataclass(frozen=True)
class Period:
    """Half-open: from ``since``, and before ``until``."""

    since: datetime
    until: datetime

    @classmethod
    def last(cls, days: int, now: datetime) -> Period:
        """The days up to now."""
        return cls(now - timedelta(days=days), now)

    def holds(self, column: str) -> Q:
        """To filter rows with: those whose time lies in it."""
        return Q(**{f"{column}__gte": self.since, f"{column}__lt": self.until})
