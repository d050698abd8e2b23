"""Who weighs reports best? Ostrakon's scorer and every baseline, on the same worlds, in one run.

python benchmarks/quality.py --seeds 10
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from _own import weigh
from _results import circumstances, load, table, write_section
from rivals import dawid_skene, outside
from rivals.baselines import BASELINES

from ostrakon.worlds import scoring, variants
from ostrakon.worlds.benchmark import benchmark
from ostrakon.worlds.cascade import VARIANTS, cascade
from ostrakon.worlds.world import World

OSTRAKON = "ostrakon"
Scorer = Callable[[World], pl.DataFrame]
"""A world in; account, policy, score and perhaps probability, probability_low and probability_high out."""

WORLDS: dict[str, Callable[[int], World]] = {
    **{f"benchmark {share:.2f}": partial(benchmark, ring_share=share) for share in (0.0, 0.3, 0.45, 0.6)},
    "benchmark 0.60 farming": partial(benchmark, ring_share=0.6, farming=True),
    **{f"benchmark {name} 0.45": partial(variants.variant, name=name) for name in variants.VARIANTS},
    **{f"cascade {variant}": partial(cascade, variant=variant) for variant in VARIANTS},
}
FIGURES = {"ap": "AP", "wrong": "wrong", "speakers": "counter-speakers", "error": "calibration error"}
RISES = {"ap": 1.0, "wrong": -1.0, "speakers": -1.0, "error": -1.0}
"""Which way is better."""


@dataclass(frozen=True)
class Trial:
    """One scorer on one world of one seed."""

    world: str
    seed: int
    scorer: str
    figures: dict[str, float]
    seconds: float
    rows: pl.DataFrame | None
    """probability, its interval and violates, so that coverage can be judged over all seeds together."""


def ostrakon(world: World) -> pl.DataFrame:
    """The product's own scorer, as `ostrakon triage` runs it."""
    from ostrakon.analysis.worth import results

    columns = ["account", "policy", "probability", "probability_low", "probability_high"]
    return results.queue(weigh(world)).select(columns).with_columns(pl.col("probability").alias("score"))


def scorers(rivals: outside.Rivals | None, own: bool) -> dict[str, Scorer]:
    """All that take part, by the name that the table shows."""
    found: dict[str, Scorer] = {OSTRAKON: ostrakon} if own else {}
    found |= BASELINES
    for name, one_coin in (("Dawid-Skene", False), ("one-coin", True)):
        for suffix, gold in (("", False), (" + gold", True)):
            found[f"{name}{suffix}"] = partial(dawid_skene.baseline, gold=gold, one_coin=one_coin)
    if rivals is not None:
        found["crowd-kit Dawid-Skene"] = partial(outside.baseline, rivals, gold=False, one_coin=False)
        found["crowd-kit Dawid-Skene + gold"] = partial(outside.baseline, rivals, gold=True, one_coin=False)
        # Four seconds a round on these worlds: ten rounds say what there is to be said. It knows no gold.
        found["crowd-kit one-coin"] = partial(outside.baseline, rivals, gold=False, one_coin=True, rounds=10)
    return found


def attempt(scorer: str, run: Scorer, world: World) -> Trial:
    """Score one world and judge the result."""
    begun = time.process_time()
    queue = run(world)
    seconds = time.process_time() - begun
    rows = scoring.undecided(world, queue)
    value, violates = rows["score"].to_numpy(), rows["violates"].to_numpy().astype(bool)
    speaker = (rows["kind"] == "counter_speaker").to_numpy()
    figures = {
        "ap": scoring.average_precision(value, violates),
        "wrong": scoring.wrong_at_recall(value, violates),
        "speakers": scoring.selected_share(value, violates, speaker),
        "rows": float(len(rows)),
    }
    if "probability" in rows.columns:
        figures["error"] = scoring.score(world, queue).calibration_error
    interval = ["probability", "probability_low", "probability_high", "violates"]
    kept = rows.select(interval) if set(interval) <= set(rows.columns) else None
    return Trial(world.name, world.seed, scorer, figures, seconds, kept)


def trials(
    names: Sequence[str], seeds: Sequence[int], found: dict[str, Scorer], outside_seeds: int
) -> list[Trial]:
    """Every scorer on every world; a world is made once and all see the same."""
    done = []
    for name in names:
        for place, seed in enumerate(seeds):
            world = WORLDS[name](seed)
            mine = [
                attempt(scorer, run, world)
                for scorer, run in found.items()
                if place < outside_seeds or not scorer.startswith("crowd-kit")
            ]
            counts = {trial.figures["rows"] for trial in mine}
            assert len(counts) == 1, f"scorers were judged on different rows: {counts}"
            for trial in mine:
                said = " ".join(
                    f"{key} {value:.3f}" for key, value in trial.figures.items() if key in FIGURES
                )
                print(f"{trial.world} seed {seed} {trial.scorer}: {said} ({trial.seconds:.1f} s)", flush=True)
            done += mine
    return done


# -- from trials to tables ----------------------------------------------------------------------


def spread(values: Sequence[float]) -> str:
    """Mean and standard deviation."""
    if not values:
        return "-"
    deviation = f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.3f}{deviation}"


def chosen(done: Sequence[Trial], world: str, scorer: str) -> list[Trial]:
    """The trials of one cell of a table, by seed."""
    return [trial for trial in done if trial.world == world and trial.scorer == scorer]


