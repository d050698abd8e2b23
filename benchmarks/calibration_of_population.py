"""Is the number of accounts right where it is shown as an estimate, and is it doubted where something is wrong?

python benchmarks/calibration_of_population.py [--simulations 1000] [--first-seed 1001] [--no-write]

Six kinds of worlds, each drawn anew with its own size, number of lists and reach of each list; the program reads the
lists as the file contract has them. Seeds from 1 to 1000 were used while the rules were made and are not reported.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from _results import circumstances, load, table, write_section
from numpy.typing import NDArray

from ostrakon.analysis.figures import Figure
from ostrakon.analysis.population import Histories, population_of_lists
from ostrakon.analysis.population.histories import from_codes
from ostrakon.analysis.population.resampling import resampled
from ostrakon.analysis.population.stepwise import chosen_pairs, values
from ostrakon.analysis.wilson import wilson

DAYS = 30
START = datetime(2025, 3, 1, tzinfo=UTC)
AUDITED = 0.1
"""Share of the listed accounts that people reviewed at random."""


@dataclass(frozen=True)
class World:
    """What the lists hold of a population, and how many there are."""

    size: int
    on: NDArray[np.bool_]
    """(size, lists)"""
    day: NDArray[np.float64]
    """(size, lists) when the list saw the account."""
    rng: np.random.Generator


def independent(rng: np.random.Generator) -> World:
    """Nothing is wrong: lists of 3 to 5 sources that know nothing of each other."""
    size, lists = int(rng.integers(500, 4000)), int(rng.integers(3, 6))
    reach = rng.uniform(0.12, 0.4, lists)
    return World(size, rng.random((size, lists)) < reach, rng.uniform(0, DAYS, (size, lists)), rng)


def heterogeneous(rng: np.random.Generator) -> World:
    """Some accounts are easier to list than others: the logarithm of their odds has a standard deviation of 1."""
    plain = independent(rng)
    size, lists = plain.on.shape
    reach = rng.uniform(0.12, 0.4, lists)
    logit = np.log(reach / (1 - reach)) + rng.normal(0, 1, (size, 1))
    return replace(plain, on=rng.random((size, lists)) < 1 / (1 + np.exp(-logit)))


def copied(rng: np.random.Generator) -> World:
    """The last list took most of the first one over, some hours or days later, and added its own."""
    plain = independent(rng)
    taken = plain.on[:, 0] & (rng.random(plain.size) < rng.uniform(0.5, 1.0))
    on, day = plain.on.copy(), plain.day.copy()
    day[taken, -1] = np.where(
        on[taken, -1],
        np.minimum(day[taken, -1], day[taken, 0] + 1),
        day[taken, 0] + rng.uniform(0.1, 2, taken.sum()),
    )
    on[taken, -1] = True
    return replace(plain, on=on, day=day)


def leaving(rng: np.random.Generator) -> World:
    """5 % leave a day, and as many come: the size at any time is what is asked for."""
    plain = independent(rng)
    lists = plain.on.shape[1]
    born = np.concatenate([np.zeros(plain.size), np.repeat(np.arange(DAYS), round(plain.size * 0.05))])
    gone = born + rng.exponential(20, len(born))
    day = rng.uniform(0, DAYS, (len(born), lists))
    seen = rng.random(day.shape) < rng.uniform(0.2, 0.6, lists)
    return World(plain.size, seen & (day >= born[:, None]) & (day < gone[:, None]), day, rng)


def rows_of(world: World, mistakes: float = 0.0) -> pl.DataFrame:
    """The lists as a typed table; ``mistakes`` of each list's rows are accounts that do not belong there."""
    rng = world.rng
    who, which = np.nonzero(world.on)
    day, wrong = world.day[who, which], np.zeros(len(who), np.bool_)
    names = np.char.add("a", who.astype(str))
    if mistakes:
        more = np.concatenate(
            [np.full(round(n * mistakes / (1 - mistakes)), j) for j, n in enumerate(world.on.sum(axis=0))]
        )
        names = np.concatenate([names, np.char.add("w", np.arange(len(more)).astype(str))])
        which, day = np.concatenate([which, more]), np.concatenate([day, rng.uniform(0, DAYS, len(more))])
        wrong = np.concatenate([wrong, np.ones(len(more), np.bool_)])
    reviewed = set(rng.choice(np.unique(names), round(len(np.unique(names)) * AUDITED), replace=False))
    verdict = [
        ("rejected" if bad else "upheld") if name in reviewed else None
        for name, bad in zip(names, wrong, strict=True)
    ]
    return pl.DataFrame(
        {
            "list": [f"list{j}" for j in which.tolist()],
            "account": names.tolist(),
            "seen_at": [START + timedelta(days=float(d)) for d in day],
            "verdict": verdict,
        },
        schema_overrides={"seen_at": pl.Datetime("us", "UTC"), "verdict": pl.String},
    )


