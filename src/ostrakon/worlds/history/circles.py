"""Circles of readers day by day: what they read of the movement, and where its links lead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.draws import Floats, Ints
from ostrakon.worlds.history.settings import BEFORE, Calendar, Settings

CIRCLES = 240
"""Two of each cluster are neighbours."""
FIRST_DAY = 70
LAST_DAYS = 21
ROSE = 1.5
CHANCE = 0.05
ELSEWHERE = 0.12
"""Share of links that lead to another platform, on ordinary days."""
LINKS = 0.2
"""Links for each reading."""


@dataclass(frozen=True)
class Circles:
    """(U, T) what was read, and links of it here and to elsewhere."""

    read: Floats
    treated_at: Ints
    """(U,) day, T = never."""
    cluster: Ints
    links: Floats
    elsewhere: Floats


def circles(wanted: Settings, when: Calendar, rng: np.random.Generator) -> Circles:
    """Levels wander and surge; in half of the clusters one circle that has surged loses its loudest accounts."""
    read = _wandering(when, rng)
    treated_at = _treated(read, rng)
    read = _after(wanted, read, treated_at, rng)
    days = np.arange(when.days)
    is_after = days >= treated_at[:, None]
    share = ELSEWHERE * np.exp(0.2 * rng.standard_normal((CIRCLES, 1))) + wanted.moved * is_after
    links = rng.poisson(LINKS * read).astype(np.float64)
    elsewhere = rng.binomial(links.astype(np.int64), np.minimum(share, 0.9)).astype(np.float64)
    return Circles(read, treated_at, np.arange(CIRCLES) // 2, links, elsewhere)


def _wandering(when: Calendar, rng: np.random.Generator) -> Floats:
    level = np.exp(rng.normal(4.0, 0.6, CIRCLES))
    state, wander = rng.normal(0, 0.3, CIRCLES), np.empty((CIRCLES, when.days))
    for day in range(when.days):
        jump = (rng.random(CIRCLES) < 0.008) * rng.uniform(0.4, 1.1, CIRCLES)
        state = 0.85 * state + rng.normal(0, 0.16, CIRCLES) + jump
        wander[:, day] = state
    week = 1 + 0.12 * np.sin(np.arange(when.days) * 2 * np.pi / 7)
    mean = level[:, None] * np.exp(wander) * week * np.sqrt(when.loud[BEFORE:])
    return rng.poisson(mean * rng.gamma(12, 1 / 12, mean.shape)).astype(np.float64)


def _treated(read: Floats, rng: np.random.Generator) -> Ints:
    """A chance of CHANCE each day after a week that rose; the first circle of the first half of the clusters only."""
    units, days = read.shape
    at = np.full(units, days)
    may = (np.arange(units) % 2 == 0) & (np.arange(units) < units // 2)
    for day in range(FIRST_DAY, days - LAST_DAYS):
        rose = read[:, day - 7 : day].mean(axis=1) > ROSE * (read[:, day - 63 : day - 7].mean(axis=1) + 0.5)
        hit = rose & may & (at == days) & (rng.random(units) < CHANCE)
        at[hit] = day
    return at


def _after(wanted: Settings, read: Floats, at: Ints, rng: np.random.Generator) -> Floats:
    """Treated circles are read less, and part of what they lost is read beside them."""
    found = read.copy()
    for unit in np.flatnonzero(at < read.shape[1]).tolist():
        whole = read[unit, at[unit] :]
        found[unit, at[unit] :] = rng.binomial(whole.astype(np.int64), 1 + wanted.effect)
        lost = whole - found[unit, at[unit] :]
        found[unit + 1, at[unit] :] += rng.binomial(lost.astype(np.int64), wanted.displaced)
    return found
