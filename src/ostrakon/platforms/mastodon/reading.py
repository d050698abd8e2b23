"""Reports of Mastodon: two lists, one of what is open and one of what somebody resolved, read as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import Page
from ostrakon.platforms.mastodon.words import is_number, report_of
from ostrakon.platforms.wire import Reply, Wire, asked_to_wait

REPORTS = "/api/v1/admin/reports"
LARGEST_PAGE = 200
"""Mastodon gives no more (documentation)."""


@dataclass(frozen=True)
class Sweep:
    """Where reading stands. A sweep goes through both lists; the next begins at what was the newest before this one.

    A report that is resolved between two calls moves from one list to the other. Those that existed when a sweep began
    are met in it: the open list is read first, and what was resolved meanwhile stands in the second. Those that came
    later may be missed by it: so the next one goes over their ids again. Rows come twice that way, none is
    lost, but one that was resolved before we ever read it and is reopened between those two calls.

    >>> Sweep.of("17:40:52").text, Sweep.of("")
    ('17:40:52', None)
    """

    at: int
    """Ids up to here are read."""
    known: int
    """The newest id when this sweep began: the next one starts there."""
    newest: int
    """The newest id that was seen."""

    @staticmethod
    def of(cursor: str) -> Sweep | None:
        """From a cursor; None: there was none yet."""
        parts = cursor.split(":")
        return Sweep(*map(int, parts)) if len(parts) == 3 else None

    @property
    def text(self) -> str:
        """As a cursor."""
        return f"{self.at}:{self.known}:{self.newest}"


def read_page(wire: Wire, platform: str, cursor: str, limit: int, own_id: str = "") -> Page:
    """Reports behind a cursor, oldest first.

    Raises:
        PlatformUnreadable: a reply is not understood.
    """
    sweep = Sweep.of(cursor) or _first_sweep(wire)
    limit = min(limit, LARGEST_PAGE)
    lists = [_behind(wire, sweep.at, limit, resolved=resolved) for resolved in (False, True)]
    rows = {number: row for found in lists for number, row in found.items()}
    # Behind a full page there may be more: the first ``limit`` of both stand before its end, and no more are taken.
    numbers = sorted(rows)[:limit]
    is_whole = len(numbers) == len(rows) and all(len(found) < limit for found in lists)
    newest = max(sweep.newest, *numbers[-1:], 0)
    after = Sweep(sweep.known, newest, newest) if is_whole else Sweep(numbers[-1], sweep.known, newest)
    return Page([report_of(rows[number], platform, own_id) for number in numbers], after.text, not is_whole)


def _first_sweep(wire: Wire) -> Sweep:
    """From the beginning; the newest of today is asked for, or the whole would be read twice."""
    newest = max((number for resolved in (False, True) for number in _newest(wire, resolved)), default=0)
    return Sweep(0, newest, newest)


def _newest(wire: Wire, resolved: bool) -> Mapping[int, Mapping[str, Any]]:
    return _rows(wire.ask("GET", REPORTS, params={"limit": 1, **_which(resolved)}))


def _behind(wire: Wire, number: int, limit: int, *, resolved: bool) -> Mapping[int, Mapping[str, Any]]:
    """The next page behind an id: ``min_id``, for ``since_id`` gives the newest and skips what is between."""
    params: dict[str, str | int] = {"min_id": number, "limit": limit}
    return _rows(wire.ask("GET", REPORTS, params={**params, **_which(resolved)}))


def _which(resolved: bool) -> dict[str, str | int]:
    """Without ``resolved`` the list has open reports alone (source)."""
    return {"resolved": "true"} if resolved else {}


def _rows(reply: Reply) -> Mapping[int, Mapping[str, Any]]:
    found = list_or_raise(reply)
    if not all(is_number(str(row.get("id", ""))) for row in found):
        raise PlatformUnreadable("the list of reports is not understood")
    return {int(row["id"]): row for row in found}


def list_or_raise(reply: Reply) -> list[Mapping[str, Any]]:
    """The rows of a reply that is a list.

    Raises:
        PlatformUnreadable: it is none; ``halts`` with 401 and 403, ``wait_s`` with 429.
    """
    found = reply.json
    if reply.ok and reply.failure is None and isinstance(found, list):
        if all(isinstance(row, dict) for row in found):
            return found
        raise PlatformUnreadable("a list of Mastodon is not understood")
    raise PlatformUnreadable(
        f"Mastodon answered {reply.status or reply.failure}",
        halts=reply.status in (401, 403),
        wait_s=asked_to_wait(reply).wait_s if reply.status == 429 else None,
    )
