"""The database itself keeps the record as it is."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.ledger.case import write_a_week

from ostrakon.ledger.chain import GENESIS, digest_of
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Checkpoint, Entry
from ostrakon.ledger.record import body_of

pytestmark = pytest.mark.django_db


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_entry SET actor = 'person:4' WHERE number = 2",
        "UPDATE ledger_entry SET number = number + 1 WHERE number = 12",
        "DELETE FROM ledger_entry WHERE number = 12",
        "UPDATE ledger_checkpoint SET number = 11 WHERE number = 10",
        "DELETE FROM ledger_checkpoint",
        pytest.param("TRUNCATE ledger_entry", marks=pytest.mark.only_on("postgresql")),
        pytest.param("TRUNCATE ledger_checkpoint CASCADE", marks=pytest.mark.only_on("postgresql")),
    ],
)
def test_plain_sql_cannot_change_or_remove_what_was_recorded(sql: str) -> None:
    write_a_week()
    kept = list(Entry.objects.values()), list(Checkpoint.objects.values())
    with pytest.raises(IntegrityError, match="never changed or removed"):
        run(sql)
    assert kept == (list(Entry.objects.values()), list(Checkpoint.objects.values()))


REPLACING = [
    "REPLACE INTO ledger_entry SELECT * FROM ledger_entry WHERE number = 3",
    "REPLACE INTO ledger_entry SELECT 13, at, kind, actor, subject, replace(body, substr(body, instr(body, "
    "'previous') + 11, 64), (SELECT digest FROM ledger_entry WHERE number = 12)), digest "
    "FROM ledger_entry WHERE number = 3",
    "REPLACE INTO ledger_checkpoint SELECT * FROM ledger_checkpoint",
    "REPLACE INTO ledger_checkpoint SELECT id, number + 10, digest, at, previous, key, signature "
    "FROM ledger_checkpoint",
]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("sql", REPLACING)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.django_db(transaction=True)
def test_replacing_is_removing(sql: str, recursive: str) -> None:
    write_a_week()
    kept = list(Entry.objects.values()), list(Checkpoint.objects.values())
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers={recursive}")  # off: in a shell of SQLite
    with pytest.raises(IntegrityError, match="of the record"):
        run(sql)
    assert kept == (list(Entry.objects.values()), list(Checkpoint.objects.values()))
    connection.close()


def test_the_orm_cannot_either() -> None:
    write_a_week()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Entry.objects.filter(number=3).update(actor="person:4")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Entry.objects.get(number=3).delete()


def entry(number: int, previous: str) -> Entry:
    now = timezone.now()
    body = body_of(number, now, Kind.NOTE_WRITTEN, "person:3", "case:1", {}, previous)
    return Entry(
        number=number,
        at=now,
        kind=Kind.NOTE_WRITTEN,
        actor="person:3",
        subject="case:1",
        body=body,
        digest=digest_of(body),
    )


@pytest.mark.parametrize("number", [0, 5, 14])
def test_an_entry_with_another_number_than_the_next_is_refused(number: int) -> None:
    write_a_week()
    for previous in (GENESIS, Entry.objects.get(number=12).digest):
        with pytest.raises(IntegrityError), transaction.atomic():
            entry(number, previous).save(force_insert=True)


def test_an_entry_that_follows_another_than_the_last_is_refused() -> None:
    write_a_week()
    for previous in (GENESIS, Entry.objects.get(number=11).digest):
        with pytest.raises(IntegrityError, match="follows the last one"), transaction.atomic():
            entry(13, previous).save(force_insert=True)


@pytest.mark.parametrize("number", [3, 10])
def test_a_checkpoint_that_covers_no_more_than_the_last_is_refused(number: int) -> None:
    write_a_week()
    with pytest.raises(IntegrityError), transaction.atomic():
        Checkpoint.objects.create(number=number, digest="0" * 64, at=timezone.now(), previous=0)


def test_a_batch_that_follows_is_taken() -> None:
    first = entry(1, GENESIS)
    Entry.objects.bulk_create([first, entry(2, first.digest)])
    assert Entry.objects.count() == 2
