"""A search: the tables read, the pairs that are looked at, and what is seen of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, Floats
from ostrakon.analysis.returners.candidates import PLACEBO, SEEN, TARGET, Pairs
from ostrakon.analysis.returners.features import Sides, features
from ostrakon.analysis.returners.index import Index, Popularity, popularity
from ostrakon.analysis.returners.names import Singles, whole_keys
from ostrakon.analysis.returners.neighbourhoods import Edges, Neighbourhoods, edges, neighbourhoods
from ostrakon.analysis.returners.parameters import Parameters
from ostrakon.analysis.returners.profiles import Profiles, profiles

PROFILE = ("account", "handle", "display_name", "bio", "created_at", "suspended_at", "avatar_hash")
DRAWS = 10
LEAST_COMMON = 3
"""Old accounts that bear a name from which it is common."""
STRANGERS = 100_000
"""Pairs drawn at random, to see how strangers agree."""


@dataclass(frozen=True)
class Search:
    """New accounts beside suspended and never-suspended ones."""

    sides: Sides
    is_placebo: NDArray[np.bool_]
    """(A,) of each account on the old side."""
    suspended: int
    pairs: Pairs
    seen: Singles
    """(P, features)"""
    strangers: Singles
    """(S, features) of pairs drawn at random."""
    edges: Edges
    popularity: Popularity
    copies: int
    """Pairs that were left out because both are one account."""

    @property
    def new(self) -> Profiles:
        """The new accounts."""
        return self.sides.new

    @property
    def old(self) -> Profiles:
        """Suspended accounts, then placebo accounts."""
        return self.sides.old

    @property
    def has_common_name(self) -> NDArray[np.bool_]:
        """(N,) whether several old accounts bear the handle or display name of a new one."""
        return _common(self.new, self.old)

    @property
    def of_placebo(self) -> NDArray[np.bool_]:
        """(P,) whether a pair is with an account that was never suspended."""
        return self.is_placebo[self.pairs.row]


def search(
    suspended: pl.DataFrame,
    new: pl.DataFrame,
    follows: pl.DataFrame | None,
    placebo: pl.DataFrame | None,
    parameters: Parameters,
) -> Search:
    """Look for candidates and compare them."""
    table, is_placebo = _old_side(suspended, placebo, parameters.seed)
    newcomers = profiles(_profile_columns(new.unique("account", keep="first", maintain_order=True)))
    olds = profiles(table)
    parted = edges(follows)
    known = popularity(parted.closeness)
    around_new = neighbourhoods(parted.closeness, newcomers.table["account"])
    around_old = neighbourhoods(parted.closeness, table["account"])
    index = Index.of(olds, around_old, known)
    side = np.where(is_placebo, PLACEBO, TARGET).astype(np.int8)
    pairs = index.pairs(
        newcomers, around_new, side=side, most=parameters.candidates, sleeper_days=parameters.sleeper_days
    )
    copy = _is_copy(newcomers, olds, pairs)
    pairs = pairs.take(~copy)
    sides = Sides(
        newcomers,
        olds,
        _mass(around_new, known, len(newcomers)),
        _mass(around_old, known, len(olds)),
        _word_mass(newcomers, index),
        _codes(parted.hostility, newcomers, olds, both_ways=True),
        _imitators(parted.hostility, newcomers, olds),
        _codes(parted.closeness, newcomers, olds, both_ways=False),
        float(np.log(max(known.total, 2))),
    )
    lot = _strangers(len(newcomers), len(olds), parameters.seed)
    return Search(
        sides,
        is_placebo,
        int((~is_placebo).sum()),
        pairs,
        features(pairs, sides),
        features(lot, sides),
        parted,
        known,
        int(copy.sum()),
    )


def _profile_columns(table: pl.DataFrame) -> pl.DataFrame:
    """The columns that are read; a language is not among them."""
    return table.select(name for name in PROFILE if name in table.columns)


def _old_side(
    suspended: pl.DataFrame, placebo: pl.DataFrame | None, seed: int
) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """Suspended accounts, then placebo ones; who was never suspended gets the date of somebody who was."""
    targets = _profile_columns(suspended.unique("account", keep="first", maintain_order=True))
    if placebo is None:
        return targets, np.zeros(targets.height, np.bool_)
    others = _profile_columns(placebo.unique("account", keep="first", maintain_order=True))
    others = others.filter(~pl.col("account").is_in(targets["account"].implode()))
    if "suspended_at" in targets.columns and targets.height:
        drawn = _drawn_ends(targets["suspended_at"], others, seed)
        given = pl.col("suspended_at") if "suspended_at" in others.columns else pl.lit(None, drawn.dtype)
        others = others.with_columns(suspended_at=pl.coalesce(given, drawn))
    both = pl.concat([targets, others], how="diagonal")
    return both, np.arange(both.height) >= targets.height


def _drawn_ends(ends: pl.Series, others: pl.DataFrame, seed: int) -> pl.Series:
    """For each placebo account the end of a suspended one, drawn again while it lies before the account was made."""
    rng = np.random.default_rng(seed)
    drawn = ends.gather(rng.integers(0, len(ends), others.height))
    if "created_at" in others.columns:
        for _ in range(DRAWS):
            too_early = (drawn <= others["created_at"]).fill_null(False)
            drawn = ends.gather(rng.integers(0, len(ends), others.height)).zip_with(too_early, drawn)
    return drawn


def _is_copy(new: Profiles, old: Profiles, pairs: Pairs) -> NDArray[np.bool_]:
    """(P,) one account in both tables under two ids: the same handle, made at the same moment."""
    same_time: NDArray[np.bool_] = new.created[pairs.new] == old.created[pairs.row]
    if not same_time.any():
        return same_time
    mine = new.table["handle"].gather(pairs.new)
    same_name = (mine == old.table["handle"].gather(pairs.row)).to_numpy()
    return np.asarray(same_time & same_name)


def _mass(around: Neighbourhoods, known: Popularity, count: int) -> Floats:
    """(N,) sum of the squared rarities of all neighbours."""
    mass: Floats = np.bincount(
        around.of, known.rarity(around.key).astype(np.float64) ** 2, minlength=count
    ).astype(np.float64)
    return mass


def _word_mass(of: Profiles, index: Index) -> Floats:
    """(N,) sum of the rarities of words that some account of the index has too."""
    from_index = index.words
    place = from_index.find(of.word)
    weight = np.where(place >= 0, np.append(from_index.weight, 0)[place], 0.0)
    mass: Floats = np.bincount(of.word_of, weight, minlength=len(of)).astype(np.float64)
    return mass


def _codes(pairs: pl.DataFrame, new: Profiles, old: Profiles, *, both_ways: bool) -> NDArray[np.uint64]:
    """Edges from a new account to an old one, and back if asked, as sorted codes new * len(old) + old."""
    mine = pl.DataFrame({"new": new.table["account"], "n": np.arange(len(new), dtype=np.uint64)})
    theirs = pl.DataFrame({"old": old.table["account"], "o": np.arange(len(old), dtype=np.uint64)})
    found = []
    for one, other in [("follower", "followee"), ("followee", "follower")][: 2 if both_ways else 1]:
        met = pairs.join(mine, left_on=one, right_on="new").join(theirs, left_on=other, right_on="old")
        found.append(met.select(code=pl.col("n") * len(old) + pl.col("o")))
    return pl.concat(found)["code"].unique().sort().to_numpy().copy()


def _imitators(hostility: pl.DataFrame, new: Profiles, old: Profiles) -> NDArray[np.uint64]:
    """Pairs of a new account and an old one whose opponent bears the new one's name, as sorted codes.

    Only opponents that stand in the tables have a name here.
    """
    fought = pl.DataFrame({"old": old.table["account"], "o": np.arange(len(old), dtype=np.uint64)})
    fights = hostility.join(fought, left_on="followee", right_on="old").select(opponent="follower", o="o")
    known = pl.concat([_named(new), _named(old)]).unique("account", keep="first", maintain_order=True)
    bearers = _named(new).with_row_index("n").select(pl.col("n").cast(pl.UInt64), "name", bearer="account")
    met = fights.join(known, left_on="opponent", right_on="account").join(bearers, on="name")
    met = met.filter(pl.col("opponent") != pl.col("bearer"))
    return met.select(code=pl.col("n") * len(old) + pl.col("o"))["code"].unique().sort().to_numpy().copy()


def _named(of: Profiles) -> pl.DataFrame:
    """account, name: a hash of the core of the handle; empty names are left out."""
    name = whole_keys(of.core, 1)
    return pl.DataFrame({"account": of.table["account"], "name": name}).filter(pl.col("name") != 0)


def _common(new: Profiles, old: Profiles) -> NDArray[np.bool_]:
    """(N,) whether three or more old accounts bear a name of the new one."""
    found = np.zeros(len(new), np.bool_)
    for mine, theirs in ((new.core, old.core), (new.display, old.display)):
        keys, others = whole_keys(mine, 1), np.sort(whole_keys(theirs, 1))
        count = np.searchsorted(others, keys, "right") - np.searchsorted(others, keys, "left")
        found |= (keys != 0) & (count >= LEAST_COMMON)
    return found


def _strangers(new: int, old: int, seed: int) -> Pairs:
    """Pairs of whoever, of whom nothing is known to agree but what features find."""
    if new == 0 or old == 0:
        count = 0
    else:
        count = STRANGERS
    rng = np.random.default_rng(seed)
    rows: Codes = rng.integers(0, max(old, 1), count).astype(np.int32)
    chosen: Codes = np.sort(rng.integers(0, max(new, 1), count).astype(np.int32))
    return Pairs(chosen, rows, np.zeros(count, np.float32), np.zeros((count, len(SEEN)), np.float32))
