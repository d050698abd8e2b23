"""The index of suspended accounts: all who might be behind a new account, by a handful of look-ups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Counts
from ostrakon.analysis.returners.candidates import SEEN, Pairs, Times, best_pairs, lists, seekers
from ostrakon.analysis.returners.names import Singles
from ostrakon.analysis.returners.neighbourhoods import (
    FOLLOWED,
    FOLLOWER,
    Neighbourhoods,
    edges,
    followed_keys,
    neighbourhoods,
)
from ostrakon.analysis.returners.postings import (
    AVATAR,
    CAPS,
    NAME,
    NEIGHBOUR,
    SKELETON,
    WORD,
    Carried,
    Postings,
    carried_bands,
    carried_names,
    carried_skeletons,
    carried_words,
    postings,
)
from ostrakon.analysis.returners.profiles import Profiles, profiles


@dataclass(frozen=True)
class Popularity:
    """How many have a neighbour, of all in the table of follows."""

    key: NDArray[np.uint64]
    """(K,) sorted."""
    count: Counts
    total: int
    """Accounts in the table."""

    def of(self, keys: NDArray[np.uint64]) -> Counts:
        """1 where a key is not in the table."""
        if len(self.key) == 0:
            return np.ones(len(keys), np.int64)
        place = np.minimum(np.searchsorted(self.key, keys), len(self.key) - 1)
        return np.where(self.key[place] == keys, self.count[place], 1)

    def rarity(self, keys: NDArray[np.uint64]) -> Singles:
        """ln of accounts for each one that has the neighbour; 0 for one whom everybody has."""
        found: Singles = np.log(np.maximum(self.total, 1) / self.of(keys)).clip(0.0).astype(np.float32)
        return found


def popularity(closeness: pl.DataFrame) -> Popularity:
    """Of followed accounts and of followers."""
    sides = [
        closeness.select(key=pl.col(side).hash(seed)).group_by("key").len("count")
        for side, seed in (("followee", FOLLOWED), ("follower", FOLLOWER))
    ]
    table = pl.concat(sides).sort("key")
    total = max(closeness["follower"].n_unique(), closeness["followee"].n_unique())
    return Popularity(table["key"].to_numpy().copy(), table["count"].cast(pl.Int64).to_numpy().copy(), total)


class Index:
    """Suspended accounts, ready to be searched.

    Args:
        suspended: typed table ``tables.SUSPENDED``.
        follows: typed table ``tables.FOLLOWS``; the more edges it holds, the better is known who is rare.
    Cost: about 400 bytes an account without follows, and 16 bytes an edge.
    """

    def __init__(self, suspended: pl.DataFrame, *, follows: pl.DataFrame | None = None) -> None:
        closeness = edges(follows).closeness
        of = profiles(suspended)
        self._build(of, neighbourhoods(closeness, suspended["account"]), popularity(closeness))

    @classmethod
    def of(cls, accounts: Profiles, circles: Neighbourhoods, known: Popularity) -> Index:
        """An index of accounts that were read already."""
        index = cls.__new__(cls)
        index._build(accounts, circles, known)
        return index

    def _build(self, of: Profiles, circles: Neighbourhoods, known: Popularity) -> None:
        self.profiles = of
        self.popularity = known
        count = len(of)
        around = Carried(circles.key, circles.of, np.ones(len(circles.key), np.uint64))
        self.postings: dict[int, Postings] = {
            NAME: postings(carried_names(of), count, CAPS[NAME]),
            SKELETON: postings(carried_skeletons(of), count, CAPS[SKELETON]),
            AVATAR: postings(carried_bands(of), count, CAPS[AVATAR]),
            NEIGHBOUR: postings(around, count, CAPS[NEIGHBOUR]),
            WORD: postings(carried_words(of), count, CAPS[WORD]),
        }
        near = self.postings[NEIGHBOUR]
        self.postings[NEIGHBOUR] = replace(near, weight=known.rarity(near.key))
        self._lists = lists(self.postings, count)

    @property
    def words(self) -> Postings:
        """Who has which word in the bio."""
        return self.postings[WORD]

    @cached_property
    def _row(self) -> dict[str, int]:
        return {account: row for row, account in enumerate(self.profiles.table["account"].to_list())}

    def search(self, account: pl.DataFrame, followees: Sequence[str] = (), *, most: int = 25) -> pl.DataFrame:
        """Suspended accounts that the new one may be, the likeliest first.

        Args:
            account: one row of ``tables.NEW``.
            followees: whom it follows.
        Returns:
            suspended_account, score (nats, to order by and for nothing else), and what each channel says.
        """
        of = profiles(account)
        keys = followed_keys(pl.Series(list(followees), dtype=pl.String))
        circles = Neighbourhoods(keys, np.zeros(len(keys), np.int32))
        found = self.pairs(of, circles, most=most)
        return pl.DataFrame(
            {
                "suspended_account": self.profiles.table["account"].gather(found.row),
                "score": found.score,
                **{name: found.seen[:, place] for place, name in enumerate(SEEN)},
            }
        ).sort("score", descending=True, maintain_order=True)

    def pairs(
        self,
        of: Profiles,
        circles: Neighbourhoods,
        *,
        side: NDArray[np.int8] | None = None,
        most: int = 25,
        sleeper_days: float = 10.0,
    ) -> Pairs:
        """The best pairs of each of these new accounts, on each side at most ``most``."""
        same = np.array([self._row.get(name, -1) for name in of.table["account"].to_list()], np.int32)
        sides = np.zeros(len(self.profiles), np.int8) if side is None else side
        times = Times(self.profiles.created, self.profiles.suspended, of.created, sleeper_days)
        seeking = seekers(of, circles, self.postings)
        return best_pairs(seeking, self._lists, self.profiles.avatar, same, sides, times, most)


__all__ = ["Index", "Popularity", "popularity"]
