"""A stored measurement as its page shows it: both groups beside each other in every table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ostrakon.impact.measures.missing import PARTS
from ostrakon.impact.models import ImpactMeasurement
from ostrakon.pages.html import Markup
from ostrakon.web.console.impact.numbers import interval, isolated, placed, written
from ostrakon.web.console.impact.pictures import Table, bar, furthest, table_of
from ostrakon.web.console.impact.words import (
    ALL_SUSPENDED,
    CANNOT_TELL,
    FIGURES,
    GRADES,
    GROUPS,
    HEADLINES,
    MEASURES,
    QUESTIONS,
    SHORT,
    Named,
)

OF_ALL_SUSPENDED = frozenset({"wrongful", "waits", "collateral"})
ORDER = tuple(GROUPS)
Part = Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """A sentence of the science: in the reader's language where it is known there, else in English."""

    text: str
    is_english: bool
    command: str = ""
    """That brings what is missing."""


@dataclass(frozen=True)
class Cell:
    """One figure of one group."""

    group: str
    value: SafeString
    interval: SafeString
    bar: Markup | None
    grade: str
    kind: str
    """The grade's own word."""
    refused: Said | None


@dataclass(frozen=True)
class Row:
    """One figure for each group."""

    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Behind:
    """How a figure was made, and why it is in doubt."""

    group: str
    label: str
    method: Said
    warnings: Sequence[Said]


@dataclass(frozen=True)
class Source:
    """One input."""

    kind: str
    is_own: bool
    file: int | None
    name: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Drawn:
    """Tables of one group."""

    group: str
    tables: Sequence[Table]


@dataclass(frozen=True)
class Measure:
    """One of the twelve."""

    number: int
    name: str
    title: str
    lead: str
    groups: Sequence[str]
    rows: Sequence[Row]
    drawn: Sequence[Drawn]
    behind: Sequence[Behind]
    notes: Sequence[Said]
    sources: Sequence[Source]
    seed: int


@dataclass(frozen=True)
class Answer:
    """What a question has for an answer, of one group."""

    group: str
    sentence: str
    interval: SafeString
    grade: str
    kind: str


@dataclass(frozen=True)
class Question:
    """With its answers, and the measures behind them."""

    name: str
    title: str
    answers: Sequence[Answer]
    measures: Sequence[Measure]


@dataclass(frozen=True)
class Missing:
    """A figure that is not shown, and what would be needed."""

    measure: str
    group: str
    why: Said


def questions_of(measurement: ImpactMeasurement) -> list[Question]:
    """All of a measurement, in the order of the page."""
    kept = json.loads(measurement.measures)
    return [
        Question(name, str(title), _answers(name, mine), [_measure(one) for one in mine])
        for name, title in QUESTIONS.items()
        if (mine := [one for one in kept if one["question"] == name])
    ]


def missing_of(questions: Sequence[Question]) -> list[Missing]:
    """What is not shown, once for each reason."""
    found = [
        Missing(measure.title, cell.group, cell.refused)
        for question in questions
        for measure in question.measures
        for row in measure.rows
        for cell in row.cells
        if cell.refused is not None
    ]
    return list(dict.fromkeys(found))


# -- sentences -------------------------------------------------------------------------------------


def _answers(question: str, measures: Sequence[Mapping[str, Any]]) -> list[Answer]:
    return [_answer(HEADLINES[question], group, measures) for group in ORDER]


def _answer(wanted: Sequence[str], group: str, measures: Sequence[Mapping[str, Any]]) -> Answer:
    """By the first of the wanted figures that is shown; none: the data cannot tell."""
    known = {
        figure["name"]: (measure["name"], figure)
        for measure in measures
        for figure in measure["groups"][group]["figures"]
        if figure["refused"] is None
    }
    for name in wanted:
        if name in known and (named := FIGURES[name]).sentence is not None:
            measure, figure = known[name]
            words = placed(str(named.sentence), value=written(figure["value"], named.form))
            ends = interval(figure["low"], figure["high"], named.form)
            return Answer(_group(measure, group), words, ends, _grade(figure), figure["grade"])
    return Answer(str(GROUPS[group]), str(CANNOT_TELL), SafeString(), str(GRADES["not shown"]), "not shown")


# -- one measure -----------------------------------------------------------------------------------


def _measure(kept: Mapping[str, Any]) -> Measure:
    name, parts = kept["name"], kept["groups"]
    title, lead = MEASURES[name]
    groups = [_group(name, group) for group in ORDER]
    return Measure(
        number=kept["number"],
        name=name,
        title=str(title),
        lead=str(lead),
        groups=groups,
        rows=_rows(groups, [parts[group]["figures"] for group in ORDER]),
        drawn=[Drawn(_group(name, group, SHORT), _tables(parts[group])) for group in ORDER],
        behind=[
            one for label, group in zip(groups, ORDER, strict=True) for one in _behind(label, parts[group])
        ],
        notes=[
            said(text) for text in dict.fromkeys(note for group in ORDER for note in parts[group]["notes"])
        ],
        sources=[
            Source(one["kind"], one["origin"] == "own", one["file"], one["name"], one["rows"], one["sha256"])
            for one in kept["sources"]
        ],
        seed=kept["seed"],
    )


def _group(measure: str, group: str, names: Mapping[str, Promise] = GROUPS) -> str:
    return str(ALL_SUSPENDED if group == "target" and measure in OF_ALL_SUSPENDED else names[group])


def _rows(groups: Sequence[str], figures: Sequence[Sequence[Part]]) -> list[Row]:
    """The figures of both groups have one axis."""
    by_group = [{figure["name"]: figure for figure in part} for part in figures]
    names = list(dict.fromkeys(figure["name"] for part in figures for figure in part))
    return [_row(name, groups, [part.get(name) for part in by_group]) for name in names]


def _row(name: str, groups: Sequence[str], figures: Sequence[Part | None]) -> Row:
    named = FIGURES[name]
    most = furthest([(figure["value"], figure["high"]) for figure in figures if figure])
    cells = [
        _cell(group, figure, named, most) for group, figure in zip(groups, figures, strict=True) if figure
    ]
    return Row(str(named.label), cells)


def _cell(group: str, figure: Part, named: Named, most: float) -> Cell:
    value, low, high = figure["value"], figure["low"], figure["high"]
    return Cell(
        group=group,
        value=isolated(written(value, named.form)),
        interval=interval(low, high, named.form),
        bar=bar(value, low, high, most, named.form),
        grade=_grade(figure),
        kind=figure["grade"],
        refused=said(figure["refused"]) if figure["refused"] else None,
    )


def _behind(group: str, part: Part) -> Iterator[Behind]:
    for figure in part["figures"]:
        if figure["refused"] is None:
            warnings = [said(text) for text in figure["warnings"]]
            yield Behind(group, str(FIGURES[figure["name"]].label), said(figure["method"]), warnings)


def _tables(part: Part) -> list[Table]:
    found = [table_of(name, rows) for name, rows in part["tables"].items()]
    return [table for table in found if table is not None]


def _grade(figure: Part) -> str:
    return str(GRADES[figure["grade"]])


def said(text: str) -> Said:
    """The sentence as the catalogue has it; the science makes many with numbers in them, which stay English."""
    sentence, command = PARTS.get(text, (text, ""))
    found = _(sentence) if sentence else ""
    return Said(found, found == sentence and not (get_language() or "en").startswith("en"), command)
