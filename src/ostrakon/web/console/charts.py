"""Charts of the console: SVG from ``pages``, with titles and descriptions that the caller has translated.

They stand in or beside a table that holds the same numbers. Names stand in the table, never in a chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format

from ostrakon.pages.charts import across, along, picture
from ostrakon.pages.html import Markup, h

TOP, FOOT, HEIGHT = 20.0, 96.0, 116
LEAST_HEIGHT = 1.5
"""Of a column that is not empty: it must be seen."""


@dataclass(frozen=True)
class Column:
    """One upright bar: all of it, and the part at its foot that is told apart."""

    whole: float
    part: float = 0.0


def bar(whole: float, widest: float, *, part: float = 0.0, title: str, description: str) -> Markup:
    """A level bar in a cell; its part is told apart at the start."""
    full, apart = (_of(amount, widest) for amount in (whole, min(part, whole)))
    return picture(
        "bar", title, description,
        across(8, 0, 1, "track"),
        h("rect", x="0%", width=along(full), y=3, height=10, rx=2, class_="soft"),
        h("rect", x="0%", width=along(apart), y=3, height=10, rx=2, class_="other") if apart else None,
        height=16,
    )  # fmt: skip


def reaching(to: float, further: float, furthest: float, *, title: str, description: str) -> Markup:
    """A dot where half of something lies, and a line as far as nine in ten of it."""
    return picture(
        "reaching", title, description,
        across(8, 0, 1, "track"), across(8, 0, _of(further, furthest), "range"),
        h("circle", cx=along(_of(to, furthest)), cy=8, r=4.5, class_="dot"), height=16,
    )  # fmt: skip


def narrowing(now: float, then: float, *, title: str, description: str) -> Markup:
    """Two widths, from 0 to 1, one above the other: as it is, and as it may become."""
    return picture(
        "narrowing", title, description,
        h("rect", x="0%", width=along(now), y=2, height=8, rx=2, class_="pale"),
        h("rect", x="0%", width=along(then), y=14, height=8, rx=2, class_="full"), height=24,
    )  # fmt: skip


def columns(
    made: Sequence[Column], first: str, last: str, tallest: str, *, title: str, description: str
) -> Markup:
    """Upright bars in equal steps, from the first step to the last.

    Args:
        tallest: what the tallest bar stands for, in words.
    """
    highest = max((column.whole for column in made), default=0.0)
    bars = [_column(at / len(made), 1 / len(made), column, highest) for at, column in enumerate(made)]
    return picture(
        "columns", title, description,
        h("text", tallest, x=0, y=12), bars, across(FOOT, 0, 1, "axis"),
        h("text", first, x=0, y=HEIGHT - 4), h("text", last, x="100%", y=HEIGHT - 4, text_anchor="end"),
        height=HEIGHT,
    )  # fmt: skip


def counted(number: float) -> str:
    """A count, or a sum of shares with one digit behind the point, as the reader's language writes it."""
    return number_format(number, 0 if number == int(number) else 1, force_grouping=True)


def _of(amount: float, widest: float) -> float:
    return min(1.0, amount / widest) if widest > 0 else 0.0


def _column(left: float, width: float, column: Column, highest: float) -> Markup | None:
    if not column.whole:
        return None
    whole, part = ((FOOT - TOP) * _of(amount, highest) for amount in (column.whole, column.part))
    shown = {"x": along(left), "width": along(width * 0.86)}
    tall = max(LEAST_HEIGHT, whole)
    return h(
        "g",
        h("rect", y=FOOT - tall, height=tall, class_="soft", **shown),
        h("rect", y=FOOT - part, height=part, class_="other", **shown) if part else None,
    )
