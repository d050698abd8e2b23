"""Tables as they come: hostile, empty, lopsided. Nothing breaks, nobody innocent is linked."""

from __future__ import annotations

import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.returners.cast import (
    BACK,
    CIRCLE,
    MALLORY,
    account,
    crowd,
    follows,
    link,
    linked,
    new,
    suspended,
)

from ostrakon.analysis.returners import find_returners
from ostrakon.analysis.returners.candidates import SEEN
from ostrakon.analysis.returners.index import Index

PAIR = ("back", "mallory")


def test_handles_of_one_character_are_no_reason() -> None:
    old = suspended(*(account(f"s{n}", "x", -100, 1) for n in range(30)))
    found = find_returners(old, new(*(account(f"n{n}", "x", 5) for n in range(30))))
    assert found.links.height == 0


def test_a_name_that_a_hundred_thousand_bear_links_nobody_and_costs_little() -> None:
    count = 100_000
    old = pl.DataFrame({"account": [f"s{n}" for n in range(count)], "handle": ["mohammed_ali"] * count})
    newcomers = pl.DataFrame({"account": [f"n{n}" for n in range(1_000)], "handle": ["mohammed_ali"] * 1_000})
    begun = time.process_time()
    found = find_returners(old, newcomers)
    assert found.counts["pairs"] == 0
    assert time.process_time() - begun < 20


STRANGE = [
    "🌹🦊🌹",
    "محمد_الحلبي",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnorw",
    "Ｎｏｕｒ",
    "名前なまえ",
    "💀",
    "_",
    "...",
    "1234567",
]


@pytest.mark.parametrize("handle", STRANGE)
def test_a_strange_handle_is_read_and_its_return_found(handle: str) -> None:
    old, back = {**MALLORY, "handle": handle}, {**BACK, "handle": f"{handle}2"}
    assert linked(link(back, old=(old,))) == {PAIR}


def test_a_hub_that_everybody_follows_is_no_common_friend() -> None:
    everybody = [row["account"] for row in (*crowd("s"), *crowd("n"), MALLORY, BACK)]
    bare = {**BACK, "avatar_hash": None}
    hubs = {name: ["hub1", "hub2", "hub3"] for name in everybody}
    assert linked(link(bare, circle=hubs)) == set()


def test_empty_profiles_are_not_alike() -> None:
    old = [account(f"s{n}", f"@{n}{n}", None, None) for n in range(40)]
    assert (
        find_returners(
            suspended(*old), new(*(account(f"n{n}", f"@{n}", None) for n in range(40)))
        ).links.height
        == 0
    )


def test_empty_tables_have_no_links() -> None:
    found = find_returners(suspended(), new(), placebo=suspended(), follows=follows({}))
    assert found.links.height == 0
    assert found.placebo_rate is None


def test_new_accounts_without_anybody_suspended_have_no_links() -> None:
    assert find_returners(suspended(), new(BACK)).links.height == 0


def test_columns_that_are_absent_are_unknown() -> None:
    old = pl.DataFrame({"account": ["mallory"], "handle": ["@nour_halabi"]})
    found = find_returners(old, pl.DataFrame({"account": ["back"], "handle": ["@nour_halabi2"]}))
    assert found.links.height == 0


def test_an_account_that_stands_twice_is_searched_once() -> None:
    twice = link(BACK, BACK)
    assert twice.links.height == 1


def test_a_follow_list_of_a_million_is_read() -> None:
    count = 1_000_000
    follower = pl.Series(["back", "mallory"]).gather(np.repeat([0, 1], count))
    edges = pl.DataFrame(
        {
            "follower": follower,
            "followee": pl.select(pl.format("u{}", pl.int_range(2 * count) % 1_500_000)).to_series(),
        }
    )
    found = find_returners(suspended(MALLORY, *crowd("s")), new(BACK), follows=edges)
    assert linked(found) == {PAIR}


def test_edges_to_oneself_and_repeated_edges_count_for_nothing() -> None:
    lists = {
        "back": ["back", "mallory", CIRCLE[0], CIRCLE[0], CIRCLE[0]],
        "mallory": ["mallory", "back", CIRCLE[0]],
    }
    assert linked(link({**BACK, "avatar_hash": None}, circle=lists)) == set()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=6), st.text(max_size=60))
def test_any_text_is_read(handles: list[str], bio: str) -> None:
    rows = [account(f"n{n}", handle, 12, bio=bio, display_name=handle) for n, handle in enumerate(handles)]
    found = find_returners(
        suspended(*({**row, "account": f"s{n}"} for n, row in enumerate(rows))), new(*rows)
    )
    assert found.links.schema["probability"] == pl.Float64


def test_one_new_account_is_searched_by_itself() -> None:
    index = Index(suspended(MALLORY, *crowd("s")), follows=follows({"mallory": CIRCLE}))
    found = index.search(new(BACK), CIRCLE[:3])
    assert found["suspended_account"][0] == "mallory"
    assert set(found.columns) == {"suspended_account", "score", *SEEN}


def test_the_index_never_offers_an_account_itself() -> None:
    index = Index(suspended(MALLORY))
    assert index.search(new({**BACK, "account": "mallory"})).height == 0
