"""What is suggested, what is only possible, and of what nobody can tell."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.returners.cast import BACK, CIRCLE, MALLORY, crowd, follows, new, suspended
from tests.analysis.returners.test_learning import found, judged, world

from ostrakon.analysis.returners import Parameters, find_returners
from ostrakon.analysis.returners.certainty import TILT, no_better_than_stated
from ostrakon.analysis.returners.channels import is_doubtful
from ostrakon.analysis.returners.search import search
from ostrakon.worlds.returners import returners


def doubtful(**shown: str) -> bool:
    """Whether Mallory's return would be doubted if it showed this."""
    looked = search(
        suspended(MALLORY, *crowd("s")),
        new({**BACK, **shown}),
        follows({"mallory": CIRCLE, "back": CIRCLE}),
        None,
        Parameters(),
    )
    pair = looked.old.table["account"].gather(looked.pairs.row) == "mallory"
    return bool(is_doubtful(looked.seen)[pair.arg_true()[0]])


@pytest.mark.parametrize(
    "shown",
    [
        {"handle": "@nour_halabi_fans"},
        {"handle": "@not_nour_halabi"},
        {"handle": "@fakenourhalabi"},
        {"handle": "@nourhalabiquotes"},
        {"handle": "@nour_halabi_zone"},
        {"display_name": "Nour Halabi (parody)"},
        {"bio": "Fan account, not affiliated"},
        {"bio": "Journalist, my own views"},
    ],
)
def test_of_who_speaks_about_somebody_nobody_can_tell(shown: dict[str, str]) -> None:
    assert doubtful(**shown)


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"handle": "@nour_halabi_2nd"},
        {"handle": "@real_nour_halabi"},
        {"handle": "@notredame"},
        {"bio": "poems quokka sea, fan of good news"},
    ],
)
def test_who_only_comes_back_is_not_taken_for_a_fan(shown: dict[str, str]) -> None:
    assert not doubtful(**shown)


def test_a_word_that_the_suspended_account_had_too_tells_nothing() -> None:
    old, back = ({**row, "bio": "poems quokka sea, satire"} for row in (MALLORY, BACK))
    looked = search(
        suspended(old), new(back), follows({"mallory": CIRCLE, "back": CIRCLE}), None, Parameters()
    )
    assert not is_doubtful(looked.seen).any()


def test_no_rate_is_stated_for_who_is_doubted_so_that_it_is_never_suggested() -> None:
    of = world("adversarial")
    said = of.new.filter(pl.col("handle").str.contains("_fans$|quotes$|_parody$|^@not_"))
    links = found("adversarial").links.join(said, on="account", how="semi")
    assert said.height > 20
    assert links.filter(pl.col("false_link_rate") <= 0.01).is_empty()


def test_suggestions_wrong_hardly_anybody_and_still_find_most_returners() -> None:
    """By default, where look-alikes are about suspended accounts only: one of 87 is wrong."""
    of = world("adversarial")
    suggested = judged(of, found("adversarial").links.filter(pl.col("false_link_rate") <= 0.01))
    wrong = suggested.filter(~pl.col("is_true"))["account"].n_unique()
    assert suggested.filter("is_true")["account"].n_unique() / of.truth["account"].n_unique() > 0.5
    assert wrong / of.new.height < 0.001


def test_a_probability_is_never_better_than_the_stated_rate_leaves() -> None:
    links = found("exchangeable").links.drop_nulls("false_link_rate")
    excess = links["probability"] - (1 - links["false_link_rate"])
    assert excess.max() <= TILT
    assert links.height > 100


@given(st.lists(st.tuples(st.floats(0, 0.999), st.floats(0, 1)), min_size=2, max_size=20))
def test_what_is_stated_takes_from_probabilities_and_leaves_their_order(
    pairs: list[tuple[float, float]],
) -> None:
    score = np.linspace(-5, 5, len(pairs))
    rising, falling = np.sort([p for p, _ in pairs]), np.sort([r for _, r in pairs])[::-1]
    told = no_better_than_stated(rising, falling, score)
    assert (np.diff(told) > 0).all()
    assert (told <= 1 - falling + TILT).all()


def test_suggestions_switch_themselves_off_for_one_group_of_names_alone() -> None:
    """Behind some Arabic names stand innocent twins of the suspended accounts; behind the others stands nobody."""
    of = returners("exchangeable", 11, accounts=2_500)
    some = of.truth.unique("account", maintain_order=True).head(50)
    named = pl.concat([some["account"], some["suspended_account"]]).implode()
    arabic = pl.when(pl.col("account").is_in(named)).then(pl.format("{} نور", "display_name"))
    dressed = arabic.otherwise("display_name").alias("display_name")
    old, fresh = of.suspended.with_columns(dressed), of.new.with_columns(dressed)
    twins = old.join(some, left_on="account", right_on="suspended_account", how="semi")
    twin = pl.format("twin-{}", "account").alias("account")
    edges = of.follows.join(twins.select(follower="account"), on="follower", how="semi")
    both = pl.concat([of.follows, edges.with_columns(pl.format("twin-{}", "follower").alias("follower"))])
    placebo = pl.concat([of.placebo, twins.with_columns(twin)], how="diagonal")
    told = find_returners(
        old,
        fresh,
        follows=both,
        placebo=placebo,
        parameters=Parameters(suggested_rate=0.3, limit=0.3),
    )
    off = told.by_name_group.filter("is_switched_off")["name_group"].to_list()
    assert told.switched_off is None
    assert "Arabic, own name" in off
    assert all(group.startswith("Arabic") for group in off)
    linked = set(told.links["account"])
    still_on = told.by_name_group.filter(
        pl.col("name_group").str.starts_with("Arabic") & ~pl.col("is_switched_off")
    )
    assert len(linked.intersection(some["account"])) <= still_on["new"].sum() < some.height
    assert len(linked) > 100
