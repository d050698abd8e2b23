"""Reports from Synapse's lists: none is lost, whatever happens to the lists meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.platforms.synapse_stub import CHIDI, OURS, SERVER, Synapse

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import RawReport, ReportKind
from ostrakon.platforms.matrix import reading
from ostrakon.platforms.matrix.connector import Matrix
from ostrakon.platforms.matrix.mark import OVERLAP, WAIT_MS, Gap, Mark, Row, unpacked

NOON_MS = 1_800_000_000_000


@pytest.fixture
def synapse() -> Synapse:
    return Synapse()


@pytest.fixture
def matrix(synapse: Synapse) -> Iterator[Matrix]:
    connected = synapse.connect()
    yield connected
    connected.close()


class Reader:
    """Reads on and keeps what it was given, as our intake does: in order, twice is seen."""

    def __init__(self, matrix: Matrix, limit: int = 100) -> None:
        self.matrix, self.limit, self.cursor = matrix, limit, ""
        self.given: list[RawReport] = []

    def page(self) -> bool:
        page = self.matrix.read_reports(self.cursor, self.limit)
        self.given += page.reports
        self.cursor = page.cursor
        return page.more

    def read_on(self) -> list[str]:
        """The texts of what was new."""
        before = len(self.given)
        while self.page():
            pass
        return [report.text for report in self.given[before:]]


def texts(*numbers: int) -> list[str]:
    return [f"number {number}" for number in numbers]


def test_reports_on_people_and_messages_come_oldest_first_and_once(synapse: Synapse, matrix: Matrix) -> None:
    for number in range(2, 9):
        synapse.report(number)
    on_message = {"room_id": "!r", "event_id": "$e", "sender": CHIDI, "user_id": "@alice:example.org"}
    synapse.lists["event_reports"] = [
        {"id": 2, "received_ts": NOON_MS + 4500, "reason": None, "score": -100, **on_message}
    ]
    reader = Reader(matrix, limit=3)
    assert reader.read_on() == [*texts(2, 3, 4), "", *texts(5, 6, 7, 8)]
    assert reader.read_on() == []


def test_a_report_is_read_as_it_came(synapse: Synapse, matrix: Matrix) -> None:
    row = {"id": 7, "received_ts": NOON_MS, "room_id": "!r", "event_id": "$e", "sender": CHIDI, "score": -100}
    synapse.lists["event_reports"] = [{**row, "user_id": OURS, "reason": "a threat"}]
    (found,) = matrix.read_reports("").reports
    assert (found.kind, found.id, found.text) == (ReportKind.ITEM, f"7.{NOON_MS}", "a threat")
    assert found.subject is not None
    assert found.item is not None
    assert (found.subject.id, found.item.id, found.item.place) == (CHIDI, "$e", "!r")
    assert (found.reporter, found.server, found.by_us) == (OURS, "", True)
    assert json.loads(found.raw)["score"] == -100


def test_a_report_on_a_message_that_was_purged_has_no_subject(synapse: Synapse, matrix: Matrix) -> None:
    row = {"id": 7, "received_ts": NOON_MS, "room_id": "!r", "event_id": "$e", "sender": None}
    synapse.lists["event_reports"] = [{**row, "user_id": f"@alice:{SERVER}"}]
    (found,) = matrix.read_reports("").reports
    assert (found.subject, found.item) == (None, None)


def delete(synapse: Synapse, *numbers: int) -> None:
    kept = [row for row in synapse.lists["user_reports"] if row["id"] not in numbers]
    synapse.lists["user_reports"] = kept


def test_rows_that_vanish_hide_no_other(synapse: Synapse, matrix: Matrix) -> None:
    for number in range(2, 1002):
        synapse.report(number)
    reader = Reader(matrix)
    reader.read_on()
    delete(synapse, *range(2, 902))
    synapse.report(1002)
    assert reader.read_on() == texts(1002)
    delete(synapse, *range(2, 1003))
    synapse.report(1003)
    assert reader.read_on() == texts(1003)


def test_a_report_that_shows_after_higher_ones_is_waited_for(synapse: Synapse, matrix: Matrix) -> None:
    """It took its number first and was stored last."""
    reader = Reader(matrix)
    for number in (2, 3, 5, 6):
        synapse.report(number)
    reader.read_on()
    synapse.report(4)
    assert reader.read_on() == texts(4)


def test_a_late_report_is_found_though_as_many_rows_vanished(synapse: Synapse, matrix: Matrix) -> None:
    """The list has not grown: only the number that is waited for tells where to look."""
    for number in (2, 3, *range(5, 5 + 2 * OVERLAP)):
        synapse.report(number)
    reader = Reader(matrix)
    reader.read_on()
    delete(synapse, 2)
    synapse.report(4)
    assert reader.read_on() == texts(4)


def test_a_clock_that_was_set_back_hides_nothing(synapse: Synapse, matrix: Matrix) -> None:
    for number in range(2, 1002):
        synapse.report(number, NOON_MS + 10_000 * number)
    reader = Reader(matrix)
    reader.read_on()
    synapse.report(1002, NOON_MS + 10_000 * 1002 - 3_600_000)
    assert reader.read_on() == texts(1002)


def test_a_clock_that_was_set_back_hides_nothing_in_the_place_of_a_row_that_vanished(
    synapse: Synapse, matrix: Matrix
) -> None:
    """The list is as long as before, and nothing new is near its end: only the number tells."""
    for number in range(2, 1002):
        synapse.report(number, NOON_MS + 10_000 * number)
    reader = Reader(matrix)
    reader.read_on()
    delete(synapse, 500)
    synapse.report(1002, NOON_MS)
    assert reader.read_on() == texts(1002)
    assert reader.read_on() == []


def test_a_clock_that_was_set_back_by_more_rows_than_are_looked_through_hides_nothing(
    synapse: Synapse, matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WIDEST", 2 * OVERLAP)
    for number in range(2, 2_002):
        synapse.report(number, NOON_MS + 10_000 * number)
    reader = Reader(matrix)
    reader.read_on()
    for number in range(2_002, 2_052):
        synapse.report(number, NOON_MS + number)
    found = [text for _ in range(3) for text in reader.read_on()]
    assert found == texts(*range(2_002, 2_052))


def test_a_late_report_from_before_the_clock_was_set_back_is_found_by_its_number(
    synapse: Synapse, matrix: Matrix
) -> None:
    """It took its number first, stands far from the end, and shows after others: the list is as long as it was."""
    for number in (*range(2, 1001), 1002):
        synapse.report(number, NOON_MS + 10_000 * number)
    reader = Reader(matrix)
    reader.read_on()
    delete(synapse, 7)
    synapse.report(1001, NOON_MS)
    assert reader.read_on() == texts(1001)


def test_what_is_asked_for_by_its_number_and_is_no_report_moves_nothing(
    synapse: Synapse, matrix: Matrix
) -> None:
    synapse.report(2)
    reader = Reader(matrix)
    reader.read_on()
    kept = reader.cursor
    synapse.everywhere = lambda request: httpx.Response(502, text="<html>")
    with pytest.raises(PlatformUnreadable):
        reader.page()
    assert reader.cursor == kept


def test_a_number_that_is_given_again_is_another_report(synapse: Synapse, matrix: Matrix) -> None:
    """The newest was deleted and the server started anew: its counter begins at the highest that is left."""
    synapse.report(2)
    synapse.report(3)
    reader = Reader(matrix)
    reader.read_on()
    delete(synapse, 3)
    synapse.report(3, NOON_MS + 60_000, reason="another")
    assert reader.read_on() == ["another"]
    assert len({report.id for report in reader.given}) == 3


def test_a_quiet_server_is_asked_for_its_lists_and_the_next_numbers(synapse: Synapse, matrix: Matrix) -> None:
    for number in range(2, 500):
        synapse.report(number)
    reader = Reader(matrix)
    reader.read_on()
    before = len(synapse.asked)
    assert reader.read_on() == []
    asked = [request.url.path.rpartition("/")[2] for request in synapse.asked[before:]]
    assert sorted(asked) == ["500", "event_reports", "user_reports"]  # none was ever made about a message


def test_an_older_version_without_reports_on_people_is_read_all_the_same(
    synapse: Synapse, matrix: Matrix
) -> None:
    del synapse.lists["user_reports"]
    row = {"id": 7, "received_ts": NOON_MS, "room_id": "!r", "event_id": "$e", "sender": CHIDI, "reason": "x"}
    synapse.lists["event_reports"] = [{**row, "user_id": f"@alice:{SERVER}"}]
    assert Reader(matrix).read_on() == ["x"]


def test_reports_that_are_too_large_together_are_read_one_by_one(
    synapse: Synapse, matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server takes reasons of megabytes: nobody keeps us from the others with one."""
    monkeypatch.setattr(reading, "LARGEST_REPLY", 2_000)
    for number in range(2, 12):
        synapse.report(number, reason=f"number {number} " + "x" * (3_000 if number == 5 else 0))
    assert len(Reader(matrix, limit=4).read_on()) == 10


