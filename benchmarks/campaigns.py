"""Who finds coordinated reporting, how rarely is that wrong, and what does it cost?

python benchmarks/campaigns.py [--parts quality,alarms,pvalues,speed,viral] [--seeds 10] [--first-seed 101]
"""

from __future__ import annotations

import argparse
import math
import pickle
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl
from _results import circumstances, load, table, write_section
from rivals import campaign_chance
from rivals.campaign_rules import OSTRAKON, RULES, TOOLKIT_RULES, Rule, ostrakon
from rivals.campaign_scoring import (
    Grouping,
    Naming,
    Planted,
    grouping,
    naming,
    number_of,
    planted,
    returning_share,
)
from scipy import stats

from ostrakon.analysis.campaigns.actions import actions
from ostrakon.analysis.campaigns.burst_pairs import LEAST_SIZE
from ostrakon.analysis.campaigns.bursts import bursts
from ostrakon.analysis.campaigns.search import candidates
from ostrakon.analysis.log import ReportLog, report_log
from ostrakon.analysis.wilson import wilson
from ostrakon.worlds.coordination import FAMILIES, RING_FREE, coordination
from ostrakon.worlds.coordination.families import SETTINGS

GOALS = {"easy": 0.95, "hard": 0.70, "vhard": 0.40}
"""Least mean F1 that we aim at."""
BY_SIZE = ("easy", "hard", "vhard")
ASIDE = 3
"""So many ring-free logs of a family are shown to the other rules, and searched for what was rejected."""
STRATA = (0.0, 0.01, 0.1, 1.0, math.inf)
"""Bounds of the expected number of reporters in common, for pairs of bursts."""
LEVELS = (0.1, 0.05, 0.01, 0.001)
LISTED_AT = (1e-3, 1e-4, 1e-5)
Z95 = 1.96
VIRAL_REPORTERS = 50_000
VIRAL_ACTIONS = 1_000_000
T = TypeVar("T")


def warm_up() -> None:
    """Run every rule once, so that no time of compiling is counted."""
    log = report_log(coordination("easy", 1, actions=30_000).reports)
    for rule in RULES.values():
        rule(log)


def cpu_timed(run: Callable[[], T]) -> tuple[T, float]:
    """A result, and the CPU seconds that it took, all threads together."""
    begun = time.process_time()
    result = run()
    return result, time.process_time() - begun


def mean(values: Iterable[float]) -> float:
    """Of those that are known; NaN if none is."""
    known = [value for value in values if not math.isnan(value)]
    return statistics.fmean(known) if known else math.nan


def shown(value: float) -> str:
    """Three digits, or a dash for unknown."""
    return "-" if math.isnan(value) else f"{value:.3f}"


def spread(values: Sequence[float]) -> str:
    """Mean, standard deviation, smallest, of those that are known."""
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return "-"
    deviation = statistics.stdev(known) if len(known) > 1 else 0.0
    return f"{statistics.fmean(known):.3f} ± {deviation:.3f}, {min(known):.3f}"


# -- 1. quality --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """One rule on one log."""

    family: str
    seed: int
    rule: str
    naming: Naming
    grouping: Grouping
    rings: tuple[str, ...]
    seconds: float


def quality_trials(families: Sequence[str], seeds: Sequence[int]) -> tuple[list[Trial], dict[str, float]]:
    """Every rule on every log; and for each family the share of the members who took part at least twice."""
    done, ceilings = [], {}
    for family in families:
        shares = []
        for seed in seeds:
            world = coordination(family, seed)
            log = report_log(world.reports)
            truth = planted(world, log)
            shares.append(returning_share(world, log, truth))
            mine = [quality_trial(family, seed, name, rule, log, truth) for name, rule in RULES.items()]
            ours = mine[0]
            print(
                f"{family} seed {seed}: precision {shown(ours.naming.precision)} recall "
                f"{shown(ours.naming.recall)} ({ours.seconds:.1f} s)",
                flush=True,
            )
            done += mine
        ceilings[family] = mean(shares)
    return done, ceilings


