"""Pictures of measurements: bars of intervals on one axis, curves with their band. The numbers stand beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ostrakon.pages import wording_of_measures as words
from ostrakon.pages.charts import across, along, picture
from ostrakon.pages.html import Child, Markup, h

_LEFT, _TOP, _WIDE, _TALL = 44.0, 12.0, 560.0, 200.0
_FOOT = _TOP + _TALL


def range_bar(
    value: float,
    low: float | None,
    high: float | None,
    most: float,
    *,
    title: str = "",
    description: str = "",
) -> Markup:
    """A value as a dot on its interval, on an axis from 0 to ``most``; an open or longer interval runs to the edge.

    Args:
        title: the value, and description: its interval, in the words of the reader; empty: in English.
    """
    start = 0.0 if low is None else low / most
    end = 1.0 if high is None else min(1.0, high / most)
    return picture(
        "interval", title or words.number(value), description or words.range_description(low, high),
        across(8, 0, 1, "track"), across(8, start, end, "range"),
        h("circle", cx=along(value / most), cy=8, r=4.5, class_="dot"), height=16,
    )  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One point of a curve with its band; None: unknown, and the curve is broken there."""

    x: float
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Lettering:
    """What a curve says of itself, in the words of the reader."""

    description: str
    first: str
    last: str
    """Of the two ends of the axis."""
    number: Callable[[float], str]
    """Of the level lines."""


def curve_chart(
    title: str, points: Sequence[Point], *, most: float, steps: bool, lettering: Lettering | None = None
) -> Markup:
    """A curve over x, from 0 to ``most`` upwards; as steps, where a value holds until the next one. Not empty.

    Args:
        lettering: None: in English.
    """
    first, last = points[0].x, points[-1].x
    known = [point for point in points if point.value is not None]
    span = (last - first) or 1.0

    def at(point: Point, value: float) -> tuple[float, float]:
        return _LEFT + (point.x - first) / span * _WIDE, _FOOT - min(1.0, value / most) * _TALL

    line = _path([at(point, point.value or 0.0) for point in known], steps)
    ends = [
        _path([at(point, end) for point in known if (end := getattr(point, side)) is not None], steps)
        for side in ("low", "high")
    ]
    said = lettering or Lettering(
        words.line_description(len(known), first, last), words.number(first), words.number(last), words.number
    )
    return picture(
        "measure", title, said.description,
        _frame(said, most), [h("path", d=end, class_="end") for end in ends if end],
        h("path", d=line, class_="curve") if line else None,
        height=0, view=f"0 0 {_LEFT + _WIDE + 20:.0f} {_FOOT + 28:.0f}",
    )  # fmt: skip


def _path(places: Sequence[tuple[float, float]], steps: bool) -> str:
    if not places:
        return ""
    parts = [f"M{places[0][0]:.1f} {places[0][1]:.1f}"]
    parts += [f"H{x:.1f}V{y:.1f}" if steps else f"L{x:.1f} {y:.1f}" for x, y in places[1:]]
    return "".join(parts) + ("h0.1" if len(places) == 1 else "")


def _frame(said: Lettering, most: float) -> list[Child]:
    """Level lines at quarters, with their numbers, and the two ends of the axis."""
    shapes: list[Child] = []
    for quarter in range(5):
        y = _FOOT - quarter / 4 * _TALL
        shapes.append(h("line", x1=_LEFT, x2=_LEFT + _WIDE, y1=y, y2=y, class_="grid"))
        shapes.append(h("text", said.number(most * quarter / 4), x=_LEFT - 6, y=y + 4, text_anchor="end"))
    shapes.append(h("text", said.first, x=_LEFT, y=_FOOT + 18))
    shapes.append(h("text", said.last, x=_LEFT + _WIDE, y=_FOOT + 18, text_anchor="end"))
    return shapes
