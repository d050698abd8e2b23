"""Where links lead: a lower bound, over what happened to the untreated on the same days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from ostrakon.analysis.displacement import WINDOW_DAYS, displacement
from ostrakon.analysis.figures import Figure
from ostrakon.worlds.history import Settings, year

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS, AT = 80, 40


def counted(shares: dict[str, tuple[float, float]], treated: set[str], links: int = 100) -> pl.DataFrame:
    """Units with a share elsewhere before and after day AT, the same number of links every day."""
    rows = [
        (
            unit,
            START + timedelta(days=day),
            platform,
            links * part,
            START + timedelta(days=AT) if unit in treated else None,
        )
        for unit, pair in shares.items()
        for day in range(DAYS)
        for platform, part in (("here", 1 - pair[day >= AT]), ("there", pair[day >= AT]))
    ]
    time = pl.Datetime("us", "UTC")
    schema = {"unit": pl.String, "time": time, "platform": pl.String, "links": pl.Float64, "treated_at": time}
    return pl.DataFrame(rows, schema=schema, orient="row")


def units(name: str, count: int, pair: tuple[float, float]) -> dict[str, tuple[float, float]]:
    return {f"{name}{place}": pair for place in range(count)}


def said(table: pl.DataFrame) -> Figure:
    return displacement(table, "here").figures[0]


def test_it_is_the_rise_beyond_that_of_the_untreated() -> None:
    """From 10 to 25 % where treated, from 10 to 15 % elsewhere: 10 points."""
    treated, free = units("t", 12, (0.10, 0.25)), units("c", 12, (0.10, 0.15))
    assert said(counted(treated | free, set(treated))).value == pytest.approx(0.10)


def test_it_is_only_ever_a_lower_bound() -> None:
    treated = units("t", 12, (0.1, 0.3))
    found = said(counted(treated | units("c", 12, (0.1, 0.1)), set(treated)))
    assert (found.high, found.grade) == (None, "indicative")
    assert "at least" in found.warnings[0]


@pytest.mark.parametrize(("treated", "free"), [(12, 9), (9, 12)])
def test_too_few_units_are_refused(treated: int, free: int) -> None:
    table = units("t", treated, (0.1, 0.3)) | units("c", free, (0.1, 0.1))
    assert "needed" in str(said(counted(table, set(units("t", treated, (0, 0))))).refused)


def test_units_of_a_treated_cluster_are_no_comparison() -> None:
    """Their neighbours move with them: with them the difference would be 5 points, without them it is 10."""
    shares = units("t", 12, (0.1, 0.2)) | units("n", 12, (0.1, 0.2)) | units("c", 12, (0.1, 0.1))
    table = counted(shares, set(units("t", 12, (0, 0))))
    whose = pl.col("unit").str.replace("n", "t")
    assert said(table.with_columns(cluster=whose)).value == pytest.approx(0.10)
    assert said(table).value == pytest.approx(0.05)


def test_nothing_treated_or_no_such_platform_is_refused() -> None:
    table = counted(units("c", 30, (0.1, 0.1)), set())
    assert "treated_at" in str(said(table).refused)
    named = table.with_columns(treated_at=pl.lit(START + timedelta(days=AT)))
    assert "there" in str(displacement(named, "nowhere").figures[0].refused)


def test_a_window_that_was_not_seen_is_refused() -> None:
    treated = units("t", 12, (0.1, 0.3))
    table = counted(treated | units("c", 12, (0.1, 0.1)), set(treated))
    short = table.filter(pl.col("time") >= START + timedelta(days=AT - WINDOW_DAYS + 1))
    assert "before its treatment" in str(said(short).refused)


def test_a_unit_that_was_treated_twice_is_refused_and_named() -> None:
    treated = units("t", 12, (0.1, 0.3))
    table = counted(treated | units("c", 12, (0.1, 0.1)), set(treated))
    later = pl.when((pl.col("unit") == "t3") & (pl.col("platform") == "here")).then(
        START + timedelta(days=50)
    )
    assert "treated_at: t3" in str(said(table.with_columns(treated_at=later.otherwise("treated_at"))).refused)


def test_the_order_of_rows_changes_nothing() -> None:
    table = year(4, 100).outlinks
    assert displacement(table.sample(fraction=1.0, shuffle=True, seed=2), "here") == displacement(
        table, "here"
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_moved_in_a_year_is_found_again(seed: int) -> None:
    of = year(seed, 100)
    found = said(of.outlinks)
    assert found.value == pytest.approx(of.truth.moved, abs=0.02)
    assert found.low is not None
    assert found.low <= of.truth.moved + 0.005


def test_where_nothing_moved_the_lower_bound_is_about_nothing() -> None:
    lows = [said(year(seed, 100, settings=Settings(moved=0.0)).outlinks).low for seed in range(10)]
    assert np.mean([low > 0 for low in lows if low is not None]) <= 0.2
