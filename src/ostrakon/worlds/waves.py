"""Rings that strike in waves: each ring has a list of victims, and a wave is one victim, one hour, many reports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.build import Acts
from ostrakon.worlds.clock import DAY
from ostrakon.worlds.draws import Floats, Ints, delays_within, pareto, weighted
from ostrakon.worlds.moderation import Bools


@dataclass(frozen=True)
class Waves:
    """How rings attack; the defaults are careless rings, easy to catch in the act."""

    rings: int = 4
    members: int = 150
    victim_share: float = 0.5
    """Share of the possible victims on each ring's list."""
    smallest: float = 5.0
    largest: float = 400.0
    size_shape: float = 0.85
    """Pareto shape of the sizes between them: most waves are small."""
    throwaway_share: float = 0.40
    """Share of the waves that come from accounts made for them."""
    throwaway_days: float = 0.03
    """Mean time from a throw-away wave's start to a report."""
    member_days: float = 0.25
    """The same for a wave of ring members."""
    camouflage: float = 0.25
    """Share of the waves against real violators."""
    taking_part: float = 1.0
    """Share of the members from whom a wave can draw; below 1, rings rotate."""


@dataclass(frozen=True)
class Field:
    """Where and when the waves of a world fall."""

    count: int
    """Reports of rings altogether."""
    days: float
    farm_until: float
    """Until this day every wave hits a real violator."""
    victims: Ints
    violators: Ints
    notoriety: Floats
    """How likely each violator is chosen for camouflage: rings ride along where the crowd already is."""


@dataclass(frozen=True)
class Plan:
    """The waves of a world, one entry each."""

    ring: Ints
    size: Ints
    target: Ints
    start: Floats
    throwaway: Bools


def wave_acts(waves: Waves, field: Field, first_reporter: int, rng: np.random.Generator) -> Acts:
    """All reports of rings; members are numbered from ``first_reporter``, throw-aways after them."""
    plan = _plan(waves, field, rng)
    wave = np.repeat(np.arange(len(plan.size)), plan.size)
    place = np.arange(len(wave)) - np.repeat(np.cumsum(plan.size) - plan.size, plan.size)
    member = _line_up(waves, plan, rng)[wave, np.minimum(place, waves.members - 1)]
    reporter = first_reporter + plan.ring[wave] * waves.members + member
    alone = plan.throwaway[wave]
    reporter[alone] = first_reporter + waves.rings * waves.members + np.arange(alone.sum())
    spread = np.where(alone, waves.throwaway_days, waves.member_days)
    delay = delays_within(field.days - plan.start[wave], spread, rng)
    return Acts(reporter, plan.target[wave], (plan.start[wave] + delay) * DAY)


def _plan(waves: Waves, field: Field, rng: np.random.Generator) -> Plan:
    """Waves until the reports are used up."""
    size, throwaway = _sizes(waves, field.count, rng)
    used = len(size)
    ring = rng.integers(0, waves.rings, used)
    start = rng.uniform(0, field.days, used)
    lists = np.stack([_victims(waves, field.victims, rng) for _ in range(waves.rings)])
    target = lists[ring, rng.integers(0, lists.shape[1], used)]
    camouflage = (rng.random(used) < waves.camouflage) | (start < field.farm_until)
    target = np.where(camouflage, field.violators[weighted(field.notoriety, used, rng)], target)
    return Plan(ring, size, target, start, throwaway)


def _sizes(waves: Waves, count: int, rng: np.random.Generator) -> tuple[Ints, Bools]:
    """Sizes of waves that add up to ``count``, and which of them come from throw-aways."""
    enough = int(count / waves.smallest) + 1 if count else 0
    throwaway = rng.random(enough) < waves.throwaway_share
    limit = np.where(throwaway, waves.largest, waves.members * waves.taking_part)
    drawn = waves.smallest * pareto(waves.size_shape, enough, rng)
    size = np.minimum(np.round(drawn), limit).astype(np.int64)
    used = int(np.searchsorted(np.cumsum(size), count)) + 1 if count else 0
    size = size[:used]
    if used:
        size[-1] -= int(size.sum()) - count
    return size, throwaway[:used]


def _victims(waves: Waves, victims: Ints, rng: np.random.Generator) -> Ints:
    """One ring's list."""
    return rng.choice(victims, max(1, round(waves.victim_share * len(victims))), replace=False)


def _line_up(waves: Waves, plan: Plan, rng: np.random.Generator) -> Ints:
    """For each wave all members of a ring in random order: the first ``size`` of them report."""
    return np.argsort(rng.random((len(plan.size), waves.members)), axis=1)
