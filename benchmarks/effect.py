"""Did it work, when suspensions follow surges: how often is there an effect that is none, and is a true one found?

Worlds as of tests/analysis/effect/worlds.py: units whose levels wander, treated after a surge that the counts show, at
many dates or one; after a small rise; after a surge of what is behind the counts; or by chance. With an effect of
nothing and of -30 %.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from _results import circumstances, load, table, write_section
from tests.analysis.effect.worlds import after_surges

from ostrakon.analysis.effect import Answer, Panel, chosen, compared, even, histories, naive, panel_of
from ostrakon.analysis.wilson import wilson

HEAD = ["world", "method", "panels", "shown", "median", "5 to 95 %", "false at 5 %, or found"]
World = Callable[[float, int], Panel]


def staggered(truth: float, seed: int) -> Panel:
    return panel_of(after_surges(truth, seed))


def hidden(truth: float, seed: int) -> Panel:
    return panel_of(after_surges(truth, seed, is_hidden=True))


def small(truth: float, seed: int) -> Panel:
    return panel_of(after_surges(truth, seed, rose=1.15, chance=0.02))


def by_chance(truth: float, seed: int) -> Panel:
    """No surge is looked for: synthetic difference in differences is the headline."""
    return panel_of(after_surges(truth, seed, units=120, rose=0.0, chance=0.004))


def one_date(truth: float, seed: int) -> Panel:
    """Half of those that have surged at period 60 are treated then."""
    whole = panel_of(after_surges(0.0, seed))
    rng, at = np.random.default_rng(seed), 60
    clean = np.flatnonzero(whole.onset > at + 14)
    rise = whole.outcome[:, at - 7 : at].mean(axis=1) / (whole.outcome[:, 4 : at - 7].mean(axis=1) + 0.5)
    chosen = clean[(rise[clean] > 1.4) & (rng.random(len(clean)) < 0.5)]
    outcome = whole.outcome[:, : at + 15].copy()
    outcome[chosen, at:] = rng.binomial(outcome[chosen, at:].astype(np.int64), 1 + truth)
    onset = np.full(len(whole.units), outcome.shape[1])
    onset[chosen] = at
    return Panel(whole.units, outcome, onset, whole.cluster, False).take(np.union1d(clean, chosen))


@dataclass(frozen=True)
class Outcome:
    fraction: float
    is_found: bool


def said(answer: Answer) -> Outcome:
    return Outcome(answer.fraction(answer.value), answer.low > 0 or answer.high < 0)


def ours(panel: Panel) -> Outcome | None:
    """The headline that ``effect`` chooses; None = not shown."""
    found = chosen(panel)
    return None if found is None else said(found)


def earlier(panel: Panel) -> Outcome | None:
    """The same, as if it were known how far back the treatment looks: what it was until November 2026."""
    others, histories.OTHERS = histories.OTHERS, ()
    try:
        return ours(panel)
    finally:
        histories.OTHERS = others


METHODS: dict[str, Callable[[Panel], Outcome | None]] = {
    "naive: a week before and after": lambda panel: said(naive(panel, 7)),
    "difference in differences": lambda panel: said(compared(panel, "", even, 0)),
    "ours, one window only (earlier)": earlier,
    "ours (the headline of effect)": ours,
}


def line(world: str, method: str, outcomes: list[Outcome | None]) -> list[str]:
    shown = [one for one in outcomes if one is not None]
    values = np.array([one.fraction for one in shown])
    found = sum(one.is_found for one in shown)
    low, high = wilson(found, max(1, len(shown)))
    ends = np.quantile(values, [0.05, 0.95]) if len(values) else (np.nan, np.nan)
    return [
        world, method, str(len(outcomes)), str(len(shown)), f"{np.median(values):+.3f}",
        f"{ends[0]:+.2f} to {ends[1]:+.2f}", f"{found / max(1, len(shown)):.3f} [{low:.3f}, {high:.3f}]",
    ]  # fmt: skip


WORLDS: dict[str, World] = {
    "many dates": staggered, "one date": one_date, "hidden surge": hidden, "small rise": small,
    "by chance": by_chance,
}  # fmt: skip


def rows_of(name: str, truth: float, seeds: range) -> list[list[str]]:
    found: dict[str, list[Outcome | None]] = {method: [] for method in METHODS}
    for panel in map(partial(WORLDS[name], truth), seeds):
        if not len(panel.treated):  # in hardly any world nobody surged
            continue
        for method, ask in METHODS.items():
            found[method].append(ask(panel))
    return [line(f"{name}, {truth:+.0%}", method, outcomes) for method, outcomes in found.items()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulations", type=int, default=400, help="panels without an effect")
    parser.add_argument("--with-effect", type=int, default=100, help="and of -30 %%")
    parser.add_argument("--first-seed", type=int, default=7001)
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=list(WORLDS))
    parser.add_argument("--no-write", action="store_true")
    options = parser.parse_args()
    began, rows = time.perf_counter(), []
    for name in options.worlds:
        for truth, count in ((0.0, options.simulations), (-0.3, options.with_effect)):
            rows += rows_of(name, truth, range(options.first_seed, options.first_seed + count))
            print(*(" | ".join(row) for row in rows[-len(METHODS) :]), sep="\n", flush=True)
    part = "" if len(options.worlds) == len(WORLDS) else f": {', '.join(options.worlds)}"
    text = (
        f"## Effect: suspensions follow surges{part}\n\n"
        f"`python benchmarks/effect.py --simulations {options.simulations} --with-effect {options.with_effect} "
        f"--first-seed {options.first_seed}`, {time.perf_counter() - began:.0f} s. 250 units (by chance: 120), 100 "
        "periods (one date: 75), overdispersed counts, levels that wander. Fractions: -0.3 is 30 % less. The last "
        "column: share of the panels whose 95 % interval leaves out 0, with its 90 % Wilson interval.\n\n"
        f"{circumstances(['numpy', 'scipy', 'polars', 'numba'], load=load())}\n\n{table(HEAD, rows)}"
    )
    if not options.no_write:
        write_section(f"effect{part}", text)


if __name__ == "__main__":
    main()
