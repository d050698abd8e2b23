"""The shell is light: whoever asks for help or a version does not wait for the science to load."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "ostrakon"
HEAVY = {"polars", "numpy", "numba", "scipy", "sklearn", "zstandard", "duckdb", "django"}

RUN = """
import runpy, sys
sys.argv = ["ostrakon", *{arguments}]
try:
    runpy.run_module("ostrakon", run_name="__main__", alter_sys=True)
except SystemExit as end:
    assert (end.code or 0) == {status}, end.code
"""
LIGHT = [
    "import ostrakon",
    "import ostrakon.errors",
    RUN.format(arguments=["--help"], status=0),
    RUN.format(arguments=["--version"], status=0),
    RUN.format(arguments=["triage", "--help"], status=0),
    RUN.format(arguments=["triage", "reports.csv"], status=2),
    RUN.format(arguments=["serve", "--help"], status=0),
    RUN.format(arguments=["cases", "propose", "--help"], status=0),
    RUN.format(arguments=["serve", "--port", "many"], status=2),
]


def python(*arguments: str) -> str:
    run = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    return run.stdout


def work_s(*arguments: str) -> float:
    """Processor time of one run: unlike the wall clock it does not count what else the machine does."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    python(*arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("code", LIGHT)
def test_it_starts_without_the_heavy_packages(code: str) -> None:
    modules = python("-c", code + "\nimport json, sys; print(); print(json.dumps(list(sys.modules)))")
    assert HEAVY.isdisjoint(json.loads(modules.splitlines()[-1]))


def test_help_names_the_commands() -> None:
    shown = python("-m", "ostrakon", "--help")
    assert all(command in shown for command in ("demo", "init", "serve", "triage"))


def test_help_takes_less_than_twenty_bare_starts() -> None:
    python("-m", "ostrakon", "--help")
    pairs = [(work_s("-c", "pass"), work_s("-m", "ostrakon", "--help")) for _ in range(5)]
    bare, shown = (min(times) for times in zip(*pairs, strict=True))
    assert shown < 20 * bare


def test_the_wheel_holds_every_source_and_nothing_else(tmp_path: Path) -> None:
    python("-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path))
    (wheel,) = tmp_path.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    sources = {
        path.relative_to(SOURCES.parent).as_posix()
        for path in SOURCES.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names == sources
    assert "ostrakon/py.typed" in names
