"""The one check of rows for all formats: cells of any accepted type in, typed columns and problems out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from ostrakon.analysis.tables import HISTORY_COUNT, REPORTS, UNSPECIFIED, Column, Kind, Shape
from ostrakon.formats.times import instants, iso

CELL_LIMIT = 1 << 20
"""Bytes. No id or report text is that long; what is, is a file in a cell or a lost quote."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing that is moderated is older: an earlier time is a 0, an empty date or a missing value."""

UNKNOWN_WHEN_IMPOSSIBLE = frozenset({"created_at"})
"""Platforms fill a missing creation time with 1970; the row is as good without it."""

SHOWN = 80
"""Characters of a cell that a problem quotes; the row stands beside it in full."""

NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
INTEGER = r"^[+-]?[0-9]+$"


@dataclass(frozen=True)
class Typed:
    """One column, read."""

    values: pl.Series
    problems: pl.Series | None = None
    """String, null = none; or None where the whole column has none."""
    without_zone: pl.Series | None = None
    impossible: pl.Series | None = None
    """Boolean: an impossible time that is read as unknown."""


@dataclass(frozen=True)
class Checked:
    """Rows as a typed table. Where a row has a problem, its cells mean nothing."""

    table: pl.DataFrame
    problems: pl.Series
    """String, ``kind`` or ``kind: detail``; null = the row can be used."""
    without_zone: pl.Series
    """UInt32: times of the row that were read as UTC because they name no zone."""
    impossible: pl.Series
    """UInt32: impossible times of the row that are read as unknown."""


def check(cells: pl.DataFrame, shape: Shape, latest: datetime | None) -> Checked:
    """Types and checks the columns of ``shape`` that ``cells`` has; a row's first problem is the one named.

    Args:
        cells: text or any other type that ``accepts`` takes, under the names of the contract.
        latest: aware; a later time is impossible. None = no limit.
    """
    present = [column for column in shape.columns if column.name in cells.columns]
    typed = {
        column.name: _READERS[column.kind](column, _known(cells[column.name]), latest) for column in present
    }
    table = pl.DataFrame({name: column.values for name, column in typed.items()})
    problems = [column.problems for column in typed.values()]
    if shape.name in _ROW_PROBLEMS:
        problems.append(_ROW_PROBLEMS[shape.name](table))
    if shape == REPORTS:
        table = _with_policy(table)
    return Checked(
        table.select(name for name in shape.names if name in table.columns),
        _first(problems, cells.height),
        _count([column.without_zone for column in typed.values()], cells.height),
        _count([column.impossible for column in typed.values()], cells.height),
    )


def accepts(kind: Kind, dtype: pl.DataType) -> bool:
    """Whether a column of this polars type can be read as ``kind`` without guessing.

    Floats are no ids: 2^53 + 1 is already 2^53 in the file.
    """
    if isinstance(dtype, (pl.String, pl.Categorical, pl.Enum, pl.Null)):
        return True
    is_whole = dtype.is_integer() or (isinstance(dtype, pl.Decimal) and dtype.scale == 0)
    match kind:
        case Kind.ID | Kind.TEXT | Kind.INTEGER:
            return is_whole
        case Kind.TIME:
            return is_whole or dtype.is_float() or isinstance(dtype, (pl.Datetime, pl.Date))
        case Kind.COUNT | Kind.SHARE | Kind.NUMBER:
            return dtype.is_numeric()
        case Kind.CHOICE:
            return False


def _known(cells: pl.Series) -> pl.Series:
    """An empty text is unknown. Dictionaries and empty columns become plain text, so few types are left."""
    if isinstance(cells.dtype, (pl.Categorical, pl.Enum, pl.Null)):
        cells = cells.cast(pl.String())
    if isinstance(cells.dtype, pl.Decimal) and cells.dtype.scale == 0:
        cells = cells.cast(pl.Int128())
    if isinstance(cells.dtype, pl.String):
        is_empty = cells == ""
        if is_empty.any():
            cells = cells.set(is_empty, None)
    return cells


