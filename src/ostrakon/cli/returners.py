"""``ostrakon returners``: from files of the contract to links, what speaks for and against each, and a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from ostrakon.analysis import tables
from ostrakon.analysis.returners import Explanation, Parameters, Returners, find_returners
from ostrakon.cli.returners_page import page_of
from ostrakon.cli.returners_summary import Summary, summary
from ostrakon.cli.steps import Steps
from ostrakon.errors import InputUnusable
from ostrakon.formats import Facts, Rejected, output_folder, read, write

__all__ = ["Outcome", "Request", "returners"]

STEPS = 4
SHAPES = (tables.SUSPENDED, tables.NEW, tables.FOLLOWS, tables.PLACEBO, tables.REVIEWS)
CARDS = 50
"""Links that the page explains one by one, the most probable first."""


@dataclass(frozen=True)
class Request:
    """The options of one run."""

    suspended: Path
    new: Path
    out: Path
    follows: Path | None = None
    placebo: Path | None = None
    reviews: Path | None = None
    replace: bool = False
    seed: int = 0

    @property
    def inputs(self) -> dict[str, Path]:
        """The files to read, by table of the contract."""
        files = {shape.name: getattr(self, shape.name) for shape in SHAPES}
        return {name: path for name, path in files.items() if path is not None}


@dataclass(frozen=True)
class Outcome:
    """What is shown at the end."""

    request: Request
    links: pl.DataFrame
    summary: Summary


def returners(request: Request) -> Outcome:
    """Read, search, explain, write.

    Raises:
        InputUnusable: a file cannot be used, or the folder cannot be written; nothing was written then.
    """
    with (
        output_folder(request.out, request.replace, inputs=list(request.inputs.values())) as folder,
        Rejected(folder / "rejected.csv") as rejected,
        Steps(STEPS) as steps,
    ):
        with steps.step("reading"):
            read_tables, facts = _read(request, rejected, steps.say)
        with steps.step("looking for returners"):
            found = find_returners(**read_tables, parameters=Parameters(seed=request.seed))
        with steps.step("writing"):
            write(found.links, folder / "links.csv", tables.LINKS)
            _write_evidence(folder / "links.ndjson", found)
        told = summary(request.inputs, request.seed, found, facts, rejected, steps.taken)
        with steps.step("making the page"):
            (folder / "report.html").write_text(page_of(found, told, CARDS), encoding="utf-8")
        (folder / "summary.json").write_text(told.json(), encoding="utf-8")
    return Outcome(request, found.links, told)


def _read(
    request: Request, rejected: Rejected, say: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, Facts]]:
    """The tables and what was found in their files, by table of the contract.

    No time is too late: here times are compared with each other, so the same files say the same on every day.
    """
    readings = {  # opened before anything is read: a wrong path is found at once
        shape.name: read(request.inputs[shape.name], shape, rejected=rejected, latest=None)
        for shape in SHAPES
        if shape.name in request.inputs
    }
    found = {}
    for name, reading in readings.items():
        say(f"reading {name}")
        found[name] = reading.table()
    for name in ("suspended", "new"):
        if found[name].is_empty():
            problems = ", ".join(f"{problem} ({n:,})" for problem, n in rejected.counts.most_common(3))
            raise InputUnusable(
                f"{request.inputs[name]}: no account could be used: {problems or 'the file has a header and no rows'}"
            )
    return found, {name: reading.facts for name, reading in readings.items()}


def _write_evidence(path: Path, found: Returners) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in _evidence(found.links.iter_rows(named=True), found.explain):
            file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")


def _evidence(
    links: Iterable[dict[str, Any]], explain: Callable[[str, str], Explanation]
) -> Iterator[dict[str, Any]]:
    """A link a line, with the fields of ``Explanation``; evidence stands before the score."""
    for row in links:
        told = asdict(explain(row["account"], row["suspended_account"]))
        pair = {name: told.pop(name) for name in ("account", "suspended_account")}
        evidence = {"for": told.pop("signs_for"), "against": told.pop("signs_against"), **told}
        yield {**pair, **evidence, **{name: value for name, value in row.items() if name not in pair}}
