"""Do the truth inference baselines give the published accuracy on the classic sets?

python benchmarks/classic.py --data FOLDER

FOLDER holds a folder for each set, with answer.csv (question,worker,answer) and truth.csv (question,truth), as in
the collection of the survey "Truth Inference in Crowdsourcing: Is the Problem Solved?" (PVLDB 2017).
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from _results import circumstances, table, write_section
from rivals import outside
from rivals.coded import Floats
from rivals.dawid_skene import Answers, infer

PUBLISHED = {
    "product": {"IBCC": 0.938, "EBCC": 0.935, "BWA": 0.919},
    "duck": {"IBCC": 0.889, "EBCC": 0.861, "BWA": 0.759},
}
"""Accuracy in the notebooks of truth-inference-at-scale; the nearest published relative of Dawid-Skene is IBCC."""


def read(folder: Path) -> tuple[Answers, Floats]:
    """The answers of a set, one for each worker and task, and the truth of each task."""
    answers = pl.read_csv(folder / "answer.csv", infer_schema=False).rename(str.strip)
    answers = answers.unique(["question", "worker"], keep="first", maintain_order=True)
    truth = pl.read_csv(folder / "truth.csv", infer_schema=False).rename(str.strip)
    tasks = truth.unique("question", keep="first").sort("question").with_row_index("task")
    joined = answers.join(tasks, on="question")
    worker = joined["worker"].rank("dense").cast(pl.Int64) - 1
    yes = (joined["answer"].str.strip_chars() == "1").cast(pl.Float64)
    given = Answers(joined["task"].cast(pl.Int64).to_numpy(), worker.to_numpy(), yes.to_numpy())
    return given, (tasks["truth"].str.strip_chars() == "1").cast(pl.Float64).to_numpy()


def figures(found: Floats, truth: Floats) -> list[str]:
    """Accuracy and F1."""
    said, right = found > 0.5, truth > 0.5
    both = (said & right).sum()
    return [f"{(said == right).mean():.3f}", f"{2 * both / max(1, said.sum() + right.sum()):.3f}"]


def section(data: Path, rivals: outside.Rivals | None) -> str:
    """A table: each set, each method."""
    lines = []
    for folder in sorted(path.parent for path in data.glob("*/answer.csv")):
        given, truth = read(folder)
        vote = np.bincount(given.task, given.yes) / np.bincount(given.task)
        methods = {"majority": lambda vote=vote: vote}
        for name, one_coin in (("Dawid-Skene", False), ("one-coin", True)):
            methods[f"numpy {name}"] = partial(infer, given, one_coin=one_coin)
            if rivals is not None:
                found = partial(outside.crowdkit, rivals, given, one_coin=one_coin)
                methods[f"crowd-kit {name}"] = lambda found=found: found()[0]
        lines += [[folder.name, name, *figures(run(), truth)] for name, run in methods.items()]
        lines += [
            [folder.name, f"published {name}", f"{value:.3f}", "-"]
            for name, value in PUBLISHED.get(folder.name, {}).items()
        ]
    return table(["set", "method", "accuracy", "F1"], lines)


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of the sets; it is not part of the repository"
    )
    parser.add_argument(
        "--rivals", type=Path, default=outside.DEFAULT_PYTHON, help="Python of crowd-kit's environment"
    )
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    arguments = parser.parse_args()
    with outside.rivals(arguments.rivals) as rivals:
        absent = (
            "" if rivals else "\n\nThe environment of the rivals was absent: crowd-kit's rows are left out."
        )
        text = section(arguments.data, rivals)
    print(text + absent)
    if not arguments.no_write:
        head = "## Classic sets: are the truth inference baselines right?"
        command = "`python benchmarks/classic.py --data FOLDER`"
        about = circumstances(["numpy"])
        write_section("classic", f"{head}\n\n{command}. {about}{absent}\n\n{text}")


if __name__ == "__main__":
    main()
