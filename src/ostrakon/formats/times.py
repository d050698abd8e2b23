"""Times as the contract has them: ISO 8601 with a zone, or epoch seconds or milliseconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

ISO = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"( ?(Z|UTC|[+-]([01][0-9]|2[0-3]):?[0-5][0-9]))?$"
)
"""What nearly every export writes; " UTC" and a blank before the offset are Ruby's. Parsed by polars."""

EPOCH = r"^[+-]?[0-9]{1,19}(\.[0-9]*)?$"
"""No exponents: a spreadsheet that writes 1.76E+12 has lost the time already."""

RARE = re.compile(
    r"[0-9]{4}(-?[0-9]{2}-?[0-9]{2}|-?W[0-9]{2}-?[0-9])"
    r"([T ][0-9]{2}(:?[0-9]{2}(:?[0-9]{2}([.,][0-9]+)?)?)?(Z|[+-][0-9]{2}(:?[0-5][0-9])?)?)?"
)
"""Other forms of ISO 8601, among them the date alone: these go through Python, which alone would take more."""

MILLISECONDS_FROM = 1e11
"""From this number on (the year 5138 as seconds, 1973 as milliseconds) an epoch is in milliseconds."""

MICROS = 1_000_000
YEAR_1, YEAR_10000 = -62_135_596_800 * MICROS, 253_402_300_800 * MICROS
"""Microseconds since the epoch; what is outside has no date that Python could show."""


@dataclass(frozen=True)
class Instants:
    """The times of a column."""

    values: pl.Series
    """Datetime("us", "UTC"); null where the cell is empty or no time."""
    without_zone: pl.Series
    """Boolean: read as UTC although the cell does not say so. An epoch does say so."""


def instants(cells: pl.Series) -> Instants:
    """Reads a column of text, dates, datetimes (naive or not) or epoch numbers."""
    dtype = cells.dtype
    if dtype == pl.Date:
        micros, without_zone = _of_days(cells), cells.is_not_null()
    elif isinstance(dtype, pl.Datetime):
        micros, without_zone = _of_datetimes(cells, dtype), _flags(cells, dtype.time_zone is None)
    elif dtype.is_numeric():
        micros, without_zone = _of_epochs(cells), _flags(cells, False)
    else:
        micros, without_zone = _of_texts(cells.cast(pl.String()))
    micros = micros.set(~micros.is_between(YEAR_1, YEAR_10000, closed="left"), None)
    return Instants(micros.cast(pl.Datetime("us", "UTC")), without_zone & micros.is_not_null())


def iso(times: pl.Expr) -> pl.Expr:
    """Times as text, with Z and only the digits of a second that are needed."""
    return times.dt.to_string("%Y-%m-%dT%H:%M:%S%.fZ")


def _flags(cells: pl.Series, flag: bool) -> pl.Series:
    return cells.is_not_null() if flag else pl.repeat(False, len(cells), eager=True)


def _of_days(cells: pl.Series) -> pl.Series:
    return cells.to_physical().cast(pl.Int64()) * (86_400 * MICROS)


def _of_datetimes(cells: pl.Series, dtype: pl.Datetime) -> pl.Series:
    """polars holds an aware time in UTC already, and a naive one is read as UTC."""
    ticks = cells.to_physical()
    match dtype.time_unit:
        case "ns":
            return ticks // 1000
        case "us":
            return ticks
        case _:
            bounded = ticks.is_between(YEAR_1 // 1000, YEAR_10000 // 1000)  # so that the product fits
            return ticks.set(~bounded, None) * 1000


def _of_epochs(cells: pl.Series) -> pl.Series:
    """Through floats, which tell the microseconds of an epoch in seconds apart until 2106."""
    numbers = cells.cast(pl.Float64())
    is_millis = numbers.abs() >= MILLISECONDS_FROM
    micros = numbers * MICROS
    micros = micros.zip_with(~is_millis.fill_null(False), numbers * (MICROS / 1000))
    is_time = micros.is_between(YEAR_1, YEAR_10000, closed="left").fill_null(False)
    return micros.set(~is_time, None).round().cast(pl.Int64())


def _of_texts(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Microseconds (null = no time) and whether a zone was missing."""
    is_iso = texts.str.contains(ISO).fill_null(False)
    if is_iso.all():
        return _of_iso(texts)
    micros, without_zone = _of_iso(texts.set(~is_iso, None))
    is_epoch = texts.str.contains(EPOCH).fill_null(False)
    if is_epoch.any():
        micros = micros.zip_with(~is_epoch, _of_epochs(texts.set(~is_epoch, None).cast(pl.Float64())))
    is_rare = ~is_iso & ~is_epoch & texts.is_not_null()
    if is_rare.any():
        rare_micros, rare_without_zone = _of_rare(texts.set(~is_rare, None))
        micros = micros.zip_with(~is_rare, rare_micros)
        without_zone = without_zone | rare_without_zone
    return micros, without_zone


def _of_iso(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Texts that match ``ISO``. The clock is read first; fraction and zone only where there are any."""
    clock = texts.str.head(19)
    seconds = clock.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    if seconds.null_count() > texts.null_count():
        blank = clock.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
        seconds = seconds.zip_with(seconds.is_not_null(), blank)
    micros = seconds.to_physical()
    rest = texts.str.slice(19)
    if (rest == "Z").all():
        return micros, _flags(texts, False)
    fraction = rest.str.extract(r"^\.([0-9]{1,6})").str.pad_end(6, "0").cast(pl.Int64()).fill_null(0)
    hours = rest.str.extract(r"([+-][0-9]{2}):?[0-9]{2}$")
    minutes = rest.str.extract(r"([0-9]{2})$", 1).set(hours.is_null(), None)
    size = hours.str.slice(1).cast(pl.Int64()) * 60 + minutes.cast(pl.Int64())
    east = size.zip_with(~hours.str.starts_with("-").fill_null(False), -size).fill_null(0)
    without_zone = ~(rest.str.contains("[ZC]$") | hours.is_not_null()).fill_null(True)
    return micros + fraction - east * (60 * MICROS), without_zone


def _of_rare(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Every other form that Python knows, each distinct text once; most columns repeat them (dates)."""
    distinct = texts.drop_nulls().unique()
    read = [_rare(text) for text in distinct]
    micros = texts.replace_strict(distinct, [found[0] for found in read], return_dtype=pl.Int64())
    without_zone = texts.replace_strict(distinct, [found[1] for found in read], return_dtype=pl.Boolean())
    return micros, without_zone.fill_null(False)


def _rare(text: str) -> tuple[int | None, bool]:
    """Microseconds and whether a zone was missing; (None, False) where ``text`` is no time."""
    text = text.upper()
    try:
        time = datetime.fromisoformat(text) if RARE.fullmatch(text) else None
    except ValueError:
        time = None
    if time is None:
        return None, False
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * MICROS + since.microseconds, time.tzinfo is None
