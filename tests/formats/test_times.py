"""Times: whatever form the contract allows, the same instant comes out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ostrakon.formats.times import instants

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def one(cell: object, dtype: pl.DataType | None = None) -> tuple[datetime | None, bool]:
    """The instant of a single cell, and whether its zone was missing."""
    found = instants(pl.Series([cell], dtype=dtype or pl.String()))
    return found.values.item(), found.without_zone.item()


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T12:00:00Z",
        "2026-01-05 12:00:00Z",
        "2026-01-05T12:00:00+00:00",
        "2026-01-05T12:00:00-00:00",
        "2026-01-05T14:00:00+02:00",
        "2026-01-05T14:00:00+0200",
        "2026-01-05T06:30:00-0530",
        "2026-01-05T12:00:00.000000000Z",
        "2026-01-05 12:00:00 UTC",
        "2026-01-05 12:00:00.000 UTC",
        "2026-01-05 14:00:00 +0200",
        "2026-01-05t12:00:00z",
        "2026-01-05T14:00:00+02",
        "2026-01-05T12:00Z",
        "2026-01-05T12:00:00,000Z",
        "20260105T120000Z",
        "2026-W02-1T12:00:00Z",
        "1767614400",
        "+1767614400",
        "1767614400.0",
        "1767614400.",
        "1767614400000",
        "1767614400000.000",
    ],
)
def test_a_time_with_a_zone_may_be_written_in_many_ways(text: str) -> None:
    assert one(text) == (NOON, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-05T12:00:00", NOON),
        ("2026-01-05 12:00:00.000", NOON),
        ("2026-01-05T12:00", NOON),
        ("20260105T120000", NOON),
        ("2026-01-05", NOON.replace(hour=0)),
    ],
)
def test_a_time_without_a_zone_is_read_as_utc_and_counted(text: str, expected: datetime) -> None:
    assert one(text) == (expected, True)


@pytest.mark.parametrize(
    "text",
    [
        "banana",
        "2026-02-30T00:00:00Z",
        "2026-13-01",
        "2026-01-05T24:00:01Z",
        "2026-01-05T12:60:00Z",
        "2026-01-05T12:00:00+24:00",
        "2026-01-05T12:00:00+02:60",
        "2026-01-05x12:00:00Z",
        "2026-01-05T12:00:00  Z",
        "2026-01-05T12:00:00 CET",
        "2026-01-05T12:00:00 PM",
        " 2026-01-05T12:00:00Z",
        "2026-01-05T12:00:00Z\n",
        "2026-01-05T12:00:00.Z",
        "05.01.2026",
        "01/05/2026",
        "2026-1-5",
        "1.76E+12",
        "1_767_614_400",
        "99999999999999999",
        "-99999999999999999",
        "٢٠٢٦-٠١-٠٥",
        "nan",
        "-",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert one(text) == (None, False)


def test_seconds_end_where_milliseconds_begin() -> None:
    assert one("99999999999") == (datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC), False)
    assert one("100000000000") == (datetime(1973, 3, 3, 9, 46, 40, tzinfo=UTC), False)
    assert one("-100000000000") == (datetime(1966, 10, 31, 14, 13, 20, tzinfo=UTC), False)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("2026-01-05T12:00:00.1Z", 100_000),
        ("2026-01-05T12:00:00.123456789Z", 123_456),
        ("2026-01-05 14:00:00.000001+02:00", 1),
        ("2026-01-05T12:00:00,25Z", 250_000),
        ("1767614400.123456", 123_456),
        ("1767614400123.456", 123_456),
        ("1767614400123", 123_000),
    ],
)
def test_fractions_of_a_second_are_kept_to_the_microsecond(text: str, micros: int) -> None:
    assert one(text) == (NOON.replace(microsecond=micros), False)


def test_a_leap_second_is_the_first_one_of_the_next_minute() -> None:
    assert one("2016-12-31T23:59:60Z") == (datetime(2017, 1, 1, tzinfo=UTC), False)


def test_an_empty_cell_is_no_time_and_needs_no_zone() -> None:
    found = instants(pl.Series([None, "2026-01-05"], dtype=pl.String()))
    assert (found.values.null_count(), found.without_zone.to_list()) == (1, [False, True])


def test_a_column_may_mix_all_forms() -> None:
    texts = [
        "2026-01-05T12:00:00Z",
        None,
        "1767614400",
        "2026-01-05 12:00:00",
        "2026-01-05T12:00Z",
        "oops",
        "0",
    ]
    found = instants(pl.Series(texts))
    assert found.values.to_list() == [NOON, None, NOON, NOON, NOON, None, datetime(1970, 1, 1, tzinfo=UTC)]
    assert found.without_zone.to_list() == [False, False, False, True, False, False, False]


@pytest.mark.parametrize(
    ("cell", "dtype", "expected", "without_zone"),
    [
        (NOON, pl.Datetime("ms", "UTC"), NOON, False),
        (NOON, pl.Datetime("ns", "UTC"), NOON, False),
        (NOON, pl.Datetime("us", "Asia/Tehran"), NOON, False),
        (NOON.replace(tzinfo=None), pl.Datetime("ms"), NOON, True),
        (NOON.replace(tzinfo=None), pl.Datetime("ns"), NOON, True),
        (date(2026, 1, 5), pl.Date(), NOON.replace(hour=0), True),
        (1_767_614_400, pl.Int64(), NOON, False),
        (1_767_614_400, pl.UInt32(), NOON, False),
        (1_767_614_400_000, pl.Int64(), NOON, False),
        (1_767_614_400.5, pl.Float64(), NOON.replace(microsecond=500_000), False),
        (float("nan"), pl.Float64(), None, False),
        (float("inf"), pl.Float64(), None, False),
        (2**63 - 1, pl.Int64(), None, False),
        (None, pl.Date(), None, False),
        (None, pl.Null(), None, False),
    ],
)
def test_a_column_that_has_a_type_needs_no_text(
    cell: object, dtype: pl.DataType, expected: datetime | None, without_zone: bool
) -> None:
    assert one(cell, dtype) == (expected, without_zone)


@pytest.mark.parametrize("unit", ["ms", "us"])
@pytest.mark.parametrize("ticks", [2**63 - 1, -(2**63)])
def test_a_datetime_beyond_the_calendar_is_none(unit: str, ticks: int) -> None:
    cells = pl.Series([ticks], dtype=pl.Int64()).cast(pl.Datetime(unit))  # type: ignore[arg-type]
    assert instants(cells).values.to_list() == [None]


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
aware = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=zones)  # noqa: DTZ001


@given(
    st.lists(aware, min_size=1), st.sampled_from("T "), st.sampled_from(["auto", "microseconds", "minutes"])
)
def test_every_time_that_python_writes_is_read_back(times: list[datetime], between: str, detail: str) -> None:
    texts = [time.isoformat(between, detail) for time in times]
    expected = [datetime.fromisoformat(text).astimezone(UTC) for text in texts]
    found = instants(pl.Series(texts))
    assert found.values.to_list() == expected
    assert not found.without_zone.any()


@given(st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), min_size=1))  # noqa: DTZ001
def test_epochs_are_read_to_the_microsecond(times: list[datetime]) -> None:
    since = [time - datetime(1970, 1, 1, tzinfo=UTC) for time in times]
    texts = [f"{step // timedelta(seconds=1)}.{step.microseconds:06}" for step in since if step.days >= 0]
    expected = [time for time in times if time.year >= 1970]
    assert instants(pl.Series(texts, dtype=pl.String())).values.to_list() == expected


digits = st.text("0123456789-:T Z+.,W", max_size=26)
near = st.from_regex(
    r"\A2026-0[0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?(Z|[+-]0[0-9]:?[0-9]{2})?)?\Z"
)


@given(st.lists(digits | near, min_size=1))
@example(["2026-01-05T12:00:60Z"])
def test_text_that_looks_like_a_time_is_read_as_python_reads_it_or_not_at_all(texts: list[str]) -> None:
    for text, value in zip(texts, instants(pl.Series(texts)).values, strict=True):
        if value is None or text.strip("+-").replace(".", "").isdigit() or ":60" in text:
            continue
        expected = datetime.fromisoformat(text.replace("UTC", "Z"))
        assert value == (expected if expected.tzinfo else expected.replace(tzinfo=UTC))
