"""What people regain of their audience: like ages, within a person, links drawn."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ostrakon.analysis.audience import regained
from ostrakon.analysis.figures import Figure, Measured
from ostrakon.worlds.history import year

LINKS = {"account": pl.String, "suspended_account": pl.String, "probability": pl.Float64}


def counts(rows: dict[str, dict[float, float]]) -> pl.DataFrame:
    flat = [(account, float(age), float(n)) for account, ages in rows.items() for age, n in ages.items()]
    return pl.DataFrame(flat, schema=["account", "age_days", "followers"], orient="row")


def links(*rows: tuple[str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=LINKS, orient="row")


def pairs(ratios: list[float], age: float = 7) -> tuple[pl.DataFrame, pl.DataFrame]:
    """So many people with 100 followers at first."""
    table = {f"old{place}": {age: 100.0} for place in range(len(ratios))}
    table |= {f"new{place}": {age: 100 * ratio} for place, ratio in enumerate(ratios)}
    return counts(table), links(*((f"new{place}", f"old{place}", 1.0) for place in range(len(ratios))))


def at(found: Measured, age: int) -> Figure:
    return next(one for one in found.figures if one.name == f"regained_at_{age}_days")


def test_it_is_the_median_of_the_ratios_within_people() -> None:
    """Of .1, .2, ... 1.1 it is .6."""
    found = at(regained(*pairs([place / 10 for place in range(1, 12)])), 7)
    assert found.value == pytest.approx(0.6)
    assert found.low is not None
    assert found.high is not None
    assert 0.2 <= found.low < 0.6 < found.high <= 1.0


def test_only_like_ages_are_compared() -> None:
    """At 7 days they have half; a count at 3 days or at 60 says nothing of it."""
    audience, joined = pairs([0.5] * 12)
    other = counts({f"new{place}": {3.0: 900.0, 60.0: 900.0} for place in range(12)})
    assert at(regained(pl.concat([audience, other]), joined), 7).value == 0.5
    assert at(regained(pl.concat([audience, other]), joined), 30).refused is not None


def test_a_third_account_is_compared_with_the_first_not_with_the_second() -> None:
    audience, joined = pairs([0.5] * 12)
    third = counts({f"third{place}": {7.0: 20.0} for place in range(12)})
    more = links(*((f"third{place}", f"new{place}", 1.0) for place in range(12)))
    rows = regained(pl.concat([audience, third]), pl.concat([joined, more])).tables["by_account"]
    assert {(row["account"], row["value"]) for row in rows} == {(2, 0.5), (3, 0.2)}


def test_people_who_share_an_account_are_drawn_together() -> None:
    """One person with 40 later accounts is one person, and nothing follows from one."""
    table = {"old": {7.0: 100.0}} | {f"new{place}": {7.0: 50.0} for place in range(40)}
    joined = links(*((f"new{place}", "old", 1.0) for place in range(40)))
    assert at(regained(counts(table), joined), 7).refused is not None


def test_what_wrong_links_say_is_counted_out() -> None:
    """True pairs have .5, wrong ones 2; links of .9 are wrong once in ten, those of .5 every second time."""
    rng, rows, joined = np.random.default_rng(4), {}, []
    for place in range(1500):
        probability = 0.9 if place % 3 else 0.4
        ratio = 0.5 if rng.random() < probability else 2.0
        rows |= {f"old{place}": {7.0: 100.0}, f"new{place}": {7.0: 100 * ratio * rng.lognormal(0, 0.3)}}
        joined.append((f"new{place}", f"old{place}", probability))
    found = at(regained(counts(rows), links(*joined)), 7)
    assert found.value == pytest.approx(0.5, abs=0.04)
    assert "expected to be wrong" in found.warnings[0]


@pytest.mark.parametrize("seed", [1, 2])
def test_what_the_people_of_a_year_regain_is_found_again(seed: int) -> None:
    of = year(seed, 800)
    found = at(regained(of.audience, of.links), 7)
    assert found.value == pytest.approx(of.truth.regained, abs=0.05)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= of.truth.regained <= found.high


def test_the_same_seed_says_the_same() -> None:
    of = year(3, 200)
    assert regained(of.audience, of.links, seed=1) == regained(of.audience, of.links, seed=1)


def test_links_in_a_circle_are_nobodys_return() -> None:
    audience, _ = pairs([0.5] * 12)
    circle = [(f"new{place}", f"old{place}", 1.0) for place in range(12)]
    circle += [(f"old{place}", f"new{place}", 1.0) for place in range(12)]
    assert at(regained(audience, links(*circle)), 7).refused is not None


def test_too_few_people_are_refused_with_what_is_needed() -> None:
    found = at(regained(*pairs([0.5] * 9)), 7)
    assert found.refused is not None
    assert "10 are needed" in found.refused


def test_without_links_or_counts_there_is_a_refusal() -> None:
    audience, joined = pairs([0.5] * 12)
    for measured in (regained(audience, joined.clear()), regained(audience.clear(), joined)):
        assert all(figure.refused for figure in measured.figures)


def test_an_account_that_nobody_followed_at_first_gives_no_ratio() -> None:
    audience, joined = pairs([0.5] * 12)
    nobody = audience.with_columns(
        pl.when(pl.col("account").str.starts_with("old")).then(0.0).otherwise("followers").alias("followers")
    )
    assert at(regained(nobody, joined), 7).refused is not None
