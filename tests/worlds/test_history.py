"""The year of the demonstration is what its settings say."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from ostrakon.analysis.tables import (
    DECISIONS,
    FLAGGED,
    FOLLOWS,
    LISTS,
    PANEL,
    PERSON_LINKS,
    SPELLS,
    Shape,
)
from ostrakon.worlds.history import GROUPS, History, Settings, year

CONTRACT = {
    "lists": LISTS,
    "links": PERSON_LINKS,
    "spells": SPELLS,
    "follows": FOLLOWS,
    "flagged": FLAGGED,
    "panel": PANEL,
    "decisions": DECISIONS,
}


@cache
def world(seed: int = 5) -> History:
    return year(seed, 400)


@pytest.mark.parametrize(("name", "shape"), CONTRACT.items())
def test_tables_have_the_columns_and_kinds_of_the_contract(name: str, shape: Shape) -> None:
    table = world().tables[name]
    assert set(shape.required) <= set(table.columns) <= {*shape.names, "group"}
    assert all(
        table.schema[column.name] == column.kind.dtype for column in shape.columns if column.name in table
    )


def test_the_same_seed_gives_the_same_year() -> None:
    again = year(5, 400)
    assert all(table.equals(world().tables[name]) for name, table in again.tables.items())


def test_another_seed_gives_another_year() -> None:
    assert not year(6, 400).lists.equals(world().lists)


def test_about_so_many_accounts_are_active_and_under_two_in_a_hundred_are_suspended_a_day() -> None:
    active = world().truth.size.filter(pl.col("group") == "target")["active"]
    assert active.to_numpy().min() > 0.8 * 400
    assert active.to_numpy().max() < 1.3 * 400
    assert 0.005 < world().truth.suspended_a_day < 0.02


def test_active_accounts_of_the_movement_have_343_followers_on_average() -> None:
    of = world()
    first = of.flagged["from_at"].min()
    moment = first + pl.duration(days=200)
    there = of.flagged.filter(
        pl.col("group") == "target",
        pl.col("from_at") <= moment,
        pl.col("to_at").is_null() | (pl.col("to_at") > moment),
    )
    ages = of.audience.join(there, on="account").filter(pl.col("day") <= moment)
    latest = ages.sort("age_days").group_by("account").last()
    assert 250 < latest.select(pl.col("followers").mean()).item() < 430


def test_nobody_is_listed_while_away() -> None:
    of = world()
    held = of.lists.filter(pl.col("list") != "mirror").join(of.flagged, on="account")
    inside = (pl.col("seen_at") >= pl.col("from_at").dt.truncate("1s")) & (
        pl.col("to_at").is_null() | (pl.col("seen_at") <= pl.col("to_at"))
    )
    seen = held.with_columns(inside=inside).group_by("list", "account", "seen_at").agg(pl.col("inside").any())
    assert seen["inside"].all()


def test_bystanders_are_suspended_in_the_wrongful_week_and_let_back_in() -> None:
    made = world().suspensions.filter(pl.col("group") != "target")
    assert made.filter(pl.col("stratum") == "bulk").height > made.height / 2
    assert made["reinstated_at"].count() > made.height / 2
    assert (made["reinstated_at"] > made["suspended_at"]).all()
    assert set(made["group"]) <= set(GROUPS)


def test_who_is_let_back_in_has_two_spells_and_is_active_again() -> None:
    of = world()
    back = of.suspensions.filter(pl.col("reinstated_at").is_not_null())["account"].to_list()
    known = of.spells.filter(pl.col("account").is_in(back))
    assert known.height > known["account"].n_unique()
    assert set(known.filter(pl.col("event").is_not_null())["event"]) == {"reinstated"}


def test_the_probability_of_a_link_is_the_share_of_such_links_that_is_true() -> None:
    of = year(7, 1500)
    people = of.truth.people.select("account", "person")
    joined = of.links.join(people, on="account").join(
        people.rename({"account": "suspended_account", "person": "old"}), on="suspended_account"
    )
    for low, high in ((0.3, 0.6), (0.6, 0.8), (0.8, 1.0)):
        part = joined.filter(pl.col("probability").is_between(low, high, closed="left"))
        share = (part["person"] == part["old"]).mean()
        assert share == pytest.approx(part["probability"].mean(), abs=0.06)


def test_the_probabilities_add_up_to_nearly_all_returns() -> None:
    of = world()
    target = of.suspensions.filter(pl.col("group") == "target").height
    assert 0.85 < of.links["probability"].sum() / (of.truth.returns_per_suspension * target) < 1.05


def test_each_return_hears_part_of_the_audience_before() -> None:
    of = world()
    people = of.truth.people.select("account", "person", "incarnation")
    later = of.audience.filter(pl.col("age_days") == 7).join(people, on="account")
    pairs = later.join(
        later.with_columns(pl.col("incarnation") + 1), on=["person", "incarnation"], suffix="_before"
    )
    ratio = (pairs["followers"] / pairs["followers_before"].clip(1)).median()
    assert ratio == pytest.approx(of.truth.regained, abs=0.08)


def test_a_list_republishes_another_a_little_later() -> None:
    of = world().lists
    mirror = of.filter(pl.col("list") == "mirror")
    assert mirror.join(of.filter(pl.col("list") == "volunteers"), on="account", how="anti").height == 0


def test_what_is_planted_is_in_the_panel() -> None:
    loud, quiet = year(9, 100), year(9, 100, settings=Settings(effect=0.0, displaced=0.0))
    treated = pl.col("treated_at").is_not_null() & (pl.col("time") >= pl.col("treated_at"))
    kept = loud.panel.filter(treated)["outcome"].sum() / quiet.panel.filter(treated)["outcome"].sum()
    assert kept == pytest.approx(1 + loud.truth.effect, abs=0.01)
    assert 20 < loud.panel.filter(pl.col("treated_at").is_not_null())["unit"].n_unique() < 61


def test_bystanders_are_wrongly_suspended_more_often_in_bulk_than_otherwise() -> None:
    wrongful = world().truth.wrongful
    assert wrongful["bulk"] > 5 * wrongful["queue"]


def test_survival_falls_with_age() -> None:
    shares = list(world().truth.survival.values())
    assert np.all(np.diff(shares) < 0)
    assert 0 < shares[-1] < shares[0] < 1


def test_a_year_of_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="100 accounts"):
        year(1, 99)
