"""Who reports what they saw: careful and careless people, partisans, and people who change over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.build import Acts
from ostrakon.worlds.clock import DAY, HOUR
from ostrakon.worlds.draws import Floats, Ints, pareto, weighted
from ostrakon.worlds.graph import Exposures, Graph
from ostrakon.worlds.moderation import Bools

KINDS = ("ordinary", "violator", "borderline", "counter_speaker", "outspoken")
ORDINARY, VIOLATOR, BORDERLINE, COUNTER_SPEAKER, OUTSPOKEN = range(5)
POLICIES = ("spam", "harassment", "violent-extremism")


@dataclass(frozen=True)
class CrowdSettings:
    """How accounts behave and how people judge them."""

    kind_shares: tuple[float, ...] = (0.48, 0.21, 0.13, 0.09, 0.09)
    violation_mix: tuple[float, ...] = (0.60, 0.28, 0.12)
    """Policies that violators break."""
    suspicion_mix: tuple[float, ...] = (0.35, 0.45, 0.20)
    """Policies that the others seem to break: not the same mix, so the policies' base rates differ."""
    careful_rates: tuple[float, ...] = (0.008, 1.0, 0.12, 0.04, 0.03)
    careless_rates: tuple[float, ...] = (0.17, 0.55, 0.36, 0.32, 0.32)
    conspicuous_sigma: float = 0.65
    """How unequally visible accounts' misdeeds are."""
    careless_share: float = 0.33
    activity_shape: float = 1.15
    most_active: float = 100.0
    reports: int = 75_000
    """Reports expected from the crowd."""
    partisan_share: float = 0.0
    """Share of the opinionated communities' people who report their opponents."""
    partisan_rate: float = 2.5
    """How readily they do, innocent as the opponents are."""
    drift: float = 0.15
    """Spread of the change of a reporter's quality over the period."""
    names_policy: float = 0.96
    """Chance that a careful reporter names the policy that fits."""
    days: float = 60.0
    event_days: float = 0.35
    """Median time from a post to a report by somebody who saw it at first hand."""


@dataclass(frozen=True)
class Cast:
    """What the accounts are and what the readers are like, by number."""

    kind: Ints
    policy: Ints
    """The policy that the account breaks or seems to break."""
    conspicuous: Floats
    quality: Floats
    """0 = reports anything, 1 = judges carefully; at the start."""
    drift: Floats
    activity: Floats
    partisan: Bools


def opponent(community: Ints) -> Ints:
    """The community on the other side of the quarrel: 0 against 1, 2 against 3; the others have none (-1)."""
    return np.where(community < 4, community ^ 1, -1)


def draw_cast(settings: CrowdSettings, graph: Graph, rng: np.random.Generator) -> Cast:
    """Kinds of accounts (the outspoken live in quarrelling communities) and characters of readers."""
    authors, readers = len(graph.author_home), len(graph.reader_home)
    kind = weighted(np.array(settings.kind_shares), authors, rng)
    quarrel = opponent(graph.author_home) >= 0
    kind[(kind == OUTSPOKEN) & ~quarrel] = ORDINARY
    kind[(kind == ORDINARY) & quarrel & (rng.random(authors) < 0.2)] = OUTSPOKEN
    violation = weighted(np.array(settings.violation_mix), authors, rng)
    suspicion = weighted(np.array(settings.suspicion_mix), authors, rng)
    suspicion[kind == OUTSPOKEN] = 1
    careless = rng.random(readers) < settings.careless_share
    return Cast(
        kind=kind,
        policy=np.where(kind == VIOLATOR, violation, suspicion),
        conspicuous=rng.lognormal(0.0, settings.conspicuous_sigma, authors),
        quality=np.where(careless, rng.beta(1.2, 6.0, readers), rng.beta(8.0, 1.0, readers)),
        drift=rng.normal(0.0, settings.drift, readers),
        activity=np.minimum(pareto(settings.activity_shape, readers, rng), settings.most_active),
        partisan=(opponent(graph.reader_home) >= 0) & (rng.random(readers) < settings.partisan_share),
    )


def crowd_acts(
    settings: CrowdSettings, cast: Cast, graph: Graph, seen: Exposures, rng: np.random.Generator
) -> Acts:
    """What people who saw something report, as (account, policy) numbers."""
    seconds = moments(settings, graph, seen, rng)
    quality = quality_at(settings, cast, seen.reader, seconds)
    kind = cast.kind[seen.author]
    rate = quality * np.array(settings.careful_rates)[kind]
    rate += (1 - quality) * np.array(settings.careless_rates)[kind]
    against = opponent(graph.reader_home[seen.reader]) == graph.author_home[seen.author]
    rate[cast.partisan[seen.reader] & against & (kind == OUTSPOKEN)] += settings.partisan_rate
    rate *= cast.conspicuous[seen.author] * cast.activity[seen.reader]
    chance = chances(rate, settings.reports)
    told = np.flatnonzero((rng.random(len(rate)) < chance) & (seconds < settings.days * DAY))
    author = seen.author[told]
    fits = rng.random(len(told)) < 0.75 + (settings.names_policy - 0.75) * quality[told]
    other = (cast.policy[author] + rng.integers(1, len(POLICIES), len(told))) % len(POLICIES)
    policy = np.where(fits, cast.policy[author], other)
    return Acts(seen.reader[told], author * len(POLICIES) + policy, seconds[told])


def moments(settings: CrowdSettings, graph: Graph, seen: Exposures, rng: np.random.Generator) -> Floats:
    """When each exposure would lead to a report: one of the author's posts, then a heavy-tailed delay by generation.

    People sleep: reports that would fall into the reader's night wait for the morning.
    """
    count, authors = len(seen.author), len(graph.author_home)
    posts = 1 + rng.poisson(2.0, authors)
    offset = np.concatenate([[0], np.cumsum(posts)])
    posted = rng.uniform(-1.0, settings.days, offset[-1])
    post = offset[seen.author] + (rng.random(count) * posts[seen.author]).astype(np.int64)
    hops = 1.0 + seen.generation
    at = posted[post] + settings.event_days * hops * rng.lognormal(0.0, 1.2, count)
    seconds = np.abs(at) * DAY
    zone = (graph.reader_home[seen.reader] * 5 % 24) * HOUR
    hour = (seconds + zone) % DAY / HOUR
    asleep = (hour < 7) & (rng.random(count) < 0.85)
    morning = seconds + (7 - hour) * HOUR + rng.exponential(1.5 * HOUR, count)
    told: Floats = np.where(asleep, morning, seconds)
    return told


def quality_at(settings: CrowdSettings, cast: Cast, reader: Ints, seconds: Floats) -> Floats:
    """A reader's quality at a moment: it moves along a line through the middle of the period."""
    progress = seconds / (settings.days * DAY) - 0.5
    quality: Floats = np.clip(cast.quality[reader] + cast.drift[reader] * progress, 0.0, 1.0)
    return quality


def chances(rate: Floats, expected: float) -> Floats:
    """Chances that keep the proportions of the rates where they are small and add up to ``expected``."""
    scale = expected / rate.sum()
    for _ in range(8):
        scale *= expected / -np.expm1(-rate * scale).sum()
    found: Floats = -np.expm1(-rate * scale)
    return found
