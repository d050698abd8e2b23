"""What of their audience people regain: followers of a later account over those of the first, at the same age.

An account of a month has more followers than one of a week, so only equal ages are compared, within a person. Who is
one person is known by links, which are doubtful: each draw of the links makes its own persons, and what the draws
differ in goes into the interval. A draw takes wrong links too, and those are pairs of strangers. If the probabilities
are honest, pairs of a probability p are p parts people and 1 - p parts strangers, so the share below any ratio is a
straight line in p, and people alone are where it ends, at p = 1: a least squares line, read there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ostrakon.analysis.figures import LEAST_SHOWN, Figure, Measured, estimate, refused
from ostrakon.analysis.log import Counts, Floats
from ostrakon.analysis.owners import owners_drawn

AGES = (7, 30)
NEAR = 0.15
"""A count within this share of the wanted age stands for it, and within a day."""
DRAWS, REPLICATES = 20, 50
LEAST_PEOPLE = 10
FEW_PEOPLE = 30
MOST_WRONG = 0.10
"""Expected share of wrong links among those drawn: beyond it the ratio is visibly that of strangers."""
SURE = 0.9
MOST_RETURNS = 20
LEAST_SPREAD = 1e-6
"""Variance of the probabilities below which there is no line to draw."""
UNIT = "followers at the same age, of the first account's"
METHOD = f"median ratio within persons; bootstrap of whole persons in each of {DRAWS} draws of the links"


@dataclass(frozen=True)
class _Chains:
    """One draw: who is whose account."""

    root: Counts
    """(A,) the person's first account; the account itself where it is the first."""
    place: Counts
    """(A,) 1 = the first account of the person."""
    sure: Floats
    """(A,) probability that all links back to the first account are right."""


@dataclass(frozen=True)
class _Pairs:
    """Later accounts with a count, whose first one has one too (n,)."""

    person: Counts
    place: Counts
    later: Floats
    first: Floats
    sure: Floats

    def of(self, rows: Counts) -> _Pairs:
        return _Pairs(
            self.person[rows], self.place[rows], self.later[rows], self.first[rows], self.sure[rows]
        )


@dataclass(frozen=True)
class _Median:
    value: float
    low: float
    high: float
    pairs: float
    """On average over the draws."""


def regained(audience: pl.DataFrame, links: pl.DataFrame, *, seed: int = 0) -> Measured:
    """Followers of later accounts over those of the first one, at an age of 7 and of 30 days.

    Args:
        audience: typed table of ``AUDIENCE``; an account may have many ages.
        links: of ``tables.PERSON_LINKS``. seed: of the draws and of the resamples.
    """
    data = _Data.of(audience, links)
    chains = [data.chains(holds) for holds in data.drawn(seed)]
    wrong = data.expected_wrong
    parts = {
        age: _medians(data.followers[:, at], chains, np.random.default_rng([seed, at]))
        for at, age in enumerate(AGES)
    }
    figures = tuple(_figure(age, found.get(2), wrong) for age, found in parts.items())
    sure = data.surely()
    alone = [sure.chains(holds) for holds in sure.drawn(seed)]
    more = {
        age: _medians(data.followers[:, at], alone, np.random.default_rng([seed, at]))
        for at, age in enumerate(AGES)
    }
    tables = {
        "by_account": list(_rows(parts)),
        "sure_links": list(_rows(more)),
    }
    parameters = {"draws": DRAWS, "replicates": REPLICATES, "level": 0.95, "sure": SURE}
    return Measured(figures, tables, parameters, tuple(_notes(data)))


