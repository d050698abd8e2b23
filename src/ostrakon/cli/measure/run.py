"""What every measurement does: read its files, estimate, and write a folder, complete or not at all."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ostrakon.analysis.figures import Measured
from ostrakon.analysis.tables import FIGURES, Shape
from ostrakon.cli.measure.page import page_of
from ostrakon.cli.provenance import notes_on_files, versions
from ostrakon.cli.steps import Steps, Taken
from ostrakon.errors import InputUnusable
from ostrakon.formats import Facts, Reading, Rejected, output_folder, read, write
from ostrakon.formats.source import display

STEPS = 4
LIBRARIES = ("numba", "numpy", "polars", "scipy")
"""Those that can change a number; their versions are kept."""
PROBLEMS_NAMED = 3

Rows = Mapping[str, pl.DataFrame]
"""Typed tables, by the name of their shape."""


@dataclass(frozen=True)
class Input:
    """A file and what it holds; without a path it was not given."""

    path: Path | None
    shape: Shape


@dataclass(frozen=True)
class Request:
    """The options of one run."""

    verb: str
    inputs: tuple[Input, ...]
    """The first one is what is measured."""
    out: Path
    replace: bool = False
    seed: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    streams: tuple[Input, ...] = ()
    """Further files, too large to hold: they are handed on unread."""

    @property
    def files(self) -> dict[str, Path]:
        """The files to read, by table of the contract."""
        return {item.shape.name: item.path for item in (*self.inputs, *self.streams) if item.path is not None}

    @property
    def first(self) -> str:
        """The table that is measured."""
        return self.inputs[0].shape.name


@dataclass(frozen=True)
class Summary:
    """``summary.json``, key by key."""

    counts: Mapping[str, int]
    """Rows used of each file, and rows that were not used."""
    rejected: Mapping[str, int]
    """Rows that were not used, by problem."""
    inputs: Mapping[str, Facts]
    """With the sha256 of every file."""
    parameters: Mapping[str, str | float | int]
    seed: int
    versions: Mapping[str, str]
    notes: tuple[str, ...]
    steps: list[Taken]
    """Grows until the end of the run."""


@dataclass(frozen=True)
class Outcome:
    """What is shown at the end."""

    request: Request
    found: Measured
    summary: Summary


def measure(request: Request, estimated: Callable[[Rows], Measured]) -> Outcome:
    """Read, estimate, write: ``measure_with`` without streams."""
    return measure_with(request, lambda rows, _: estimated(rows))


def measure_with(request: Request, estimated: Callable[[Rows, Mapping[str, Reading]], Measured]) -> Outcome:
    """Read, estimate, write.

    Args:
        estimated: gets the tables, and the streams by the name of their shape; it reads each of them to its end.

    Raises:
        InputUnusable: a file cannot be used, or the folder cannot be written; nothing was written then.
    """
    with (
        output_folder(request.out, request.replace, inputs=list(request.files.values())) as folder,
        Rejected(folder / "rejected.csv") as rejected,
        Steps(STEPS) as steps,
    ):
        with steps.step("reading"):
            rows, readings = _read(request, rejected)
        with steps.step("estimating"):
            found = estimated(rows, {item.shape.name: readings[item.shape.name] for item in request.streams})
        facts = {name: reading.facts for name, reading in readings.items()}
        told = _summary(request, found, facts, rejected, steps.taken)
        with steps.step("writing"):
            _write_figures(folder, request, found, told)
        with steps.step("making the page"):
            page = page_of(
                request.verb, found, told.inputs, told.parameters, told.notes, told.rejected, request.seed
            )
            (folder / "report.html").write_text(page, encoding="utf-8")
        _write_json(folder / "summary.json", asdict(told))
    return Outcome(request, found, told)


def _read(request: Request, rejected: Rejected) -> tuple[dict[str, pl.DataFrame], dict[str, Reading]]:
    """No clock: a time in the future stays what the file says, so that the same file gives the same figures."""
    readings = {  # opened before anything is read: a wrong path is found at once
        item.shape.name: read(item.path, item.shape, rejected=rejected, latest=None)
        for item in (*request.inputs, *request.streams)
        if item.path is not None
    }
    whole = [item.shape.name for item in request.inputs if item.path is not None]
    rows = {name: readings[name].table() for name in whole}
    if rows[request.first].is_empty():
        problems = [f"{problem} ({n:,})" for problem, n in rejected.counts.most_common(PROBLEMS_NAMED)]
        raise InputUnusable(
            f"{display(request.files[request.first])}: no row could be used: "
            f"{', '.join(problems) or 'the file has a header and no rows'}"
        )
    return rows, readings


def _summary(
    request: Request, found: Measured, facts: dict[str, Facts], rejected: Rejected, steps: list[Taken]
) -> Summary:
    files = {name: display(path) for name, path in request.files.items()}
    return Summary(
        counts={**{name: fact.used for name, fact in facts.items()}, "rejected_rows": rejected.total},
        rejected=dict(rejected.counts.most_common()),
        inputs=facts,
        parameters={**files, **request.options, **found.parameters},
        seed=request.seed,
        versions=versions(LIBRARIES),
        notes=(*notes_on_files(facts), *found.notes),
        steps=steps,
    )


def _write_figures(folder: Path, request: Request, found: Measured, told: Summary) -> None:
    """figures.json holds nothing that differs between two runs on the same files."""
    _write_json(
        folder / "figures.json",
        {
            "figures": [asdict(figure) for figure in found.figures],
            "tables": found.tables,
            "inputs": {name: asdict(fact) for name, fact in told.inputs.items()},
            "parameters": told.parameters,
            "seed": request.seed,
        },
    )
    rows = [{**asdict(figure), "warnings": "; ".join(figure.warnings) or None} for figure in found.figures]
    frame = pl.DataFrame(
        rows, schema={column.name: column.kind.dtype for column in FIGURES.columns}, orient="row"
    )
    write(frame, folder / "figures.csv", FIGURES)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    """Numbers that are none (NaN, infinity) as null, numpy's as Python's."""
    if isinstance(value, Mapping):
        return {key: _plain(inside) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inside) for inside in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