def quality_trial(family: str, seed: int, name: str, rule: Rule, log: ReportLog, truth: Planted) -> Trial:
    """Run a rule and judge it."""
    verdict, seconds = cpu_timed(partial(rule, log))
    return Trial(family, seed, name, naming(verdict, truth), grouping(verdict, truth), truth.names, seconds)


def chosen(done: Sequence[Trial], family: str, rule: str) -> list[Trial]:
    """By seed."""
    return [trial for trial in done if trial.family == family and trial.rule == rule]


def mean_f1(done: Sequence[Trial], family: str, rule: str) -> float:
    """Over seeds."""
    return mean(trial.naming.f1 for trial in chosen(done, family, rule))


def best(done: Sequence[Trial], family: str, rules: Iterable[str]) -> str:
    """The rule with the best mean F1: only who knows the truth can choose it."""
    return max(rules, key=lambda rule: mean_f1(done, family, rule))


def summary_table(done: Sequence[Trial], families: Sequence[str], ceilings: dict[str, float]) -> str:
    """A line for each family: ours, and the best of the others, chosen by an oracle."""
    lines = []
    for family in families:
        ours = chosen(done, family, OSTRAKON)
        toolkit = best(done, family, TOOLKIT_RULES)
        any_other = best(done, family, [name for name in RULES if name != OSTRAKON])
        f1, theirs = mean_f1(done, family, OSTRAKON), mean_f1(done, family, toolkit)
        goal = GOALS.get(family)
        lines.append(
            [
                family,
                spread([trial.naming.precision for trial in ours]),
                spread([trial.naming.recall for trial in ours]),
                spread([trial.naming.f1 for trial in ours]),
                "-" if goal is None else f"{goal:.2f} {'met' if f1 >= goal else '**missed**'}",
                shown(ceilings[family]),
                f"{theirs:.3f} ({toolkit.removeprefix('toolkit ')})",
                f"{f1 / theirs:.1f}" if theirs else "-",
                f"{mean_f1(done, family, any_other):.3f} ({any_other})",
            ]
        )
    head = [
        "family",
        "precision",
        "recall",
        "F1",
        "goal F1",
        "took part twice",
        "best toolkit F1",
        "ours / it",
        "best other F1",
    ]
    return table(head, lines)


def family_table(done: Sequence[Trial], family: str) -> str:
    """A line for each rule."""
    lines = []
    for name in RULES:
        mine = chosen(done, family, name)
        groups = [trial.grouping for trial in mine]
        counts = [
            statistics.fmean(float(getattr(group, kind)) for group in groups)
            for kind in ("of_one", "of_several", "of_none")
        ]
        found = sum(sum(group.found) for group in groups)
        lines.append(
            [
                name,
                spread([trial.naming.precision for trial in mine]),
                spread([trial.naming.recall for trial in mine]),
                spread([trial.naming.f1 for trial in mine]),
                f"{found} of {sum(len(group.found) for group in groups)}",
                " / ".join(f"{count:.1f}" for count in counts),
                f"{statistics.fmean(trial.seconds for trial in mine):.2f}",
            ]
        )
    groups_head = "groups of one / several / no ring"
    return table(["rule", "precision", "recall", "F1", "rings found", groups_head, "CPU s"], lines)


def size_table(done: Sequence[Trial], families: Sequence[str]) -> str:
    """Ours: how many rings of each size were found, and the share of their members in groups of that ring."""
    lines = []
    for place, size in enumerate(SETTINGS[families[0]].rings.sizes):
        cells = []
        for family in families:
            found, recall = [], []
            for trial in chosen(done, family, OSTRAKON):
                for ring, was_found, share in zip(
                    trial.rings, trial.grouping.found, trial.grouping.recall, strict=True
                ):
                    if number_of(ring) == place + 1:
                        found.append(was_found)
                        recall.append(share)
            cells += [shown(mean(recall)), f"{sum(found)} of {len(found)}"]
        lines.append([str(size), *cells])
    head = [part for family in families for part in (f"{family}: recall", "rings found")]
    return table(["ring of", *head], lines)


