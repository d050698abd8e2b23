"""A long record is checked in the time of a cup of tea, and in the memory of a short one."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.ledger.case import KEY, PUBLIC

from ostrakon.ledger.chain import GENESIS, Columns, Signed, Written, digest_of, moment
from ostrakon.ledger.keys import fingerprint
from ostrakon.ledger.verify import quickly, verify

NOON = moment(datetime(2026, 11, 22, 12, tzinfo=UTC))


def long_record(entries: int) -> Iterator[Written | Signed]:
    """As a service writes it in some months; every thousandth entry is signed."""
    previous, before, key = GENESIS, 0, fingerprint(KEY.public_key())
    for number in range(1, entries + 1):
        columns = Columns(number, NOON, "decision_proposed", "person:3", f"case:{number}")
        facts = {"decision": number, "action": "suspend", "evidence": previous}
        body = quickly({**columns._asdict(), "facts": facts, "previous": previous})
        previous = digest_of(body)
        yield Written(body, previous, columns)
        if number % 1_000 == 0:
            unsigned = Signed(number, previous, NOON, before, key, "")
            yield unsigned._replace(signature=KEY.sign(unsigned.statement()).hex())
            before = number


def test_the_memory_does_not_grow_with_the_record() -> None:
    tracemalloc.start()
    report = verify(long_record(3_000), PUBLIC)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.is_intact
    assert most < 500_000  # bytes; the record has 1.4 million


@pytest.mark.slow
def test_a_million_entries_are_checked_in_less_than_a_minute() -> None:
    started = time.process_time()
    report = verify(long_record(100_000), PUBLIC)
    assert (report.problems, report.entries, report.checkpoints) == ([], 100_000, 100)
    assert time.process_time() - started < 60 / 10  # of a processor, the making of the record with it
