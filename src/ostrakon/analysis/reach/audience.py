"""The followers of flagged accounts as integers: one pass over the follows, whatever their number.

Only edges that lead to a flagged account are kept, eight bytes each, so memory is bounded by the audience and not by
the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts
from ostrakon.analysis.tables import speaks_for_closeness


@dataclass(frozen=True)
class Audience:
    """Distinct followers of each of A accounts: those of a are ``follower[start[a]:start[a + 1]]``."""

    start: Counts
    """(A + 1,)"""
    follower: Codes
    """(E,) in ``range(users)``."""
    users: int
    repeats: int
    """Edges that stood more than once; each counts once."""


def audience_of(follower: Codes, account: Codes, *, users: int, accounts: int) -> Audience:
    """From edges in any order; the same edge twice is one.

    Args:
        follower: (n,) in ``range(users)``. account: (n,) whom each follows, in ``range(accounts)``.
    Raises:
        ValueError: a code lies outside its range.

    >>> found = audience_of(np.int32([0, 1, 1]), np.int32([0, 0, 0]), users=2, accounts=1)
    >>> found.follower.tolist(), found.repeats
    ([0, 1], 1)
    """
    _check(follower, users, "follower")
    _check(account, accounts, "account")
    start, by_account = _by_account(account, follower, accounts)
    start, kept = _distinct(start, by_account, users)
    return Audience(start, by_account[:kept], users, len(follower) - int(kept))


def _check(codes: Codes, limit: int, what: str) -> None:
    if len(codes) and not 0 <= int(codes.min()) <= int(codes.max()) < limit:
        raise ValueError(f"{what} codes must lie in range({limit})")


@compiled
def _by_account(
    account: NDArray[np.int32], follower: NDArray[np.int32], accounts: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """A counting sort: where each account starts, and the followers in that order."""
    start = np.zeros(accounts + 1, np.int64)
    for edge in range(len(account)):
        start[account[edge] + 1] += 1
    for number in range(accounts):
        start[number + 1] += start[number]
    place = start[:-1].copy()
    sorted_ = np.empty(len(account), np.int32)
    for edge in range(len(account)):
        sorted_[place[account[edge]]] = follower[edge]
        place[account[edge]] += 1
    return start, sorted_


@compiled
def _distinct(
    start: NDArray[np.int64], follower: NDArray[np.int32], users: int
) -> tuple[NDArray[np.int64], int]:
    """Moves each account's distinct followers to the front, in place; where they start, and how many there are."""
    seen_by = np.full(users, -1, np.int32)
    new_start = np.zeros_like(start)
    kept = 0
    for account in range(len(start) - 1):
        for edge in range(start[account], start[account + 1]):
            user = follower[edge]
            if seen_by[user] != account:
                seen_by[user] = account
                follower[kept] = user
                kept += 1
        new_start[account + 1] = kept
    return new_start, kept


# -- from tables of text ---------------------------------------------------------------------------

GATHERED = {"follower": pl.Int32, "account": pl.Int32}


@dataclass(frozen=True)
class Gathered:
    """What was kept of a file of follows."""

    audience: Audience
    own: int
    """Rows in which a flagged account follows itself: it is not its own audience."""
    others: int
    """Rows of a ``kind`` that is no follow."""


def gathered(accounts: pl.Series, batches: Iterable[pl.DataFrame]) -> Gathered:
    """The audience of flagged accounts, in one pass over typed tables of ``tables.FOLLOWS``.

    Args:
        accounts: (A,) ids, distinct; an account's place is its code.
    """
    places = pl.DataFrame({"followee": accounts, "account": np.arange(len(accounts), dtype=np.int32)})
    categories = pl.Categories.random()
    held = pl.Series([], dtype=pl.Categorical(categories))  # polars drops a mapping that nobody holds
    parts: list[pl.DataFrame] = []
    own = others = users = 0
    for batch in batches:
        edges = batch.join(places, on="followee", maintain_order="left")
        follows = edges.filter(speaks_for_closeness(edges))
        others += edges.height - follows.height
        heard = follows.filter(pl.col("follower") != pl.col("followee"))
        own += follows.height - heard.height
        held = heard["follower"].cast(pl.Categorical(categories))
        codes = held.to_physical()
        users = max(users, 1 + int(codes.max() or 0)) if len(codes) else users  # type: ignore[arg-type]  # of u32
        parts.append(pl.DataFrame({"follower": codes.cast(pl.Int32), "account": heard["account"]}))
    edges = pl.concat([pl.DataFrame(schema=GATHERED), *parts])
    found = audience_of(
        edges["follower"].to_numpy(), edges["account"].to_numpy(), users=users, accounts=len(accounts)
    )
    return Gathered(found, own, others)
