"""Whatever the tables of suspensions, audiences, networks and links: an honest figure or a refusal, never a crash."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ostrakon.analysis.audience import regained
from ostrakon.analysis.displacement import displacement
from ostrakon.analysis.figures import Measured
from ostrakon.analysis.structure import structure
from ostrakon.analysis.tables import AUDIENCE, FLAGGED, FOLLOWS, OUTLINKS, PERSON_LINKS, SUSPENSIONS, Shape
from ostrakon.analysis.wrongful import wrongful

START = datetime(2026, 1, 1, tzinfo=UTC)
days = st.none() | st.integers(-3, 90)
ids = st.integers(0, 25)


def at(day: int | None) -> datetime | None:
    return None if day is None else START + timedelta(days=day)


def table(shape: Shape, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    schema = {column.name: column.kind.dtype for column in shape.columns}
    return pl.DataFrame(rows, schema=schema, orient="row")


def check(found: Measured) -> None:
    for figure in found.figures:
        assert (figure.value is None) == (figure.refused is not None) == (figure.grade == "not shown")
        if figure.value is not None and figure.low is not None:
            assert figure.low <= figure.value
            assert figure.high is None or figure.value <= figure.high
        if figure.grade == "estimate":
            assert not figure.warnings


cases = st.lists(
    st.tuples(
        ids, st.sampled_from(["target", "press", None]), st.sampled_from(["queue", "bulk", None]), days, days, days,
        st.sampled_from(["granted", "refused", None]), days, st.sampled_from(["upheld", "rejected", None]), days,
    ),
    max_size=60,
)  # fmt: skip


@given(cases)
def test_any_suspensions(rows: list[tuple[Any, ...]]) -> None:
    filled = [
        (
            f"a{who}",
            START,
            group,
            stratum,
            at(noticed),
            at(appealed),
            at(answered),
            appeal,
            at(looked),
            verdict,
            at(back),
        )
        for who, group, stratum, noticed, appealed, answered, appeal, looked, verdict, back in rows
    ]
    check(wrongful(table(SUSPENSIONS, filled)))


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(ids, st.sampled_from([0.0, 6.5, 7.0, 30.0, None]), st.sampled_from([0.0, 1.0, 90.0, None])),
        max_size=90,
    ),
    st.lists(st.tuples(ids, ids, st.sampled_from([0.05, 0.5, 1.0, None])), max_size=60),
)
def test_any_audience_and_links(counts: list[tuple[Any, ...]], links: list[tuple[Any, ...]]) -> None:
    audience = table(AUDIENCE, [(f"a{who}", age, followers) for who, age, followers in counts])
    check(regained(audience, table(PERSON_LINKS, [(f"a{new}", f"a{old}", p) for new, old, p in links])))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(ids, st.integers(0, 40), st.none() | st.integers(1, 40)), min_size=1, max_size=70),
    st.lists(st.tuples(ids, st.integers(0, 30)), max_size=120),
)
def test_any_network(flagged: list[tuple[Any, ...]], follows: list[tuple[int, int]]) -> None:
    spans = [
        (f"a{who}", at(since), None if more is None else at(since + more)) for who, since, more in flagged
    ]
    edges = table(FOLLOWS, [(f"a{one}", f"a{two}", None) for one, two in follows])
    check(structure(table(FLAGGED, spans), [edges], removals=5))


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            ids, st.integers(0, 90), st.sampled_from(["here", "there", None]), st.sampled_from([0.0, 3.0, 50.0, None]),
            st.sampled_from([None, 35, 45, 400]), st.sampled_from(["x", "y", None]),
        ),
        max_size=120,
    ),
)  # fmt: skip
def test_any_links_to_elsewhere(rows: list[tuple[Any, ...]]) -> None:
    filled = [
        (f"u{unit}", at(day), platform, links, at(treated), cluster)
        for unit, day, platform, links, treated, cluster in rows
    ]
    check(displacement(table(OUTLINKS, filled), "here"))
