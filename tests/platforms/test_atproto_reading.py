"""Reports from Ozone's events: each arrives, in order, also one that appears late, and the cursor gets ahead."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.platforms.atproto_stub import BRAM, US, Network, did, error

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.atproto.connector import AtprotoPlatform
from ostrakon.platforms.atproto.reports import OVERLAP_S
from ostrakon.platforms.contract import RawReport, ReportKind

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = "tools.ozone.moderation.queryEvents"
STATUS = "com.atproto.sync.getRepoStatus"


def reported(
    network: Network, name: str = "chidi", after_s: float = 0.0, by: str = BRAM, text: str = "spam"
) -> int:
    """Somebody reports an account; the id of the event."""
    when = (NOON + timedelta(seconds=after_s)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    subject = {"$type": "com.atproto.admin.defs#repoRef", "did": did(name)}
    told = {"reportType": "com.atproto.moderation.defs#reasonSpam", "comment": text}
    made = network.event(
        "modEventReport", subject, by, event=told, createdAt=when, subjectHandle=f"{name}.test"
    )
    return int(made["id"])


def walk(platform: AtprotoPlatform, cursor: str, limit: int = 3) -> tuple[list[RawReport], str]:
    """All pages behind a cursor."""
    found: list[RawReport] = []
    for _ in range(1_000):
        page = platform.read_reports(cursor, limit)
        found += page.reports
        cursor = page.cursor
        if not page.more:
            return found, cursor
    raise AssertionError("the walk does not end")


def test_a_report_is_read_as_it_was_made(network: Network) -> None:
    network.account("chidi")
    number = reported(network, text="the same link forty times")
    (found,), _ = walk(network.platform(), "")
    assert (found.kind, found.id, found.received_at) == (ReportKind.ACCOUNT, str(number), NOON)
    assert found.subject is not None
    assert (found.subject.id, found.subject.handle, found.subject.local) == (did("chidi"), "chidi.test", True)
    assert (found.reporter, found.server, found.by_us) == (BRAM, "", False)
    assert (found.category, found.text) == (
        "com.atproto.moderation.defs#reasonSpam",
        "the same link forty times",
    )
    assert json.loads(found.raw) == network.events[0]


def test_our_own_reports_are_told_apart_by_who_made_them(network: Network) -> None:
    network.account("chidi")
    reported(network, by=US)
    reported(network)
    assert [report.by_us for report in walk(network.platform(), "")[0]] == [True, False]


def test_reports_on_records_and_messages_name_item_and_author(network: Network) -> None:
    chidi = network.account("chidi")
    uri = f"at://{chidi.id}/app.bsky.feed.post/3k"
    record = {"$type": "com.atproto.repo.strongRef", "uri": uri, "cid": "bafy"}
    message = {
        "$type": "chat.bsky.convo.defs#messageRef",
        "did": chidi.id,
        "convoId": "c1",
        "messageId": "m1",
    }
    foreign = {"$type": "com.atproto.repo.strongRef", "uri": "at://../x/y", "cid": "bafy"}
    for subject in (record, message, foreign):
        network.event("modEventReport", subject)
    on_record, on_message, on_nothing = walk(network.platform(), "", limit=10)[0]
    assert {one.kind for one in (on_record, on_message, on_nothing)} == {ReportKind.ITEM}
    assert on_record.item is not None
    assert (on_record.item.id, on_record.item.account.id) == (uri, chidi.id)
    assert on_message.item is not None
    assert (on_message.item.id, on_message.item.place) == ("m1", "c1")
    assert (on_nothing.item, on_nothing.subject) == (None, None)


def test_a_subject_of_another_server_is_marked_and_asked_for_once(network: Network) -> None:
    for n in range(3):
        reported(network, "away", n)
    service = {"id": "#atproto_pds", "serviceEndpoint": "https://elsewhere.example"}
    network.documents[did("away")] = httpx.Response(200, json={"service": [service]})
    found, _ = walk(network.platform(), "", limit=10)
    assert [one.subject.local for one in found if one.subject] == [False] * 3
    assert [method for method, _ in network.asked].count(STATUS) == 1


def test_a_server_that_does_not_say_where_somebody_lives_holds_no_report_back(network: Network) -> None:
    reported(network)
    network.scripted[STATUS].append(error(429, "RateLimitExceeded"))
    (found,), _ = walk(network.platform(), "")
    assert found.subject is not None
    assert found.subject.resolved_at is None, "nobody has looked"


@given(
    delays_s=st.lists(st.floats(0, OVERLAP_S - 1), min_size=1, max_size=25),
    limit=st.integers(1, 6),
    looks=st.lists(st.integers(0, 25), max_size=6),
)
def test_a_report_that_appears_late_is_read_all_the_same(
    delays_s: list[float], limit: int, looks: list[int]
) -> None:
    """Each is begun a second after the last, and appears with a delay: whenever we look, none is lost in the end."""
    whole, network = Network(), Network()
    network.account("chidi")
    for n in range(len(delays_s)):
        reported(whole, after_s=n)
    by_appearance = sorted(range(len(delays_s)), key=lambda n: n + delays_s[n])
    platform, cursor, seen = network.platform(), "", set[str]()
    for n, event in enumerate(by_appearance):
        network.events.append(whole.events[event])
        if n in looks or n == len(by_appearance) - 1:
            found, cursor = walk(platform, cursor, limit)
            seen |= {report.id for report in found}
    assert seen == {str(event["id"]) for event in whole.events}


@given(
    ages_s=st.lists(st.integers(0, 100_000), max_size=30),
    limit=st.integers(1, 7),
)
def test_a_walk_ends_in_order_and_its_end_stays_where_it_is(ages_s: list[int], limit: int) -> None:
    network = Network()
    network.account("chidi")
    for age_s in ages_s:
        reported(network, after_s=age_s)
    platform = network.platform()
    found, cursor = walk(platform, "", limit)
    assert [report.received_at for report in found] == sorted(report.received_at for report in found)
    assert len({report.id for report in found}) == len(found) == len(ages_s)
    again, still = walk(platform, cursor, limit)
    assert still == cursor
    newest = max(ages_s, default=0)
    assert len(again) == sum(age_s >= newest - OVERLAP_S for age_s in ages_s)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("no"),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"events": "none"}),
        httpx.Response(200, json={"events": [{"id": 1}]}),
        httpx.Response(200, json={}),
        httpx.Response(302),
        httpx.Response(500),
    ],
)
def test_a_reply_that_is_not_understood_is_no_page(
    network: Network, answer: httpx.Response | Exception
) -> None:
    network.scripted[QUERY].append(answer)
    with pytest.raises(PlatformUnreadable) as unreadable:
        network.platform().read_reports("")
    assert not unreadable.value.halts


def test_a_limit_on_reading_says_how_long_and_a_dead_token_halts(network: Network) -> None:
    network.scripted[QUERY].append(error(429, "RateLimitExceeded", Retry_After="7"))
    network.scripted[QUERY].append(error(401, "AuthenticationRequired", "not a moderator account"))
    platform = network.platform()
    with pytest.raises(PlatformUnreadable) as unreadable:
        platform.read_reports("")
    assert (unreadable.value.wait_s, unreadable.value.halts) == (7, False)
    with pytest.raises(PlatformUnreadable) as unreadable:
        platform.read_reports("")
    assert (unreadable.value.wait_s, unreadable.value.halts) == (None, True)


@pytest.fixture
def network() -> Network:
    return Network()
