"""How pages show what is not plain text: names that somebody else chose, estimates, times."""

from __future__ import annotations

import re
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ostrakon.casework.models import Case
from ostrakon.casework.pressure import pressure_on
from ostrakon.casework.voices import DECLARED_KIND
from ostrakon.errors import Refused
from ostrakon.pages import rounding
from ostrakon.pages.charts import across, along, picture
from ostrakon.pages.html import Markup, h
from ostrakon.pages.ids import show_id
from ostrakon.web.console.charts import counted
from ostrakon.web.public.wording import direction_of
from ostrakon.web.saying import why_refused

register = template.Library()
SIGNED = re.compile(r"(/(?:appeal|notice)/)[\w.-]+")
"""Where ``casework.links`` leads."""
NOT_YET = (None, None, None)


@register.filter
def name(text: str) -> SafeString:
    """A name that somebody else chose: nothing in it is hidden, and its direction moves nothing around it."""
    return _safe(show_id(str(text)))


@register.filter
def said(refused: Refused | None) -> str:
    """Why something was refused, in the language of the reader."""
    return why_refused(refused) if refused else ""


@register.simple_tag
def pressed(case: Case) -> str:
    """What a reviewer is told when a campaign reported a case, in their language."""
    return pressure_on(case)


@register.filter
def kind_of_campaign(kind: str) -> str:
    """Whether those who report together say so themselves."""
    return _("from a list or call that they name") if kind == DECLARED_KIND else _("coordinated")


@register.filter
def drawn(picture: Markup | None) -> SafeString:
    """A picture that ``pages`` drew; nothing else is let through as it is."""
    return _safe(picture) if isinstance(picture, Markup) else SafeString()


@register.filter
def direction(language: str) -> str:
    """In which direction a language (BCP 47) is written, for ``dir``."""
    return direction_of(language)


@register.filter
def without_links(letter: str) -> str:
    """A letter as colleagues read it: with its links one acts as the person it was sent to."""
    return SIGNED.sub(r"\1…", letter)


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """A time in the reader's language, with the exact one behind it."""
    if at is None:
        return "–"
    shown = date_format(timezone.localtime(at), "DATETIME_FORMAT")
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), shown)


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """How long ago, in the largest unit."""
    if at is None:
        return "–"
    words = _("%(time)s ago") % {"time": timesince(at, depth=1)}
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), _exact(at), words)


@register.filter
def ahead(at: datetime | None) -> SafeString | str:
    """How long until then, or how long over."""
    if at is None:
        return "–"
    is_over = at <= timezone.now()
    words = (
        _("%(time)s over") % {"time": timesince(at, depth=1)}
        if is_over
        else _("in %(time)s") % {"time": timeuntil(at, depth=1)}
    )
    kind = "late" if is_over else ""
    return format_html(
        '<time datetime="{}" title="{}" class="{}">{}</time>', at.isoformat(), _exact(at), kind, words
    )


@register.simple_tag
def estimate(value: float | None, low: float | None, high: float | None) -> SafeString:
    """A share with its 90 % interval, drawn and in figures; what is not known says so."""
    if value is None or low is None or high is None:
        return _safe(h("span", _("not known yet"), class_="quiet"))
    words = h("span", h("b", percent(value)), " ", h("bdi", f"({between(low, high)})", class_="quiet"))
    return _safe(h("div", _bar(value, low, high), words, class_="estimate"))


def percent(share: float) -> str:
    """A share as a whole percentage, never certainty."""
    return rounding.percent(share)


def between(low: float, high: float) -> str:
    """The two ends of an interval, in the reader's language."""
    return _("%(low)s to %(high)s") % {"low": rounding.percent(low), "high": rounding.percent(high)}


@register.simple_tag
def worth(case: Case) -> SafeString:
    """What the reports on a case are worth, as an estimate."""
    valued = case.valuation
    return estimate(
        *(valued.probability, valued.probability_low, valued.probability_high) if valued else NOT_YET
    )


@register.simple_tag
def spoke(case: Case) -> str:
    """Who spoke about a case: reports against independent voices."""
    return voices(case.reports, case.valuation.independent_reports if case.valuation else None)


@register.simple_tag
def voices(reports: int, independent: float | None) -> str:
    """Reports against independent voices: ``512 reports, about 4 voices``."""
    spoke = ngettext("%(n)s report", "%(n)s reports", reports) % {"n": counted(reports)}
    if independent is None:
        return spoke
    worth = max(1, round(independent))
    about = ngettext("about %(n)s voice", "about %(n)s voices", worth) % {"n": counted(worth)}
    return _("%(reports)s, %(voices)s") % {"reports": spoke, "voices": about}


@register.simple_tag
def bits(number: float) -> str:
    """How much more often something is seen between an account and its return than between strangers, as log2."""
    signed = f"{'+' if number >= 0 else '−'}{number_format(abs(number), 1)}"
    return _("%(number)s bits") % {"number": signed}


@register.filter
def share(value: float | None) -> str:
    """A share in the middle of a sentence."""
    return _("not known") if value is None else rounding.percent(value)


def _bar(value: float, low: float, high: float) -> Markup:
    return picture(
        "interval", rounding.percent(value), _("90 %% interval: %(interval)s") % {"interval": between(low, high)},
        across(8, 0, 1, "track"), across(8, low, high, "range"),
        h("circle", cx=along(value), cy=8, r=4.5, class_="dot"), height=16,
    )  # fmt: skip


def _exact(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") + " UTC"


def _safe(markup: Markup) -> SafeString:
    """``pages.html`` escapes whatever is not its own."""
    return mark_safe(markup)
