"""``ostrakon measure reach``: the folder that it writes, and what it refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from tests.cli.case import Ended, command, one_line, refuse, save

FILES = {"figures.json", "figures.csv", "rejected.csv", "summary.json", "report.html"}
FOLLOWS = "follower,followee\n" + "".join(
    f"{who},{account}\n" for who, account in [("alice", "a"), ("bob", "a"), ("bob", "b"), ("carol", "b")]
)
FLAGGED = "account,from_at,to_at\na,2025-01-01T00:00:00Z,2025-01-03T00:00:00Z\nb,2025-01-01T00:00:00Z,\n"


def run(folder: Path, follows: str = FOLLOWS, flagged: str = FLAGGED) -> Ended:
    return command(
        "measure", "reach", save(folder / "follows.csv", follows), save(folder / "flagged.csv", flagged),
        "--out", folder / "out",
    )  # fmt: skip


def measured(folder: Path, **files: str) -> dict[str, Any]:
    told = run(folder, **files)
    assert (told.status, told.err) == (0, "")
    assert {path.name for path in (folder / "out").iterdir()} == FILES
    found: dict[str, Any] = json.loads((folder / "out" / "figures.json").read_text(), parse_constant=refuse)
    return found


def test_figures_and_days_are_those_of_the_contract(tmp_path: Path) -> None:
    found = measured(tmp_path)
    values = {figure["name"]: figure["value"] for figure in found["figures"]}
    assert values == {"reach_before": 3, "reach_after": 2, "sole_audience": 2, "exposures": 4}
    assert {figure["grade"] for figure in found["figures"]} == {"exact count"}
    assert found["tables"]["by_day"] == [
        {"day": "2025-01-01", "reach": 3, "sole": 2, "exposures": 4, "active": 2},
        {"day": "2025-01-02", "reach": 3, "sole": 2, "exposures": 4, "active": 2},
        {"day": "2025-01-03", "reach": 2, "sole": 2, "exposures": 2, "active": 1},
    ]
    assert set(found["inputs"]) == {"follows", "flagged"}


def test_the_page_shows_the_days_with_a_picture(tmp_path: Path) -> None:
    measured(tmp_path)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Who still hears them" in page
    assert page.count("<svg") == 1


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    measured(tmp_path)
    first = (tmp_path / "out" / "figures.json").read_bytes()
    (tmp_path / "again").mkdir()
    measured(tmp_path / "again")
    second = (tmp_path / "again" / "out" / "figures.json").read_bytes()
    assert second.replace(b"/again", b"") == first


def test_an_interval_that_ends_before_it_begins_is_set_aside(tmp_path: Path) -> None:
    bad = "z,2025-01-05T00:00:00Z,2025-01-04T00:00:00Z\n"
    assert measured(tmp_path, flagged=FLAGGED + bad)["figures"] == measured_again(tmp_path)["figures"]
    with (tmp_path / "out" / "rejected.csv").open(encoding="utf-8", newline="") as file:
        assert [row["problem"].split(":")[0] for row in csv.DictReader(file)] == [
            "to_at is not after from_at"
        ]


def measured_again(folder: Path) -> dict[str, Any]:
    (folder / "clean").mkdir()
    return measured(folder / "clean")


def test_nobody_flagged_cannot_be_used(tmp_path: Path) -> None:
    told = run(tmp_path, flagged="account,from_at,to_at\n")
    assert (told.status, told.out) == (2, "")
    assert "no row could be used" in one_line(told.err)
    assert not (tmp_path / "out").exists()
