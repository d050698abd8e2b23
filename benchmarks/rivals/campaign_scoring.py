"""How right a verdict is: who was named, which rings were found, and what the groups mix."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from rivals.campaign_rules import Verdict

from ostrakon.analysis.log import Codes, ReportLog
from ostrakon.worlds.world import World

HONEST = "honest"
CLEARLY = 2
"""So many members of a second ring make a group a mixture: one may have come there by chance."""


@dataclass(frozen=True)
class Planted:
    """Who really acted together. Shapes: (R,) reporters of the log."""

    names: tuple[str, ...]
    """Of the rings, and of the public lists, in order of their numbers."""
    ring: Codes
    """(R,) place of each reporter's ring in ``names``; -1 is nobody's."""

    @property
    def members(self) -> Codes:
        """Reporters of any ring."""
        return np.flatnonzero(self.ring >= 0).astype(np.int32)

    @property
    def sizes(self) -> list[int]:
        """Members of each ring who took part."""
        return [int((self.ring == number).sum()) for number in range(len(self.names))]


def planted(world: World, log: ReportLog) -> Planted:
    """The truth of a world in the codes of its log."""
    groups = pl.DataFrame({"reporter": log.reporters}).join(
        world.reporter_truth, on="reporter", how="left", maintain_order="left"
    )["group"]
    names = sorted(set(groups) - {HONEST}, key=number_of)
    place = {name: number for number, name in enumerate(names)}
    return Planted(tuple(names), np.array([place.get(group, -1) for group in groups], np.int32))


def number_of(ring: str) -> int:
    """The number in a ring's name.

    >>> number_of("ring-12")
    12
    """
    return int(ring.rpartition("-")[2])


@dataclass(frozen=True)
class Naming:
    """Counts of reporters."""

    named: int
    right: int
    members: int

    @property
    def precision(self) -> float:
        """Share of the named who are members; NaN where nobody is named."""
        return self.right / self.named if self.named else math.nan

    @property
    def recall(self) -> float:
        """Share of the members who are named."""
        return self.right / self.members if self.members else math.nan

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 where nobody is named, for that is no answer."""
        return 2 * self.right / (self.named + self.members) if self.members else math.nan


def naming(verdict: Verdict, truth: Planted) -> Naming:
    """Whether those who are named are members, of whatever ring."""
    named = verdict.named
    return Naming(len(named), int((truth.ring[named] >= 0).sum()), len(truth.members))


@dataclass(frozen=True)
class Grouping:
    """What the groups of a verdict are made of."""

    of_one: int
    """Groups at least half of whose members are of one ring."""
    of_several: int
    """Groups with at least two members of each of two rings."""
    of_none: int
    """All others."""
    found: tuple[bool, ...]
    """For each ring, whether some group is of it alone."""
    recall: tuple[float, ...]
    """For each ring, the share of its members who are in such groups."""


def grouping(verdict: Verdict, truth: Planted) -> Grouping:
    """Take each group for the ring to which most of its members belong."""
    count = {"one": 0, "several": 0, "none": 0}
    reached: list[set[int]] = [set() for _ in truth.names]
    for group in verdict.groups:
        rings = np.bincount(truth.ring[group][truth.ring[group] >= 0], minlength=len(truth.names))
        if (rings >= CLEARLY).sum() > 1:
            count["several"] += 1
        elif 2 * rings.max(initial=0) >= len(group):
            count["one"] += 1
            ring = int(rings.argmax())
            reached[ring].update(group[truth.ring[group] == ring].tolist())
        else:
            count["none"] += 1
    recall = tuple(len(mine) / size for mine, size in zip(reached, truth.sizes, strict=True))
    return Grouping(
        count["one"], count["several"], count["none"], tuple(bool(mine) for mine in reached), recall
    )


def returning_share(world: World, log: ReportLog, truth: Planted) -> float:
    """Share of the members who reported two victims or more; nobody can be told by having been somewhere once.

    NaN where no target is a victim.
    """
    is_victim = world.truth.filter(pl.col("kind") == "victim")["account"]
    victims = np.isin(log.accounts.to_numpy(), is_victim.to_numpy())
    if not victims.any():
        return math.nan
    attacked = victims[log.case_account[log.case]]
    times = np.bincount(log.reporter[attacked], minlength=len(log.reporters))
    return float((times[truth.members] >= 2).mean())
