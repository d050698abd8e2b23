"""The demonstration year, measured by an observer who knows its lists, links and suspensions: is its truth found again?

The lists are no random samples: who is easily seen is seen by all of them and is suspended sooner, some lists lean to
some communities, one republishes another, and bystanders stand on them by mistake.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from _results import circumstances, load, table, write_section

from ostrakon.analysis.audience import regained
from ostrakon.analysis.displacement import displacement
from ostrakon.analysis.effect import effect
from ostrakon.analysis.figures import Figure, Measured
from ostrakon.analysis.population import population
from ostrakon.analysis.survival import kaplan_meier, spells, survival
from ostrakon.analysis.wrongful import wrongful
from ostrakon.worlds.clock import START
from ostrakon.worlds.history import History, Settings, year

AGES = (7, 30, 90)
LOOKS_EVERY, LOOKS_FOR = 7, 2
"""Days: an occasion is two days of every week."""
SETTLING = 8
"""Occasions at either end that are not averaged: where accounts differ, sizes there are too low."""
DAY = 100
"""Where three days of lists are taken as closed."""
HEAD = ["what", "goal", "mean error", "each seed", "within the goal", "truth inside the interval"]


@dataclass(frozen=True)
class Found:
    """One figure beside the truth."""

    what: str
    goal: float
    error: float
    """Relative; of survival in points of the share."""
    is_inside: bool | None
    """Whether the interval holds the truth; None = it has none."""


def recovered(of: History, replicates: int = 200) -> list[Found]:
    """Everything that can be asked of a year."""
    return [*sizes(of, replicates), *lasting(of), *others(of)]


# -- how many --------------------------------------------------------------------------------------


def sizes(of: History, replicates: int) -> list[Found]:
    true = of.truth.size.filter(pl.col("group") == "target")["active"].to_numpy()
    open_ = population(occasions(of), comes_and_goes=True)
    rows = [row for row in open_.tables["by_occasion"] if row["value"] is not None]
    errors = np.array([row["value"] / true[day_of(row["occasion"])] - 1 for row in rows])
    inside = np.mean(
        [row["low"] <= true[day_of(row["occasion"])] <= row["high"] for row in rows[SETTLING:-SETTLING]]
    )
    when = open_.figures[0].method[-10:]
    three = population(window(of, DAY, 3), replicates=replicates).figures[0]
    middle = float(errors[SETTLING:-SETTLING].mean())
    return [
        Found("size, mean over the year (open)", 0.05, middle, bool(inside >= 0.9)),
        relative("size, the figure (open)", 0.05, open_.figures[0], float(true[day_of(when)])),
        relative("size, three days as closed", 0.05, three, float(true[DAY + 1])),
    ]


def occasions(of: History) -> pl.DataFrame:
    """Two days of every week, told as its second day; the last week is not whole."""
    at = (pl.col("seen_at") - pl.lit(START)).dt.total_seconds() / 86_400
    seen = of.lists.with_columns(week=at // LOOKS_EVERY, rest=at % LOOKS_EVERY).filter(
        pl.col("rest") < LOOKS_FOR, pl.col("week") < of.days // LOOKS_EVERY
    )
    when = pl.lit(START) + pl.duration(days=pl.col("week") * LOOKS_EVERY + 1)
    return seen.with_columns(seen_at=when).select("list", "account", "seen_at", "verdict")


def window(of: History, day: int, days: int) -> pl.DataFrame:
    since = pl.lit(START) + pl.duration(days=day)
    inside = pl.col("seen_at").is_between(since, since + pl.duration(days=days), closed="left")
    return of.lists.filter(inside).drop("group")


def day_of(name: str) -> int:
    return (date.fromisoformat(name) - START.date()).days


# -- how long, and who came back -------------------------------------------------------------------


def lasting(of: History) -> list[Found]:
    target = of.spells.filter(pl.col("group") == "target")
    curve = kaplan_meier(spells(target))
    found = []
    for age in AGES:
        low, high = curve.interval_at(age)
        true = of.truth.survival[age]
        found.append(Found(f"survival at {age} days", 0.02, curve.at(age) - true, low <= true <= high))
    measured = survival(target.drop("group"), of.links)
    back = named(measured, "returns_per_suspension"), named(measured, "returned_within_30_days")
    return [
        *found,
        relative("returns for each suspension", 0.10, back[0], of.truth.returns_per_suspension),
        relative("back within 30 days", 0.10, back[1], of.truth.returned_within_30_days),
    ]


# -- the rest --------------------------------------------------------------------------------------


def others(of: History) -> list[Found]:
    heard = regained(of.audience, of.links)
    cost = named(wrongful(of.suspensions), "wrongful_rate")
    changed = named(effect(of.panel), "effect")
    moved = displacement(of.outlinks, "here").figures[0]
    return [
        relative("audience regained at 7 days", 0.10, named(heard, "regained_at_7_days"), of.truth.regained),
        relative(
            "audience regained at 30 days", 0.10, named(heard, "regained_at_30_days"), of.truth.regained
        ),
        relative("wrongful rate", 0.5, cost, of.truth.wrongful["all"]),
        points("effect, in points", 0.05, changed, of.truth.effect),
        points("displacement, in points", 0.02, moved, of.truth.moved),
    ]


def named(measured: Measured, name: str) -> Figure:
    return next(figure for figure in measured.figures if figure.name == name)


def relative(what: str, goal: float, figure: Figure, true: float) -> Found:
    error = np.nan if figure.value is None else figure.value / true - 1
    return Found(what, goal, float(error), is_inside(figure, true))


def points(what: str, goal: float, figure: Figure, true: float) -> Found:
    error = np.nan if figure.value is None else figure.value - true
    return Found(what, goal, float(error), is_inside(figure, true))


def is_inside(figure: Figure, true: float) -> bool | None:
    if figure.value is None or figure.low is None:
        return None
    return figure.low <= true and (figure.high is None or true <= figure.high)


# -- the table -------------------------------------------------------------------------------------


def lines(years: list[list[Found]]) -> list[list[str]]:
    rows = []
    for column in zip(*years, strict=True):
        errors = np.array([one.error for one in column])
        shown = errors[np.isfinite(errors)]
        inside = [one.is_inside for one in column if one.is_inside is not None]
        rows.append([
            column[0].what, f"{column[0].goal:g}", f"{shown.mean():+.3f}" if len(shown) else "-",
            " ".join(f"{error:+.3f}" if np.isfinite(error) else "refused" for error in errors),
            f"{int((np.abs(shown) <= column[0].goal).sum())} of {len(column)}",
            f"{sum(inside)} of {len(inside)}",
        ])  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--accounts", type=int, default=3_000)
    parser.add_argument("--no-write", action="store_true")
    options = parser.parse_args()
    began, seeds = time.perf_counter(), range(options.first_seed, options.first_seed + options.seeds)
    parts = []
    for title, settings in (
        ("Lists that see some more easily than others", Settings()),
        ("The same, but all accounts are as easily seen", Settings(visibility=1e-9)),
    ):
        rows = lines([recovered(year(seed, options.accounts, settings=settings)) for seed in seeds])
        parts.append(f"### {title}\n\n{table(HEAD, rows)}")
        print(parts[-1], flush=True)
    text = (
        "## The demonstration year: is its truth found again?\n\n"
        f"`python benchmarks/history.py --seeds {options.seeds} --first-seed {options.first_seed}`, "
        f"{time.perf_counter() - began:.0f} s. {options.accounts:,} active accounts, five lists of which one "
        "republishes another, links with honest probabilities. Errors relative to the truth (survival, effect and "
        "displacement: in points of the share).\n\n"
        f"{circumstances(['numpy', 'scipy', 'polars', 'numba'], load=load())}\n\n" + "\n\n".join(parts)
    )
    if not options.no_write:
        write_section("history", text)


if __name__ == "__main__":
    main()
