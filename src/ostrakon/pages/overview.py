"""The top of the page: what it is, what was counted, how to read it."""

from __future__ import annotations

from dataclasses import dataclass

from ostrakon.pages import rounding, wording
from ostrakon.pages.charts import two_bars
from ostrakon.pages.html import Markup, h
from ostrakon.pages.table import Line, figure, table


@dataclass(frozen=True)
class Counts:
    """What went into the run."""

    reports: int
    """Rows used, repeats included."""
    reporters: int
    accounts: int
    policies: int
    repeats: int
    """Reports by somebody who had reported the same account and policy before."""
    rejected: int
    """Rows that could not be used."""
    decisions: int
    independent_reports: float
    """Effective number of independent voices, summed over the queue."""


def overview(counts: Counts) -> Markup:
    """The header of the page."""
    return h(
        "header",
        h("h1", wording.TITLE),
        h("p", wording.lead(counts.reports, counts.reporters, counts.accounts), class_="lead"),
        h("div", _reports_and_voices(counts) if counts.reports else None, _counted(counts), class_="glance"),
        _how_to_read(),
        id="top",
    )


def _reports_and_voices(counts: Counts) -> Markup:
    reports = (wording.things(counts.reports, "report"), float(counts.reports))
    voices = (wording.independent(counts.independent_reports), counts.independent_reports)
    chart = two_bars(
        reports,
        voices,
        wording.REPORTS_AND_VOICES,
        wording.reports_and_voices(counts.reports, counts.independent_reports),
    )
    lines = [
        Line([wording.ALL_REPORTS, rounding.count(counts.reports)]),
        Line([wording.ALL_VOICES, rounding.about(counts.independent_reports)]),
    ]
    numbers = table(wording.REPORTS_AND_VOICES, wording.AMOUNT_HEAD, lines, kinds="tn")
    return figure(chart, numbers, wording.REPORTS_AND_VOICES)


def _counted(counts: Counts) -> Markup:
    numbers = (
        counts.reports,
        counts.reporters,
        counts.accounts,
        counts.policies,
        counts.decisions,
        counts.repeats,
        counts.rejected,
    )
    items = [
        h("div", h("dt", name), h("dd", rounding.count(number)))
        for name, number in zip(wording.COUNTED, numbers, strict=True)
    ]
    return h("dl", items, class_="counts")


def _how_to_read() -> Markup:
    points = [h("li", h("strong", what), " ", why) for what, why in wording.HOW_TO]
    return h(
        "aside", h("h2", wording.HOW_TO_READ), h("ul", points), class_="how", aria_label=wording.HOW_TO_READ
    )
