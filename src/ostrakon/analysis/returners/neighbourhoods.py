"""Whom accounts follow and by whom they are followed, as sets of keys; and who fights whom.

A follow speaks for a common circle. A reply, revert, report or block does not: who fights an account meets the same
people as its friends do. Rarity decides what a common neighbour is worth; one whom everybody follows says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ostrakon.analysis.log import Codes
from ostrakon.analysis.returners.names import Keys
from ostrakon.analysis.tables import speaks_for_closeness

FOLLOWED, FOLLOWER = 11, 12
"""Seeds of the two hashes: an account that one follows is another neighbour than the same one as a follower."""


@dataclass(frozen=True)
class Neighbourhoods:
    """Keys of the neighbours of accounts, each once an account."""

    key: Keys
    of: Codes
    """Row of the account that has this neighbour."""

    def take(self, rows: Codes, count: int) -> Neighbourhoods:
        """Of some of ``count`` accounts, numbered anew in the order given."""
        place = np.full(count, -1, np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        moved = place[self.of]
        kept = moved >= 0
        return Neighbourhoods(self.key[kept], moved[kept])


@dataclass(frozen=True)
class Edges:
    """The table of follows, parted by what an edge says."""

    closeness: pl.DataFrame
    """follower, followee"""
    hostility: pl.DataFrame
    """follower, followee: replies, reverts, reports, blocks and every other kind that is not a follow."""


def edges(follows: pl.DataFrame | None) -> Edges:
    """Part the typed table ``tables.FOLLOWS`` by the kind of its edges."""
    if follows is None:
        nothing = pl.DataFrame(schema={"follower": pl.String, "followee": pl.String})
        return Edges(nothing, nothing)
    pairs = follows.select("follower", "followee")
    close = speaks_for_closeness(follows)
    return Edges(pairs.filter(close), pairs.filter(~close))


def neighbourhoods(closeness: pl.DataFrame, account: pl.Series) -> Neighbourhoods:
    """Neighbours of these accounts on both sides of an edge; nobody is their own."""
    place = pl.DataFrame({"account": account, "row": np.arange(len(account), dtype=np.int32)})
    parts = []
    for own, other, seed in (("follower", "followee", FOLLOWED), ("followee", "follower", FOLLOWER)):
        found = closeness.join(place, left_on=own, right_on="account")
        found = found.filter(pl.col(own) != pl.col(other))
        parts.append(found.select(key=pl.col(other).hash(seed), of="row"))
    both = pl.concat(parts).unique().sort("of", "key")
    return Neighbourhoods(both["key"].to_numpy().copy(), both["of"].to_numpy().copy())


def followed_keys(followees: pl.Series) -> Keys:
    """The keys of accounts that one follows."""
    return followees.unique().hash(FOLLOWED).to_numpy().copy()
