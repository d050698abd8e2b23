"""One's own page: what one has looked at, whether a break is due, what one rests from. Nobody else's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ostrakon.casework.models import Policy
from ostrakon.casework.permissions import Act, may
from ostrakon.casework.wellbeing import (
    Exposed,
    altogether,
    break_due,
    colleagues_past_the_limit,
    exposed_by_day,
    rests_from,
)
from ostrakon.web.console.charts import Column, columns
from ostrakon.web.console.doors import Visit, page


@require_safe
@page(guests=True)
def me(request: Visit) -> HttpResponse:
    """What one has revealed, today and in the last days."""
    person, now = request.user, timezone.now()
    days = exposed_by_day(person, now)
    cares = may(person, Act.CARE_FOR_COLLEAGUES)
    shown: dict[str, Any] = {
        "today": days[now.date()],
        "days": sorted(days.items(), reverse=True),
        "together": altogether(days.values()),
        "chart": _chart(days),
        "break": break_due(person, now),
        "rests": Policy.objects.filter(pk__in=rests_from(person, now)).order_by("code"),
        "limits": settings.CONFIGURATION,
        "cares": cares,
        "colleagues": colleagues_past_the_limit(person, now) if cares else None,
    }
    return render(request, "console/me.html", shown)


def _chart(days: Mapping[date, Exposed]) -> SafeString:
    """Empty where nothing was revealed: there is nothing to draw."""
    most = max(day.count for day in days.values())
    if not most:
        return SafeString()
    tallest = ngettext("at most %(n)s in a day", "at most %(n)s in a day", most) % {"n": most}
    described = _(
        "%(count)s pieces of evidence in %(days)s days, %(worst)s of them of the worst policies"
    ) % {
        "count": (whole := altogether(days.values())).count,
        "days": len(days),
        "worst": whole.worst,
    }
    first, *_between, last = days
    return mark_safe(
        columns(
            [Column(day.count, day.worst) for day in days.values()],
            date_format(first, "SHORT_DATE_FORMAT"),
            date_format(last, "SHORT_DATE_FORMAT"),
            tallest,
            title=_("What you have looked at"),
            description=described,
        )
    )
