"""The one door: a typed table of lists or of capture histories in, figures and tables out."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.figures import Measured, exact, refused
from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.closed import (
    METHOD,
    REPLICATES,
    population_of_histories,
    population_of_lists,
    too_many,
)
from ostrakon.analysis.population.histories import MOST_LISTS, from_codes
from ostrakon.analysis.population.opened import open_population_of_lists, open_population_of_patterns
from ostrakon.analysis.tables import HISTORY_COUNT, LISTS


def population(
    rows: pl.DataFrame,
    links: pl.DataFrame | None = None,
    *,
    comes_and_goes: bool = False,
    seed: int = 0,
    replicates: int = REPLICATES,
) -> Measured:
    """How many accounts there are behind some lists.

    Args:
        rows: typed table of ``tables.LISTS``, or of a ``tables.history_shape``; at least one row.
        links: of ``tables.PERSON_LINKS``, with lists only: accounts that may be one person.
        comes_and_goes: the days of ``seen_at``, or the columns, are occasions in time.
        seed: of the resamples and of the draws of the links. replicates: resamples, each with its own model.
    """
    if set(LISTS.required) <= set(rows.columns):
        if comes_and_goes:
            return open_population_of_lists(rows, links, seed=seed)
        return population_of_lists(rows, links, seed=seed, replicates=replicates)
    names, on, weight = _patterns(rows)
    if links is not None:
        why = "capture histories name no accounts, so links cannot be used: give the lists themselves"
        count = exact("observed", float(weight.sum()), "accounts", "accounts counted in the histories")
        return Measured((refused("population", "people", METHOD, why), count), {})
    if comes_and_goes:
        return open_population_of_patterns(names, on, weight)
    if len(names) > MOST_LISTS:
        return too_many(float(weight.sum()), len(names))
    code = on.astype(np.int64) @ (1 << np.arange(len(names)))
    return population_of_histories(from_codes(names, code, weight), seed=seed, replicates=replicates)


def _patterns(rows: pl.DataFrame) -> tuple[tuple[str, ...], NDArray[np.bool_], Floats]:
    """Names of the lists, (rows, lists) who is on which, and how many accounts each row stands for."""
    lists = rows.drop(HISTORY_COUNT, strict=False)
    counted = HISTORY_COUNT in rows.columns
    weight = rows[HISTORY_COUNT].to_numpy() if counted else np.ones(rows.height)
    return tuple(lists.columns), np.asarray(lists.to_numpy() > 0), weight.astype(np.float64)
