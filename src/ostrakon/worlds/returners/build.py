"""A world of returners, from the settings of its family to its tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ostrakon.worlds.clock import DAY, times
from ostrakon.worlds.draws import Floats, Ints, opaque_ids, streams
from ostrakon.worlds.returners.circles import COMMUNITY, Circles, circles, copied, drawn, shares, sizes
from ostrakon.worlds.returners.handles import about, changed
from ostrakon.worlds.returners.people import LANGUAGES, People, bios, draw_people, noisy, person_name, styled
from ostrakon.worlds.returners.settings import FAMILIES, KINDS, WAYS, Settings

DAYS = 365.0
RETURNER, FAN, NAMESAKE, JOURNALIST, TRIBUTE, FIGHTER = range(1, 7)


@dataclass(frozen=True)
class ReturnerWorld:
    """What a platform holds, as typed tables, and beside it what only its maker knows."""

    name: str
    seed: int
    suspended: pl.DataFrame
    new: pl.DataFrame
    placebo: pl.DataFrame
    follows: pl.DataFrame
    truth: pl.DataFrame
    """account, suspended_account: every suspended account that was the same person."""
    kinds: pl.DataFrame
    """account, kind, way, language: what each new account is; ``way`` is what a returner did with the handle."""


@dataclass(frozen=True)
class Cast:
    """The new accounts by number: what they are, and whom of the old side they come from or are about."""

    kind: Ints
    source: Ints
    """(N,) row on the old side, suspended ones first; -1 = nobody."""
    way: Ints
    """(N,) place in ``WAYS``, -1 = none."""


def returners(
    family: str = "exchangeable", seed: int = 1, *, accounts: int = 12_000, settings: Settings | None = None
) -> ReturnerWorld:
    """A world with as many new, suspended and placebo accounts as ``accounts``.

    Args:
        family: one of ``FAMILIES``; its settings are taken unless others are given.
    Returns:
        Tables in random order; ids and their order tell nothing.
    """
    wanted = settings or FAMILIES[family]
    old_rng, cast_rng, new_rng, time_rng, id_rng, edge_rng = streams(seed, 6)
    communities = max(3, accounts // COMMUNITY)
    home = old_rng.integers(0, communities, 2 * accounts)
    old = draw_people(2 * accounts, home, wanted.common_names, old_rng)
    before = _chains(accounts, wanted, old, home, old_rng)
    lists = _old_lists(home, before, communities, old_rng)
    end, made = _old_times(before, accounts, time_rng)
    cast = _cast(wanted, accounts, cast_rng)
    new_home, new = _new_people(wanted, cast, old, home, communities, new_rng)
    created = _new_times(wanted, cast, end, time_rng)
    edges = _new_lists(wanted, cast, lists, new_home, communities, new_rng)
    ids = opaque_ids("a", 3 * accounts, id_rng)
    return ReturnerWorld(
        name=family,
        seed=seed,
        suspended=_table(old, ids[accounts:], made, end, slice(0, accounts)),
        new=_table(new, ids[:accounts], created, None, slice(0, accounts)),
        placebo=_table(old, ids[accounts:], made, None, slice(accounts, 2 * accounts)),
        follows=_follows(cast, lists, edges, ids, accounts, edge_rng, is_kind_told=wanted.fighters > 0),
        truth=_truth(cast, before, ids, accounts),
        kinds=_kinds(cast, new, ids),
    )


def _chains(count: int, wanted: Settings, old: People, home: Ints, rng: np.random.Generator) -> Ints:
    """(2 count,) the earlier version of each old account, -1 = none; later versions look like them."""
    before = np.full(2 * count, -1, np.int64)
    later = np.flatnonzero(rng.random(count) < wanted.returners * wanted.return_again * 3)
    later = later[later > 0]
    before[later] = (rng.random(len(later)) * later).astype(np.int64)
    for row in later.tolist():
        _come_back(wanted, old, row, old, int(before[row]), rng)
        home[row] = home[before[row]]
    return before


def _come_back(
    wanted: Settings, people: People, row: int, old: People, source: int, rng: np.random.Generator
) -> int:
    """Person ``row`` is ``source`` again; returns what became of the handle."""
    way = int(rng.choice(len(WAYS), p=wanted.ways))
    people.handle[row] = changed(old.handle[source], WAYS[way], rng)
    if rng.random() < wanted.keeps_display:
        people.display[row] = old.display[source]
    if rng.random() < wanted.keeps_avatar:
        people.avatar[row] = noisy(old.avatar[source : source + 1], 3, rng)[0]
    if rng.random() < wanted.keeps_bio and old.bio[source]:
        words = old.bio[source].split()
        people.bio[row] = " ".join(word for word in words if rng.random() < 0.85)
    people.culture[row] = old.culture[source]
    return way


def _old_lists(home: Ints, before: Ints, communities: int, rng: np.random.Generator) -> Circles:
    """Lists of suspended and placebo accounts; a later version follows half of what the earlier one did."""
    count = len(home)
    first = circles(*drawn(home, sizes(35, count, rng), communities, rng), count)
    later = np.flatnonzero(before >= 0)
    again = copied(first, before[later], later, first.sizes()[before[later]] // 2, rng)
    return circles(np.concatenate([first.owner, again[0]]), np.concatenate([first.followee, again[1]]), count)


def _old_times(before: Ints, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """End and creation of the old accounts, in days; placebo accounts have no end."""
    end = rng.uniform(0, DAYS, len(before))
    made = end - rng.lognormal(6.0, 1.0, len(before))
    for row in np.flatnonzero(before >= 0).tolist():
        made[row] = end[before[row]] + rng.exponential(10.0)
        end[row] = made[row] + rng.exponential(30.0)
    end[count:] = np.nan
    return end, made


def _cast(wanted: Settings, count: int, rng: np.random.Generator) -> Cast:
    """Who is what, and from whom. Returners and who fights come from suspended accounts, the others from both."""
    parts = (
        wanted.returners,
        wanted.fans,
        wanted.namesakes,
        wanted.journalists,
        wanted.tributes,
        wanted.fighters,
    )
    upto = np.round(np.cumsum(parts) * count).astype(np.int64)
    kind = (np.searchsorted(upto, np.arange(count), side="right") + 1) % (len(parts) + 1)
    source = rng.integers(0, count if wanted.attach_to_suspended else 2 * count, count)
    mine = np.flatnonzero((kind == RETURNER) | (kind == FIGHTER))
    source[mine] = rng.integers(0, count, len(mine))
    again = mine[1:][rng.random(max(len(mine) - 1, 0)) < wanted.return_again]
    for row in again.tolist():
        source[row] = source[row - 1]
    source[kind == 0] = -1
    return Cast(kind, source, np.full(count, -1, np.int64))


def _new_people(
    wanted: Settings, cast: Cast, old: People, home: Ints, communities: int, rng: np.random.Generator
) -> tuple[Ints, People]:
    """What new accounts show, and their communities."""
    count = len(cast.kind)
    place = rng.integers(0, communities, count)
    near = np.isin(cast.kind, (RETURNER, FAN, JOURNALIST, TRIBUTE, FIGHTER))
    place[near] = home[cast.source[near]]
    people = draw_people(count, place, wanted.common_names, rng)
    for row in np.flatnonzero(cast.kind > 0).tolist():
        _dress(wanted, cast, people, row, old, int(cast.source[row]), rng)
    return place, people


def _dress(
    wanted: Settings, cast: Cast, people: People, row: int, old: People, source: int, rng: np.random.Generator
) -> None:
    """Make an ordinary person what the cast says."""
    lot = int(rng.integers(0, 1 << 30))
    match int(cast.kind[row]):
        case k if k == RETURNER:
            cast.way[row] = _come_back(wanted, people, row, old, source, rng)
        case k if k == NAMESAKE:
            first, last = person_name(int(old.culture[source]), int(old.name[source]))
            people.handle[row] = styled(first, last, lot % 5, 1 + lot % 99)
            people.display[row] = f"{first} {last}".title()
        case k if k == JOURNALIST:
            people.bio[row] = (
                f"journalist {bios(np.array([lot % 7]), rng)[0]}" if lot % 2 else people.bio[row]
            )
        case k if k == TRIBUTE:
            people.handle[row] = about(old.handle[source], lot)
            people.display[row] = old.display[source]
            if lot % 5 < 2:
                people.avatar[row] = noisy(old.avatar[source : source + 1], 3, rng)[0]
            if lot % 3 == 0:
                people.bio[row] = (
                    f"{('fan account', 'parody', 'not affiliated')[lot % 7 % 3]} {people.bio[row]}"
                )
        case k if k == FIGHTER:
            people.handle[row] = f"stop_{old.handle[source]}" if lot % 2 else people.handle[row]
        case _:
            pass


def _new_times(wanted: Settings, cast: Cast, end: Floats, rng: np.random.Generator) -> Floats:
    """Days on which the new accounts were made: anybody's at any time, a returner's soon after the end."""
    count = len(cast.kind)
    made = rng.uniform(60, DAYS + 30, count)
    delay = rng.lognormal(np.log(wanted.delay_days), 1.6, count)
    early = rng.random(count) < wanted.early
    back = np.where(early, -rng.uniform(0, 10, count), delay)
    mine = cast.kind == RETURNER
    made[mine] = end[cast.source[mine]] + back[mine]
    return made


def _new_lists(
    wanted: Settings, cast: Cast, old: Circles, home: Ints, communities: int, rng: np.random.Generator
) -> Circles:
    """Lists of the new accounts: part of it is a source's, where they have one to follow."""
    count = len(cast.kind)
    size = sizes(15, count, rng)
    size[cast.kind == JOURNALIST] *= 3
    share = shares(cast.kind == RETURNER, *wanted.refollows, rng) + shares(cast.kind == FAN, 1.0, 5.0, rng)
    share += shares(cast.kind == JOURNALIST, 1.0, 6.0, rng) + shares(cast.kind == TRIBUTE, 1.5, 4.0, rng)
    share[(cast.kind == FAN) & (rng.random(count) < 0.5)] = 0.0
    taken = np.round(share * size).astype(np.int64)
    if wanted.old_friends is not None:
        taken[cast.kind == RETURNER] = wanted.old_friends
    rest = np.maximum(size - taken, 0)
    fresh = drawn(home, rest, communities, rng)
    some = np.flatnonzero(taken)
    again = copied(old, cast.source[some], some, taken[some], rng)
    return circles(np.concatenate([fresh[0], again[0]]), np.concatenate([fresh[1], again[1]]), count)


