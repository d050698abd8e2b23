"""Charts as SVG, each with a function that gives the same numbers as a table.

Positions along the horizontal are percentages, so a chart fits any width and its lettering keeps its size. Colours are
classes of ``page.css`` (blue and ochre, which colour-blind people tell apart; lighter in dark mode), and no meaning
rests on a colour alone. A chart runs from left to right also on a page that runs from right to left. Names that
somebody else chose never stand in a chart: they stand beside it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ostrakon.pages import rounding, wording
from ostrakon.pages.html import Child, Markup, h
from ostrakon.pages.table import Line, table

if TYPE_CHECKING:  # the pages need nothing but the standard library at run time
    from ostrakon.analysis.calibration import Bin


def picture(
    class_: str, title: str, description: str, *shapes: Child, height: int, view: str | None = None
) -> Markup:
    """An image with a name and a description; it is as wide as there is room, or has the shape of its view."""
    return h(
        "svg", h("title", title), h("desc", description), *shapes,
        class_=f"chart {class_}", role="img", direction="ltr",
        width="100%", height=None if view else height, viewBox=view,
    )  # fmt: skip


def along(share: float) -> str:
    """A position or a length along the horizontal."""
    return f"{min(1.0, max(0.0, share)) * 100:.1f}%"


def across(y: float, start: float, end: float, class_: str) -> Markup:
    """A level line from one share of the width to another."""
    return h("line", x1=along(start), x2=along(end), y1=y, y2=y, class_=class_)


# -- bars that stand in a cell; the number stands beside them --------------------------------------


def interval_bar(value: float, low: float, high: float, *, mark: float | None = None) -> Markup:
    """A probability as a dot on the line of its interval, on a track from 0 to 1; ``mark`` adds an upright line."""
    upright = (
        None if mark is None else h("line", x1=along(mark), x2=along(mark), y1=1, y2=15, class_="upright")
    )
    return picture(
        "interval", rounding.percent(value), wording.interval_description(low, high),
        across(8, 0, 1, "track"), upright, across(8, low, high, "range"),
        h("circle", cx=along(value), cy=8, r=4.5, class_="dot"), height=16,
    )  # fmt: skip


def moved_bar(moved: float, widest: float) -> Markup:
    """A bar from the middle: to the right what raised the number, to the left what lowered it."""
    reach = min(1.0, abs(moved) / widest) / 2 if widest > 0 else 0.0
    start = 0.5 if moved > 0 else 0.5 - reach
    return picture(
        "moved", rounding.points(moved), wording.moved_description(moved),
        across(8, 0, 1, "track"),
        h("rect", x=along(start), width=along(reach), y=3, height=10, class_="up" if moved > 0 else "down"),
        h("line", x1="50%", x2="50%", y1=0, y2=16, class_="middle"), height=16,
    )  # fmt: skip


def two_bars(first: tuple[str, float], second: tuple[str, float], title: str, description: str) -> Markup:
    """Two amounts of the same thing below each other, each a label and its number."""
    widest = max(first[1], second[1])
    shapes: list[Child] = []
    for top, class_, (label, number) in ((0, "pale", first), (46, "full", second)):
        shapes.append(h("text", label, x=0, y=top + 13, class_="label"))
        share = number / widest if widest > 0 else 0.0
        shapes.append(h("rect", x=0, y=top + 20, width=along(share), height=12, rx=2, class_=class_))
    return picture("pair", title, description, *shapes, height=80)


# -- histogram of the queue ------------------------------------------------------------------------

BINS = 20


def binned(probabilities: Sequence[float]) -> list[int]:
    """How many of the probabilities lie in each twentieth from 0 to 1."""
    found = Counter(min(BINS - 1, int(p * BINS)) for p in probabilities if rounding.is_known(p))
    return [found[number] for number in range(BINS)]


def histogram(probabilities: Sequence[float]) -> Markup:
    """How the rows of the queue are spread over the probabilities."""
    counts = binned(probabilities)
    highest = max(counts)
    at = counts.index(highest)
    bars = [_column(n / BINS, 1 / BINS, count, highest, 20, 76, "soft") for n, count in enumerate(counts)]
    marks = [("0", "0%", "start"), ("50", "50%", "middle"), ("100", "100%", "end")]
    labels = [
        h("text", f"{text}{rounding.NBSP}%", x=x, y=92, text_anchor=anchor) for text, x, anchor in marks
    ]
    return picture(
        "histogram", wording.QUEUE_HISTOGRAM,
        wording.histogram_description(sum(counts), highest, at / BINS, (at + 1) / BINS),
        h("text", wording.tallest_rows(highest), x=0, y=12),
        bars, across(76, 0, 1, "axis"), labels, height=98,
    )  # fmt: skip


def histogram_table(probabilities: Sequence[float]) -> Markup:
    """The same numbers."""
    lines = [
        Line([f"{n * 100 // BINS}–{(n + 1) * 100 // BINS}{rounding.NBSP}%", rounding.count(count)])
        for n, count in enumerate(binned(probabilities))
    ]
    return table(wording.QUEUE_HISTOGRAM, wording.HISTOGRAM_HEAD, lines, kinds="tn")


def _column(
    left: float, width: float, count: int, highest: int, top: int, foot: int, class_: str, base: int = 0
) -> Markup | None:
    """One upright bar with a little air on its right; ``base`` is the count that it stands on."""
    if not count:
        return None
    scale = (foot - top) / highest
    height = max(1.5, count * scale)
    return h(
        "rect",
        x=along(left),
        width=along(width * 0.86),
        y=foot - base * scale - height,
        height=height,
        class_=class_,
    )


# -- timeline --------------------------------------------------------------------------------------

_STEPS = (
    (timedelta(minutes=5), "5 minutes"),
    (timedelta(hours=1), "an hour"),
    (timedelta(hours=6), "6 hours"),
    (timedelta(days=1), "a day"),
    (timedelta(weeks=1), "a week"),
    (timedelta(weeks=4), "4 weeks"),
)
MOST_STEPS = 72
_FEWEST_STEPS = 12
"""A short story does not fill the whole width with one broad bar."""


@dataclass(frozen=True)
class Steps:
    """Times counted in equal steps; ``counts`` and ``together`` run over all steps, empty ones too."""

    first: datetime
    step: timedelta
    unit: str
    counts: tuple[int, ...]
    together: tuple[int, ...]
    """How many of each step's count belong to campaigns."""

    def start(self, number: int) -> datetime:
        """When a step begins."""
        return _moved(self.first, number * self.step)