def quality_section(arguments: argparse.Namespace) -> str:
    """All families in which somebody acts together."""
    families = [name for name in FAMILIES if name not in RING_FREE]
    families = [name for name in families if name.startswith(tuple(arguments.families.split(",")))]
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    warm_up()
    done, ceilings = quality_trials(families, seeds)
    by_size = [family for family in BY_SIZE if family in families]
    parts = [
        f"Seeds {seeds[0]} to {seeds[-1]}. Members are the reporters who reported for a ring, in `listed` the "
        "volunteers of the public list. Mean ± standard deviation, smallest; precision over the logs in which "
        "anybody was named, F1 is 0 where nobody was. *Took part twice*: members who reported two victims or more; "
        "nobody can be told by one. *Best* is the setting with the best mean F1 in that family: an oracle, for it "
        "takes the truth to choose it.",
        summary_table(done, families, ceilings),
    ]
    if by_size:
        parts += ["### Rings by size, ours, members who took part", size_table(done, by_size)]
    parts.append(
        "A ring is *found* if a group is of it alone: at least half of the group's members are the ring's, and "
        "no other ring has two in it. The toolkit ships no decision: whoever is at an end of a kept edge is named. Its "
        "edges are counted by the product's engine, which finds the same ones (`coaction.py`), so CPU seconds here are "
        "the engine's. CooRTweet's rule: participation 2, edges above a quantile of the weights. SynchroTrap-like: "
        "actions matched within an hour, at least two, and components of the pairs. All from a ready log."
    )
    for family in families:
        parts += [f"### {family}", family_table(done, family)]
    return "\n\n".join(parts)


# -- 2. false alarms ---------------------------------------------------------------------------


def alarms_section(arguments: argparse.Namespace) -> str:
    """Logs in which nobody acts together."""
    warm_up()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.alarm_seeds)
    lines, named = [], {}
    logs = alarms = 0
    for family in RING_FREE:
        found, took, least = [], [], []
        flagged: dict[str, list[int]] = {name: [] for name in RULES}
        for place, seed in enumerate(seeds):
            log = report_log(coordination(family, seed).reports)
            verdict, seconds = cpu_timed(partial(ostrakon, log))
            found.append(len(verdict.groups))
            took.append(seconds)
            flagged[OSTRAKON].append(len(verdict.named))
            if verdict.groups:
                print(f"false alarm: {family} seed {seed}: {[len(group) for group in verdict.groups]}")
            if place < ASIDE:
                least += rejected(log)
                for name in RULES.keys() - {OSTRAKON}:
                    flagged[name].append(len(RULES[name](log).named))
        print(
            f"{family}: {sum(found)} campaigns in {len(found)} logs, {statistics.fmean(took):.1f} s",
            flush=True,
        )
        named[family] = flagged
        smallest = f"{min(least) / math.log(10):.1f}" if least else "none"
        lines.append(
            [
                family,
                str(len(found)),
                str(sum(found)),
                str(sum(count > 0 for count in found)),
                smallest,
                f"{statistics.fmean(took):.2f}",
            ]
        )
        logs, alarms = logs + len(found), alarms + sum(count > 0 for count in found)
    low, high = wilson(alarms, logs, Z95)
    head = ["family", "logs", "campaigns", "logs with any", "smallest log10 q", "CPU s a log"]
    flags = [
        [name, *(f"{statistics.fmean(named[family][name]):.1f}" for family in RING_FREE)] for name in RULES
    ]
    return "\n\n".join(
        [
            f"Seeds {seeds[0]} to {seeds[-1]} of the families without rings or lists: {alarms} of {logs} logs with a "
            f"campaign (95 % Wilson interval of the share {low:.3f} to {high:.3f}; the goal is at most 1 in 100). "
            f"*Smallest log10 q*: over all groups that were tested as a whole, in the first {ASIDE} logs of the "
            "family; *none* says that no group came so far.",
            table(head, lines),
            f"### Accounts named in a log without any ring, mean (the others: {ASIDE} logs of each family)",
            table(["rule", *RING_FREE], flags),
        ]
    )


