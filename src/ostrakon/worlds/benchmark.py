"""The benchmark world: reach, two crowds of reporters, four rings that silence counter-speakers, few decisions.

It follows the test of the research note on what a report is worth, so that measured figures can be compared with it.
Its report rate is proportional to reach by construction, which flatters every scorer that is told the views.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ostrakon.analysis.tables import UNSPECIFIED
from ostrakon.worlds.build import (
    Acts,
    Ids,
    Texts,
    decisions_table,
    draw_ids,
    first_report,
    groups_table,
    join,
    reporter_counts,
    reports_table,
    texts,
    truth_table,
)
from ostrakon.worlds.clock import DAY, times
from ostrakon.worlds.draws import Floats, Ints, delays_within, pareto, streams, weighted
from ostrakon.worlds.moderation import Bools, Rulings, Team, choose, rule
from ostrakon.worlds.waves import Field, Waves, wave_acts
from ostrakon.worlds.world import World

KINDS = ("ordinary", "violator", "counter_speaker", "borderline")
KIND_SHARES = np.array([0.50, 0.28, 0.08, 0.14])
HONEST_RATES = np.array([0.02, 1.0, 0.05, 0.18])
SLOPPY_RATES = np.array([0.40, 0.80, 0.55, 0.60])
VIOLATOR, COUNTER_SPEAKER = 1, 2


@dataclass(frozen=True)
class BenchmarkSettings:
    """The knobs of the benchmark world; the defaults are the note's."""

    ring_share: float = 0.0
    """Share of all reports that rings send."""
    farming: bool = False
    """In the first half of the period every wave hits real violators, to earn a good name."""
    targets: int = 12_000
    days: float = 60.0
    reports_per_target: float = 58_000 / 12_000
    reach_sigma: float = 1.3
    views_per_reach: float = 2_000.0
    honest_per_target: float = 0.75
    sloppy_per_target: float = 0.50
    honest_share: float = 0.62
    """Share of the base reports that honest people send."""
    honest_but_sloppy: float = 0.08
    mean_delay_days: float = 2.5
    waves: Waves = Waves()
    team: Team = Team()
    exposure: bool = True
    """Whether the platform knows the views."""


@dataclass(frozen=True)
class Cast:
    """The targets of a world and its honest and sloppy people, by number."""

    kind: Ints
    reach: Floats
    views: Floats
    careful: Bools
    """For each base reporter whether they judge carefully."""
    honest: int
    """The first ``honest`` base reporters are the honest crowd."""


def benchmark(seed: int, *, ring_share: float = 0.0, farming: bool = False, targets: int = 12_000) -> World:
    """The benchmark world at one ring share."""
    name = f"benchmark {ring_share:.2f}{' farming' if farming else ''}"
    return build(seed, BenchmarkSettings(ring_share=ring_share, farming=farming, targets=targets), name)


def build(seed: int, settings: BenchmarkSettings, name: str) -> World:
    """A world with these settings. Only the rings' own stream depends on the ring share: the base reports stay."""
    cast_rng, base_rng, ring_rng, team_rng, id_rng, age_rng = streams(seed, 6)
    cast = draw_cast(settings, cast_rng)
    base = base_acts(settings, cast, base_rng)
    rings = ring_acts(settings, cast, len(base), ring_rng)
    acts = join(base, rings)
    group = reporter_groups(settings, cast, acts)
    ids = draw_ids(settings.targets, len(group), id_rng)
    rulings = decide(settings, cast, acts, team_rng)
    violates = cast.kind == VIOLATOR
    return World(
        name=name,
        seed=seed,
        reports=reports_table(acts, ids),
        decisions=decisions_table(rulings, ids),
        accounts=accounts_table(settings, cast, ids, age_rng),
        reporters=reporters_table(acts, group, ids, age_rng),
        truth=truth_table(ids, (UNSPECIFIED,), violates, np.array(KINDS)[cast.kind]),
        reporter_truth=groups_table(acts, group, ids),
    )


def draw_cast(settings: BenchmarkSettings, rng: np.random.Generator) -> Cast:
    """Who can be reported, and who reports of their own accord."""
    count = settings.targets
    kind = np.repeat(np.arange(4), np.diff(np.round(np.cumsum([0.0, *KIND_SHARES]) * count).astype(int)))
    reach = rng.lognormal(0.0, settings.reach_sigma, count)
    views = rng.poisson(settings.views_per_reach * reach).astype(float)
    honest, sloppy = round(settings.honest_per_target * count), round(settings.sloppy_per_target * count)
    careful = np.concatenate([rng.random(honest) >= settings.honest_but_sloppy, np.zeros(sloppy, bool)])
    return Cast(kind.astype(np.int64), reach, views, careful, honest)


