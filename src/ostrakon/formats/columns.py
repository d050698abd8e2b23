"""Which of a file's columns are used: the names of the contract, and the file's own names for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ostrakon.analysis.tables import REPORTS, Shape
from ostrakon.errors import NoSuchColumn, UnreadableFile


def own_names(shape: Shape, columns: Mapping[str, str]) -> dict[str, str]:
    """Contract name -> the file's own name, for every column of the shape.

    A name that ``columns`` leaves out is taken as it is; where it maps one, a column that happens to have the
    contract's name is an unknown one.

    Raises:
        NoSuchColumn: ``columns`` names a column that the contract does not have.
    """
    strangers = [key for key in columns if key not in shape.names]
    if strangers:
        raise NoSuchColumn(
            f"--columns names {listed(strangers)}, but {shape.name} have only {listed(shape.names)}"
        )
    return {key: columns.get(key, key) for key in shape.names}


def require(needed: Collection[str], present: Collection[str], shape: Shape, name: str) -> None:
    """Complains when a file does not have all columns that are ``needed`` (own names).

    Raises:
        NoSuchColumn: naming what is missing, what the file has, and what to do.
    """
    missing = [own for own in needed if own not in present]
    if missing:
        has = f"it has {listed(present)}" if present else "it has no columns at all"
        raise NoSuchColumn(f"{name} has no column {listed(missing)}: {has}; {_hint(shape, present)}")


def header(cells: Sequence[str], name: str) -> tuple[str, ...]:
    """The names of a header line.

    Raises:
        UnreadableFile: two columns have the same name, so that it is open which one is meant. (Columns
            without any name, which spreadsheets add at the right edge, cannot be meant and may repeat.)
    """
    twice = sorted({cell for cell in cells if cell and cells.count(cell) > 1})
    if twice:
        raise UnreadableFile(f"{name}: its header names {listed(twice)} twice; rename or remove one of them")
    return tuple(cells)


def listed(names: Collection[str]) -> str:
    """Names for a message: quoted, so that a blank in one is seen, and not more than twenty of them."""
    shown = ", ".join(repr(name) for name in list(names)[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _hint(shape: Shape, present: Collection[str]) -> str:
    if len(present) == 1 and any(sign in next(iter(present)) for sign in ";|"):
        return "cells must be separated by commas or tabs"
    if shape != REPORTS:  # --columns speaks of the reports alone
        return f"rename your column for {listed(shape.required)}"
    return f"map your own names with --columns, for instance --columns {shape.required[0]}=YOUR_NAME"
