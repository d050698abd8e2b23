"""The pictures of a campaign as SVG: lanes of reports, rows of who reported whom, who came back against chance.

Lanes and rows are stretched to the width there is; marks keep their shape, for they are the round or square ends of
lines without a length, which the style sheet keeps from being stretched. One path holds all marks of a kind, so that
thousands of them stay small. Members' reports are round and stand above the line, others' are strokes below it: no
meaning rests on a colour alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ostrakon.pages import wording
from ostrakon.pages import wording_of_campaigns as words
from ostrakon.pages.campaign import Burst, Target, in_utc
from ostrakon.pages.charts import across, along, picture, step_of_time
from ostrakon.pages.html import Child, Markup, h

DOTS = 2000
"""Marks on the lanes of one campaign, about; half of them are kept for members."""
WIDE = 1000.0
"""Width of a lane in its own units."""
_MOST_LINES = 12
_STACKS = 250
"""Marks of one of so many parts of the width are stacked."""
_LEAST_PAD_S = 300.0
_MONDAY_S = 4 * 86400.0
"""1970-01-05: weeks begin on Mondays."""
_LANE, _LANE_ALONE, _ALL_LANES = 36.0, 90.0, 240.0
"""Heights: of a lane at least and at most, and of all of them together while they are few."""
_CELL, _ROW = 20.0, 20.0


# -- lanes -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """The time that all lanes share."""

    first: float
    last: float
    step_s: float
    unit: str

    def x(self, seconds: float) -> float:
        """Position of a time, from 0 to ``WIDE`` where it is on the axis."""
        return (seconds - self.first) / (self.last - self.first) * WIDE

    def lines(self) -> list[float]:
        """Positions of the upright lines, at whole hours, days or weeks."""
        start = math.ceil((self.first - _MONDAY_S) / self.step_s)
        end = math.floor((self.last - _MONDAY_S) / self.step_s)
        return [self.x(_MONDAY_S + number * self.step_s) for number in range(start, end + 1)]


@dataclass(frozen=True)
class Lane:
    """What is drawn of one target: positions from 0 to ``WIDE``."""

    members: tuple[float, ...]
    others: tuple[float, ...]


def axis_of(targets: Sequence[Target]) -> Axis:
    """From a little before the first report by a member to a little after the last."""
    first, last = min(t.first_at for t in targets), max(t.last_at for t in targets)
    pad = max(_LEAST_PAD_S, (last - first) / 16)
    step, unit = step_of_time(timedelta(seconds=last - first + 2 * pad), _MOST_LINES)
    return Axis(first - pad, last + pad, step.total_seconds(), unit)


def lanes_of(targets: Sequence[Target], axis: Axis) -> list[Lane]:
    """The marks of each target; of more than ``DOTS``, each so many-th of a lane."""
    of_members, of_others = (
        [_on_axis(target, axis, members) for target in targets] for members in (True, False)
    )
    few = _evenly(of_members, DOTS // 2)
    rest = _evenly(of_others, DOTS - min(DOTS // 2, sum(map(len, few))))
    return [Lane(tuple(own), tuple(others)) for own, others in zip(few, rest, strict=True)]


def _on_axis(target: Target, axis: Axis, members: bool) -> list[float]:
    return [axis.x(at) for at, member in target.dots if member == members and axis.first <= at <= axis.last]


def _evenly(lanes: Sequence[Sequence[float]], most: int) -> list[Sequence[float]]:
    step = max(1, math.ceil(sum(map(len, lanes)) / most))
    return [lane[::step] for lane in lanes]


def lane_heights(lanes: Sequence[Lane]) -> float:
    """Few lanes may be tall."""
    return min(_LANE_ALONE, max(_LANE, _ALL_LANES / len(lanes)))


def deepest(lanes: Sequence[Lane]) -> int:
    """The most marks that stand on one another anywhere."""
    stacks = [Counter(map(_stack, marks)) for lane in lanes for marks in (lane.members, lane.others)]
    return max((count for stack in stacks for count in stack.values()), default=1)


def lane_chart(lane: Lane, axis: Axis, height: float, stacked: int) -> Markup:
    """One target's reports along the time; ``stacked`` is the ``deepest`` of all lanes, so that they compare."""
    middle = height / 2
    step = min(4.0, (middle - 8) / max(1, stacked - 1))
    above = "".join([f"M{x:.1f} {middle - 4.5 - level * step:.1f}h0" for x, level in _stacked(lane.members)])
    below = "".join([f"M{x:.1f} {middle + 2.5 + level * step:.1f}v4.5" for x, level in _stacked(lane.others)])
    lines = "".join([f"M{x:.1f} 0V{height:.1f}" for x in axis.lines()])
    first, last = (wording.moment(in_utc(end)) for end in (axis.first, axis.last))
    return _stretched(
        "lane", words.BY_MEMBERS, words.lane_description(len(lane.members), len(lane.others), first, last),
        h("path", d=lines, class_="line") if lines else None,
        h("path", d=f"M0 {middle:.1f}H{WIDE:.0f}", class_="middle"),
        h("path", d=below, class_="strokes") if below else None,
        h("path", d=above, class_="rounds") if above else None,
        width="100%", size=(WIDE, height),
    )  # fmt: skip