@pytest.mark.parametrize("row", [{}, {"id": "x", "received_ts": 1}, {"id": 1, "received_ts": 10**30}])
def test_what_is_no_report_is_told_and_moves_nothing(
    synapse: Synapse, matrix: Matrix, row: dict[str, int]
) -> None:
    synapse.lists["event_reports"] = [{"received_ts": 0, **row}]
    with pytest.raises(PlatformUnreadable):
        matrix.read_reports("")


@pytest.mark.parametrize(
    "cursor", ["", "{", "[]", '{"item":7}', '{"item":[1,2,3,[[1]]]}', '{"item":[-1,0,0,[]]}']
)
def test_a_cursor_that_is_not_understood_is_the_beginning(
    synapse: Synapse, matrix: Matrix, cursor: str
) -> None:
    synapse.report(2)
    assert len(matrix.read_reports(cursor).reports) == 1


# Whatever happens


@st.composite
def happenings(draw: st.DrawFn) -> list[tuple[str, int]]:
    what = st.sampled_from(["report", "report", "report", "late", "delete", "set back", "page", "page"])
    return draw(st.lists(st.tuples(what, st.integers(0, 400)), max_size=60))


class Life:
    """A list of reports to which things happen."""

    def __init__(self, synapse: Synapse) -> None:
        self.synapse, self.number, self.clock_ms = synapse, 1, NOON_MS
        self.held_back: list[tuple[int, int]] = []

    def report(self, many: int) -> None:
        for _ in range(1 + many % 5):
            self.number, self.clock_ms = self.number + 1, self.clock_ms + many % 3
            self.synapse.report(self.number, self.clock_ms)

    def late(self, many: int) -> None:
        """Numbers are taken; their rows show the next time, before other numbers are."""
        self.show()
        self.number += 1
        self.held_back.append((self.number, self.clock_ms))

    def show(self) -> None:
        for number, moment in self.held_back:
            self.synapse.report(number, moment)
        self.held_back.clear()

    def set_back(self, seconds: int) -> None:
        self.clock_ms -= 1000 * seconds

    def delete(self, given: set[int], which: int) -> None:
        """Only what was given: what is gone before anybody looked, nobody can read."""
        for row in list(self.synapse.lists["user_reports"]):
            if row["id"] in given and row["id"] % (1 + which % 4) == 0:
                self.synapse.lists["user_reports"].remove(row)


