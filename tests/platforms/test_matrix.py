"""Matrix: the contract beside a real Synapse, and what is special to it."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import quote
from uuid import uuid4

import pytest
from tests.platforms.bare import BareMatrix
from tests.platforms.contract import PlatformContract, command, followed, read_on
from tests.platforms.proxy import FaultProxy
from tests.platforms.synapse_harness import WORDS, Server, SynapseHarness, deaf_port

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import (
    AccountRef,
    Already,
    Applied,
    Capabilities,
    Command,
    ItemRef,
    Message,
    Mode,
    Outcome,
    Refusal,
    Refused,
    ReportKind,
    RetryAt,
    Unknown,
)
from ostrakon.platforms.matrix.connector import Matrix
from ostrakon.platforms.matrix.mark import OVERLAP
from ostrakon.platforms.matrix.words import MATRIX

pytestmark = pytest.mark.platform

REASONS = Message("Your account", "These are the reasons 4714.", "en")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A homeserver of this module alone."""
    started = Server("test")
    yield started
    started.stop()


@pytest.fixture
def harness(server: Server) -> Iterator[SynapseHarness]:
    with FaultProxy(server.ready["base_url"], words=WORDS) as proxy:
        yield SynapseHarness(server, proxy)


@pytest.fixture
def matrix(harness: SynapseHarness) -> Iterator[Matrix]:
    connected = harness.connect()
    yield connected
    connected.close()


@pytest.fixture
def chidi(harness: SynapseHarness) -> AccountRef:
    return harness.new_account("chidi")


@pytest.fixture
def alice(harness: SynapseHarness) -> AccountRef:
    return harness.new_account("alice")


class TestMatrix(PlatformContract):
    """Every row that fits."""

    capabilities: ClassVar[Capabilities] = MATRIX
    does_not_fit: ClassVar[dict[str, str]] = {
        "test_every_action_can_be_undone_or_says_that_it_cannot": "a file is no message there: see below, one by one",
    }

    @pytest.fixture
    def harness(self, server: Server) -> Iterator[SynapseHarness]:
        with FaultProxy(server.ready["base_url"], words=WORDS) as proxy:
            yield SynapseHarness(server, proxy)


def told(account: AccountRef, action: PlatformAction, **changed: object) -> Command:
    """A command for somebody who was told of it."""
    return command(account, action, notice_receipt="$told", **changed)


# Every action, one by one


def test_a_locked_person_can_do_nothing_and_goes_on_after_it(
    harness: SynapseHarness, matrix: Matrix, chidi: AccountRef
) -> None:
    assert isinstance(matrix.apply(told(chidi, PlatformAction.LOCK)), Applied)
    reply = harness.server.reply("GET", "/_matrix/client/v3/joined_rooms", by=chidi.id)
    assert (reply.status_code, reply.json()["errcode"]) == (401, "M_USER_LOCKED")
    assert isinstance(matrix.apply(told(chidi, PlatformAction.UNLOCK)), Applied)
    assert not harness.is_shut_out(chidi)
    assert isinstance(matrix.apply(told(chidi, PlatformAction.UNLOCK)), Already)


def test_a_deactivation_ends_sessions_and_password(
    harness: SynapseHarness, matrix: Matrix, chidi: AccountRef
) -> None:
    assert harness.server.log_in(chidi.id).status_code == 200
    assert isinstance(matrix.apply(told(chidi, PlatformAction.DEACTIVATE)), Applied)
    assert harness.is_shut_out(chidi)
    assert harness.server.log_in(chidi.id).status_code == 403
    assert isinstance(matrix.apply(told(chidi, PlatformAction.DEACTIVATE)), Already)


def in_store(harness: SynapseHarness, account: AccountRef) -> tuple[ItemRef, str]:
    """A file that they put there: as it is named, and where it is fetched."""
    url, token = harness.server.ready["base_url"], harness.server.tokens[account.id]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
    reply = harness.server.line.post(f"{url}/_matrix/media/v3/upload", content=b"a file", headers=headers)
    address = reply.json()["content_uri"]
    return ItemRef(account, address), f"/_matrix/client/v1/media/download/{address.removeprefix('mxc://')}"