@dataclass(frozen=True)
class _Data:
    """Accounts as numbers; links in order of the new account."""

    followers: Floats
    """(A, ages) NaN = not known."""
    new: Counts
    """(h,) account."""
    old: Counts
    probability: Floats
    unknown: int
    """Links that name an account without any followers told."""

    @staticmethod
    def of(audience: pl.DataFrame, links: pl.DataFrame) -> _Data:
        accounts = audience["account"].unique().sort()
        number = pl.DataFrame({"account": accounts, "at": np.arange(len(accounts))})
        asked = links.filter(
            pl.col("account") != pl.col("suspended_account"), pl.col("probability").is_not_null()
        )
        known = (
            asked.group_by("account", "suspended_account").agg(pl.col("probability").max())
            .join(number.rename({"at": "new"}), on="account")
            .join(number.rename({"account": "suspended_account", "at": "old"}), on="suspended_account")
            .sort("new", "old")
            .with_columns(pl.col("probability") / pl.col("probability").sum().over("new").clip(lower_bound=1.0))
        )  # fmt: skip
        columns = [_at_age(audience, age, accounts) for age in AGES]
        return _Data(
            np.column_stack(columns) if len(accounts) else np.zeros((0, len(AGES))),
            known["new"].to_numpy().astype(np.int64),
            known["old"].to_numpy().astype(np.int64),
            known["probability"].to_numpy(),
            asked.height - known.height,
        )

    def surely(self) -> _Data:
        """The links that are all but certain, alone."""
        kept = self.probability >= SURE
        return _Data(self.followers, self.new[kept], self.old[kept], self.probability[kept], self.unknown)

    def drawn(self, seed: int) -> list[np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        dense = np.unique(self.new, return_inverse=True)[1].astype(np.int64)
        return owners_drawn(dense, self.probability, DRAWS, np.random.default_rng([seed, 5]))

    def chains(self, holds: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> _Chains:
        """Follows each account back to the first; who is linked in a circle is nobody's return."""
        count = len(self.followers)
        parent, link = np.full(count, -1), np.ones(count)
        parent[self.new[holds]] = self.old[holds]
        link[self.new[holds]] = self.probability[holds]
        root, place, at, sure = np.arange(count), np.ones(count, np.int64), parent, link.copy()
        for _ in range(MOST_RETURNS):
            more = at >= 0
            place += more
            root = np.where(more, at, root)
            sure = np.where(more, sure * link[at], sure)
            at = np.where(more, parent[at], -1)
        return _Chains(root, np.where(at >= 0, 1, place), sure)

    @property
    def expected_wrong(self) -> float:
        """Share of the links that a draw takes and that are wrong, if the probabilities are honest."""
        whole = float(self.probability.sum())
        return float((self.probability * (1 - self.probability)).sum()) / whole if whole else 0.0


def _at_age(audience: pl.DataFrame, age: int, accounts: pl.Series) -> Floats:
    """(A,) the count nearest to the age."""
    far = (pl.col("age_days") - age).abs()
    near = audience.drop_nulls(["age_days", "followers"]).with_columns(far=far).filter(
        pl.col("far") <= max(1.0, NEAR * age)
    ).sort("account", "far", "age_days").group_by("account", maintain_order=True).first()  # fmt: skip
    found = np.full(len(accounts), np.nan)
    found[accounts.search_sorted(near["account"]).to_numpy()] = near["followers"].to_numpy()
    return found


# -- ratios ----------------------------------------------------------------------------------------


def _medians(followers: Floats, chains: Sequence[_Chains], rng: np.random.Generator) -> dict[int, _Median]:
    """By place of the account in its person's row, 2 = the first return."""
    draws = [_pairs(followers, one) for one in chains]
    places = sorted({int(place) for one in draws for place in np.unique(one.place)})
    found = {place: _median(draws, place, rng) for place in places}
    return {place: one for place, one in found.items() if one is not None}


def _pairs(followers: Floats, one: _Chains) -> _Pairs:
    first = followers[one.root]
    rows = np.flatnonzero((one.place > 1) & np.isfinite(followers) & (first > 0))
    return _Pairs(one.root[rows], one.place[rows], followers[rows], first[rows], one.sure[rows])


def _median(draws: Sequence[_Pairs], place: int, rng: np.random.Generator) -> _Median | None:
    """Over draws in which that place has LEAST_SHOWN persons; None where hardly any draw has."""
    values, resamples, counts = [], [], []
    for one in draws:
        part = one.of(np.flatnonzero(one.place == place))
        if len(np.unique(part.person)) < LEAST_SHOWN:
            continue
        value, more = _resampled(part, rng)
        values.append(value)
        resamples.append(more)
        counts.append(len(part.person))
    if len(values) <= len(draws) / 2:
        return None
    middle = float(np.median(values))
    low, high = np.quantile(np.concatenate(resamples), [0.025, 0.975]).tolist()
    return _Median(middle, min(low, middle), max(high, middle), float(np.mean(counts)))


def _resampled(pairs: _Pairs, rng: np.random.Generator) -> tuple[float, Floats]:
    """The median, and (REPLICATES,) with whole persons drawn anew."""
    number = np.unique(pairs.person, return_inverse=True)[1]
    people = int(number.max()) + 1
    times = rng.multinomial(people, np.full(people, 1 / people), REPLICATES)
    order = np.argsort(pairs.later / pairs.first, kind="stable")
    each = np.vstack([np.ones(people, np.int64), times])[:, number[order]].astype(np.float64)
    weight = _at_certainty(each, pairs.sure[order])
    upto = np.maximum.accumulate(np.cumsum(weight, axis=1), axis=1)
    found = (pairs.later / pairs.first)[order][(upto >= 0.5 - 1e-12).argmax(axis=1)]
    return float(found[0]), np.asarray(found[1:], np.float64)


def _at_certainty(times: Floats, sure: Floats) -> Floats:
    """(r, n) weights, 1 in all, that read a least squares line in ``sure`` at 1; some are negative."""
    whole = times.sum(axis=1, keepdims=True)
    mean = times @ sure[:, None] / whole
    spread = (times * (sure - mean) ** 2).sum(axis=1, keepdims=True)
    slope = np.where(spread > LEAST_SPREAD * whole, (1 - mean) / np.maximum(spread, LEAST_SPREAD), 0.0)
    found: Floats = times * (1 / whole + slope * (sure - mean))
    return found


# -- what is told ----------------------------------------------------------------------------------


def _figure(age: int, found: _Median | None, wrong: float) -> Figure:
    name = f"regained_at_{age}_days"
    if found is None or found.pairs < LEAST_PEOPLE:
        count = 0 if found is None else found.pairs
        why = (
            f"{count:.3g} people whose first and second accounts both have a count of followers at {age} days; "
            f"{LEAST_PEOPLE} are needed"
        )
        return refused(name, UNIT, METHOD, why)
    told = [f"{found.pairs:.3g} people"] if found.pairs < FEW_PEOPLE else []
    if wrong > MOST_WRONG:
        told.append(
            f"{wrong:.0%} of the links that are drawn are expected to be wrong; what they say is counted out, "
            f"which is right as far as the probabilities are: see those of {SURE} and more"
        )
    return estimate(
        name, found.value, found.low, found.high, UNIT, f"{METHOD}; second accounts", warnings=told, unchecked=True
    )  # fmt: skip


def _rows(parts: dict[int, dict[int, _Median]]) -> Iterable[dict[str, Any]]:
    for age, found in parts.items():
        for place, one in found.items():
            yield {
                "age_days": age, "account": place,
                "pairs": math.floor(one.pairs + 0.5), "value": one.value, "low": one.low, "high": one.high,
            }  # fmt: skip


def _notes(data: _Data) -> Iterable[str]:
    yield (
        "Only accounts that reached the age are compared; those suspended sooner are not seen, so this says what is "
        "regained by those who last."
    )
    if data.unknown:
        yield f"{data.unknown:,} links name an account without followers: not used."