@pytest.fixture(scope="module", params=[3, OVERLAP])
def overlap(request: pytest.FixtureRequest) -> Iterator[int]:
    """A short one too, so that the small lists here are longer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ostrakon.platforms.matrix.mark.OVERLAP", request.param)
        patch.setattr(reading, "OVERLAP", request.param)
        yield request.param


@given(events=happenings(), limit=st.integers(1, 7))
def test_every_report_is_given_whatever_happens(
    overlap: int, events: list[tuple[str, int]], limit: int
) -> None:
    synapse = Synapse()
    life, reader = Life(synapse), Reader(synapse.connect(), limit)

    def given_numbers() -> set[int]:
        return {int(report.id.partition(".")[0]) for report in reader.given}

    happens: dict[str, Callable[[int], object]] = {
        "report": life.report,
        "late": life.late,
        "set back": life.set_back,
        "delete": lambda which: life.delete(given_numbers(), which),
        "page": lambda _: reader.page(),
    }
    for what, number in events:
        happens[what](number)
    life.show()
    reader.read_on()
    assert {row["id"] for row in synapse.lists["user_reports"]} <= given_numbers()
    assert not reader.read_on()


rows = st.builds(Row, st.integers(1, 5000), st.integers(NOON_MS, NOON_MS + 2 * WAIT_MS))


@given(st.lists(st.lists(rows, min_size=1, max_size=20), max_size=8))
def test_a_mark_knows_what_was_given_and_waits_for_what_was_passed_over(pages: list[list[Row]]) -> None:
    mark = Mark()
    for page in pages:
        mark = mark.after(page, 0)
        assert not any(mark.is_new(row) for row in page)
        assert mark.is_new(replace(page[0], number=mark.highest + 1))
        assert all(gap.first <= gap.last <= mark.highest for gap in mark.gaps)
        assert all(one.last < other.first for one, other in zip(mark.gaps, mark.gaps[1:], strict=False))
        assert unpacked(json.loads(json.dumps(mark.packed()))) == mark


def test_a_number_is_given_up_when_many_and_ten_minutes_have_passed() -> None:
    mark = Mark().after([Row(2, NOON_MS), Row(4, NOON_MS)], 2)
    assert mark.gaps[-1] == Gap(3, 3, NOON_MS)
    soon = mark.after([Row(number, NOON_MS + 1) for number in range(5, 5 + 2 * OVERLAP)], 0)
    later = mark.after([Row(5, NOON_MS + 2 * WAIT_MS)], 0)
    both = soon.after([Row(5 + 2 * OVERLAP, NOON_MS + 2 * WAIT_MS)], 0)
    assert soon.is_new(Row(3, NOON_MS))
    assert later.is_new(Row(3, NOON_MS))
    assert not both.is_new(Row(3, NOON_MS))