def rejected(log: ReportLog) -> list[float]:
    """ln q of all groups that come so far as to be tested as a whole."""
    return [candidate.log_q for candidate in candidates(bursts(actions(log)), level=1.0)]


# -- 3. p-values -------------------------------------------------------------------------------


def pvalues_section(arguments: argparse.Namespace) -> str:
    """The burst test on logs whose reporters were dealt anew."""
    parts = [
        f"{arguments.seeds} permuted logs of each family. Each burst of at least "
        f"{LEAST_SIZE} reporters is in one pair, so that pairs are all but independent. *Raw*: share "
        "of P(X >= shared) up to the level, with its 95 % Wilson interval; it must not lie above the level, marked "
        "where the whole interval does. *Seen / expected*: reporters in common over what chance brings, by the "
        "product. KS: distance of the randomised p-values from uniform ones, and its p-value."
    ]
    tails = []
    for family in ("plain", "viral", "everything", "easy", "overactive"):
        samples, listed = [], np.zeros((len(LISTED_AT), 2))
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
            rng = np.random.default_rng(seed)
            of = campaign_chance.permuted(coordination(family, seed).reports, rng)
            samples.append(campaign_chance.sampled_pairs(of, rng))
            listed += [campaign_chance.listed_share(of, level) for level in LISTED_AT]
        sample = campaign_chance.PairSample(
            np.concatenate([one.shared for one in samples]), np.concatenate([one.expected for one in samples])
        )
        parts += [f"### {family}", pvalue_table(sample, np.random.default_rng(arguments.first_seed))]
        tails.append(
            [
                family,
                f"{listed[0, 1]:,.0f}",
                *(f"{seen / all_pairs:.1e}" for seen, all_pairs in listed),
            ]
        )
        print(parts[-1], flush=True)
    parts += [
        "### Share of all pairs that the product would list at a level",
        table(["family", "pairs", *(f"p <= {level:g}" for level in LISTED_AT)], tails),
    ]
    return "\n\n".join(parts)


def pvalue_table(sample: campaign_chance.PairSample, rng: np.random.Generator) -> str:
    """A line for each stratum of what is expected, and one for all."""
    raw, randomised = sample.p_value, sample.randomised(rng)
    lines = []
    for low, high in [*pairwise(STRATA), (0.0, math.inf)]:
        inside = (sample.expected >= low) & (sample.expected < high)
        count = int(inside.sum())
        if not count:
            continue
        shares = []
        for level in LEVELS:
            below = int((raw[inside] <= level).sum())
            ends = wilson(below, count, Z95)
            mark = "**" if ends[0] > level else ""
            shares.append(f"{mark}{below / count:.4f} [{ends[0]:.4f}, {ends[1]:.4f}]{mark}")
        test = stats.kstest(randomised[inside], "uniform")
        ratio = sample.shared[inside].sum() / sample.expected[inside].sum()
        name = "all" if (low, high) == (0.0, math.inf) else f"{low:g} to {high:g}"
        lines.append(
            [name, f"{count:,}", f"{ratio:.2f}", *shares, f"{test.statistic:.3f}", f"{test.pvalue:.3g}"]
        )
    head = ["expected", "pairs", "seen / expected", *(f"raw <= {level}" for level in LEVELS), "KS", "KS p"]
    return table(head, lines)


# -- 4. speed ----------------------------------------------------------------------------------


