"""What a file is, by its columns: lists or histories; spells with which covariates; panels in dates or numbers."""

from __future__ import annotations

from pathlib import Path

from ostrakon.analysis.tables import (
    LISTS,
    NUMBERED_PANEL,
    PANEL,
    SPELLS,
    Column,
    Kind,
    Shape,
    history_shape,
)
from ostrakon.errors import NoSuchColumn
from ostrakon.formats import columns_of, number_columns
from ostrakon.formats.columns import listed
from ostrakon.formats.source import display

NEVER_COVARIATES = ("language", "religion", "origin", "nationality", "ethnicity", "opinion", "country")
"""Nobody is judged by these: a column of such a name is not read, whatever it holds."""
REQUIRED_OF_SPELLS = ("end_at", "event")
"""Their cells may be empty; the columns must be there."""


def lists_or_histories(file: Path) -> Shape:
    """Rows of list and account, where the file has either column; else a 0/1 column a list.

    Raises:
        UnreadableFile: the file cannot be read. NoSuchColumn: no column is a list.
    """
    columns = columns_of(file)
    if set(columns) & set(LISTS.required):
        return LISTS
    shape = history_shape(columns)
    if not shape.required:
        raise NoSuchColumn(
            f"{display(file)} has neither list and account nor a column for each list: it has {listed(columns)}"
        )
    return shape


def spells_with_covariates(file: Path) -> Shape:
    """Spells, and all further columns that hold numbers and may be covariates.

    Raises:
        UnreadableFile: the file cannot be read. NoSuchColumn: a required column is absent.
    """
    columns = columns_of(file)
    missing = [name for name in (*SPELLS.required, *REQUIRED_OF_SPELLS) if name not in columns]
    if missing:
        raise NoSuchColumn(
            f"{display(file)} has no column {listed(missing)}: it has {listed(columns)}; who is still there has an "
            "empty event, but the column must be there"
        )
    more = [name for name in columns if name not in SPELLS.names and _may_be_covariate(name)]
    return SPELLS.wider(Column(name, Kind.NUMBER) for name in number_columns(file, more))


def panel_over_time(file: Path) -> Shape:
    """A panel; its times may be numbers (years, weeks, epochs) if all of them are.

    Raises:
        UnreadableFile: the file cannot be read.
    """
    times = [name for name in ("time", "treated_at") if name in columns_of(file)]
    return NUMBERED_PANEL if number_columns(file, times) == tuple(times) else PANEL


def _may_be_covariate(name: str) -> bool:
    return not any(word in name.casefold() for word in NEVER_COVARIATES)


def covariates_of(shape: Shape) -> tuple[str, ...]:
    """The further columns of spells."""
    return tuple(name for name in shape.names if name not in SPELLS.names)
