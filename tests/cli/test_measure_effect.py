"""``ostrakon measure effect``: the folder that it writes, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from tests.analysis.effect.worlds import planted
from tests.cli.case import command, refuse, save

FILES = {"figures.json", "figures.csv", "rejected.csv", "summary.json", "report.html"}


def measured(folder: Path, content: str | pl.DataFrame) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    file = save(folder / ("panel.csv" if isinstance(content, str) else "panel.parquet"), content)
    told = command("measure", "effect", file, "--out", folder / "out")
    assert (told.status, told.err) == (0, "")
    assert {path.name for path in (folder / "out").iterdir()} == FILES
    found = json.loads((folder / "out" / "figures.json").read_text(), parse_constant=refuse)
    return {**found, **{figure["name"]: figure for figure in found["figures"]}}


def dated(table: pl.DataFrame) -> pl.DataFrame:
    def moment(number: float | None) -> str | None:
        return (
            None
            if number is None
            else (datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=number)).isoformat()
        )

    return table.with_columns(
        pl.Series(name, [moment(number) for number in table[name]], dtype=pl.String)
        for name in ("time", "treated_at")
    )


def test_figures_and_tables_are_those_of_the_contract(tmp_path: Path) -> None:
    found = measured(tmp_path, planted(-0.3).write_csv())
    assert [figure["name"] for figure in found["figures"]] == ["effect", "effect_level", "net_effect"]
    assert found["effect"]["low"] < -0.3 < found["effect"]["high"] < 0
    assert set(found["tables"]["models"][0]) == {"method", "value", "low", "high", "unit", "p"}
    assert found["tables"]["placebos"]


def test_dates_and_numbers_say_the_same(tmp_path: Path) -> None:
    table = planted(-0.3)
    by_number, by_date = (
        measured(tmp_path / name, content)
        for name, content in (("number", table.write_csv()), ("date", dated(table).write_csv()))
    )
    assert by_number["figures"] == by_date["figures"]


def test_years_are_times(tmp_path: Path) -> None:
    """1970 as a year, not as the first second of an epoch."""
    years = planted(-0.3).with_columns(
        (pl.col(name) + 1970).cast(pl.Int64) for name in ("time", "treated_at")
    )
    assert measured(tmp_path, years)["effect"]["refused"] is None


def test_a_cell_without_an_outcome_is_a_gap(tmp_path: Path) -> None:
    lines = planted(-0.3).write_csv().splitlines()
    unit, time, _, at = lines[5].split(",")
    lines[5] = f"{unit},{time},,{at}"
    found = measured(tmp_path, "\n".join(lines) + "\n")
    assert {figure["value"] for figure in found["figures"]} == {None}
    assert "1 of 1,600 cells are missing" in found["effect"]["refused"]


def test_the_page_shows_every_model_and_no_bar(tmp_path: Path) -> None:
    measured(tmp_path, planted(-0.3).write_csv())
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Three methods give three answers" in page
    for method in ("synthetic difference in differences", "interrupted time series", "naive"):
        assert method in page


def test_permuting_a_language_column_changes_no_figure(tmp_path: Path) -> None:
    table = planted(-0.3)
    languages = pl.Series("language", ["en", "ar"] * (table.height // 2))
    found = [
        measured(tmp_path / name, table.with_columns(column).write_csv())
        for name, column in (("one", languages), ("two", languages.reverse()))
    ]
    assert found[0]["figures"] == found[1]["figures"]
    assert found[0]["tables"] == found[1]["tables"]
