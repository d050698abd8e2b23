"""Where the page comes from: files, version, seed, parameters, what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ostrakon.pages import rounding, wording
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import note
from ostrakon.pages.table import Line, table


@dataclass(frozen=True)
class InputFile:
    """One file that was read."""

    name: str
    sha256: str
    rows: int | None = None


@dataclass(frozen=True)
class Origin:
    """Everything that is needed to make the page again, and what a reader should know about the input."""

    version: str
    seed: int | None
    files: Sequence[InputFile]
    parameters: Mapping[str, object] = field(default_factory=dict)
    notes: Sequence[str] = ()
    """Sentences: times without a zone, ignored columns, estimated propensities ..."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Rows not used, by problem."""


def origin(found: Origin) -> Markup:
    """The last section of the page."""
    return fragment(
        h("p", wording.ORIGIN_LEAD, class_="lead"),
        h("h3", wording.ORIGIN_NOTES),
        h("ul", [h("li", h("bdi", text)) for text in found.notes])
        if found.notes
        else note(wording.ORIGIN_NO_NOTES),
        h("h3", wording.ORIGIN_REJECTED),
        _rejected(found.rejected),
        h("h3", wording.ORIGIN_FILES),
        _files(found.files),
        h("h3", wording.ORIGIN_RUN),
        _run(found),
    )


def _rejected(rejected: Mapping[str, int]) -> Markup:
    if not rejected:
        return note(wording.ORIGIN_NOT_REJECTED)
    lines = [Line([h("bdi", problem), rounding.count(rows)]) for problem, rows in _most_first(rejected)]
    return fragment(
        h(
            "div",
            table(wording.ORIGIN_REJECTED, wording.ORIGIN_REJECTED_HEAD, lines, kinds="tn"),
            class_="plain",
        ),
        note(wording.ORIGIN_REJECTED_FILE),
    )


def _most_first(rejected: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(rejected.items(), key=lambda item: (-item[1], item[0]))


def _files(files: Sequence[InputFile]) -> Markup:
    lines = [Line([show_id(file.name), _rows(file.rows), h("code", file.sha256)]) for file in files]
    return h(
        "div", table(wording.ORIGIN_FILES, wording.ORIGIN_FILES_HEAD, lines, kinds="tn"), class_="stack files"
    )


def _rows(rows: int | None) -> str:
    return rounding.UNKNOWN if rows is None else rounding.count(rows)


def _run(found: Origin) -> Markup:
    first: list[tuple[Child, object]] = [
        (wording.ORIGIN_VERSION, found.version),
        (wording.ORIGIN_SEED, found.seed),
    ]
    lines = [Line([name, show_id(str(value))]) for name, value in first if value is not None]
    lines += [Line([show_id(name), show_id(str(value))]) for name, value in found.parameters.items()]
    return h("div", table(wording.ORIGIN_RUN, wording.ORIGIN_RUN_HEAD, lines), class_="plain")
