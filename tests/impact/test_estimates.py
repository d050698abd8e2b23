"""Shares and intervals against what others compute, and against draws with a known truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrakon.impact.estimates import Share, TooFew, share, width, width_after
from ostrakon.impact.languages import rates

COUNTS = st.integers(1, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def test_few_say_nothing_and_no_share_is_larger_than_all() -> None:
    assert share(4, 4) == TooFew(of=4, needed=5)
    assert isinstance(share(0, 5), Share)
    for count, of in ((6, 5), (-1, 5)):
        with pytest.raises(ValueError, match="no share"):
            share(count, of)


@given(COUNTS)
def test_more_draws_are_expected_to_tell_more(pair: tuple[int, int]) -> None:
    count, of = pair
    assert width_after(count, of, 0) == pytest.approx(width(count, of))
    assert width_after(count, of, 100) < width_after(count, of, 0) + 0.03


@pytest.mark.parametrize(("count", "of"), [(0, 0), (1, 30), (50, 100)])
def test_the_expected_width_is_the_mean_over_what_may_be_drawn(count: int, of: int) -> None:
    rng = np.random.default_rng(7)
    truth = rng.beta(count + 0.5, of - count + 0.5, 20_000)
    hits = rng.binomial(100, truth)
    drawn = np.mean([width(count + int(h), of + 100) for h in hits])
    assert width_after(count, of, 100) == pytest.approx(drawn, abs=0.001)


TAGS = st.sampled_from(["fr", "fr-CA", "ar", "", "pt", "pt_BR", "nl", "sw"])
ROWS = st.lists(
    st.tuples(TAGS, st.integers(0, 5), st.integers(5, 9)) | st.tuples(TAGS, st.just(0), st.integers(0, 4))
)


@given(ROWS)
def test_no_small_language_stands_alone_and_nothing_is_lost(rows: list[tuple[str, int, int]]) -> None:
    found = rates(rows)
    assert sum(rate.wrong.of for rate in found) == sum(of for _, _, of in rows)
    assert all(rate.wrong.of >= 5 for rate in found if rate.language != "others")
    assert len({rate.language for rate in found}) == len(found)
