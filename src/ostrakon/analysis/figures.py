"""Figures that say how sure they are, and the gates that keep one back when the data do not carry it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Grade = Literal["exact count", "estimate", "indicative", "not shown"]
"""``estimate``: every assumption that the method needs was checked on the data at hand and none was found broken;
``indicative``: one is in doubt, or could not be checked."""

WIDEST = 3.0
"""Above this ratio of the upper to the lower end a number is an order of magnitude."""
LEAST_SHOWN = 5
"""Smaller counts of people are not published."""


@dataclass(frozen=True)
class Figure:
    """One number of a measurement. A refused one has no value and says what is missing."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    """95 % interval; None with an exact count, and where an end is unknown."""
    unit: str
    grade: Grade
    method: str
    warnings: tuple[str, ...] = ()
    refused: str | None = None


@dataclass(frozen=True)
class Measured:
    """What one measurement says: figures, and tables of rows by name."""

    figures: tuple[Figure, ...]
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    parameters: Mapping[str, float | int | str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What a reader should know about the input."""


def exact(name: str, count: float, unit: str, method: str) -> Figure:
    """A count: nothing was estimated."""
    return Figure(name, float(count), None, None, unit, "exact count", method)


def refused(name: str, unit: str, method: str, why: str) -> Figure:
    """No number, and what is missing for one.

    >>> refused("median", "days", "Kaplan-Meier", "no account has ended").grade
    'not shown'
    """
    return Figure(name, None, None, None, unit, "not shown", method, refused=why)


def estimate(
    name: str, value: float, low: float, high: float, unit: str, method: str, *,
    warnings: Sequence[str] = (), unchecked: bool = False,
) -> Figure:  # fmt: skip
    """A number with its interval: ``indicative`` with a warning, or where an assumption could not be checked.

    Raises:
        ValueError: the value does not lie within its interval.

    >>> estimate("population", 50, 10, 90, "accounts", "MSE").warnings
    ('order of magnitude: the upper end is more than 3 times the lower one',)
    """
    if not low <= value <= high:
        raise ValueError(f"{name}: {value} does not lie within {low} and {high}")
    told = tuple(warnings)
    if is_wide(low, high):
        told += (f"order of magnitude: the upper end is more than {WIDEST:g} times the lower one",)
    grade: Grade = "indicative" if told or unchecked else "estimate"
    return Figure(name, value, low, high if math.isfinite(high) else None, unit, grade, method, told)


def is_wide(low: float, high: float) -> bool:
    """Whether no more than the order of magnitude is known."""
    return not math.isfinite(high) or high > WIDEST * low


def warned(figure: Figure, warning: str) -> Figure:
    """The figure with a warning more."""
    grade: Grade = "indicative" if figure.grade == "estimate" else figure.grade
    return replace(figure, grade=grade, warnings=(*figure.warnings, warning))
