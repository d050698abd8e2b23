"""Known truth in, known truth out: what is linked, how false it is, and when nothing is suggested."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from ostrakon.analysis.returners import Returners, find_returners
from ostrakon.analysis.returners.certainty import more_false, rising
from ostrakon.analysis.returners.rates import CAUTION, counted_rate, line_at
from ostrakon.worlds.returners import ReturnerWorld, returners

ACCOUNTS = 2_500


@cache
def world(family: str) -> ReturnerWorld:
    seed, accounts = (12, 4_000) if family == "adversarial" else (11, ACCOUNTS)
    return returners(family, seed, accounts=accounts)


@cache
def found(family: str) -> Returners:
    of = world(family)
    return find_returners(of.suspended, of.new, follows=of.follows, placebo=of.placebo)


def judged(of: ReturnerWorld, links: pl.DataFrame) -> pl.DataFrame:
    truth = of.truth.with_columns(is_true=True)
    return links.join(truth, on=["account", "suspended_account"], how="left").with_columns(
        pl.col("is_true").fill_null(False)
    )


def test_most_returners_are_among_links_that_are_stated_to_be_true() -> None:
    sure = judged(
        world("exchangeable"), found("exchangeable").links.filter(pl.col("false_link_rate") <= 0.05)
    )
    everybody = world("exchangeable").truth["account"].n_unique()
    assert sure.filter("is_true")["account"].n_unique() / everybody > 0.6


def test_about_as_many_links_are_false_as_is_stated() -> None:
    sure = judged(
        world("exchangeable"), found("exchangeable").links.filter(pl.col("false_link_rate") <= 0.05)
    )
    assert 1 - sure["is_true"].mean() < 0.12


def test_probabilities_come_true() -> None:
    links = judged(world("exchangeable"), found("exchangeable").links.filter(pl.col("probability") > 0.5))
    assert links["probability"].mean() == pytest.approx(links["is_true"].mean(), abs=0.08)


def test_the_share_of_returners_is_found() -> None:
    assert found("exchangeable").base_rate == pytest.approx(0.10, abs=0.03)


def test_the_same_tables_give_the_same_links() -> None:
    of = world("exchangeable")
    again = find_returners(of.suspended, of.new, follows=of.follows, placebo=of.placebo)
    assert again.links.equals(found("exchangeable").links)


def test_the_order_of_rows_does_not_matter() -> None:
    of = world("exchangeable")
    again = find_returners(
        of.suspended,
        of.new,
        follows=of.follows.sample(fraction=1.0, shuffle=True, seed=1),
        placebo=of.placebo,
    )
    assert again.links.equals(found("exchangeable").links)


def test_where_nobody_returns_no_link_is_suggested_and_it_is_said_why() -> None:
    nothing = found("nobody")
    assert nothing.links.height == 0
    assert nothing.switched_off is not None
    assert "never suspended" in nothing.switched_off


def test_a_placebo_that_looks_like_the_suspended_switches_suggestions_off() -> None:
    of = world("exchangeable")
    twin = of.suspended.with_columns(pl.format("twin-{}", "account").alias("account"))
    edges = of.follows.with_columns(pl.format("twin-{}", "follower").alias("follower"))
    both = pl.concat([of.follows, edges.filter(pl.col("follower").is_in(twin["account"].implode()))])
    mirrored = find_returners(of.suspended, of.new, follows=both, placebo=twin)
    assert mirrored.switched_off is not None
    assert mirrored.links.height == 0


def test_without_placebo_and_verdicts_no_rate_is_stated() -> None:
    of = world("exchangeable")
    bare = find_returners(of.suspended, of.new, follows=of.follows)
    assert bare.links.height > 0
    assert bare.links["false_link_rate"].null_count() == bare.links.height
    assert bare.base_rate is None
    assert bare.placebo_rate is None


def verdicts_on(of: ReturnerWorld, links: pl.DataFrame) -> pl.DataFrame:
    said = pl.when("is_true").then(pl.lit("same")).otherwise(pl.lit("different"))
    return judged(of, links).select("account", "suspended_account", verdict=said)


def truly_false(of: ReturnerWorld, links: pl.DataFrame, stated: float) -> float:
    return 1 - float(judged(of, links.filter(pl.col("false_link_rate") <= stated))["is_true"].mean())


def test_no_rate_is_stated_at_less_than_two_thirds_of_the_truth_where_look_alikes_want_suspended_accounts() -> (
    None
):
    """In the adversarial world fans, namesakes, journalists and tributes are about suspended accounts only."""
    links = found("adversarial").links
    assert truly_false(world("adversarial"), links, 0.05) < 0.075
    assert truly_false(world("adversarial"), links, 0.01) < 0.015


def test_verdicts_take_back_what_a_placebo_promised_that_cannot_know() -> None:
    """Here the placebo accounts keep to themselves, so that hardly anybody resembles one."""
    of = world("adversarial")
    apart = of.follows.join(of.placebo.select(follower="account"), on="follower", how="anti")
    before = find_returners(of.suspended, of.new, follows=apart, placebo=of.placebo).links
    reviews = verdicts_on(of, before.filter(pl.col("rank") == 1).sample(300, seed=1))
    after = find_returners(of.suspended, of.new, follows=apart, placebo=of.placebo, reviews=reviews).links
    assert truly_false(of, before, 0.05) > 0.3
    assert after.filter((pl.col("rank") == 1) & (pl.col("false_link_rate") <= 0.05)).is_empty()


def test_verdicts_alone_state_a_rate_too() -> None:
    of = world("exchangeable")
    reviews = verdicts_on(of, found("exchangeable").links.filter(pl.col("rank") == 1).sample(250, seed=2))
    told = find_returners(of.suspended, of.new, follows=of.follows, reviews=reviews)
    sure = judged(of, told.links.filter((pl.col("rank") == 1) & (pl.col("false_link_rate") <= 0.05)))
    assert sure.height > 100
    assert 1 - sure["is_true"].mean() < 0.1


def test_rates_are_told_by_name_group_with_intervals() -> None:
    groups = found("exchangeable").by_name_group
    assert {"Latin, own name", "Latin, common name"} <= set(groups["name_group"])
    assert groups["new"].sum() == ACCOUNTS
    told = groups.filter(pl.col("false_link_rate").is_not_null())
    assert (told["false_link_rate_low"] <= told["false_link_rate"]).all()
    assert (told["false_link_rate"] <= told["false_link_rate_high"]).all()


def test_a_link_is_explained_with_signs_for_and_against() -> None:
    links = found("exchangeable").links
    account, suspended = links.row(0)[:2]
    why = found("exchangeable").explain(account, suspended)
    assert why.signs_for
    assert [sign.bits for sign in why.signs_for] == sorted((s.bits for s in why.signs_for), reverse=True)
    assert all(sign.bits < 0 for sign in why.signs_against)
    assert why.base_rate == found("exchangeable").base_rate
    assert [one.popularity for one in why.neighbours] == sorted(one.popularity for one in why.neighbours)


def test_who_is_not_in_the_tables_cannot_be_explained() -> None:
    with pytest.raises(KeyError, match="nobody"):
        found("exchangeable").explain("nobody", "nobody")


# -- the pieces --------------------------------------------------------------------------------


def test_the_counted_rate_is_that_of_the_hand_count() -> None:
    """Targets 5 4 3 2 1, decoys 2.5 1.5: above 3 are three targets and no decoy, so (0 + 1) / 3."""
    scores, share = counted_rate(np.array([1.0, 5, 3, 2, 4]), np.array([2.5, 1.5]), 1.0)
    assert scores.tolist() == [5, 4, 3, 2, 1]
    assert share == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1 / 2, 3 / 5])


def test_what_is_stated_counts_more_than_was_seen_by_chances_share() -> None:
    """Four decoys above twenty targets: five, and 1.28 standard deviations of four more."""
    share = counted_rate(np.arange(20.0), np.full(4, 30.0), 1.0, CAUTION)[1]
    assert share[-1] == pytest.approx((4 + 1 + 1.28 * 2) / 20)


def test_twice_as_many_suspended_accounts_as_placebo_ones_count_each_decoy_twice() -> None:
    once = counted_rate(np.arange(20.0), np.array([3.5]), 1.0)[1]
    twice = counted_rate(np.arange(20.0), np.array([3.5]), 2.0)[1]
    assert twice == pytest.approx(np.minimum(2 * once, 1))


def test_where_no_line_is_pure_enough_nothing_is_taken() -> None:
    assert line_at(np.array([1.0, 2.0]), np.array([3.0, 4.0]), 1.0, 0.3) == np.inf


def test_the_placebo_is_a_lower_bound_whatever_verdicts_say() -> None:
    assert more_false(np.full(100, 0.9), np.ones(100, bool)) == 1.0


def test_what_rises_never_falls() -> None:
    rng = np.random.default_rng(3)
    score = rng.normal(size=500)
    share = rising(score, (rng.random(500) < 0.5).astype(float), np.ones(500), np.sort(score))
    assert (np.diff(share) >= 0).all()