def in_fresh_process(run: Callable[..., Any], *arguments: object) -> Any:
    """The result of a call in a process of its own, so that its peak memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run, *arguments).result()


def make_log(file: Path, size: int, seed: int) -> int:
    """Write the log of a world and its truth; how many actions it has."""
    world = coordination("easy", seed, actions=size)
    log = report_log(world.reports)
    with file.open("wb") as stream:
        pickle.dump((log, planted(world, log)), stream, protocol=5)
    return log.voices


def time_finder(file: Path, rounds: int) -> tuple[list[float], list[float], float, float, Naming]:
    """Wall and CPU seconds, MB of this process with the log before and at its peak, and how right it was."""
    warm_up()
    with file.open("rb") as stream:
        log, truth = pickle.load(stream)
    before = memory_mb("VmRSS")
    wall, cpu = [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        verdict, seconds = cpu_timed(partial(ostrakon, log))
        wall.append(time.perf_counter() - begun)
        cpu.append(seconds)
    return wall, cpu, before, memory_mb("VmHWM"), naming(verdict, truth)


def memory_mb(kind: str) -> float:
    """Of this process; ``getrusage`` would begin with the peak of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.split(f"{kind}:")[1].split()[0]) / 1e3


def speed_section(arguments: argparse.Namespace) -> str:
    """Time, memory and growth of the finder, from a ready log."""
    lines: list[list[str]] = []
    medians: list[float] = []
    for size in [10**power for power in range(5, 9) if 10**power <= arguments.largest]:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            file = Path(folder) / "log"
            voices = in_fresh_process(make_log, file, size, arguments.first_seed)
            wall, cpu, before, peak, right = in_fresh_process(time_finder, file, arguments.rounds)
        growth = f"{statistics.median(wall) / medians[-1]:.1f}" if medians else "-"
        medians.append(statistics.median(wall))
        times = [
            f"{statistics.median(values):.2f} [{min(values):.2f} - {max(values):.2f}]"
            for values in (wall, cpu)
        ]
        sizes = [f"{size:,}", f"{voices:,}", *times, growth, f"{before:.0f}", f"{peak:.0f}"]
        lines.append([*sizes, shown(right.precision), shown(right.recall)])
        print(lines[-1], flush=True)
    head = [
        "everyday actions",
        "all actions",
        "wall s",
        "CPU s",
        "times the size before",
        "MB with the log",
        "peak MB",
        "precision",
        "recall",
    ]
    return (
        f"`find_campaigns` on `easy` with more everyday actions, seed {arguments.first_seed}, from a ready log, each "
        f"size in a process of its own, {arguments.rounds} rounds, two threads where it has threads. Median [least - "
        "most]. Memory is of the whole process: Python, numba, polars, the log. What is planted does not grow. Goals "
        "at 10,000,000: 120 s, 1,500 MB, 12 times the time of a tenth.\n\n" + table(head, lines)
    )


# -- 5. a viral target -------------------------------------------------------------------------


