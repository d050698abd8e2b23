"""Single reports that come together share a transaction; each sender gets the answer to their own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from tests.intake.case import REPORT, report, source

from ostrakon.errors import TooBusy
from ostrakon.intake.grouping import Door
from ostrakon.intake.incoming import Incoming
from ostrakon.intake.models import Report
from ostrakon.intake.store import Answer
from ostrakon.ledger.models import Entry
from ostrakon.ledger.record import become_the_writer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    yield made
    made.close()


def bring(door: Door, *rows: Incoming) -> list[Any]:
    """All at once; what was raised stands in its place."""
    sender = source()

    async def together() -> list[Answer | BaseException]:
        return await asyncio.gather(
            *(door.bring(row, sender, "token:1") for row in rows), return_exceptions=True
        )

    return asyncio.run(together())


def test_each_sender_gets_the_answer_to_their_own_report(door):
    answers = bring(door, report("r1"), report("r2"), report("r1"), report("r1", text="other"))
    assert [answer.outcome for answer in answers] == ["stored", "stored", "already", "conflict"]
    assert Report.objects.get(external_id="r2").pk == answers[1].report


def test_an_answered_report_is_durable_and_on_the_record(door):
    (answer,) = bring(door, REPORT)
    assert Report.objects.filter(pk=answer.report).exists()
    assert json.loads(Entry.objects.get().body)["facts"]["last"] == answer.report


def test_those_that_wait_together_share_one_transaction_and_one_entry(door):
    others_write, may_go_on = threading.Event(), threading.Event()

    def keep_writing() -> None:
        with transaction.atomic():
            become_the_writer()
            others_write.set()
            may_go_on.wait(10)
        connection.close()

    writer = threading.Thread(target=keep_writing)
    sender = source()

    async def many() -> None:
        waits = [asyncio.create_task(door.bring(report(f"r{n}"), sender, "token:1")) for n in range(30)]
        await asyncio.sleep(0.05)
        may_go_on.set()
        await asyncio.gather(*waits)

    writer.start()
    others_write.wait(10)
    asyncio.run(many())
    writer.join()
    assert Report.objects.count() == 30
    assert Entry.objects.count() <= 2  # the first went alone, into the wait


def test_a_report_that_cannot_be_stored_does_not_sink_its_neighbours(door):
    unstorable = report("bad", text="half a character: \ud800")
    answers = bring(door, report("r1"), unstorable, report("r2"))
    assert isinstance(answers[1], UnicodeEncodeError)
    assert [answers[0].outcome, answers[2].outcome] == ["stored", "stored"]
    assert set(Report.objects.values_list("external_id", flat=True)) == {"r1", "r2"}


def test_a_full_door_takes_nothing_and_says_when_to_come_again():
    door = Door(capacity=0)
    (answer,) = bring(door, REPORT)
    assert isinstance(answer, TooBusy)
    assert answer.wait_s > 0
    assert not Report.objects.exists()


def test_while_the_database_is_away_each_is_told_so_at_once(door):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry RENAME TO gone")
    try:
        answers = bring(door, report("r1"), report("r2"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE gone RENAME TO ledger_entry")
    assert all(isinstance(answer, Exception) for answer in answers)
    if connection.vendor == "sqlite":
        assert {type(answer) for answer in answers} == {OperationalError}
    assert not Report.objects.exists()
    (again,) = bring(door, report("r1"))
    assert again.outcome == "stored"


def test_a_closed_door_first_stores_what_waits():
    door = Door()
    bring(door, REPORT)
    door.close()
    assert isinstance(bring(door, report("r2"))[0], TooBusy)
    assert Report.objects.count() == 1


def test_senders_who_hang_up_do_not_disturb_the_others(door):
    sender = source()

    async def one_hangs_up() -> Answer:
        gone = asyncio.create_task(door.bring(report("gone"), sender, "token:1"))
        stays = asyncio.create_task(door.bring(report("stays"), sender, "token:1"))
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert asyncio.run(one_hangs_up()).outcome == "stored"


def test_reports_of_several_sources_go_together_and_keep_their_source(door):
    first, second = source("first"), source("second")

    async def both() -> None:
        await asyncio.gather(
            door.bring(report("r1"), first, "token:1"), door.bring(report("r2"), second, "token:2")
        )

    asyncio.run(both())
    kept = dict(Report.objects.values_list("external_id", "source__name"))
    assert kept == {"r1": "first", "r2": "second"}
