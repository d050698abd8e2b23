"""The fake platform is as bad as it says: its rows vanish, its work waits, its clock is wrong, it forgets nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.platforms.contract import command, read_on

from ostrakon.platforms.contract import (
    Accepted,
    AccountRef,
    Already,
    Applied,
    ItemRef,
    Message,
    Miss,
    Mode,
    Refusal,
    Refused,
    RetryAt,
    Unknown,
)
from ostrakon.platforms.fake.acts import work
from ostrakon.platforms.fake.answers import Answer
from ostrakon.platforms.fake.connector import FakePlatform
from ostrakon.platforms.fake.doors import Request
from ostrakon.platforms.fake.faults import Fault
from ostrakon.platforms.fake.lines import INSIDE, Inside, Line
from ostrakon.platforms.fake.rules import DESK, HOME, MILD, STRICTEST, Rules
from ostrakon.platforms.fake.service import FakeService
from ostrakon.platforms.wire import at


def connected(service: FakeService) -> FakePlatform:
    return FakePlatform(
        INSIDE,
        service.moderator_token,
        mode=Mode.LIVE,
        rules=service.rules,
        transport=Inside(Line(service)),
    )


def ref(service: FakeService, handle: str = "chidi") -> AccountRef:
    return AccountRef("fake", service.register(handle).id, handle)


# -- reading ---------------------------------------------------------------------------------------

MOVES = st.lists(st.sampled_from(["report", "report", "remove first", "remove last", "read"]), max_size=60)


@given(moves=MOVES, limit=st.integers(1, 5))
def test_whatever_vanishes_no_other_report_is_lost(moves: list[str], limit: int) -> None:
    service = FakeService(STRICTEST)
    platform, chidi = connected(service), ref(service)
    seen, removed, cursor = set[str](), set[str](), ""
    for move in moves:
        if move == "report":
            service.report("alice", chidi.id, "a report")
        elif move.startswith("remove") and service.reports:
            row = service.reports[0 if move == "remove first" else -1]
            removed.add(str(row.id))
            service.remove_report(row.id)
        elif move == "read":
            page = platform.read_reports(cursor, limit)
            seen |= {report.id for report in page.reports}
            cursor = page.cursor
    seen |= {number for _, number in read_on(platform, cursor, limit)[0]}
    assert seen >= {str(row.id) for row in service.reports}
    assert seen <= {str(row.id) for row in service.reports} | removed


def test_at_the_end_there_is_nothing_new() -> None:
    service = FakeService()
    platform, chidi = connected(service), ref(service)
    service.report("alice", chidi.id, "a report")
    page = platform.read_reports("")
    assert (len(page.reports), page.more) == (1, False)
    assert platform.read_reports(page.cursor).reports == ()


def test_a_clock_that_is_wrong_by_an_hour_loses_nothing() -> None:
    service = FakeService(now=datetime.now(UTC))
    platform, chidi = connected(service), ref(service)
    service.report("alice", chidi.id, "before")
    stored, cursor = read_on(platform, "")
    service.skew = timedelta(hours=-1)
    service.report("alice", chidi.id, "an hour earlier, by its clock")
    stored |= read_on(platform, cursor)[0]
    assert [report.text for report in stored.values()] == ["before", "an hour earlier, by its clock"]
    skew = platform.health().clock_skew_s
    assert skew is not None
    assert -3610 < skew < -3500


def test_a_copy_that_is_not_whole_says_what_is_missing() -> None:
    service = FakeService()
    chidi = ref(service)
    item = service.write(chidi.id, "look at these", media=("f1", "f2"))
    item.lost_media = ("f2",)
    assert connected(service).snapshot(ItemRef(chidi, item.id)).missing == ("file f2",)


def test_two_of_one_name_are_ambiguous() -> None:
    service = FakeService()
    ref(service), ref(service)
    assert connected(service).resolve("chidi").miss is Miss.AMBIGUOUS


@given(st.text(max_size=60))
def test_an_id_is_one_segment_of_a_path_whatever_it_holds(hostile: str) -> None:
    try:
        hostile.encode()
    except UnicodeEncodeError:
        return
    path = at("/accounts/{}/actions", hostile)
    url = httpx.URL(f"{INSIDE}{path}")
    assert url.raw_path.decode().split("/")[2:] == [path.split("/")[2], "actions"]
    assert (url.query, url.fragment) == (b"", "")


# -- acting ----------------------------------------------------------------------------------------


def test_work_that_is_stuck_stays_accepted() -> None:
    service = FakeService()
    platform, chidi = connected(service), ref(service)
    service.is_stuck = True
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Accepted)
    work(service)
    assert isinstance(platform.poll(outcome.handle), Accepted)
    service.is_stuck = False
    work(service)
    assert isinstance(platform.poll(outcome.handle), Applied)


def test_work_that_waits_is_not_ordered_again() -> None:
    """A second order would be a second strike."""
    service = FakeService()
    platform, chidi = connected(service), ref(service)
    service.faults.order(Fault.CUT_AFTER)
    asked = command(chidi)
    assert isinstance(platform.apply(asked), Unknown)
    assert isinstance(platform.apply(asked), Accepted)
    work(service)
    assert isinstance(platform.apply(asked), Already)
    assert service.accounts[chidi.id].acts == 1


def test_work_that_the_platform_forgot_is_unknown() -> None:
    service = FakeService()
    platform, chidi = connected(service), ref(service)
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Accepted)
    service.tasks.clear()
    assert isinstance(platform.poll(outcome.handle), Unknown)


def test_the_desk_knows_at_once_and_the_home_later() -> None:
    service = FakeService()
    platform, chidi = connected(service), ref(service)
    platform.apply(command(chidi))
    flags = platform.state(chidi).flags
    assert (flags[DESK], flags[HOME]) == (True, False)
    assert not service.is_shut_out(chidi.id)


def test_whoever_asks_twice_without_looking_strikes_twice() -> None:
    service = FakeService()
    chidi = ref(service)
    line = Inside(Line(service))
    for _ in range(2):
        httpx.Client(transport=line).post(
            f"{INSIDE}/accounts/{chidi.id}/actions",
            json={"type": "limit"},
            headers={"Authorization": f"Bearer {service.moderator_token}"},
        )
    assert service.accounts[chidi.id].acts == 2


def test_a_legal_hold_is_told_apart() -> None:
    service = FakeService(MILD)
    platform, chidi = connected(service), ref(service)
    service.held.add(chidi.id)
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.LEGAL_HOLD


def test_a_limit_ends_with_its_minute() -> None:
    service = FakeService(Rules(calls_a_minute=2))
    platform = connected(service)
    for name in ("alice", "chidi"):
        assert isinstance(platform.notify(ref(service, name), Message("", "", "en"), name), Applied)
    service.advance(45)
    outcome = platform.notify(ref(service, "dora"), Message("", "", "en"), "dora")
    assert isinstance(outcome, RetryAt)
    assert outcome.wait_s == 15
    service.advance(15.1)
    assert isinstance(platform.notify(ref(service, "dora"), Message("", "", "en"), "dora"), Applied)


def test_every_fault_has_its_number_and_no_more() -> None:
    service = FakeService(MILD)
    platform = connected(service)
    service.faults.order(Fault.LIMIT, 2)
    outcomes = [platform.apply(command(ref(service, name))) for name in ("alice", "chidi", "dora")]
    assert [type(outcome) for outcome in outcomes] == [RetryAt, RetryAt, Applied]


def test_a_connection_that_is_refused_is_tried_later() -> None:
    service = FakeService(MILD)
    platform, chidi = connected(service), ref(service)
    service.faults.order(Fault.REFUSED)
    assert isinstance(platform.apply(command(chidi)), RetryAt)
    assert service.accounts[chidi.id].acts == 0


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/nothing", 404, "no_such_path"),
        ("GET", "/accounts/u1/", 404, "no_such_path"),
        ("GET", "/accounts/%00", 400, "bad_id"),
        ("GET", "/reports?limit=501", 400, "bad_page"),
        ("POST", "/accounts/u1/actions", 400, "no_such_action"),
        ("DELETE", "/accounts/u1", 404, "no_such_path"),
    ],
)
def test_it_is_strict(method: str, path: str, status: int, error: str) -> None:
    service = FakeService()
    ref(service)
    reply = httpx.Client(transport=Inside(Line(service))).request(
        method, INSIDE + path, headers={"Authorization": f"Bearer {service.moderator_token}"}
    )
    assert (reply.status_code, reply.json()["error"]) == (status, error)


# -- killed ----------------------------------------------------------------------------------------


def started(journal: Path, *more: str) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "ostrakon.platforms.fake", "--journal", journal, "--rules", "mild", *more],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def killed(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_killed_in_the_middle_it_starts_again_where_it_was(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    process, told = started(journal)
    port = told["url"].rpartition(":")[2]
    platform = FakePlatform(told["url"], told["token"], mode=Mode.LIVE, rules=MILD)
    try:
        for number in range(1, 11):
            assert isinstance(platform.apply(command(AccountRef("fake", f"u{number}"))), Applied)
    finally:
        killed(process)
    assert isinstance(platform.apply(command(AccountRef("fake", "u11"))), RetryAt)
    with journal.open("ab") as file:
        file.write(b'{"at": "2026-01-01T00:0')  # a line that was cut in the middle
    process, _ = started(journal, "--port", port)
    try:
        assert isinstance(platform.apply(command(AccountRef("fake", "u11"))), Applied)
        states = [platform.state(AccountRef("fake", f"u{number}")) for number in range(1, 14)]
        assert [state.flags["suspended"] for state in states] == [True] * 11 + [False] * 2
        assert [state.raw["strikes"] for state in states] == [1] * 11 + [0] * 2
    finally:
        platform.close()
        killed(process)


# -- large -----------------------------------------------------------------------------------------


# Of this process alone: what getrusage says counts the process that started it, too.
LARGE = """
from pathlib import Path
from ostrakon.platforms.fake.service import FakeService
service = FakeService()
accounts = [service.register(f"person{number}").id for number in range(100_000)]
for number in range(1_000_000):
    service.report(accounts[number % 100_000], accounts[number * 7 % 100_000], f"report {number % 1000}")
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.slow
def test_a_hundred_thousand_accounts_and_a_million_reports_fit_into_memory() -> None:
    run = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, check=True)
    assert int(run.stdout) < 700_000, "kilobytes"


class CountingLine(Line):
    count = 0

    def ask(self, request: Request) -> tuple[Fault | None, Answer]:
        self.count += 1
        return super().ask(request)


def test_the_end_of_a_long_list_is_found_at_once() -> None:
    """Whatever is before it: the place is remembered."""
    service = FakeService()
    chidi = ref(service)
    for _ in range(20_000):
        service.report("alice", chidi.id, "a report")
    line = CountingLine(service)
    platform = FakePlatform(INSIDE, service.moderator_token, transport=Inside(line))
    assert len(read_on(platform, "19000:18999")[0]) == 1001
    assert line.count == 11
