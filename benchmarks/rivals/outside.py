"""The rivals that need an environment of their own: asks the worker that runs there."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rivals.coded import Floats, Tables, read
from rivals.dawid_skene import Answers, with_silence

HERE = Path(__file__).parent
DEFAULT_PYTHON = HERE.parent / ".venv" / "bin" / "python"


class RivalFailed(RuntimeError):
    """The worker could not do what it was asked."""


@dataclass(frozen=True)
class Rivals:
    """A running worker and the folder in which files are exchanged."""

    process: subprocess.Popen[str]
    folder: Path

    def ask(self, do: str, **command: Any) -> dict[str, Any]:
        """One command and its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, **command}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"problem": "the worker ended"}
        if "problem" in answer:
            raise RivalFailed(f"{do}: {answer['problem']}")
        return answer


@contextmanager
def rivals(python: Path) -> Iterator[Rivals | None]:
    """The worker of an environment, or None where there is no such environment."""
    if not python.exists():
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="rivals-") as folder:
        process = subprocess.Popen(
            [str(python), str(HERE / "worker.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            yield Rivals(process, Path(folder))
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def crowdkit(
    outside: Rivals,
    answers: Answers,
    gold: Floats | None = None,
    *,
    one_coin: bool = False,
    rounds: int = 100,
    tol: float = 1e-5,
) -> tuple[Floats, dict[str, Any]]:
    """Chance of yes for each task by crowd-kit, and what it took."""
    given, out = outside.folder / "answers.npz", outside.folder / "found.npz"
    arrays = {"task": answers.task, "worker": answers.worker, "label": answers.yes.astype(np.int64)}
    np.savez(given, **(arrays if gold is None else arrays | {"gold": gold}))
    took = outside.ask(
        "crowdkit", answers=str(given), out=str(out), one_coin=one_coin, rounds=rounds, tol=tol
    )
    with np.load(out) as file:
        truth = np.full(int(answers.task.max()) + 1, np.nan)
        truth[file["task"]] = file["truth"]
    return truth, took


def baseline(
    outside: Rivals, world: Tables, *, gold: bool, one_coin: bool, rounds: int = 100
) -> pl.DataFrame:
    """The world scored by crowd-kit."""
    log = read(world)
    found, _ = crowdkit(
        outside, with_silence(log), log.label if gold else None, one_coin=one_coin, rounds=rounds
    )
    return log.rows.with_columns(pl.Series("score", found), pl.Series("probability", found))
