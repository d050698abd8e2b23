"""Rings that try not to be seen: they rotate, jitter, drip, ride along with honest crowds and use fresh accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.build import Acts
from ostrakon.worlds.clock import DAY
from ostrakon.worlds.draws import Floats, Ints, pareto, weighted
from ostrakon.worlds.moderation import Bools


@dataclass(frozen=True)
class BrigadeSettings:
    """How rings attack."""

    share: float = 0.35
    """Share of all reports that rings send."""
    sizes: tuple[int, ...] = (160, 120, 90, 60, 40, 30, 20, 12, 8, 5)
    hired: float = 0.5
    """Share of the members whose accounts were made for the ring; the others are readers with a life of their own."""
    taking_part: float = 0.6
    """Mean share of the members who take part in one attack."""
    jitter_days: float = 0.05
    slow_share: float = 0.0
    """Share of the attacks that drip for weeks."""
    slow_days: float = 21.0
    camouflage: float = 0.25
    throwaway_share: float = 0.30
    throwaway_days: float = 0.05
    largest_throwaway: float = 300.0
    farm_days: float = 0.0
    """Until this day every attack hits a real violator."""


@dataclass(frozen=True)
class Rings:
    """The rings of a world: reporters' numbers, ring by ring."""

    member: Ints
    starts: Ints

    @property
    def count(self) -> int:
        """Number of rings."""
        return len(self.starts) - 1

    def sizes(self) -> Ints:
        """Members of each ring."""
        return np.diff(self.starts)


@dataclass(frozen=True)
class Prey:
    """Whom rings can attack, as (account, policy) numbers."""

    victims: Ints
    violations: Ints
    notoriety: Floats
    """How likely each violation is chosen for camouflage."""


@dataclass(frozen=True)
class Attacks:
    """One entry an attack."""

    ring: Ints
    target: Ints
    start: Floats
    size: Ints
    throwaway: Bools
    slow: Bools


def draw_rings(settings: BrigadeSettings, readers: int, rng: np.random.Generator) -> Rings:
    """Members: some are readers, the others new accounts numbered from ``readers``; nobody is in two rings."""
    starts = np.concatenate([[0], np.cumsum(settings.sizes)]).astype(np.int64)
    hired = rng.random(starts[-1]) < settings.hired
    member = rng.choice(readers, int(starts[-1]), replace=False)
    member[hired] = readers + np.arange(hired.sum())
    return Rings(member.astype(np.int64), starts)


def brigade_acts(
    settings: BrigadeSettings, rings: Rings, prey: Prey, crowd: int, days: float, rng: np.random.Generator
) -> tuple[Acts, Ints]:
    """What the rings add to ``crowd`` reports, and the ring of each throw-away in the order of their numbers."""
    count = round(crowd * settings.share / (1 - settings.share))
    attacks = _attacks(settings, rings, prey, count, days, rng)
    attack = np.repeat(np.arange(len(attacks.size)), attacks.size)
    place = np.arange(len(attack)) - np.repeat(np.cumsum(attacks.size) - attacks.size, attacks.size)
    alone = attacks.throwaway[attack]
    place = np.minimum(place, rings.sizes()[attacks.ring[attack]] - 1)
    reporter = rings.member[_line_up(rings, attacks, rng)[attack, place]]
    first = int(rings.member.max()) + 1
    reporter[alone] = first + np.arange(alone.sum())
    spread = np.where(alone, settings.throwaway_days, settings.jitter_days)
    delay = np.abs(rng.standard_t(4, len(attack))) * spread
    drip = attacks.slow[attack]
    delay[drip] = rng.uniform(0, settings.slow_days, drip.sum())
    day = attacks.start[attack] + delay
    kept = day < days
    return Acts(reporter[kept], attacks.target[attack][kept], day[kept] * DAY), attacks.ring[attack[alone]]


def _attacks(
    settings: BrigadeSettings, rings: Rings, prey: Prey, count: int, days: float, rng: np.random.Generator
) -> Attacks:
    """Attacks until the reports are used up: large rings strike more often, each has its own list of victims."""
    enough = count // 3 + 1
    ring = weighted(rings.sizes().astype(np.float64) ** 0.25, enough, rng)
    members = rings.sizes()[ring]
    part = np.clip(settings.taking_part * rng.uniform(0.6, 1.4, enough), 0.0, 1.0)
    throwaway = (rng.random(enough) < settings.throwaway_share) & (members >= 12)
    crowd = np.minimum(4 * pareto(0.9, enough, rng), settings.largest_throwaway)
    size = np.where(throwaway, crowd, np.maximum(rng.binomial(members, part), np.minimum(members, 3)))
    used = int(np.searchsorted(np.cumsum(size), count)) + 1 if count else 0
    start = rng.uniform(0, days, used)
    target = _choose_victims(rings, prey, ring[:used], rng)
    hidden = (rng.random(used) < settings.camouflage) | (start < settings.farm_days)
    target = np.where(hidden, prey.violations[weighted(prey.notoriety, used, rng)], target)
    slow = (rng.random(used) < settings.slow_share) & ~throwaway[:used]
    return Attacks(ring[:used], target, start, size[:used].astype(np.int64), throwaway[:used], slow)


def _choose_victims(rings: Rings, prey: Prey, ring: Ints, rng: np.random.Generator) -> Ints:
    """A victim of each attack's ring's list; lists are of unequal length, some victims are hated most."""
    target = np.empty(len(ring), np.int64)
    for number in range(rings.count):
        length = min(len(prey.victims), int(60 * pareto(1.0, 1, rng)[0]) + 2 * int(rings.sizes()[number]))
        listed = rng.choice(prey.victims, length, replace=False)
        mine = ring == number
        target[mine] = listed[weighted(pareto(3.0, length, rng), int(mine.sum()), rng)]
    return target


def _line_up(rings: Rings, attacks: Attacks, rng: np.random.Generator) -> Ints:
    """For each attack its ring's members in random order: the first ``size`` of them report."""
    most = int(rings.sizes().max())
    order = rng.random((len(attacks.ring), most))
    order[np.arange(most) >= rings.sizes()[attacks.ring][:, None]] = 2.0
    return rings.starts[attacks.ring][:, None] + np.argsort(order, axis=1)
