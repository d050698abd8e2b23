"""Accounts that are one person with some probability: drawn several times, so that the doubt goes into the interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ostrakon.analysis.log import Counts, Floats
from ostrakon.analysis.population.listing import Listing, accounts_together


@dataclass(frozen=True)
class Links:
    """Pairs of listed accounts that may be one person."""

    first: Counts
    second: Counts
    probability: Floats
    unknown: int
    """Links of which an end stands on no list: without effect here."""


def links_of(data: Listing, rows: pl.DataFrame) -> Links:
    """From a typed table of ``tables.PERSON_LINKS``; of a pair that is named twice the larger probability counts."""
    number = pl.DataFrame({"account": data.accounts, "at": np.arange(len(data.accounts))})
    ends = rows.select("account", "suspended_account", "probability").filter(
        pl.col("account") != pl.col("suspended_account"), pl.col("probability").is_not_null()
    )
    known = ends.join(number, on="account").join(
        number.rename({"account": "suspended_account", "at": "other"}), on="suspended_account"
    )
    pair = known.select(
        pl.min_horizontal("at", "other").alias("first"), pl.max_horizontal("at", "other").alias("second"),
        "probability",
    ).group_by("first", "second").agg(pl.col("probability").max()).sort("first", "second")  # fmt: skip
    return Links(
        pair["first"].to_numpy(), pair["second"].to_numpy(), pair["probability"].to_numpy(),
        ends.height - known.height,
    )  # fmt: skip


def people(data: Listing, links: Links, rng: np.random.Generator) -> tuple[Listing, Counts]:
    """One draw: every link holds with its probability, and accounts that hang together are one.

    Returns:
        The listing of people, and (n,) the number of each account's person.
    """
    holds = rng.random(len(links.probability)) < links.probability
    count = len(data.accounts)
    graph = coo_matrix((np.ones(holds.sum()), (links.first[holds], links.second[holds])), (count, count))
    _, person = connected_components(graph, directed=False)
    return accounts_together(data, person.astype(np.int64)), person.astype(np.int64)
