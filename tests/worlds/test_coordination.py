"""Coordination worlds hold what their families promise, in the numbers of the research note, and nothing else."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.worlds.test_contract import typed_like

from ostrakon.analysis.tables import ACCOUNTS, DECISIONS, REPORTERS, REPORTS
from ostrakon.worlds.clock import DAY, HOUR, START
from ostrakon.worlds.coordination import FAMILIES, RING_FREE, coordination
from ostrakon.worlds.coordination.families import EASY, HARD, SETTINGS, VERY_HARD, Rings
from ostrakon.worlds.coordination.people import END, Hours, after, draw_activity, routine, within
from ostrakon.worlds.world import REPORTER_TRUTH, TRUTH, World

SEEDS = (1, 2, 3, 4)
WITH_RINGS = [family for family in FAMILIES if SETTINGS[family].rings.sizes]
BY_ATTACK = ["group", "account"]
AS_RING = pl.col("group").str.starts_with("ring")


@cache
def made(family: str, seed: int = 1, actions: int = 100_000) -> World:
    return coordination(family, seed, actions=actions)


def small(family: str) -> World:
    return made(family, actions=30_000)


def judged(world: World) -> pl.DataFrame:
    """Every report with what its reporter and its account are, and its hour since the start."""
    hour = (pl.col("reported_at") - START).dt.total_seconds() / HOUR
    rows = world.reports.join(world.reporter_truth, on="reporter").join(world.truth, on="account")
    return rows.with_columns(hour=hour)


def attacks(world: World) -> pl.DataFrame:
    """One row for every victim of every ring: its reporters of the ring, and when they came.

    Camouflage on another ring's victim looks like an attack by one or two: only half a dozen at once are taken.
    """
    on_victims = judged(world).filter(AS_RING, pl.col("kind") == "victim")
    rows = on_victims.group_by(BY_ATTACK).agg(
        members=pl.col("reporter").n_unique(),
        mean_wait_h=pl.col("hour").mean() - pl.col("hour").min(),
        first_h=pl.col("hour").min(),
        last_h=pl.col("hour").max(),
    )
    return rows.filter(pl.col("members") >= 6)


def ring_sizes(world: World) -> dict[str, int]:
    return dict(world.reporter_truth.filter(AS_RING)["group"].value_counts().iter_rows())


# The contract


@pytest.mark.parametrize("family", FAMILIES)
def test_the_tables_have_the_columns_and_types_of_the_contract(family: str) -> None:
    world = small(family)
    typed_like(world.reports, REPORTS)
    typed_like(world.decisions, DECISIONS)
    typed_like(world.accounts, ACCOUNTS)
    typed_like(world.reporters, REPORTERS)
    assert dict(world.truth.schema) == TRUTH
    assert dict(world.reporter_truth.schema) == REPORTER_TRUTH
    assert world.reports["report_id"].n_unique() == len(world.reports)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_tables_speak_of_the_same_things(family: str) -> None:
    world = small(family)
    assert set(world.reporter_truth["reporter"]) == set(world.reporters["reporter"])
    assert set(world.reports["reporter"]) == set(world.reporters["reporter"])
    assert world.reports.join(world.accounts, on="account", how="anti").is_empty()
    assert set(world.accounts["account"]) == set(world.truth["account"])
    assert world.decisions.join(world.reports, on="account", how="anti").is_empty()


@pytest.mark.parametrize("family", FAMILIES)
def test_reports_are_in_order_and_within_thirty_days(family: str) -> None:
    at = small(family).reports["reported_at"]
    assert at.is_sorted()
    assert at[0] >= START
    assert (at[-1] - START).total_seconds() < END


@pytest.mark.parametrize("family", FAMILIES)
def test_a_seed_gives_one_world_and_another_seed_another(family: str) -> None:
    again = coordination(family, 1, actions=30_000)
    tables = [field.name for field in fields(World) if field.name not in ("name", "seed")]
    assert all(getattr(small(family), name).equals(getattr(again, name)) for name in tables)
    assert not small(family).reports.equals(coordination(family, 2, actions=30_000).reports)


def test_too_few_actions_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        coordination("plain", 1, actions=10_000)


# The base


def test_the_base_has_the_sizes_of_the_note() -> None:
    world = made("plain")
    assert len(world.reports) == 100_000
    assert len(world.accounts) == 20_000
    assert 11_500 < len(world.reporters) <= 12_500


def test_the_base_is_as_skewed_as_the_note_says() -> None:
    activity = draw_activity(1_000_000, np.random.default_rng(1))
    # Pareto: P(X > 4) = 4 ** -1.5; super reporters are too few to matter here, and are those beyond 2,000.
    assert (activity > 4).mean() == pytest.approx(0.125 + 0.002, abs=0.002)
    counts = made("plain").reports["account"].value_counts(sort=True)["count"].to_numpy()
    # Zipf: rank 1 gets 1 / sum(k ** -0.75) of all reports, and the first hundred ranks a share as easily reckoned.
    weights = np.arange(1, 20_001) ** -0.75
    assert counts[:100].sum() / 1e5 == pytest.approx(weights[:100].sum() / weights.sum(), rel=0.03)


def test_a_report_follows_an_event_by_eight_hours_in_the_median() -> None:
    delay = after(np.zeros(100_000), np.random.default_rng(1)) / HOUR
    assert np.median(delay) == pytest.approx(8.0, rel=0.03)
    assert np.log(delay).std() == pytest.approx(1.2, rel=0.03)


def test_routine_reports_come_in_the_evening_of_their_zone() -> None:
    for zone in (-8.0, 5.5):
        local = (routine(np.full(50_000, zone), np.random.default_rng(1)) / HOUR + zone) % 24
        evening, morning = ((low <= local) & (local < low + 4) for low in (18.5, 6.5))
        assert evening.sum() > 6 * morning.sum()


@given(st.floats(0, END - 1), st.floats(0, DAY - 1), st.floats(60, DAY), st.integers(0, 2**32 - 1))
def test_who_waits_for_their_hours_reports_in_them(
    second: float, opens: float, lasts: float, seed: int
) -> None:
    hours = Hours(np.array([opens]), np.array([lasts]))
    moved = within(hours, np.array([second]), np.random.default_rng(seed))
    assert 0 <= moved[0] < END
    assert (moved[0] - opens) % DAY <= lasts + 1e-6 or (moved[0] - opens) % DAY > DAY - 1e-6


@given(st.floats(0, END - DAY), st.integers(0, 2**32 - 1))
def test_a_delay_ends_within_the_period(event: float, seed: int) -> None:
    at = after(np.full(100, event), np.random.default_rng(seed))
    assert ((at >= event) & (at <= END)).all()


def test_everyday_life_is_the_same_whatever_is_planted() -> None:
    plain = made("plain").reports["reported_at"].value_counts()
    for family in ("viral", "easy", "listed"):
        there = made(family).reports["reported_at"].value_counts()
        both = plain.join(there, on="reported_at", suffix="_there")
        assert len(both) == len(plain)
        assert (both["count"] <= both["count_there"]).all()


def test_neither_ids_nor_rows_tell_who_is_in_a_ring() -> None:
    world = made("easy")
    for rows in (world.reporter_truth, world.reporter_truth.sort(pl.col("reporter").str.slice(1))):
        place = np.flatnonzero(rows["group"].str.starts_with("ring").to_numpy())
        error = len(rows) / np.sqrt(12 * len(place))
        assert abs(place.mean() - len(rows) / 2) < 4 * error


# What honest people do at the same time


@pytest.mark.parametrize("family", RING_FREE)
def test_where_no_ring_is_planted_everybody_is_honest(family: str) -> None:
    assert set(made(family).reporter_truth["group"]) == {"honest"}
    assert "victim" not in made(family).truth["kind"]
    assert made(family).decisions.is_empty()


@pytest.mark.parametrize(
    ("family", "added"),
    [
        ("plain", 0),
        ("communities", 5 * 300 * 12 + 2 * 100 * 20),
        ("viral", 20 * 3_000),
        ("daily", 0),
        ("everything", 5 * 300 * 12 + 2 * 100 * 20 + 20 * 3_000 + 10 * 300),
    ],
)
def test_honest_gatherings_are_added_to_the_base(family: str, added: int) -> None:
    assert len(made(family).reports) == 100_000 + added


def test_a_viral_target_has_three_thousand_reporters() -> None:
    counts = made("viral").reports.group_by("account").agg(pl.col("reporter").n_unique())["reporter"]
    assert (counts >= 3_000).sum() == 20


def test_a_dense_community_reports_its_targets_in_the_evening_of_one_zone() -> None:
    """The seventh community lives at 5.5 hours east: its evening from six to eleven is 12:30 to 17:30 UTC."""
    world = made("communities")
    counts = world.reports.group_by("account").agg(
        pl.len(),
        evening=((pl.col("reported_at") - START).dt.total_seconds() % 86_400)
        .is_between(45_000, 63_000)
        .mean(),
    )
    # 100 members x 20 reports on 60 targets: some 33 each, all of them in these five hours, and what the base adds.
    dense = counts.filter(pl.col("len").is_between(20, 60), pl.col("evening") > 0.8)
    assert 50 <= len(dense) <= 75


def test_a_one_off_crowd_reports_within_two_hours() -> None:
    rows = judged(made("easy")).filter(~AS_RING)
    spans = rows.group_by("account").agg(
        fullest=pl.col("hour").sort().rolling_map(lambda hours: hours[-1] - hours[0], 290).min()
    )
    assert (spans["fullest"] < 2).sum() >= 10


def test_people_of_the_daily_family_report_in_three_hours_of_the_day() -> None:
    hours = judged(made("daily")).with_columns(angle=pl.col("hour") % 24 * (np.pi / 12))
    regular = hours.group_by("reporter").agg(
        pl.len(), length=(pl.col("angle").cos().mean() ** 2 + pl.col("angle").sin().mean() ** 2).sqrt()
    )
    # Everything within three hours: no angle is more than 22.5 degrees from the middle.
    assert (regular["length"] >= np.cos(np.pi / 8)).all()


# Rings


@pytest.mark.parametrize("family", WITH_RINGS)
def test_rings_have_the_sizes_of_their_settings(family: str) -> None:
    sizes = ring_sizes(made(family))
    planted = {f"ring-{number}": size for number, size in enumerate(SETTINGS[family].rings.sizes, 1)}
    assert set(sizes) <= set(planted)
    assert all(size <= planted[ring] for ring, size in sizes.items())
    if SETTINGS[family].rings.participation[0] >= 0.4 and SETTINGS[family].rings.victims[0] >= 6:
        # Of the laziest ring a member misses all six attacks with a chance of 0.6 ** 6: 5 %.
        assert sum(sizes.values()) > 0.95 * sum(planted.values())


@pytest.mark.parametrize(("family", "rings"), [("easy", EASY), ("hard", HARD), ("vhard", VERY_HARD)])
def test_a_ring_has_its_number_of_victims_and_its_participation(family: str, rings: Rings) -> None:
    for seed in SEEDS:
        per_ring = attacks(made(family, seed)).group_by("group").agg(pl.len(), pl.col("members").mean())
        for number in (6, 7, 8):
            size = rings.sizes[number - 1]
            _, victims, members = per_ring.row(by_predicate=pl.col("group") == f"ring-{number}")
            assert rings.victims[0] <= victims <= rings.victims[1]
            error = np.sqrt(0.25 / size / victims)
            assert rings.participation[0] - 4 * error < members / size < rings.participation[1] + 4 * error


@pytest.mark.parametrize("family", ["easy", "hard", "vhard", "framing", "short"])
def test_a_ring_has_its_mean_jitter(family: str) -> None:
    """The first of n exponential delays is jitter / n: the mean wait after it is jitter x (1 - 1 / n)."""
    rows = pl.concat([attacks(made(family, seed)) for seed in SEEDS])
    # A camouflage report on a victim of the same ring lies days away: such attacks are left out.
    clean = rows.filter(pl.col("last_h") - pl.col("first_h") < 24, pl.col("members") >= 20)
    jitter_h = (clean["mean_wait_h"] / (1 - 1 / clean["members"])).mean()
    assert jitter_h == pytest.approx(SETTINGS[family].rings.jitter_h, rel=0.07)


@pytest.mark.parametrize("family", ["easy", "hard", "vhard"])
def test_a_member_reports_honestly_a_multiple_of_what_they_do_for_the_ring(family: str) -> None:
    rows = judged(made(family)).filter(AS_RING)
    for_ring = (rows["kind"] == "victim").mean()
    # Victims are one in some hundred and fifty targets: camouflage falls on them by chance.
    assert 1 / for_ring - 1 == pytest.approx(SETTINGS[family].rings.camouflage, rel=0.1)


@pytest.mark.parametrize("family", WITH_RINGS)
def test_victims_break_no_rule(family: str) -> None:
    truth = made(family).truth
    assert not truth.filter(pl.col("kind") == "victim")["violates"].any()
    assert truth["violates"].mean() == pytest.approx(0.3, abs=0.02)


# Rings that evade


def test_a_rotating_ring_sends_a_third_of_its_members_each_time_another() -> None:
    world = made("rotating")
    rows = attacks(world).filter(pl.col("group") == "ring-8")
    assert rows["members"].min() > 0.28 * 200
    assert rows["members"].max() < 0.36 * 200
    assert ring_sizes(world)["ring-8"] > 190


@pytest.mark.parametrize(("family", "hours"), [("spread", 24), ("slow", 72)])
def test_a_drawn_out_attack_is_spread_evenly(family: str, hours: float) -> None:
    rows = judged(made(family)).filter(pl.col("group") == "ring-8", pl.col("kind") == "victim")
    waits = rows.with_columns(wait=pl.col("hour") - pl.col("hour").quantile(0.02).over("account"))
    inside = waits.filter(pl.col("wait").is_between(0, 0.96 * hours))["wait"]
    assert len(inside) > 0.9 * len(rows)
    halves = [(inside < 0.24 * hours).mean(), (inside < 0.48 * hours).mean(), (inside < 0.72 * hours).mean()]
    assert halves == pytest.approx([0.25, 0.5, 0.75], abs=0.03)


def test_small_rings_have_five_to_twelve_members() -> None:
    assert SETTINGS["small"].rings.sizes == tuple(range(5, 13))
    assert max(ring_sizes(made("small")).values()) <= 12


def test_a_hidden_ring_attacks_viral_targets_too() -> None:
    world = made("hidden")
    honest = judged(world).filter(~AS_RING).group_by("account").agg(crowd=pl.col("reporter").n_unique())
    rows = attacks(world).join(honest, on="account", how="left").filter(pl.col("group") == "ring-8")
    assert (rows["crowd"] >= 2_000).sum() >= 4
    assert (rows["crowd"].fill_null(0) < 200).sum() >= 6


def test_members_of_an_overactive_ring_report_hundreds_of_other_targets() -> None:
    rows = judged(made("overactive")).filter(AS_RING)
    others = rows.filter(pl.col("kind") != "victim").group_by("reporter").len()["len"]
    assert others.min() > 250
    assert others.median() == pytest.approx(455, abs=40)


def test_a_framing_ring_reports_in_the_hour_of_an_honest_crowd() -> None:
    world = made("framing")
    rows = attacks(world).filter(pl.col("group") == "ring-8", pl.col("last_h") - pl.col("first_h") < 24)
    honest = judged(world).filter(~AS_RING).join(rows.select("account", "first_h"), on="account")
    near = honest.filter(pl.col("hour").is_between(pl.col("first_h") - 0.3, pl.col("first_h") + 0.8))
    crowd = near.group_by("account").len()["len"]
    assert len(crowd) == len(rows)
    assert crowd.min() >= 18
    assert crowd.max() <= 65


# Lists, texts, registrations


def test_volunteers_of_a_list_report_true_violators_and_name_the_list() -> None:
    world = made("listed")
    assert dict(world.reporter_truth["group"].value_counts().iter_rows())["list-1"] == 300
    rows = judged(world).filter(pl.col("source").is_not_null())
    assert set(rows["source"]) == {"list:L1"}
    assert set(rows["group"]) == {"list-1"}
    assert rows["account"].n_unique() == 40
    assert rows["violates"].all()
    assert len(rows) == pytest.approx(300 * 40 * 0.9, rel=0.02)
    sitting = rows.group_by("reporter").agg(hours=pl.col("hour").max() - pl.col("hour").min())["hours"]
    assert sitting.max() <= 6
    assert sitting.median() == pytest.approx(3.8, abs=0.4)


def test_a_part_of_the_list_was_upheld_and_decisions_are_right() -> None:
    world = made("listed")
    listed = world.reports.filter(pl.col("source").is_not_null())["account"].unique()
    assert (
        world.decisions.filter(pl.col("account").is_in(listed.implode()), pl.col("selection") == "queue")[
            "outcome"
        ].to_list()
        == ["upheld"] * 15
    )
    right = world.decisions.join(world.truth, on="account")
    assert ((right["outcome"] == "upheld") == right["violates"]).all()


def words_in_common(one: str, other: str) -> float:
    first, second = set(one.split()), set(other.split())
    return len(first & second) / len(first | second)


def test_a_ring_pastes_its_templates_and_honest_people_sometimes_say_the_same() -> None:
    rows = judged(made("copied")).filter(pl.col("text").is_not_null())
    pasted = rows.filter(pl.col("group") == "ring-8", pl.col("kind") == "victim")["text"].head(60).to_list()
    honest = rows.filter(~AS_RING)["text"]
    nearest = [max(words_in_common(text, other) for other in pasted if other is not text) for text in pasted]
    assert np.median(nearest) > 0.7
    assert len(set(pasted)) > 40
    own = honest.filter(honest.str.len_chars() > 40).head(60).to_list()
    nearest = [max(words_in_common(text, other) for other in own if other is not text) for text in own]
    assert np.median(nearest) < 0.4
    assert honest.is_duplicated().mean() == pytest.approx(0.25 / 0.8, abs=0.03)


def test_accounts_of_a_fresh_ring_were_created_within_two_hours_and_share_an_inviter() -> None:
    world = made("fresh")
    rows = world.reporters.join(world.reporter_truth, on="reporter")
    for _, ring in rows.filter(AS_RING).group_by("group"):
        assert (ring["created_at"].max() - ring["created_at"].min()).total_seconds() <= 2 * HOUR
        assert ring["invited_by"].drop_nulls().n_unique() <= 1
    assert rows.filter(AS_RING)["invited_by"].is_not_null().mean() == pytest.approx(0.6, abs=0.09)
    assert rows.filter(~AS_RING)["invited_by"].is_not_null().mean() == pytest.approx(0.4, abs=0.02)
    first = world.reports.group_by("reporter").agg(pl.col("reported_at").min())
    both = world.reporters.join(first, on="reporter")
    assert (both["created_at"] <= both["reported_at"]).all()
