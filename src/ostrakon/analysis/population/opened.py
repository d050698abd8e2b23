"""How many there are at each time, where accounts come and go: occasions in, Jolly and Seber's sizes out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.figures import Figure, Measured, estimate, exact, refused
from ostrakon.analysis.log import Counts, Floats
from ostrakon.analysis.population.few_lists import LEAST_OVERLAP
from ostrakon.analysis.population.jolly_seber import OpenPopulation, Seen, jolly_seber, seen
from ostrakon.analysis.population.linked import Links, links_of, people
from ostrakon.analysis.population.listing import DAY_US, REJECTED, Listing, listing
from ostrakon.analysis.population.models import Z95

IMPUTATIONS = 20
LEAST_OCCASIONS = 3
SETTLED = 0.9
"""Of the usual share of accounts that are seen again. Near the end only the easily seen are seen again, and they stand
for all: where accounts differ a size there is too low (Carothers, Biometrics 29 (1973) 79-100)."""
LEAST_USUAL = 10
"""Of fewer occasions nobody knows what is usual."""
METHOD = "Jolly-Seber, closed form (survival at most 1, else refitted), log-normal interval"


@dataclass(frozen=True)
class Sightings:
    """Who was seen on which occasion."""

    account: Counts
    occasion: Counts
    names: tuple[str, ...]
    """Of the occasions, in order of time."""
    weight: Floats | None = None
    """(accounts,) how many accounts each number stands for; None = one each."""


def open_population_of_lists(
    rows: pl.DataFrame, links: pl.DataFrame | None = None, *, seed: int = 0
) -> Measured:
    """From lists: the days of ``seen_at`` are the occasions, on whichever list; rejected accounts are left out.

    Args:
        rows: typed table of ``tables.LISTS``; links: of ``tables.PERSON_LINKS``, accounts that may be one person.
    """
    data = listing(rows)
    count = exact("observed", len(data.accounts), "accounts", "distinct accounts on any list")
    timed = _timed(rows)
    if timed.is_empty():
        why = "no row says when an account was seen: add seen_at, or name the occasions as columns"
        return Measured((refused("population", "accounts", METHOD, why), count), {})
    if _only_first_sightings(timed):
        why = (
            "every account stands on a list at one time only, so it could not be seen again: give a row for each time "
            "that a list was looked at, not for the first alone"
        )
        return Measured((refused("population", "accounts", METHOD, why), count), {"by_occasion": []})
    sightings = _sightings(timed, data)
    notes = _left_out(rows.height - timed.height, int((data.verdict == REJECTED).sum()))
    draws, unit = [sightings], "accounts"
    if links is not None:
        found = links_of(data, links)
        rng = np.random.default_rng([seed, 1])
        draws, unit = [_as_people(sightings, data, found, rng) for _ in range(IMPUTATIONS)], "people"
    return _measured(draws, count, unit, notes)


def open_population_of_patterns(occasions: Sequence[str], on: NDArray[np.bool_], weight: Floats) -> Measured:
    """From capture histories: (rows, occasions) who was caught when, and how many accounts each row stands for."""
    account, occasion = np.nonzero(on)
    sightings = Sightings(account.astype(np.int64), occasion.astype(np.int64), tuple(occasions), weight)
    count = exact("observed", float(weight.sum()), "accounts", "accounts counted in the histories")
    return _measured([sightings], count, "accounts", ())


def _timed(rows: pl.DataFrame) -> pl.DataFrame:
    if "seen_at" not in rows.columns:
        return rows.clear()
    return rows.filter(pl.col("seen_at").is_not_null()).with_columns(
        (pl.col("seen_at").dt.epoch("us") // DAY_US).alias("day")
    )


def _only_first_sightings(timed: pl.DataFrame) -> bool:
    """Lists that were made over some days, and no account on two days of the same list."""
    seen = timed.select("list", "account", "day").unique()
    longest = seen.group_by("list").agg(pl.col("day").n_unique()).filter(pl.col("day") >= LEAST_OCCASIONS)
    return longest.height > 0 and seen.height == seen.n_unique(["list", "account"])


def _sightings(timed: pl.DataFrame, data: Listing) -> Sightings:
    days = timed["day"].unique().sort()
    account = data.accounts.search_sorted(timed["account"]).to_numpy().astype(np.int64)
    kept = data.verdict[account] != REJECTED
    names = pl.Series(days.cast(pl.Int32).cast(pl.Date)).dt.to_string("%Y-%m-%d")
    occasion = days.search_sorted(timed["day"]).to_numpy().astype(np.int64)
    return Sightings(account[kept], occasion[kept], tuple(names.to_list()))


def _as_people(sightings: Sightings, data: Listing, links: Links, rng: np.random.Generator) -> Sightings:
    _, person = people(data, links, rng)
    return Sightings(person[sightings.account], sightings.occasion, sightings.names)


def _left_out(untimed: int, rejected: int) -> tuple[str, ...]:
    told = []
    if untimed:
        told.append(f"{untimed:,} rows without seen_at: not used.")
    if rejected:
        told.append(
            f"{rejected:,} accounts that a review rejected: left out. Those not reviewed are counted as they stand."
        )
    return tuple(told)


# -- the estimate ----------------------------------------------------------------------------------


def _measured(draws: list[Sightings], count: Figure, unit: str, notes: tuple[str, ...]) -> Measured:
    names = draws[0].names
    parameters = {"imputations": len(draws), "level": 0.95}
    if len(names) < LEAST_OCCASIONS:
        why = f"{len(names)} occasions in time; {LEAST_OCCASIONS} are needed to tell who left from who was missed"
        return Measured(
            (refused("population", unit, METHOD, why), count), {"by_occasion": []}, parameters, notes
        )
    data = [seen(one.account, one.occasion, len(names), one.weight) for one in draws]
    found = [jolly_seber(one) for one in data]
    combined = _combined(found)
    rows = _rows(names, combined)
    return Measured(
        (_figure(names, data[0], combined, unit), count), {"by_occasion": rows}, parameters, notes
    )


def _combined(found: list[OpenPopulation]) -> OpenPopulation:
    """Rubin's rules on the logarithm of the size; the other columns are averaged."""
    if len(found) == 1:
        return found[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log([one.size for one in found])
        within = np.mean([(np.log(one.high / one.low) / (2 * Z95)) ** 2 for one in found], axis=0)
        spread = Z95 * np.sqrt(within + (1 + 1 / len(found)) * logs.var(axis=0, ddof=1))
        size = np.exp(logs.mean(axis=0))
        low, high = size * np.exp(-spread), size * np.exp(spread)
    survival, capture, arrivals = (
        np.mean([getattr(one, name) for one in found], axis=0) for name in ("survival", "capture", "arrivals")
    )
    return OpenPopulation(size, low, high, survival, capture, arrivals, any(one.capped for one in found))


def _figure(names: Sequence[str], data: Seen, found: OpenPopulation, unit: str) -> Figure:
    """The last occasion with enough accounts seen both before and after, and as many seen again as usual."""
    enough = (data.again >= LEAST_OVERLAP) & (data.later >= LEAST_OVERLAP) & np.isfinite(found.size)
    if not enough.any():
        why = (
            f"on no occasion were {LEAST_OVERLAP} accounts known from before and as many seen again: take longer "
            "occasions, or more sightings"
        )
        return refused("population", unit, METHOD, why)
    last = int(np.flatnonzero(enough & _is_settled(data, enough))[-1])
    told = (
        ["a survival came out above 1 and was set to 1: sightings are too few, or accounts differ"]
        if found.capped
        else []
    )
    return estimate(
        "population", found.size[last], min(found.low[last], found.size[last]),
        max(found.high[last], found.size[last]), unit, f"{METHOD}; at {names[last]}", warnings=told, unchecked=True,
    )  # fmt: skip


def _is_settled(data: Seen, enough: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(t,) whether about as many as on other occasions are seen again; one of ``enough`` always is."""
    share = data.later / np.maximum(data.caught, 1.0)
    usual = float(np.median(share[enough])) if enough.sum() >= LEAST_USUAL else 0.0
    found: NDArray[np.bool_] = share >= SETTLED * usual
    return found


def _rows(names: Sequence[str], found: OpenPopulation) -> list[dict[str, Any]]:
    columns = {
        "value": found.size, "low": found.low, "high": found.high, "survival": found.survival,
        "capture": found.capture, "arrivals": found.arrivals,
    }  # fmt: skip
    return [
        {"occasion": name, **{key: _known(values[at]) for key, values in columns.items()}}
        for at, name in enumerate(names)
    ]


def _known(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None
