"""A platform that tells when there is something new is read at once; a hint never gets lost, and does nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.enforcement.platform_case import SOON, Town, connect

from ostrakon.enforcement.checking import check
from ostrakon.enforcement.connections import Lines
from ostrakon.enforcement.hearing import hear, those_that_tell
from ostrakon.enforcement.models import Connection
from ostrakon.enforcement.reading import EVERY, due_to_be_read, read_one
from ostrakon.platforms.contract import Page, Platform

pytestmark = pytest.mark.django_db


class Telling:
    """A connector that gives hints, and keeps everything else of another."""

    def __init__(self, platform: Platform, hints: int = 1) -> None:
        self.platform, self.hints, self.given = platform, hints, 0

    def events(self) -> Iterator[str]:
        for number in range(self.hints):
            self.given += 1
            yield str(number)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.platform, name)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return connect(monkeypatch, mode="read_only")


def telling(town: Town, hints: int = 1) -> tuple[Lines, Telling]:
    """Lines on which the platform tells."""
    teller = Telling(town.lines.to(town.connection), hints)
    key = town.lines._open[town.connection.pk][0]
    town.lines._open[town.connection.pk] = (key, teller)  # type: ignore[assignment]
    return town.lines, teller


def is_due(town: Town) -> bool:
    return [one.pk for one in due_to_be_read(SOON)] == [town.connection.pk]


def test_who_tells_is_read_at_once(town: Town) -> None:
    Connection.objects.update(read_next_at=SOON + EVERY)
    assert not is_due(town)
    hear(town.connection, telling(town)[0])
    assert is_due(town)


def test_a_hint_that_comes_while_it_is_read_is_not_lost(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, teller = telling(town)
    reads = teller.platform.read_reports

    def read_reports(cursor: str, limit: int = 100) -> Page:
        page = reads(cursor, limit)
        hear(town.connection, lines)
        return page

    monkeypatch.setattr(teller.platform, "read_reports", read_reports)
    read_one(Connection.objects.get(), lines, SOON)
    assert is_due(town)


def test_without_a_hint_it_rests_after_it_was_read(town: Town) -> None:
    read_one(Connection.objects.get(), town.lines, SOON)
    assert not is_due(town)


def test_nobody_listens_any_more_to_what_was_switched_off(town: Town) -> None:
    lines, teller = telling(town, hints=5)
    Connection.objects.update(mode="off")
    hear(town.connection, lines)
    assert teller.given == 1


def test_whoever_cannot_tell_is_not_listened_to(town: Town) -> None:
    assert those_that_tell() == []
    Connection.objects.update(offers={"push": True})
    assert those_that_tell() == [town.connection]
    for unfit in ({"mode": "off"}, {"mode": "live", "halted_at": SOON, "halted_why": "the token is dead"}):
        Connection.objects.update(**unfit)
        assert those_that_tell() == []


def test_a_check_notes_whether_it_tells(town: Town) -> None:
    check(town.connection, town.lines.to(town.connection), SOON)
    assert Connection.objects.get().offers["push"] is False
