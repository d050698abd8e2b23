"""The steps of a long job: shown while they run, with the seconds and peak memory each took."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@dataclass(frozen=True)
class Taken:
    """What one step cost."""

    step: str
    seconds: float
    peak_memory_mb: float
    """Of the process, up to the end of the step."""


@dataclass
class Steps:
    """Use ``with steps.step("reading"):`` around each step; ``taken`` tells what they cost.

    A bar is drawn on stderr while they run, if that is a terminal, and taken away at the end.
    """

    expected: int
    taken: list[Taken] = field(default_factory=list)

    def __post_init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.file.isatty(),
        )
        self._task = self._progress.add_task("", total=self.expected)

    def __enter__(self) -> Steps:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def say(self, text: str) -> None:
        """Show how far the step at hand has come."""
        self._progress.update(self._task, description=text)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Run and account for one step."""
        self.say(name)
        self._progress.refresh()  # a step may be over before the bar is next drawn by itself
        began = time.perf_counter()
        yield
        self.taken.append(Taken(name, round(time.perf_counter() - began, 3), _peak_memory_mb()))
        self._progress.advance(self._task)


def _peak_memory_mb() -> float:
    """Largest resident size of the process so far (Linux counts in KiB, macOS in bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)
