"""How fast is a pass over the reports, and how does a whole run grow?

python benchmarks/speed.py [--parts passes,truth,growth,campaigns] [--largest 1e8]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from _results import circumstances, load, table, write_section
from rivals import dawid_skene, outside, pass_forms
from rivals.dawid_skene import Answers

from ostrakon.analysis.worth.passes import leave_one_out_pass, plain_pass

SHAPES = ("even", "skewed", "skewed by activity")
RIVALS_UP_TO = 10_000_000
"""Larger logs are for the product's passes and the bare gather alone."""
GATHER = "bare gather"
Times = dict[str, list[float]]


def cpu_seconds(run: Callable[[], object]) -> float:
    """CPU seconds of one call, all threads together."""
    begun = time.process_time()
    run()
    return time.process_time() - begun


def ratios(times: Sequence[float], bases: Sequence[float]) -> str:
    """Median [least - most] of the ratios of what was measured side by side."""
    found = [one / base for one, base in zip(times, bases, strict=True)]
    return f"{statistics.median(found):.1f} [{min(found):.1f} - {max(found):.1f}]"


# -- 1. a pass against other forms of it ---------------------------------------------------------


def contenders(log: pass_forms.PassLog, rivals: outside.Rivals | None) -> dict[str, Callable[[], float]]:
    """CPU seconds of each form, by name; whatever can be prepared is prepared here."""
    parts = (log.indptr, log.reporter, log.score, log.prior)
    own: dict[str, Callable[[], object]] = {
        GATHER: partial(pass_forms.bare_gather, log),
        "plain": partial(plain_pass, *parts),
        "leave one out": partial(leave_one_out_pass, *parts),
    }
    found = {name: partial(cpu_seconds, run) for name, run in own.items()}
    if len(log.reporter) > RIVALS_UP_TO:
        return found
    account = log.account
    reports, scores = pass_forms.frames(log)
    for suffix, alone in (("plain", False), ("leave one out", True)):
        by_numpy = partial(pass_forms.numpy_pass, log, account, leave_one_out=alone)
        by_polars = partial(pass_forms.polars_pass, reports, scores, leave_one_out=alone)
        found[f"numpy, {suffix}"] = partial(cpu_seconds, by_numpy)
        found[f"polars, {suffix}"] = partial(cpu_seconds, by_polars)
        if rivals is not None:
            ask = partial(rivals.ask, "duckdb_pass", leave_one_out=alone, prior=pass_forms.PRIOR)
            found[f"DuckDB, {suffix}"] = partial(lambda ask: float(ask()["seconds"]), ask)
    if rivals is not None:
        files = {"reports": rivals.folder / "reports.parquet", "scores": rivals.folder / "scores.parquet"}
        reports.write_parquet(files["reports"])
        scores.write_parquet(files["scores"])
        rivals.ask("duckdb_load", **{name: str(path) for name, path in files.items()})
    return found


def time_passes(reports: int, shape: str, rounds: int, python: Path) -> tuple[Times, float]:
    """Rounds in which every form runs once, after one round that does not count; and the peak memory in GB."""
    log = pass_forms.draw(reports, shape)
    with outside.rivals(python) as rivals:
        runs = contenders(log, rivals)
        rows = [{name: run() for name, run in runs.items()} for _ in range(rounds + 1)][1:]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {name: [row[name] for row in rows] for name in runs}, peak


def passes_section(sizes: Sequence[int], rounds: int, python: Path) -> str:
    """A table for each size: CPU seconds, and the ratio to the bare gather of the same round."""
    parts = ["### One pass over a log: CPU seconds and ratio to a bare gather of the same round"]
    for reports in sizes:
        by_shape = {shape: in_fresh_process(time_passes, reports, shape, rounds, python) for shape in SHAPES}
        names = list(next(iter(by_shape.values()))[0])
        lines = [
            [name, *(cell(times[name], times[GATHER]) for times, _ in by_shape.values())] for name in names
        ]
        peak = max(memory for _, memory in by_shape.values())
        parts.append(
            f"{reports:,} reports, {rounds} rounds, peak of the process {peak:.2f} GB (the log included):"
        )
        parts.append(table(["form", *SHAPES], lines))
    return "\n\n".join(parts)


def cell(times: Sequence[float], bases: Sequence[float]) -> str:
    """Seconds and ratio."""
    return f"{statistics.median(times):.3f} s, {ratios(times, bases)}"


def in_fresh_process(run: Callable[..., Any], *arguments: object) -> Any:
    """The result of a call in a process of its own, so that its peak memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run, *arguments).result()


# -- 2. against truth inference ------------------------------------------------------------------


def answers(labels: int, seed: int = 0) -> Answers:
    """Yes and no by a tenth as many workers on a twentieth as many tasks; each worker right four times in five."""
    rng = np.random.default_rng(seed)
    task, worker = rng.integers(0, labels // 20, labels), rng.integers(0, labels // 10, labels)
    truth = rng.random(labels // 20) < 0.4
    return Answers(task, worker, (truth[task] ^ (rng.random(labels) < 0.2)).astype(float))


def one_pass(given: Answers) -> Callable[[], object]:
    """Our pass over the same labels: a worker's yes and no are two reporters, each with its own score."""
    order = np.argsort(given.task, kind="stable")
    code = (2 * given.worker + given.yes)[order].astype(np.int32)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(given.task))])
    score = np.tile(np.array([-1.0, 1.0], np.float32), int(given.worker.max()) + 1)
    return partial(leave_one_out_pass, indptr, code, score, np.zeros(len(indptr) - 1))