Lists = tuple[int, pl.DataFrame, pl.DataFrame | None]
"""How many there are, the lists, the links."""


def plainly(
    make: Callable[[np.random.Generator], World], mistakes: float = 0.0
) -> Callable[[np.random.Generator], Lists]:
    """A world as its lists."""

    def lists(rng: np.random.Generator) -> Lists:
        world = make(rng)
        return world.size, rows_of(world, mistakes), None

    return lists


def missed_links(rng: np.random.Generator) -> Lists:
    """A tenth of the people on a list stand there under another name; a search for returners found most of them.

    Its probabilities are right: of links with probability p, a share p is true.
    """
    world = independent(rng)
    rows = rows_of(world)
    other = (rng.random(rows.height) < 0.1) & (rows["list"] != "list0").to_numpy()
    renamed = rows.with_columns(
        pl.when(pl.Series(other))
        .then(pl.col("account") + "x" + pl.col("list"))
        .otherwise(pl.col("account"))
        .alias("account")
    )
    true = pl.DataFrame(
        {"account": renamed["account"].filter(other), "suspended_account": rows["account"].filter(other)}
    )
    sure = rng.beta(8, 1, true.height)
    named = renamed["account"].unique().sort()
    picks = [named.gather(rng.integers(0, len(named), true.height)) for _ in range(2)]
    kept = pl.Series(rng.random(true.height) < sure)
    ends = [
        pl.Series([t if k else p for t, k, p in zip(true[c], kept, pick, strict=True)])
        for c, pick in zip(true.columns, picks, strict=True)
    ]
    unfound = true.filter(~kept)
    links = pl.DataFrame({"account": ends[0], "suspended_account": ends[1], "probability": sure})
    missed = pl.DataFrame(
        {
            "account": unfound["account"],
            "suspended_account": unfound["suspended_account"],
            "probability": sure[~kept.to_numpy()],
        }
    )
    return world.size, renamed, pl.concat([links, missed])


SCENARIOS: dict[str, Callable[[np.random.Generator], Lists]] = {
    "independent lists": plainly(independent),
    "a copied list": plainly(copied),
    "accounts differ": plainly(heterogeneous),
    "10 % by mistake": plainly(independent, 0.1),
    "10 % missed links": missed_links,
    "5 % leave a day": plainly(leaving),
}


@dataclass(frozen=True)
class Outcome:
    """Of one simulation."""

    figure: Figure
    size: int

    @property
    def is_shown(self) -> bool:
        """As an estimate, without a word of doubt."""
        return self.figure.grade == "estimate"

    @property
    def is_right(self) -> bool:
        """Whether the interval holds the truth."""
        low, high = self.figure.low, self.figure.high
        return low is not None and low <= self.size <= (np.inf if high is None else high)


def simulated(job: tuple[str, int, int]) -> Outcome:
    """One world, measured."""
    scenario, seed, replicates = job
    size, rows, links = SCENARIOS[scenario](np.random.default_rng([seed, list(SCENARIOS).index(scenario)]))
    return Outcome(population_of_lists(rows, links, seed=seed, replicates=replicates).figures[0], size)


