"""Rings: who attacks whom, when, and in which turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.build import Acts
from ostrakon.worlds.clock import DAY, HOUR
from ostrakon.worlds.coordination.families import Rings
from ostrakon.worlds.coordination.honest import crowd_acts, everyday_acts
from ostrakon.worlds.coordination.people import END, after
from ostrakon.worlds.coordination.scene import Scene
from ostrakon.worlds.draws import Floats, Ints, weighted

GOLDEN = (5**0.5 - 1) / 2
"""A turn moves on by the golden section of the ring, so that no part of it always goes together."""
CROWD_WAIT = 0.25 * HOUR
"""A ring that hides in a crowd joins it a quarter of an hour after its beginning."""


@dataclass(frozen=True)
class Attacks:
    """Attacks, ring by ring. Shapes: (attacks,)."""

    ring: Ints
    """From 0."""
    target: Ints
    start: Floats
    """Second of the first agreed moment."""
    participation: Floats
    """Chance that a member whose turn it is takes part: the same in all attacks of a ring."""


def draw_attacks(rings: Rings, scene: Scene, rng: np.random.Generator) -> Attacks:
    """Each ring's victims, one attack each: ordinary ones, which no two rings share, and viral ones."""
    count = len(rings.sizes)
    victims = rng.integers(*rings.victims, count, endpoint=True)
    latest = END - DAY - rings.spread_h * HOUR
    start = rng.uniform(0, latest, victims.sum())
    viral = [rng.choice(scene.roles.viral, rings.viral_victims, replace=False) for _ in range(count)]
    hidden = np.concatenate([np.empty(0, np.int64), *viral])
    amid = np.minimum(after(scene.targets.event[hidden], rng), latest)
    ring = np.concatenate([np.repeat(np.arange(count), each) for each in (victims, rings.viral_victims)])
    order = np.argsort(ring, kind="stable")
    target = np.concatenate([scene.roles.others[: victims.sum()], hidden])
    participation = rng.uniform(*rings.participation, count)
    return Attacks(
        ring[order], target[order], np.concatenate([start, amid])[order], participation[ring[order]]
    )


def led_acts(rings: Rings, attacks: Attacks, scene: Scene, rng: np.random.Generator) -> tuple[Acts, Acts]:
    """What the rings report of their victims, and the honest-looking reports of those who took part."""
    attack, place = _who_takes_part(rings, attacks, rng)
    agreed = attacks.start[attack] + _evenly(attack, len(attacks.ring), rng) * rings.spread_h * HOUR
    seconds = agreed + rng.exponential(rings.jitter_h * HOUR, len(attack))
    first = scene.actors + np.cumsum([0, *rings.sizes])
    reporter = first[attacks.ring[attack]] + place
    attacking = Acts(reporter, attacks.target[attack], np.minimum(seconds, END - 1))
    return attacking, everyday_acts(_camouflaged(rings, reporter, rng), scene, rng)


def framed_acts(rings: Rings, attacks: Attacks, scene: Scene, rng: np.random.Generator) -> Acts:
    """The honest crowds in which rings hide: each reports within an hour, and the ring comes in that hour.

    Who comes goes with the root of activity; some people are by chance in several crowds.
    """
    count = len(attacks.ring)
    sizes = rng.integers(*rings.crowd, count, endpoint=True)
    people = weighted(np.sqrt(scene.activity), int(sizes.sum()), rng)
    start = np.maximum(attacks.start - CROWD_WAIT, 0.0)
    return crowd_acts(attacks.target, start, np.full(count, HOUR), sizes, people, rng)


def _who_takes_part(rings: Rings, attacks: Attacks, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """(attack, place of the member in its ring) of all reports for rings, attack by attack."""
    sizes = np.array(rings.sizes, np.int64)[attacks.ring]
    attack, place = _places(sizes)
    turn = (place / sizes[attack] - attack * GOLDEN) % 1.0 < rings.on_duty
    chosen = turn & (rng.random(len(attack)) < attacks.participation[attack])
    return attack[chosen], place[chosen]


def _camouflaged(rings: Rings, reporter: Ints, rng: np.random.Generator) -> Ints:
    """The reporter of each honest-looking report, for the reporters of these reports for rings."""
    member, reports = np.unique(reporter, return_counts=True)
    besides = rng.integers(*rings.honest_reports, len(member), endpoint=True)
    return np.repeat(member, np.round(reports * rings.camouflage).astype(np.int64) + besides)


def _places(sizes: Ints) -> tuple[Ints, Ints]:
    """(group, place in it) of all places in groups of these sizes.

    >>> [part.tolist() for part in _places(np.array([2, 1]))]
    [[0, 0, 1], [0, 1, 0]]
    """
    group = np.repeat(np.arange(len(sizes)), sizes)
    return group, np.arange(len(group)) - (np.cumsum(sizes) - sizes)[group]


def _evenly(group: Ints, groups: int, rng: np.random.Generator) -> Floats:
    """Even places between 0 and 1 within each group, dealt out by chance; ``group`` is in order."""
    sizes = np.bincount(group, minlength=groups).astype(np.int64)
    _, place = _places(sizes)
    found = np.empty(len(group))
    found[np.lexsort((rng.random(len(group)), group))] = (place + 0.5) / sizes[group]
    return found
