"""Pictures of a measurement with a table beside each: curves over time, and every model on one axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ostrakon.impact.measures.thin import evenly
from ostrakon.pages.html import Markup
from ostrakon.pages.measure_charts import Lettering, Point, curve_chart, range_bar
from ostrakon.web.console.impact.numbers import NONE, between, counted, plain, written
from ostrakon.web.console.impact.words import FIGURES, HEADS, TABLES, Form

Rows = Sequence[Mapping[str, Any]]
MOST_ROWS = 25
"""Of a table on the page; more stand in figures.json."""
SHORT = 8
"""Rows of a table with bars that stands open."""
WIDEST = 4.0
"""An axis ends at so many times the largest value: an upper end may lie far out."""
PEOPLE = frozenset(
    {"active", "reach", "suspensions", "looked_at", "found_wrong", "cases", "pairs", "before_count"}
)
"""Columns that count people."""
SHARES = frozenset({"survival", "share", "share_done", "elsewhere"})
CURVES: Mapping[str, tuple[str, str]] = {
    "active_by_day": ("day", "active"),
    "curve": ("days", "survival"),
    "by_day": ("day", "reach"),
}
"""Tables that are drawn as a curve: its columns across and upwards."""
WITH_BARS = frozenset({"models", "drop_one_list", "by_account"})
LEFT_OUT = frozenset(
    {
        "group", "aic", "bic", "deviance", "terms", "sole", "exposures", "p", "random_p", "alike_low",
        "alike_median", "alike_high", "alike_p",
    }
)  # fmt: skip
"""Columns that stand in figures.json alone."""


@dataclass(frozen=True)
class Cell:
    """Of a table."""

    text: str
    is_number: bool
    is_theirs: bool = False
    """In English, or a name that somebody else chose."""
    bar: Markup | None = None


@dataclass(frozen=True)
class Table:
    """With the picture of it, if there is one."""

    title: str
    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    left_out: int
    """Rows that stand in figures.json alone."""
    chart: Markup | None
    is_short: bool
    """It is drawn row by row, and stands open."""


def table_of(name: str, rows: Rows) -> Table | None:
    """One table of a measurement; None: it has no row, or is not for the page."""
    if name not in TABLES or not rows:
        return None
    rows = [
        row
        for row in rows
        if row.get("group", "all") == "all" and not str(row.get("unit", "")).startswith("outcome")
    ]
    names = [column for column in rows[0] if column not in LEFT_OUT and column != "unit"]
    few = evenly(rows, MOST_ROWS)
    bars = _bars(name, rows, few)
    shown = [
        [*(_cell(column, row[column]) for column in names), *drawn]
        for row, drawn in zip(few, bars, strict=True)
    ]
    head = [
        Cell(str(HEADS.get(name, name)), cell.is_number) for name, cell in zip(names, shown[0], strict=False)
    ]
    head += [Cell(_("Drawn"), is_number=False)] if bars[0] else []
    is_short = bool(bars[0]) and len(few) <= SHORT
    return Table(str(TABLES[name]), head, shown, len(rows) - len(few), _chart(name, rows), is_short)


def bar(value: float | None, low: float | None, high: float | None, most: float, form: Form) -> Markup | None:
    """A figure on its interval; nothing where there is no interval, or it goes below nothing."""
    if value is None or low is None or low < 0 or most <= 0:
        return None
    return range_bar(value, low, high, most, title=written(value, form), description=between(low, high, form))


def furthest(ends: Sequence[tuple[float | None, float | None]]) -> float:
    """Where the axis of some figures ends: (value, high) each."""
    largest = max((value or 0.0 for value, _high in ends), default=0.0)
    return min(WIDEST * largest, max((high or value or 0.0 for value, high in ends), default=0.0))


def rounded_up(value: float) -> float:
    """Where an axis may end whose quarters have plain numbers.

    >>> [rounded_up(value) for value in (0, 33, 364, 19_017)]
    [0.0, 40.0, 400.0, 20000.0]
    """
    if value <= 0:
        return 0.0
    step = 10.0 ** math.floor(math.log10(value / 4))
    return next(4 * times * step for times in (1, 2, 2.5, 5, 10) if 4 * times * step >= value)


# -- pictures --------------------------------------------------------------------------------------


def _chart(name: str, rows: Rows) -> Markup | None:
    if name not in CURVES:
        return None
    across, up = CURVES[name]
    values = [row[up] for row in rows if row[up] is not None]
    most = 1.0 if up in SHARES else rounded_up(max(values, default=0.0))
    if most <= 0:
        return None
    points = [_point(place, row, across, up) for place, row in enumerate(rows)]
    if across == "days":
        points.insert(0, Point(0.0, 1.0, 1.0, 1.0))
    return curve_chart(
        str(TABLES[name]), points, most=most, steps=True, lettering=_lettering(rows, across, up, len(points))
    )


def _point(place: int, row: Mapping[str, Any], across: str, up: str) -> Point:
    x = row[across] if across == "days" else float(place)
    return Point(x, row[up], row.get("low"), row.get("high"))


def _lettering(rows: Rows, across: str, up: str, points: int) -> Lettering:
    first, last = ("0", _days(rows[-1]["days"])) if across == "days" else (rows[0][across], rows[-1][across])
    number: Callable[[float], str] = (lambda value: written(value, Form.SHARE)) if up in SHARES else plain
    words = ngettext(
        "%(n)s point, from %(first)s to %(last)s", "%(n)s points, from %(first)s to %(last)s", points
    ) % {"n": points, "first": first, "last": last}
    return Lettering(words, first, last, number)


def _days(days: float) -> str:
    n = round(days)
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}


# -- cells -----------------------------------------------------------------------------------------


def _cell(column: str, value: Any) -> Cell:
    if value is None:
        return Cell(NONE, is_number=True)
    if isinstance(value, str):
        named = FIGURES.get(value)
        return Cell(str(named.label) if named else value, is_number=False, is_theirs=named is None)
    if column in PEOPLE:
        return Cell(counted(value), is_number=True)
    return Cell(written(value, Form.SHARE) if column in SHARES else plain(value), is_number=True)


def _bars(name: str, rows: Rows, few: Rows) -> list[list[Cell]]:
    """A cell for each row, on one axis; of the network each measure has its own, with the band of random removals."""
    if name == "structure":
        return [
            [_drawn(row["after"], row["random_low"], row["random_high"], 1.1 * _largest(row))] for row in few
        ]
    if name not in WITH_BARS or any((row["low"] or 0) < 0 for row in rows):
        return [[] for _row in few]
    most = furthest([(row["value"], row["high"]) for row in rows])
    return [[_drawn(row["value"], row["low"], row["high"], most)] for row in few]


def _largest(row: Mapping[str, Any]) -> float:
    return float(max(row["before"], row["after"], row["random_high"]))


def _drawn(value: float | None, low: float | None, high: float | None, most: float) -> Cell:
    found = bar(value, low, high, most, Form.NUMBER)
    return Cell("" if found else NONE, is_number=False, bar=found)
