"""How a command ends: an exit status and one clear line, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.case import FILES, GOOD, HEADER, WHERE, Ended, command, one_line, process, save, weighed

import ostrakon
from ostrakon.cli import main, terminal, triage
from ostrakon.errors import CannotEstimate

TRIAGE = ("triage", "reports.csv")

# Options


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("triage",), "Missing argument 'REPORTS'"),
        (TRIAGE, "Missing option '--out'"),
        ((*TRIAGE, "--out"), "Option '--out' requires an argument"),
        ((*TRIAGE, "--out", "o", "--seed", "x"), "Invalid value for '--seed'"),
        ((*TRIAGE, "--out", "o", "--seed", "-1"), "Invalid value for '--seed'"),
        ((*TRIAGE, "--out", "o", "--seed", str(2**31)), "Invalid value for '--seed'"),
        ((*TRIAGE, "--out", "o", "--decision", "d.csv"), "No such option: --decision"),
        ((*TRIAGE, "more.csv", "--out", "o"), "unexpected extra argument"),
        (("weigh",), "No such command 'weigh'"),
        (("--loud",), "No such option: --loud"),
        (("demo",), "Missing argument 'DIR'"),
    ],
)
def test_a_mistake_in_the_options_ends_with_2_and_says_what_it_is(
    arguments: tuple[str, ...], says: str
) -> None:
    told = command(*arguments)
    assert (told.status, told.out) == (2, "")
    assert says in told.err
    assert "Traceback" not in told.err


def test_help_and_version_end_with_0() -> None:
    assert command("--version") == Ended(0, f"ostrakon {ostrakon.__version__}\n", "")
    told = command("triage", "--help")
    assert (told.status, told.err) == (0, "")
    options = ["--out DIR", "--decisions FILE", "--accounts FILE", "--reporters FILE", "--columns NAMES"]
    options += ["--no-campaigns", "--explain ACCOUNT", "--replace", "--seed NUMBER"]
    assert [option for option in options if option not in told.out] == []


# Failures


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return save(tmp_path / "reports.csv", HEADER + GOOD)


def failing(monkeypatch: pytest.MonkeyPatch, reports: Path, error: BaseException) -> Ended:
    """A triage in whose middle this happens."""

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(triage, "weigh", fails)
    told = command("triage", reports, "--out", reports.parent / "out")
    assert told.out == ""
    assert [path.name for path in reports.parent.iterdir()] == ["reports.csv"]
    return told


class PanicException(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (
            RuntimeError("odd\nthing"),
            1,
            "internal failure (RuntimeError: odd<U+000A>thing); nothing was written.",
        ),
        (PanicException("tripped"), 1, "internal failure (PanicException: tripped); nothing was written."),
        (MemoryError(), 1, "not enough memory for this input; nothing was written"),
        (OSError(5, "Input/output error"), 1, "[Errno 5] Input/output error; nothing was written"),
        (CannotEstimate("too little is known"), 1, "too little is known"),
        (KeyboardInterrupt(), 130, "interrupted; nothing was written"),
        (ImportError("no such thing", name="nothing"), 1, "internal failure (ImportError: no such thing)"),
    ],
)
def test_a_failure_is_one_line(
    monkeypatch: pytest.MonkeyPatch, reports: Path, error: BaseException, status: int, says: str
) -> None:
    told = failing(monkeypatch, reports, error)
    assert told.status == status
    assert one_line(told.err).startswith(says)


def test_an_internal_failure_asks_to_be_reported(monkeypatch: pytest.MonkeyPatch, reports: Path) -> None:
    line = one_line(failing(monkeypatch, reports, RuntimeError("odd")).err)
    assert line.endswith(
        "Please report it, with the output of the same command after export OSTRAKON_TRACEBACK=1"
    )


def test_who_asks_for_a_traceback_gets_it(monkeypatch: pytest.MonkeyPatch, reports: Path) -> None:
    monkeypatch.setenv("OSTRAKON_TRACEBACK", "1")
    with pytest.raises(RuntimeError, match="odd"):
        failing(monkeypatch, reports, RuntimeError("odd"))


MISSING = """
import sys
sys.modules[sys.argv.pop(1)] = None
from ostrakon.cli.main import run
run()
"""


@pytest.mark.parametrize(
    ("package", "arguments"),
    [("polars", ["triage", "reports.csv", "--out", "out"]), ("zstandard", ["demo", "out"])],
)
def test_without_the_analysis_it_says_what_to_install(
    tmp_path: Path, package: str, arguments: list[str]
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", MISSING, package, *arguments],
        cwd=tmp_path, env=WHERE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (1, "")
    line = one_line(run.stderr)
    assert line.startswith(f"{package} cannot be imported")
    assert "pip install 'ostrakon[analysis]'" in line
    assert list(tmp_path.iterdir()) == []


# Nobody reads what it says


def through_a_closed_pipe(*arguments: str | Path) -> tuple[int, str]:
    """Exit status and stderr of a command whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    run = process(*arguments, stdout=writer, stderr=subprocess.PIPE, capture_output=False)
    os.close(writer)
    return run.returncode, run.stderr


def test_a_reader_that_has_enough_is_no_failure(reports: Path) -> None:
    out = reports.parent / "out"
    assert through_a_closed_pipe("triage", reports, "--out", out) == (0, "")
    assert (out / "report.html").exists()


def test_help_into_a_closed_pipe_is_quiet() -> None:
    _, err = through_a_closed_pipe("triage", "--help")
    assert err == ""


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (OSError(28, "No space left on device"), 1, "[Errno 28] No space left on device; "),
        (KeyboardInterrupt(), 130, "interrupted; "),
    ],
)
def test_results_that_cannot_be_shown_are_kept(
    monkeypatch: pytest.MonkeyPatch, reports: Path, error: BaseException, status: int, says: str
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(terminal, "show", fails)
    out = reports.parent / "out"
    told = command("triage", reports, "--out", out)
    assert (told.status, told.out) == (status, "")
    assert one_line(told.err) == f"{says}the results are complete in {out}"
    assert {path.name for path in out.iterdir()} == FILES


def test_a_file_name_in_another_encoding_is_written_down(tmp_path: Path) -> None:
    name = os.fsdecode(b"r\xff.csv")
    found = weighed(tmp_path, HEADER + GOOD, name=name)
    assert found.summary["parameters"]["reports"].endswith(r"r\xff.csv")
    assert r"r\xff.csv" in found.text("report.html")


def test_the_program_stands_on_its_entry_point() -> None:
    run = process("--version")
    assert (run.returncode, run.stdout) == (0, f"ostrakon {ostrakon.__version__}\n")
    assert main.run.__module__ == "ostrakon.cli.main"