def base_acts(settings: BenchmarkSettings, cast: Cast, rng: np.random.Generator) -> Acts:
    """Reports that nobody organised: an event at the target, then people who come across it."""
    count = round(settings.reports_per_target * settings.targets)
    from_honest = round(settings.honest_share * count)
    activity = pareto(1.3, len(cast.careful), rng)
    honest = weighted(activity[: cast.honest], from_honest, rng)
    sloppy = cast.honest + weighted(activity[cast.honest :], count - from_honest, rng)
    reporter = np.concatenate([honest, sloppy])
    careful = cast.careful[reporter]
    account = np.empty(count, np.int64)
    for mask, rates in ((careful, HONEST_RATES), (~careful, SLOPPY_RATES)):
        account[mask] = weighted(cast.reach * rates[cast.kind], int(mask.sum()), rng)
    event = rng.uniform(0, settings.days, settings.targets)[account]
    delay = delays_within(settings.days - event, settings.mean_delay_days, rng)
    return Acts(reporter, account, (event + delay) * DAY)


def ring_acts(settings: BenchmarkSettings, cast: Cast, base: int, rng: np.random.Generator) -> Acts:
    """What the rings add so that they send their share of all reports."""
    count = round(base * settings.ring_share / (1 - settings.ring_share))
    victims = np.flatnonzero(cast.kind == COUNTER_SPEAKER)
    violators = np.flatnonzero(cast.kind == VIOLATOR)
    farm_until = settings.days / 2 if settings.farming else 0.0
    field = Field(count, settings.days, farm_until, victims, violators, cast.reach[violators])
    return wave_acts(settings.waves, field, len(cast.careful), rng)


def reporter_groups(settings: BenchmarkSettings, cast: Cast, acts: Acts) -> Texts:
    """What each reporter is: the base crowds, then the rings' members, then accounts made for one wave."""
    base, waves = len(cast.careful), settings.waves
    members = waves.rings * waves.members
    throwaways = max(0, int(acts.reporter.max(initial=0)) + 1 - base - members)
    crowd = np.where(np.arange(base) < cast.honest, "honest", "sloppy")
    rings = np.char.add("ring-", np.repeat(np.arange(1, waves.rings + 1), waves.members).astype(str))
    return np.concatenate([crowd, rings, np.full(throwaways, "throwaway")])


def decide(settings: BenchmarkSettings, cast: Cast, acts: Acts, rng: np.random.Generator) -> Rulings:
    """Reviews in the week after the period, by report count and by chance."""
    choice = choose(reporter_counts(acts, settings.targets), settings.team, rng)
    at = (settings.days + rng.uniform(0, 7, len(choice.target))) * DAY
    error = np.full(len(choice.target), settings.team.error)
    return rule(choice, cast.kind == VIOLATOR, at, error, settings.team, rng)


def accounts_table(
    settings: BenchmarkSettings, cast: Cast, ids: Ids, rng: np.random.Generator
) -> pl.DataFrame:
    """All accounts of the platform. Their age says nothing about what they do."""
    created = -rng.lognormal(6.0, 1.0, settings.targets) * DAY
    table = pl.DataFrame([texts("account", ids.account), times("created_at", created)])
    if settings.exposure:
        table = table.with_columns(pl.Series("views", cast.views))
    return table.sort("account")


def reporters_table(acts: Acts, group: Texts, ids: Ids, rng: np.random.Generator) -> pl.DataFrame:
    """Those who reported. Throw-aways are days old at their first report, half of a ring's members some weeks."""
    first = first_report(acts, len(group))
    age = rng.lognormal(6.0, 1.0, len(group))
    newcomer = rng.random(len(group)) < 0.08
    age[newcomer] = rng.exponential(4.0, len(group))[newcomer]
    young = np.char.startswith(group, "ring") & (rng.random(len(group)) < 0.5)
    age[young] = rng.exponential(21.0, len(group))[young]
    throwaway = (group == "throwaway") & (rng.random(len(group)) < 0.8)
    age[throwaway] = rng.exponential(2.0, len(group))[throwaway]
    seen = np.flatnonzero(np.isfinite(first))
    columns = [texts("reporter", ids.reporter[seen]), times("created_at", first[seen] - age[seen] * DAY)]
    return pl.DataFrame(columns).sort("reporter")