def test_a_quarantined_file_cannot_be_fetched_and_comes_back(
    harness: SynapseHarness, matrix: Matrix, chidi: AccountRef, alice: AccountRef
) -> None:
    item, where = in_store(harness, chidi)
    statuses = [harness.server.reply("GET", where, by=alice.id).status_code]
    for action in (PlatformAction.QUARANTINE, PlatformAction.UNQUARANTINE):
        assert isinstance(matrix.apply(told(chidi, action, item=item)), Applied)
        assert isinstance(matrix.apply(told(chidi, action, item=item)), Already)
        statuses.append(harness.server.reply("GET", where, by=alice.id).status_code)
    assert statuses == [200, 404, 200]
    assert isinstance(matrix.apply(told(alice, PlatformAction.QUARANTINE, item=item)), Refused)


def bodies(harness: SynapseHarness, account: AccountRef, room: str = "") -> list[str]:
    """What stands of theirs in a room, read by the administrator."""
    path = f"v1/rooms/{quote(room or harness.server.lobby)}/messages?dir=b&limit=100"
    found = harness.server.admin("GET", path)["chunk"]
    return [
        one["content"]["body"] for one in found if one["sender"] == account.id and "body" in one["content"]
    ]


def redacted(harness: SynapseHarness, matrix: Matrix, asked: Command) -> Outcome:
    return followed(harness, matrix, matrix.apply(asked))


def test_one_message_is_emptied_and_no_other(
    harness: SynapseHarness, matrix: Matrix, chidi: AccountRef
) -> None:
    items = [harness.post(chidi, f"message {n}") for n in range(3)]
    outcome = redacted(harness, matrix, told(chidi, PlatformAction.REDACT, item=items[1]))
    assert isinstance(outcome, Applied), outcome
    assert bodies(harness, chidi) == ["message 2", "message 0"]


@pytest.mark.parametrize("is_suspended", [False, True])
def test_all_messages_are_emptied_while_the_person_is_suspended_too(
    harness: SynapseHarness, matrix: Matrix, chidi: AccountRef, is_suspended: bool
) -> None:
    for n in range(3):
        harness.post(chidi, f"message {n}")
    if is_suspended:
        matrix.apply(command(chidi))
    outcome = redacted(harness, matrix, told(chidi, PlatformAction.REDACT))
    assert isinstance(outcome, Applied), outcome
    assert bodies(harness, chidi) == []


def test_what_could_not_be_emptied_is_told(
    harness: SynapseHarness, matrix: Matrix, chidi: AccountRef
) -> None:
    """Synapse fails at this in rooms of old versions, and says so: nobody is to believe that it is done."""
    old = {"preset": "public_chat", "room_version": "10"}
    room = harness.server.asked("POST", "/_matrix/client/v3/createRoom", old, by=chidi.id)["room_id"]
    harness.server.send(chidi.id, {"msgtype": "m.text", "body": "still there"}, room)
    matrix.apply(command(chidi))
    outcome = redacted(harness, matrix, told(chidi, PlatformAction.REDACT))
    assert isinstance(outcome, Unknown), outcome
    assert bodies(harness, chidi, room) == ["still there"]


# Reports


def test_an_underscore_in_a_name_means_only_itself(harness: SynapseHarness, matrix: Matrix) -> None:
    """The server's own filters take it for any letter: so they are not used."""
    alice, like, unlike = (harness.new_account(name) for name in ("alice", "mod_1", "modx1"))
    _, cursor = read_on(matrix, "")
    harness.report(alice, like, "about one")
    harness.report(alice, unlike, "about the other")
    reports = read_on(matrix, cursor)[0].values()
    told_of = {report.text: report.subject.id for report in reports if report.subject}
    assert told_of == {"about one": like.id, "about the other": unlike.id}


def test_a_report_of_many_megabytes_keeps_nobody_from_the_others(
    harness: SynapseHarness, matrix: Matrix, alice: AccountRef, chidi: AccountRef
) -> None:
    item = harness.post(chidi, "hello")
    _, cursor = read_on(matrix, "")
    for text in ("before", "x" * 9_000_000, "y" * 9_000_000, "after"):
        harness.report(alice, item, text)
    found = read_on(matrix, cursor, limit=10)[0].values()
    assert [report.text[:6] for report in found] == ["before", "xxxxxx", "yyyyyy", "after"]
    for report in found:
        harness.server.admin("DELETE", f"v1/event_reports/{report.id.partition('.')[0]}")


