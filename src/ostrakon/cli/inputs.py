"""The files of one run, read: reports as a coded log, the other tables whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from ostrakon.analysis import tables
from ostrakon.analysis.log import Coder, ReportLog
from ostrakon.cli.request import Request, parse_columns
from ostrakon.errors import InputUnusable
from ostrakon.formats import Facts, Rejected, read

CLOCK_SKEW = timedelta(days=1)
"""A report may come from a machine whose clock is wrong by so much."""

SHAPES = (tables.REPORTS, tables.DECISIONS, tables.ACCOUNTS, tables.REPORTERS)
PROBLEMS_NAMED = 3


@dataclass(frozen=True)
class Inputs:
    """Everything that was read; None = the file was not given."""

    log: ReportLog
    decisions: pl.DataFrame | None
    accounts: pl.DataFrame | None
    reporters: pl.DataFrame | None
    facts: dict[str, Facts]


def read_inputs(request: Request, rejected: Rejected, say: Callable[[str], None]) -> Inputs:
    """All files of a request. ``say`` is told how far the reading has come.

    Raises:
        InputUnusable: a file cannot be used, or no report is left.
    """
    columns, latest = parse_columns(request.columns), datetime.now(UTC) + CLOCK_SKEW
    readings = {  # opened before anything is read: a wrong path is found at once
        shape.name: read(
            request.inputs[shape.name],
            shape,
            columns=columns if shape is tables.REPORTS else None,
            rejected=rejected,
            latest=latest,
        )
        for shape in SHAPES
        if shape.name in request.inputs
    }
    log = _log(readings["reports"], request, rejected, say)
    others: dict[str, pl.DataFrame] = {}
    for name in list(readings)[1:]:
        say(f"reading {name}")
        others[name] = readings[name].table()
    return Inputs(
        log,
        others.get("decisions"),
        others.get("accounts"),
        others.get("reporters"),
        {name: reading.facts for name, reading in readings.items()},
    )


def _log(
    batches: Iterable[pl.DataFrame], request: Request, rejected: Rejected, say: Callable[[str], None]
) -> ReportLog:
    coder, rows = Coder(texts=request.campaigns), 0
    for batch in batches:
        coder.add(batch)
        rows += batch.height
        say(f"reading: {rows:,} reports")
    if rows == 0:
        problems = [
            f"{problem} ({count:,})" for problem, count in rejected.counts.most_common(PROBLEMS_NAMED)
        ]
        raise InputUnusable(
            f"{request.reports}: no report could be used: {', '.join(problems) or 'the file has a header and no rows'}"
        )
    return coder.log()
