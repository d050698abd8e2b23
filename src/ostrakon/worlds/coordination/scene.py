"""The stage on which all reports of a coordination world play: its people, its targets, and who is meant for what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.clock import DAY
from ostrakon.worlds.coordination.families import Family
from ostrakon.worlds.coordination.people import (
    DAYS,
    People,
    draw_activity,
    draw_people,
    moments,
    together,
    within,
)
from ostrakon.worlds.draws import Floats, Ints

ACTIONS_PER_ACTOR = 8
ACTIONS_PER_TARGET = 5
ZIPF = 0.75
"""A target's everyday reports fall with its rank like rank to the power of -ZIPF."""
FOLLOW = 0.7
"""Share of the reports that follow the target's event."""


@dataclass(frozen=True)
class Targets:
    """What can be reported, by number. Shapes: (targets,)."""

    popularity: Floats
    event: Floats
    """Second at which something happens at the target; at the latest a day before the end."""


@dataclass(frozen=True)
class Roles:
    """Which targets something special happens to: none has two roles, and popularity plays no part."""

    viral: Ints
    topics: list[Ints]
    """Targets of each community."""
    crowded: Ints
    lists: list[Ints]
    """Targets of each public list."""
    others: Ints
    """Where rings find their ordinary victims."""


@dataclass(frozen=True)
class Scene:
    """People and targets of a world. Actors come first in all arrays of people, the members of rings after them."""

    targets: Targets
    roles: Roles
    people: People
    activity: Floats
    """(actors,) how much each reports, relative to the others."""
    member_of: Ints
    """(people,) the ring of each person, in order; 0 for actors."""

    @property
    def actors(self) -> int:
        """Number of actors."""
        return len(self.activity)

    def wanted(self, reporter: Ints, target: Ints, follow: float, rng: np.random.Generator) -> Floats:
        """When each reporter would report each target, if awake: after its event, or in the routine."""
        return moments(self.targets.event[target], self.people.zone[reporter], follow, rng)

    def seconds(self, reporter: Ints, target: Ints, rng: np.random.Generator) -> Floats:
        """When each reporter reports each target, in their own hours."""
        return within(self.people.hours[reporter], self.wanted(reporter, target, FOLLOW, rng), rng)


def draw_scene(settings: Family, actions: int, rng: np.random.Generator) -> Scene:
    """A world before anything is reported. Actors and targets do not depend on what is planted."""
    actor_rng, member_rng, target_rng, role_rng = rng.spawn(4)
    actors, sizes = actions // ACTIONS_PER_ACTOR, settings.rings.sizes
    activity = draw_activity(actors, actor_rng)
    honest = draw_people(actors, settings.active_h, actor_rng)
    members = draw_people(sum(sizes), settings.active_h, member_rng)
    targets = draw_targets(actions // ACTIONS_PER_TARGET, target_rng)
    member_of = np.repeat(np.arange(len(sizes) + 1), [actors, *sizes])
    roles = deal_roles(settings, len(targets.event), role_rng)
    return Scene(targets, roles, together(honest, members), activity, member_of)


def draw_targets(count: int, rng: np.random.Generator) -> Targets:
    """Targets in the order of their popularity."""
    popularity = (np.arange(1, count + 1) ** -ZIPF).astype(np.float64)
    return Targets(popularity, rng.uniform(0, (DAYS - 1) * DAY, count))


def deal_roles(settings: Family, targets: int, rng: np.random.Generator) -> Roles:
    """Targets in random order, dealt out to all who need some."""
    topics = [community.targets for community in settings.communities]
    lists = [listing.targets for listing in settings.lists]
    needs = [len(settings.viral), *topics, len(settings.crowds), *lists]
    viral, *dealt, others = np.split(rng.permutation(targets), np.cumsum(needs))
    return Roles(viral, dealt[: len(topics)], dealt[len(topics)], dealt[len(topics) + 1 :], others)