def _text(column: Column, cells: pl.Series, latest: datetime | None) -> Typed:
    texts = cells.cast(pl.String())
    sizes = texts.str.len_bytes()
    too_long = _problem(sizes > CELL_LIMIT, f"{column.name} is over 1 MiB, in bytes", sizes)
    nul = _problem(texts.str.contains("\0", literal=True), f"{column.name} holds a NUL character")
    return Typed(texts, _joined(_missing(column, texts), too_long, nul))


def _choice(column: Column, cells: pl.Series, latest: datetime | None) -> Typed:
    texts = cells.cast(pl.String())
    wrong = ~texts.is_in(column.choices) & texts.is_not_null()
    choices = ", ".join(column.choices)
    return Typed(
        texts,
        _joined(_missing(column, texts), _problem(wrong, f"{column.name} is not one of {choices}", texts)),
    )


def _time(column: Column, cells: pl.Series, latest: datetime | None) -> Typed:
    found = instants(cells)
    values = found.values
    garbled = _problem(values.is_null() & cells.is_not_null(), f"{column.name} is not a time", cells)
    is_early = (values < EARLIEST).fill_null(False)
    is_late = (values > latest).fill_null(False) if latest else pl.repeat(False, len(values), eager=True)
    if column.name in UNKNOWN_WHEN_IMPOSSIBLE:
        is_impossible = is_early | is_late
        known = values.set(is_impossible, None)
        return Typed(known, garbled, found.without_zone & ~is_impossible, is_impossible)
    early = _dated(is_early, f"{column.name} is before {EARLIEST:%Y}, looks like a missing value", values)
    late = _dated(is_late, f"{column.name} is in the future", values)
    return Typed(values, _joined(_missing(column, cells), garbled, early, late), found.without_zone)


def _count_kind(column: Column, cells: pl.Series, latest: datetime | None) -> Typed:
    values, garbled = _numbers(column, cells)
    return Typed(values, _joined(garbled, _problem(values < 0, f"{column.name} is negative", cells)))


def _share(column: Column, cells: pl.Series, latest: datetime | None) -> Typed:
    values, garbled = _numbers(column, cells)
    is_outside = ~((values > 0) & (values <= 1))
    outside = _problem(is_outside, f"{column.name} is not above 0 and at most 1", cells)
    return Typed(values, _joined(garbled, outside))


def _number(column: Column, cells: pl.Series, latest: datetime | None) -> Typed:
    return Typed(*_numbers(column, cells))


def _integer(column: Column, cells: pl.Series, latest: datetime | None) -> Typed:
    whole = cells
    if isinstance(cells.dtype, pl.String):
        whole = cells.set(~cells.str.contains(INTEGER), None)
    values = whole.cast(pl.Int64(), strict=False)
    is_garbled = values.is_null() & cells.is_not_null()
    return Typed(values, _problem(is_garbled, f"{column.name} is not a whole number", cells))


