"""Finding one account, its pairs and its neighbours in a search at once: links are explained by the thousand."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.returners.search import Search


class Lookups:
    """Indexes over a search, each made when it is first asked.

    Args:
        of: its pairs stand by new account.
    """

    def __init__(self, of: Search) -> None:
        self._of = of

    def new_row(self, account: str) -> int:
        """Of a new account.

        Raises:
            KeyError: it is not in the table.
        """
        return _found(self._new, account)

    def old_row(self, account: str) -> int:
        """Of a suspended account, or one of the placebo.

        Raises:
            KeyError: it is not in the tables.
        """
        return _found(self._old, account)

    def pairs_of(self, new: int) -> NDArray[np.int64]:
        """(K,) places of the pairs of a new account, by its row."""
        low, high = np.searchsorted(self._of.pairs.new, [new, new + 1])
        return np.arange(low, high)

    def beside(self, own: str, account: str) -> set[str]:
        """Accounts at the other end of its edges; ``own`` is the end at which it stands."""
        others, runs = self._edges[own]
        low, length = runs.get(account, (0, 0))
        return set(others.slice(low, length).to_list())

    @cached_property
    def _new(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self._of.new.table["account"])}

    @cached_property
    def _old(self) -> dict[str, int]:
        return {name: row for row, name in reversed([*enumerate(self._of.old.table["account"])])}

    @cached_property
    def _edges(self) -> dict[str, tuple[pl.Series, dict[str, tuple[int, int]]]]:
        """For each end: the other ends in its order, where those of an account begin, and how many there are."""
        asked = pl.concat([self._of.new.table["account"], self._of.old.table["account"]]).unique()
        return {
            "follower": _runs(self._of.edges.closeness, "follower", "followee", asked),
            "followee": _runs(self._of.edges.closeness, "followee", "follower", asked),
        }


def _runs(
    closeness: pl.DataFrame, own: str, other: str, asked: pl.Series
) -> tuple[pl.Series, dict[str, tuple[int, int]]]:
    wanted = closeness.join(asked.to_frame(own), on=own, how="semi").sort(own)
    lengths = wanted.group_by(own, maintain_order=True).len()
    begins = lengths["len"].cum_sum() - lengths["len"]
    rows = zip(lengths[own].to_list(), begins.to_list(), lengths["len"].to_list(), strict=True)
    return wanted[other], {account: (low, length) for account, low, length in rows}


def _found(rows: dict[str, int], account: str) -> int:
    if account not in rows:
        raise KeyError(f"{account!r} is not in the tables of this search")
    return rows[account]
