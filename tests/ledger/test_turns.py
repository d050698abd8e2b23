"""A job with much to do keeps nobody out until it is done."""

from __future__ import annotations

import time
from itertools import count

import pytest
from django.db import transaction
from tests.casework.at_once import at_once

from ostrakon.ledger.record import become_the_writer
from ostrakon.ledger.turns import LONGEST_PAUSE_S, in_turn

PORTIONS = 40


def test_a_portion_gives_what_it_gives_and_the_pause_is_short() -> None:
    began = time.monotonic()
    assert in_turn(lambda: 7) == 7
    assert time.monotonic() - began < LONGEST_PAUSE_S


@pytest.mark.django_db(transaction=True)
def test_who_writes_one_thing_waits_for_some_portions_and_not_for_all() -> None:
    done = count(1)
    waited_for: list[int] = []

    def portion() -> None:
        with transaction.atomic():
            become_the_writer()
            time.sleep(0.03)
        next(done)

    def long_job() -> None:
        for _ in range(PORTIONS):
            in_turn(portion)

    def one_thing() -> None:
        time.sleep(0.05)  # in the midst of a portion
        with transaction.atomic():
            become_the_writer()
        waited_for.append(next(done))

    at_once([long_job, one_thing])
    assert waited_for[0] < PORTIONS / 2
