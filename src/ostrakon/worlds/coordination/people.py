"""Who reports, how much, and at which hours: time zones, daily curves, answers to events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from ostrakon.worlds.clock import DAY, HOUR
from ostrakon.worlds.draws import Floats, Ints, pareto, weighted

DAYS = 30
END = DAYS * DAY
"""The first second after the period."""

ZONES = np.array([-8.0, -5.0, -3.0, 0.0, 1.0, 3.0, 5.5, 8.0])
"""Hours east of UTC, all equally common."""
CURVE = 1.0 + 0.9 * np.cos(2 * np.pi * (np.arange(24) - 20) / 24)
"""Activity by local hour: nineteen times as much at eight in the evening as at eight in the morning."""
OPENINGS = np.array([7.0, 12.0, 18.0, 20.0, 21.0])
"""Local hours at which people with hours of their own begin: before work, at noon, in the evening."""

MEDIAN_DELAY_H = 8.0
DELAY_SIGMA = 1.2
"""Of the log-normal delay after an event; the note gives its median only, the cascade world's sigma is taken."""

SUPER_SHARE = 0.002
SUPER_FACTOR = 50.0
ACTIVITY_SHAPE = 1.5


@dataclass(frozen=True)
class Hours:
    """When in a UTC day each of some people, or reports, can act. Shapes: (n,)."""

    opens: Floats
    """Second of the day."""
    lasts: Floats
    """Seconds; a whole day is at any time."""

    def __getitem__(self, index: Ints) -> Hours:
        return Hours(self.opens[index], self.lasts[index])


@dataclass(frozen=True)
class People:
    """Everybody who can report, by number. Shapes: (n,)."""

    zone: Floats
    """Hours east of UTC."""
    hours: Hours


def draw_activity(count: int, rng: np.random.Generator) -> Floats:
    """How active each person is, relative to the others: Pareto, and a few super reporters."""
    activity = pareto(ACTIVITY_SHAPE, count, rng)
    activity[rng.permutation(count)[: round(SUPER_SHARE * count)]] *= SUPER_FACTOR
    return activity


def draw_people(count: int, active_h: tuple[float, ...], rng: np.random.Generator) -> People:
    """Where people live and when they are active."""
    zone = rng.choice(ZONES, count)
    opens = (rng.choice(OPENINGS, count) - zone) * HOUR % DAY
    return People(zone, Hours(opens, rng.choice(np.array(active_h), count) * HOUR))


def together(first: People, second: People) -> People:
    """All people; the second are numbered after the first."""
    opens = np.concatenate([first.hours.opens, second.hours.opens])
    lasts = np.concatenate([first.hours.lasts, second.hours.lasts])
    return People(np.concatenate([first.zone, second.zone]), Hours(opens, lasts))


def after(event: Floats, rng: np.random.Generator) -> Floats:
    """A log-normal delay after each event, cut off at the end of the period. Seconds."""
    longest = (np.log(END - event) - np.log(MEDIAN_DELAY_H * HOUR)) / DELAY_SIGMA
    score = ndtri(rng.random(len(event)) * ndtr(longest))
    found: Floats = event + MEDIAN_DELAY_H * HOUR * np.exp(DELAY_SIGMA * score)
    return found


def routine(zone: Floats, rng: np.random.Generator) -> Floats:
    """Moments of the period by the daily curve in each zone. Seconds."""
    hour = weighted(CURVE, len(zone), rng) + rng.random(len(zone))
    day = rng.integers(0, DAYS, len(zone))
    found: Floats = (day * DAY + (hour - zone) * HOUR) % END
    return found


def moments(event: Floats, zone: Floats, follow: float, rng: np.random.Generator) -> Floats:
    """When people would report: a share ``follow`` after the target's event, the others in their routine. Seconds."""
    follows = rng.random(len(event)) < follow
    return np.where(follows, after(event, rng), routine(zone, rng))


def within(hours: Hours, seconds: Floats, rng: np.random.Generator) -> Floats:
    """The same moments where they fall into the hours; the others wait for some moment of the next hours.

    What would then come after the period comes at that time of its last day.

    >>> noon = Hours(np.full(2, 12.0) * HOUR, np.full(2, 2.0) * HOUR)
    >>> moved = within(noon, np.array([13.0, 20.0]) * HOUR, np.random.default_rng(0)) / HOUR
    >>> moved[0].item(), 36 <= moved[1] < 38
    (13.0, np.True_)
    """
    phase = (seconds - hours.opens) % DAY
    wait = DAY - phase + rng.random(len(seconds)) * hours.lasts
    moved = seconds + np.where(phase >= hours.lasts, wait, 0.0)
    days_over = np.maximum(np.floor((moved - END) / DAY) + 1, 0)
    found: Floats = moved - days_over * DAY
    return found
