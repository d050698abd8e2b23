"""The page of one measurement: figures with their grade, every model, every table with its picture, origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ostrakon.pages import rounding, wording
from ostrakon.pages import wording_of_measures as words
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import Section, note, whole_page
from ostrakon.pages.measure_charts import Point, curve_chart, range_bar
from ostrakon.pages.origin import Origin, origin
from ostrakon.pages.table import Line, figure, table

if TYPE_CHECKING:  # the pages need nothing but the standard library at run time
    from ostrakon.analysis.figures import Figure

__all__ = ["MeasurePage", "measure_page"]

Rows = Sequence[Mapping[str, Any]]
MOST_ROWS = 200
"""Of a table on the page; all of them stand in figures.json."""
MOST_CURVES = 12
WIDEST = 4.0
"""The axis of bars ends at so many times the largest value: an upper end may lie far out."""
LEFT_OUT = frozenset({"bic", "deviance"})
"""Columns that stand in figures.json alone: the page has no room for them."""
PEOPLE = frozenset({"accounts", "shared", "reviewed", "rejected", "at_risk"})
"""Columns that count people. A page is passed on, so a handful of them is not told by number; the files have it."""
LEAST_SHOWN = 5
THEIRS = frozenset(
    {"list", "other", "original", "copy", "entry", "group", "covariate", "terms", "occasion", "name"}
)
"""Columns of names that somebody else chose."""


@dataclass(frozen=True)
class MeasurePage:
    """What the page shows."""

    verb: str
    """Of ``ostrakon measure``."""
    figures: Sequence[Figure]
    tables: Mapping[str, Rows]
    """Those of figures.json."""
    origin: Origin


def measure_page(page: MeasurePage) -> str:
    """The whole file. The same input gives the same text, byte for byte."""
    shown = [(key, rows) for name, rows in page.tables.items() if (key := words.section_of(page.verb, name))]
    sections = [
        Section("figures", words.FIGURES, words.FIGURES_TITLE, _figures(page.figures)),
        *(_section(name, rows) for name, rows in shown),
        Section("origin", wording.ORIGIN, wording.ORIGIN_TITLE, origin(page.origin)),
    ]
    return whole_page(_overview(page.verb), sections, title=words.TITLES[page.verb])


def _overview(verb: str) -> Markup:
    points = [h("li", h("strong", what), " ", why) for what, why in words.HOW_TO]
    return h(
        "header",
        h("h1", words.TITLES[verb]),
        h("p", words.LEADS[verb], class_="lead"),
        h(
            "aside",
            h("h2", wording.HOW_TO_READ),
            h("ul", points),
            class_="how",
            aria_label=wording.HOW_TO_READ,
        ),
        id="top",
    )


# -- figures ---------------------------------------------------------------------------------------


def _figures(figures: Sequence[Figure]) -> Markup:
    lines = [
        Line(
            [
                words.name_of(item.name),
                words.number(item.value) if item.refused is None else words.NOT_SHOWN,
                words.interval(item.low, item.high) if item.low is not None else words.NO_INTERVAL,
                item.unit,
                item.grade,
            ]
        )
        for item in figures
    ]
    whole = table(words.FIGURES_TITLE, words.FIGURES_HEAD, lines, kinds="tnntt")
    return fragment(h("div", whole, class_="stack"), [_behind(item) for item in figures])


def _behind(item: Figure) -> Markup:
    """How a figure was made, and why it is in doubt or not shown: before anybody reads it as a fact."""
    parts: list[tuple[str, str]] = [(words.METHOD, item.method)]
    parts += [(words.WARNINGS, warning) for warning in item.warnings]
    if item.refused is not None:
        parts.append((words.REFUSED, item.refused))
    points = [h("li", h("strong", what), ": ", h("bdi", why)) for what, why in parts]
    return h("div", h("h3", words.name_of(item.name)), h("ul", points), class_="behind")


# -- tables ----------------------------------------------------------------------------------------


def _section(name: str, rows: Rows) -> Section:
    short, title, lead = words.SECTIONS[name]
    draw = _DRAWN.get(name, _table)
    content = draw(title, rows) if rows else note(words.EMPTY)
    return Section(
        name.replace("_", "-").replace(" ", "-"),
        short,
        title,
        fragment(h("p", lead, class_="lead"), content),
        rounding.count(len(rows)) if rows else "",
    )


def _table(title: str, rows: Rows, *, bars: bool = False) -> Markup:
    """The rows; with ``bars`` each interval is drawn beside its numbers, all on one axis."""
    names = [name for name in rows[0] if name not in LEFT_OUT]
    most = WIDEST * max((row["value"] or 0.0 for row in rows), default=0.0) if bars else 0.0
    reach = min(most, max((row["high"] or row["value"] or 0.0 for row in rows), default=0.0)) if bars else 0.0
    head = [words.HEADS.get(name, name) for name in names] + ([words.ON_ONE_AXIS] if bars else [])
    lines = [
        Line([_cell(name, row[name]) for name in names] + ([_bar(row, reach)] if bars else []))
        for row in rows[:MOST_ROWS]
    ]
    kinds = "".join("n" if isinstance(_first(rows, name), int | float) else "t" for name in names)
    whole = h("div", table(title, head, lines, kinds=kinds), class_="stack measures")
    if len(rows) <= MOST_ROWS:
        return whole
    return fragment(whole, note(words.rows_shown(MOST_ROWS, len(rows))))


def _first(rows: Rows, name: str) -> Any:
    return next((row[name] for row in rows if row[name] is not None), None)


def _cell(name: str, value: Any) -> Child:
    if name in PEOPLE and value is not None and 0 < value < LEAST_SHOWN:
        return words.A_HANDFUL
    if value is None or isinstance(value, int | float):
        return words.number(value)
    return show_id(str(value)) if name in THEIRS and value else str(value)


def _bar(row: Mapping[str, Any], most: float) -> Child:
    if row["value"] is None or most <= 0:
        return words.NO_INTERVAL
    return range_bar(row["value"], row["low"], row["high"], most)


def _with_bars(title: str, rows: Rows) -> Markup:
    return _table(title, rows, bars=True)


def _curves(title: str, rows: Rows) -> Markup:
    """A picture for each group, its numbers folded below it."""
    return _pictures(rows, ("group",), "survival", words.CURVE_CHART)


def _incidences(title: str, rows: Rows) -> Markup:
    return _pictures(rows, ("group", "event"), "value", words.INCIDENCE_CHART)


def _pictures(rows: Rows, by: Sequence[str], value: str, title: str) -> Markup:
    drawn: list[Child] = []
    for names, part in groupby(rows, key=lambda row: tuple(row[name] for name in by)):
        these = list(part)
        if len(drawn) == MOST_CURVES:
            drawn.append(note(words.rows_shown(MOST_CURVES, len({tuple(r[n] for n in by) for r in rows}))))
            break
        start = 1.0 if value == "survival" else 0.0
        points = [Point(0.0, start, start, start)]
        points += [Point(row["days"], row[value], row["low"], row["high"]) for row in these]
        caption = [piece for name in names for piece in (show_id(str(name)), " ")]
        chart = curve_chart(title, points, most=1.0, steps=True)
        drawn.append(figure(chart, _table(title, these), [*caption, title]))
    return fragment(drawn)


def _days(title: str, rows: Rows) -> Markup:
    points = [Point(float(number), float(row["reach"]), None, None) for number, row in enumerate(rows, 1)]
    highest = max(point.value or 0.0 for point in points)
    whole = _table(title, rows)
    if highest <= 0:
        return whole
    return figure(
        curve_chart(words.REACH_CHART, points, most=1.1 * highest, steps=True), whole, words.REACH_CHART
    )


def _occasions(title: str, rows: Rows) -> Markup:
    points = [
        Point(float(number), row["value"], row["low"], row["high"]) for number, row in enumerate(rows, 1)
    ]
    highest = max((row["value"] or 0.0 for row in rows), default=0.0)
    whole = _table(title, rows)
    if highest <= 0:
        return whole
    return figure(
        curve_chart(words.OCCASIONS_CHART, points, most=1.5 * highest, steps=False),
        whole,
        words.OCCASIONS_CHART,
    )


_DRAWN: dict[str, Callable[[str, Rows], Markup]] = {
    "models": _with_bars,
    "drop_one_list": _with_bars,
    "median": _with_bars,
    "curve": _curves,
    "incidence": _incidences,
    "by_occasion": _occasions,
    "by_day": _days,
}
