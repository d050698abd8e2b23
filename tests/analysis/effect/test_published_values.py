"""Published effects: cigarette packs in California after Proposition 99 (Abadie, Diamond and Hainmueller 2010)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from ostrakon.analysis.effect import Panel, compared, effect, even, panel_of, synthetic

FOLDER = os.environ.get("OSTRAKON_REFERENCE", "")


@cache
def rows() -> pl.DataFrame:
    file = pl.read_csv(Path(FOLDER) / "synthdid_california_prop99.csv", separator=";")
    treated_at = pl.when(pl.col("treated").max().over("State") == 1).then(1989.0)
    return file.select(
        unit="State", time=pl.col("Year").cast(pl.Float64), outcome="PacksPerCapita", treated_at=treated_at
    )


def california() -> Panel:
    return panel_of(rows())


if FOLDER:

    def test_difference_in_differences_is_the_published_one() -> None:
        assert compared(california(), "did", even, 0).value == pytest.approx(-27.349, abs=1e-3)

    def test_synthetic_difference_in_differences_is_the_published_one() -> None:
        """R's synthdid and diff-diff 3.13.0: -15.6038."""
        assert compared(california(), "sdid", synthetic, 0).value == pytest.approx(-15.6038, abs=1e-3)

    @pytest.mark.slow
    def test_the_placebo_error_is_near_the_published_one() -> None:
        """8.4 published; 8.78 and 9.90 in two runs of 100 draws."""
        found = compared(california(), "sdid", synthetic, 0)
        assert (found.high - found.low) / 2 / 2.0262 == pytest.approx(9.0, abs=1.5)

    @pytest.mark.slow
    def test_the_headline_of_one_treated_unit_is_the_synthetic_comparison() -> None:
        level = next(figure for figure in effect(rows()).figures if figure.name == "effect_level")
        assert level.value == pytest.approx(-15.6038, abs=1e-3)

    @pytest.mark.parametrize(
        ("file", "unit", "time", "outcome", "treated", "since", "effect_of"),
        [
            ("basque", "regionname", "year", "gdpcap", "Basque Country (Pais Vasco)", 1975.0, -0.770145),
            ("germany", "country", "year", "gdp", "West Germany", 1990.0, -1471.39),
        ],
    )
    def test_the_basque_country_and_west_germany_are_as_diff_diff_has_them(
        file: str, unit: str, time: str, outcome: str, treated: str, since: float, effect_of: float
    ) -> None:
        """diff-diff 3.13.0 on the data of Abadie and Gardeazabal 2003 and of Abadie, Diamond and Hainmueller 2015."""
        table = pl.read_csv(Path(FOLDER) / f"{file}.csv").filter(pl.col(unit) != "Spain (Espana)")
        panel = panel_of(
            table.select(
                unit=unit,
                time=pl.col(time).cast(pl.Float64),
                outcome=pl.col(outcome).cast(pl.Float64),
                treated_at=pl.when(pl.col(unit) == treated).then(since),
            )
        )
        assert compared(panel, "sdid", synthetic, 0).value == pytest.approx(effect_of, rel=1e-5)