def coverage(mine: Sequence[Trial]) -> tuple[str, str]:
    """Share of right intervals and mean width, all seeds pooled."""
    rows = [trial.rows for trial in mine if trial.rows is not None]
    if not rows:
        return "-", "-"
    pooled = pl.concat(rows)
    columns = [pooled[name].to_numpy() for name in ("probability", "probability_low", "probability_high")]
    found = scoring.interval_coverage(*columns, pooled["violates"].to_numpy().astype(bool))
    return f"{found.share:.2f}", f"{found.width:.3f}"


def figures_table(done: Sequence[Trial], world: str, names: Sequence[str]) -> str:
    """One world: a row for each scorer."""
    lines = []
    for name in names:
        mine = chosen(done, world, name)
        if not mine:
            continue
        cells = [spread([trial.figures[key] for trial in mine if key in trial.figures]) for key in FIGURES]
        # crowd-kit works in another process, whose time is not ours to count.
        outside_time = name.startswith("crowd-kit")
        seconds = "-" if outside_time else f"{statistics.fmean(trial.seconds for trial in mine):.1f}"
        lines.append([name, *cells, *coverage(mine), seconds, str(len(mine))])
    return table(["scorer", *FIGURES.values(), "intervals right", "width", "CPU s", "seeds"], lines)


def paired_table(done: Sequence[Trial], worlds: Sequence[str], names: Sequence[str], mine: str) -> str:
    """How much better ``mine`` is than each other on the same seed: mean, smallest and largest, seeds won."""
    lines = []
    for name in [name for name in names if name != mine]:
        for key, title in FIGURES.items():
            gains = paired_gains(done, worlds, name, mine, key)
            if len(gains):
                won = f"{int((gains > 0).sum())} of {len(gains)}"
                lines.append(
                    [name, title, f"{gains.mean():+.3f}", f"{gains.min():+.3f}", f"{gains.max():+.3f}", won]
                )
    return table([f"{mine} against", "figure", "mean gain", "least", "most", "better in"], lines)


def paired_gains(done: Sequence[Trial], worlds: Sequence[str], name: str, mine: str, key: str) -> np.ndarray:
    """Per world and seed, the gain of ``mine`` over ``name``; positive is better whatever the figure."""
    own = {(trial.world, trial.seed): trial.figures for trial in done if trial.scorer == mine}
    gains = [
        RISES[key] * (own[trial.world, trial.seed][key] - trial.figures[key])
        for trial in done
        if trial.scorer == name
        and trial.world in worlds
        and key in trial.figures
        and (trial.world, trial.seed) in own
    ]
    return np.array(gains)


def section(done: Sequence[Trial], names: Sequence[str], arguments: argparse.Namespace) -> str:
    """The whole section."""
    worlds = list(dict.fromkeys(trial.world for trial in done))
    mine = OSTRAKON if OSTRAKON in names else "gradient boosting"
    parts = [
        "## Quality: who weighs reports best?",
        f"`python benchmarks/quality.py --seeds {arguments.seeds} --first-seed {arguments.first_seed}`. "
        "Undecided rows only. AP: average precision. Wrong: share of the innocent among those selected at recall .8. "
        "Counter-speakers: share of them that is selected. Mean ± standard deviation over seeds. An interval is right "
        "when its bin's observed rate, with its own 90 % Wilson interval, meets it; bins are pooled over seeds.",
        circumstances(["ostrakon", "scikit-learn", "polars", "numpy"], load=load()),
    ]
    if arguments.without:
        parts.append("The environment of the rivals was absent: crowd-kit's rows are left out.")
    for world in worlds:
        parts += [f"### {world}", figures_table(done, world, names)]
    parts += ["### Paired over all these worlds", paired_table(done, worlds, names, mine)]
    return "\n\n".join(parts)


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument(
        "--first-seed", type=int, default=0, help="100 and up were used for design: do not report them"
    )
    parser.add_argument(
        "--worlds", default="benchmark,cascade", help="beginnings of the worlds' names, by comma"
    )
    parser.add_argument(
        "--scorers", default="", help="beginnings of the scorers' names, by comma; empty = all"
    )
    parser.add_argument("--no-ostrakon", action="store_true", help="baselines alone")
    parser.add_argument(
        "--rivals", type=Path, default=outside.DEFAULT_PYTHON, help="Python of crowd-kit's environment"
    )
    parser.add_argument("--rivals-seeds", type=int, default=2, help="crowd-kit is slow: only so many seeds")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    arguments = parser.parse_args()
    names = [name for name in WORLDS if name.startswith(tuple(arguments.worlds.split(",")))]
    if not names:
        parser.error(f"--worlds: none begins so; there are {', '.join(WORLDS)}")
    with outside.rivals(arguments.rivals) as rivals:
        arguments.without = rivals is None
        if arguments.without:
            print("No environment for crowd-kit (benchmarks/README.md says how): its rows are left out.")
        found = scorers(rivals, own=not arguments.no_ostrakon)
        found = {
            name: run for name, run in found.items() if name.startswith(tuple(arguments.scorers.split(",")))
        }
        seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
        text = section(trials(names, seeds, found, arguments.rivals_seeds), list(found), arguments)
    print(text)
    if not arguments.no_write:
        write_section("quality", text)


if __name__ == "__main__":
    main()
