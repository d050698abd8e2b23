"""The worlds of returners are what their settings say."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from ostrakon.analysis.tables import FOLLOWS, NEW, SUSPENDED
from ostrakon.worlds.returners import FAMILIES, ReturnerWorld, returners

ACCOUNTS = 1_000


@cache
def world(family: str) -> ReturnerWorld:
    return returners(family, 5, accounts=ACCOUNTS)


@pytest.mark.parametrize("family", FAMILIES)
def test_tables_have_the_columns_of_the_contract(family: str) -> None:
    of = world(family)
    assert set(of.suspended.columns) <= set(SUSPENDED.names)
    assert set(of.new.columns) <= set(NEW.names)
    assert set(of.follows.columns) <= set(FOLLOWS.names)
    assert of.new.height == of.suspended.height == of.placebo.height == ACCOUNTS


def test_the_same_seed_gives_the_same_world() -> None:
    again = returners("exchangeable", 5, accounts=ACCOUNTS)
    assert again.new.equals(world("exchangeable").new)
    assert again.follows.equals(world("exchangeable").follows)


def test_another_seed_gives_another_world() -> None:
    assert not returners("exchangeable", 6, accounts=ACCOUNTS).new.equals(world("exchangeable").new)


@pytest.mark.parametrize(("family", "share"), [("exchangeable", 0.10), ("rare", 0.01), ("nobody", 0.0)])
def test_so_many_of_the_new_accounts_are_returners(family: str, share: float) -> None:
    kinds = world(family).kinds
    assert (kinds["kind"] == "returner").sum() == share * ACCOUNTS
    assert world(family).truth["account"].n_unique() == share * ACCOUNTS


def test_whoever_is_back_is_truly_a_suspended_account() -> None:
    of = world("exchangeable")
    assert (
        of.truth.join(of.suspended, left_on="suspended_account", right_on="account", how="anti").height == 0
    )
    assert of.truth.join(of.new, on="account", how="anti").height == 0


def test_a_returner_is_made_at_most_ten_days_before_the_end_of_the_latest_version() -> None:
    of = world("exchangeable")
    pairs = of.truth.join(of.new, on="account").join(
        of.suspended, left_on="suspended_account", right_on="account", suffix="_old"
    )
    latest = pairs.group_by("account").agg(pl.col("created_at").first(), ended=pl.col("suspended_at").max())
    early = (latest["ended"] - latest["created_at"]).dt.total_seconds() / 86_400
    assert early.max() <= 10.001


def test_the_ids_tell_nothing() -> None:
    of = world("exchangeable")
    returned = of.new["account"].is_in(of.truth["account"].implode())
    places = returned.arg_true().cast(pl.Float64)
    assert places.mean() == pytest.approx(ACCOUNTS / 2, abs=0.12 * ACCOUNTS)


def test_who_fights_reports_replies_or_reverts_and_follows_nobody_of_theirs() -> None:
    of = world("unkind")
    fighters = of.kinds.filter(pl.col("kind") == "fighter")["account"]
    hostile = of.follows.filter(pl.col("kind") != "follow")
    assert set(hostile["kind"]) == {"report", "reply", "revert"}
    assert set(hostile["follower"]) == set(fighters)


def test_a_circle_grows_back_from_five_old_friends() -> None:
    of = world("unkind")
    lists = of.follows.filter(pl.col("kind") == "follow").group_by("follower").agg("followee")
    first = of.truth.unique("account", keep="first", maintain_order=True)
    both = first.join(lists, left_on="account", right_on="follower").join(
        lists, left_on="suspended_account", right_on="follower", suffix="_old"
    )
    shared = both.select(pl.col("followee").list.set_intersection("followee_old").list.len()).to_series()
    assert 3 <= shared.median() <= 8
