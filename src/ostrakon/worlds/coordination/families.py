"""The families of coordination worlds: each is a few settings, most of them one change of another."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Community:
    """People of one time zone who share a topic and report, each for themselves, what comes up in it."""

    members: int = 300
    targets: int = 150
    reports: int = 6
    """Reports of each member, on as many distinct targets of the topic."""
    follow: float = 0.7
    """Share of the reports that follow the target's event."""
    evening_h: float = 24.0
    """Members report in this many hours a day from their early evening on; 24 is at any time."""


@dataclass(frozen=True)
class Rings:
    """How rings attack; the defaults are the note's `easy`. A pair is the least and the most of a uniform draw."""

    sizes: tuple[int, ...] = (5, 8, 12, 20, 40, 80, 150, 200)
    participation: tuple[float, float] = (0.4, 0.9)
    """A ring's chance that a member whose turn it is reports a victim."""
    victims: tuple[int, int] = (6, 19)
    """Ordinary victims of a ring; no two rings share one."""
    viral_victims: int = 0
    """Viral targets that a ring attacks as well, when their honest reports come in."""
    jitter_h: float = 0.25
    """Mean of the exponential delay of a report after the moment that was agreed."""
    spread_h: float = 0.0
    """The agreed moments of one attack lie evenly over this many hours."""
    on_duty: float = 1.0
    """Share of a ring whose turn it is at a victim."""
    camouflage: float = 1.0
    """Honest-looking reports of each member, as a multiple of what they reported for the ring."""
    honest_reports: tuple[int, int] = (0, 0)
    """Honest-looking reports of each member besides."""
    crowd: tuple[int, int] = (0, 0)
    """Honest people who report a victim in one hour; the ring joins them in that hour."""
    born_within_h: float = 2.0
    """Where the platform tells when an account was created: a ring's are created within these hours."""
    invited: float = 0.6
    """Where the platform tells who invited whom: the chance that a member was invited by the ring's first."""


@dataclass(frozen=True)
class PublicList:
    """Volunteers who work through one public list of real violators, each in one sitting."""

    volunteers: int = 300
    targets: int = 40
    done: float = 0.9
    """Share of the list that a volunteer gets done."""
    sitting_h: tuple[float, float] = (2.0, 6.0)
    upheld: int = 15
    """Listed targets that the platform has reviewed and upheld."""
    audited: int = 200
    """Other reported targets that it has reviewed."""


@dataclass(frozen=True)
class Family:
    """What is added to the base; with nothing set it is the base alone."""

    active_h: tuple[float, ...] = (24.0,)
    """Hours a day in which a person reports, one of these for each person."""
    viral: tuple[int, ...] = ()
    """Reporters of each viral target."""
    communities: tuple[Community, ...] = ()
    crowds: tuple[int, ...] = ()
    """People in each one-off crowd: they meet once, on one target."""
    rings: Rings = Rings(sizes=())
    lists: tuple[PublicList, ...] = ()
    texts: bool = False
    """Whether the platform keeps the texts of reports."""
    registry: bool = False
    """Whether the platform tells when a reporter's account was created and who invited them."""


EASY = Rings()
MIDDLE = Rings(participation=(0.3, 0.7), victims=(6, 15), jitter_h=0.5, camouflage=2.0)
HARD = Rings(participation=(0.2, 0.5), victims=(5, 11), jitter_h=1.0, camouflage=3.0)
VERY_HARD = Rings(participation=(0.15, 0.35), victims=(4, 8), jitter_h=2.0, camouflage=5.0)
DENSE = (
    *[Community(300, 60, 12, follow=1.0, evening_h=5.0)] * 5,
    *[Community(100, 60, 20, follow=1.0, evening_h=5.0)] * 2,
)
PERSONAL_H = (2.0, 3.0)
NOISY = Family(viral=(2_000,) * 3, communities=(Community(), Community()), crowds=(300,) * 10)
"""The base and what the note adds to it; every family with rings or lists stands on it."""

WITHOUT_RINGS = {
    "plain": Family(),
    "communities": Family(communities=DENSE),
    "viral": Family(viral=(3_000,) * 20),
    "daily": Family(active_h=PERSONAL_H),
    "everything": Family(PERSONAL_H, (3_000,) * 20, DENSE, (300,) * 10),
}
WITH_RINGS = {
    "easy": EASY,
    "hard": HARD,
    "vhard": VERY_HARD,
    # A third of the ring at a victim, all of it.
    "rotating": replace(EASY, on_duty=1 / 3, participation=(0.9, 1.0)),
    "spread": replace(EASY, spread_h=24.0),
    "slow": replace(EASY, spread_h=72.0),
    "small": replace(EASY, sizes=(5, 6, 7, 8, 9, 10, 11, 12), participation=(0.2, 0.5)),
    "hidden": replace(EASY, viral_victims=4),
    # Fewer members: with hundreds of reports each, all eight rings would outweigh the base.
    "overactive": replace(EASY, sizes=(8, 12, 20, 40), honest_reports=(300, 600)),
    "framing": replace(EASY, crowd=(20, 60), jitter_h=1 / 6),
    "short": replace(EASY, jitter_h=0.05, victims=(3, 5)),
}
SETTINGS: dict[str, Family] = {
    **WITHOUT_RINGS,
    **{name: replace(NOISY, rings=rings) for name, rings in WITH_RINGS.items()},
    "copied": replace(NOISY, rings=MIDDLE, texts=True),
    "fresh": replace(NOISY, rings=MIDDLE, registry=True),
    "listed": replace(NOISY, lists=(PublicList(),)),
}
SETTINGS["hidden"] = replace(SETTINGS["hidden"], viral=(2_000,) * 10)

FAMILIES: tuple[str, ...] = tuple(SETTINGS)
"""Names of all families."""
RING_FREE: tuple[str, ...] = tuple(WITHOUT_RINGS)
"""Where nobody acts together. `listed` has no ring either, but its volunteers do act together, and say so."""