# -- tables ------------------------------------------------------------------------------------


def _table(people: People, ids: np.ndarray, made: Floats, end: Floats | None, rows: slice) -> pl.DataFrame:
    """Typed accounts, by id."""
    avatar = [f"{number:016x}" if number else None for number in people.avatar[rows].tolist()]
    columns = [
        pl.Series("account", ids[rows].tolist(), dtype=pl.String),
        pl.Series("handle", ["@" + handle for handle in people.handle[rows]], dtype=pl.String),
        pl.Series("display_name", people.display[rows], dtype=pl.String),
        pl.Series("bio", [bio or None for bio in people.bio[rows]], dtype=pl.String),
        times("created_at", made[rows] * DAY),
        pl.Series("avatar_hash", avatar, dtype=pl.String),
        pl.Series("language", LANGUAGES[people.culture[rows]].tolist(), dtype=pl.String),
    ]
    if end is not None:
        columns.append(times("suspended_at", end[rows] * DAY))
    return pl.DataFrame(columns).sort("account")


def _follows(
    cast: Cast,
    old: Circles,
    new: Circles,
    ids: np.ndarray,
    count: int,
    rng: np.random.Generator,
    *,
    is_kind_told: bool,
) -> pl.DataFrame:
    """All edges; where somebody fights, with their kinds."""
    follower = pl.Series(ids).gather(np.concatenate([old.owner + count, new.owner]))
    followee = np.concatenate([old.followee, new.followee])
    table = pl.DataFrame({"follower": follower, "followee": pl.Series(followee)})
    table = table.with_columns(pl.format("u{}", "followee").alias("followee"))
    if not is_kind_told:
        return table
    mine = np.flatnonzero(cast.kind == FIGHTER)
    friend, theirs = copied(old, cast.source[mine], mine, np.full(len(mine), 8), rng)
    fights = pl.DataFrame(
        {
            "follower": pl.Series(ids).gather(np.concatenate([mine, friend])),
            "followee": pl.concat(
                [
                    pl.Series(ids).gather(cast.source[mine] + count),
                    pl.select(pl.format("u{}", pl.lit(pl.Series(theirs)))).to_series(),
                ]
            ),
        }
    )
    told = np.array(["report", "reply", "revert"])[rng.integers(0, 3, fights.height)]
    return pl.concat(
        [table.with_columns(kind=pl.lit("follow")), fights.with_columns(kind=pl.Series(told.tolist()))]
    )


def _truth(cast: Cast, before: Ints, ids: np.ndarray, count: int) -> pl.DataFrame:
    """Every pair of a returner and an earlier version of the same person."""
    mine = np.flatnonzero(cast.kind == RETURNER)
    who, whom, at = [], [], cast.source[mine].copy()
    while len(mine):
        who.append(mine)
        whom.append(at)
        earlier = before[at]
        mine, at = mine[earlier >= 0], earlier[earlier >= 0]
    if not who:
        return pl.DataFrame(schema={"account": pl.String, "suspended_account": pl.String})
    names = pl.Series(ids)
    return pl.DataFrame(
        {
            "account": names.gather(np.concatenate(who)),
            "suspended_account": names.gather(np.concatenate(whom) + count),
        }
    ).sort("account", "suspended_account")


def _kinds(cast: Cast, people: People, ids: np.ndarray) -> pl.DataFrame:
    """What each new account is."""
    ways = np.array([*WAYS, ""])
    return pl.DataFrame(
        {
            "account": ids[: len(cast.kind)].tolist(),
            "kind": np.array(KINDS)[cast.kind].tolist(),
            "way": ways[cast.way].tolist(),
            "language": LANGUAGES[people.culture].tolist(),
        }
    ).sort("account")