def _stack(x: float) -> int:
    return int(x / WIDE * _STACKS)


def _stacked(marks: Sequence[float]) -> list[tuple[float, int]]:
    """Each mark in the middle of its part of the width, with the number of marks below it."""
    below: Counter[int] = Counter()
    found = []
    for stack in map(_stack, marks):
        found.append(((stack + 0.5) * WIDE / _STACKS, below[stack]))
        below[stack] += 1
    return found


def axis_chart(axis: Axis) -> Markup:
    """The two ends of the time, below the lanes."""
    first, last = (wording.moment(in_utc(end)) for end in (axis.first, axis.last))
    return picture(
        "ends", f"{first} – {last}", words.line_every(axis.unit),
        h("text", first, x=0, y=12), h("text", last, x="100%", y=12, text_anchor="end"), height=16,
    )  # fmt: skip


# -- members and targets ---------------------------------------------------------------------------


def matrix_row(reported: Sequence[int], targets: int) -> Markup:
    """One member: a square for each of the targets, counted from 0, that this member reported, else a point."""
    hit = set(reported)
    # A square end needs a direction: without a length, a printed page would leave it out.
    squares = "".join([f"M{_cell(n):.0f} {_ROW / 2:.0f}h.1" for n in range(targets) if n in hit])
    points = "".join([f"M{_cell(n):.0f} {_ROW / 2:.0f}h0" for n in range(targets) if n not in hit])
    return _stretched(
        "cells", words.WHO_AND_WHOM, words.matrix_description([n + 1 for n in sorted(hit)]),
        h("path", d=points, class_="points") if points else None,
        h("path", d=squares, class_="squares") if squares else None,
        width=f"{targets * _CELL:.0f}", size=(targets * _CELL, _ROW),
    )  # fmt: skip


def matrix_head(targets: int) -> Markup:
    """The numbers of the columns; where they are many, each fifth."""
    shown = [n for n in range(1, targets + 1) if targets <= 12 or n == 1 or n % 5 == 0]
    labels = [h("text", n, x=along((n - 0.5) / targets), y=12, text_anchor="middle") for n in shown]
    return h(
        "svg", h("title", words.WHO_AND_WHOM), h("desc", words.MATRIX_NOTE), labels,
        class_="chart numbers", role="img", direction="ltr", width=f"{targets * _CELL:.0f}", height=16,
    )  # fmt: skip


def _cell(number: int) -> float:
    return (number + 0.5) * _CELL


def _stretched(
    class_: str, title: str, description: str, *shapes: Child, width: str, size: tuple[float, float]
) -> Markup:
    return h(
        "svg", h("title", title), h("desc", description), *shapes,
        class_=f"chart {class_}", role="img", direction="ltr", preserveAspectRatio="none",
        width=width, height=size[1], viewBox=f"0 0 {size[0]:.0f} {size[1]:.0f}",
    )  # fmt: skip


# -- seen against expected -------------------------------------------------------------------------

_FEWEST_COLUMNS = 12
_TOP, _FOOT = 20.0, 90.0


def returns_chart(bursts: Sequence[Burst]) -> Markup:
    """A bar a burst for those who came back, and across it a line at what chance would bring; not empty."""
    highest = max(1.0, *(max(float(burst.returning), burst.returning_expected) for burst in bursts))
    slots = max(_FEWEST_COLUMNS, len(bursts))
    shapes = [_column(n / slots, 1 / slots, burst, highest) for n, burst in enumerate(bursts)]
    seen, expected = sum(b.returning for b in bursts), sum(b.returning_expected for b in bursts)
    last = len(bursts)
    return picture(
        "returns", words.RETURNS, words.returns_description(last, seen, expected),
        h("text", words.tallest_returns(highest), x=0, y=12), shapes, across(_FOOT, 0, 1, "axis"),
        [h("text", n, x=along((n - 0.57) / slots), y=_FOOT + 16, text_anchor="middle") for n in sorted({1, last})],
        height=112,
    )  # fmt: skip


def _column(left: float, width: float, burst: Burst, highest: float) -> list[Child]:
    scale = (_FOOT - _TOP) / highest
    height, chance = burst.returning * scale, burst.returning_expected * scale
    bar = h("rect", x=along(left), width=along(width * 0.86), y=_FOOT - height, height=height, class_="other")
    return [bar if height else None, across(_FOOT - chance, left, left + width * 0.86, "chance")]
