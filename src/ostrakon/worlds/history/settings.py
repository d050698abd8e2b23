"""The knobs of the year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.draws import Floats

GROUPS = ("target", "counter-speaker", "press", "eyewitness")
TARGET = 0
SHARES = (0.07, 0.02, 0.05)
"""Of the others beside each target account: counter-speakers, press, eyewitnesses."""
BEFORE = 200
"""Days that the movement exists before the year begins."""


@dataclass(frozen=True)
class Source:
    """Who makes a list, and whom it sees: sightings a day of an ordinary account of each group."""

    name: str
    rates: tuple[float, float, float, float]
    """By group, see ``GROUPS``."""
    leaning: float = 0.0
    """How much more it sees of the communities that it knows, on the log scale."""
    taste: float = 1.0
    """Power of an account's visibility with which it sees it."""


SOURCES = (
    Source("volunteers", (0.055, 0.004, 0.001, 0.003), leaning=0.3),
    Source("keywords", (0.065, 0.012, 0.006, 0.012)),
    Source("researchers", (0.035, 0.0, 0.0, 0.001), leaning=0.3),
    Source("authority", (0.015, 0.001, 0.0, 0.001), taste=1.3),
)
MIRROR, MIRRORED = "mirror", "volunteers"
"""A list that republishes another one."""


@dataclass(frozen=True)
class Settings:
    """Rates are a day; the defaults are a movement of which 1.2 % are suspended on an ordinary day."""

    suspended: float = 0.012
    deleted: float = 0.0015
    left: float = 0.0015
    visibility: float = 0.5
    """Standard deviation of the logarithm of how easily an account is seen."""
    fragility: float = 0.5
    """Power of the visibility with which an account is suspended; who is seen is suspended sooner."""
    returning: float = 0.5
    """Chance that a suspended person comes back, times ``tiring`` for each time before."""
    tiring: float = 0.85
    delay_days: float = 4.6
    """Median time from the suspension to the new account, as in the worlds of returners."""
    followers: float = 343.0
    """Mean of the active accounts of the movement."""
    regained: float = 0.55
    """Median followers at the same age, of each account over the one before."""
    surges: int = 4
    """Weeks in which the movement is loud: more arrive, and more are suspended."""
    wave_rate: float = 0.06
    """Suspensions a day of others in the wrongful week."""
    wrong: float = 0.0002
    """And outside it."""
    missed_returns: float = 0.03
    """Share of the returns of which no search finds anything."""
    effect: float = -0.30
    """On a circle's volume, from the day on which its loudest accounts are taken away."""
    displaced: float = 0.15
    """Of what a circle lost, what its neighbour gained."""
    moved: float = 0.10
    """Points by which the share of links to elsewhere rises where accounts were taken away."""


@dataclass(frozen=True)
class Calendar:
    """What the days of the year are like; (BEFORE + days,) each, from day -BEFORE on."""

    days: int
    loud: Floats
    """1 on ordinary days, more in surges."""
    is_wave: Floats
    """1 in the wrongful week."""
    wave_day: int

    @property
    def day(self) -> Floats:
        """(BEFORE + days + 1,) where days begin and the last one ends."""
        return np.arange(-BEFORE, self.days + 1, dtype=np.float64)


def calendar(wanted: Settings, days: int, rng: np.random.Generator) -> Calendar:
    """Surges fall anywhere; the wave follows one, a little after the middle of the year."""
    day = np.arange(-BEFORE, days)
    wave = int(days * 0.55)
    begins = np.append(rng.integers(-BEFORE, days - 7, wanted.surges), wave - 7)
    loud = np.ones(len(day))
    for begin in begins.tolist():
        loud += 0.8 * ((day >= begin) & (day < begin + 7))
    return Calendar(days, loud, ((day >= wave) & (day < wave + 7)).astype(np.float64), wave)
