"""Reports, from the lists that Synapse has: on messages, and on people (since 1.152); on rooms, with our module."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import Page, RawReport, ReportKind
from ostrakon.platforms.matrix.mark import OVERLAP, Mark, Row, unpacked
from ostrakon.platforms.matrix.numbers import LARGEST, hidden
from ostrakon.platforms.matrix.words import Here, report_of, row_of
from ostrakon.platforms.wire import LARGEST_REPLY, Failure, Wire, read_or_raise

LISTS: Mapping[ReportKind, str] = {
    ReportKind.ITEM: "/_synapse/admin/v1/event_reports",
    ReportKind.ACCOUNT: "/_synapse/admin/v1/user_reports",
    ReportKind.ROOM: "/_synapse/client/ostrakon/room_reports",
}
"""Where they are; the rows are under the last word of the address."""
WIDEST = 20_000
"""Rows to look back, at most."""


@dataclass(frozen=True)
class Window:
    """A stretch of a list."""

    start: int
    asked: int
    found: Sequence[Mapping[str, Any]]
    """Its rows; behind them those that were asked for by their numbers, which stand elsewhere."""
    total: int
    """Rows of the whole list, as it says."""

    @property
    def reaches_the_end(self) -> bool:
        """Nothing lies behind it."""
        return self.start + self.asked >= self.total

    @property
    def end(self) -> int:
        """The offset behind it. Synapse leaves out rows that it cannot read, so rows are not counted."""
        return min(self.start + self.asked, self.total)


@dataclass(frozen=True)
class Unread:
    """What a kind has that was not given yet."""

    mark: Mark
    window: Window
    places: Sequence[int]
    """Where in the window, in the order in which they are given."""

    def rows(self) -> list[Row]:
        """Their places in the list."""
        return [row_of(self.window.found[place]) for place in self.places]

    def mark_after(self, given: int) -> Mark:
        """The mark when so many of them, from the first, were given."""
        if given == len(self.places) and (self.window.reaches_the_end or not given):
            return self.mark.after(self.rows(), self.window.end)
        left = self.places[given:]
        reached = self.window.start + min(left) if left else self.window.end
        # No further than what was given: a row that a clock set back has put before all these is still to be read.
        return self.mark.after(self.rows()[:given], min(reached, self.mark.offset + given))


def read_page(wire: Wire, here: Here, kinds: Collection[ReportKind], cursor: str, limit: int) -> Page:
    """Some reports of these kinds behind a cursor, oldest first.

    Raises:
        PlatformUnreadable: a list cannot be read; nothing was moved.
    """
    marks = marks_of(cursor)
    try:
        unread = {kind: _unread(wire, kind, marks[kind], limit) for kind in kinds}
        reports = [(kind, report) for kind in kinds for report in _reports(kind, unread[kind], here)]
    except (KeyError, TypeError, ValueError) as wrong:
        raise PlatformUnreadable(
            f"a report has a form that is not understood: {type(wrong).__name__}"
        ) from None
    # The sort is stable and each kind comes in the order of its list, so a page takes the first of each.
    given = sorted(reports, key=lambda one: one[1].received_at)[:limit]
    counts = {kind: sum(of is kind for of, _ in given) for kind in kinds}
    after = marks | {kind: unread[kind].mark_after(counts[kind]) for kind in kinds}
    more = len(reports) > len(given) or not all(one.window.reaches_the_end for one in unread.values())
    return Page([report for _, report in given], cursor_of(after), more)


def marks_of(cursor: str) -> dict[ReportKind, Mark]:
    """The marks in a cursor; of a kind that it does not name, the beginning."""
    try:
        kept = json.loads(cursor or "{}")
    except ValueError:
        kept = {}
    kept = kept if isinstance(kept, dict) else {}
    return {kind: unpacked(kept.get(kind)) for kind in LISTS}


def cursor_of(marks: Mapping[ReportKind, Mark]) -> str:
    """The marks as one text."""
    return json.dumps({kind: mark.packed() for kind, mark in marks.items()}, separators=(",", ":"))


def _reports(kind: ReportKind, unread: Unread, here: Here) -> list[RawReport]:
    return [report_of(kind, unread.window.found[place], here) for place in unread.places]


def _unread(wire: Wire, kind: ReportKind, mark: Mark, limit: int) -> Unread:
    """Look back further, until the list joins on to what was read; at its end, ask for what it hides."""
    back = OVERLAP
    while True:
        start = max(0, mark.offset - back)
        window = _with_hidden(wire, kind, mark, _window(wire, kind, start, back + limit))
        rows = [row_of(one) for one in window.found]
        places = [place for place, row in enumerate(rows) if mark.is_new(row)]
        if start == 0 or back >= WIDEST or _joins(mark, window, places):
            return Unread(mark, window, sorted(places, key=lambda place: rows[place].received_ms))
        back = min(max(4 * back, mark.behind), WIDEST)


def _with_hidden(wire: Wire, kind: ReportKind, mark: Mark, window: Window) -> Window:
    if not window.reaches_the_end:
        return window
    listed = {row_of(one).number for one in window.found}
    return replace(window, found=[*window.found, *hidden(wire, kind, mark, listed)])


def _joins(mark: Mark, window: Window, places: Sequence[int]) -> bool:
    """Does it begin on known ground, and does it hold all that may be new?

    At the end of the list that is more: the numbers that are waited for, and as many rows as the list has grown by.
    Where the server's clock was set back, these stand somewhere before.
    """
    if len(places) == len(window.found):
        return False
    if not window.reaches_the_end:
        return True
    return window.start <= mark.offset - mark.behind and window.total - mark.offset <= len(places)


def _window(wire: Wire, kind: ReportKind, start: int, asked: int) -> Window:
    params: dict[str, str | int] = {"from": start, "limit": asked, "dir": "f"}
    key, largest = LISTS[kind].rpartition("/")[2], LARGEST_REPLY if asked > 1 else LARGEST
    reply = wire.ask("GET", LISTS[kind], params=params, largest=largest)
    if reply.failure is Failure.TOO_LARGE and asked > 1:
        return _in_two(wire, kind, start, asked)
    if reply.status == 404 and reply.fields.get("errcode") == "M_UNRECOGNIZED":
        return Window(start, asked, (), 0)  # an older version: it has no such list
    fields = read_or_raise(reply)
    found, total = fields[key], fields["total"]
    if not isinstance(found, list) or not isinstance(total, int):
        raise ValueError
    return Window(start, asked, found, total)


def _in_two(wire: Wire, kind: ReportKind, start: int, asked: int) -> Window:
    half = asked // 2
    first, second = _window(wire, kind, start, half), _window(wire, kind, start + half, asked - half)
    return Window(start, asked, [*first.found, *second.found], second.total)
