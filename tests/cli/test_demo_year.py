"""The demonstration year as files that ``ostrakon measure`` reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.case import command

from ostrakon.cli.demo import write_demo_year, year_in_words

SPENT = {
    "size": ["population", "lists.csv", "--open"],
    "survival": ["survival", "spells.csv", "--links", "links.csv"],
    "reach": ["reach", "follows.parquet", "flagged.csv"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("year") / "year"
    write_demo_year(made, 7, False, accounts=150)
    return made


@pytest.mark.parametrize("name", SPENT)
def test_its_files_are_measured_and_no_row_is_refused(name: str, folder: Path, tmp_path: Path) -> None:
    verb, *arguments = SPENT[name]
    files = [folder / one if one.endswith((".csv", ".parquet")) else one for one in arguments]
    told = command("measure", verb, *files, "--out", tmp_path / name)
    assert told.status == 0
    summary: dict[str, Any] = json.loads((tmp_path / name / "summary.json").read_text())
    assert summary["counts"]["rejected_rows"] == 0


def test_the_truth_stands_beside_the_files(folder: Path) -> None:
    truth = json.loads((folder / "truth.json").read_text())
    assert truth["effect"] == -0.3
    assert 0 < truth["returns_per_suspension"] < 1


def test_the_same_seed_writes_the_same_files(folder: Path, tmp_path: Path) -> None:
    world = write_demo_year(tmp_path / "again", 7, False, accounts=150)
    for one in folder.iterdir():
        assert (tmp_path / "again" / one.name).read_bytes() == one.read_bytes(), one.name
    assert "ostrakon measure reach" in year_in_words(world, folder)
