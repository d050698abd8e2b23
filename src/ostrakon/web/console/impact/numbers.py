"""Numbers as the language of the reader writes them, and no surer than they are."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ostrakon.pages import rounding
from ostrakon.web.console.impact.words import Form

LEAST_SHOWN = 5
"""Fewer people than this are not told by number; figures.json has every cell, for those who run the platform."""
NONE = "–"


def written(value: float | None, form: Form) -> str:
    """One number.

    >>> [written(value, Form.COUNT) for value in (3, 0, 2400)]
    ['< 5', '0', '2,400']
    >>> written(-0.3114, Form.CHANGE).replace(rounding.NBSP, " ")
    '−31 %'
    """
    if value is None:
        return NONE
    match form:
        case Form.COUNT:
            return counted(value)
        case Form.SHARE:
            return rounding.observed(value) if 0 <= value <= 1 else _percent(value)
        case Form.CHANGE:
            return f"{'−' if value < 0 else '+'}{_percent(abs(value))}"
        case Form.POINTS:
            return ngettext("%(n)s percentage point", "%(n)s percentage points", round(value * 100)) % {
                "n": round(value * 100)
            }
        case Form.DAYS:
            return number_format(value, 1 if abs(value) >= 1 else 2, force_grouping=True)
        case Form.NUMBER:
            return plain(value)


def counted(value: float) -> str:
    """People or things; a handful is not told."""
    if 0 < value < LEAST_SHOWN:
        return f"<{rounding.NBSP}{LEAST_SHOWN}"
    return number_format(value, 0, force_grouping=True)


def plain(value: float | None) -> str:
    """Three figures that count, whole numbers whole.

    >>> plain(0.01309), plain(2.5), plain(11417.99), plain(None)
    ('0.0131', '2.50', '11,418', '–')
    """
    if value is None:
        return NONE
    if abs(value) >= 1000 or float(value).is_integer():
        return number_format(value, 0, force_grouping=True)
    digits = 2
    while digits < 6 and abs(value) < 10 ** (1 - digits):
        digits += 1
    return number_format(value, digits)


def between(low: float | None, high: float | None, form: Form) -> str:
    """An interval; an open end is said; empty where there is none."""
    if low is None and high is None:
        return ""
    if high is None:
        return _("%(low)s or more") % {"low": written(low, form)}
    return _("%(low)s to %(high)s") % {"low": written(low, form), "high": written(high, form)}


def _percent(value: float) -> str:
    return f"{number_format(value * 100, 0)}{rounding.NBSP}%"
