"""Reach is exact: on every day it is what a union of sets, and SQL, would say."""

from __future__ import annotations

import sqlite3
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.reach.small import Edge, Interval, flagged, follows, naive_days

from ostrakon.analysis.figures import Measured
from ostrakon.analysis.reach import activity, audience_of, heard_by, reach

ACCOUNTS, PEOPLE = "abcd", "abcdwxyz"
intervals_ = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS), st.integers(0, 200), st.one_of(st.none(), st.integers(1, 120))
    ).map(lambda row: (row[0], row[1], None if row[2] is None else row[1] + row[2])),
    min_size=1, max_size=8,
)  # fmt: skip
edges_ = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from("abcdq")), max_size=30)


def measured(intervals: list[Interval], edges: list[Edge], pieces: int = 1) -> Measured:
    table = follows(edges)
    size = max(1, -(-table.height // pieces))
    return reach(flagged(intervals), [table.slice(at, size) for at in range(0, max(1, table.height), size)])


def days(found: Measured) -> list[tuple[int, int, int, int]]:
    return [(row["reach"], row["sole"], row["exposures"], row["active"]) for row in found.tables["by_day"]]


def figures(found: Measured) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in found.figures}


@given(intervals_, edges_, st.integers(1, 3))
@settings(max_examples=150, deadline=None)
def test_every_day_is_the_union_of_sets(intervals: list[Interval], edges: list[Edge], pieces: int) -> None:
    assert days(measured(intervals, edges, pieces)) == naive_days(intervals, edges)


SQL = """
with recursive
  days(day) as (select min(since) / 24 from flagged
                union all select day + 1 from days
                where day < (select max(max(since), max(coalesce(until, since))) / 24 from flagged)),
  active as (select distinct day, account from days join flagged
             on since < day * 24 + 24 and (until is null or until > day * 24)),
  heard as (select day, follower, count(distinct account) as times from active
            join follows on followee = account and follower <> followee group by day, follower)
select (select count(*) from heard where heard.day = days.day),
       (select count(*) from heard where heard.day = days.day and times = 1),
       (select coalesce(sum(times), 0) from heard where heard.day = days.day),
       (select count(*) from active where active.day = days.day)
from days order by day
"""


@given(intervals_, edges_)
@settings(max_examples=50, deadline=None)
def test_every_day_is_what_sql_says(intervals: list[Interval], edges: list[Edge]) -> None:
    base = sqlite3.connect(":memory:")
    base.execute("create table flagged (account, since int, until int)")
    base.execute("create table follows (follower, followee)")
    base.executemany("insert into flagged values (?, ?, ?)", intervals)
    base.executemany("insert into follows values (?, ?)", edges)
    expected = base.execute(SQL).fetchall()
    base.close()
    assert days(measured(intervals, edges)) == expected


@given(intervals_, edges_, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_rows_changes_nothing(intervals: list[Interval], edges: list[Edge], order: Any) -> None:
    first = measured(intervals, edges)
    order.shuffle(intervals)
    order.shuffle(edges)
    assert measured(intervals, edges) == first


# alice and bob hear a, bob and carol hear b; a is removed at noon of the third day
INTERVALS: list[Interval] = [("a", 0, 60), ("b", 0, None)]
EDGES: list[Edge] = [("alice", "a"), ("bob", "a"), ("bob", "b"), ("carol", "b"), ("dora", "unflagged")]


def test_a_small_world_counted_by_hand() -> None:
    found = measured(INTERVALS, EDGES)
    assert figures(found) == {"reach_before": 3, "reach_after": 2, "sole_audience": 2, "exposures": 4}
    assert days(found) == [(3, 2, 4, 2)] * 3


def test_a_count_has_no_interval_and_says_that_it_is_one() -> None:
    for figure in measured(INTERVALS, EDGES).figures:
        assert (figure.grade, figure.low, figure.high, figure.warnings) == ("exact count", None, None, ())


def test_an_interval_is_half_open() -> None:
    found = measured([("a", 0, 48), ("b", 0, 72)], EDGES)
    assert [active for *_, active in days(found)] == [2, 2, 1, 0]


def test_who_comes_back_is_counted_again() -> None:
    found = measured([("a", 0, 24), ("a", 72, None), ("b", 0, 100)], EDGES)
    assert [heard for heard, *_ in days(found)] == [3, 2, 2, 3, 3]
    assert figures(found)["reach_after"] == 2


def test_repeats_and_follows_of_oneself_are_told_and_do_not_count() -> None:
    found = measured(INTERVALS, [*EDGES, ("bob", "a"), ("a", "a")])
    assert days(found) == days(measured(INTERVALS, EDGES))
    assert [note[:1] for note in found.notes] == ["1", "1"]


def test_an_edge_of_another_kind_is_no_audience() -> None:
    table = follows(EDGES).with_columns(kind=pl.Series(["block", None, "Follow", "follows", None]))
    found = reach(flagged(INTERVALS), [table])
    assert figures(found)["exposures"] == 3
    assert "no follow" in found.notes[0]


def test_accounts_without_a_listed_follower_make_it_a_lower_bound() -> None:
    found = measured([*INTERVALS, ("silent", 0, None)], EDGES)
    assert all("1 of 3" in figure.warnings[0] for figure in found.figures)


def test_without_a_removal_before_is_after_and_that_is_said() -> None:
    found = measured([("a", 0, None), ("b", 30, None)], EDGES)
    assert figures(found)["reach_before"] == figures(found)["reach_after"] == 3
    assert "nobody was removed" in found.figures[0].warnings[0]


def test_nobody_follows_anybody() -> None:
    found = measured(INTERVALS, [])
    assert figures(found) == {"reach_before": 0, "reach_after": 0, "sole_audience": 0, "exposures": 0}


def test_a_time_that_means_never_leaves_the_days_out() -> None:
    found = measured([("a", 0, 24 * 40_000), ("b", 0, None)], EDGES)
    assert found.tables["by_day"] == []
    assert "never" in found.notes[-1]


def test_an_interval_that_ends_where_it_begins_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="end after it begins"):
        activity(flagged([("a", 5, 5)]))


@pytest.mark.parametrize(("follower", "account"), [([2], [0]), ([-1], [0]), ([0], [1])])
def test_codes_out_of_range_are_refused(follower: list[int], account: list[int]) -> None:
    with pytest.raises(ValueError, match="codes must lie in"):
        audience_of(np.array(follower, np.int32), np.array(account, np.int32), users=2, accounts=1)


def test_more_accounts_than_a_short_counter_holds() -> None:
    """One person follows 70,000 accounts: a counter of 16 bits would have begun anew."""
    accounts = 70_000
    made = audience_of(
        np.zeros(accounts, np.int32), np.arange(accounts, dtype=np.int32), users=1, accounts=accounts
    )
    found = heard_by(made, np.ones(accounts, np.bool_))
    assert (found.reach, found.sole, found.exposures) == (1, 0, accounts)
