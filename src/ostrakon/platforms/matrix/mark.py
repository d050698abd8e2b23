"""How far the reports of one kind were read, so that none is lost and few are given twice.

Synapse lists reports by the time it received them, in pages that begin at an offset. It has no "since", and four things
happen to that list: rows vanish (somebody deletes one, or a room is purged) and all behind them move up; a report is
numbered before it is stored, so a higher number may show first; its clock may jump; and when the newest rows were
deleted and the server starts anew, it gives their numbers again (its counter begins at the highest number that is left:
storage/util/id_generators.py). So a mark keeps the highest number, the latest time, the offset, and the numbers that
were passed over: they are waited for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

OVERLAP = 200
"""Rows that are looked at again, and numbers that must have come since before one is no longer waited for."""
FIRST = 2
"""The number of a server's first report."""
WAIT_MS = 600_000
"""Nor is it given up sooner than ten minutes after it was passed over, by the server's own clock."""


@dataclass(frozen=True)
class Row:
    """One row of a list of reports, as far as its place is concerned."""

    number: int
    received_ms: int


@dataclass(frozen=True)
class Gap:
    """Numbers that were passed over, first and last included."""

    first: int
    last: int
    since_ms: int


@dataclass(frozen=True)
class Mark:
    """What was read of one kind."""

    highest: int = 0
    newest_ms: int = 0
    offset: int = 0
    """Rows of the list that lie before what is still to be read."""
    gaps: Sequence[Gap] = ()

    @property
    def behind(self) -> int:
        """How many rows to look at again, when all was read: as far as the first number that is waited for."""
        return OVERLAP + (self.highest - self.gaps[0].first if self.gaps else 0)

    def is_new(self, row: Row) -> bool:
        """Was it not given yet? A number may be given again, but only to something later."""
        if row.number > self.highest or row.received_ms > self.newest_ms:
            return True
        return any(gap.first <= row.number <= gap.last for gap in self.gaps)

    def after(self, taken: Sequence[Row], offset: int) -> Mark:
        """The mark when these were given too."""
        numbers = sorted({row.number for row in taken})
        highest = max([self.highest, *numbers])
        newest = max([self.newest_ms, *(row.received_ms for row in taken)])
        gaps = [left for gap in self.gaps for left in _without(gap, numbers)]
        if highest > self.highest:
            first = max(FIRST, self.highest + 1)
            gaps += _without(Gap(first, highest, newest), numbers)
        return Mark(highest, newest, offset, tuple(gap for gap in gaps if _is_awaited(gap, highest, newest)))

    def packed(self) -> list[Any]:
        """As it is kept between two readings."""
        return [
            self.highest,
            self.newest_ms,
            self.offset,
            [[gap.first, gap.last, gap.since_ms] for gap in self.gaps],
        ]


def unpacked(kept: Any) -> Mark:
    """A mark from what was kept; what cannot be understood is the beginning: twice is better than never."""
    match kept:
        case [int(highest), int(newest), int(offset), [*gaps]] if min(highest, newest, offset) >= 0:
            try:
                return Mark(highest, newest, offset, tuple(Gap(*map(int, gap)) for gap in gaps))
            except (TypeError, ValueError):
                return Mark()
    return Mark()


def _without(gap: Gap, numbers: Iterable[int]) -> Iterator[Gap]:
    """What is left of it when these were given; ``numbers`` ascend."""
    first = gap.first
    for number in numbers:
        if first <= number <= gap.last:
            if first < number:
                yield Gap(first, number - 1, gap.since_ms)
            first = number + 1
    if first <= gap.last:
        yield Gap(first, gap.last, gap.since_ms)


def _is_awaited(gap: Gap, highest: int, newest_ms: int) -> bool:
    return gap.last > highest - OVERLAP or newest_ms - gap.since_ms < WAIT_MS
