"""``ostrakon measure population|survival``: the folder that it writes, and what it refuses."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.analysis.population import published
from tests.cli.case import command, one_line, refuse, save

from ostrakon.analysis.population.histories import Histories

FILES = {"figures.json", "figures.csv", "rejected.csv", "summary.json", "report.html"}
FIGURE = ["name", "value", "low", "high", "unit", "grade", "method", "warnings", "refused"]
GRADES = {"exact count", "estimate", "indicative", "not shown"}


def measured(folder: Path, verb: str, content: str | pl.DataFrame, *options: str | Path) -> dict[str, Any]:
    """A run that must end well; gives figures.json with the figures by name."""
    file = save(folder / ("file.csv" if isinstance(content, str) else "file.parquet"), content)
    out = folder / "out"
    told = command("measure", verb, file, "--out", out, *options)
    assert (told.status, told.err) == (0, "")
    assert {path.name for path in out.iterdir()} == FILES
    found = json.loads((out / "figures.json").read_text(encoding="utf-8"), parse_constant=refuse)
    return {**found, **{figure["name"]: figure for figure in found["figures"]}}


def refused(folder: Path, verb: str, content: str, *options: str) -> str:
    """A run that must be refused with status 2, nothing written; gives what it says."""
    told = command("measure", verb, save(folder / "file.csv", content), "--out", folder / "out", *options)
    assert (told.status, told.out) == (2, "")
    assert not (folder / "out").exists()
    return one_line(told.err)


def rejected(folder: Path) -> list[str]:
    with (folder / "out" / "rejected.csv").open(encoding="utf-8", newline="") as file:
        return [row["problem"] for row in csv.DictReader(file)]


def as_csv(table: Histories) -> str:
    lines = [",".join([*table.lists, "count"])]
    for place in np.flatnonzero(table.counts):
        bits = (place + 1) >> np.arange(len(table.lists)) & 1
        lines.append(",".join([*map(str, bits), str(int(table.counts[place]))]))
    return "\n".join(lines) + "\n"


def drawn(seed: int = 1, size: int = 1500, lists: int = 4) -> list[tuple[str, str]]:
    """(list, account) of lists that know nothing of each other."""
    on = np.random.default_rng(seed).random((size, lists)) < 0.3
    return [(f"list{b}", f"a{a}") for a, b in zip(*np.nonzero(on), strict=True)]


def rows(pairs: list[tuple[str, str]], header: str = "list,account") -> str:
    return header + "\n" + "".join(f"{one},{account}\n" for one, account in pairs)


# Which files, which columns


@pytest.fixture(scope="module")
def uk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("uk")
    return folder, measured(folder, "population", as_csv(published.UK))


def test_figures_json_is_as_the_contract_has_it(uk: tuple[Path, dict[str, Any]]) -> None:
    folder, _found = uk
    whole = json.loads((folder / "out" / "figures.json").read_text(encoding="utf-8"))
    assert list(whole) == ["figures", "tables", "inputs", "parameters", "seed"]
    assert [list(figure) for figure in whole["figures"]] == [FIGURE] * 2
    assert [figure["name"] for figure in whole["figures"]] == ["population", "observed"]
    assert {figure["grade"] for figure in whole["figures"]} <= GRADES
    assert (
        whole["inputs"]["histories"]["sha256"]
        == hashlib.sha256((folder / "file.csv").read_bytes()).hexdigest()
    )


def test_figures_csv_says_the_same(uk: tuple[Path, dict[str, Any]]) -> None:
    folder, found = uk
    with (folder / "out" / "figures.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == FIGURE
    assert [float(row["value"]) for row in table] == [figure["value"] for figure in found["figures"]]


def test_every_model_is_shown_with_its_interval_and_aic(uk: tuple[Path, dict[str, Any]]) -> None:
    _, found = uk
    models = {row["method"]: row for row in found["tables"]["models"]}
    assert {"stepwise", "M0", "Mt", "Mth Chao (LB)", "Mth Darroch", "pairs by AIC", "pairs by BIC"} <= set(
        models
    )
    for row in models.values():
        assert list(row)[:6] == ["method", "terms", "value", "low", "high", "aic"]
        assert row["low"] <= row["value"]
        assert row["high"] is None or row["value"] <= row["high"]


def test_the_uk_is_that_of_sparsemse_from_file_to_folder(uk: tuple[Path, dict[str, Any]]) -> None:
    _, found = uk
    assert found["population"]["value"] == pytest.approx(11417.991, rel=1e-3)
    assert found["observed"] == {**found["observed"], "value": 2744, "grade": "exact count", "low": None}
    without = {row["list"]: row["value"] for row in found["tables"]["drop_one_list"]}
    assert without["PF"] == pytest.approx(19845, abs=1)
    assert max(value for name, value in without.items() if name != "PF") == pytest.approx(12366, abs=1)


def test_choosing_the_model_anew_makes_the_interval_wider(uk: tuple[Path, dict[str, Any]]) -> None:
    _, found = uk
    fixed = next(row for row in found["tables"]["models"] if row["method"] == "stepwise")
    figure = found["population"]
    assert figure["high"] - figure["low"] > 1.3 * (fixed["high"] - fixed["low"])


def test_the_page_shows_every_model_and_fetches_nothing(uk: tuple[Path, dict[str, Any]]) -> None:
    folder, found = uk
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert all(row["method"] in page for row in found["tables"]["models"])
    assert page.count("<svg") >= len(found["tables"]["models"])
    assert "<script" not in page
    assert "src=" not in page


@pytest.mark.parametrize("verb", ["population", "survival"])
def test_the_same_file_and_seed_give_the_same_bytes(tmp_path: Path, verb: str) -> None:
    content = as_csv(published.UK_5) if verb == "population" else spells()
    file = save(tmp_path / "file.csv", content)
    for name in ("one", "two"):
        assert command("measure", verb, file, "--seed", "4", "--out", tmp_path / name).status == 0
    for name in ("figures.json", "figures.csv", "report.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_another_seed_moves_the_interval_and_not_the_number(tmp_path: Path) -> None:
    found = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        found.append(measured(folder, "population", as_csv(published.UK_5), "--seed", seed)["population"])
    assert found[0]["value"] == found[1]["value"]
    assert found[0]["low"] != found[1]["low"]


def test_histories_without_a_count_are_one_account_a_row(tmp_path: Path) -> None:
    found = measured(tmp_path, "population", "A,B\n" + "1,0\n" * 40 + "0,1\n" * 30 + "1,1\n" * 20)
    assert found["observed"]["value"] == 90
    assert found["population"]["value"] == pytest.approx(61 * 51 / 21 - 1)
    assert "two lists" in found["population"]["warnings"][0]


def test_parquet_and_lists_say_the_same_as_histories(tmp_path: Path) -> None:
    pairs = drawn()
    frame = pl.DataFrame(pairs, schema=["list", "account"], orient="row")
    wide = frame.with_columns(pl.lit(1).alias("on")).pivot("list", index="account", values="on").fill_null(0)
    counted = wide.drop("account").select(sorted(set(frame["list"]))).with_columns(pl.all().cast(pl.Int64))
    for name, _content in (("lists", frame), ("histories", counted)):
        (tmp_path / name).mkdir()
    one, two = (
        measured(tmp_path / name, "population", c) for name, c in (("lists", frame), ("histories", counted))
    )
    assert one["population"]["value"] == two["population"]["value"]


def test_occasions_in_time_have_a_size_each(tmp_path: Path) -> None:
    found = measured(tmp_path, "population", as_csv(published.DUCK), "--open")
    table = found["tables"]["by_occasion"]
    assert list(table[0]) == ["occasion", "value", "low", "high", "survival", "capture", "arrivals"]
    assert [row["occasion"] for row in table] == ["p1", "p2", "p3", "p4", "p5", "p6"]
    assert (table[0]["value"], table[-1]["value"]) == (None, None)
    assert found["population"]["value"] == pytest.approx(455.7, abs=0.06)


# Bad input of population


def test_one_list_is_refused_and_says_what_is_missing(tmp_path: Path) -> None:
    found = measured(tmp_path, "population", rows([("a", str(n)) for n in range(50)]))
    assert found["population"] == {**found["population"], "value": None, "low": None, "grade": "not shown"}
    assert "bring a second one" in found["population"]["refused"]
    assert found["observed"]["value"] == 50


def test_lists_without_overlap_are_refused(tmp_path: Path) -> None:
    pairs = [(name, f"{name}{n}") for name in "abc" for n in range(50)]
    found = measured(tmp_path, "population", rows(pairs))["population"]
    assert found["value"] is None
    assert "no account stands on two lists" in found["refused"]


def test_too_small_an_overlap_is_refused_with_what_is_known(tmp_path: Path) -> None:
    pairs = [("a", f"{n}") for n in range(50)] + [("b", f"{n}") for n in range(47, 90)]
    found = measured(tmp_path, "population", rows(pairs))["population"]
    assert "only 3 accounts" in found["refused"]
    assert "at least 90" in found["refused"]


def test_lists_that_are_the_same_are_refused(tmp_path: Path) -> None:
    pairs = [(name, str(n)) for name in "ab" for n in range(80)]
    found = measured(tmp_path, "population", rows(pairs))["population"]
    assert found["value"] is None or found["warnings"]


def test_a_copy_counts_as_one_source_with_its_original(tmp_path: Path) -> None:
    pairs = drawn()
    pairs += [("copy", account) for one, account in pairs if one == "list0"]
    found = measured(tmp_path, "population", rows(pairs))
    assert next((row["original"], row["copy"]) for row in found["tables"]["copies"]) in {
        ("copy", "list0"), ("list0", "copy"),
    }  # fmt: skip
    assert any("copy each other" in warning for warning in found["population"]["warnings"])
    (tmp_path / "clean").mkdir()
    clean = measured(tmp_path / "clean", "population", rows(drawn()))
    assert found["population"]["value"] == pytest.approx(clean["population"]["value"])


def test_an_account_on_all_lists_twice_counts_once(tmp_path: Path) -> None:
    pairs = drawn()
    for name in ("once", "twice"):
        (tmp_path / name).mkdir()
    once = measured(tmp_path / "once", "population", rows(pairs))
    twice = measured(tmp_path / "twice", "population", rows(pairs + pairs[:100]))
    assert twice["population"] == once["population"]
    notes = json.loads((tmp_path / "twice" / "out" / "summary.json").read_text(encoding="utf-8"))["notes"]
    assert any("100 rows say again" in note for note in notes)


def test_more_lists_than_a_table_holds_are_refused(tmp_path: Path) -> None:
    found = measured(tmp_path, "population", rows(drawn(lists=11)))["population"]
    assert "11 lists" in found["refused"]


def test_open_without_times_is_refused(tmp_path: Path) -> None:
    found = measured(tmp_path, "population", rows(drawn()), "--open")["population"]
    assert "add seen_at" in found["refused"]


def test_open_with_two_occasions_is_refused(tmp_path: Path) -> None:
    found = measured(tmp_path, "population", "A,B\n1,0\n0,1\n1,1\n", "--open")["population"]
    assert "3 are needed" in found["refused"]


def test_links_of_histories_are_refused(tmp_path: Path) -> None:
    links = save(tmp_path / "links.csv", "account,suspended_account,probability\na,b,0.5\n")
    found = measured(tmp_path, "population", as_csv(published.UK_5), "--links", links)["population"]
    assert "give the lists themselves" in found["refused"]


def test_rows_that_are_no_history_are_set_aside(tmp_path: Path) -> None:
    content = as_csv(published.UK_5) + "0,0,0,0,0,9\n2,0,0,0,0,1\n1,1,0,0,0,\n"
    measured(tmp_path, "population", content)
    assert rejected(tmp_path) == [
        "on no list: how many those are is the question", "a list is neither 0 nor 1", "count is empty",
    ]  # fmt: skip


def test_a_file_without_lists_cannot_be_used(tmp_path: Path) -> None:
    assert "no column 'list'" in refused(tmp_path, "population", "account,name\n1,2\n")
    assert "neither list and account" in refused(tmp_path, "population", "count\n4\n")


def test_a_file_without_a_usable_row_cannot_be_used(tmp_path: Path) -> None:
    assert "no row could be used: list is empty" in refused(tmp_path, "population", "list,account\n,x\n")


def test_a_missing_file_cannot_be_used(tmp_path: Path) -> None:
    told = command("measure", "population", tmp_path / "none.csv", "--out", tmp_path / "out")
    assert told.status == 2
    assert "there is no such file" in one_line(told.err)


# Survival


def spells() -> str:
    rng = np.random.default_rng(5)
    lines = ["account,start_at,end_at,event,entry_at,group,followers,language_code"]
    for number in range(300):
        end = 10 + rng.exponential(20)
        event = rng.choice(["suspended", "deleted", "left", "reinstated"])
        last = f"{day(end)},{event}" if end < 60 else ","
        lines.append(
            f"a{number},{day(0)},{last},{day(rng.uniform(0, 5))},{'xy'[number % 2]},{number % 7},{number % 3}"
        )
    return "\n".join(lines) + "\n"


def day(number: float) -> str:
    return str(round(1_735_689_600 + 86400 * number))


@pytest.fixture
def survived(tmp_path: Path) -> dict[str, Any]:
    return measured(tmp_path, "survival", spells())


def test_survival_writes_the_figures_and_tables_of_the_contract(survived: dict[str, Any]) -> None:
    names = ["median", "logrank", "returns_per_suspension", "returned_within_30_days"]
    assert [figure["name"] for figure in survived["figures"]] == names
    tables = survived["tables"]
    assert list(tables["curve"][0]) == ["group", "days", "survival", "low", "high"]
    assert list(tables["incidence"][0]) == ["group", "event", "days", "value", "low", "high"]
    assert {"curve", "incidence", "median", "rmst", "cox"} <= set(tables)
    assert {row["group"] for row in tables["curve"]} == {"all", "x", "y"}


def test_covariates_are_further_columns_of_numbers_but_never_a_language(survived: dict[str, Any]) -> None:
    assert [row["covariate"] for row in survived["tables"]["cox"]] == ["followers"]


def test_permuting_a_language_column_changes_no_figure(tmp_path: Path) -> None:
    found = []
    for name, content in (("one", spells()), ("two", "\n".join(permuted(spells().splitlines())) + "\n")):
        (tmp_path / name).mkdir()
        whole = measured(tmp_path / name, "survival", content)
        found.append({key: whole[key] for key in ("figures", "tables")})
    assert found[0] == found[1]


def permuted(lines: list[str]) -> Iterator[str]:
    yield lines[0]
    last = [line.rsplit(",", 1)[1] for line in lines[1:]]
    for line, other in zip(lines[1:], reversed(last), strict=True):
        yield f"{line.rsplit(',', 1)[0]},{other}"


def test_impossible_spells_are_set_aside_with_their_reason(tmp_path: Path) -> None:
    bad = (
        f"b1,{day(9)},{day(4)},left,,x,1,1\n"
        f"b2,{day(0)},,deleted,,x,1,1\n"
        f"b3,{day(0)},{day(4)},left,{day(6)},x,1,1\n"
        f"b4,{day(0)},{day(4)},vanished,,x,1,1\n"
    )
    found = measured(tmp_path, "survival", spells() + bad)
    (tmp_path / "clean").mkdir()
    assert found["median"] == measured(tmp_path / "clean", "survival", spells())["median"]
    kinds = [problem.split(": ")[0] for problem in rejected(tmp_path)]
    assert kinds == [
        "end_at is before start_at", "event without end_at", "ended before it was watched",
        "event is not one of suspended, deleted, left, reinstated",
    ]  # fmt: skip


def test_spells_that_all_end_before_they_begin_cannot_be_used(tmp_path: Path) -> None:
    said = refused(tmp_path, "survival", f"account,start_at,end_at,event\na,{day(5)},{day(1)},left\n")
    assert "end_at is before start_at" in said


def test_spells_without_events_cannot_be_used(tmp_path: Path) -> None:
    said = refused(tmp_path, "survival", f"account,start_at,end_at\na,{day(5)},{day(7)}\n")
    assert "no column 'event'" in said


def test_who_is_watched_since_the_latest_time_is_watched_for_no_time(tmp_path: Path) -> None:
    (tmp_path / "clean").mkdir()
    found = measured(tmp_path, "survival", spells() + f"late,{day(0)},,,{day(60)},x,1,1\n")
    clean = measured(tmp_path / "clean", "survival", spells())
    assert [r["days"] for r in found["tables"]["curve"]] == [r["days"] for r in clean["tables"]["curve"]]


def test_links_tell_who_came_back(tmp_path: Path) -> None:
    lines = ["account,start_at,end_at,event"]
    lines += [f"s{n},{day(0)},{day(5)},suspended" for n in range(60)]
    lines += [f"n{n},{day(9)},{day(80)}," for n in range(15)]
    pairs = "".join(f"n{n},s{n},1\n" for n in range(15))
    links = save(tmp_path / "links.csv", "account,suspended_account,probability\n" + pairs)
    found = measured(tmp_path, "survival", "\n".join(lines) + "\n", "--links", links)
    assert found["returns_per_suspension"]["value"] == pytest.approx(0.25)
    assert found["returned_within_30_days"]["value"] == pytest.approx(0.25)
    assert found["returned_within_30_days"]["low"] < 0.25 < found["returned_within_30_days"]["high"]
