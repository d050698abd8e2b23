"""Whatever the lists and spells: an honest figure or a refusal that says why, never a crash and never both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ostrakon.analysis.figures import Measured
from ostrakon.analysis.population import population
from ostrakon.analysis.survival import EVENTS, survival

START = datetime(2025, 1, 1, tzinfo=UTC)
TIME = pl.Datetime("us", "UTC")

list_rows = st.lists(
    st.tuples(
        st.sampled_from("ABCD"),
        st.integers(0, 30),
        st.none() | st.integers(0, 5),
        st.sampled_from([None, None, "upheld", "rejected"]),
    ),
    min_size=1,
    max_size=120,
)
histories = st.lists(st.tuples(st.integers(1, 15), st.integers(0, 60)), min_size=1, max_size=15)
links = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 35), st.sampled_from([0.2, 0.9, 1.0])), max_size=10
)
spell_rows = st.lists(
    st.tuples(
        st.integers(0, 20), st.integers(0, 40), st.sampled_from([None, *EVENTS]), st.integers(0, 3),
        st.sampled_from(["x", "y", None]),
    ),
    min_size=1,
    max_size=60,
)  # fmt: skip


def check(found: Measured) -> None:
    for figure in found.figures:
        assert (figure.value is None) == (figure.refused is not None) == (figure.grade == "not shown")
        if figure.value is not None and figure.low is not None:
            assert figure.low <= figure.value
            assert figure.high is None or figure.value <= figure.high
        if figure.grade == "estimate":
            assert not figure.warnings


def lists_of(rows: list[tuple[str, int, int | None, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "list": [row[0] for row in rows],
            "account": [f"a{row[1]}" for row in rows],
            "seen_at": [None if row[2] is None else START + timedelta(days=row[2]) for row in rows],
            "verdict": [row[3] for row in rows],
        },
        schema_overrides={"seen_at": TIME, "verdict": pl.String},
    )


def links_of(pairs: list[tuple[int, int, float]]) -> pl.DataFrame:
    rows = [(f"a{one}", f"a{other}", p) for one, other, p in pairs]
    schema = {"account": pl.String, "suspended_account": pl.String, "probability": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@settings(max_examples=60)
@given(list_rows, st.none() | links, st.booleans())
def test_any_lists(
    rows: list[tuple[str, int, int | None, str | None]],
    pairs: list[tuple[int, int, float]] | None,
    comes_and_goes: bool,
) -> None:
    frame = lists_of(rows)
    joined = None if pairs is None else links_of(pairs)
    found = population(frame, joined, comes_and_goes=comes_and_goes, replicates=40)
    check(found)
    seen, whole = found.figures[1], found.figures[0]
    assert seen.value == frame["account"].n_unique()
    if (
        whole.value is not None
        and pairs is None
        and not comes_and_goes
        and frame["verdict"].null_count() == len(rows)
    ):
        assert whole.value >= seen.value


@settings(max_examples=40)
@given(histories, st.booleans())
def test_any_histories(cells: list[tuple[int, int]], comes_and_goes: bool) -> None:
    frame = pl.DataFrame(
        {
            **{name: [float(code >> bit & 1) for code, _ in cells] for bit, name in enumerate("ABCD")},
            "count": [float(count) for _, count in cells],
        }
    )
    check(population(frame, comes_and_goes=comes_and_goes, replicates=40))


@settings(max_examples=60)
@given(spell_rows, st.none() | links)
def test_any_spells(
    rows: list[tuple[int, int, str | None, int, str | None]], pairs: list[tuple[int, int, float]] | None
) -> None:
    frame = pl.DataFrame(
        {
            "account": [f"a{number}" for number in range(len(rows))],
            "start_at": [START + timedelta(days=row[0]) for row in rows],
            "end_at": [
                None
                if row[2] is None and row[1] % 3 == 0
                else START + timedelta(days=row[0] + row[1] + row[3] + 1)
                for row in rows
            ],
            "event": [row[2] for row in rows],
            "entry_at": [START + timedelta(days=row[0] + row[3]) if row[3] else None for row in rows],
            "group": [row[4] for row in rows],
            "x": [float(row[1]) for row in rows],
        },
        schema_overrides={
            "start_at": TIME,
            "end_at": TIME,
            "entry_at": TIME,
            "event": pl.String,
            "group": pl.String,
        },
    )
    found = survival(frame, None if pairs is None else links_of(pairs), covariates=["x"])
    check(found)
    assert all(0 <= row["survival"] <= 1 for row in found.tables["curve"])
