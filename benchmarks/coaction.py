"""Are our co-actions those of the other tools, and how long does each take?

python benchmarks/coaction.py [--parts toolkit,coortweet] [--coortweet CHECKOUT]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from _results import circumstances, load, table, write_section
from rivals import coaction_tools as tools
from rivals.outside import DEFAULT_PYTHON

CASES = ((60, 1), (600, 1), (3600, 2))
"""Window in seconds, least weight."""
RUNS = 5
"""Runs of ours before and after each of the other's: they take hundredths of a second."""
DATASET = "russian_coord_tweets"
COORTWEET_CASES = ((10, 2), (3600, 3))
"""Window in seconds, and actions that an account must have: its defaults, and where its rules bite more."""


@dataclass(frozen=True)
class Time:
    """Seconds of one call."""

    wall: float
    cpu: float


def timed(run: Callable[[], object]) -> Time:
    """One call; CPU seconds of all threads together."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return Time(time.perf_counter() - wall, time.process_time() - cpu)


def several(run: Callable[[], object], times: int) -> list[Time]:
    """So many calls."""
    return [timed(run) for _ in range(times)]


def spread(values: Sequence[float], form: str) -> str:
    """Median [least - most]."""
    parts = (statistics.median(values), min(values), max(values))
    return "{} [{} - {}]".format(*(format(part, form) for part in parts))


def same(one: tools.Edges, other: tools.Edges) -> str:
    """How two sets of edges compare, triple by triple."""
    if np.array_equal(one, other):
        return f"all {len(one):,} the same"
    ours, theirs = ({tuple(edge) for edge in edges.tolist()} for edges in (one, other))
    return f"**{len(ours - theirs):,} only ours, {len(theirs - ours):,} only theirs**"


# -- 1. coordination-network-toolkit -------------------------------------------------------------


def toolkit_section(arguments: argparse.Namespace) -> str:
    """Rounds in which the toolkit and the engine take the same actions in turn; then the real data, once."""
    actions = tools.draw(arguments.actions, arguments.seed)
    about = (
        f"{len(actions.at):,} made-up actions by {len(np.unique(actions.actor)):,} actors on "
        f"{len(np.unique(actions.target)):,} targets, the largest with {np.bincount(actions.target).max():,}."
    )
    lines, prepared = [], {}
    for ids in ("texts", "numbers"):
        with tempfile.TemporaryDirectory(prefix="toolkit-") as folder:
            toolkit = tools.Toolkit(arguments.rivals, Path(folder))
            prepared[ids] = toolkit.prepare(actions, ids)
            for window, least in arguments.cases:
                lines.append([ids, *compare(toolkit, actions, window, least, arguments.rounds)])
    versions = ", ".join(f"{name} {version}" for name, version in toolkit.versions().items())
    text = table(
        [
            "its ids",
            "window s, least",
            "edges",
            "compared",
            "toolkit s",
            "engine s",
            "toolkit / engine",
            "toolkit CPU s",
            "engine CPU s",
            "CPU ratio",
            "toolkit MB",
            "engine MB",
        ],
        lines,
    )
    notes = (
        f"{versions}, {os.cpu_count()} processes against as many threads. Ids are texts to the toolkit when it reads "
        "CSV, as its command does; as numbers, through its Python interface, it joins them faster. Its seconds are "
        f"its `compute` alone: reading the actions into SQLite took it another {prepared['texts']:.1f} s (texts) and "
        f"{prepared['numbers']:.1f} s (numbers) and is not counted, nor is making its indexes; it does write its edges "
        "into SQLite. The engine's seconds include its sort; it starts from arrays and ends with arrays, and does not "
        "read CSV. MB: peak of the largest process, the engine's with Python, numba, polars and the log; the toolkit "
        f"has {os.cpu_count()} such processes."
    )
    return "\n\n".join([about, text, notes, *real_toolkit(arguments)])


def compare(
    toolkit: tools.Toolkit, actions: tools.Actions, window: int, least: int, rounds: int
) -> list[str]:
    """One line of the table. A round is the toolkit once, with the engine before and after."""
    run = partial(tools.engine, actions, window, least)
    ours = tools.engine_edges(actions, window, least)
    measured, edges = [], ours
    for _ in range(rounds):
        before = several(run, RUNS)
        edges, took = toolkit.compute(window, least, os.cpu_count() or 1)
        measured.append((took, [*before, *several(run, RUNS)]))
        print(window, least, took, spread([one.wall for one in measured[-1][1]], ".3f"), flush=True)
    wall = [statistics.median(one.wall for one in engine) for _, engine in measured]
    cpu = [statistics.median(one.cpu for one in engine) for _, engine in measured]
    their_wall, their_cpu = ([took[name] for took, _ in measured] for name in ("seconds", "cpu"))
    return [
        f"{window}, {least}",
        f"{len(ours):,}",
        same(ours, edges),
        spread(their_wall, ".1f"),
        spread(wall, ".3f"),
        spread([a / b for a, b in zip(their_wall, wall, strict=True)], ".0f"),
        spread(their_cpu, ".1f"),
        spread(cpu, ".3f"),
        spread([a / b for a, b in zip(their_cpu, cpu, strict=True)], ".0f"),
        f"{max(took['peak_mb'] for took, _ in measured):.0f}",
        f"{in_fresh_process(peak_mb, actions, window, least):.0f}",
    ]


def peak_mb(actions: tools.Actions, window: int, least: int) -> float:
    """Peak memory of this process after one run of the engine.

    Not by ``getrusage``: that begins with the peak of the process that started this one.
    """
    tools.engine(actions, window, least)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.split("VmHWM:")[1].split()[0]) / 1e3


def in_fresh_process(run: Callable[..., float], *arguments: object) -> float:
    """The result of a call in a process of its own, so that its peak memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run, *arguments).result()


