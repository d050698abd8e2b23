"""An entry is written with what it records, or not at all; together they are one chain."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection, transaction
from tests.ledger.case import PUBLIC, sign, write

from ostrakon.errors import LedgerError
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.ledger.record import record
from ostrakon.ledger.stored import verify_database

THREADS, EACH = 8, 12


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_record_outside_a_transaction() -> None:
    with pytest.raises(LedgerError, match="inside the transaction"):
        record(Kind.CASE_CLAIMED, actor="person:3", subject="case:1")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_entry_and_no_gap() -> None:
    def claim_and_fail() -> None:
        with transaction.atomic():
            record(Kind.CASE_CLAIMED, actor="person:3", subject="case:7")
            raise RuntimeError("changed my mind")

    write(2)
    with pytest.raises(RuntimeError, match="changed my mind"):
        claim_and_fail()
    write(1)
    assert list(Entry.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


@pytest.mark.django_db
def test_an_entry_says_what_was_done_by_whom_to_what_and_what_came_before() -> None:
    with transaction.atomic():
        first = record(Kind.CASE_CLAIMED, actor="person:3", subject="case:1", facts={"lease_s": 900})
        second = record(Kind.CASE_RELEASED, actor="system", subject="case:1")
    body = json.loads(first.body)
    assert body.pop("at").endswith("Z")
    assert body == {
        "number": 1,
        "kind": "case_claimed",
        "actor": "person:3",
        "subject": "case:1",
        "facts": {"lease_s": 900},
        "previous": "0" * 64,
    }
    assert json.loads(second.body)["previous"] == first.digest


@pytest.mark.django_db
@pytest.mark.parametrize("fact", [float("nan"), 2**60, "\ud800", object()])
def test_a_fact_without_canonical_form_is_refused(fact: object) -> None:
    with pytest.raises(LedgerError, match="no canonical form"), transaction.atomic():
        record(Kind.CASE_CLAIMED, actor="system", subject="case:1", facts={"fact": fact})  # type: ignore[dict-item]


@pytest.mark.django_db(transaction=True)
def test_eight_threads_that_record_at_once_make_one_unbroken_chain() -> None:
    problems: list[BaseException] = []

    def go() -> None:
        try:
            for _ in range(EACH):
                write(1)
        except BaseException as problem:  # noqa: BLE001  shown by the thread of the test
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sign()
    report = verify_database(PUBLIC)
    assert (problems, report.problems, report.entries) == ([], [], THREADS * EACH)
