"""One run of ``ostrakon triage`` in a test: how it ended, and what lies in its folder."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl
import pytest

import ostrakon
from ostrakon.cli.main import run

HEADER = "reporter,account,reported_at\n"
GOOD = "alice,mallory,2025-01-05T10:00:00Z\n"
FILES = {
    "queue.csv", "queue.parquet", "reporters.csv", "reporters.parquet", "campaigns.csv",
    "campaign_members.csv", "campaign_targets.csv", "rejected.csv", "summary.json", "report.html",
}  # fmt: skip
WHERE = {**os.environ, "PYTHONPATH": str(Path(ostrakon.__file__).parents[1])}
"""The environment of another process that is to run the same sources from any folder."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


def command(*arguments: str | Path, encoding: str = "utf-8") -> Ended:
    """``ostrakon ARGUMENTS`` in this process, which saves the seconds that its imports take.

    ``encoding`` is that of the terminal.
    """
    written, err = io.BytesIO(), io.StringIO()
    said = io.TextIOWrapper(written, encoding=encoding)
    with (
        mock.patch.object(sys, "argv", ["ostrakon", *map(str, arguments)]),
        redirect_stdout(said),
        redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        run()
    said.flush()
    return Ended(int(end.value.code or 0), written.getvalue().decode(encoding), err.getvalue())


def process(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """``python -m ostrakon ARGUMENTS`` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ostrakon", *arguments],
        **{"capture_output": True, "text": True, "check": False, "env": WHERE, **options},
    )


@dataclass(frozen=True)
class Folder:
    """What a run has written."""

    path: Path
    told: Ended

    @property
    def queue(self) -> pl.DataFrame:
        return pl.read_parquet(self.path / "queue.parquet")

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The queue by account, for runs of one policy."""
        return {row["account"]: row for row in self.queue.to_dicts()}

    @property
    def reporters(self) -> pl.DataFrame:
        return pl.read_parquet(self.path / "reporters.parquet")

    @property
    def summary(self) -> dict[str, Any]:
        return dict(json.loads(self.text("summary.json"), parse_constant=refuse))

    @property
    def rejected(self) -> list[dict[str, str]]:
        return self.table("rejected.csv")

    @property
    def problems(self) -> list[tuple[int, str]]:
        return [(int(row["line"]), row["problem"]) for row in self.rejected]

    def table(self, name: str) -> list[dict[str, str]]:
        """A CSV file as any program would read it."""
        with (self.path / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def text(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def save(path: Path, content: str | bytes | pl.DataFrame) -> Path:
    """A file with this content; a frame becomes Parquet."""
    if isinstance(content, pl.DataFrame):
        content.write_parquet(path)
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def inputs(
    folder: Path, reports: str | bytes | pl.DataFrame, name: str, tables: dict[str, str]
) -> list[str | Path]:
    """The files of a run, and how they are named to ``ostrakon triage``."""
    arguments: list[str | Path] = ["triage", save(folder / name, reports)]
    for table, content in tables.items():
        arguments += [f"--{table}", save(folder / f"{table}.csv", content)]
    return arguments


def weighed(
    folder: Path, reports: str | bytes | pl.DataFrame, *options: str, name: str = "reports.csv", **tables: str
) -> Folder:
    """A run that must end well."""
    told = command(*inputs(folder, reports, name, tables), "--out", folder / "out", *options)
    assert (told.status, told.err) == (0, "")
    assert {path.name for path in (folder / "out").iterdir()} == FILES
    return Folder(folder / "out", told)


def refused(
    folder: Path, reports: str | bytes | pl.DataFrame, *options: str, name: str = "reports.csv", **tables: str
) -> str:
    """A run that must be refused: one clear line, exit status 2 and nothing written; gives that line."""
    arguments = inputs(folder, reports, name, tables)
    before = set(folder.iterdir())
    told = command(*arguments, "--out", folder / "out", *options)
    assert (told.status, told.out) == (2, "")
    assert set(folder.iterdir()) == before
    return one_line(told.err)


def one_line(err: str) -> str:
    """What a command says when it gives up, without its name."""
    assert err.startswith("ostrakon: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    return err.removeprefix("ostrakon: ").rstrip("\n")


def reported(account: str, reporters: int = 3) -> str:
    """Rows on one account by that many people, a minute apart."""
    return "".join(f"r{n},{account},2025-01-05T10:{n:02}:00Z\n" for n in range(reporters))
