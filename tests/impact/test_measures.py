"""How tables of a group become what the science reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from ostrakon.analysis.tables import FLAGGED, LISTS, PERSON_LINKS, SPELLS
from ostrakon.impact.history.kinds import AUDIENCE_BY_DAY
from ostrakon.impact.measures.known import known
from ostrakon.impact.measures.network import network
from ostrakon.impact.measures.population import population
from ostrakon.impact.measures.regained import with_ages

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def flagged(*rows: tuple[str, float, float | None]) -> pl.DataFrame:
    """account, from and to in days."""
    moments = [(name, START + a * DAY, None if b is None else START + b * DAY) for name, a, b in rows]
    return pl.DataFrame(moments, schema={one.name: one.kind.dtype for one in FLAGGED.columns}, orient="row")


def test_who_is_active_on_each_day_is_counted() -> None:
    found = known({"flagged": flagged(("a", 0, 2.5), ("b", 1, None), ("b", 1.2, 1.5), ("c", 3, None))})
    assert [figure.value for figure in found.figures] == [2, 3]
    assert [row["active"] for row in found.tables["active_by_day"]] == [1, 2, 1, 2]


def test_times_that_mean_never_make_no_table_of_days() -> None:
    found = known({"flagged": flagged(("a", 0, None), ("b", 0, 365 * 500))})
    assert found.tables["active_by_day"] == []
    assert found.figures[0].value == 1


def test_the_longest_window_that_carries_an_estimate_counts() -> None:
    rows = [
        (f"list {one}", f"a{n}", START - (one + n % 3) * DAY)
        for one in range(3)
        for n in range(60)
        if (n + one) % 3
    ]
    lists = pl.DataFrame(rows, schema=["list", "account", "seen_at"], orient="row")
    shape = {column.name: column.kind.dtype for column in LISTS.columns}
    table = lists.cast({name: shape[name] for name in lists.columns})
    found = population({"lists": table, "links": PERSON_LINKS.empty()}, 0)
    assert {figure.method.rpartition("; ")[2] for figure in found.figures} <= {
        f"lists of the last {days} days" for days in (30, 7, 2)
    }


def test_a_list_that_goes_on_alone_does_not_push_the_others_out_of_the_window() -> None:
    rows = [("x", "a", START), ("y", "a", START), ("y", "b", START), ("late", "z", START + 300 * DAY)]
    table = pl.DataFrame(rows, schema=["list", "account", "seen_at"], orient="row")
    found = population({"lists": table, "links": PERSON_LINKS.empty()}, 0)
    assert next(figure.value for figure in found.figures if figure.name == "observed") == 2


def test_lists_without_times_are_one_window() -> None:
    table = pl.DataFrame({"list": ["x", "y"], "account": ["a", "a"]})
    found = population({"lists": table, "links": PERSON_LINKS.empty()}, 0)
    assert next(figure.value for figure in found.figures if figure.name == "observed") == 1


def test_a_day_becomes_an_age_where_the_creation_is_known() -> None:
    counts = pl.DataFrame(
        {
            "account": ["a", "a", "b", "c"],
            "followers": [5.0, 9.0, 1.0, 2.0],
            "day": [START + 7 * DAY, START - DAY, START, None],
            "age_days": [None, None, None, 30.0],
        },
        schema={column.name: column.kind.dtype for column in AUDIENCE_BY_DAY.columns},
    )
    spells = SPELLS.empty().vstack(
        pl.DataFrame(
            {"account": ["a"], "start_at": [START]}, schema_overrides={"start_at": pl.Datetime("us", "UTC")}
        )
        .with_columns(pl.lit(None, SPELLS[name].kind.dtype).alias(name) for name in SPELLS.names[2:])
        .select(SPELLS.names)
    )
    assert with_ages(counts, spells).rows() == [("a", 7.0, 5.0), ("c", 30.0, 2.0)]


def test_of_a_network_only_the_last_thirty_days_are_compared() -> None:
    names = [f"a{n}" for n in range(30)]
    gone = [(name, 0.0, 100.0) for name in names[:6]]
    gone += [("old", 0.0, 20.0), *((name, 0.0, None) for name in names[6:]), ("last", 110.0, None)]
    pairs = [(one, two) for one in names for two in names if one < two]
    follows = pl.DataFrame(pairs, schema=["follower", "followee"], orient="row")
    found = network({"flagged": flagged(*gone), "follows": follows}, 0)
    assert found.tables["structure"][0]["before"] == 0.5