def with_viral_target(reports: pl.DataFrame, honest: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """One more account, reported by so many of the honest reporters after an event on the tenth day.

    Who comes goes with the root of activity, and delays are log-normal with a median of 8 hours, as for the viral
    targets of these worlds.
    """
    counts = reports.filter(pl.col("reporter").is_in(honest.implode()))["reporter"].value_counts(sort=True)
    counts = counts.sort("reporter")
    waits = rng.standard_exponential(len(counts)) / np.sqrt(counts["count"].to_numpy())
    who = counts["reporter"].gather(np.sort(np.argpartition(waits, VIRAL_REPORTERS)[:VIRAL_REPORTERS]))
    seconds = 10 * 86_400 + rng.lognormal(math.log(8 * 3600), 1.2, VIRAL_REPORTERS)
    delay = pl.Series(np.minimum(seconds, 20 * 86_400).astype(np.int64)) * 1_000_000
    begun = reports["reported_at"].min()
    crowd = pl.DataFrame({"reporter": who, "account": "viral"}).with_columns(
        reported_at=(pl.lit(begun) + delay.cast(pl.Duration("us"))).cast(reports["reported_at"].dtype)
    )
    return pl.concat([reports.select("reporter", "account", "reported_at"), crowd])


def time_viral(seed: int, rounds: int) -> tuple[list[tuple[float, float]], list[tuple[Naming, Grouping]]]:
    """Rounds of CPU seconds without and with the viral target, in turn; and what was found without and with it."""
    warm_up()
    world = coordination("easy", seed, actions=VIRAL_ACTIONS)
    honest = world.reporter_truth.filter(pl.col("group") == "honest")["reporter"]
    viral = with_viral_target(world.reports, honest, np.random.default_rng(seed))
    logs = [report_log(reports) for reports in (world.reports, viral)]
    measured = []
    for number in range(rounds):
        seconds = [0.0, 0.0]
        for place in ((0, 1), (1, 0))[number % 2]:
            seconds[place] = cpu_timed(partial(ostrakon, logs[place]))[1]
        measured.append((seconds[0], seconds[1]))
    found = []
    for log in logs:
        truth, verdict = planted(world, log), ostrakon(log)
        found.append((naming(verdict, truth), grouping(verdict, truth)))
    return measured, found


def viral_section(arguments: argparse.Namespace) -> str:
    """What one target with very many reporters costs, in time and in rings lost."""
    lines = []
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.viral_seeds):
        measured, found = in_fresh_process(time_viral, seed, arguments.rounds)
        ratios = [with_it / without for without, with_it in measured]
        cells = [f"{statistics.median(values):.2f}" for values in zip(*measured, strict=True)]
        lost = sum(had and not has for had, has in zip(found[0][1].found, found[1][1].found, strict=True))
        lines.append(
            [
                str(seed),
                *cells,
                f"{statistics.median(ratios):.2f} [{min(ratios):.2f} - {max(ratios):.2f}]",
                *(f"{right.precision:.3f} / {right.recall:.3f}" for right, _ in found),
                str(sum(found[0][1].found)),
                str(lost),
            ]
        )
        print(lines[-1], flush=True)
    head = [
        "seed",
        "CPU s without",
        "with",
        "ratio",
        "precision / recall without",
        "with",
        "rings found without",
        "lost with",
    ]
    return (
        f"`easy` with {VIRAL_ACTIONS:,} everyday actions, without and with one more target that {VIRAL_REPORTERS:,} "
        f"honest people report; {arguments.rounds} rounds in which both ran in turn. Goals: a ratio of at most 1.5, no "
        "ring lost.\n\n" + table(head, lines)
    )


SECTIONS: dict[str, Callable[[argparse.Namespace], str]] = {
    "quality": quality_section,
    "alarms": alarms_section,
    "pvalues": pvalues_section,
    "speed": speed_section,
    "viral": viral_section,
}


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parts", default=",".join(SECTIONS), help="by comma")
    parser.add_argument("--seeds", type=int, default=10, help="of each family, for quality and p-values")
    parser.add_argument("--first-seed", type=int, default=101, help="lower ones were used for design")
    parser.add_argument("--alarm-seeds", type=int, default=20, help="of each family without rings")
    parser.add_argument("--viral-seeds", type=int, default=3)
    parser.add_argument(
        "--families", default="", help="beginnings of the families' names for quality, by comma; empty = all"
    )
    parser.add_argument("--largest", type=float, default=1e7, help="actions of the largest log")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where a large log may be written for a while")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    arguments = parser.parse_args()
    for name in arguments.parts.split(","):
        if name not in SECTIONS:
            parser.error(f"--parts: no {name}; there are {', '.join(SECTIONS)}")
    for name in arguments.parts.split(","):
        before = load()
        begun = time.perf_counter()
        text = SECTIONS[name](arguments)
        took = f"{time.perf_counter() - begun:.0f} s"
        about = circumstances(
            ["ostrakon", "numba", "numpy", "polars"], load=f"{before} before, {load()} after", took=took
        )
        print(text, about, sep="\n\n", flush=True)
        if not arguments.no_write:
            command = f"`python benchmarks/campaigns.py --parts {name}`"
            write_section(f"campaigns: {name}", f"## Campaigns: {name}\n\n{command}. {about}\n\n{text}")


if __name__ == "__main__":
    main()
