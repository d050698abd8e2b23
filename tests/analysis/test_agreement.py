"""Agreement between reviewers, against published values and known truths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrakon.analysis.agreement import agreement, alpha, kappa

# Krippendorff's data C: four observers, twelve units, a value missing here and there (Computing Krippendorff's
# Alpha-Reliability, 2011, part C, where alpha for nominal data is 0.743). A column is a unit.
DATA_C = """
    1 2 3 3 2 1 4 1 2 . . .
    1 2 3 3 2 2 4 1 2 5 . 3
    . 3 3 3 2 3 4 2 2 5 1 .
    1 2 3 3 2 4 4 1 2 5 1 .
"""
# The same paper, part B: two observers, ten articles, five values: alpha 0.692.
DATA_B = """
    a a b b d c c c e d d a
    b a b b b c c c e d d d
"""
# Part A: two observers, ten units, two values: alpha 0.095.
DATA_A = """
    0 1 0 0 0 0 0 0 1 0
    1 1 1 0 0 1 0 0 0 0
"""


def opinions(rows: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    """A row a reviewer, a column a case."""
    return pl.DataFrame(
        [
            (f"case {case}", f"reviewer {reviewer}", said)
            for reviewer, row in enumerate(rows)
            for case, said in enumerate(row)
            if said is not None
        ],
        schema={"case": pl.String, "reviewer": pl.String, "outcome": pl.String},
        orient="row",
    )


def written(text: str) -> pl.DataFrame:
    return opinions([[None if said == "." else said for said in line.split()] for line in text.split("\n")])


@pytest.mark.parametrize(
    ("data", "published"), [(DATA_A, 0.095), (DATA_B, 0.692), (DATA_C, 0.743)], ids="ABC"
)
def test_alpha_is_the_published_one(data: str, published: float) -> None:
    assert alpha(written(data)) == pytest.approx(published, abs=0.0005)


def test_alpha_of_data_c_counted_by_hand() -> None:
    """40 opinions in 11 pairable units; the coincidences agree in 34 2/3; of each value 9, 13, 10, 5, 3."""
    agreeing = 3 + 2 + 4 + 4 + 4 + 0 + 4 + 2 + 4 + 3 + 2
    by_chance = 9 * 8 + 13 * 12 + 10 * 9 + 5 * 4 + 3 * 2
    assert alpha(written(DATA_C)) == pytest.approx(1 - 39 * (40 - agreeing) / (40 * 39 - by_chance))


def test_kappa_is_the_published_one() -> None:
    """Cohen (1960), table 1, in 200 cases: .70 agree, .41 by chance, kappa .49."""
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    assert kappa([str(i) for i, _ in pairs], [str(j) for _, j in pairs]) == pytest.approx(0.29 / 0.59)


def test_kappa_of_two_who_only_ever_say_one_thing_is_not_known() -> None:
    assert kappa(["upheld"] * 5, ["upheld"] * 5) is None


def test_kappa_needs_two_lists_of_one_length() -> None:
    for one, other in ((["a"], []), ([], [])):
        with pytest.raises(ValueError, match="one length"):
            kappa(one, other)


def test_cases_with_one_opinion_say_nothing() -> None:
    alone = opinions([["upheld", "rejected", None], [None, None, "upheld"]])
    found = agreement(alone)
    assert (found.cases, found.share, found.alpha) == (0, None, None)
    assert alpha(alone) is None


def test_when_everybody_always_says_the_same_only_the_share_is_known() -> None:
    found = agreement(opinions([["upheld"] * 8, ["upheld"] * 8]))
    assert found.share is not None
    assert (found.share.value, found.alpha) == (1.0, None)
    assert found.share.low < 0.9


@given(
    st.lists(
        st.lists(st.sampled_from(["upheld", "rejected", "unclear", None]), min_size=6, max_size=6),
        min_size=2,
        max_size=5,
    ),
    st.randoms(),
)
def test_the_order_of_rows_and_the_names_of_outcomes_do_not_matter(
    rows: list[list[str | None]], rng: object
) -> None:
    table = opinions(rows)
    renamed = table.with_columns(pl.col("outcome").replace({"upheld": "z", "rejected": "y"})).reverse()
    one, other = alpha(table), alpha(renamed)
    assert (one is None) == (other is None)
    assert one is None or one == pytest.approx(other)
    assert one is None or one <= 1


def reviewed(rng: np.random.Generator, cases: int, error: float) -> pl.DataFrame:
    """Two reviewers, each wrong with this probability, on cases of which four in ten are violations."""
    truth = rng.random(cases) < 0.4
    said = [truth ^ (rng.random(cases) < error) for _ in range(2)]
    return opinions([["upheld" if one else "rejected" for one in row] for row in said])


def test_the_interval_of_alpha_holds_the_truth_nine_times_in_ten() -> None:
    error, cases, worlds = 0.15, 80, 120
    upheld = 0.4 * (1 - error) + 0.6 * error
    truth = 1 - (2 * error * (1 - error)) / (2 * upheld * (1 - upheld))
    rng = np.random.default_rng(8)
    held = shares = 0
    agree = 1 - 2 * error * (1 - error)
    for _ in range(worlds):
        found = agreement(reviewed(rng, cases, error))
        assert found.alpha is not None
        assert found.share is not None
        held += found.alpha.low <= truth <= found.alpha.high
        shares += found.share.low <= agree <= found.share.high
    assert 0.83 <= held / worlds <= 0.97
    assert 0.83 <= shares / worlds <= 0.97


def test_the_same_seed_gives_the_same_interval() -> None:
    table = reviewed(np.random.default_rng(1), 40, 0.2)
    assert agreement(table, seed=4) == agreement(table, seed=4)
    assert agreement(table, seed=4) != agreement(table, seed=5)
