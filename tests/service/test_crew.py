"""Platforms are served at the same time: one that hangs holds up no other, and is not begun with twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from ostrakon.enforcement.models import Connection
from ostrakon.service.crew import MOST, Crew

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SOON_S = 10.0


def platforms(count: int) -> list[Connection]:
    return [Connection(pk=number, platform=f"p{number}") for number in range(count)]


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What hangs goes on at the end of the test at the latest."""
    opened = threading.Event()
    yield opened
    opened.set()


def hangs_at(number: int, gate: threading.Event, served: list[int]) -> Callable[[Connection, datetime], None]:
    def serve(one: Connection, _: datetime) -> None:
        served.append(one.pk)
        if one.pk == number:
            assert gate.wait(SOON_S)

    return serve


def finish(crew: Crew) -> None:
    for hand in crew._busy.values():
        hand.join(SOON_S)


def test_one_that_hangs_holds_up_no_other_and_is_not_begun_with_twice(gate: threading.Event) -> None:
    served: list[int] = []
    crew = Crew(lambda now: platforms(3), hangs_at(0, gate, served), patience_s=0.05)
    for _ in range(3):
        crew.round(NOW)
    assert sorted(served) == [0, 1, 1, 1, 2, 2, 2]
    gate.set()
    finish(crew)
    crew.round(NOW)
    assert served.count(0) == 2


def test_a_round_waits_for_those_who_are_quick() -> None:
    served: list[int] = []
    Crew(lambda now: platforms(5), lambda one, now: served.append(one.pk), patience_s=SOON_S).round(NOW)
    assert sorted(served) == [0, 1, 2, 3, 4]


def test_what_fails_makes_its_round_fail_and_the_others_are_served() -> None:
    served: list[int] = []

    def serve(one: Connection, _: datetime) -> None:
        if one.pk == 1:
            raise RuntimeError("broken")
        served.append(one.pk)

    crew = Crew(lambda now: platforms(3), serve, patience_s=SOON_S)
    with pytest.raises(RuntimeError, match="broken"):
        crew.round(NOW)
    assert sorted(served) == [0, 2]


def test_there_are_never_more_hands_than_may_be(gate: threading.Event) -> None:
    served: list[int] = []

    def serve(one: Connection, _: datetime) -> None:
        served.append(one.pk)
        assert gate.wait(SOON_S)

    crew = Crew(lambda now: platforms(3 * MOST), serve, patience_s=0.05)
    crew.round(NOW)
    crew.round(NOW)
    assert len(served) == MOST
    gate.set()
    finish(crew)
