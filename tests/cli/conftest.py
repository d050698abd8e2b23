"""The demonstration world, weighed once for all tests of the shell."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.case import Folder, command


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the demonstration."""
    folder = tmp_path_factory.mktemp("demo") / "world"
    told = command("demo", folder)
    assert (told.status, told.err) == (0, "")
    return folder


@pytest.fixture(scope="session")
def demo(world: Path) -> Folder:
    """The demonstration weighed, with all its files."""
    out = world.parent / "triage"
    told = command(*of(world), "--out", out)
    assert (told.status, told.err) == (0, "")
    return Folder(out, told)


def of(world: Path) -> list[str | Path]:
    """``triage`` with every file of a world."""
    files = [
        f for name in ("decisions", "accounts", "reporters") for f in (f"--{name}", world / f"{name}.csv")
    ]
    return ["triage", world / "reports.csv", *files]
