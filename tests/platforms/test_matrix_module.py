"""Our module inside a real Synapse: reports on rooms, and a word at once."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.platforms.contract import read_on
from tests.platforms.synapse_harness import Server

from ostrakon.platforms.contract import ReportKind
from ostrakon.platforms.matrix.connector import Matrix

pytestmark = pytest.mark.platform

MODULE = Path(__file__).parents[2] / "integrations" / "synapse"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A homeserver with the module in it."""
    extra = tmp_path_factory.mktemp("synapse") / "module.yaml"
    extra.write_text("modules: [{module: ostrakon_synapse.Ostrakon, config: {}}]\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setitem(os.environ, "SYNAPSE_CONFIG", str(extra))
        environment.setitem(os.environ, "PYTHONPATH", str(MODULE))
        started = Server("module")
        yield started
        started.stop()


@pytest.fixture
def matrix(server: Server) -> Iterator[Matrix]:
    connected = Matrix(server.ready["base_url"], server.ready["admin_token"], module=True)
    yield connected
    connected.close()


def report_the_lobby(server: Server, reporter: str, reason: str) -> None:
    path = f"/_matrix/client/v3/rooms/{quote(server.lobby)}/report"
    server.asked("POST", path, {"reason": reason}, by=reporter)


def test_reports_on_rooms_are_read_with_the_room_as_their_subject(server: Server, matrix: Matrix) -> None:
    alice = server.register("alice")
    _, cursor = read_on(matrix, "")
    for n in range(7):
        report_the_lobby(server, alice, f"number {n}")
    found, behind = read_on(matrix, cursor, limit=3)
    assert [report.text for report in found.values()] == [f"number {n}" for n in range(7)]
    assert {report.kind for report in found.values()} == {ReportKind.ROOM}
    assert {(r.reporter, r.subject.id if r.subject else "") for r in found.values()} == {
        (alice, server.lobby)
    }
    assert matrix.read_reports(behind).reports == []


def test_both_addresses_are_for_administrators_only(server: Server) -> None:
    somebody = server.register("somebody")
    for path in ("room_reports", "news"):
        reply = server.reply("GET", f"/_synapse/client/ostrakon/{path}", by=somebody)
        assert (reply.status_code, reply.json()["errcode"]) == (403, "M_FORBIDDEN")


@pytest.mark.parametrize("query", ["from=-1", "limit=x", "from=99999999999999999999"])
def test_a_number_that_is_none_is_refused(server: Server, query: str) -> None:
    reply = server.reply("GET", f"/_synapse/client/ostrakon/room_reports?{query}")
    assert (reply.status_code, reply.json()["errcode"]) == (400, "M_INVALID_PARAM")


def test_a_report_is_told_of_within_a_second(
    server: Server, matrix: Matrix, tell: Callable[[str], None]
) -> None:
    alice, chidi = server.register("alice"), server.register("chidi")
    told: dict[int, float] = {}
    enough = threading.Event()

    def listen() -> None:
        for hint in matrix.events():
            told[int(hint.split(".")[1])] = time.monotonic()
            if enough.is_set():
                return

    def heard_of(number: int) -> float:
        end = time.monotonic() + 10
        while not (since := [moment for newest, moment in told.items() if newest >= number]):
            assert time.monotonic() < end, "nobody was told"
            time.sleep(0.01)
        return min(since)

    listener = threading.Thread(target=listen)
    listener.start()
    heard_of(0)
    before, delays = max(told), []
    for n in range(20):
        stored = report_on(server, alice, chidi, f"number {n}")
        delays.append(heard_of(before + n + 1 if before else n + 2) - stored)
        time.sleep(0.1 * (n % 3))
    tell(
        f"Matrix, told of a report after {statistics.median(delays):.2f} s (median), {max(delays):.2f} s (worst)"
    )
    enough.set()
    report_on(server, alice, chidi, "the last")
    listener.join()
    assert statistics.median(delays) <= 1.0


def report_on(server: Server, reporter: str, somebody: str, reason: str) -> float:
    """When the server had taken it."""
    path = f"/_matrix/client/v3/users/{quote(somebody)}/report"
    server.asked("POST", path, {"reason": reason}, by=reporter)
    return time.monotonic()


def test_hints_end_when_the_line_breaks(server: Server) -> None:
    nobody = Matrix(server.ready["base_url"], "syt_nobody", module=True)
    assert list(nobody.events()) == []
    nobody.close()
