"""Reports come in once, with their evidence, and with the cursor or not at all."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.enforcement.platform_case import SOON, Town, connect

from ostrakon.casework.models import Task
from ostrakon.enforcement import reading
from ostrakon.enforcement.models import Connection
from ostrakon.enforcement.reading import read_platforms
from ostrakon.intake.models import Account, Evidence, Report, Reporter
from ostrakon.ledger.models import Entry
from ostrakon.platforms.contract import AccountRef, Page, RawReport, ReportKind
from ostrakon.platforms.fake.faults import Fault
from ostrakon.platforms.fake.rules import MILD, STRICTEST

pytestmark = pytest.mark.django_db
NEXT = timedelta(minutes=10)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return connect(monkeypatch, MILD, mode="read_only")


def read(town: Town, rounds: int = 1) -> int:
    """So many rounds, ten minutes apart: whatever pauses is awake again."""
    since = Connection.objects.get().read_next_at or SOON
    return sum(read_platforms(since + number * NEXT, town.lines) for number in range(rounds))


def test_a_report_is_stored_with_a_copy_of_what_was_reported(town: Town) -> None:
    alice, chidi = town.service.register("alice"), town.service.register("chidi")
    post = town.service.write(chidi.id, "I know where you live.")
    town.service.report(alice.id, chidi.id, "He threatens me.", item=post.id)
    assert read(town) == 1
    report = Report.objects.select_related("account", "reporter", "evidence").get()
    assert (report.platform, report.account.external_id) == ("town", chidi.id)
    assert (report.reporter.external_id, report.text) == (alice.id, "He threatens me.")
    town.service.delete(post.id)
    assert json.loads(report.evidence.content)["text"] == "I know where you live."  # type: ignore[union-attr,arg-type]


def test_reading_again_stores_nothing_twice(town: Town) -> None:
    alice, chidi = town.service.register("alice"), town.service.register("chidi")
    town.service.report(alice.id, chidi.id, "He threatens me.")
    assert [read(town), read(town)] == [1, 0]
    Connection.objects.update(cursor="")
    town.service.accounts[chidi.id].acts += 1  # what is reported looks otherwise now
    assert read(town) == 0
    assert Report.objects.count() == 1
    assert not Entry.objects.filter(kind="report_conflicted").exists()


def test_a_thousand_reports_arrive_while_rows_vanish(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, STRICTEST, mode="read_only")
    chidi = town.service.register("chidi")
    rows = [town.service.report(town.service.register(f"r{n}").id, chidi.id, "Spam.") for n in range(1_000)]
    assert read(town) == 1_000
    for row in rows[:300]:
        town.service.remove_report(row.id)
    for number in range(50):
        town.service.report(town.service.register(f"s{number}").id, chidi.id, "Spam.")
    read(town, 3)
    assert Report.objects.count() == 1_050


def test_what_another_server_hands_on_is_one_voice_of_that_server(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, STRICTEST, mode="read_only")
    chidi = town.service.register("chidi")
    for number in range(5):
        town.service.report("", chidi.id, f"Report {number}", server="mob.example")
    read(town)
    assert Report.objects.count() == 5
    assert Reporter.objects.get().external_id == "server:mob.example"


def test_what_is_gone_is_stored_with_the_report_itself(town: Town) -> None:
    alice, chidi = town.service.register("alice"), town.service.register("chidi")
    post = town.service.write(chidi.id, "I know where you live.")
    town.service.report(alice.id, chidi.id, "He threatens me.", item=post.id)
    town.service.delete(post.id)
    read(town)
    evidence = Evidence.objects.get()
    assert "could not be copied" in evidence.missing
    assert b"threatens" in bytes(evidence.content or b"")


def test_a_platform_that_is_away_is_asked_again_ever_more_rarely(town: Town) -> None:
    alice, chidi = town.service.register("alice"), town.service.register("chidi")
    town.service.report(alice.id, chidi.id, "He threatens me.")
    town.service.faults.order(Fault.REFUSED, 1_000, everywhere=True)
    pauses = []
    for _ in range(12):
        before = Connection.objects.get().read_next_at or SOON
        read_platforms(before, town.lines)
        connection = Connection.objects.get()
        assert connection.read_next_at
        pauses.append((connection.read_next_at - before).total_seconds())
    assert pauses == sorted(pauses)
    assert pauses[0] < 10
    assert pauses[-1] == 300
    assert connection.problem
    assert not connection.halted_at
    town.service.faults.clear()
    assert read(town) == 1
    assert Connection.objects.get().failures == 0


def test_a_dead_token_halts_and_a_new_one_goes_on_without_loss(town: Town) -> None:
    alice, chidi = town.service.register("alice"), town.service.register("chidi")
    town.service.report(alice.id, chidi.id, "He threatens me.")
    town.token, good = "dead", town.token
    read(town, 3)
    assert Connection.objects.get().halted_at
    assert Task.objects.filter(kind="connection_halted").count() == 1
    town.token = good
    town.lines.drop(town.connection)
    assert read(town, 2) == 1
    assert Connection.objects.get().halted_at is None
    assert Entry.objects.filter(kind="connection_resumed").count() == 1


def test_reports_and_cursor_are_kept_together_or_not_at_all(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, chidi = town.service.register("alice"), town.service.register("chidi")
    town.service.report(alice.id, chidi.id, "He threatens me.")

    def fall_down(*_: object) -> None:
        raise RuntimeError("killed")

    usual = reading._ask_about_unplaced
    monkeypatch.setattr(reading, "_ask_about_unplaced", fall_down)
    with pytest.raises(RuntimeError):
        read(town)
    assert (Report.objects.count(), Connection.objects.get().cursor) == (0, "")
    monkeypatch.setattr(reading, "_ask_about_unplaced", usual)
    assert read(town) == 1


def test_a_connection_that_is_off_is_not_read(town: Town) -> None:
    town.switch("off")
    town.service.report(town.service.register("a").id, town.service.register("b").id, "Spam.")
    assert read(town) == 0


def test_policies_are_those_that_the_connection_names(town: Town) -> None:
    Connection.objects.update(options={"policies": {"violent": "threats"}})
    report = RawReport(
        "town", ReportKind.ACCOUNT, "1", SOON, AccountRef("town", "u1"), "u2", category="violent"
    )
    _page(town, report, RawReport("town", ReportKind.ACCOUNT, "2", SOON, AccountRef("town", "u1"), "u2"))
    assert [*Report.objects.order_by("pk").values_list("policy", flat=True)] == ["threats", "unspecified"]


def test_our_own_doing_is_nobodys_report_and_what_names_no_account_is_a_task(town: Town) -> None:
    _page(
        town,
        RawReport("town", ReportKind.ACCOUNT, "1", SOON, AccountRef("town", "u1"), "us", by_us=True),
        RawReport("town", ReportKind.ROOM, "2", SOON, None, "u2"),
        RawReport("town", ReportKind.ROOM, "3", SOON, None, "u2"),
    )
    assert not Report.objects.exists()
    assert "room:2" in Task.objects.get(kind="report_unplaced").detail


def test_hostile_words_are_stored_whatever_they_hold(town: Town) -> None:
    hostile = "a\x00b\udc80c\u202e" + "x" * 100_000
    subject = AccountRef("town", "u1", handle="h\x00")
    _page(
        town,
        RawReport("town", ReportKind.ACCOUNT, "1", SOON, subject, "u2", category=hostile, text=hostile),
        RawReport("town", ReportKind.ACCOUNT, "2" * 600, SOON, subject, "u2"),
    )
    report = Report.objects.get()
    assert report.text
    assert len(report.text) == 20_000
    assert Account.objects.get().handles.get().handle == "h\ufffd"


def _page(town: Town, *reports: RawReport) -> None:
    """As if the platform had sent it."""
    town.connection.refresh_from_db()
    platform: Any = town.lines.to(town.connection)
    platform.read_reports = lambda cursor, limit: Page(reports, "1", more=False)
    town.service.accounts["u1"] = town.service.register("u1")
    reading.read_from(town.connection, platform, SOON)