def real_toolkit(arguments: argparse.Namespace) -> list[str]:
    """The toolkit on the data set that comes with CooRTweet, where a checkout is given."""
    if arguments.coortweet is None:
        return []
    rows, _, _ = tools.run_coortweet(arguments.rscript, arguments.coortweet, DATASET, *COORTWEET_CASES[0])
    actions = tools.actions_of(rows)
    lines = []
    with tempfile.TemporaryDirectory(prefix="toolkit-") as folder:
        toolkit = tools.Toolkit(arguments.rivals, Path(folder))
        toolkit.prepare(actions, "texts")
        for window in (10, 60, 3600):
            edges, took = toolkit.compute(window, 1, os.cpu_count() or 1)
            ours = tools.engine_edges(actions, window)
            own = [one.wall for one in several(partial(tools.engine, actions, window), RUNS)]
            lines.append(
                [
                    f"{window}, 1",
                    same(ours, edges),
                    f"{ours[:, 2].sum():,}",
                    f"{took['seconds']:.1f}",
                    spread(own, ".4f"),
                ]
            )
    head = ["window s, least", "compared", "sum of weights", "toolkit s, once", "engine s"]
    return [
        f"`{DATASET}` of CooRTweet: {len(rows):,} retweets, {rows['account_id'].n_unique():,} accounts, "
        f"{rows['object_id'].n_unique():,} objects, the largest with {np.bincount(actions.target).max():,}.",
        table(head, lines),
    ]


# -- 2. CooRTweet --------------------------------------------------------------------------------


def coortweet_section(arguments: argparse.Namespace) -> str:
    """Its own data set by its own code, and by the engine in its semantics."""
    if arguments.coortweet is None:
        return "No checkout of CooRTweet was given."
    lines, versions = [], ""
    for window, participation in COORTWEET_CASES:
        rows, their_edges, took = tools.run_coortweet(
            arguments.rscript, arguments.coortweet, DATASET, window, participation
        )
        versions = took["versions"]
        run = partial(tools.coortweet_edges, rows, window, participation)
        ours = run()
        whole = [one.wall for one in several(run, RUNS)]
        alone = [one.wall for one in several(partial(tools.engine, tools.actions_of(rows), window), RUNS)]
        lines.append(
            [
                f"{window}, {participation}",
                f"{took['pairs']:,}",
                f"{took['nodes']:,}",
                same(ours, tools.named_edges(rows, their_edges)),
                f"{took['detect_s']:.1f} + {took['network_s']:.1f}",
                spread(whole, ".3f"),
                spread(alone, ".4f"),
            ]
        )
    head = [
        "window s, actions",
        "pairs of retweets",
        "accounts",
        "edges and weights compared",
        "CooRTweet s, once",
        "engine s, from text",
        "engine s, its own semantics",
    ]
    return "\n\n".join(
        [
            f"Its own data set `{DATASET}` by its own code ({versions}), detection and network, and by the engine in "
            "its semantics.",
            table(head, lines),
            "CooRTweet joins every row of an object with every other before it looks at the window, so its time "
            "grows with the square of the largest object whatever the window. Its semantics differ: undirected pairs "
            "of rows, not distinct actions; accounts with too few rows are left out before; an edge stays if one of "
            "its ends has enough rows in company (`rivals/coaction_tools.py` says it exactly). Its quantile of the "
            "weights, by which edges are marked and not removed, is not compared. *From text*: from the table of "
            "texts to its edges; *its own semantics*: from arrays to arrays.",
        ]
    )


def case(text: str) -> tuple[int, int]:
    """``600:1``: a window in seconds and a least weight."""
    window, least = text.split(":")
    return int(window), int(least)


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parts", default="toolkit,coortweet")
    parser.add_argument(
        "--actions", type=int, default=100_000, help="ordinary actions; 20,000 viral ones come on top"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--cases", type=case, nargs="+", default=CASES, help="windows and least weights, as in 600:1"
    )
    parser.add_argument(
        "--rivals", type=Path, default=DEFAULT_PYTHON, help="Python of the rivals' environment"
    )
    parser.add_argument("--coortweet", type=Path, help="a checkout of nicolarighetti/CooRTweet")
    parser.add_argument("--rscript", default="Rscript", help="R with data.table and igraph")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    arguments = parser.parse_args()
    sections = {"toolkit": toolkit_section, "coortweet": coortweet_section}
    for name in arguments.parts.split(","):
        before = load()
        text = sections[name](arguments)
        about = circumstances(["ostrakon", "numba", "numpy"], load=f"{before} before, {load()} after")
        print(text, flush=True)
        if not arguments.no_write:
            command = f"`python benchmarks/coaction.py --parts {name}`"
            paired = "Median [least - most]; ratios are taken within a round, in which both ran in turn."
            write_section(
                f"coaction: {name}", f"## Co-actions: {name}\n\n{command}. {paired} {about}\n\n{text}"
            )


if __name__ == "__main__":
    main()