def test_a_purged_room_takes_its_reports_along_and_no_others(
    harness: SynapseHarness, matrix: Matrix, alice: AccountRef, chidi: AccountRef
) -> None:
    room = harness.server.asked(
        "POST", "/_matrix/client/v3/createRoom", {"preset": "public_chat"}, by=chidi.id
    )
    harness.server.join(alice.id, room["room_id"])
    for n in range(3):
        sent = harness.server.send(chidi.id, {"msgtype": "m.text", "body": "x"}, room["room_id"]).json()
        harness.report(alice, ItemRef(chidi, sent["event_id"], room["room_id"]), f"number {n}")
    found, cursor = read_on(matrix, "")
    assert {f"number {n}" for n in range(3)} <= {report.text for report in found.values()}
    harness.server.admin("DELETE", f"v1/rooms/{quote(room['room_id'])}", {"purge": True})
    harness.report(alice, harness.post(chidi, "y"), "after the purge")
    assert [report.text for report in read_on(matrix, cursor)[0].values()] == ["after the purge"]


def test_reports_on_rooms_are_listed_nowhere(
    harness: SynapseHarness, matrix: Matrix, alice: AccountRef
) -> None:
    """When a version lists them, this fails, and the connector can learn to read them."""
    harness.server.asked(
        "POST", f"/_matrix/client/v3/rooms/{quote(harness.server.lobby)}/report", {"reason": "x"}, by=alice.id
    )
    reply = harness.server.reply("GET", "/_synapse/admin/v1/room_reports")
    assert (reply.status_code, reply.json()["errcode"]) == (404, "M_UNRECOGNIZED")


# Notices


def test_a_notice_says_its_key_and_language(
    harness: SynapseHarness, matrix: Matrix, chidi: AccountRef
) -> None:
    outcome = matrix.notify(chidi, REASONS, "key-of-this")
    assert isinstance(outcome, Applied)
    (event,) = harness.server.notices(chidi.id)
    assert event["event_id"] == outcome.proof
    assert event["content"]["body"] == "Your account\n\nThese are the reasons 4714."
    assert event["content"]["ostrakon.notice"] == {"key": "key-of-this", "language": "en"}


def test_nobody_is_told_whose_account_was_ended(
    harness: SynapseHarness, matrix: Matrix, chidi: AccountRef
) -> None:
    harness.end(chidi)
    outcome = matrix.notify(chidi, REASONS, str(uuid4()))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.ALREADY_DEACTIVATED


# The server is killed


def test_a_notice_is_sent_once_though_the_server_was_killed_meanwhile(
    harness: SynapseHarness, matrix: Matrix, chidi: AccountRef
) -> None:
    """Its own memory of keys is gone then: without ours it would be sent twice."""
    first = matrix.notify(chidi, REASONS, key := str(uuid4()))
    harness.server.kill()
    harness.server.up(KEEP="1")
    again = matrix.notify(chidi, REASONS, key)
    assert isinstance(first, Applied)
    assert isinstance(again, Applied)
    assert first.proof == again.proof
    assert len(harness.messages(chidi)) == 1


def test_a_number_that_was_given_again_after_a_restart_is_another_report(
    harness: SynapseHarness, matrix: Matrix, alice: AccountRef, chidi: AccountRef
) -> None:
    harness.report(alice, chidi, "deleted later")
    found, cursor = read_on(matrix, "")
    (newest,) = (report for report in found.values() if report.text == "deleted later")
    harness.remove_report(newest.id)
    harness.server.kill()
    harness.server.up(KEEP="1")
    harness.report(alice, chidi, "with its number")
    (report,) = read_on(matrix, cursor)[0].values()
    assert report.text == "with its number"
    assert report.id.partition(".")[0] == newest.id.partition(".")[0], (
        "the numbers go on now: forget this test"
    )
    assert report.id != newest.id


def until_done(matrix: Matrix, asked: Command) -> Outcome:
    """As our outbox: again while it is unknown or to be waited for."""
    end = time.monotonic() + 120
    while isinstance(outcome := matrix.apply(asked), Unknown | RetryAt) and time.monotonic() < end:
        time.sleep(0.2)
    return outcome


