"""What came in stays as it came, whoever asks the database and however."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from tests.intake.case import NOON, POST, REPORT, report, send, source

from ostrakon.intake.models import Account, Conflict, Evidence, PublishedList, Report, Reporter
from ostrakon.intake.rows import moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _something_of_each_kind():
    send(report(evidence=POST), REPORT, report("r2", account="other", reporter="bram", evidence=POST))
    PublishedList.objects.create(
        source=source(), platform="local", title="t", publisher="p", named_by="id", raw=b"x", received_at=NOON
    )


def refused(sql: str, *values: object) -> str:
    with pytest.raises(IntegrityError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(raised.value)


@pytest.mark.parametrize(
    "table", ["intake_report", "intake_evidence", "intake_conflict", "intake_publishedlist"]
)
def test_nothing_that_came_in_is_deleted(table):
    assert "never deleted" in refused(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("platform", "p"),
        ("external_id", "x"),
        ("policy", "x"),
        ("declared", "x"),
        ("digest", "x"),
        ("text", "x"),
        ("salt", b"x"),
        ("reported_at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("received_at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("evidence_id", None),
    ],
)
def test_a_report_never_changes(column, value):
    stored = moment(value) if isinstance(value, datetime) else value
    assert "never changes" in refused(
        f"UPDATE intake_report SET {column} = %s WHERE external_id = 'r1'", stored
    )


@pytest.mark.parametrize("column", ["account_id", "reporter_id", "source_id", "evidence_id"])
def test_a_report_never_moves_to_somebody_else(column):
    other = {
        "account_id": Account.objects.get(external_id="other").pk,
        "reporter_id": Reporter.objects.get(external_id="bram").pk,
        "source_id": source("another").pk,
        "evidence_id": Evidence.objects.get(account__external_id="other").pk,
    }[column]
    assert "never changes" in refused(
        f"UPDATE intake_report SET {column} = %s WHERE external_id = 'r1'", other
    )


def test_the_words_of_a_report_can_be_erased_and_do_not_come_back():
    Report.objects.filter(external_id="r1").update(text=None, salt=None)
    assert "never changes" in refused("UPDATE intake_report SET text = 'y' WHERE external_id = 'r1'")


def test_evidence_never_changes_but_can_be_erased():
    assert "never changes" in refused("UPDATE intake_evidence SET content = %s", b"other")
    assert "never changes" in refused("UPDATE intake_evidence SET salted = 'x'")
    assert "never changes" in refused("UPDATE intake_evidence SET sha256 = 'x'")
    Evidence.objects.filter(account__external_id="mallory").update(content=None, salt=None, sha256="erased")
    assert "never changes" in refused("UPDATE intake_evidence SET content = %s", b"other")


def test_a_conflict_never_changes_but_can_be_erased():
    assert "never changes" in refused("UPDATE intake_conflict SET content = %s", b"other")
    assert "never changes" in refused("UPDATE intake_conflict SET digest = 'x'")
    Conflict.objects.update(content=None, salt=None, plain=None)


def test_a_published_list_keeps_its_bytes():
    assert "never changes" in refused("UPDATE intake_publishedlist SET raw = %s", b"y")
    assert "never changes" in refused("UPDATE intake_publishedlist SET publisher = 'q'")
