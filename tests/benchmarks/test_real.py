"""Real ratings made into a job: nothing of the trusted group's verdicts may reach a scorer but the given decisions."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrakon.analysis import tables
from ostrakon.formats import Rejected, read
from ostrakon.worlds import scoring

# The benchmarks are commands: they find each other beside themselves.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
ratings: Any = importlib.import_module("rivals.ratings")
paired: Any = importlib.import_module("rivals.paired")
real: Any = importlib.import_module("real")

TRUSTED = ["t1", "t2", "t3"]
SETTINGS = ratings.Settings(group="early-3", share=0.4)
START = datetime(2011, 1, 1, 4, tzinfo=UTC)


def table(*rows: tuple[str, str, int, int]) -> pl.DataFrame:
    """Ratings (source, target, weight, day)."""
    columns = list(zip(*rows, strict=True))
    at = pl.Series([START + timedelta(days=day) for day in columns[3]], dtype=pl.Datetime("us", "UTC"))
    return pl.DataFrame({"source": columns[0], "target": columns[1], "weight": columns[2], "at": at})


def market(members: int = 30, turned: int = 1) -> pl.DataFrame:
    """Three members whom everybody likes, who rate the others; every third of these is a crook.

    ``turned`` = -1 turns every verdict round.
    """
    rng = np.random.default_rng(0)
    rows = []
    for number in range(members):
        rows += [(f"m{number}", friend, 3, number % 5) for friend in TRUSTED]
        crook = number % 3 == 0
        for judge in TRUSTED[: 1 + number % 3]:
            rows.append((judge, f"m{number}", turned * (-8 if crook else 4), 60 + number))
        for other in rng.choice(members, 4, replace=False):
            if other != number:
                rows.append(
                    (f"m{other}", f"m{number}", -5 if crook or rng.random() < 0.4 else 2, 30 + number)
                )
    rows.append(("m1", "t1", -2, 70))
    return table(*rows)


def test_no_rating_by_a_trusted_member_becomes_a_report() -> None:
    job = ratings.job(market(), SETTINGS, 0)
    assert not set(job.reports["reporter"]) & set(TRUSTED)
    assert not set(job.reporters["reporter"]) & set(TRUSTED)
    assert (
        job.reports.height
        == market().filter(~pl.col("source").is_in(TRUSTED) & (pl.col("weight") < 0)).height
    )


def test_positive_ratings_are_no_reports() -> None:
    frame = table(("a", "x", -1, 0), ("b", "x", 1, 1), ("t", "x", -1, 2))
    assert ratings.reports(frame, ["t"]).rows() == [("a", "x", START)]


@pytest.mark.parametrize("selection", ratings.SELECTIONS)
@pytest.mark.parametrize("exposure", ratings.EXPOSURES)
def test_held_out_verdicts_reach_no_input(selection: str, exposure: str, tmp_path: Path) -> None:
    settings = replace(SETTINGS, selection=selection, exposure=exposure)
    first = ratings.job(market(), settings, 3)
    # Turn round what the group said of held-out members only.
    hidden = pl.col("source").is_in(TRUSTED) & pl.col("target").is_in(first.held_out["account"].to_list())
    frame = market().with_columns(pl.when(hidden).then(-pl.col("weight")).otherwise("weight").alias("weight"))
    second = ratings.job(frame, settings, 3)
    assert (first.held_out["violates"] == ~second.held_out["violates"]).all()
    first.write(tmp_path / "first")
    second.write(tmp_path / "second")
    for name in ("reports", "decisions", "accounts", "reporters"):
        one, other = (tmp_path / place / f"{name}.csv" for place in ("first", "second"))
        assert one.read_bytes() == other.read_bytes(), name


def test_when_and_how_often_trusted_members_rate_reaches_no_input_but_who_has_a_verdict() -> None:
    moved = market().with_columns(
        at=pl.when(pl.col("source").is_in(TRUSTED))
        .then(pl.lit(START))
        .otherwise("at")
        .cast(pl.Datetime("us", "UTC"))
    )
    for what in (ratings.accounts, ratings.reporters, ratings.reports):
        assert what(moved, TRUSTED).equals(what(market(), TRUSTED)), what


def test_given_and_held_out_are_apart_and_all_have_a_report() -> None:
    job = ratings.job(market(), SETTINGS, 0)
    given_out, held_out = set(job.decisions["account"]), set(job.held_out["account"])
    assert not given_out & held_out
    assert given_out | held_out <= set(job.reports["account"])
    assert len(given_out) == round(0.4 * len(given_out | held_out))
    assert not (given_out | held_out) & set(TRUSTED), "the group does not judge itself"


def test_a_decision_says_what_the_group_found() -> None:
    job = ratings.job(market(), SETTINGS, 0)
    for account, outcome, _ in job.decisions.rows():
        assert outcome == ("upheld" if int(account[1:]) % 3 == 0 else "rejected")


def test_the_sign_of_the_mean_is_the_verdict_and_a_tie_is_none() -> None:
    frame = table(
        ("t1", "bad", -9, 0), ("t2", "bad", 1, 0), ("t1", "tie", -2, 0), ("t2", "tie", 2, 0),
        ("t1", "good", 1, 0), ("a", "good", -10, 0), ("t1", "t2", -5, 0),
    )  # fmt: skip
    assert ratings.verdicts(frame, ["t1", "t2"]).rows() == [("bad", True), ("good", False)]
    assert ratings.verdicts(frame, ["t1", "t2"], "unanimous").rows() == [("good", False)]
    assert ratings.verdicts(frame, ["t1", "t2"], "two").rows() == [("bad", True)]


def test_exposure_counts_raters_outside_the_group_only() -> None:
    frame = table(("a", "x", -1, 0), ("b", "x", 1, 1), ("t", "x", -1, 2), ("u", "x", 5, 2))
    assert ratings.accounts(frame, ["t", "u"])["views"].to_list() == [2.0]
    assert ratings.accounts(frame, ["t", "u"], "hundredfold")["views"].to_list() == [200.0]
    assert "views" not in ratings.accounts(frame, ["t", "u"], "none").columns


def test_an_age_starts_with_the_first_dealing_between_outsiders() -> None:
    frame = table(("t", "x", -1, 0), ("x", "t", 1, 1), ("x", "a", 1, 4), ("a", "x", -1, 9))
    assert ratings.accounts(frame, ["t"])["created_at"].to_list() == [START + timedelta(days=4)]


def test_without_ages_nobody_says_when_accounts_came() -> None:
    job = ratings.job(market(), replace(SETTINGS, ages=False, exposure="none"), 0)
    assert job.accounts.columns == ["account"]
    assert job.reporters.columns == ["reporter"]


def test_groups_are_chosen_by_what_others_say() -> None:
    frame = market()
    assert ratings.trusted(frame, "early-3") == TRUSTED
    assert set(ratings.trusted(frame, "pagerank-3")) == set(TRUSTED)
    assert ratings.trusted(frame, "founder-4")[0] == "t1"
    assert "m1" in ratings.trusted(frame, "founder-4")
    assert "m0" not in ratings.trusted(frame, "founder-1"), "rated low"
    with pytest.raises(ValueError, match="latest-3"):
        ratings.trusted(frame, "latest-3")


def test_the_early_group_does_not_know_the_second_half_of_the_log() -> None:
    frame = table(
        ("a", "old", 1, 0), ("b", "old", 1, 1), ("a", "new", 1, 8), ("b", "new", 1, 9), ("c", "new", 1, 9)
    )
    assert ratings.trusted(frame, "early-1") == ["old"]


def test_a_strict_queue_decides_the_most_reported() -> None:
    count = np.array([1.0, 9.0, 2.0, 8.0, 1.0, 7.0, 1.0, 1.0, 1.0, 1.0])
    settings = replace(SETTINGS, share=0.5, selection="strict queue")
    queue, audit = ratings.choose(count, settings, np.random.default_rng(0))
    assert sorted(queue[:3]) == [1, 3, 5]
    assert len(audit) == 1
    assert not set(audit) & set(queue)


def test_a_queue_prefers_the_reported_in_proportion() -> None:
    count = np.array([4.0, 1.0])
    settings = replace(SETTINGS, share=0.5)
    first = [ratings.choose(count, settings, np.random.default_rng(seed))[0][0] for seed in range(2_000)]
    assert np.mean(np.array(first) == 0) == pytest.approx(0.8, abs=0.03)


def test_shuffling_keeps_how_many_violate() -> None:
    plain, shuffled = (
        ratings.job(market(60), replace(SETTINGS, shuffled=value), 0) for value in (False, True)
    )

    def violators(job: Any) -> int:
        return int(job.held_out["violates"].sum() + (job.decisions["outcome"] == "upheld").sum())

    assert violators(plain) == violators(shuffled)
    assert not plain.held_out["violates"].equals(shuffled.held_out["violates"])


def test_the_written_files_are_files_of_the_contract(tmp_path: Path) -> None:
    job = ratings.job(market(), SETTINGS, 0)
    job.write(tmp_path)
    with Rejected(tmp_path / "rejected.csv") as rejected:
        for shape in (tables.REPORTS, tables.DECISIONS, tables.ACCOUNTS, tables.REPORTERS):
            found = read(tmp_path / f"{shape.name}.csv", shape, rejected=rejected, latest=None).table()
            written = getattr(job, shape.name)
            assert found.select(written.columns).equals(written), shape.name
    assert rejected.total == 0


def test_the_file_is_read_with_its_ids_as_text(tmp_path: Path) -> None:
    (tmp_path / ratings.FILE).write_text("source,target,weight,timestamp\n007,1,-10,1293854400\n")
    assert ratings.read(tmp_path).rows() == [("007", "1", -10, START)]


scores = st.lists(
    st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.9]), st.booleans(), st.integers(0, 3)),
    min_size=1,
    max_size=30,
)


@given(scores)
def test_weighted_figures_are_those_of_the_repeated_rows(rows: list[tuple[float, bool, int]]) -> None:
    score, violates, times = (np.array(column) for column in zip(*rows, strict=True))
    repeated, true = np.repeat(score, times), np.repeat(violates, times)
    if not true.any():
        return
    ranking = paired.Ranking.of(score, violates)
    weight = times[None, :].astype(float)
    assert ranking.ap(weight)[0] == pytest.approx(scoring.average_precision(repeated, true))
    assert ranking.wrong(weight)[0] == pytest.approx(scoring.wrong_at_recall(repeated, true))


def test_a_scorer_against_itself_gains_nothing_and_against_chance_much() -> None:
    rng = np.random.default_rng(1)
    true = rng.random(200) < 0.3
    rows = pl.DataFrame({"account": [f"m{n:03}" for n in range(200)], "violates": true})
    trials = []
    for seed in (0, 1):
        kept = np.sort(rng.choice(200, 150, replace=False))
        good, bad = true + rng.normal(0, 0.3, 200), rng.random(200)
        for name, score in (("ostrakon", good), ("twin", good), ("chance", bad)):
            trials.append(paired.Trial(name, seed, rows.with_columns(score=pl.Series(score))[kept], 0.0))
    outcome = paired.Outcome(SETTINGS, tuple(trials))
    assert np.abs(real.gain(outcome, "twin", "ap")[1]).max() == 0
    assert real.reading(real.gain(outcome, "twin", "ap")[1]) == "not distinguishable"
    assert real.reading(real.gain(outcome, "chance", "ap")[1]) == "better"
    assert real.reading(-real.gain(outcome, "chance", "ap")[1]) == "worse"


def test_perfect_probabilities_show_an_error_on_few_rows() -> None:
    said = np.random.default_rng(0).random(100)
    assert 0.05 < paired.chance_error(said, 0) < 0.2
    assert paired.chance_error(np.round(said), 0) == 0
