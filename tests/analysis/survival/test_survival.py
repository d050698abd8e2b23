"""How long accounts last, beside definitions taken word for word, and what is kept back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrakon.analysis.figures import Figure
from ostrakon.analysis.survival import (
    EVENTS,
    STILL_THERE,
    Spells,
    incidence,
    kaplan_meier,
    logrank,
    restricted_mean,
    survival,
)

START = datetime(2025, 1, 1, tzinfo=UTC)
ages = st.integers(0, 12)
spell = st.tuples(ages, st.integers(1, 12), st.sampled_from([STILL_THERE, 0, 1, 2]))


def made(rows: list[tuple[int, int, int]]) -> Spells:
    """(entry, days watched, event); an entry of 0 is none."""
    entry = np.array([-np.inf if row[0] == 0 else row[0] for row in rows])
    stop = np.array([float(row[0] + row[1]) for row in rows])
    return Spells(entry, stop, np.array([row[2] for row in rows], np.int8))


@given(st.lists(spell, min_size=1, max_size=25))
def test_the_curve_is_the_product_over_ages_of_those_who_stay(rows: list[tuple[int, int, int]]) -> None:
    data, share = made(rows), 1.0
    curve = kaplan_meier(data)
    for day in range(1, 26):
        watched = [row for row in rows if (row[0] or -1) < day <= row[0] + row[1]]
        ended = [row for row in watched if row[0] + row[1] == day and row[2] != STILL_THERE]
        share *= 1 - len(ended) / len(watched) if watched else 1
        assert curve.at(day) == pytest.approx(share, abs=1e-12)


@given(st.lists(spell, min_size=1, max_size=25))
def test_who_is_there_and_who_has_ended_in_each_way_make_all(rows: list[tuple[int, int, int]]) -> None:
    data = made(rows)
    total = kaplan_meier(data).survival + sum(incidence(data, event).value for event in range(len(EVENTS)))
    assert total == pytest.approx(np.ones(len(total)))


@given(st.lists(spell, min_size=1, max_size=25))
def test_with_one_kind_of_end_its_incidence_is_as_sure_as_the_curve(rows: list[tuple[int, int, int]]) -> None:
    data = made([(entry, days, min(event, 0)) for entry, days, event in rows])
    curve, found = kaplan_meier(data), incidence(data, 0)
    inside = curve.survival > 0
    expected = curve.survival[inside] * np.sqrt(curve.variance[inside])
    assert found.se[inside] == pytest.approx(expected, abs=1e-9)


@given(st.lists(spell, min_size=2, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_means_nothing(rows: list[tuple[int, int, int]], random: Any) -> None:
    mixed = rows[:]
    random.shuffle(mixed)
    assert kaplan_meier(made(rows)).survival.tolist() == kaplan_meier(made(mixed)).survival.tolist()


@given(st.lists(spell, min_size=1, max_size=20))
def test_a_restricted_mean_is_the_area_under_the_curve(rows: list[tuple[int, int, int]]) -> None:
    curve = kaplan_meier(made(rows))
    area = sum(curve.at(day) for day in range(10))  # ages are whole days, so the curve is level in between
    assert restricted_mean(curve, 10).days == pytest.approx(area)


def test_groups_that_are_the_same_do_not_differ() -> None:
    data = made([(0, days, 0) for days in range(1, 13)])
    assert logrank([data, data]).chi_square == pytest.approx(0)


def test_delayed_entry_gives_back_the_truth_that_a_naive_curve_misses() -> None:
    rng = np.random.default_rng(1)
    life, entry = rng.exponential(20, 20_000), rng.uniform(0, 40, 20_000)
    met = life > entry
    data = Spells(entry[met], life[met], np.zeros(met.sum(), np.int8))
    naive = Spells(np.full(met.sum(), -np.inf), life[met], np.zeros(met.sum(), np.int8))
    assert kaplan_meier(data).at(20) == pytest.approx(np.exp(-1), abs=0.03)
    assert kaplan_meier(naive).at(20) > 0.5


# -- what is shown of a table ------------------------------------------------------------------------


def table(rows: list[tuple[float, str | None]], **columns: list[Any]) -> pl.DataFrame:
    """Spells of accounts that were all made on one day: days until the end, and the end."""
    return pl.DataFrame(
        {
            "account": [f"a{number}" for number in range(len(rows))],
            "start_at": [START] * len(rows),
            "end_at": [START + timedelta(days=days) for days, _ in rows],
            "event": [event for _, event in rows],
            **columns,
        },
        schema_overrides={
            "start_at": pl.Datetime("us", "UTC"), "end_at": pl.Datetime("us", "UTC"), "event": pl.String,
        },
    )  # fmt: skip


def links(rows: list[tuple[str, str, float]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["account", "suspended_account", "probability"], orient="row")


def figure(found: Any, name: str) -> Figure:
    return next(item for item in found.figures if item.name == name)


SUSPENSIONS: list[tuple[float, str | None]] = [(float(day), "suspended") for day in range(1, 41)]


def test_the_median_is_shown_with_its_interval() -> None:
    found = figure(survival(table(SUSPENSIONS)), "median")
    assert found.value == 20.5
    assert found.low is not None
    assert found.high is not None
    assert found.low < 20.5 < found.high


def test_a_median_that_was_not_seen_is_refused() -> None:
    still: list[tuple[float, str | None]] = [(50.0, None)] * 60
    found = figure(survival(table(SUSPENSIONS + still)), "median")
    assert (found.grade, found.value) == ("not shown", None)
    assert "half of them gone was not seen" in str(found.refused)


def test_no_curve_goes_on_where_fewer_than_ten_are_watched() -> None:
    rows = survival(table(SUSPENSIONS)).tables["curve"]
    assert max(row["days"] for row in rows) == 31


def test_a_handful_of_accounts_has_no_curve() -> None:
    found = survival(table(SUSPENSIONS[:9]))
    assert figure(found, "median").refused == "fewer than 10 accounts are watched at any end"
    assert found.tables["curve"] == []


def test_one_group_has_nothing_to_be_compared_with() -> None:
    found = figure(survival(table(SUSPENSIONS, group=["x"] * 40)), "logrank")
    assert found.grade == "not shown"
    assert "a comparison needs two" in str(found.refused)


def test_groups_of_fewer_than_five_are_not_shown_by_themselves() -> None:
    found = survival(table(SUSPENSIONS, group=["big"] * 36 + ["small"] * 4))
    assert {row["group"] for row in found.tables["curve"]} == {"all", "big"}
    assert any("fewer than 5" in note for note in found.notes)


def test_a_group_may_be_called_all() -> None:
    found = survival(table(SUSPENSIONS, group=["all"] * 20 + ["b"] * 20))
    assert len(found.tables["median"]) == 6


def test_coefficients_are_not_shown_with_few_ends_for_each_covariate() -> None:
    x = [[float(n % 7) for n in range(40)], [float(n % 3) for n in range(40)]]
    many = survival(table(SUSPENSIONS, x=x[0], y=x[1]), covariates=["x", "y"])
    few = survival(table(SUSPENSIONS[:19], x=x[0][:19], y=x[1][:19]), covariates=["x", "y"])
    assert [row["covariate"] for row in many.tables["cox"]] == ["x", "y"]
    assert few.tables["cox"] == []


# -- returns -----------------------------------------------------------------------------------------


def test_without_links_returns_are_refused() -> None:
    found = figure(survival(table(SUSPENSIONS)), "returns_per_suspension")
    assert "--links" in str(found.refused)


def with_returners(count: int, after: float, probability: float) -> Any:
    """The first ``count`` of 60 that were suspended on day 10 are back after some days; all are watched for 60 more."""
    rows: list[tuple[float, str | None]] = [(10.0, "suspended")] * 60
    old = table([*rows, (70.0, None)])
    back = old.head(count).with_columns(
        ("n" + pl.col("account")).alias("account"),
        (pl.col("end_at") + timedelta(days=after)).alias("start_at"),
        pl.lit(START + timedelta(days=70)).cast(pl.Datetime("us", "UTC")).alias("end_at"),
        pl.lit(None, pl.String).alias("event"),
    )
    pairs = [(f"na{number}", f"a{number}", probability) for number in range(count)]
    return survival(pl.concat([old, back]), links(pairs))


def test_returns_for_each_suspension_are_counted_by_their_probability() -> None:
    found = figure(with_returners(30, 5, 0.8), "returns_per_suspension")
    assert found.value == pytest.approx(0.4)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.4 < found.high


def test_returns_are_never_more_than_indicative_for_no_search_finds_all_of_them() -> None:
    found = with_returners(300, 5, 1.0)
    for name in ("returns_per_suspension", "returned_within_30_days"):
        assert figure(found, name).grade == "indicative"
    assert any("at least so many" in note for note in found.notes)


def test_certain_returns_within_thirty_days_are_a_plain_share() -> None:
    found = figure(with_returners(30, 5, 1.0), "returned_within_30_days")
    assert found.value == pytest.approx(0.5)


def test_a_return_after_thirty_days_is_none_within_them() -> None:
    found = figure(with_returners(30, 31, 1.0), "returned_within_30_days")
    assert found.value == 0


def test_doubtful_links_make_the_share_less_sure() -> None:
    sure, doubtful = (with_returners(count, 5, p) for count, p in ((20, 1.0), (40, 0.5)))
    widths = [f.high - f.low for f in (figure(x, "returned_within_30_days") for x in (sure, doubtful))]
    assert widths[1] > widths[0]


def test_one_new_account_is_never_two_people() -> None:
    rows: list[tuple[float, str | None]] = [(10.0, "suspended")] * 60
    pairs = [("new", f"a{number}", 0.9) for number in range(3)]
    found = figure(survival(table([*rows, (70.0, None)]), links(pairs)), "returns_per_suspension")
    assert found.value == pytest.approx(1 / 60)


def test_a_new_account_is_back_as_one_of_its_owners_only() -> None:
    """30 new accounts, each as likely one of two of the 60 suspended ones: 30 of 60 are back in every draw."""
    rows: list[tuple[float, str | None]] = [(10.0, "suspended")] * 60
    old = table([*rows, (70.0, None)])
    back = old.head(30).with_columns(
        ("n" + pl.col("account")).alias("account"),
        (pl.col("end_at") + timedelta(days=5)).alias("start_at"),
        (pl.col("end_at") + timedelta(days=60)).alias("end_at"),
        pl.lit(None, pl.String).alias("event"),
    )
    pairs = [(f"na{number}", f"a{owner}", 0.5) for number in range(30) for owner in (number, number + 30)]
    found = figure(survival(pl.concat([old, back]), links(pairs)), "returned_within_30_days")
    assert found.value == pytest.approx(0.5)


def test_suspensions_of_yesterday_do_not_tell_about_thirty_days() -> None:
    rows: list[tuple[float, str | None]] = [(10.0, "suspended")] * 60
    found = figure(survival(table(rows), links([("x", "a1", 1.0)])), "returned_within_30_days")
    assert "followed for 30 days" in str(found.refused)


def test_the_same_seed_gives_the_same_figures() -> None:
    assert with_returners(30, 5, 0.7) == with_returners(30, 5, 0.7)
