"""What a moderation team decides in a world: the top of a queue by count, a random audit, errors and appeals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostrakon.worlds.clock import DAY
from ostrakon.worlds.draws import Floats, Ints

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Team:
    """How a moderation team works."""

    queue_share: float = 0.06
    """Share of the reported targets that is reviewed because it has the most reporters."""
    audit_share: float = 0.03
    """Share of the reported targets that is reviewed because chance chose it."""
    error: float = 0.05
    wrong_appeals_won: float = 0.60
    """Share of the wrongly suspended who appeal and win."""
    right_appeals_won: float = 0.02
    """Share of the rightly suspended who win all the same."""
    appeal_days: tuple[float, float] = (3.0, 21.0)
    """Shortest and longest time to a reversal."""


@dataclass(frozen=True)
class Choice:
    """Which targets were reviewed, and why."""

    target: Ints
    audit: Bools


@dataclass(frozen=True)
class Rulings:
    """Decisions in the order in which they were made, reversals included."""

    target: Ints
    outcome: NDArray[np.str_]
    seconds: Floats
    audit: Bools


def choose(counts: Ints, team: Team, rng: np.random.Generator) -> Choice:
    """The reviewed targets: the most reported first (ties by chance), then a random audit of the seen."""
    seen = np.flatnonzero(counts)
    order = np.lexsort((rng.random(len(seen)), -counts[seen]))
    top = seen[order[: round(team.queue_share * len(seen))]]
    drawn = rng.choice(seen, round(team.audit_share * len(seen)), replace=False)
    audited = np.setdiff1d(drawn, top)
    target = np.concatenate([top, audited]).astype(np.int64)
    return Choice(target, np.arange(len(target)) >= len(top))


def rule(
    choice: Choice, violates: Bools, at: Floats, error: Floats, team: Team, rng: np.random.Generator
) -> Rulings:
    """What was decided about the chosen targets at the times ``at``, and what was reversed later.

    ``error`` is each chosen target's chance of a wrong decision. A reversal is a second row, later in time.
    """
    truth = violates[choice.target]
    upheld = truth ^ (rng.random(len(truth)) < error)
    chance = np.where(truth, team.right_appeals_won, team.wrong_appeals_won)
    reversed_ = np.flatnonzero(upheld & (rng.random(len(truth)) < chance))
    later = at[reversed_] + rng.uniform(*team.appeal_days, len(reversed_)) * DAY
    target = np.concatenate([choice.target, choice.target[reversed_]])
    outcome = np.concatenate([np.where(upheld, "upheld", "rejected"), np.full(len(reversed_), "overturned")])
    seconds = np.concatenate([at, later])
    audit = np.concatenate([choice.audit, choice.audit[reversed_]])
    order = np.argsort(seconds, kind="stable")
    return Rulings(target[order], outcome[order], seconds[order], audit[order])
