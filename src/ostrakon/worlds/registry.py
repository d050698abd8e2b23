"""What a platform knows of the accounts and reporters of a cascade world: age, followers, views, invitations."""

from __future__ import annotations

import numpy as np
import polars as pl

from ostrakon.worlds.brigades import Rings
from ostrakon.worlds.build import Acts, Ids, Texts, first_report, texts
from ostrakon.worlds.clock import DAY, times
from ostrakon.worlds.crowd import POLICIES, VIOLATOR, Cast
from ostrakon.worlds.draws import Ints, pareto, weighted
from ostrakon.worlds.graph import Exposures, Graph
from ostrakon.worlds.moderation import Bools

LANGUAGES = np.array(["en", "fr", "ar", "de", "es", "tr"])
"""Languages go by community and have nothing to do with what an account does."""


def accounts_table(
    graph: Graph, cast: Cast, seen: Exposures, ids: Ids, rng: np.random.Generator
) -> pl.DataFrame:
    """All accounts. Views count impressions: noisy, and inflated where posts travelled outside the platform."""
    count = len(cast.kind)
    audience = np.bincount(seen.author, minlength=count)
    views = rng.poisson(audience * rng.lognormal(1.5, 0.35, count))
    outside = rng.random(count) < 0.03
    views[outside] += (100 * pareto(1.0, int(outside.sum()), rng)).astype(np.int64)
    age = rng.lognormal(6.0, 1.1, count)
    young = (cast.kind == VIOLATOR) & (cast.policy == 0) & (rng.random(count) < 0.4)
    age[young] = rng.exponential(40.0, int(young.sum()))
    columns = [
        texts("account", ids.account),
        times("created_at", -age * DAY),
        pl.Series("followers", graph.of_author.counts(), dtype=pl.Float64),
        pl.Series("views", views, dtype=pl.Float64),
        texts("language", LANGUAGES[graph.author_home % len(LANGUAGES)]),
    ]
    return pl.DataFrame(columns).sort("account")


def reporters_table(acts: Acts, group: Texts, host: Ints, ids: Ids, rng: np.random.Generator) -> pl.DataFrame:
    """Those who reported: fresh where an account was made to report. ``host`` is who invited whom, -1 = nobody."""
    first = first_report(acts, len(group))
    age = rng.lognormal(6.0, 1.1, len(group))
    ring = np.char.startswith(group, "ring") & (rng.random(len(group)) < 0.4)
    age[ring] = rng.exponential(30.0, int(ring.sum()))
    throwaway = (group == "throwaway") & (rng.random(len(group)) < 0.8)
    age[throwaway] = rng.exponential(2.0, int(throwaway.sum()))
    seen = np.flatnonzero(np.isfinite(first))
    invited_by = texts("invited_by", ids.reporter[host[seen]]).set(pl.Series(host[seen] < 0), None)
    created = times("created_at", first[seen] - age[seen] * DAY)
    return pl.DataFrame([texts("reporter", ids.reporter[seen]), created, invited_by]).sort("reporter")


def invitations(
    graph: Graph, rings: Rings | None, throwaway_ring: Ints, count: int, rng: np.random.Generator
) -> Ints:
    """Who invited each of ``count`` reporters: neighbours as a rule; a ring's new accounts come from a few members."""
    readers = len(graph.reader_home)
    host = np.full(count, -1, np.int64)
    pull = pareto(1.2, readers, rng)
    for home in np.unique(graph.reader_home):
        mine = np.flatnonzero(graph.reader_home == home)
        guests = mine[rng.random(len(mine)) < 0.4]
        host[guests] = mine[weighted(pull[mine], len(guests), rng)]
    host[host == np.arange(count)] = -1
    if rings is None:
        return host
    ring = np.repeat(np.arange(rings.count), rings.sizes())
    hired = rings.member >= readers
    guests = np.concatenate(
        [rings.member[hired], count - len(throwaway_ring) + np.arange(len(throwaway_ring))]
    )
    ring_of_guest = np.concatenate([ring[hired], throwaway_ring])
    leader = rings.member[rings.starts[ring_of_guest] + rng.integers(0, 3, len(guests))]
    invited = (rng.random(len(guests)) < 0.6) & (leader != guests)
    host[guests[invited]] = leader[invited]
    return host


def groups(cast: Cast, rings: Rings | None, count: int) -> Texts:
    """What each of ``count`` reporters is; membership of a ring goes before character."""
    readers = len(cast.quality)
    group: Texts = np.full(count, "throwaway", dtype="<U12")
    group[:readers] = np.where(cast.quality >= 0.5, "honest", "sloppy")
    group[:readers][np.abs(cast.drift) > 0.5] = "drifting"
    group[:readers][cast.partisan] = "partisan"
    if rings is not None:
        ring = np.repeat(np.arange(1, rings.count + 1), rings.sizes())
        group[rings.member] = np.char.add("ring-", ring.astype(str))
    return group


def violations(cast: Cast) -> Bools:
    """For each (account, policy) number whether the account breaks the policy."""
    policy = np.tile(np.arange(len(POLICIES)), len(cast.kind))
    broken: Bools = np.repeat(cast.kind == VIOLATOR, len(POLICIES)) & (
        np.repeat(cast.policy, len(POLICIES)) == policy
    )
    return broken
