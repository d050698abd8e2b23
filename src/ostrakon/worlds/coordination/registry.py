"""What a platform knows of the reporters of a coordination world: when they came, and who invited them."""

from __future__ import annotations

import numpy as np
import polars as pl

from ostrakon.worlds.build import Acts, Ids, first_report, gather, texts
from ostrakon.worlds.clock import DAY, HOUR, times
from ostrakon.worlds.coordination.families import Rings
from ostrakon.worlds.draws import Floats, Ints, pareto, weighted

NEWCOMERS = 0.08
"""Share of the people who are some days old at their first report, as in the benchmark world."""
INVITED = 0.4
"""Share of the people whom somebody invited, as in the cascade world."""


def reporters_table(acts: Acts, ids: Ids, *columns: pl.Series) -> pl.DataFrame:
    """Those who reported, with these columns of everybody."""
    everybody = pl.DataFrame([texts("reporter", ids.reporter), *columns])
    return everybody[np.unique(acts.reporter)].sort("reporter")


def registry(rings: Rings, acts: Acts, ring: Ints, ids: Ids, rng: np.random.Generator) -> list[pl.Series]:
    """``created_at`` and ``invited_by`` of everybody; ``ring`` is each person's, 0 for none."""
    host = invitations(rings, ring, rng)
    invited_by = gather("invited_by", ids.reporter, host).set(pl.Series(host < 0), None)
    return [times("created_at", created(rings, acts, ring, rng)), invited_by]


def created(rings: Rings, acts: Acts, ring: Ints, rng: np.random.Generator) -> Floats:
    """Second at which each account was created: a ring's in the same hours, some weeks before the period."""
    count = len(ring)
    age = rng.lognormal(6.0, 1.0, count) * DAY
    newcomer = rng.random(count) < NEWCOMERS
    age[newcomer] = rng.exponential(4.0 * DAY, int(newcomer.sum()))
    first = first_report(acts, count)
    found: Floats = np.where(np.isfinite(first), first, 0.0) - age
    born = -rng.uniform(5, 60, len(rings.sizes) + 1) * DAY
    delay = rng.random(count) * rings.born_within_h * HOUR
    return np.where(ring > 0, born[ring] + delay, found)


def invitations(rings: Rings, ring: Ints, rng: np.random.Generator) -> Ints:
    """Who invited each person, -1 = nobody: a few invite many, and a ring's first member most of the ring."""
    count = len(ring)
    host = weighted(pareto(1.2, count, rng), count, rng)
    host[(rng.random(count) >= INVITED) | (host == np.arange(count)) | (ring > 0)] = -1
    first = np.searchsorted(ring, np.arange(len(rings.sizes) + 1))
    guest = (ring > 0) & (rng.random(count) < rings.invited) & (first[ring] != np.arange(count))
    host[guest] = first[ring[guest]]
    return host
