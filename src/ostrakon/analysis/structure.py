"""What removals did to the network among flagged accounts, beside what as many random removals would have done.

Figures of the whole network and nothing else: nobody in it is ranked, named or scored, and nothing here can say whom to
remove. Networks recover and may tighten (Duijn, Kashirin and Sloot, Scientific Reports 4 (2014)), so a sparser network
is no success by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.figures import Figure, Measured, exact, refused, warned
from ostrakon.analysis.log import Codes, Counts, Floats
from ostrakon.analysis.reach.intervals import Activity, activity
from ostrakon.analysis.tables import speaks_for_closeness

Bools = NDArray[np.bool_]
REMOVALS = 1_000
LEAST_ACCOUNTS = 20
LEAST_REMOVED = 5
CLASSES = 10
"""Of accounts with about as many follows, for removals that take as many of each."""
MEASURES: Mapping[str, tuple[str, str]] = {
    "density": ("share of possible follows", "follows, of all that could be among them"),
    "reciprocity": ("share of follows", "follows that are returned"),
    "giant_component": ("share of accounts", "the largest part that hangs together, follows taken both ways"),
    "core": (
        "follows",
        "the largest k with a part in which everybody has k follows with others of it (k-core)",
    ),
}


@dataclass(frozen=True)
class Network:
    """Accounts as numbers, and pairs of them that follow each other one way or both."""

    accounts: int
    one: Codes
    """(E,) of each pair, the smaller number."""
    two: Codes
    is_mutual: Bools
    start: Counts
    """(accounts + 1,) where the neighbours of each begin."""
    neighbour: Codes
    """(2 E,)"""

    @property
    def degree(self) -> Counts:
        """(accounts,) neighbours."""
        return np.diff(self.start)


def network_of(follower: Codes, followee: Codes, accounts: int) -> Network:
    """From edges in any order; the same edge twice is one, and nobody follows himself.

    >>> found = network_of(np.int32([0, 1, 1, 2]), np.int32([1, 0, 2, 2]), 3)
    >>> found.one.tolist(), found.two.tolist(), found.is_mutual.tolist()
    ([0, 1], [1, 2], [True, False])
    """
    apart = follower != followee
    a, b = follower[apart].astype(np.int64), followee[apart].astype(np.int64)
    code = np.unique(np.minimum(a, b) * (2 * accounts) + np.maximum(a, b) * 2 + (a > b))
    pair, ways = np.unique(code // 2, return_counts=True)
    one, two = pair // accounts, pair % accounts
    ends = np.concatenate([one, two])
    order = np.argsort(ends, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=accounts))])
    neighbour = np.concatenate([two, one])[order]
    return Network(
        accounts, one.astype(np.int32), two.astype(np.int32), ways == 2, start.astype(np.int64),
        neighbour.astype(np.int32),
    )  # fmt: skip


def measures(network: Network, is_there: Bools) -> dict[str, float]:
    """Of the network among those who are there, by the names of ``MEASURES``; at least two of them."""
    count = int(is_there.sum())
    pairs, mutual = _pairs(network.one, network.two, network.is_mutual, is_there)
    follows = pairs + mutual
    giant, core = (
        _giant(network.start, network.neighbour, is_there),
        _core(network.start, network.neighbour, is_there),
    )
    return {
        "density": follows / (count * (count - 1)),
        "reciprocity": 2 * mutual / follows if follows else 0.0,
        "giant_component": giant / count,
        "core": float(core),
    }


def structure(
    flagged: pl.DataFrame, follows: Iterable[pl.DataFrame], *,
    before: datetime | None = None, after: datetime | None = None, removals: int = REMOVALS, seed: int = 0,
) -> Measured:  # fmt: skip
    """The network of those active before, without those who are gone after: what is left of it.

    Args:
        flagged: typed table of ``tables.FLAGGED``, at least one row. follows: of ``tables.FOLLOWS``, read once.
        before: a moment; None = just before the first removal. after: None = the latest time of the table.
        removals: random ones, of as many accounts. seed: of those.
    """
    times = activity(flagged)
    moments = _moments(times, before, after)
    network, edges = _among(times.accounts, follows)
    was, still = (times.active_at(moment) for moment in moments)
    left = was & still
    problem = _problem(was, left, edges)
    if problem is not None:
        return Measured(
            tuple(refused(name, unit, told, problem) for name, (unit, told) in MEASURES.items()), {}
        )
    inside = _inside(network, was)
    found = _compared(inside, left[was], removals, seed)
    parts = {"before": was, "without the removed": left, "after, with the new": still}
    tables = {
        "structure": found,
        "moments": [_moment(name, network, there) for name, there in parts.items()],
    }
    doubts = _doubts(inside, moments)
    return Measured(
        tuple(_figure(row, doubts) for row in found), tables, {"removals": removals}, (_NOTE,)
    )  # fmt: skip


_NOTE = "These are figures of a whole network. They say nothing about anybody in it, and nobody can be chosen by them."


def _moments(times: Activity, before: datetime | None, after: datetime | None) -> tuple[int, int]:
    first = times.first_removal
    latest = times.latest
    default = latest if first is None else first - 1
    return _us(before, default), _us(after, latest)


def _us(moment: datetime | None, default: int) -> int:
    return default if moment is None else int(moment.timestamp() * 1_000_000)


def _among(accounts: pl.Series, batches: Iterable[pl.DataFrame]) -> tuple[Network, int]:
    """Follows between flagged accounts, in one pass; all others are forgotten."""
    number = pl.DataFrame({"name": accounts, "at": np.arange(len(accounts), dtype=np.int32)})
    parts = [pl.DataFrame(schema={"from": pl.Int32, "to": pl.Int32})]
    for batch in batches:
        close = batch.filter(speaks_for_closeness(batch))
        known = close.join(number.rename({"name": "follower", "at": "from"}), on="follower")
        parts.append(
            known.join(number.rename({"name": "followee", "at": "to"}), on="followee").select("from", "to")
        )
    edges = pl.concat(parts)
    found = network_of(edges["from"].to_numpy(), edges["to"].to_numpy(), len(accounts))
    return found, len(found.one)


def _inside(network: Network, kept: Bools) -> Network:
    """Of some accounts, numbered anew."""
    place = np.cumsum(kept) - 1
    rows = kept[network.one] & kept[network.two]
    one, two, mutual = place[network.one[rows]], place[network.two[rows]], network.is_mutual[rows]
    ends = np.concatenate([one, two[mutual]]), np.concatenate([two, one[mutual]])
    return network_of(ends[0].astype(np.int32), ends[1].astype(np.int32), int(kept.sum()))


def _problem(was: Bools, left: Bools, edges: int) -> str | None:
    count, gone = int(was.sum()), int(was.sum() - left.sum())
    if not edges:
        return "no flagged account follows another in the file: nothing says how they hang together"
    if count < LEAST_ACCOUNTS:
        return f"{count} accounts were active before, and {LEAST_ACCOUNTS} are needed"
    if gone < LEAST_REMOVED:
        return f"{gone} of those active before are gone after, and {LEAST_REMOVED} are needed"
    if left.sum() < LEAST_REMOVED:
        return f"{int(left.sum())} of those active before are left: no network"
    return None


# -- random removals -------------------------------------------------------------------------------


def _compared(inside: Network, left: Bools, removals: int, seed: int) -> list[dict[str, Any]]:
    """A row a measure: what is left, and what as many random removals leave, of all alike and of like accounts."""
    rng = np.random.default_rng([seed, 7])
    whole, seen = measures(inside, np.ones(inside.accounts, np.bool_)), measures(inside, left)
    everybody = np.zeros(inside.accounts, np.int64)
    any_ = _left_at_random(inside, left, everybody, removals, rng)
    alike = _left_at_random(inside, left, _classes(inside.degree), removals, rng)
    return [
        {"measure": name, "before": whole[name], "after": seen[name], **_band("random", any_[name], seen[name]),
         **_band("alike", alike[name], seen[name])}
        for name in MEASURES
    ]  # fmt: skip


def _classes(degree: Counts) -> Counts:
    """(n,) tenths of the accounts by how many neighbours they have; equal numbers stay together."""
    edges = np.quantile(degree, np.linspace(0, 1, CLASSES + 1)[1:-1])
    return np.searchsorted(edges, degree, "left").astype(np.int64)


def _left_at_random(
    inside: Network, left: Bools, of: Counts, removals: int, rng: np.random.Generator
) -> dict[str, Floats]:
    """As many removed of each class as really were."""
    groups = [np.flatnonzero(of == number) for number in np.unique(of)]
    gone = [int((~left[rows]).sum()) for rows in groups]
    found: dict[str, list[float]] = {name: [] for name in MEASURES}
    for _ in range(removals):
        there = np.ones(inside.accounts, np.bool_)
        for rows, count in zip(groups, gone, strict=True):
            there[rng.permutation(rows)[:count]] = False
        for name, value in measures(inside, there).items():
            found[name].append(value)
    return {name: np.array(values) for name, values in found.items()}


def _band(name: str, values: Floats, seen: float) -> dict[str, float]:
    """Middle 95 %, and a two-sided p by rank; the removal that happened counts as one of them."""
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975]).tolist()
    below, above = float((values <= seen + 1e-12).sum() + 1), float((values >= seen - 1e-12).sum() + 1)
    p = min(1.0, 2 * min(below, above) / (len(values) + 1))
    return {f"{name}_low": low, f"{name}_median": middle, f"{name}_high": high, f"{name}_p": p}


# -- what is told ----------------------------------------------------------------------------------


def _figure(row: Mapping[str, Any], doubts: Sequence[str]) -> Figure:
    name = row["measure"]
    unit, told = MEASURES[name]
    found = exact(
        name, row["after"], unit,
        f"{told}; {row['before']:.3g} before, and as many random removals leave {row['random_low']:.3g} to "
        f"{row['random_high']:.3g} (p = {row['random_p']:.2g})",
    )  # fmt: skip
    for doubt in doubts:
        found = warned(found, doubt)
    return found


def _moment(name: str, network: Network, there: Bools) -> dict[str, Any]:
    count = int(there.sum())
    cells: Mapping[str, float | None] = measures(network, there) if count > 1 else dict.fromkeys(MEASURES)
    return {"moment": name, "accounts": count, **cells}


def _doubts(inside: Network, moments: tuple[int, int]) -> list[str]:
    told = []
    silent = int((inside.degree == 0).sum())
    if 2 * silent > inside.accounts:
        told.append(
            f"{silent:,} of {inside.accounts:,} accounts follow none of the others in the file: if their follows were "
            "not listed, the network is denser than this"
        )
    if moments[1] <= moments[0]:
        told.append("the moment after does not come after the moment before")
    return told


# -- compiled --------------------------------------------------------------------------------------


@compiled
def _pairs(
    one: NDArray[np.int32], two: NDArray[np.int32], is_mutual: NDArray[np.bool_], is_there: NDArray[np.bool_]
) -> tuple[int, int]:
    pairs, mutual = 0, 0
    for edge in range(len(one)):
        if is_there[one[edge]] and is_there[two[edge]]:
            pairs += 1
            mutual += is_mutual[edge]
    return pairs, mutual


@compiled
def _giant(start: NDArray[np.int64], neighbour: NDArray[np.int32], is_there: NDArray[np.bool_]) -> int:
    """Size of the largest part: each part is walked once."""
    seen = ~is_there
    queue = np.empty(len(is_there), np.int64)
    largest = 0
    for first in range(len(is_there)):
        if seen[first]:
            continue
        seen[first] = True
        queue[0], head, tail = first, 0, 1
        while head < tail:
            account = queue[head]
            head += 1
            for edge in range(start[account], start[account + 1]):
                other = neighbour[edge]
                if not seen[other]:
                    seen[other] = True
                    queue[tail] = other
                    tail += 1
        largest = max(largest, tail)
    return largest


@compiled
def _core(start: NDArray[np.int64], neighbour: NDArray[np.int32], is_there: NDArray[np.bool_]) -> int:
    """The largest k-core: accounts of the least degree are taken away one after the other (Batagelj and Zaversnik,
    An O(m) algorithm for cores decomposition of networks, 2003)."""
    count = len(is_there)
    degree = np.zeros(count, np.int64)
    for account in range(count):
        if is_there[account]:
            for edge in range(start[account], start[account + 1]):
                degree[account] += is_there[neighbour[edge]]
    most = degree.max() if count else 0
    first = np.zeros(most + 2, np.int64)
    for account in range(count):
        if is_there[account]:
            first[degree[account] + 1] += 1
    for number in range(most + 1):
        first[number + 1] += first[number]
    place, order = np.zeros(count, np.int64), np.zeros(count, np.int64)
    filled = first.copy()
    for account in range(count):
        if is_there[account]:
            place[account] = filled[degree[account]]
            order[place[account]] = account
            filled[degree[account]] += 1
    core, total = 0, first[most + 1]
    for step in range(total):
        account = order[step]
        core = max(core, degree[account])
        for edge in range(start[account], start[account + 1]):
            other = neighbour[edge]
            if is_there[other] and degree[other] > degree[account]:
                swap = order[first[degree[other]]]
                if swap != other:
                    order[place[other]], order[first[degree[other]]] = swap, other
                    place[swap], place[other] = place[other], first[degree[other]]
                first[degree[other]] += 1
                degree[other] -= 1
    return core
