"""The year, from its settings to its tables and its truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from ostrakon.worlds.clock import DAY, times
from ostrakon.worlds.draws import Floats, Ints, opaque_ids, streams
from ostrakon.worlds.history.circles import CIRCLES, Circles, circles
from ostrakon.worlds.history.desk import STRATA, Suspensions, suspended
from ostrakon.worlds.history.hearers import at_ages, follows, friends, scaled
from ostrakon.worlds.history.lives import DELETED, LEFT, SUSPENDED, Bools, Lives, lived
from ostrakon.worlds.history.returns import Found, links
from ostrakon.worlds.history.settings import GROUPS, Calendar, Settings, calendar
from ostrakon.worlds.history.sightings import NAMES, Sightings, Stays, audited, sightings
from ostrakon.worlds.history.truth import Truth, truth_of

EVENT = {SUSPENDED: "suspended", DELETED: "deleted", LEFT: "left"}
HOME, AWAY = "here", "elsewhere"


@dataclass(frozen=True)
class History:
    """What an observer holds, as typed tables, and the truth beside it. ``group`` is one of ``GROUPS``."""

    seed: int
    days: int
    lists: pl.DataFrame
    """list, account, seen_at, verdict, group: every sighting, also by the list that republishes another."""
    links: pl.DataFrame
    """account, suspended_account, probability."""
    spells: pl.DataFrame
    """account, start_at, end_at, event, entry_at, group: who was ever listed or linked; who was let back in has two."""
    follows: pl.DataFrame
    """follower, followee: everybody who ever followed one of them; accounts of the movement follow each other."""
    flagged: pl.DataFrame
    """account, from_at, to_at, group: when each was active within the year."""
    panel: pl.DataFrame
    """unit, time, outcome, treated_at, cluster: circles of readers by day."""
    outlinks: pl.DataFrame
    """unit, time, platform, links, treated_at, cluster: where the links that were read lead."""
    audience: pl.DataFrame
    """account, day, age_days, followers, group."""
    suspensions: pl.DataFrame
    """account, suspended_at, stratum, group, noticed_at, appealed_at, answered_at, appeal = granted / refused, verdict
    = upheld / rejected, looked_at, reinstated_at. The verdict is that of a blind second look at a random part of each
    stratum; what it found wrong, a third person confirmed."""
    decisions: pl.DataFrame
    """account, outcome, decided_at, selection, policy, reviewer, group: the same as decisions of the contract."""
    truth: Truth

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """What is held, by name."""
        names = ("lists", "links", "spells", "follows", "flagged", "panel", "outlinks", "audience")
        return {name: getattr(self, name) for name in (*names, "suspensions", "decisions")}


def year(
    seed: int = 1, accounts: int = 3_000, *, days: int = 365, settings: Settings | None = None
) -> History:
    """A year of a movement with about ``accounts`` active accounts, and 14 bystanders to every 100 of them.

    Args:
        accounts: 100 or more. days: 180 or more.
    Raises:
        ValueError: fewer than that.

    >>> year(accounts=10)
    Traceback (most recent call last):
    ValueError: a year needs 100 accounts and 180 days, not 10 and 365
    """
    if accounts < 100 or days < 180:
        raise ValueError(f"a year needs 100 accounts and 180 days, not {accounts} and {days}")
    wanted = settings or Settings()
    rngs = streams(seed, 9)
    when = calendar(wanted, days, rngs[0])
    everybody = lived(wanted, accounts, when, rngs[1])
    of = _within(everybody)
    made = suspended(of, when, rngs[2])
    stays = _stays(of, made, days)
    seen = sightings(of, stays, days, rngs[3])
    found = links(wanted, of, rngs[4])
    final = scaled(wanted, of, days)
    ids = pl.Series("account", opaque_ids("a", len(of), rngs[5]), dtype=pl.String)
    world = _World(wanted, when, of, made, stays, seen, found, ids)
    return History(
        seed=seed,
        days=days,
        lists=_lists(world, *audited(of, rngs[6])),
        links=_links(world),
        spells=_spells(world),
        follows=_follows(world, final, accounts, rngs[7]),
        flagged=_flagged(world),
        audience=_audience(world, final, rngs[7]),
        suspensions=_suspensions(world),
        decisions=_decisions(world),
        **_circles(circles(wanted, when, rngs[8]), days),
        truth=truth_of(wanted, of, made, stays, ids, days),
    )


@dataclass(frozen=True)
class _World:
    wanted: Settings
    when: Calendar
    of: Lives
    made: Suspensions
    stays: Stays
    seen: Sightings
    found: Found
    ids: pl.Series

    def name(self, rows: Ints) -> pl.Series:
        return self.ids.gather(rows)

    def group(self, rows: Ints) -> pl.Series:
        return pl.Series("group", np.array(GROUPS)[self.of.group[rows]], dtype=pl.String)

    @property
    def known(self) -> Bools:
        """Who was ever listed, or linked."""
        found = np.zeros(len(self.of), np.bool_)
        found[self.seen.row] = True
        found[self.found.new] = True
        return found


def _within(of: Lives) -> Lives:
    """Those who were there in the year; ``before`` names rows of what is kept, -1 where that is not."""
    kept = of.end > 0
    number = np.where(kept, np.cumsum(kept) - 1, -1)
    before = np.where(of.before >= 0, number[of.before], -1)
    return replace(of, before=before).of(kept)


def _stays(of: Lives, made: Suspensions, days: int) -> Stays:
    """Each account until its end, and again from its reinstatement on."""
    back = np.flatnonzero(np.isfinite(made.back))
    return Stays(
        np.concatenate([np.arange(len(of)), made.row[back]]),
        np.concatenate([np.maximum(of.start, 0.0), made.back[back]]),
        np.concatenate([of.end, np.full(len(back), float(days))]),
    )


def _at(name: str, days: Floats) -> pl.Series:
    return times(name, days * DAY)


# -- tables ----------------------------------------------------------------------------------------


def _lists(world: _World, drawn: Bools, belongs: Bools) -> pl.DataFrame:
    rows = world.seen.row
    verdict = pl.Series("verdict", np.where(belongs[rows], "upheld", "rejected"))
    named = pl.Series("list", np.array(NAMES)[world.seen.list], dtype=pl.String)
    table = pl.DataFrame([named, world.name(rows), _at("seen_at", world.seen.at)])
    return table.with_columns(
        pl.when(pl.Series(drawn[rows])).then(verdict).alias("verdict"), world.group(rows)
    ).sort("seen_at", "list", "account")


def _links(world: _World) -> pl.DataFrame:
    found = world.found
    return pl.DataFrame(
        [
            world.name(found.new),
            world.name(found.old).rename("suspended_account"),
            pl.Series("probability", found.probability),
        ]
    ).sort("account", "suspended_account")


def _spells(world: _World) -> pl.DataFrame:
    """Of the known: watched from the first sighting on, or from the day on which a link was looked at."""
    of, stays = world.of, world.stays
    entry = np.full(len(of), np.inf)
    np.minimum.at(entry, world.seen.row, world.seen.at)
    np.minimum.at(entry, world.found.new, world.found.at)
    undone = np.zeros(len(of), np.bool_)
    undone[world.made.row[np.isfinite(world.made.back)]] = True
    again = np.arange(len(stays.row)) >= len(of)
    rows = np.flatnonzero(world.known[stays.row] & (entry[stays.row] < stays.until))
    row, second = stays.row[rows], again[rows]
    event = np.array([EVENT.get(code) for code in of.event.tolist()], dtype=object)[row]
    event = np.where(undone[row], "reinstated", event)
    event[second] = None
    ended = np.array([name is not None for name in event.tolist()])
    return pl.DataFrame(
        [
            world.name(row),
            _at("start_at", of.start[row]),
            _at("end_at", np.where(ended, stays.until[rows], np.nan)),
            pl.Series("event", event.tolist(), dtype=pl.String),
            _at("entry_at", np.maximum(entry[row], stays.since[rows])),
            world.group(row),
        ]
    ).sort("account", "entry_at")


def _flagged(world: _World) -> pl.DataFrame:
    stays = world.stays
    rows = np.flatnonzero(world.known[stays.row] & (stays.until > stays.since))
    until = stays.until[rows]
    return pl.DataFrame(
        [
            world.name(stays.row[rows]),
            _at("from_at", stays.since[rows]),
            _at("to_at", np.where(until < world.when.days, until, np.nan)),
            world.group(stays.row[rows]),
        ]
    ).filter(pl.col("to_at").is_null() | (pl.col("to_at") > pl.col("from_at"))).sort("account", "from_at")  # fmt: skip


def _follows(world: _World, final: Floats, accounts: int, rng: np.random.Generator) -> pl.DataFrame:
    """Of the known ones."""
    user, row = follows(world.of, final, accounts, rng)
    one, two = friends(world.of, rng)
    keep, kept = world.known[row], world.known[two]
    named = pl.Series(opaque_ids("u", int(user.max()) + 1, rng), dtype=pl.String)
    return pl.DataFrame(
        {
            "follower": pl.concat([named.gather(user[keep]), world.name(one[kept])]),
            "followee": pl.concat([world.name(row[keep]), world.name(two[kept])]),
        }
    )


def _audience(world: _World, final: Floats, rng: np.random.Generator) -> pl.DataFrame:
    row, age, followers = at_ages(world.of, final, rng)
    keep = world.known[row]
    row, age = row[keep], age[keep]
    return pl.DataFrame(
        [
            world.name(row),
            _at("day", world.of.start[row] + age),
            pl.Series("age_days", age),
            pl.Series("followers", followers[keep].astype(np.float64)),
            world.group(row),
        ]
    ).sort("account", "age_days")


def _suspensions(world: _World) -> pl.DataFrame:
    made = world.made
    appeal = _said(made.answered, made.is_granted, "granted", "refused")
    verdict = _said(made.looked_at, made.found_wrong, "rejected", "upheld")
    return pl.DataFrame(
        [
            world.name(made.row),
            _at("suspended_at", made.at),
            pl.Series("stratum", np.array(STRATA)[made.stratum], dtype=pl.String),
            world.group(made.row),
            _at("noticed_at", made.noticed),
            _at("appealed_at", made.appealed),
            _at("answered_at", made.answered),
            appeal.alias("appeal"),
            _at("looked_at", made.looked_at),
            verdict.alias("verdict"),
            _at("reinstated_at", made.back),
        ]
    ).sort("suspended_at", "account")


def _said(at: Floats, is_so: Bools, yes: str, no: str) -> pl.Series:
    """What was said, where anything was said."""
    return pl.Series(np.where(is_so, yes, no), dtype=pl.String).set(pl.Series(np.isnan(at)), None)


def _decisions(world: _World) -> pl.DataFrame:
    """Upheld at the suspension; overturned where an appeal was granted, or a second look and a third person said so."""
    made = world.made
    granted, looked = np.flatnonzero(made.is_granted), np.flatnonzero(~np.isnan(made.looked_at))
    second = np.where((made.found_wrong & made.is_wrong)[looked], "overturned", "upheld")
    parts = [
        (np.arange(len(made.row)), made.at, np.full(len(made.row), "upheld"), "queue"),
        (granted, made.answered[granted], np.full(len(granted), "overturned"), "queue"),
        (looked, made.looked_at[looked], second, "audit"),
    ]
    tables = [
        pl.DataFrame(
            [world.name(made.row[rows]), pl.Series("outcome", said, dtype=pl.String), _at("decided_at", at),
             world.group(made.row[rows])]
        ).with_columns(selection=pl.lit(how), policy=pl.lit("extremism"))
        for rows, at, said, how in parts
    ]  # fmt: skip
    return pl.concat(tables).sort("decided_at", "account", "outcome")


def _circles(of: Circles, days: int) -> dict[str, pl.DataFrame]:
    """The panel and the outlinks."""
    unit, day = np.divmod(np.arange(CIRCLES * days), days)
    treated = np.where(of.treated_at < days, of.treated_at.astype(np.float64), np.nan)[unit]
    base = [
        pl.Series("unit", np.array([f"circle-{number:03}" for number in range(CIRCLES)])[unit]),
        _at("time", day.astype(np.float64)),
        _at("treated_at", treated),
        pl.Series("cluster", np.array([f"cluster-{number:03}" for number in of.cluster.tolist()])[unit]),
    ]
    table = pl.DataFrame(base)
    away = of.elsewhere.ravel()
    panel = table.with_columns(outcome=pl.Series(of.read.ravel()))
    outlinks = [
        table.with_columns(platform=pl.lit(name), links=pl.Series(count))
        for name, count in ((HOME, of.links.ravel() - away), (AWAY, away))
    ]
    return {
        "panel": panel.select("unit", "time", "outcome", "treated_at", "cluster"),
        "outlinks": pl.concat(outlinks).select("unit", "time", "platform", "links", "treated_at", "cluster"),
    }
