"""How probable a link is taken to be while nothing is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrakon.analysis.returners.certainty import by_assumption, stands_out


def test_one_account_with_much_in_common_is_likely() -> None:
    assert by_assumption(np.array([40.0]), np.array([0], np.int32), 1_000, 1)[0] > 0.9


def test_where_everybody_is_somewhat_alike_nobody_is_likely() -> None:
    guess = by_assumption(np.full(3_000, 12.0), np.arange(3_000, dtype=np.int32), 2_000, 3_000)
    assert guess.sum() == pytest.approx(300 + 3 * np.sqrt(300) + 1)


def test_those_who_stand_out_stay_likely_among_many_who_do_not() -> None:
    bits = np.concatenate([np.full(200, 30.0), np.full(2_800, 12.0)])
    guess = by_assumption(bits, np.arange(3_000, dtype=np.int32), 2_000, 3_000)
    assert guess[:200].min() > 0.9
    assert guess[200:].max() < 0.1


def test_only_those_who_stand_out_are_shown_while_nothing_is_known() -> None:
    guess = np.concatenate([np.full(200, 0.5), np.linspace(0.05, 0.07, 2_800)])
    shown = stands_out(guess, np.arange(3_000, dtype=np.int32), 3_000)
    assert shown[:200].all()
    assert 600 < shown.sum() <= 2 * 353


def test_nobody_stands_out_among_equals() -> None:
    assert not stands_out(np.full(3_000, 0.1), np.arange(3_000, dtype=np.int32), 3_000).any()


@given(st.lists(st.floats(-20, 60), min_size=1, max_size=30))
def test_who_has_more_in_common_is_never_less_likely(bits: list[float]) -> None:
    guess = by_assumption(np.sort(bits), np.zeros(len(bits), np.int32), 50, 40)
    assert (np.diff(guess) >= 0).all()
    assert ((guess >= 0) & (guess < 1)).all()