HEAD = [
    "world",
    "simulations",
    "shown as an estimate",
    "of these right",
    "warned",
    "refused",
    "right where a number is shown",
    "upper / lower end",
]


def line(scenario: str, outcomes: list[Outcome]) -> list[str]:
    """One row of the table."""
    shown = [one for one in outcomes if one.is_shown]
    some = [one for one in outcomes if one.figure.value is not None]
    warned = sum(bool(one.figure.warnings) for one in outcomes)
    refused = sum(one.figure.refused is not None for one in outcomes)
    width = [one.figure.high / one.figure.low for one in some if one.figure.high and one.figure.low]
    return [
        scenario,
        str(len(outcomes)),
        share(len(shown), len(outcomes)),
        share(sum(one.is_right for one in shown), len(shown)),
        share(warned, len(outcomes)),
        share(refused, len(outcomes)),
        share(sum(one.is_right for one in some), len(some)),
        f"{np.median(width):.2f}" if width else "-",
    ]


def share(part: int, whole: int) -> str:
    """With its 90 % Wilson interval."""
    if not whole:
        return "-"
    low, high = wilson(part, whole)
    return f"{part / whole:.3f} [{low:.3f}, {high:.3f}]"


def seconds_of_a_bootstrap() -> tuple[float, float]:
    """CPU seconds of 1,000 resamples of six sparse lists with two dependent pairs, and pairs chosen on average."""
    rng = np.random.default_rng(7)
    on = rng.random((12_000, 6)) < np.array([0.008, 0.04, 0.08, 0.06, 0.03, 0.01])
    on[:, 1] |= on[:, 0] & (rng.random(12_000) < 0.2)
    on[:, 5] |= on[:, 2] & (rng.random(12_000) < 0.05)
    code = on.astype(np.int64) @ (1 << np.arange(6))
    table_6 = from_codes(["A", "B", "C", "D", "E", "F"], code[code > 0])
    tables = resampled(table_6.counts, 1000, rng)
    values(6, tables[:1])  # compiled before it is timed
    began = time.process_time()
    values(6, tables)
    taken = time.process_time() - began
    chosen = [len(chosen_pairs(Histories(table_6.lists, row)) or []) for row in tables[:100]]
    return taken, float(np.mean(chosen))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--first-seed", type=int, default=1001)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--no-write", action="store_true")
    options = parser.parse_args()
    began, rows = time.perf_counter(), []
    seeds = range(options.first_seed, options.first_seed + options.simulations)
    with ProcessPoolExecutor(options.workers) as pool:
        for scenario in SCENARIOS:
            jobs = [(scenario, seed, options.replicates) for seed in seeds]
            rows.append(line(scenario, list(pool.map(simulated, jobs, chunksize=5))))
            print(" | ".join(rows[-1]), flush=True)
    taken, pairs = seconds_of_a_bootstrap()
    text = (
        "## Population: right where it is shown, doubted where something is wrong\n\n"
        f"`python benchmarks/calibration_of_population.py --simulations {options.simulations} --first-seed "
        f"{options.first_seed}`, {options.replicates} resamples each, {time.perf_counter() - began:.0f} s. 500 to "
        "4,000 accounts, 3 to 5 lists of 12 to 40 % reach, 30 days, a tenth of the accounts reviewed. 95 % intervals; "
        'shares with 90 % Wilson intervals. "Estimate" is the grade of a figure that carries no warning.\n\n'
        f"{circumstances(['numpy', 'scipy', 'polars', 'numba'], load=load())}\n\n{table(HEAD, rows)}\n\n"
        f"1,000 resamples of six lists, the model chosen anew in each ({pairs:.1f} of 15 pairs on average, each pair "
        f"looked at): {taken:.2f} CPU s on one core."
    )
    if not options.no_write:
        write_section("calibration of population", text)


if __name__ == "__main__":
    main()
