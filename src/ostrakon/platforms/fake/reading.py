"""Reports of the fake platform: paged by offsets that shift when rows disappear, as on Synapse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import AccountRef, ItemRef, Page, RawReport, ReportKind
from ostrakon.platforms.wire import Wire, read_or_raise

LARGEST_PAGE = 500


@dataclass(frozen=True)
class Place:
    """How far was read: the highest id, and where its row stood. Rows only move up, so the place is a hint.

    >>> Place.of("17:4").text, Place.of("")
    ('17:4', Place(last=0, offset=0))
    """

    last: int
    offset: int

    @staticmethod
    def of(cursor: str) -> Place:
        """From a cursor; empty: the beginning."""
        last, _, offset = (cursor or "0:0").partition(":")
        return Place(int(last), int(offset))

    @property
    def text(self) -> str:
        """As a cursor."""
        return f"{self.last}:{self.offset}"


def read_page(wire: Wire, platform: str, cursor: str, limit: int) -> Page:
    """Reports behind a cursor, oldest first.

    Raises:
        PlatformUnreadable: the reply is not understood.
    """
    place, limit = Place.of(cursor), min(limit, LARGEST_PAGE - 1)
    start, rows, total = _rows_around(wire, place, limit)
    new = [(at, row) for at, row in enumerate(rows, start) if row["id"] > place.last][:limit]
    if not new:
        return Page((), cursor, start + len(rows) < total)
    at, newest = new[-1]
    reached = Place(newest["id"], at + 1)
    return Page([_report(platform, row) for _, row in new], reached.text, reached.offset < total)


def _rows_around(wire: Wire, place: Place, limit: int) -> tuple[int, list[Mapping[str, Any]], int]:
    """The rows from the last one read on. Rows that disappeared moved all others up: then we step back to meet it."""
    start, step = max(0, place.offset - 1), limit
    while True:
        rows, total = _rows(wire, start, limit + 1)
        has_met = start == 0 or (bool(rows) and rows[0]["id"] <= place.last)
        if has_met:
            return start, rows, total
        start, step = max(0, start - step), step * 2


def _rows(wire: Wire, start: int, limit: int) -> tuple[list[Mapping[str, Any]], int]:
    fields = read_or_raise(wire.ask("GET", "/reports", params={"from": start, "limit": limit, "closed": 1}))
    try:
        return [{**row, "id": int(row["id"])} for row in fields["reports"]], int(fields["total"])
    except (KeyError, TypeError, ValueError):
        raise PlatformUnreadable("the list of reports is not understood") from None


def _report(platform: str, row: Mapping[str, Any]) -> RawReport:
    try:
        subject = AccountRef(platform, str(row["account"]["id"]), local=bool(row["account"]["local"]))
        item = ItemRef(subject, str(row["item"])) if row["item"] else None
        return RawReport(
            platform=platform,
            kind=ReportKind.ITEM if item else ReportKind.ACCOUNT,
            id=str(row["id"]),
            received_at=datetime.fromisoformat(row["at"]),
            subject=subject,
            reporter=str(row["reporter"] or ""),
            server=str(row["server"] or ""),
            item=item,
            text=str(row["text"]),
            raw=json.dumps(row).encode(),
        )
    except (KeyError, TypeError, ValueError):
        raise PlatformUnreadable("a row of the reports is not understood") from None