def _numbers(column: Column, cells: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    numeric = cells
    if isinstance(cells.dtype, pl.String):  # polars alone would take "nan" and "inf", too
        numeric = cells.set(~cells.str.contains(NUMBER), None)
    values = numeric.cast(pl.Float64(), strict=False)
    values = values.set(~values.is_finite(), None)
    is_garbled = values.is_null() & cells.is_not_null()
    return values, _problem(is_garbled, f"{column.name} is not a finite number", cells)


_READERS: dict[Kind, Callable[[Column, pl.Series, datetime | None], Typed]] = {
    Kind.ID: _text,
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.TIME: _time,
    Kind.COUNT: _count_kind,
    Kind.SHARE: _share,
    Kind.NUMBER: _number,
    Kind.INTEGER: _integer,
}


def _missing(column: Column, cells: pl.Series) -> pl.Series | None:
    """An id is never empty; nor is a time or a choice without which the row says nothing."""
    must = column.kind is Kind.ID or (column.required and column.kind in (Kind.TIME, Kind.CHOICE))
    return _problem(cells.is_null(), f"{column.name} is empty") if must else None


def _self_reports(table: pl.DataFrame) -> pl.Series | None:
    return _problem(table["reporter"] == table["account"], "self-report", table["account"])


def _impossible_spells(table: pl.DataFrame) -> pl.Series | None:
    """Ends before beginnings: the cells are typed, but the row says nothing that can be."""
    if "end_at" not in table.columns or "event" not in table.columns:
        return None
    end, start = table["end_at"], table["start_at"]
    entry = table["entry_at"] if "entry_at" in table.columns else start
    return _joined(
        _dated((end < start).fill_null(False), "end_at is before start_at", end),
        _problem(end.is_null() & table["event"].is_not_null(), "event without end_at", table["event"]),
        _dated(((entry > start) & (end <= entry)).fill_null(False), "ended before it was watched", end),
    )


def _impossible_intervals(table: pl.DataFrame) -> pl.Series | None:
    """Half-open: what ends where it begins is no time at all."""
    if "to_at" not in table.columns:
        return None
    end = table["to_at"]
    return _dated((end <= table["from_at"]).fill_null(False), "to_at is not after from_at", end)


def _empty_cells(table: pl.DataFrame) -> pl.Series | None:
    """A cell of a panel that says nothing is a gap, which is found among the rows that are left."""
    return _joined(
        _problem(table["time"].is_null(), "time is empty"),
        _problem(table["outcome"].is_null(), "outcome is empty"),
    )


def _no_history(table: pl.DataFrame) -> pl.Series | None:
    """A history is a row of 0 and 1, one 1 at least."""
    lists = table.drop(HISTORY_COUNT, strict=False)
    is_bit = lists.select(pl.all_horizontal(pl.all().is_in([0.0, 1.0]).fill_null(False))).to_series()
    is_none = lists.select(pl.sum_horizontal(pl.all()) == 0).to_series() & is_bit
    counted = table[HISTORY_COUNT] if HISTORY_COUNT in table.columns else None
    return _joined(
        _problem(~is_bit, "a list is neither 0 nor 1"),
        _problem(is_none, "on no list: how many those are is the question"),
        None if counted is None else _problem(counted.is_null(), "count is empty"),
    )


_ROW_PROBLEMS: dict[str, Callable[[pl.DataFrame], pl.Series | None]] = {
    "reports": _self_reports,
    "spells": _impossible_spells,
    "histories": _no_history,
    "flagged": _impossible_intervals,
    "panel": _empty_cells,
}
"""What only the cells of a row together show, by the name of the shape."""


def _with_policy(table: pl.DataFrame) -> pl.DataFrame:
    if "policy" not in table.columns:
        return table.with_columns(pl.lit(UNSPECIFIED).alias("policy"))
    return table.with_columns(pl.col("policy").fill_null(UNSPECIFIED))


def _dated(is_bad: pl.Series, kind: str, times: pl.Series) -> pl.Series | None:
    if not is_bad.any():
        return None
    return _problem(is_bad, kind, times.to_frame("time").select(iso(pl.col("time"))).to_series())


def _problem(is_bad: pl.Series, kind: str, details: pl.Series | None = None) -> pl.Series | None:
    """``kind: detail`` where ``is_bad``, else null; None if that is nowhere, the usual case."""
    if not is_bad.any():
        return None
    text = pl.lit(kind)
    if details is not None:
        text = text + ": " + pl.col("detail").cast(pl.String()).str.head(SHOWN).fill_null("")
    frame = pl.DataFrame({"bad": is_bad, "detail": is_bad if details is None else details})
    return frame.select(pl.when("bad").then(text).alias("problem")).to_series()


def _joined(*problems: pl.Series | None) -> pl.Series | None:
    some = [problem for problem in problems if problem is not None]
    return _first(some, len(some[0])) if some else None


def _first(problems: list[pl.Series | None] | list[pl.Series], height: int) -> pl.Series:
    """Each row's first problem."""
    first = pl.repeat(None, height, dtype=pl.String(), eager=True)
    for problem in problems:
        if problem is not None:
            first = first.zip_with(first.is_not_null(), problem)
    return first.alias("problem")


def _count(flags: list[pl.Series | None], height: int) -> pl.Series:
    count = pl.repeat(0, height, dtype=pl.UInt32(), eager=True)
    for flag in flags:
        if flag is not None:
            count = count + flag.cast(pl.UInt32())
    return count
