"""How pages show figures: shares and durations with their charts, and "not enough data" as a value of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from ostrakon.impact.estimates import Durations, Share, TooFew
from ostrakon.impact.languages import OTHERS, UNKNOWN
from ostrakon.pages.html import Markup
from ostrakon.web.console import charts
from ostrakon.web.templatetags.ostrakon import estimate

register = template.Library()
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Durations are told from here; nobody sees it."""
SHORT = timedelta(minutes=1)


@register.filter
def lasted(length: timedelta) -> str:
    """A duration in its two largest units."""
    if length < SHORT:
        return _("less than a minute")
    return timesince(SOME_DAY, SOME_DAY + length, depth=2)


@register.simple_tag
def share(found: Share | TooFew) -> SafeString:
    """A share, drawn and in figures, and what it was counted among."""
    if isinstance(found, TooFew):
        return too_few(found)
    counted = _("%(count)s of %(of)s") % {
        "count": charts.counted(found.count),
        "of": charts.counted(found.of),
    }
    drawn = estimate(found.value, found.low, found.high)
    return format_html('{}<span class="quiet">{}</span>', drawn, counted)


@register.simple_tag
def too_few(found: TooFew) -> SafeString:
    """That there is not enough to say it, and how much there is."""
    words = ngettext(
        "not enough data: %(of)s of the %(needed)s that are needed",
        "not enough data: %(of)s of the %(needed)s that are needed",
        found.of,
    ) % {"of": found.of, "needed": found.needed}
    return format_html('<span class="quiet">{}</span>', words)


@register.filter
def is_known(found: object) -> bool:
    """Is there enough data for it?"""
    return not isinstance(found, TooFew)


@register.simple_tag
def waiting_bar(count: int, late: int, most: int) -> SafeString:
    """How many wait; the part whose deadline is over is told apart."""
    words = ngettext("%(n)s waits", "%(n)s wait", count) % {"n": charts.counted(count)}
    over = ngettext("%(n)s of them is past its deadline", "%(n)s of them are past their deadline", late)
    return _safe(
        charts.bar(count, most, part=late, title=words, description=over % {"n": charts.counted(late)})
    )


@register.simple_tag
def count_bar(count: int, most: int) -> SafeString:
    """How many there are, beside others."""
    words = _("%(n)s, the largest number here is %(most)s") % {
        "n": charts.counted(count),
        "most": charts.counted(most),
    }
    return _safe(charts.bar(count, most, title=charts.counted(count), description=words))


@register.simple_tag
def took_bar(took: Durations, longest: timedelta) -> SafeString:
    """Median and 90th percentile of a duration, beside others."""
    words = _("Half took no longer than %(median)s, nine in ten no longer than %(ninetieth)s.") % {
        "median": lasted(took.median),
        "ninetieth": lasted(took.ninetieth),
    }
    return _safe(
        charts.reaching(
            took.median.total_seconds(),
            took.ninetieth.total_seconds(),
            longest.total_seconds(),
            title=lasted(took.median),
            description=words,
        )
    )


@register.simple_tag
def narrowing(now: float, then: float) -> SafeString:
    """The width of an interval, now and after more draws."""
    words = _("The interval is %(now)s wide now; after the draws about %(then)s.") % {
        "now": points(now),
        "then": points(then),
    }
    return _safe(charts.narrowing(now, then, title=points(then), description=words))


@register.filter
def points(width: float) -> str:
    """A width of an interval, in percentage points."""
    n = round(width * 100)
    return ngettext("%(n)s percentage point", "%(n)s percentage points", n) % {"n": n}


@register.filter
def language(code: str) -> str:
    """The name of a language, in the language of the reader where it is known."""
    if code in (OTHERS, UNKNOWN):
        return _("other languages together") if code == OTHERS else _("not known")
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _safe(markup: Markup) -> SafeString:
    """``pages.html`` escapes whatever is not its own."""
    return mark_safe(markup)
