"""Candidates: nearly every returner is among few pairs, and one account is searched as all are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ostrakon.analysis.returners.index import Index
from ostrakon.analysis.returners.neighbourhoods import edges, neighbourhoods
from ostrakon.analysis.returners.postings import CAPS, NAME, Carried, postings
from ostrakon.analysis.returners.profiles import profiles
from ostrakon.worlds.returners import returners


@pytest.mark.parametrize("family", ["exchangeable", "unkind"])
def test_nearly_all_returners_are_among_at_most_25_pairs_a_new_account(family: str) -> None:
    world = returners(family, 3, accounts=3_000)
    index = Index(world.suspended, follows=world.follows)
    newcomers = profiles(world.new)
    pairs = index.pairs(newcomers, neighbourhoods(edges(world.follows).closeness, world.new["account"]))
    assert np.bincount(pairs.new).max() <= 25
    found = pl.DataFrame(
        {
            "account": world.new["account"].gather(pairs.new),
            "suspended_account": world.suspended["account"].gather(pairs.row),
        }
    )
    met = world.truth.join(found, on=["account", "suspended_account"], how="semi")["account"].n_unique()
    assert met / world.truth["account"].n_unique() >= 0.98


def test_an_account_that_is_searched_alone_has_the_pairs_that_it_has_among_others() -> None:
    world = returners("exchangeable", 4, accounts=600)
    follows = world.follows
    index = Index(world.suspended, follows=follows)
    newcomers = profiles(world.new)
    pairs = index.pairs(newcomers, neighbourhoods(edges(follows).closeness, world.new["account"]))
    for row in range(0, 600, 60):
        followees = follows.filter(pl.col("follower") == world.new["account"][row])["followee"]
        alone = index.search(world.new[row : row + 1], followees.to_list())
        together = world.suspended["account"].gather(pairs.row[pairs.new == row])
        assert set(alone["suspended_account"]) == set(together)


def test_a_key_that_too_many_carry_is_left_out() -> None:
    cap = CAPS[NAME]
    key = np.repeat(np.array([7, 9], np.uint64), [cap, cap + 1])
    of = np.arange(len(key), dtype=np.int32)
    index = postings(Carried(key, of, np.ones(len(key), np.uint64)), 10_000, cap)
    assert index.key.tolist() == [7]
    assert index.find(np.array([9, 7], np.uint64)).tolist() == [-1, 0]


def test_a_rare_neighbour_says_more_than_a_common_one() -> None:
    follows = pl.DataFrame(
        {"follower": [f"f{n}" for n in range(40)] + ["f0", "f1"], "followee": ["common"] * 40 + ["rare"] * 2}
    )
    suspended = pl.DataFrame({"account": ["f0", "f2"], "handle": ["aaa", "bbb"]})
    index = Index(suspended, follows=follows)
    found = index.search(pl.DataFrame({"account": ["n"], "handle": ["ccc"]}), ["common", "rare"])
    assert found["suspended_account"].to_list() == ["f0"]