def truth_section(labels: int, rounds: int, python: Path) -> str:
    """crowd-kit's Dawid-Skene per iteration against ours."""
    title = f"### Truth inference: CPU seconds of one iteration at {labels:,} labels, two classes"
    given = answers(labels)
    run = one_pass(given)
    start = np.bincount(given.task, given.yes) / np.bincount(given.task)
    found: Times = {"pass": [], "numpy": [], "crowd-kit": []}
    with outside.rivals(python) as rivals:
        if rivals is None:
            return f"{title}\n\nThe environment of the rivals was absent."
        for _ in range(rounds + 1):
            found["pass"].append(many(run, 50))
            found["numpy"].append(many(partial(dawid_skene.iterate, given, start), 20))
            found["crowd-kit"].append(crowdkit_iteration(rivals, given))
        versions = rivals.ask("versions")
    found = {name: times[1:] for name, times in found.items()}
    does = {
        "crowd-kit": "E step, M step and the lower bound that stops it",
        "numpy": "the same E and M step with 0.01 of smoothing, no bound",
        "pass": "E step with given scores, and the sums of the M step, each without the worker's own answer; "
        "the scores of the next iteration are not made",
    }
    lines = [
        [name, f"{statistics.median(times):.5f}", ratios(found["crowd-kit"], times), does[name]]
        for name, times in found.items()
    ]
    text = table(
        ["form", "CPU s an iteration", "crowd-kit takes so many times as long", "what it does"], lines
    )
    return f"{title}\n\n{text}\n\nIn the rivals' environment: {json.dumps(versions)}."


def crowdkit_iteration(rivals: outside.Rivals, given: Answers) -> float:
    """CPU seconds of one of its iterations, without what comes before the first and after the last."""
    # A tolerance that is never reached: so many iterations, whatever they bring.
    few, more = (outside.crowdkit(rivals, given, rounds=rounds, tol=-1e9)[1]["seconds"] for rounds in (5, 25))
    return float(more - few) / 20


def many(run: Callable[[], object], times: int) -> float:
    """CPU seconds of one of ``times`` calls: single ones are shorter than the clock is fine."""
    return cpu_seconds(lambda: [run() for _ in range(times)]) / times


# -- 3. a whole run ------------------------------------------------------------------------------


def growth_section(sizes: Sequence[int], folder: Path | None, *options: str) -> str:
    """``ostrakon triage`` end to end, from files to files, with these options."""
    lines = []
    for reports in sizes:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            cpu, wall, peak, size = whole_run(Path(place), reports, *options)
        cells = [
            f"{cpu:.1f}",
            f"{cpu / reports * 1e6:.1f}",
            f"{wall:.1f}",
            f"{peak:.2f}",
            f"{peak / reports * 1e9:.0f}",
        ]
        lines.append([f"{reports:,}", f"{size / 1e6:.0f}", *cells])
        print(f"growth {lines[-1]}", flush=True)
    head = ["reports", "input MB", "CPU s", "CPU s a million", "wall s", "peak GB", "bytes a report"]
    command = " ".join(["ostrakon triage", *options])
    title = f"### A whole run: `{command}` from Parquet files to the finished folder"
    return f"{title}\n\n{table(head, lines)}"


def whole_run(place: Path, reports: int, *more: str) -> tuple[float, float, float, int]:
    """CPU and wall seconds, peak GB of the run, and bytes of its input."""
    from ostrakon.worlds.growth import write_growth

    given = place / "given"
    in_fresh_process(write_growth, given, reports, 0)
    files = {
        name: str(given / f"{name}.parquet") for name in ("reports", "decisions", "accounts", "reporters")
    }
    options = [part for name in ("decisions", "accounts", "reporters") for part in (f"--{name}", files[name])]
    command = [sys.executable, "-m", "ostrakon", "triage", files["reports"], *options]
    command += [*more, "--out", str(place / "out")]
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begun
    if status:
        raise SystemExit(
            f"ostrakon triage ended with {os.waitstatus_to_exitcode(status)} at {reports:,} reports"
        )
    size = sum(Path(file).stat().st_size for file in files.values())
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1e6, size


def powers(first: int, largest: float) -> list[int]:
    """Powers of ten from 10 ** ``first`` to ``largest``."""
    return [10**power for power in range(first, 10) if 10**power <= largest]


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parts", default="passes,truth,growth,campaigns")
    parser.add_argument("--largest", type=float, default=1e8, help="reports of the largest log")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--labels", type=int, default=100_000)
    parser.add_argument(
        "--rivals", type=Path, default=outside.DEFAULT_PYTHON, help="Python of the rivals' environment"
    )
    parser.add_argument("--folder", type=Path, help="where large files may be written for a while")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    arguments = parser.parse_args()
    sections: dict[str, Callable[[], str]] = {
        "passes": lambda: passes_section(powers(6, arguments.largest), arguments.rounds, arguments.rivals),
        "truth": lambda: truth_section(arguments.labels, arguments.rounds, arguments.rivals),
        "growth": lambda: growth_section(powers(5, arguments.largest), arguments.folder, "--no-campaigns"),
        "campaigns": lambda: growth_section(powers(5, min(arguments.largest, 1e7)), arguments.folder),
    }
    for name in arguments.parts.split(","):
        about = circumstances(["ostrakon", "numba", "numpy", "polars"], load=load())
        text = sections[name]()
        print(text, flush=True)
        if not arguments.no_write:
            command = f"`python benchmarks/speed.py --parts {name}`"
            ratio = "Ratios are medians [least - most] over rounds in which all forms ran in turn."
            write_section(f"speed: {name}", f"## Speed: {name}\n\n{command}. {ratio} {about}\n\n{text}")


if __name__ == "__main__":
    main()
