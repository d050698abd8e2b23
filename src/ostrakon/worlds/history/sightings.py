"""Who was seen by which list, when; one list republishes another, and an audit looks at some accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.draws import Floats, Ints
from ostrakon.worlds.history.lives import Bools, Lives
from ostrakon.worlds.history.settings import MIRROR, MIRRORED, SOURCES, TARGET, Source

COPIED = 0.7
LAG_DAYS = 0.5
AUDITED = 0.10
AUDIT_ERRS = 0.02
NAMES = (*(source.name for source in SOURCES), MIRROR)


@dataclass(frozen=True)
class Stays:
    """Intervals in which accounts were active within the year (s,)."""

    row: Ints
    since: Floats
    until: Floats


@dataclass(frozen=True)
class Sightings:
    """(n,) in order of row and time."""

    row: Ints
    list: Ints
    """Place in ``NAMES``."""
    at: Floats


def sightings(of: Lives, stays: Stays, days: int, rng: np.random.Generator) -> Sightings:
    """Each source sees accounts while they are active, some communities more than others."""
    communities = int(of.community.max()) + 1
    parts = [_seen(of, stays, source, place, communities, rng) for place, source in enumerate(SOURCES)]
    original = parts[[source.name for source in SOURCES].index(MIRRORED)]
    at = original.at + rng.exponential(LAG_DAYS, len(original.at))
    kept = (rng.random(len(at)) < COPIED) & (at < days)
    parts.append(Sightings(original.row[kept], np.full(int(kept.sum()), len(SOURCES)), at[kept]))
    row, which, at = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("row", "list", "at")
    )
    order = np.lexsort((which, at, row))
    return Sightings(row[order], which[order], at[order])


def _seen(
    of: Lives, stays: Stays, source: Source, place: int, communities: int, rng: np.random.Generator
) -> Sightings:
    known = np.exp(source.leaning * rng.standard_normal(communities))
    rate = (
        np.array(source.rates)[of.group] * of.visibility**source.taste * (known / known.mean())[of.community]
    )
    length = stays.until - stays.since
    which = np.repeat(np.arange(len(length)), rng.poisson(rate[stays.row] * length))
    at = stays.since[which] + rng.random(len(which)) * length[which]
    return Sightings(stays.row[which], np.full(len(which), place), at)


def audited(of: Lives, rng: np.random.Generator) -> tuple[Bools, Bools]:
    """(n,) who would be looked at if listed, and whether they are found to belong on a list."""
    drawn = rng.random(len(of)) < AUDITED
    errs = rng.random(len(of)) < AUDIT_ERRS
    return drawn, (of.group == TARGET) ^ errs
