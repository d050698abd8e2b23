"""Exact reach on every day of a year: one counter for each follower against DuckDB, bitmaps and sets.

All answer the same question on the same edges; those that would take too long answer some of the days, and are scaled.
DuckDB, pyroaring and networkx are used where they are installed in the environment that runs this.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import polars as pl
from _results import circumstances, load, table, write_section
from numpy.typing import NDArray

from ostrakon.analysis.reach import Activity, audience_of, daily
from ostrakon.analysis.reach.intervals import DAY_US, NEVER, DayRuns, day_runs

Codes = NDArray[np.int32]
HEAD = ["method", "days answered", "seconds", "seconds for all days", "ratio", "same answers"]
DAYS = 365
CHECKED = 5
"""Days of the large world that DuckDB is asked about as well."""


@dataclass(frozen=True)
class World:
    """Edges to flagged accounts, and when each was active."""

    follower: Codes
    account: Codes
    users: int
    runs: DayRuns
    accounts: int


def drawn(edges: int, accounts: int, seed: int) -> World:
    """Followers by popularity (a heavy tail on both sides); two thirds of the accounts go within the year."""
    rng = np.random.default_rng(seed)
    users = max(1000, edges // 5)
    share = rng.pareto(1.5, accounts) + 0.2
    account = np.repeat(np.arange(accounts, dtype=np.int32), rng.multinomial(edges, share / share.sum()))
    follower = (users * rng.random(edges, dtype=np.float32) ** 2).astype(np.int32)
    since = rng.integers(0, DAYS, accounts)
    until = since + rng.integers(1, 300, accounts)
    stays = (rng.random(accounts) < 1 / 3) | (until >= DAYS)
    names = pl.Series(np.arange(accounts)).cast(pl.String)
    times = Activity(
        names, np.arange(accounts, dtype=np.int32), since * DAY_US, np.where(stays, NEVER, until * DAY_US)
    )
    return World(np.minimum(follower, users - 1), account, users, day_runs(times), accounts)


def active_on(world: World, day: int) -> Codes:
    return world.runs.account[(world.runs.first <= day) & (day < world.runs.past)]


def ours(world: World, days: Sequence[int]) -> list[int]:
    made = audience_of(world.follower, world.account, users=world.users, accounts=world.accounts)
    found = daily(made, world.runs, max(DAYS, int(world.runs.past.max())))
    return [int(found.reach[day - found.first]) if day >= found.first else 0 for day in days]


def duckdb_sql(world: World, days: Sequence[int]) -> list[int]:
    import duckdb

    base = duckdb.connect()
    base.execute("set threads to 2")
    follows = pl.DataFrame({"follower": world.follower, "account": world.account})
    active = pl.DataFrame({"account": world.runs.account, "first": world.runs.first, "past": world.runs.past})
    base.register("follows", follows.to_arrow())
    base.register("active", active.to_arrow())
    question = "select count(distinct follower) from follows join active using (account) where first <= ? and ? < past"
    return [int(base.execute(question, [day, day]).fetchone()[0]) for day in days]  # type: ignore[index]


def bitmaps(world: World, days: Sequence[int]) -> list[int]:
    from pyroaring import BitMap

    made = audience_of(world.follower, world.account, users=world.users, accounts=world.accounts)
    kept = [BitMap(made.follower[a:b]) for a, b in zip(made.start[:-1], made.start[1:], strict=True)]
    return [len(BitMap.union(*(kept[account] for account in active_on(world, day)))) for day in days]


def network(world: World, days: Sequence[int]) -> list[int]:
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_edges_from(zip(world.follower.tolist(), (-1 - world.account).tolist(), strict=True))
    return [
        len(
            set().union(
                *(graph.predecessors(-1 - a) for a in active_on(world, day).tolist() if -1 - a in graph)
            )
        )
        for day in days
    ]


RIVALS: dict[str, tuple[str, Callable[[World, Sequence[int]], list[int]], int]] = {
    "DuckDB, count distinct by day": ("duckdb", duckdb_sql, 5),
    "pyroaring, union of bitmaps by day": ("pyroaring", bitmaps, 20),
    "networkx, union of sets by day": ("networkx", network, 3),
}
"""Package, method, and how many of the days it answers."""


def timed(
    method: Callable[[World, Sequence[int]], list[int]], world: World, days: Sequence[int]
) -> tuple[float, list[int]]:
    began = time.perf_counter()
    found = method(world, days)
    return time.perf_counter() - began, found


def compared(world: World) -> list[list[str]]:
    every = range(DAYS)
    seconds, right = timed(ours, world, every)
    rows = [
        ["ours, one counter for each follower", str(DAYS), f"{seconds:.2f}", f"{seconds:.2f}", "1.0", "-"]
    ]
    for name, (package, method, count) in RIVALS.items():
        if find_spec(package) is None:
            rows.append([f"{name}: not installed", "-", "-", "-", "-", "-"])
            continue
        days = np.linspace(5, DAYS - 1, count).astype(int).tolist()
        took, found = timed(method, world, days)
        whole = took * DAYS / count
        same = "yes" if found == [right[day] for day in days] else "NO"
        rows.append([name, str(count), f"{took:.2f}", f"{whole:.1f}", f"{whole / seconds:.1f}", same])
    return rows


def checked(options: argparse.Namespace) -> None:
    """Some days of the large world, asked of DuckDB in SQL as well; a section of its own, for nothing is timed."""
    world = drawn(options.edges, options.accounts, options.seed)
    days = np.linspace(30, DAYS - 1, CHECKED).astype(int).tolist()
    mine, found = ours(world, days), duckdb_sql(world, days)
    rows = [
        [str(day), f"{one:,}", f"{other:,}", "yes" if one == other else "NO"]
        for day, one, other in zip(days, mine, found, strict=True)
    ]
    text = (
        "## Reach: the same in SQL\n\n"
        f"`python benchmarks/reach.py --check`: {options.edges:,} edges, {options.accounts:,} accounts, "
        f"{world.users:,} followers; `select count(distinct follower) from follows join active using (account) where "
        f"first <= day and day < past`. {circumstances(['numpy', 'polars', 'numba', 'duckdb'])}\n\n"
        + table(["day", "ours", "DuckDB", "identical"], rows)
    )
    print(text)
    if not options.no_write:
        write_section("reach: the same in SQL", text)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--edges", type=int, default=100_000_000)
    parser.add_argument("--accounts", type=int, default=50_000)
    parser.add_argument("--small-edges", type=int, default=1_000_000)
    parser.add_argument("--small-accounts", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("--check", action="store_true", help="no times, only whether DuckDB says the same")
    options = parser.parse_args()
    if options.check:
        checked(options)
        return
    timed(ours, drawn(1000, 10, 0), range(DAYS))  # compiles
    rows = compared(drawn(options.small_edges, options.small_accounts, options.seed))
    print(table(HEAD, rows), flush=True)
    world = drawn(options.edges, options.accounts, options.seed)
    began = time.process_time()
    seconds, _ = timed(ours, world, range(DAYS))
    cpu, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    large = (
        f"{options.edges:,} edges, {options.accounts:,} accounts, {world.users:,} followers, {DAYS} exact days: "
        f"**{seconds:.1f} s** ({cpu:.1f} CPU s), peak memory of the whole process {peak:.2f} GiB, the drawn edges and "
        "the rivals' run included."
    )
    print(large)
    text = (
        "## Reach: exact on every day of a year\n\n"
        f"`python benchmarks/reach.py --edges {options.edges} --accounts {options.accounts}`. Rivals in the same run "
        f"on {options.small_edges:,} edges of {options.small_accounts:,} accounts; their time for all days is scaled "
        "from the days answered.\n\n"
        f"{circumstances(['numpy', 'polars', 'numba', 'duckdb', 'pyroaring', 'networkx'], load=load())}\n\n"
        f"{table(HEAD, rows)}\n\n{large}"
    )
    if not options.no_write:
        write_section("reach", text)


if __name__ == "__main__":
    main()