def in_steps(times: Sequence[datetime], together: Sequence[datetime] = ()) -> Steps:
    """The times in the shortest steps that do not exceed ``MOST_STEPS``; ``times`` must not be empty."""
    earliest, latest = min(times), max(times)
    step, unit = step_of_time(latest - earliest, MOST_STEPS)
    monday = datetime(1970, 1, 5, tzinfo=earliest.tzinfo)
    first = _moved(monday, (earliest - monday) // step * step)
    counts = Counter((time - first) // step for time in times)
    grouped = Counter((time - first) // step for time in together)
    steps = range((latest - first) // step + 1)
    return Steps(
        first, step, unit, tuple(counts[n] for n in steps), tuple(min(counts[n], grouped[n]) for n in steps)
    )


def _moved(time: datetime, by: timedelta) -> datetime:
    """``time + by``, kept within the years that Python knows (a clock may be wrong by millennia)."""
    try:
        return time + by
    except OverflowError:
        edge = (9999, 12, 31) if by > timedelta(0) else (1, 1, 1)
        return datetime(*edge, tzinfo=time.tzinfo)


def step_of_time(span: timedelta, most: int) -> tuple[timedelta, str]:
    """The shortest step that divides the span into at most so many, and its name."""
    for step, unit in _STEPS:
        if span / step <= most:
            return step, unit
    weeks = math.ceil(span / timedelta(weeks=1) / most)
    return timedelta(weeks=weeks), f"{weeks} weeks"


def timeline(times: Sequence[datetime], together: Sequence[datetime] = ()) -> Markup:
    """When an account was reported: one bar a step, what came from campaigns at its foot.

    Args:
        times: when each distinct reporter first reported; not empty.
        together: those of them that belong to members of campaigns.
    """
    steps = in_steps(times, together)
    highest, slots = max(steps.counts), max(_FEWEST_STEPS, len(steps.counts))
    bars: list[Child] = []
    for number, (count, grouped) in enumerate(zip(steps.counts, steps.together, strict=True)):
        bars.append(_column(number / slots, 1 / slots, grouped, highest, 20, 76, "other"))
        bars.append(_column(number / slots, 1 / slots, count - grouped, highest, 20, 76, "full", grouped))
    first, last = wording.moment(min(times)), wording.moment(max(times))
    labels = [
        h("text", wording.moment(steps.start(0)), x=0, y=92),
        h("text", wording.moment(steps.start(slots)), x="100%", y=92, text_anchor="end"),
    ]
    return picture(
        "timeline", wording.TIMELINE, wording.timeline_description(len(times), highest, steps.unit, first, last),
        h("text", wording.tallest(highest, steps.unit), x=0, y=12), bars, across(76, 0, 1, "axis"), labels,
        height=98,
    )  # fmt: skip


def timeline_table(times: Sequence[datetime], together: Sequence[datetime] = ()) -> Markup:
    """The same numbers; steps without a report are left out."""
    steps = in_steps(times, together)
    lines = [
        Line(
            [
                wording.moment(steps.start(number)),
                rounding.count(count),
                rounding.count(steps.together[number]),
            ]
        )
        for number, count in enumerate(steps.counts)
        if count
    ]
    return table(f"{wording.TIMELINE}, in steps of {steps.unit}", wording.TIMELINE_HEAD, lines, kinds="tnn")


# -- calibration -----------------------------------------------------------------------------------

_LEFT, _TOP, _SIDE = 44.0, 14.0, 270.0
_FOOT = _TOP + _SIDE


def calibration_plot(bins: Sequence[Bin]) -> Markup:
    """What was said against what came true, with 90 % Wilson intervals; below it, where the rows are."""
    rows = sum(item.rows for item in bins)
    return picture(
        "calibration", wording.CALIBRATION_PLOT, wording.calibration_description(len(bins), rows),
        _grid(), h("line", x1=_x(0), y1=_y(0), x2=_x(1), y2=_y(1), class_="diagonal"),
        [_whisker(item) for item in bins], _mass(bins),
        height=0, view=f"0 0 {_LEFT + _SIDE + 18:.0f} {_FOOT + 104:.0f}",
    )  # fmt: skip


def calibration_table(bins: Sequence[Bin]) -> Markup:
    """The same numbers."""
    lines = [
        Line(
            [
                rounding.percent(item.predicted),
                rounding.observed(item.observed),
                rounding.interval(item.low, item.high),
                rounding.count(item.rows),
            ]
        )
        for item in bins
    ]
    return table(wording.CALIBRATION_PLOT, wording.CALIBRATION_HEAD, lines, kinds="nnnn")


def _x(share: float) -> float:
    return _LEFT + share * _SIDE


def _y(share: float) -> float:
    return _FOOT - share * _SIDE


def _grid() -> list[Markup]:
    said, true, _ = wording.CALIBRATION_AXES
    shapes = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        label = f"{tick * 100:.0f}"
        shapes.append(h("line", x1=_x(0), x2=_x(1), y1=_y(tick), y2=_y(tick), class_="grid"))
        shapes.append(h("text", label, x=_LEFT - 8, y=_y(tick) + 4, text_anchor="end"))
        shapes.append(h("text", label, x=_x(tick), y=_FOOT + 18, text_anchor="middle"))
    shapes.append(h("text", f"{true}, %", x=_x(0) + 6, y=_TOP + 14, class_="label"))
    shapes.append(h("text", f"{said}, %", x=_x(1) - 6, y=_FOOT - 8, text_anchor="end", class_="label"))
    return shapes


def _whisker(item: Bin) -> Markup:
    line = h(
        "line",
        x1=_x(item.predicted),
        x2=_x(item.predicted),
        y1=_y(item.low),
        y2=_y(item.high),
        class_="range",
    )
    return h("g", line, h("circle", cx=_x(item.predicted), cy=_y(item.observed), r=4.5, class_="dot"))


def _mass(bins: Sequence[Bin]) -> list[Child]:
    """Rows by tenth of the probability, hanging below the plot on the same axis."""
    counts = [
        sum(item.rows for item in bins if min(9, int(item.predicted * 10)) == tenth) for tenth in range(10)
    ]
    top, scale = _FOOT + 32, 44 / max(1, *counts)
    shapes: list[Child] = [
        h("rect", x=_x(n / 10) + 1, width=_SIDE / 10 - 2, y=top, height=count * scale, class_="pale")
        for n, count in enumerate(counts)
        if count
    ]
    shapes.append(h("text", wording.CALIBRATION_AXES[2], x=_x(0), y=top + 62))
    return shapes
