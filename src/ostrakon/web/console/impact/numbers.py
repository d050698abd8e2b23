"""Numbers as the language of the reader writes them, and no surer than they are."""

from __future__ import annotations

import math

from django.utils.formats import number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ostrakon.pages import rounding
from ostrakon.web.console.impact.words import Form

LEAST_SHOWN = 5
"""Fewer people than this are not told by number; figures.json has every cell, for those who run the platform."""
NONE = "–"


def written(value: float | None, form: Form) -> str:
    """One number.

    >>> [written(value, Form.COUNT) for value in (0, 2400)]
    ['0', '2,400']
    >>> written(-0.3114, Form.CHANGE).replace(rounding.NBSP, " ")
    '−31 %'
    """
    return NONE if value is None else _written(value, form)


def isolated(number: str) -> SafeString:
    """With its sign and its percentage on their side also where writing runs from right to left."""
    return format_html('<bdi dir="ltr">{}</bdi>', number)


def placed(sentence: str, **numbers: str) -> SafeString:
    """A sentence with numbers in its places.

    >>> placed("%(n)s of a < b", n="−1")
    '<bdi dir="ltr">−1</bdi> of a &lt; b'
    """
    isolates = {name: isolated(number) for name, number in numbers.items()}
    return mark_safe(escape(sentence) % isolates)


def _written(value: float, form: Form) -> str:
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
            return _plain(value)


def counted(value: float) -> str:
    """People or things; a handful is not told."""
    if 0 < value < LEAST_SHOWN:
        return f"<{rounding.NBSP}{LEAST_SHOWN}"
    return number_format(value, 0, force_grouping=True)


def plain(value: float | None) -> str:
    """Two or three figures that count, whole numbers whole.

    >>> plain(0.01309), plain(2.5), plain(31.26), plain(11417.2), plain(None)
    ('0.013', '2.50', '31.3', '11,417', '–')
    """
    return NONE if value is None else _plain(value)


def interval(low: float | None, high: float | None, form: Form) -> SafeString:
    """An interval in a sentence; an open end is said; empty where there is none."""
    if low is None and high is None:
        return SafeString()
    if high is None:
        return placed(_("%(low)s or more"), low=written(low, form))
    return placed(_("%(low)s to %(high)s"), low=written(low, form), high=written(high, form))


def between(low: float | None, high: float | None, form: Form) -> str:
    """The same as plain text, for pictures."""
    if low is None and high is None:
        return ""
    if high is None:
        return _("%(low)s or more") % {"low": written(low, form)}
    return _("%(low)s to %(high)s") % {"low": written(low, form), "high": written(high, form)}


def _plain(value: float) -> str:
    if float(value).is_integer():
        return number_format(value, 0, force_grouping=True)
    digits = 2 - max(-4, min(2, math.floor(math.log10(abs(value)))))
    shown = digits if abs(value) >= 1 else digits - 1
    return number_format(round(value, shown), shown, force_grouping=True)


def _percent(value: float) -> str:
    return f"{number_format(value * 100, 0)}{rounding.NBSP}%"
