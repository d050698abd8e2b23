"""One file read in a test: what came out, what was set aside, and the facts."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import zstandard

from ostrakon.analysis.tables import REPORTS, Shape
from ostrakon.formats import Facts, Rejected, read

LATEST = datetime(2026, 11, 23, tzinfo=UTC)
HEADER = "reporter,account,reported_at\n"
GOOD = "alice,mallory,2026-01-05T10:00:00Z\n"


@dataclass(frozen=True)
class Case:
    table: pl.DataFrame
    facts: Facts
    rejected: list[dict[str, str]]
    counts: Mapping[str, int]

    @property
    def problems(self) -> list[tuple[int, str]]:
        """Line and problem of each rejected row."""
        return [(int(row["line"]), row["problem"]) for row in self.rejected]


def case(
    folder: Path, content: str | bytes, shape: Shape = REPORTS, name: str = "reports.csv", **options: Any
) -> Case:
    """Writes ``content`` into a file of that name and reads it."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return case_of(path, shape, **options)


def case_of(path: Path, shape: Shape = REPORTS, **options: Any) -> Case:
    """Reads an existing file."""
    aside = path.with_name("rejected.csv")
    with Rejected(aside) as rejected:
        reading = read(path, shape, rejected=rejected, **{"latest": LATEST, **options})
        table = reading.table()
    return Case(table, reading.facts, rows_of(aside), dict(rejected.counts))


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, by another reader than ours."""
    csv.field_size_limit(1 << 26)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def packed(content: bytes, compression: str) -> bytes:
    """``content`` within gzip or zstd."""
    return gzip.compress(content) if compression == "gzip" else zstandard.compress(content)
