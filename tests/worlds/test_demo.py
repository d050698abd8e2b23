"""The demonstration week contains what it promises, for its own seed and for others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from tests.worlds.plain import KEY, made

from ostrakon.worlds.world import World


@pytest.fixture(params=[7, 1, 2])
def week(request: pytest.FixtureRequest) -> World:
    return made("demo", request.param)


def judged(world: World) -> pl.DataFrame:
    return world.reports.join(world.truth, on=KEY).join(world.reporter_truth, on="reporter")


def fullest_hour(reports: pl.DataFrame) -> int:
    rolling = reports.sort("reported_at").rolling("reported_at", period="1h").agg(pl.len().alias("within"))
    return int(rolling["within"].to_numpy().max())


def test_it_is_a_week_of_a_small_platform(week: World) -> None:
    assert 550 <= week.reports["account"].n_unique() <= 680
    assert 6_000 <= len(week.reports) <= 8_000
    assert week.reports["reported_at"].to_list()[-1] < datetime(2026, 1, 12, 6, tzinfo=UTC)
    assert set(week.reports["policy"]) == {"spam", "harassment", "violent-extremism"}


def test_three_languages_in_accounts_and_texts(week: World) -> None:
    assert dict(week.accounts["language"].value_counts(normalize=True).iter_rows()) == pytest.approx(
        {"en": 0.4, "fr": 0.3, "ar": 0.3}, abs=0.08
    )
    said = week.reports["text"].drop_nulls()
    arabic, accented = said.str.contains(r"\p{Arabic}"), said.str.contains("[éàçèê]")
    assert arabic.mean() > 0.2
    assert accented.mean() > 0.05
    assert 0.1 < week.reports["text"].null_count() / len(week.reports) < 0.4


def test_handles_are_latin_accented_arabic_and_mixed(week: World) -> None:
    names = week.accounts["account"]
    assert names.str.starts_with("@").all()
    arabic, latin = names.str.contains(r"\p{Arabic}"), names.str.contains("[a-z]")
    assert (arabic & ~latin).sum() > 50
    assert (arabic & latin).sum() > 5
    assert names.str.contains("[éèêçâ]").sum() > 20


def test_a_counter_speaker_gets_five_hundred_reports_within_the_hour(week: World) -> None:
    rows = judged(week).filter(pl.col("kind") == "counter_speaker")
    worst = rows["account"].value_counts(sort=True)["account"][0]
    wave = rows.filter((pl.col("account") == worst) & pl.col("group").is_in(["ring-1", "throwaway"]))
    assert 480 <= len(wave) <= 520
    assert fullest_hour(wave) >= 480
    assert worst not in set(week.decisions["account"])


def test_the_ring_retaliates_against_three_counter_speakers_with_pasted_texts(week: World) -> None:
    ring = judged(week).filter(pl.col("group") == "ring-1")
    assert ring.filter(pl.col("kind") == "counter_speaker")["account"].n_unique() == 3
    assert ring.filter("violates")["account"].n_unique() >= 2
    assert ring["text"].str.contains("terror|terreur|الإرهاب").mean() > 0.6


def test_throwaways_are_hours_old_and_were_invited_by_the_ring(week: World) -> None:
    fresh = week.reporters.join(week.reporter_truth.filter(pl.col("group") == "throwaway"), on="reporter")
    first = week.reports.group_by("reporter").agg(pl.col("reported_at").min())
    age = fresh.join(first, on="reporter").select(pl.col("reported_at") - pl.col("created_at")).to_series()
    assert age.median() < timedelta(days=1)
    hosts = fresh["invited_by"].drop_nulls()
    assert len(hosts) > 150
    assert hosts.n_unique() == 2
    ring = week.reporter_truth.filter(pl.col("group") == "ring-1")["reporter"]
    assert set(hosts) <= set(ring)


def test_volunteers_work_through_a_list_and_are_right(week: World) -> None:
    listed = judged(week).filter(pl.col("source") == "list:open-watch-2026-01")
    assert set(listed["group"]) == {"volunteer"}
    targets = listed.select("account", "violates").unique()
    assert len(targets) >= 25
    assert 0.9 < targets["violates"].mean() < 1.0
    assert listed["reported_at"].max() - listed["reported_at"].min() < timedelta(hours=6)


def test_an_innocent_post_goes_round(week: World) -> None:
    strangers = judged(week).filter(pl.col("group") == "stranger")
    assert strangers["account"].n_unique() == 1
    assert not strangers["violates"].any()
    assert len(strangers) == strangers["reporter"].n_unique() > 300
    assert strangers["reported_at"].quantile(0.9) - strangers["reported_at"].min() < timedelta(hours=8)


def test_honest_reporters_are_of_uneven_quality(week: World) -> None:
    crowd = judged(week).filter(pl.col("group").is_in(["honest", "sloppy"]))
    right = crowd.group_by("group").agg(pl.col("violates").mean())
    quality = dict(right.iter_rows())
    assert quality["honest"] > quality["sloppy"] + 0.15


def test_partisans_report_the_outspoken(week: World) -> None:
    partisan = judged(week).filter(pl.col("group") == "partisan")
    assert (partisan["kind"] == "outspoken").mean() > 0.6
    assert partisan["violates"].mean() > 0.15


def test_decisions_have_audits_reviewers_and_a_few_reversals(week: World) -> None:
    reversed_ = week.decisions.filter(pl.col("outcome") == "overturned").join(week.truth, on=KEY)
    assert 2 <= len(reversed_) <= 15
    assert not reversed_["violates"].any()
    assert "counter_speaker" in set(reversed_["kind"])
    assert 0.15 < (week.decisions["selection"] == "audit").mean() < 0.45
    assert week.decisions["reviewer"].n_unique() == 4
    assert 0.1 < len(week.decisions.select(KEY).unique()) / len(week.reports.select(KEY).unique()) < 0.25
