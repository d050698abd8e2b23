"""Honest reports: of everyday life, and of people who come together without any plan, or by a public one."""

from __future__ import annotations

import numpy as np

from ostrakon.worlds.build import Acts
from ostrakon.worlds.clock import DAY, HOUR
from ostrakon.worlds.coordination.families import Community, Family, PublicList
from ostrakon.worlds.coordination.people import END, ZONES, Hours, after, within
from ostrakon.worlds.coordination.scene import Scene
from ostrakon.worlds.draws import Floats, Ints, weighted

EVENING = 18.0
"""Local hour at which a community's evening begins."""
CROWD_H = (1.0, 2.0)
"""Within how many hours a one-off crowd reports."""
LIST_DAYS = (5.0, 20.0)
"""When a public list comes out."""


def everyday_acts(reporter: Ints, scene: Scene, rng: np.random.Generator) -> Acts:
    """A report by each of ``reporter`` on a target that popularity chooses."""
    target = weighted(scene.targets.popularity, len(reporter), rng)
    return Acts(reporter, target, scene.seconds(reporter, target, rng))


def spontaneous_acts(settings: Family, scene: Scene, rng: np.random.Generator) -> list[Acts]:
    """All that people do at the same time although nobody led them: viral targets, communities, one-off crowds."""
    viral_rng, topic_rng, crowd_rng = rng.spawn(3)
    communities = [
        community_acts(community, scene.roles.topics[number], zone_of(number), scene, topic_rng)
        for number, community in enumerate(settings.communities)
    ]
    viral = viral_acts(settings.viral, scene, viral_rng)
    return [viral, *communities, one_off_acts(settings.crowds, scene, crowd_rng)]


def viral_acts(sizes: tuple[int, ...], scene: Scene, rng: np.random.Generator) -> Acts:
    """Viral targets, each with so many distinct reporters.

    What is viral reaches those who seldom report too: the chance goes with the root of activity.
    """
    reporters = [_distinct(np.sqrt(scene.activity), size, rng) for size in sizes]
    reporter = np.concatenate([np.empty(0, np.int64), *reporters])
    target = np.repeat(scene.roles.viral, sizes)
    return Acts(reporter, target, scene.seconds(reporter, target, rng))


def zone_of(community: int) -> float:
    """The zone of the community of this number: the first eight have one each."""
    return float(ZONES[community % len(ZONES)])


def community_acts(
    community: Community, topic: Ints, zone: float, scene: Scene, rng: np.random.Generator
) -> Acts:
    """A community whose members, all of one zone, report targets of the topic in their common hours."""
    local = np.flatnonzero(scene.people.zone[: scene.actors] == zone)
    members = rng.choice(local, community.members, replace=False)
    picks = np.argsort(rng.random((community.members, len(topic))), axis=1)[:, : community.reports]
    reporter, target = np.repeat(members, community.reports), topic[picks.ravel()]
    opens = np.full(len(reporter), (EVENING - zone) * HOUR % DAY)
    evening = Hours(opens, np.full(len(reporter), community.evening_h * HOUR))
    wanted = scene.wanted(reporter, target, community.follow, rng)
    return Acts(reporter, target, within(evening, wanted, rng))


def one_off_acts(sizes: tuple[int, ...], scene: Scene, rng: np.random.Generator) -> Acts:
    """Crowds of people who meet once, within an hour or two: nobody is in two of them."""
    lasts = rng.uniform(*CROWD_H, len(sizes)) * HOUR
    start = rng.uniform(0, END - lasts)
    people = rng.permutation(scene.actors)[: sum(sizes)]
    return crowd_acts(scene.roles.crowded, start, lasts, np.array(sizes, np.int64), people, rng)


def crowd_acts(
    target: Ints, start: Floats, lasts: Floats, sizes: Ints, people: Ints, rng: np.random.Generator
) -> Acts:
    """Crowds, each on one target within ``lasts`` seconds; ``people`` are theirs, crowd after crowd."""
    crowd = np.repeat(np.arange(len(sizes)), sizes)
    return Acts(people, target[crowd], start[crowd] + rng.random(len(crowd)) * lasts[crowd])


def list_acts(listing: PublicList, target: Ints, scene: Scene, rng: np.random.Generator) -> Acts:
    """Volunteers who sit down some time after the list came out and go through it in an order of their own."""
    volunteers = rng.choice(scene.actors, listing.volunteers, replace=False)
    published = np.full(listing.volunteers, rng.uniform(*LIST_DAYS) * DAY)
    sitting = rng.uniform(*listing.sitting_h, listing.volunteers) * HOUR
    start = np.minimum(after(published, rng), END - sitting)
    volunteer, entry = np.nonzero(rng.random((listing.volunteers, len(target))) < listing.done)
    seconds = start[volunteer] + rng.random(len(volunteer)) * sitting[volunteer]
    return Acts(volunteers[volunteer], target[entry], seconds)


def _distinct(weights: Floats, count: int, rng: np.random.Generator) -> Ints:
    """``count`` distinct indices, drawn one after the other with chances in proportion to the weights.

    The shortest of exponential waiting times are such a draw.
    """
    waits = rng.standard_exponential(len(weights)) / weights
    found: Ints = np.argpartition(waits, count - 1)[:count]
    return found
