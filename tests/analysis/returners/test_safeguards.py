"""What no search for returners may ever do, whatever the tables say."""

from __future__ import annotations

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
    reviews,
    suspended,
)

from ostrakon.analysis.returners import Parameters, find_returners
from ostrakon.worlds.returners import returners

PAIR = ("back", "mallory")


def test_who_comes_back_with_name_and_friends_is_linked() -> None:
    assert linked(link(BACK)) == {PAIR}


# -- two independent channels ------------------------------------------------------------------


def test_names_and_bio_alone_are_one_channel_however_many_agree() -> None:
    copy = {**BACK, "avatar_hash": None}
    assert linked(link(copy, circle={"mallory": CIRCLE, "back": ["somebody", "else"]})) == set()


def test_friends_alone_are_one_channel() -> None:
    friend = account("back", "@zebrafish", 12)
    assert linked(link(friend)) == set()


def test_time_is_no_channel() -> None:
    on_the_day = {**BACK, "created_at": MALLORY["suspended_at"], "avatar_hash": None}
    assert linked(link(on_the_day, circle={"mallory": CIRCLE})) == set()


def test_a_picture_from_a_template_is_no_channel() -> None:
    templated = [{**row, "avatar_hash": MALLORY["avatar_hash"]} for row in crowd("s")]
    found = find_returners(suspended(MALLORY, *templated), new(BACK), follows=follows({"mallory": CIRCLE}))
    assert linked(found) == set()


def test_one_common_friend_is_chance() -> None:
    bare = {**BACK, "avatar_hash": None}
    assert linked(link(bare, circle={"mallory": CIRCLE, "back": [CIRCLE[0]]})) == set()


# -- age ---------------------------------------------------------------------------------------


def test_an_account_older_than_the_suspension_is_protected() -> None:
    assert linked(link({**BACK, "created_at": account("x", "y", -3)["created_at"]})) == set()


def test_a_sleeper_made_days_before_the_suspension_is_shown() -> None:
    assert linked(link({**BACK, "created_at": account("x", "y", 5)["created_at"]})) == {PAIR}


def test_a_bannable_copy_cannot_frame_the_older_account_it_copies() -> None:
    victim = {**BACK, "account": "chidi", "created_at": account("x", "y", 4)["created_at"]}
    copy = {**MALLORY, "created_at": account("x", "y", 5)["created_at"]}
    found = link(victim, circle={"chidi": CIRCLE, "mallory": CIRCLE}, old=(copy,))
    assert linked(found) == set()


def test_who_may_have_been_first_is_no_sleeper_while_the_age_of_the_suspended_one_is_unknown() -> None:
    early = {**BACK, "created_at": account("x", "y", 5)["created_at"]}
    assert linked(link(early, old=({**MALLORY, "created_at": None},))) == set()


# -- oneself, others, many ---------------------------------------------------------------------


def test_nobody_is_linked_to_himself() -> None:
    row = {**BACK, "account": "mallory"}
    assert linked(link(row, circle={"mallory": CIRCLE})) == set()


def test_nobody_is_linked_to_a_copy_of_his_own_row() -> None:
    copy = {**MALLORY, "account": "mallory-again"}
    assert linked(link(copy)) == set()


def test_nothing_is_concluded_from_two_links() -> None:
    """B came from A and C from B; that C came from A is not said, for C shows nothing of A."""
    later = account("b", "@zebrafish77", 11, 20, display_name="Nour Halabi", bio="poems quokka sea")
    last = account("c", "@zebrafish78", 22, bio="something new")
    lists = {"mallory": CIRCLE, "b": [*CIRCLE, "x1", "x2", "x3", "x4"], "c": ["x1", "x2", "x3", "x4"]}
    found = link(
        {**later, "account": "b2", "suspended_at": None},
        last,
        circle={**lists, "b2": CIRCLE},
        old=(MALLORY, later),
    )
    assert ("c", "b") in linked(found)
    assert ("c", "mallory") not in linked(found)


def test_at_most_three_hypotheses_are_shown() -> None:
    versions = [
        {**MALLORY, "account": f"v{number}", "handle": f"@nour_halabi{number}"} for number in range(1, 7)
    ]
    lists = {row["account"]: CIRCLE for row in (*versions, BACK)}
    ranks = link(BACK, circle=lists, old=tuple(versions)).links["rank"].to_list()
    assert ranks == [1, 2, 3]


def test_more_than_three_hypotheses_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="more than 3"):
        Parameters(most_hypotheses=4)


# -- polarity ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["report", "reply", "revert", "block"])
def test_who_fights_the_suspended_account_is_not_its_return(kind: str) -> None:
    assert linked(link(BACK, fights=(("back", "mallory", kind),))) == set()


def test_fights_with_the_same_people_are_no_common_circle() -> None:
    bare = {**BACK, "avatar_hash": None}
    fights = tuple(("back", friend, "revert") for friend in CIRCLE)
    assert linked(link(bare, circle={"mallory": CIRCLE}, fights=fights)) == set()


def test_who_bears_the_name_of_the_reporter_is_not_taken_for_the_reported() -> None:
    """Mallory took Alice's name, whom she fought; a new account with that name is Alice's affair, not Mallory's."""
    alice = account("alice", "@nour_halabi", -900)
    assert linked(link({**BACK, "avatar_hash": None})) == {PAIR}
    found = link({**BACK, "avatar_hash": None}, alice, fights=(("alice", "mallory", "report"),))
    assert linked(found) == set()


# -- language, order, verdicts -----------------------------------------------------------------


def test_permuting_the_language_column_changes_nothing() -> None:
    world = returners("exchangeable", 7, accounts=600)

    def links(table: pl.DataFrame) -> pl.DataFrame:
        return find_returners(world.suspended, table, follows=world.follows, placebo=world.placebo).links

    shuffled = world.new.with_columns(pl.col("language").shuffle(seed=1))
    assert not shuffled.equals(world.new)
    assert links(world.new).equals(links(shuffled))
    assert links(world.new).height > 0


def test_a_pair_that_a_person_found_different_is_not_shown_again() -> None:
    found = find_returners(
        suspended(MALLORY, *crowd("s")),
        new(BACK, *crowd("n")),
        follows=follows({"mallory": CIRCLE, "back": CIRCLE}),
        reviews=reviews(("back", "mallory", "different")),
    )
    assert linked(found) == set()


@settings(max_examples=15, deadline=None)
@given(st.floats(-40, 60), st.floats(-30, 60))
def test_whoever_is_shown_was_made_after_the_suspended_one_and_no_sooner_than_ten_days_before_its_end(
    made: float, ended: float
) -> None:
    old = account(
        "mallory", "@nour_halabi", -35, ended, bio="poems quokka sea", avatar_hash="00ff00ff12345678"
    )
    found = link({**BACK, "created_at": account("x", "y", made)["created_at"]}, old=(old,))
    may_be = made > -35 and made >= ended - 10
    assert linked(found) == ({PAIR} if may_be else set())
