"""How many there are, from lists of one time: what is merged, checked and estimated, and when no number is given."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from ostrakon.analysis.figures import Figure, Measured, estimate, exact, refused
from ostrakon.analysis.log import Floats
from ostrakon.analysis.population import audit
from ostrakon.analysis.population.closure import Closure, closure
from ostrakon.analysis.population.copies import Copy, contained, copies_in_time, sources
from ostrakon.analysis.population.few_lists import LEAST_OVERLAP, Interval, chapman
from ostrakon.analysis.population.histories import MOST_LISTS, Histories, pooled
from ostrakon.analysis.population.linked import links_of, people
from ostrakon.analysis.population.listing import (
    REJECTED,
    UNREVIEWED,
    Listing,
    listing,
    lists_together,
    table_of,
)
from ostrakon.analysis.population.models import Estimate
from ostrakon.analysis.population.profiles import profile
from ostrakon.analysis.population.resampling import acceleration, bca, resampled
from ostrakon.analysis.population.stepwise import THRESHOLD, values
from ostrakon.analysis.population.support import Difference, ModelSet, differences, dropping_each, model_set

REPLICATES = 1000
IMPUTATIONS = 20
LEAVING = 0.01
"""Chance of as strong signs of leaving in a population that is closed."""
MOST_COMPARED = 40
"""Lists that are compared in pairs, for copies among them."""
LEAST_REVIEWED = 30
METHOD = (
    "log-linear model, pairs of lists chosen stepwise (SparseMSE); interval: BCa with the model chosen anew in each "
    "resample, or averaged over models by AIC, whichever reaches further"
)
MOST_INFINITE = 0.5
"""Share of resamples without an estimate from where on there is none."""


@dataclass(frozen=True)
class Problem:
    """Lists after merging, ready to be estimated."""

    lists: tuple[str, ...]
    tables: tuple[Floats, ...]
    """One table of raw counts for each draw of the links."""
    corrected: Callable[[Floats], Floats]
    """(r, raw cells) to (r, cells): what the audit leaves of the counts."""
    unit: str = "accounts"
    warnings: tuple[str, ...] = ()
    unchecked: bool = False
    """Whether an assumption could not be looked at."""
    refusal: str | None = None
    notes: tuple[str, ...] = ()
    tables_shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def expected(self) -> Histories:
        """The corrected table, averaged over the draws of the links."""
        return Histories(self.lists, self.corrected(np.stack(self.tables)).mean(axis=0))


# -- from lists ------------------------------------------------------------------------------------


def population_of_lists(
    rows: pl.DataFrame, links: pl.DataFrame | None = None, *, seed: int = 0, replicates: int = REPLICATES
) -> Measured:
    """The population behind lists of accounts.

    Args:
        rows: typed table of ``tables.LISTS``; links: of ``tables.PERSON_LINKS``, accounts that may be one person.
        seed: of the resamples and of the draws of the links. replicates: resamples, each with its own model.
    """
    data = listing(rows)
    seen = exact("observed", len(data.accounts), "accounts", "distinct accounts on any list")
    if len(data.lists) < 2:
        return _one_list(seen)
    if len(data.lists) > MOST_COMPARED:
        return too_many(len(data.accounts), len(data.lists))
    copies = copies_in_time(data)
    if len(data.lists) <= MOST_LISTS:
        copies += contained(table_of(data))
    merged = lists_together(data, sources(len(data.lists), copies))
    if len(merged.lists) > MOST_LISTS:
        return too_many(len(data.accounts), len(merged.lists))
    return _measured(_problem(data, merged, copies, links, seed), seen, seed, replicates)


def _problem(
    data: Listing, merged: Listing, copies: list[Copy], links: pl.DataFrame | None, seed: int
) -> Problem:
    draws: list[Listing] = [merged]
    about_links: tuple[str, ...] = ()
    if links is not None:
        found = links_of(merged, links)
        rng = np.random.default_rng([seed, 1])
        draws = [people(merged, found, rng)[0] for _ in range(IMPUTATIONS)]
        about_links = (
            f"links: {len(found.probability):,} join listed accounts, {found.unknown:,} name others.",
        )
    leaving = closure(merged)
    reviewed = int((merged.verdict != UNREVIEWED).sum())
    k = len(merged.lists)
    return Problem(
        lists=merged.lists,
        tables=tuple(audit.audited(draw).counts for draw in draws),
        corrected=lambda raw: audit.true_counts(k, raw),
        unit="accounts" if links is None else "people",
        warnings=tuple(_copies_told(data, copies)),
        unchecked=leaving is None or not leaving.is_excluded or reviewed < LEAST_REVIEWED,
        refusal=_left(leaving),
        notes=(*about_links, *_unchecked_told(leaving), *_reviews_told(merged, reviewed), *_rows_told(data)),
        tables_shown={"copies": _copy_rows(data, copies), "audit": _audit_rows(merged)},
    )


def _one_list(seen: Figure) -> Measured:
    why = "one list has no overlap with another: bring a second one that was made without it"
    return Measured((refused("population", "accounts", METHOD, why), seen), {})


def too_many(seen: float, lists: int) -> Measured:
    """A refusal: a table of so many lists has too many cells."""
    why = f"{lists} lists; name those of one source alike, so that at most {MOST_LISTS} are left"
    count = exact("observed", seen, "accounts", "distinct accounts on any list")
    return Measured((refused("population", "accounts", METHOD, why), count), {})


def _left(leaving: Closure | None) -> str | None:
    if leaving is None or leaving.p >= LEAVING:
        return None
    return (
        f"accounts came or went while the lists were made (p = {leaving.p:.2g}), so there is no one number of them: "
        "measure with --open, or take a shorter time"
    )


def _copies_told(data: Listing, copies: list[Copy]) -> list[str]:
    pairs = sorted({tuple(sorted((item.original, item.copy))) for item in copies})
    return [f"lists {data.lists[a]!r} and {data.lists[b]!r} copy each other: taken as one" for a, b in pairs]


def _reviews_told(data: Listing, reviewed: int) -> list[str]:
    if reviewed == 0:
        return ["No verdict: who stands on a list by mistake is counted with the others."]
    rejected = int((data.verdict == REJECTED).sum())
    if reviewed < LEAST_REVIEWED:
        return [
            f"Reviews rejected {rejected} of {reviewed} accounts: too few to know the mistakes in the lists."
        ]
    return [f"Reviews rejected {rejected:,} of {reviewed:,} accounts; as many of the others are counted out."]


def _unchecked_told(leaving: Closure | None) -> list[str]:
    if leaving is None:
        return [
            "The times do not say whether accounts came or went while the lists were made: taken as closed."
        ]
    if not leaving.is_excluded:
        return ["Too few accounts stand on two lists to rule out that many came or went meanwhile."]
    return []


def _rows_told(data: Listing) -> list[str]:
    told = []
    if data.repeats:
        told.append(f"{data.repeats:,} rows say again what another row says: counted once.")
    if data.contradicted:
        told.append(
            f"{data.contradicted:,} accounts with reviews that contradict each other: taken as not reviewed."
        )
    return told


def _copy_rows(data: Listing, copies: list[Copy]) -> list[dict[str, Any]]:
    return [
        {
            "original": data.lists[item.original], "copy": data.lists[item.copy], "shared": item.shared,
            "copied_share": item.copied_share, "seen_by": "order of times" if item.by_time else "overlap",
        }
        for item in copies
    ]  # fmt: skip


def _audit_rows(data: Listing) -> list[dict[str, Any]]:
    on_one = data.on.sum(axis=1) == 1
    kinds = [(f"only {name}", on_one & data.on[:, number]) for number, name in enumerate(data.lists)]
    return [
        {
            "entry": name, "accounts": int(rows.sum()),
            "reviewed": int((data.verdict[rows] != UNREVIEWED).sum()),
            "rejected": int((data.verdict[rows] == REJECTED).sum()),
        }
        for name, rows in [*kinds, ("several lists", ~on_one)]
    ]  # fmt: skip


# -- from capture histories ------------------------------------------------------------------------


def population_of_histories(table: Histories, *, seed: int = 0, replicates: int = REPLICATES) -> Measured:
    """The population behind a table of capture histories. Without times and reviews little of it can be checked."""
    seen = exact("observed", table.observed, "accounts", "accounts counted in the histories")
    if len(table.lists) < 2:
        return _one_list(seen)
    copies = contained(table)
    merged = pooled(table, sources(len(table.lists), copies))
    told = [
        f"list {table.lists[item.copy]!r} is part of {table.lists[item.original]!r}: taken as one"
        for item in copies
    ]
    problem = Problem(
        merged.lists, (merged.counts,), lambda raw: raw, warnings=tuple(told), unchecked=True,
        notes=(
            "Capture histories say neither who was reviewed nor when: mistakes in the lists and accounts that came or "
            "went could not be looked for.",
        ),
    )  # fmt: skip
    return _measured(problem, seen, seed, replicates)


# -- the estimate ----------------------------------------------------------------------------------


def _measured(problem: Problem, seen: Figure, seed: int, replicates: int) -> Measured:
    table = problem.expected
    shown = {"overlaps": _overlap_rows(table), **problem.tables_shown}
    why = problem.refusal or _missing(table)
    parameters = {
        "threshold": THRESHOLD, "replicates": replicates,
        "imputations": len(problem.tables), "level": 0.95,
    }  # fmt: skip
    if len(table.lists) > 2:
        figure, more = _of_many(problem, table, why, seed, replicates)
    else:
        figure, more = _of_two(problem, table, why, seed, replicates)
    return Measured((figure, seen), {**more, **shown}, parameters, problem.notes)


def _missing(table: Histories) -> str | None:
    """What the lists lack for any number."""
    if len(table.lists) < 2:
        return "all lists copy each other: nothing independent is left to compare; bring a list of another source"
    shared = float(table.by_captures()[1:].sum())
    if shared == 0:
        return "no account stands on two lists: lists without overlap say nothing about how many are on none"
    if shared < LEAST_OVERLAP:
        return (
            f"only {shared:.3g} accounts stand on two lists or more, {LEAST_OVERLAP} are needed; there are at least "
            f"{math.ceil(table.observed - 1e-9):,}"
        )
    return None


def _of_two(
    problem: Problem, table: Histories, why: str | None, seed: int, replicates: int
) -> tuple[Figure, dict[str, Any]]:
    method = "Chapman (two lists), log-normal interval and BCa of the resamples"
    if why is not None:
        return refused("population", problem.unit, method, why), {"models": [], "drop_one_list": []}
    overlap = table.overlaps()
    found = chapman(overlap[0, 0], overlap[1, 1], overlap[0, 1])
    low, high = _resampled_interval(problem, _chapman_values, found.value, seed, replicates)
    told = "two lists cannot show whether they depend on each other"
    figure = estimate(
        "population", found.value, min(found.low, low), max(found.high, high), problem.unit, method,
        warnings=(*problem.warnings, told), unchecked=True,
    )  # fmt: skip
    row = {"method": "Chapman", "terms": " ".join(table.lists), "value": found.value, "low": found.low,
           "high": found.high, "aic": None}  # fmt: skip
    return figure, {"models": [row], "drop_one_list": []}


def _chapman_values(tables: Floats) -> Floats:
    first, second, both = tables[:, 0] + tables[:, 2], tables[:, 1] + tables[:, 2], tables[:, 2]
    found: Floats = (first + 1) * (second + 1) / (both + 1) - 1
    return found


def _of_many(
    problem: Problem, table: Histories, why: str | None, seed: int, replicates: int
) -> tuple[Figure, dict[str, Any]]:
    models = model_set(table)
    if models is None:
        why = why or "the overlaps of the lists do not fix a number: one list meets none of the others"
    shown = {
        "models": [] if models is None else _model_rows(models),
        "drop_one_list": _drop_rows(table, models),
    }
    if why is not None or models is None:
        return refused("population", problem.unit, METHOD, str(why)), shown
    k = len(table.lists)
    low, high = _resampled_interval(
        problem, lambda rows: values(k, rows), models.chosen.value, seed, replicates
    )
    if math.isnan(high):
        why = "in most resamples of the lists no model has a finite estimate: the overlaps are too small"
        return refused("population", problem.unit, METHOD, why), shown
    shown["models"].append(_resampled_row(models.chosen, low, high))
    averaged, difference = models.averaged(), differences(table)
    figure = estimate(
        "population", models.chosen.value, min(low, averaged[0]), max(high, averaged[1]),
        problem.unit, METHOD, warnings=(*problem.warnings, *_difference_told(difference)),
        unchecked=problem.unchecked or not difference.is_excluded,
    )  # fmt: skip
    return figure, shown


def _difference_told(difference: Difference) -> list[str]:
    if not difference.is_seen:
        return []
    return [
        "accounts differ in how easily they are listed, or lists depend on each other: the true number is probably "
        "higher than this one"
    ]


def _resampled_interval(
    problem: Problem, estimator: Callable[[Floats], Floats], value: float, seed: int, replicates: int
) -> tuple[float, float]:
    """BCa over all draws of the links, the same number of resamples of each; NaN where most have no estimate."""
    rng, each = np.random.default_rng([seed, 2]), max(1, replicates // len(problem.tables))

    def whole(raw: Floats) -> Floats:
        return estimator(problem.corrected(raw))

    found = np.concatenate([whole(resampled(raw, each, rng)) for raw in problem.tables])
    if np.isinf(found).mean() > MOST_INFINITE:
        return math.nan, math.nan
    low, high = bca(value, found, acceleration(problem.tables[0], whole))
    return min(low, value), max(high, value)


# -- tables ----------------------------------------------------------------------------------------


def _model_rows(models: ModelSet) -> list[dict[str, Any]]:
    """Each model with its Wald interval, then with its profile interval, whose maximum differs a little."""
    rows = []
    for item in models.all:
        rows.append(_model_row(item, item.model.name, item.value, item.wald))
        by_profile = profile(item)
        rows.append(
            _model_row(
                item, f"{item.model.name}, profile", by_profile.value, (by_profile.low, by_profile.high)
            )
        )
    return rows


def _model_row(item: Estimate, name: str, value: float, ends: tuple[float, float]) -> dict[str, Any]:
    return {
        "method": name, "terms": " ".join(item.model.terms), "value": value, "low": ends[0],
        "high": ends[1] if math.isfinite(ends[1]) else None, "aic": item.aic, "bic": item.bic,
        "deviance": item.fit.deviance,
    }  # fmt: skip


def _resampled_row(item: Estimate, low: float, high: float) -> dict[str, Any]:
    return _model_row(item, "stepwise, chosen anew in each resample (BCa)", item.value, (low, high))


def _drop_rows(table: Histories, models: ModelSet | None) -> list[dict[str, Any]]:
    if models is None:
        return []
    return [{"list": name, **_interval_cells(found)} for name, found in dropping_each(table)]


def _interval_cells(found: Interval | None) -> dict[str, float | None]:
    if found is None:
        return {"value": None, "low": None, "high": None}
    return {"value": found.value, "low": found.low, "high": found.high}


def _overlap_rows(table: Histories) -> list[dict[str, Any]]:
    overlap, k = table.overlaps(), len(table.lists)
    return [
        {"list": table.lists[a], "other": table.lists[b], "accounts": overlap[a, b]}
        for a in range(k)
        for b in range(a, k)
    ]
