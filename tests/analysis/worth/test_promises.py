"""The promises of the house that this room must keep, end to end; each test tries to break one.

2. Reports are weighed, not counted: 500 coordinated reports weigh no more than a few independent ones. A reporter earns
   weight by being right and loses it when a decision is reversed.
3. Coordinated does not mean malicious.
4. Nobody is judged by language, religion, origin or opinion (also: test_valuation, test_features, test_background).
7. Every number says how sure it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest
from tests.analysis.worth.valued import valued_week, week

from ostrakon.analysis.campaigns import find_campaigns
from ostrakon.analysis.log import report_log
from ostrakon.analysis.worth import Model, Valuation, apply, value
from ostrakon.analysis.worth.background import background
from ostrakon.analysis.worth.results import queue, reporter_records, standing_records
from ostrakon.analysis.worth.scene import scene
from ostrakon.analysis.worth.verdicts import standing
from ostrakon.worlds.benchmark import benchmark
from ostrakon.worlds.coordination import coordination
from ostrakon.worlds.world import World

COLUMNS = ("reporter", "account", "reported_at")
NEWCOMERS = [f"new{number:03d}" for number in range(500)]
VIEWS = 20_000.0


@dataclass(frozen=True)
class Platform:
    """A world with what was learned in it, three of its most reliable reporters, and a day in its midst."""

    world: World
    model: Model
    reliable: Sequence[str]
    day: datetime
    quiet: str
    """An account that one person reported and nobody has decided on, of middling probability among such."""
    likely: Sequence[str]
    """Three undecided accounts high in the queue with a handful of reporters each."""


@cache
def platform(ring_share: float) -> Platform:
    world = benchmark(5, ring_share=ring_share, targets=3_000)
    valuation = value(world.reports, world.decisions, accounts=world.accounts, reporters=world.reporters)
    known = reporter_records(valuation).filter(pl.col("decided") >= 4).sort("precision_low", descending=True)
    undecided = queue(valuation).filter(pl.col("decided").is_null())
    alone = undecided.filter(pl.col("reporters") == 1)
    few = undecided.filter(pl.col("reporters").is_between(4, 8))
    day = world.reports["reported_at"].min()
    assert isinstance(day, datetime)
    return Platform(
        world,
        valuation.model,
        known["reporter"].head(3).to_list(),
        day + timedelta(days=20),
        alone["account"][len(alone) // 2],
        few["account"].head(3).to_list(),
    )


@pytest.fixture(params=[0.0, 0.6], ids=["no ring", "rings"])
def here(request: pytest.FixtureRequest) -> Platform:
    return platform(request.param)


def words(reporters: Sequence[str], account: str, begin: datetime, apart: timedelta) -> pl.DataFrame:
    """One report by each, one after the other."""
    times = pl.Series(
        [begin + place * apart for place in range(len(reporters))], dtype=pl.Datetime("us", "UTC")
    )
    return pl.DataFrame({"reporter": reporters, "account": [account] * len(reporters), "reported_at": times})


def valued_with(
    here: Platform, *more: pl.DataFrame, anew: bool = False, find_groups: bool = False
) -> Valuation:
    """The world with more reports; accounts that nobody knew have all the same number of views."""
    log = report_log(pl.concat([here.world.reports.select(COLUMNS), *more]))
    known = here.world.accounts
    strange = pl.Series("account", sorted(set(log.accounts) - set(known["account"])), dtype=pl.String)
    accounts = pl.concat(
        [known, pl.DataFrame({"account": strange}).with_columns(views=VIEWS)], how="diagonal"
    )
    set_out = scene(
        log,
        background(log, accounts, here.world.reporters),
        find_campaigns(log).groups(log) if find_groups else None,
    )
    if anew:
        return value(
            log, here.world.decisions, accounts=accounts, reporters=here.world.reporters,
            groups=find_campaigns(log).groups(log) if find_groups else None,
        )  # fmt: skip
    return apply(here.model, set_out, standing(log, here.world.decisions))


def row_of(valuation: Valuation, account: str) -> dict[str, float]:
    return queue(valuation).row(by_predicate=pl.col("account") == account, named=True)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


# 2. Reports are weighed, not counted

PACES = {"at once": timedelta(0), "within an hour": hours(1 / 500), "within eight hours": hours(8 / 500)}


@pytest.mark.parametrize("pace", PACES)
def test_five_hundred_coordinated_newcomers_do_not_outweigh_three_reliable_reporters(
    here: Platform, pace: str
) -> None:
    crowd = words(NEWCOMERS, "crowded", here.day, PACES[pace])
    trusted = words(here.reliable, "trusted", here.day, hours(10))
    found = valued_with(here, crowd, trusted)
    crowded, reliable = row_of(found, "crowded"), row_of(found, "trusted")
    assert crowded["reporters"] == 500
    assert crowded["independent_reports"] < 3 == reliable["independent_reports"]
    assert crowded["probability"] < reliable["probability"]
    assert crowded["rank"] > reliable["rank"]


def test_nor_do_they_when_everything_is_learned_anew(here: Platform) -> None:
    crowd = words(NEWCOMERS, "crowded", here.day, PACES["within an hour"])
    trusted = words(here.reliable, "trusted", here.day, hours(10))
    found = valued_with(here, crowd, trusted, anew=True)
    assert row_of(found, "crowded")["probability"] < row_of(found, "trusted")["probability"]


@pytest.mark.parametrize("pace", PACES)
def test_five_hundred_newcomers_raise_a_quiet_account_no_more_than_three_reliable_reporters_do(
    here: Platform, pace: str
) -> None:
    before = row_of(valued_with(here), here.quiet)["probability"]
    crowd = words(NEWCOMERS, here.quiet, here.day, PACES[pace])
    with_crowd = row_of(valued_with(here, crowd), here.quiet)["probability"]
    trusted = words(here.reliable, here.quiet, here.day, hours(10))
    with_trusted = row_of(valued_with(here, trusted), here.quiet)["probability"]
    assert with_trusted > before
    assert with_crowd - before <= with_trusted - before


def test_the_five_hundredth_newcomer_adds_next_to_nothing(here: Platform) -> None:
    few, many = (
        row_of(
            valued_with(here, words(NEWCOMERS[:count], "crowded", here.day, timedelta(seconds=5))), "crowded"
        )
        for count in (50, 500)
    )
    assert many["independent_reports"] - few["independent_reports"] < 0.05
    assert many["probability"] - few["probability"] < 0.05


def test_a_crowd_of_newcomers_cannot_bury_what_reliable_people_reported(here: Platform) -> None:
    # Somebody who is rightly reported might hire a crowd, hoping that its reports discredit the others.
    for account in here.likely:
        before = row_of(valued_with(here), account)["probability"]
        crowd = words(NEWCOMERS, account, here.day, PACES["within an hour"])
        assert row_of(valued_with(here, crowd), account)["probability"] > before / 2


def test_a_ring_that_was_found_counts_as_about_one_voice(here: Platform) -> None:
    ring = [f"member{number:03d}" for number in range(150)]
    waves = [words(ring, f"victim{wave}", here.day + hours(60 * wave), hours(1 / 150)) for wave in range(6)]
    found = valued_with(here, *waves, words(here.reliable, "trusted", here.day, hours(10)), find_groups=True)
    for wave in range(6):
        row = row_of(found, f"victim{wave}")
        assert row["reporters"] == 150
        assert row["independent_reports"] < 1.1
        assert row["probability"] < row_of(found, "trusted")["probability"]


HOLES = {
    "three reports each": lambda here: [
        words(NEWCOMERS, account, here.day + hours(72 * place), hours(1 / 500))
        for place, account in enumerate(("crowded", "other1", "other2"))
    ],
    "five hundred in the same minute, four times": lambda here: [
        words(NEWCOMERS, account, here.day + hours(72 * place), timedelta(0))
        for place, account in enumerate(("crowded", "other1", "other2", "other3"))
    ],
}
"""Crowds that neither rule sees: too busy for newcomers, with too few meetings or too large meetings for a group."""


@pytest.mark.parametrize("hole", HOLES)
def test_five_hundred_who_act_together_are_a_few_voices_however_they_are_spread(hole: str) -> None:
    here = platform(0.0)
    reports: Callable[[Platform], list[pl.DataFrame]] = HOLES[hole]
    found = valued_with(here, *reports(here), find_groups=True)
    assert row_of(found, "crowded")["independent_reports"] < 3


# 2. ... earned by being right, lost by a reversal


def test_being_right_earns_weight_and_a_reversal_takes_it_back_to_the_last_digit(here: Platform) -> None:
    valuation = valued_with(here)
    decided = pl.DataFrame({"account": [here.quiet], "outcome": ["upheld"]})
    reversed_ = pl.DataFrame({"account": [here.quiet], "outcome": ["overturned"]})
    ruled = here.world.decisions.select("account", "outcome", "selection")
    before, upheld, overturned = (
        standing_records(
            apply(
                here.model,
                valuation.scene,
                standing(valuation.scene.log, pl.concat([ruled, *more], how="diagonal")),
            )
        )
        for more in ([], [decided], [decided, reversed_])
    )
    moved = upheld.precision != before.precision
    assert moved.sum() == 1  # one person had reported the quiet account
    assert (upheld.precision[moved] > before.precision[moved]).all()
    assert (overturned.precision[moved] < before.precision[moved]).all()
    assert np.array_equal(overturned.upheld, before.upheld)


# 3. Coordinated does not mean malicious


def test_volunteers_with_a_list_are_coordinated_and_believed() -> None:
    valuation = valued_week()
    group = dict(week().reporter_truth.iter_rows())
    names = valuation.scene.log.reporters.to_list()
    record = standing_records(valuation)
    judged = record.decided >= 2

    def mean(kind: str) -> float:
        own = np.array([group[name] == kind for name in names]) & judged
        return float(record.precision[own].mean())

    assert mean("volunteer") > 0.75
    assert mean("volunteer") > mean("ring-1") + 0.1


def test_a_list_some_of_whose_targets_were_upheld_brings_the_others_to_the_top() -> None:
    world = coordination("listed", 41)
    log = report_log(world.reports)
    found = find_campaigns(log)
    assert [(one.kind, one.declared) for one in found.found] == [("declared list", "list:L1")]
    rows = queue(value(log, world.decisions, accounts=world.accounts, groups=found.groups(log)))
    listed = set(world.reports.filter(pl.col("source") == "list:L1")["account"])
    waiting = rows.filter(pl.col("decided").is_null() & pl.col("account").is_in(list(listed)))
    assert waiting.height >= 20
    assert waiting["rank"].max() == waiting.height  # nobody else stands between them
    assert (waiting["reporters"] - waiting["independent_reports"]).min() > 200  # the list is one voice


def test_a_group_of_reliable_people_still_speaks_for_a_violation(here: Platform) -> None:
    # The same three people, once as a group and once alone: as a group they count as one voice, not as none.
    trusted = words(here.reliable, "trusted", here.day, hours(10))
    log = report_log(pl.concat([here.world.reports.select(COLUMNS), trusted]))
    members = np.isin(log.reporters.gather(log.reporter).to_numpy(), here.reliable)
    accounts = pl.concat(
        [here.world.accounts, pl.DataFrame({"account": ["trusted"], "views": [VIEWS]})], how="diagonal"
    )
    set_out = scene(
        log, background(log, accounts, here.world.reporters), np.where(members, 0, -1).astype(np.int32)
    )
    together = row_of(apply(here.model, set_out, standing(log, here.world.decisions)), "trusted")
    crowd = row_of(valued_with(here, words(NEWCOMERS[:3], "crowded", here.day, hours(0.1))), "crowded")
    assert together["independent_reports"] == pytest.approx(3 / 2.9, abs=1e-5)
    assert together["probability"] > crowd["probability"]


# 7. Every number says how sure it is


def test_where_little_is_known_the_interval_is_wide(here: Platform) -> None:
    many = valued_with(here)
    none = value(here.world.reports.select(COLUMNS), accounts=here.world.accounts)
    assert np.mean(none.high - none.low) > 1.3 * np.mean(many.high - many.low)
    assert np.mean(none.high - none.low) > 0.4
