"""How often somebody may knock: counted in the database, so that all processes count together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from ostrakon.errors import TooOften
from ostrakon.web.models import RateLimit

KNOCK = """
    INSERT INTO web_ratelimit AS known (key, count, resets_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN known.resets_at <= %s THEN 1 ELSE known.count + 1 END,
        resets_at = CASE WHEN known.resets_at <= %s THEN excluded.resets_at ELSE known.resets_at END
    RETURNING count
"""
"""One statement counts and answers: two who knock at once are never counted as one."""


@dataclass(frozen=True)
class Limit:
    """So many knocks at a door in so much time, from one address."""

    door: str
    knocks: int
    within: timedelta


def knock(limit: Limit, who: str, now: datetime) -> None:
    """Count a knock.

    Raises:
        TooOften: they knocked more often than the limit allows.
    """
    key = f"{limit.door}:{who}"
    count = _count(key, now, now + limit.within)
    if count == 1:
        RateLimit.objects.filter(resets_at__lt=now).delete()  # as many go as come
    if count > limit.knocks:
        # None: its time is over by now, and somebody else tidied it away.
        resets_at = RateLimit.objects.filter(key=key).values_list("resets_at", flat=True).first() or now
        wait_s = max(1, math.ceil((resets_at - now).total_seconds()))
        raise TooOften("too many requests; try again in {wait_s} seconds", wait_s)


def _count(key: str, now: datetime, resets_at: datetime) -> int:
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(KNOCK, [key, adapt(resets_at), adapt(now), adapt(now)])
        return int(cursor.fetchone()[0])
