"""Links between new accounts and suspended ones; their probabilities are honest: of ten that say .8, eight are true.

They are so at any delay as well, for a search knows the time between; so wrong ones are to people who went as lately.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.draws import Floats, Ints
from ostrakon.worlds.history.lives import SUSPENDED, Lives, delays
from ostrakon.worlds.history.settings import TARGET, Settings

SURE = (4.0, 1.0)
"""Beta distribution of the probability of a true link."""
LEAST = 0.02
LAST = 3
"""A wrong link names one of so many who went last."""
DECIDED_DAYS = (0.2, 2.0)
"""A new account is looked at so soon, if it is still there."""


@dataclass(frozen=True)
class Found:
    """(h,) links."""

    new: Ints
    old: Ints
    probability: Floats
    at: Floats
    """Day on which the new account was looked at."""


def links(wanted: Settings, of: Lives, rng: np.random.Generator) -> Found:
    """True links with probabilities p, and for each (1 - p) / p wrong ones that say the same."""
    came = np.flatnonzero((of.start >= 0) & (of.group == TARGET))
    looked = np.full(len(of), np.inf)
    looked[came] = of.start[came] + rng.uniform(*DECIDED_DAYS, len(came))
    can = looked < of.end
    true = np.flatnonzero((of.before >= 0) & can & (rng.random(len(of)) >= wanted.missed_returns))
    sure = np.maximum(rng.beta(*SURE, len(true)), LEAST)
    wrong = np.repeat(sure, rng.poisson((1 - sure) / sure))
    fresh = np.flatnonzero((of.before < 0) & can & np.isfinite(looked))
    wrong = wrong[: len(fresh)]
    new = rng.permutation(fresh)[: len(wrong)]
    went = of.start[new] - delays(wanted, len(new), rng)
    old = _anybody_suspended(of, went, rng)
    kept = old >= 0
    rows = np.concatenate([true, new[kept]])
    return Found(
        rows, np.concatenate([of.before[true], old[kept]]), np.concatenate([sure, wrong[kept]]), looked[rows]
    )


def _anybody_suspended(of: Lives, day: Floats, rng: np.random.Generator) -> Ints:
    """One of those who were suspended last before each day of the year; -1 = nobody was."""
    gone = np.flatnonzero((of.event == SUSPENDED) & (of.group == TARGET) & (of.end >= 0))
    gone = gone[np.argsort(of.end[gone], kind="stable")]
    count = np.searchsorted(of.end[gone], day)
    place = count - 1 - np.minimum(rng.integers(0, LAST, len(day)), count - 1)
    return (
        np.where(count > 0, gone[np.clip(place, 0, len(gone) - 1)], -1)
        if len(gone)
        else np.full(len(day), -1)
    )
