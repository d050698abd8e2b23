"""The folder that a triage writes, against the file contract: counted again here by plain Python."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections import defaultdict
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.cli.case import FILES, Folder

from ostrakon.cli.triage import STEPS

# The names and their order as design.md has them: written out, not taken from the program.
COLUMNS = {
    "queue.csv": [
        "rank", "account", "policy", "reports", "reporters", "independent_reports", "probability",
        "probability_low", "probability_high", "campaigns", "decided",
    ],
    "reporters.csv": [
        "reporter", "reports", "decided", "upheld", "precision", "precision_low", "precision_high", "campaigns",
    ],
    "campaigns.csv": [
        "campaign", "members", "targets", "reports", "first_at", "last_at", "lift", "q_value", "upheld_share",
        "kind",
    ],
    "campaign_members.csv": ["campaign", "reporter", "q_value"],
    "campaign_targets.csv": ["campaign", "account", "reports", "first_at", "last_at"],
    "rejected.csv": ["file", "line", "problem", "row"],
}  # fmt: skip
WHOLE = {"rank", "reports", "reporters"}
TEXT = {"account", "policy", "campaigns", "reporter"}
Rows = list[dict[str, str]]


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def reports(world: Path) -> Rows:
    return rows_of(world / "reports.csv")


@pytest.fixture(scope="module")
def standing(world: Path) -> dict[tuple[str, str], str]:
    """The outcome that stands for each (account, policy)."""
    latest: dict[tuple[str, str], str] = {}
    for row in sorted(rows_of(world / "decisions.csv"), key=lambda row: row["decided_at"]):
        latest[row["account"], row["policy"]] = row["outcome"]
    return latest


# Which files, which columns


def test_it_writes_the_files_of_the_contract_and_no_others(demo: Folder) -> None:
    assert {path.name for path in demo.path.iterdir()} == FILES
    assert [path.name for path in demo.path.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_the_columns_stand_in_the_order_of_the_contract(demo: Folder, name: str) -> None:
    assert demo.text(name).splitlines()[0].split(",") == COLUMNS[name]


@pytest.mark.parametrize("name", ["queue", "reporters"])
def test_parquet_holds_the_same_rows_with_their_types(demo: Folder, name: str) -> None:
    frame = pl.read_parquet(demo.path / f"{name}.parquet")
    assert frame.columns == COLUMNS[f"{name}.csv"]
    for column, dtype in frame.schema.items():
        is_text = column in TEXT or (name, column) == ("queue", "decided")
        assert dtype == (pl.String if is_text else pl.Int64 if column in WHOLE else pl.Float64), column
    as_text = pl.read_csv(demo.path / f"{name}.csv", schema=frame.schema)
    assert as_text.equals(frame)


# The queue


def test_there_is_one_row_for_every_account_and_policy_with_a_report(demo: Folder, reports: Rows) -> None:
    rows = list(zip(demo.queue["account"], demo.queue["policy"], strict=True))
    assert len(rows) == len(set(rows))
    assert set(rows) == {(row["account"], row["policy"]) for row in reports}


def test_reports_and_reporters_of_a_row_are_counted(demo: Folder, reports: Rows) -> None:
    people: dict[tuple[str, str], list[str]] = defaultdict(list)
    for report in reports:
        people[report["account"], report["policy"]].append(report["reporter"])
    for row in demo.queue.to_dicts():
        who = people[row["account"], row["policy"]]
        assert (row["reports"], row["reporters"]) == (len(who), len(set(who)))
        assert 0 < row["independent_reports"] <= len(set(who)) + 1e-6


def test_undecided_rows_come_first_then_the_most_probable(demo: Folder) -> None:
    def place(row: dict[str, Any]) -> tuple[Any, ...]:
        return (
            row["decided"] is not None,
            -row["probability"],
            -row["independent_reports"],
            row["account"],
            row["policy"],
        )

    rows = demo.queue.to_dicts()
    assert rows == sorted(rows, key=place)
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))


def test_a_probability_lies_within_its_interval_and_is_never_certain(demo: Folder) -> None:
    low, value, high = (demo.queue[name] for name in ("probability_low", "probability", "probability_high"))
    assert bool(((low > 0) & (low <= value) & (value <= high) & (high < 1)).all())


def test_decided_holds_the_standing_outcome(
    demo: Folder, reports: Rows, standing: dict[tuple[str, str], str]
) -> None:
    found = {(row["account"], row["policy"]): row["decided"] for row in demo.queue.to_dicts()}
    assert found == {
        case: standing.get(case) for case in {(row["account"], row["policy"]) for row in reports}
    }
    assert {"upheld", "rejected", "overturned", None} == set(found.values())


# Reporters


def test_every_reporter_has_one_row_with_what_became_of_their_reports(
    demo: Folder, reports: Rows, standing: dict[tuple[str, str], str]
) -> None:
    written: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for report in reports:
        written[report["reporter"]].append((report["account"], report["policy"]))
    found = demo.reporters.to_dicts()
    assert sorted(row["reporter"] for row in found) == sorted(written)
    for row in found:
        cases = set(written[row["reporter"]])
        decided = [standing[case] for case in cases if case in standing]
        assert row["reports"] == len(written[row["reporter"]])
        assert row["decided"] == len(decided)
        assert row["upheld"] == decided.count("upheld")
        assert 0 < row["precision_low"] <= row["precision"] <= row["precision_high"] < 1


# Campaigns


def test_the_three_campaign_files_agree_with_each_other_and_with_the_reporters(demo: Folder) -> None:
    campaigns, members, targets = map(demo.table, (n for n in COLUMNS if n.startswith("campaign")))
    assert campaigns
    for row in campaigns:
        of_it = [one["reporter"] for one in members if one["campaign"] == row["campaign"]]
        assert int(row["members"]) == len(of_it) == len(set(of_it)) > 2
        assert int(row["targets"]) == sum(one["campaign"] == row["campaign"] for one in targets)
    belongs = {(row["reporter"], row["campaigns"]) for row in demo.table("reporters.csv") if row["campaigns"]}
    assert belongs == {(row["reporter"], row["campaign"]) for row in members}


def test_a_row_of_the_queue_names_campaigns_that_exist(demo: Folder) -> None:
    known = {row["campaign"] for row in demo.table("campaigns.csv")}
    named = {one for text in demo.queue["campaigns"].drop_nulls() for one in text.split(";")}
    assert named
    assert named <= known


def test_times_are_iso_8601_in_utc(demo: Folder) -> None:
    for row in demo.table("campaigns.csv") + demo.table("campaign_targets.csv"):
        first, last = (datetime.strptime(row[key], "%Y-%m-%dT%H:%M:%S%z") for key in ("first_at", "last_at"))
        assert row["first_at"].endswith("Z")
        assert first <= last


def test_volunteers_who_work_from_a_list_say_so(demo: Folder) -> None:
    assert {row["kind"] for row in demo.table("campaigns.csv")} == {"coordinated", "declared list"}


# The summary


def test_the_summary_counts(demo: Folder, reports: Rows, standing: dict[tuple[str, str], str]) -> None:
    voices = {(row["reporter"], row["account"], row["policy"]) for row in reports}
    summary, counts = demo.summary, demo.summary["counts"]
    assert summary["repeats"] == len(reports) - len(voices) > 0
    assert counts["reports"] == len(reports)
    assert counts["reporters"] == len({row["reporter"] for row in reports})
    assert counts["accounts"] == len({row["account"] for row in reports})
    assert counts["policies"] == len({row["policy"] for row in reports})
    assert counts["cases"] == demo.queue.height
    assert counts["decided_cases"] == demo.queue["decided"].count()
    assert counts["campaigns"] == len(demo.table("campaigns.csv"))
    assert counts["rejected_rows"] == 0
    assert summary["rejected"] == {}
    assert counts["independent_reports"] == pytest.approx(demo.queue["independent_reports"].sum(), abs=0.1)


def test_the_summary_says_where_the_numbers_come_from(demo: Folder, world: Path) -> None:
    summary = demo.summary
    assert list(summary["inputs"]) == ["reports", "decisions", "accounts", "reporters"]
    for name, facts in summary["inputs"].items():
        file = world / f"{name}.csv"
        assert facts["file"] == summary["parameters"][name] == str(file)
        assert facts["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert facts["rows"] == facts["used"] == len(rows_of(file))
    assert summary["seed"] == 0
    assert {"ostrakon", "python", "numpy", "polars", "scikit-learn"} <= set(summary["versions"])


def test_the_summary_tells_what_each_step_cost(demo: Folder) -> None:
    steps = demo.summary["steps"]
    assert len(steps) == STEPS
    assert [step["step"] for step in steps] == [
        "reading", "looking for campaigns", "weighing", "making tables", "explaining", "writing",
        "making the page",
    ]  # fmt: skip
    assert all(step["seconds"] >= 0 and math.isfinite(step["seconds"]) for step in steps)
    memory = [step["peak_memory_mb"] for step in steps]
    assert memory == sorted(memory)
    assert 10 < memory[0] < 100_000


def test_the_summary_is_json_that_every_reader_takes(demo: Folder) -> None:
    assert "NaN" not in demo.text("summary.json")
    assert json.dumps(demo.summary)


# The page


class Elements(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "xlink:href"}:
                self.links.add(value or "")


def test_the_page_is_one_file_that_fetches_and_runs_nothing(demo: Folder) -> None:
    page = demo.text("report.html")
    elements = Elements(page)
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert elements.tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base"})
    assert not {name for name in elements.attributes if name.startswith("on") or name == "src"}
    assert all(link.startswith("#") for link in elements.links)
    assert "@import" not in page
    assert "url(" not in page


def test_the_page_shows_the_head_of_the_queue_and_the_files_it_came_from(demo: Folder, world: Path) -> None:
    page = demo.text("report.html")
    first = demo.queue.filter(pl.col("account").str.contains(r"^@[a-z_0-9]+$")).row(0, named=True)
    assert first["account"] in page
    assert hashlib.sha256((world / "reports.csv").read_bytes()).hexdigest() in page
