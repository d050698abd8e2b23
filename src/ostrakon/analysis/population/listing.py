"""Accounts on lists, coded: who stands on which list since when, and what a review of them found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Counts, Floats
from ostrakon.analysis.population.histories import Histories, from_codes

DAY_US = 86_400_000_000
UPHELD, REJECTED, UNREVIEWED = 1, 0, -1


@dataclass(frozen=True)
class Listing:
    """One row an account, one column a list."""

    lists: tuple[str, ...]
    accounts: pl.Series
    """(n,) ids in text order."""
    on: NDArray[np.bool_]
    """(n, k) whether the account was ever seen on the list; each account is on one at least."""
    first: Floats
    """(n, k) day of the first sighting, NaN where there is none or its time is unknown."""
    verdict: NDArray[np.int8]
    """(n,) UPHELD, REJECTED or UNREVIEWED; reviews that contradict each other count as none."""
    repeats: int = 0
    """Rows that say again, with the same time, that an account stands on a list."""
    contradicted: int = 0
    """Accounts whose reviews contradict each other."""


def listing(rows: pl.DataFrame) -> Listing:
    """From a typed table of ``tables.LISTS``: list, account, [seen_at, verdict]."""
    for name, dtype in (("seen_at", pl.Datetime("us", "UTC")), ("verdict", pl.String)):
        if name not in rows.columns:
            rows = rows.with_columns(pl.lit(None, dtype=dtype).alias(name))
    kept = rows.unique(["list", "account", "seen_at"]).height
    day = pl.col("seen_at").dt.epoch("us") / DAY_US
    pairs = rows.group_by("list", "account").agg(day.min().alias("day"))
    names, accounts = (pairs[key].unique().sort() for key in ("list", "account"))
    which, who = (_codes(pairs[key], known) for key, known in (("list", names), ("account", accounts)))
    on = np.zeros((len(accounts), len(names)), np.bool_)
    first = np.full(on.shape, np.nan)
    on[who, which] = True
    first[who, which] = pairs["day"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    verdict, contradicted = _verdicts(rows, accounts)
    return Listing(tuple(names.to_list()), accounts, on, first, verdict, rows.height - kept, contradicted)


def _codes(values: pl.Series, known: pl.Series) -> Counts:
    found: Counts = known.search_sorted(values).to_numpy().astype(np.int64)
    return found


def _verdicts(rows: pl.DataFrame, accounts: pl.Series) -> tuple[NDArray[np.int8], int]:
    reviewed = rows.filter(pl.col("verdict").is_not_null()).group_by("account").agg(
        (pl.col("verdict") == "upheld").any().alias("upheld"),
        (pl.col("verdict") == "rejected").any().alias("rejected"),
    )  # fmt: skip
    agreed = reviewed.filter(pl.col("upheld") != pl.col("rejected"))
    verdict = np.full(len(accounts), UNREVIEWED, np.int8)
    verdict[_codes(agreed["account"], accounts)] = agreed["upheld"].cast(pl.Int8).to_numpy()
    return verdict, reviewed.height - agreed.height


def lists_together(data: Listing, groups: Iterable[Sequence[int]]) -> Listing:
    """The lists of each group as one list, seen when the first of them saw it."""
    parts = [sorted(group) for group in groups]
    return replace(
        data,
        lists=tuple("+".join(data.lists[number] for number in part) for part in parts),
        on=np.column_stack([data.on[:, part].any(axis=1) for part in parts]),
        first=np.column_stack([_earliest(data.first[:, part]) for part in parts]),
    )


def accounts_together(data: Listing, person: Counts) -> Listing:
    """Accounts of one person as one.

    Args:
        person: (n,) the number of each account's person, from 0, none left out.
    """
    people = int(person.max()) + 1
    on = np.zeros((people, len(data.lists)), np.bool_)
    np.logical_or.at(on, person, data.on)
    first = np.full(on.shape, np.inf)
    np.minimum.at(first, person, np.nan_to_num(data.first, nan=np.inf))
    verdict = np.full(people, UNREVIEWED, np.int8)
    np.maximum.at(verdict, person, data.verdict)
    shown = np.unique(person, return_index=True)[1]
    return replace(
        data,
        accounts=data.accounts.gather(shown),
        on=on,
        first=np.where(np.isinf(first), np.nan, first),
        verdict=verdict,
    )


def table_of(data: Listing) -> Histories:
    """All accounts, counted by their set of lists."""
    return from_codes(data.lists, codes(data))


def codes(data: Listing) -> Counts:
    """(n,) the set of lists of each account as a number: bit j = on list j."""
    found: Counts = data.on.astype(np.int64) @ (1 << np.arange(len(data.lists)))
    return found


def _earliest(times: Floats) -> Floats:
    earliest = np.nan_to_num(times, nan=np.inf).min(axis=1)
    found: Floats = np.where(np.isinf(earliest), np.nan, earliest)
    return found
