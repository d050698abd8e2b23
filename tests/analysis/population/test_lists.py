"""What can be wrong with lists, planted and looked for: copies, mistakes, missed links, accounts that leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostrakon.analysis.figures import Figure
from ostrakon.analysis.log import Floats
from ostrakon.analysis.population import population, population_of_lists
from ostrakon.analysis.population.audit import audited, true_counts
from ostrakon.analysis.population.closure import closure
from ostrakon.analysis.population.copies import copies_in_time, sources
from ostrakon.analysis.population.existence import Existence, existence
from ostrakon.analysis.population.fitting import fitted
from ostrakon.analysis.population.histories import Histories, pooled, without
from ostrakon.analysis.population.listing import listing
from ostrakon.analysis.population.models import all_pairs, estimated, independence, with_pairs
from ostrakon.analysis.population.stepwise import stepwise, values

START = datetime(2025, 1, 1, tzinfo=UTC)
RNG = np.random.default_rng


def rows(
    on: np.ndarray[Any, np.dtype[np.bool_]], day: Floats | None = None, names: str = "a"
) -> pl.DataFrame:
    who, which = np.nonzero(on)
    frame = pl.DataFrame(
        {"list": [f"l{b}" for b in which.tolist()], "account": [f"{names}{a}" for a in who.tolist()]}
    )
    if day is None:
        return frame
    at = [START + timedelta(days=float(number)) for number in day[who, which]]
    return frame.with_columns(pl.Series("seen_at", at, dtype=pl.Datetime("us", "UTC")))


def world(seed: int, size: int = 2000, lists: int = 4) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], Floats]:
    rng = RNG(seed)
    return rng.random((size, lists)) < 0.3, rng.uniform(0, 30, (size, lists))


def figure(frame: pl.DataFrame, links: pl.DataFrame | None = None, **options: Any) -> Figure:
    return population_of_lists(frame, links, replicates=200, **options).figures[0]


# Nothing wrong


def test_independent_lists_give_the_truth_without_a_word_of_doubt() -> None:
    on, day = world(3)
    frame = rows(on, day).with_columns(pl.Series("verdict", ["upheld"] * int(on.sum())))
    found = figure(frame)
    assert (found.grade, found.warnings) == ("estimate", ())
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2000 < found.high
    assert found.high / found.low < 1.5


def test_without_reviews_and_times_a_figure_is_only_indicative() -> None:
    found = figure(rows(world(3)[0]))
    assert (found.grade, found.warnings) == ("indicative", ())


def test_the_order_of_the_rows_means_nothing() -> None:
    frame = rows(*world(4, 500))
    assert figure(frame) == figure(frame.sample(fraction=1, shuffle=True, seed=1))


def test_a_language_column_changes_nothing() -> None:
    frame = rows(*world(4, 500))
    spoken = frame.with_columns(
        pl.Series("language", ["ar", "en"] * (frame.height // 2) + ["fr"] * (frame.height % 2))
    )
    assert figure(spoken) == figure(frame)


# Copies


def test_a_list_that_follows_another_in_time_is_a_copy_of_it() -> None:
    on, day = world(5)
    taken = on[:, 0] & (RNG(1).random(2000) < 0.6)
    on[taken, 3], day[taken, 3] = True, day[taken, 0] + 0.5
    found = copies_in_time(listing(rows(on, day)))
    assert [(item.original, item.copy) for item in found] == [(0, 3)]


def test_entries_taken_over_with_their_times_are_copies() -> None:
    on, day = world(5)
    taken = on[:, 0] & (RNG(1).random(2000) < 0.5)
    on[taken, 3], day[taken, 3] = True, day[taken, 0]
    assert sources(4, copies_in_time(listing(rows(on, day)))) == [[0, 3], [1], [2]]


def test_lists_that_know_only_the_day_are_no_copies() -> None:
    found = [copies_in_time(listing(rows(on, np.floor(day)))) for on, day in map(world, range(10))]
    assert found == [[]] * 10


def test_independent_lists_are_no_copies() -> None:
    assert [copies_in_time(listing(rows(*world(seed)))) for seed in range(10)] == [[]] * 10


def test_lists_made_one_after_the_other_are_no_copies_for_that() -> None:
    on, day = world(6)
    assert copies_in_time(listing(rows(on, day + 30 * np.arange(4)))) == []


def test_copies_of_copies_are_one_source() -> None:
    on, day = world(7)
    for copy, original in ((2, 0), (3, 2)):
        on[on[:, original], copy], day[on[:, original], copy] = True, day[on[:, original], original] + 0.5
    assert sources(4, copies_in_time(listing(rows(on, day)))) == [[0, 2, 3], [1]]


def test_merging_a_copy_gives_the_number_back() -> None:
    on, day = world(8)
    more = np.column_stack([on, on[:, 0] | (RNG(2).random(2000) < 0.1)])
    later = np.column_stack([day, np.where(on[:, 0], day[:, 0] + 0.2, day[:, 1])])
    found = figure(rows(more, later))
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2000 < found.high
    assert any("copy each other" in warning for warning in found.warnings)


# Accounts that come and go


def test_accounts_that_leave_are_seen_in_the_times() -> None:
    on, day = world(9)
    gone = RNG(3).exponential(20, 2000)
    leaving = closure(listing(rows(on & (day < gone[:, None]), day)))
    assert leaving is not None
    assert leaving.p < 0.01
    found = figure(rows(on & (day < gone[:, None]), day))
    assert "--open" in str(found.refused)


def test_where_nobody_leaves_the_test_is_as_sure_as_it_says() -> None:
    found = [closure(listing(rows(*world(seed, 800)))) for seed in range(60)]
    assert sum(item is not None and item.p < 0.1 for item in found) <= 13


def test_few_shared_accounts_seldom_rule_leaving_out_and_many_do() -> None:
    ruled_out = []
    for size in (150, 4000):
        found = [closure(listing(rows(*world(seed, size)))) for seed in range(8)]
        ruled_out.append(sum(item is not None and item.is_excluded for item in found))
    assert ruled_out[0] <= 4
    assert ruled_out[1] == 8


def test_lists_of_one_moment_each_show_leaving_by_their_distance() -> None:
    rng = RNG(10)
    at, stays = np.array([0.0, 10, 20, 30]), rng.exponential(20, 8000)
    on = (rng.random((8000, 4)) < 0.3) & (at < stays[:, None])
    leaving = closure(listing(rows(on, np.tile(at, (8000, 1)))))
    assert leaving is not None
    assert leaving.p < 0.01


def test_without_times_it_cannot_tell() -> None:
    assert closure(listing(rows(world(3)[0]))) is None


def test_accounts_that_come_and_go_have_a_size_each_day() -> None:
    rng = RNG(11)
    size, days = 3000, 8
    there = np.ones((size, days), np.bool_)
    for day in range(1, days):
        there[:, day] = there[:, day - 1] & (rng.random(size) < 0.9)
    seen = there & (rng.random((size, days)) < 0.4)
    day = np.tile(np.arange(days) + 0.5, (size, 1))
    found = population(rows(seen, day), comes_and_goes=True).tables["by_occasion"]
    for number in range(1, days - 1):
        row = found[number]
        assert row["low"] < there[:, number].sum() < row["high"] or row["value"] == pytest.approx(
            there[:, number].sum(), rel=0.1
        )
        assert row["survival"] is None or row["survival"] == pytest.approx(0.9, abs=0.12)


def test_where_accounts_differ_a_size_is_told_of_an_occasion_that_was_looked_at_long_enough_afterwards() -> (
    None
):
    """Places for 3,000, each taken anew when somebody leaves; near the end only the easily seen are seen again."""
    errors = []
    for seed in range(4):
        rng = RNG(seed)
        number, easy, rows_ = np.arange(3000), rng.lognormal(-0.1, 0.45, 3000), []
        for day in range(30):
            gone = rng.random(3000) < 0.04
            number = np.where(gone, number + 3000, number)
            easy = np.where(gone, rng.lognormal(-0.1, 0.45, 3000), easy)
            seen = number[rng.random(3000) < np.minimum(0.2 * easy, 0.9)]
            rows_ += [("only", f"a{one}", START + timedelta(days=day + 0.5)) for one in seen.tolist()]
        schema = {"list": pl.String, "account": pl.String, "seen_at": pl.Datetime("us", "UTC")}
        frame = pl.DataFrame(rows_, schema=schema, orient="row")
        size = population(frame, comes_and_goes=True).figures[0].value
        assert size is not None
        errors.append(size / 3000 - 1)
    assert np.mean(errors) > -0.15


def test_first_sightings_alone_are_no_occasions() -> None:
    found = population(rows(*world(3)), comes_and_goes=True).figures[0]
    assert "give a row for each time" in str(found.refused)


def test_daily_sightings_of_a_list_are_occasions() -> None:
    rng = RNG(12)
    seen = rng.random((2000, 8)) < 0.3
    who, day = np.nonzero(seen)
    at = [START + timedelta(days=float(number) + 0.5) for number in day]
    frame = pl.DataFrame({"list": "only", "account": [f"a{n}" for n in who], "seen_at": at}).with_columns(
        pl.col("seen_at").cast(pl.Datetime("us", "UTC"))
    )
    found = population(frame, comes_and_goes=True).figures[0]
    assert found.value == pytest.approx(2000, rel=0.1)


# Mistakes and links


def test_entries_that_a_review_rejects_are_counted_out_for_each_kind() -> None:
    """By hand: 50 of 100 singles reviewed, 10 rejected: 40 + 50 x 0.8 = 80 belong there."""
    counts = np.zeros((1, 9))
    counts[0, [0, 3, 6]] = 40, 10, 50
    assert true_counts(2, counts)[0, 0] == pytest.approx(80, abs=0.01)


def test_the_number_times_the_precision_where_mistakes_fall_everywhere_alike() -> None:
    on, day = world(12, 4000)
    frame = rows(on, day)
    names = frame["account"].unique().sort()
    wrong = set(names.filter(pl.Series(RNG(4).random(len(names)) < 0.25)))
    reviewed = set(names.gather_every(2))
    verdict = [
        None if name not in reviewed else "rejected" if name in wrong else "upheld"
        for name in frame["account"]
    ]
    found = figure(frame.with_columns(pl.Series("verdict", verdict, dtype=pl.String)))
    assert found.value == pytest.approx(3000, rel=0.05)


def test_a_handful_of_reviews_makes_no_figure_an_estimate() -> None:
    on, day = world(3)
    few = [None] * (int(on.sum()) - 20) + ["upheld"] * 20
    found = population_of_lists(
        rows(on, day).with_columns(pl.Series("verdict", few, dtype=pl.String)), replicates=50
    )
    assert (found.figures[0].grade, found.figures[0].warnings) == ("indicative", ())
    assert any("too few to know" in note for note in found.notes)


def test_reviews_that_contradict_each_other_are_none() -> None:
    frame = pl.DataFrame({"list": ["a", "b"], "account": ["x", "x"], "verdict": ["upheld", "rejected"]})
    found = listing(frame)
    assert (found.verdict.tolist(), found.contradicted) == ([-1], 1)


def test_every_account_is_counted_once_whatever_its_verdict() -> None:
    frame = rows(*world(13, 300)).with_columns(pl.lit(None, pl.String).alias("verdict"))
    data = listing(frame)
    assert audited(data).counts.sum() == len(data.accounts)


def test_missed_links_make_a_number_too_high_and_links_bring_it_back() -> None:
    on, day = world(16)
    frame = rows(on, day)
    other = (RNG(5).random(frame.height) < 0.1) & (frame["list"] != "l0").to_numpy()
    renamed = frame.with_columns(
        pl.when(pl.Series(other))
        .then(pl.col("account") + pl.col("list"))
        .otherwise("account")
        .alias("account")
    )
    links = pl.DataFrame(
        {
            "account": renamed["account"].filter(other),
            "suspended_account": frame["account"].filter(other),
            "probability": [1.0] * int(other.sum()),
        }
    )
    without_links, with_links = figure(renamed), figure(renamed, links)
    assert without_links.low is not None
    assert without_links.low > 2000
    assert with_links.low is not None
    assert with_links.high is not None
    assert with_links.low < 2000 < with_links.high
    assert with_links.unit == "people"


def test_accounts_that_differ_are_warned_of() -> None:
    rng = RNG(15)
    logit = -0.8 + rng.normal(0, 1, (3000, 1))
    on = rng.random((3000, 4)) < 1 / (1 + np.exp(-logit))
    found = figure(rows(on, rng.uniform(0, 30, on.shape)))
    assert found.grade == "indicative"
    assert "accounts differ" in found.warnings[0]


# The estimators themselves


tables = st.lists(st.integers(0, 12), min_size=7, max_size=7).map(
    lambda counts: Histories(("A", "B", "C"), np.array(counts, np.float64))
)


@settings(max_examples=60)
@given(tables, st.integers(0, 7))
def test_a_fit_exists_exactly_where_the_linear_program_says_so(table: Histories, which: int) -> None:
    pairs = [pair for number, pair in enumerate(all_pairs(3)) if which >> number & 1]
    model = with_pairs(table, pairs)
    if len(model.counts) == 0:
        return
    found = fitted(model.design, model.counts)
    assert (found is not None) == (existence(model) is Existence.USABLE)


@settings(max_examples=60)
@given(tables)
def test_a_fit_has_the_margins_of_the_data(table: Histories) -> None:
    found = estimated(independence(table))
    if found is not None:
        assert found.model.design.T @ found.fit.expected == pytest.approx(
            found.model.design.T @ table.counts, abs=1e-5
        )


@settings(max_examples=40)
@given(tables)
def test_the_order_of_the_lists_does_not_move_the_number(table: Histories) -> None:
    one, two = (
        estimated(independence(pooled(table, [[a] for a in order]))) for order in ((0, 1, 2), (2, 0, 1))
    )
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        assert one.value == pytest.approx(two.value, rel=1e-6)


@settings(max_examples=40)
@given(tables)
def test_the_resamples_select_as_the_table_itself(table: Histories) -> None:
    one, many = stepwise(table), values(3, table.counts[None, :])
    assert many[0] == pytest.approx(np.inf if one is None else one.value, rel=1e-6)


def test_a_table_without_a_list_loses_who_stood_on_no_other() -> None:
    table = Histories(("A", "B"), np.array([5.0, 7.0, 2.0]))
    assert without(table, 0).counts.tolist() == [9.0]
