"""``ostrakon returners``: the folder it writes, against the file contract, and how it ends."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.cli.case import command
from tests.pages.reading import read

FILES = {"links.csv", "links.ndjson", "rejected.csv", "summary.json", "report.html"}
HEADER = "account,handle,display_name,bio,created_at,suspended_at,avatar_hash,language\n"
FRIENDS = [f"friend{n}" for n in range(12)]
CROWD = range(60)


def suspended() -> str:
    """Mallory, and a crowd of others with nothing in common."""
    rows = [
        "mallory,zubayr_q,Zubayr of the Mountain,truth without borders zq.example,2026-01-01T00:00:00Z,"
        "2026-03-01T00:00:00Z,0123456789abcdef,ar\n"
    ]
    rows += [
        f"s{n},oldname{n * 7919 % 1000},Old {n},bio {n},2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,"
        f"{n * 2654435761:016x},en\n"
        for n in CROWD
    ]
    return HEADER + "".join(rows)


def new() -> str:
    """Mallory again, and a crowd."""
    rows = [
        "mallory2,zubayr_q2,Zubayr of the Mountain,truth without borders zq.example,2026-03-03T00:00:00Z,,"
        "0123456789abcdef,ar\n"
    ]
    rows += [
        f"n{n},fresh{n * 104729 % 1000},Fresh {n},words {n},2026-03-02T00:00:00Z,,{n * 40503 + 99999:016x},en\n"
        for n in CROWD
    ]
    return HEADER + "".join(rows)


def follows() -> str:
    both = "".join(f"{who},{friend}\n" for who in ("mallory", "mallory2") for friend in FRIENDS)
    others = "".join(f"s{n},x{n}\nn{n},y{n}\n" for n in CROWD)
    return "follower,followee\n" + both + others


def files(folder: Path, **tables: str | bytes | pl.DataFrame) -> list[str | Path]:
    arguments: list[str | Path] = ["returners"]
    for name, content in {"suspended": suspended(), "new": new(), "follows": follows(), **tables}.items():
        path = folder / f"{name}.csv"
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        arguments += [f"--{name}", path]
    return arguments


def searched(folder: Path, **tables: str | bytes | pl.DataFrame) -> Path:
    """A run that must end well."""
    told = command(*files(folder, **tables), "--out", folder / "out")
    assert (told.status, told.err) == (0, "")
    assert {path.name for path in (folder / "out").iterdir()} == FILES
    return folder / "out"


def refused(folder: Path, **tables: str | bytes) -> str:
    told = command(*files(folder, **tables), "--out", folder / "out")
    assert (told.status, told.out) == (2, "")
    assert not (folder / "out").exists()
    return told.err


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return searched(tmp_path_factory.mktemp("returners"))


def test_who_came_back_is_found_and_the_crowd_is_not(out: Path) -> None:
    found = rows(out / "links.csv")
    assert list(found[0]) == [
        "account", "suspended_account", "rank", "probability", "false_link_rate", "channels",
    ]  # fmt: skip
    assert [(row["account"], row["suspended_account"], row["rank"]) for row in found] == [
        ("mallory2", "mallory", "1")
    ]
    assert 0 < float(found[0]["probability"]) <= 1
    assert "neighbours" in found[0]["channels"]


def test_every_link_has_a_line_with_its_evidence_before_its_score(out: Path) -> None:
    (line,) = lines(out / "links.ndjson")
    assert list(line)[:4] == ["account", "suspended_account", "for", "against"]
    assert list(line)[-4:] == ["rank", "probability", "false_link_rate", "channels"]
    assert {"neighbours", "nearest", "base_rate"} <= set(line)


def test_the_summary_says_with_what_it_was_made(out: Path) -> None:
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert told["inputs"]["suspended"]["sha256"] == hashlib.sha256(suspended().encode()).hexdigest()
    assert (told["counts"]["new"], told["counts"]["suspended"], told["counts"]["links"]) == (61, 61, 1)
    assert told["placebo_rate"] is None
    assert any("No placebo was given" in note for note in told["notes"])
    assert {step["step"] for step in told["steps"]} >= {"reading", "looking for returners", "writing"}
    assert told["versions"]["ostrakon"]


def test_the_page_shows_evidence_for_and_against_before_any_number(out: Path) -> None:
    page = read((out / "report.html").read_text(encoding="utf-8"))
    card = page.one("article", "link")
    text = card.text
    assert (
        text.index("Speaks for one person")
        < text.index("Speaks against")
        < text.index("Rare neighbours of both")
    )
    assert text.index("Rare neighbours of both") < text.index("suspended account comes") < text.index("%")
    assert "mallory2" in card.one("h3").text


def test_the_same_files_give_the_same_bytes(out: Path, tmp_path: Path) -> None:
    again = searched(tmp_path)
    for name in ("links.csv", "links.ndjson", "rejected.csv"):
        assert (again / name).read_bytes() == (out / name).read_bytes()


def test_a_language_column_changes_nothing(out: Path, tmp_path: Path) -> None:
    other = {"suspended": suspended().replace(",ar\n", ",fr\n"), "new": new().replace(",en\n", ",ar\n")}
    again = searched(tmp_path, **other)
    for name in ("links.csv", "links.ndjson"):
        assert (again / name).read_bytes() == (out / name).read_bytes()


def test_every_file_may_be_packed_and_in_any_format(out: Path, tmp_path: Path) -> None:
    told = pl.read_csv(follows().encode(), infer_schema=False)
    again = searched(tmp_path, suspended=gzip.compress(suspended().encode(), mtime=0), follows=told)
    assert (again / "links.csv").read_bytes() == (out / "links.csv").read_bytes()


def test_placebo_and_verdicts_are_read(tmp_path: Path) -> None:
    crowd = "".join(f"p{n},handle{n},Name {n},b {n},2025-01-01T00:00:00Z,,,\n" for n in range(30))
    reviews = "account,suspended_account,verdict\nmallory2,mallory,same\nn1,s1,unclear\nn2,s2,perhaps\n"
    path = searched(tmp_path, placebo=HEADER + crowd, reviews=reviews)
    told = json.loads((path / "summary.json").read_text(encoding="utf-8"))
    assert not any("No placebo" in note or "No verdicts" in note for note in told["notes"])
    assert [row["problem"] for row in rows(path / "rejected.csv")]
    assert told["inputs"]["reviews"]["rejected"] == 1


def test_an_account_that_is_described_twice_is_read_once_and_said(tmp_path: Path) -> None:
    path = searched(tmp_path, new=new() + "mallory2,another,,,,,,\n")
    assert [row["problem"] for row in rows(path / "rejected.csv")] == [
        "account was already described on an earlier line: mallory2"
    ]


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"new": ""}, "is empty"),
        ({"new": "account,handle\n"}, "no account could be used: the file has a header and no rows"),
        ({"suspended": "account\nmallory\n"}, "has no column 'handle'"),
        ({"follows": "a,b\n1,2\n"}, "has no column 'follower', 'followee'"),
    ],
)
def test_it_says_what_is_wrong_with_a_file_and_writes_nothing(
    tmp_path: Path, tables: dict[str, str], says: str
) -> None:
    assert says in refused(tmp_path, **tables)


def test_a_folder_that_is_not_empty_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    out = searched(tmp_path)
    (out / "mine.txt").write_text("mine")
    told = command(*files(tmp_path), "--out", out)
    assert told.status == 2
    assert (out / "mine.txt").exists()
    assert command(*files(tmp_path), "--out", out, "--replace").status == 0
    assert not (out / "mine.txt").exists()


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\u202egnp.exe"
    hostile = new().replace("Zubayr of the Mountain", evil).replace("mallory2", "mallory2<b>")
    told = follows().replace("mallory2", "mallory2<b>").replace("friend1,", "friend1,")
    path = searched(
        tmp_path, new=hostile, suspended=suspended().replace("Zubayr of the Mountain", evil), follows=told
    )
    html = (path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "mallory2<b>" not in html
    assert "\u202e" not in html


def test_what_was_left_out_of_the_options_is_said() -> None:
    told = command("returners", "--new", "n.csv", "--out", "o")
    assert (told.status, told.out) == (2, "")
    assert "Missing option '--suspended'" in told.err


def test_the_same_files_say_the_same_on_every_day(tmp_path: Path) -> None:
    """Also those of a world that is yet to come."""
    later = {
        name: text.replace("2026-", "2096-") for name, text in (("new", new()), ("suspended", suspended()))
    }
    path = searched(tmp_path, **later)
    assert rows(path / "rejected.csv") == []
    assert [row["account"] for row in rows(path / "links.csv")] == ["mallory2"]
