"""The output folder: complete or not at all, whatever is there already and whatever stops the run."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cli.case import (
    FILES,
    GOOD,
    HEADER,
    WHERE,
    command,
    inputs,
    one_line,
    refused,
    reported,
    save,
    weighed,
)

from ostrakon.cli.steps import Steps
from ostrakon.cli.triage import Request, triage
from ostrakon.errors import OutputRefused

REPORTS = HEADER + "".join(reported(f"account{n}", 1 + n % 5) for n in range(20))

# What is there already


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    save_old(tmp_path / "out")
    assert "out exists and is not empty" in refused(tmp_path, HEADER + GOOD)
    assert (tmp_path / "out" / "old.txt").read_text() == "old"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    weighed(tmp_path, HEADER + GOOD)


def test_with_replace_the_old_folder_goes_as_a_whole(tmp_path: Path) -> None:
    save_old(tmp_path / "out")
    found = weighed(tmp_path, HEADER + GOOD, "--replace")
    assert not (found.path / "old.txt").exists()


def test_a_run_that_fails_leaves_the_old_folder_alone(tmp_path: Path) -> None:
    save_old(tmp_path / "out")
    refused(tmp_path, HEADER, "--replace")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["old.txt"]


@pytest.mark.parametrize("name", ["reports.csv", "decisions.csv"])
def test_an_input_within_the_folder_is_never_lost(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    arguments = inputs(tmp_path, HEADER + GOOD, "reports.csv", {"decisions": "account,outcome\n"})
    (tmp_path / name).rename(tmp_path / "out" / name)
    moved = [tmp_path / "out" / name if argument == tmp_path / name else argument for argument in arguments]
    told = command(*moved, "--out", tmp_path / "out", "--replace")
    assert told.status == 2
    assert "holds the input" in one_line(told.err)
    assert (tmp_path / "out" / name).exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    save(tmp_path / "out", "precious")
    assert "out is a file" in refused(tmp_path, HEADER + GOOD, "--replace")
    assert (tmp_path / "out").read_text() == "precious"


def test_the_demonstration_is_refused_the_same_way(tmp_path: Path) -> None:
    save_old(tmp_path / "out")
    told = command("demo", tmp_path / "out")
    assert told.status == 2
    assert "exists and is not empty" in one_line(told.err)
    assert command("demo", tmp_path / "out", "--replace").status == 0
    names = ["accounts.csv", "decisions.csv", "reporters.csv", "reports.csv", "truth.csv"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names


def save_old(folder: Path) -> None:
    folder.mkdir()
    save(folder / "old.txt", "old")


# A run that is stopped

STOPPED = """
import os, sys
from contextlib import contextmanager
from ostrakon.cli import steps
from ostrakon.cli.main import run

step, number, last = steps.Steps.step, int(sys.argv.pop(1)), sys.argv.pop(1)

@contextmanager
def stopped(self, name):
    with step(self, name):
        yield
    if name == last:
        os.kill(os.getpid(), number)

steps.Steps.step = stopped
run()
"""


def stopped(tmp_path: Path, number: signal.Signals, step: str) -> subprocess.CompletedProcess[str]:
    """A process that gets a signal at the end of a step."""
    arguments = [*inputs(tmp_path, REPORTS, "reports.csv", {}), "--out", tmp_path / "out", "--replace"]
    return subprocess.run(
        [sys.executable, "-c", STOPPED, str(int(number)), step, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=WHERE,
    )


@pytest.mark.parametrize("step", ["reading", "making the page"])
def test_after_kill_9_there_is_no_folder_and_the_next_run_clears_up(tmp_path: Path, step: str) -> None:
    run = stopped(tmp_path, signal.SIGKILL, step)
    assert (run.returncode, run.stdout) == (-signal.SIGKILL, "")
    assert not (tmp_path / "out").exists()
    weighed(tmp_path, REPORTS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "reports.csv"]


@pytest.mark.parametrize(
    ("number", "says"),
    [(signal.SIGINT, "ostrakon: interrupted; nothing was written\n"), (signal.SIGTERM, "")],
)
def test_a_signal_leaves_no_trace(tmp_path: Path, number: signal.Signals, says: str) -> None:
    save_old(tmp_path / "out")
    run = stopped(tmp_path, number, "writing")
    assert (run.returncode, run.stdout, run.stderr) == (128 + number, "", says)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "reports.csv"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["old.txt"]


@pytest.mark.parametrize("step", ["reading", "looking for campaigns", "explaining", "making the page"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError, RuntimeError])
def test_whatever_stops_a_step_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: type[BaseException]
) -> None:
    whole = Steps.step

    @contextmanager
    def breaking(self: Steps, name: str) -> Iterator[None]:
        with whole(self, name):
            yield
            if name == step:
                raise error

    monkeypatch.setattr(Steps, "step", breaking)
    reports = save(tmp_path / "reports.csv", REPORTS)
    with pytest.raises(error):
        triage(Request(reports, tmp_path / "out"))
    assert [path.name for path in tmp_path.iterdir()] == ["reports.csv"]


# A disk that is full


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may grow beyond this: to a program it looks like a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How large each file of the run below becomes."""
    found = weighed(tmp_path_factory.mktemp("whole"), REPORTS)
    return {path.name: path.stat().st_size for path in found.path.iterdir()}


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_disk_that_is_full_before_a_file_is_complete_leaves_no_folder(
    tmp_path: Path, sizes: dict[str, int], name: str
) -> None:
    reports = save(tmp_path / "reports.csv", REPORTS)
    full = largest_file(sizes[name] - 1)
    with full, pytest.raises(OutputRefused, match="out cannot be written: the disk is full"):
        triage(Request(reports, tmp_path / "out"))
    assert [path.name for path in tmp_path.iterdir()] == ["reports.csv"]
    weighed(tmp_path, REPORTS)
