"""When the voices of a case arrive, against the plain definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ostrakon.analysis.worth.rhythm import DAY_S, HOUR_S, crowds

Cases = list[list[int]]
cases = st.lists(
    st.lists(st.integers(0, 4 * DAY_S).map(lambda s: s - s % 1800), min_size=1, max_size=9), max_size=4
)


def laid_out(times: Cases) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and sorted times of cases."""
    start = np.cumsum([0, *(len(own) for own in times)]).astype(np.int64)
    return start, np.array([second for own in times for second in sorted(own)], np.int64)


@given(cases, st.sampled_from([HOUR_S, 6 * HOUR_S, DAY_S]))
def test_a_crowd_is_the_most_voices_from_any_one_of_them_on(times: Cases, window_s: int) -> None:
    directly = [max(sum(0 <= other - one <= window_s for other in own) for one in own) for own in times]
    assert crowds(*laid_out(times), window_s).tolist() == directly


@pytest.mark.parametrize(("gap", "crowd"), [(HOUR_S, 2), (HOUR_S + 1, 1)])
def test_a_window_includes_both_its_ends(gap: int, crowd: int) -> None:
    assert crowds(*laid_out([[0, gap]]), HOUR_S).tolist() == [crowd]