@pytest.mark.parametrize("action", [PlatformAction.SUSPEND, PlatformAction.DEACTIVATE])
def test_a_server_killed_among_sixty_commands_ends_with_all_of_them_done(
    harness: SynapseHarness, action: PlatformAction
) -> None:
    people = [harness.new_account("chidi") for _ in range(60)]
    outcomes: list[Outcome] = []

    def work(commands: list[Command]) -> None:
        connected = harness.connect()
        outcomes.extend(until_done(connected, asked) for asked in commands)
        connected.close()

    with ThreadPoolExecutor(2) as workers:
        done = [workers.submit(work, [told(one, action) for one in people[part::2]]) for part in range(2)]
        while len(outcomes) < 20:
            time.sleep(0.005)
        harness.server.kill()
        harness.server.up(KEEP="1")
        for one in done:
            one.result()
    assert {type(outcome) for outcome in outcomes} <= {Applied, Already}
    assert len(outcomes) == 60
    for one in people:
        details = harness.server.admin("GET", f"v2/users/{quote(one.id)}")
        assert details["suspended" if action is PlatformAction.SUSPEND else "deactivated"]
        if action is PlatformAction.DEACTIVATE:
            assert harness.server.log_in(one.id).status_code == 403
            assert harness.is_shut_out(one)


# How fast


def test_acting_takes_hardly_longer_than_the_three_bare_calls(
    server: Server, tell: Callable[[str], None]
) -> None:
    ready, times = server.ready, dict[str, list[float]](ours=[], bare=[])
    matrix = Matrix(ready["base_url"], ready["admin_token"], mode=Mode.LIVE)
    bare = BareMatrix(ready["base_url"], ready["admin_token"])
    for who in ["ours", "bare"] * 60:  # in turn, so that a busy moment meets both
        user_id = server.register("chidi")
        began = time.perf_counter()
        if who == "ours":
            assert isinstance(matrix.apply(command(AccountRef("matrix", user_id))), Applied)
        else:
            assert bare.suspend(user_id)
        times[who].append(time.perf_counter() - began)
    matrix.close()
    bare.close()
    ours, theirs = (statistics.median(times[who]) for who in ("ours", "bare"))
    tell(f"Matrix, actions: {1 / ours:.0f} a second, a bare client {1 / theirs:.0f}: {theirs / ours:.0%}")
    assert theirs / ours >= 0.9


def test_a_report_is_read_though_the_clock_was_set_back_far_and_another_vanished(
    server: Server, matrix: Matrix, chidi: AccountRef, alice: AccountRef
) -> None:
    """Its row is moved by hand to where such a clock would put it, hundreds of rows before the last one read."""

    def report(reason: str) -> None:
        path = f"/_matrix/client/v3/users/{quote(chidi.id)}/report"
        server.asked("POST", path, {"reason": reason}, by=alice.id)

    for n in range(OVERLAP + 150):
        report(f"number {n}")
    stored, cursor = read_on(matrix, "")
    oldest = min(int(id_.partition(".")[0]) for kind, id_ in stored if kind is ReportKind.ACCOUNT)
    server.admin("DELETE", f"v1/user_reports/{oldest}")
    report("of yesterday, as it seems")
    day_ms = 24 * 3600 * 1000
    with closing(sqlite3.connect(f"{server.ready['dir']}/homeserver.db", timeout=30)) as database, database:
        moved = "UPDATE user_reports SET received_ts = received_ts - ? WHERE id = (SELECT max(id) FROM user_reports)"
        assert database.execute(moved, [day_ms]).rowcount == 1
    found = read_on(matrix, cursor)[0].values()
    assert [one.text for one in found if one.kind is ReportKind.ACCOUNT] == ["of yesterday, as it seems"]


def test_a_profile_says_since_when_somebody_is_here(matrix: Matrix, chidi: AccountRef) -> None:
    found = matrix.profile(chidi)
    assert found is not None
    assert found.created_at is not None
    assert abs(datetime.now(UTC) - found.created_at) < timedelta(minutes=2)


def test_the_line_to_nobody_is_told(harness: SynapseHarness) -> None:
    nobody = Matrix(f"http://127.0.0.1:{deaf_port()}", "token")
    assert nobody.health().problem == "the server does not answer"
    nobody.close()
