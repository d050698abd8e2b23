"""What looking at terrible things asks of people: counted for themselves, answered with breaks and rotation.

Everybody sees their own numbers and nobody else's. A break is proposed, never forced. Days are those of UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from ostrakon.casework.models import Exposure, Offer, Participation, Person, Policy
from ostrakon.casework.permissions import Act, require

SHOWN_DAYS = 14
LONGEST_STRETCH = timedelta(hours=12)
"""Work is looked back at so far and no further: a sign-in lasts no longer."""
FEWEST_COLLEAGUES = 5
"""Who passed a limit is counted for others only from so many people on."""


@dataclass(frozen=True)
class Exposed:
    """What somebody has revealed in a time."""

    count: int = 0
    worst: int = 0
    """Of them, those of the worst policies."""
    weight: float = 0.0
    """Each counted as much as its policy is severe, from 0 to 1."""


@dataclass(frozen=True)
class Stretch:
    """Work without a pause, up to now."""

    minutes: int
    worst: int
    """Pieces of evidence of the worst policies revealed in it."""


def exposed_today(person: Person, now: datetime) -> Exposed:
    """Since midnight."""
    return exposed_by_day(person, now, days=1)[now.date()]


def exposed_by_day(person: Person, now: datetime, days: int = SHOWN_DAYS) -> dict[date, Exposed]:
    """Each of the last days, today included, also those on which nothing was revealed; the earliest first."""
    first = now.date() - timedelta(days=days - 1)
    found = (
        Exposure.objects.filter(person=person, at__gte=_midnight(now) - timedelta(days=days - 1), at__lte=now)
        .annotate(day=TruncDate("at", tzinfo=UTC))
        .values("day")
        .annotate(count=Count("pk"), worst=Count("pk", filter=_worst()), weight=Sum("severity"))
        .values_list("day", "count", "worst", "weight")
    )
    by_day = {day: Exposed(count, worst, weight) for day, count, worst, weight in found}
    return {day: by_day.get(day, Exposed()) for day in (first + timedelta(days=n) for n in range(days))}


def altogether(days: Iterable[Exposed]) -> Exposed:
    """Several days in one.

    >>> altogether([Exposed(2, 1, 1.0), Exposed(1, 0, 0.25)])
    Exposed(count=3, worst=1, weight=1.25)
    """
    found = list(days)
    return Exposed(
        sum(day.count for day in found), sum(day.worst for day in found), sum(day.weight for day in found)
    )


def break_due(person: Person, now: datetime) -> Stretch | None:
    """What they have done without a pause, if that is enough for a break to be proposed; None: it is not."""
    limits = settings.CONFIGURATION
    began = stretch_began(_work_of(person, now), now, timedelta(minutes=limits.pause_minutes))
    if began is None:
        return None
    worst = Exposure.objects.filter(_worst(), person=person, at__range=(began, now)).count()
    stretch = Stretch(int((now - began) / timedelta(minutes=1)), worst)
    enough = worst >= limits.break_after_revealed or stretch.minutes >= limits.break_after_minutes
    return stretch if enough else None


def stretch_began(work: Iterable[datetime], now: datetime, pause: timedelta) -> datetime | None:
    """When the work without a pause that goes on at a time began; None: they have a pause.

    Args:
        work: moments at which somebody did something, the latest first.
        pause: a time without any work that is as long as this is one.
    """
    began = None
    for at in work:
        if (began or now) - at >= pause:
            break
        began = at
    return began


def rests_from(person: Person, now: datetime) -> set[int]:
    """Policies whose cases are not offered to them today any more: the worst, once they have seen enough of them.

    They may still open such a case, on purpose.
    """
    if exposed_today(person, now).worst < settings.CONFIGURATION.revealed_a_day:
        return set()
    worst = Policy.objects.filter(severity__gte=settings.CONFIGURATION.worst_severity)
    return set(worst.values_list("pk", flat=True))


def colleagues_past_the_limit(person: Person, now: datetime) -> int | None:
    """How many people passed the limit of a day today; None: fewer than ``FEWEST_COLLEAGUES``, perhaps nobody.

    Raises:
        NotPermitted: their roles do not allow it.
    """
    require(person, Act.CARE_FOR_COLLEAGUES)
    today = Exposure.objects.filter(_worst(), at__range=(_midnight(now), now))
    seen = today.values("person").annotate(seen=Count("pk")).order_by()
    count = seen.filter(seen__gte=settings.CONFIGURATION.revealed_a_day).count()
    return count if count >= FEWEST_COLLEAGUES else None


def _work_of(person: Person, now: datetime) -> Iterable[datetime]:
    """Moments at which they did something, the latest first."""
    since = Q(at__range=(now - LONGEST_STRETCH, now))
    done: list[QuerySet[Exposure] | QuerySet[Offer] | QuerySet[Participation]] = [
        model._default_manager.filter(since, person=person) for model in (Exposure, Offer, Participation)
    ]
    moments = [at for rows in done for at in rows.values_list("at", flat=True)]
    return sorted(moments, reverse=True)


def _worst() -> Q:
    return Q(severity__gte=settings.CONFIGURATION.worst_severity)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
