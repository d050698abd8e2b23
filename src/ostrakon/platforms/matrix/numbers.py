"""Reports by their own numbers: the lists are in the order of the server's clock, which may be set back.

A new report may then stand anywhere in a list, and may take the place of one that vanished, so that not even the length
of the list tells. Its number tells: numbers rise by one (storage/util/id_generators.py), whatever the clock does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from ostrakon.platforms.contract import ReportKind
from ostrakon.platforms.matrix.mark import Mark
from ostrakon.platforms.matrix.replies import NOT_FOUND
from ostrakon.platforms.wire import Wire, at, read_or_raise

ONE: Mapping[ReportKind, str] = {
    ReportKind.ITEM: "/_synapse/admin/v1/event_reports/{}",
    ReportKind.ACCOUNT: "/_synapse/admin/v1/user_reports/{}",
}
"""Where one report is. Those on rooms our module lists by their numbers."""
LARGEST = 128 * 1024 * 1024
"""Bytes. Synapse takes reports of up to 13 MB; one of them must not keep us from all the others."""
MOST_ASKED = 20
"""Numbers that follow the highest, at one reading; what is behind them is found at the next."""
MOST_AWAITED = 5
"""Numbers that were passed over and may still come, at one reading: the last ones."""


def hidden(wire: Wire, kind: ReportKind, mark: Mark, listed: Collection[int]) -> Iterator[Mapping[str, Any]]:
    """Reports that were not given yet and that the stretch of the list that was looked at does not hold.

    Costs one request where nothing is hidden. Nothing, as long as nothing was read: then the list is read whole.

    Args:
        listed: the numbers in that stretch.
    Raises:
        PlatformUnreadable: the server does not answer, or not in a way that is understood.
    """
    if kind not in ONE or not mark.highest:
        return
    for number in range(mark.highest + 1, mark.highest + 1 + MOST_ASKED):
        if number not in listed:
            found = _one(wire, kind, number)
            if found is None:
                break
            yield found
    for number in islice(_awaited(mark, listed), MOST_AWAITED):
        if (found := _one(wire, kind, number)) is not None:
            yield found


def _awaited(mark: Mark, listed: Collection[int]) -> Iterator[int]:
    for gap in reversed(mark.gaps):
        yield from (number for number in range(gap.last, gap.first - 1, -1) if number not in listed)


def _one(wire: Wire, kind: ReportKind, number: int) -> Mapping[str, Any] | None:
    """None: there is none with this number, or this version knows no such address."""
    reply = wire.ask("GET", at(ONE[kind], str(number)), largest=LARGEST)
    if reply.status == NOT_FOUND and reply.fields.get("errcode") in ("M_NOT_FOUND", "M_UNRECOGNIZED"):
        return None
    return {name: value for name, value in read_or_raise(reply).items() if name != "event_json"}
