"""What intake holds, as the tables that are weighed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from tests.intake.case import NOON, report, send, source

from ostrakon.analysis.tables import ACCOUNTS, REPORTERS, REPORTS
from ostrakon.intake import frames
from ostrakon.intake.accounts import AccountFacts, note_account
from ostrakon.intake.models import Account, Report, Reporter
from ostrakon.intake.reporters import ReporterFacts, note_reporter

pytestmark = pytest.mark.django_db

ODD = datetime(1999, 12, 31, 23, 59, 59, 5, tzinfo=UTC)


def reports(last: int | None = None) -> pl.DataFrame:
    return pl.concat(list(frames.reports(frames.last_report() if last is None else last)))


def test_reports_have_the_columns_and_kinds_of_the_file_contract():
    send(report())
    table = reports()
    assert set(table.columns) - {"received_at"} <= set(REPORTS.names)
    for name in set(table.columns) - {"received_at"}:
        assert table.schema[name] == REPORTS[name].kind.dtype


def test_every_cell_is_what_was_sent():
    send(
        report("r1"),
        report("r2", reported_at=ODD, policy="spam", text=None, declared="call:x", account="bram"),
    )
    mallory, bram = Account.objects.order_by("pk")
    alice = Reporter.objects.get()
    assert reports().rows() == [
        (str(alice.pk), str(mallory.pk), "unspecified", None, "he threatens me", NOON, NOON),
        (str(alice.pk), str(bram.pk), "spam", "call:x", None, ODD, NOON),
    ]


def test_what_a_report_declares_goes_before_the_source_it_came_by():
    police = source("police", "authority")
    send(report("r1"), report("r2", declared="list:7"), of=police)
    assert reports()["source"].to_list() == [f"authority:{police.pk}", "list:7"]


def test_only_reports_up_to_an_id_and_those_whom_they_name():
    first, _ = send(report("r1"), report("r2", account="bram", reporter="chidi"))
    assert reports(first.report).height == 1
    assert frames.accounts(first.report).height == frames.reporters(first.report).height == 1
    assert frames.accounts(0).is_empty()
    assert frames.last_report() == Report.objects.latest("pk").pk


def test_facts_about_accounts_and_reporters_come_without_language():
    send(report())
    note_account(AccountFacts("local", "mallory", created_at=ODD, followers=7, language="ar"), seen_at=NOON)
    note_reporter(ReporterFacts("local", "alice", created_at=NOON, invited_by="zoe", language="ar"))
    last = frames.last_report()
    account, reporter = Account.objects.get(), Reporter.objects.get()
    assert frames.accounts(last).rows() == [(str(account.pk), ODD, 7.0, None)]
    assert frames.reporters(last).rows() == [(str(reporter.pk), NOON, "zoe")]
    assert frames.accounts(last).columns == ["account", "created_at", "followers", "views"]
    for shape, table in ((ACCOUNTS, frames.accounts(last)), (REPORTERS, frames.reporters(last))):
        assert all(table.schema[name] == shape[name].kind.dtype for name in table.columns)


def test_batches_together_are_the_whole(monkeypatch):
    send(*(report(f"r{n}", account=f"a{n}", reported_at=NOON + timedelta(seconds=n)) for n in range(25)))
    whole, last = reports(), frames.last_report()
    accounts = frames.accounts(last)
    monkeypatch.setattr(frames, "BATCH", 10)
    assert [batch.height for batch in frames.reports(last)] == [10, 10, 5]
    assert reports().equals(whole)
    assert frames.accounts(last).equals(accounts)
