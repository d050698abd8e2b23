"""Who came back: returns for each suspension, and the share that was back within 30 days, with the doubt in the links.

A link says that a new account is a suspended one with some probability. Each draw gives every new account one owner
at most; what the draws differ in goes into the interval (Rubin, Multiple Imputation for Nonresponse in Surveys, 1987).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from ostrakon.analysis.figures import Figure, estimate, refused
from ostrakon.analysis.log import Counts, Floats
from ostrakon.analysis.owners import owners_drawn
from ostrakon.analysis.survival.curves import Z95, kaplan_meier
from ostrakon.analysis.survival.spells import DAY_US, STILL_THERE, Spells

DRAWS = 50
WITHIN_DAYS = 30.0
LEAST_WATCHED = 10
LEAST_SHARE = 30
"""Suspensions below which a share is told as so many of so many."""
MOST_UNKNOWN = 0.05
"""Share of the expected returns whose time may be unknown."""
UNSEEN = (
    "Who came back without a trace that a search finds is in no link: returns are at least so many, and how many more "
    "there are cannot be told from these files."
)
NONE_SEEN = 3.689
"""Upper 97.5 % limit of a Poisson mean of which nothing was seen."""


@dataclass(frozen=True)
class Hypotheses:
    """Links to accounts that were suspended, in order of the new account; (h,) each."""

    new: Counts
    """Number of the new account, from 0."""
    old: Counts
    """Number of the suspended account."""
    probability: Floats
    """At most 1 for a new account in all."""
    days: Floats
    """From the suspension to the new account's creation, 0 if it was there before; NaN where that is unknown."""


@dataclass(frozen=True)
class Suspended:
    """Accounts that were suspended, and how long ago that was at the end of the table."""

    accounts: pl.DataFrame
    """account, at."""
    watched: Floats
    """Days since the suspension."""


def returns(rows: pl.DataFrame, links: pl.DataFrame | None, seed: int) -> tuple[list[Figure], list[str]]:
    """The two figures, and what to know about the links.

    Args:
        rows: typed table of ``tables.SPELLS``; links: of ``tables.PERSON_LINKS``; None = none were given.
    """
    names = [("returns_per_suspension", "returns for each suspension"), ("returned_within_30_days", "share")]
    if links is None:
        why = "no links between accounts: look for them with ostrakon returners, and give its links.csv with --links"
        return [refused(name, unit, "links of returners", why) for name, unit in names], []
    old = _suspended(rows)
    if len(old.watched) == 0:
        why = "no spell ended with a suspension"
        return [refused(name, unit, "links of returners", why) for name, unit in names], []
    found, strangers = _hypotheses(rows, links, old)
    drawn = _drawn(found, len(old.watched), np.random.default_rng([seed, 3]))
    told = [f"links: {len(found.new):,} to accounts suspended here, {strangers:,} to others, not used."]
    return [_for_each(found, drawn, len(old.watched)), _within(found, drawn, old)], [*told, UNSEEN]


def _suspended(rows: pl.DataFrame) -> Suspended:
    found = (
        rows.filter(pl.col("event") == "suspended")
        .group_by("account")
        .agg(pl.col("end_at").max().alias("at"))
        .sort("account")
    )
    latest = rows.select(pl.max_horizontal(pl.col("start_at", "end_at").max())).item()
    since = found.select((pl.lit(latest) - pl.col("at")).dt.total_microseconds() / DAY_US).to_series()
    return Suspended(found, since.cast(pl.Float64).to_numpy())


def _hypotheses(rows: pl.DataFrame, links: pl.DataFrame, old: Suspended) -> tuple[Hypotheses, int]:
    number = old.accounts.with_row_index("old").rename({"account": "suspended_account"})
    start = rows.group_by("account").agg(pl.col("start_at").min())
    asked = links.filter(
        pl.col("account") != pl.col("suspended_account"), pl.col("probability").is_not_null()
    )
    known = (
        asked.group_by("account", "suspended_account")
        .agg(pl.col("probability").max())
        .join(number, on="suspended_account")
        .join(start, on="account", how="left")
        .sort("account", "suspended_account")
        .with_columns(
            (pl.col("probability") / pl.col("probability").sum().over("account").clip(lower_bound=1.0)),
            ((pl.col("start_at") - pl.col("at")).dt.total_microseconds() / DAY_US)
            .clip(lower_bound=0.0)
            .alias("days"),
            (pl.col("account").rank("dense") - 1).alias("new"),
        )
    )
    days = known["days"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    found = Hypotheses(
        known["new"].to_numpy().astype(np.int64),
        known["old"].to_numpy().astype(np.int64),
        known["probability"].to_numpy(),
        days,
    )
    return found, asked.height - asked.join(number, on="suspended_account", how="semi").height


@dataclass(frozen=True)
class _Draws:
    """One column a draw."""

    returns: Floats
    """(suspended, draws) new accounts of each."""
    first: Floats
    """(suspended, draws) days to the first of known time, infinite where there is none."""


def _drawn(found: Hypotheses, suspended: int, rng: np.random.Generator) -> _Draws:
    """Each new account goes to one of its owners, or to none."""
    counts = np.zeros((suspended, DRAWS))
    first = np.full((suspended, DRAWS), np.inf)
    for draw, holds in enumerate(owners_drawn(found.new, found.probability, DRAWS, rng)):
        np.add.at(counts[:, draw], found.old[holds], 1.0)
        timed = holds & np.isfinite(found.days)
        np.minimum.at(first[:, draw], found.old[timed], found.days[timed])
    return _Draws(counts, first)


def _for_each(found: Hypotheses, drawn: _Draws, suspended: int) -> Figure:
    """Mean number of new accounts for each suspended one; the spread between accounts is taken as it is."""
    name, unit = "returns_per_suspension", "returns for each suspension"
    method = f"expected number over the links; interval from the spread between accounts and {DRAWS} draws of the links"
    value = float(found.probability.sum()) / suspended
    if value == 0:
        return estimate(name, 0.0, 0.0, NONE_SEEN / suspended, unit, method, unchecked=True)
    within = float(drawn.returns.var(axis=0).mean()) / suspended
    between = float(drawn.returns.mean(axis=0).var(ddof=1))
    spread = Z95 * math.sqrt(within + (1 + 1 / DRAWS) * between) / value
    warnings = (
        [f"{drawn.returns.sum(axis=0).mean():.3g} returns of {suspended}"] if suspended < LEAST_SHARE else []
    )
    return estimate(
        name, value, value * math.exp(-spread), value * math.exp(spread), unit, method,
        warnings=warnings, unchecked=True,
    )  # fmt: skip


def _within(found: Hypotheses, drawn: _Draws, old: Suspended) -> Figure:
    """Kaplan-Meier of the time to the first return, suspensions of late counted for as long as they were watched."""
    name, method = "returned_within_30_days", f"Kaplan-Meier of the first return; {DRAWS} draws of the links"
    watched = int((old.watched >= WITHIN_DAYS).sum())
    if watched < LEAST_WATCHED:
        why = f"only {watched} suspensions were followed for 30 days, {LEAST_WATCHED} are needed"
        return refused(name, "share", method, why)
    curves = [kaplan_meier(_to_first(first, old.watched)) for first in drawn.first.T]
    there = np.array([curve.at(WITHIN_DAYS) for curve in curves])
    spread = np.array([_variance_at(curve.table.days, curve.variance) for curve in curves])
    total = float((there**2 * spread).mean() + (1 + 1 / DRAWS) * there.var(ddof=1))
    value = 1 - float(there.mean())
    low, high = _share_interval(value, total, watched)
    return estimate(
        name, value, low, high, "share", method,
        warnings=_told(found, value, len(old.watched)), unchecked=True,
    )  # fmt: skip


def _to_first(first: Floats, watched: Floats) -> Spells:
    """A return on the very day counts after the smallest time."""
    back = first <= watched
    stop = np.where(back, first, watched)
    return Spells(np.full(len(stop), -np.inf), stop, np.where(back, 0, STILL_THERE).astype(np.int8))


def _variance_at(days: Floats, variance: Floats) -> float:
    return float(
        np.append(0.0, np.nan_to_num(variance, posinf=0.0))[np.searchsorted(days, WITHIN_DAYS, "right")]
    )


def _share_interval(value: float, variance: float, watched: int) -> tuple[float, float]:
    """On the logit scale; a share of nothing or all by the rule of three and a half."""
    if value <= 0 or value >= 1 or variance <= 0:
        edge = min(1.0, NONE_SEEN / watched)
        return max(0.0, value - edge), min(1.0, value + edge)
    reach = Z95 * math.sqrt(variance) / (value * (1 - value))
    odds = value / (1 - value)
    low, high = odds * math.exp(-reach), odds * math.exp(reach)
    return low / (1 + low), high / (1 + high)


def _told(found: Hypotheses, value: float, suspended: int) -> list[str]:
    told = []
    if suspended < LEAST_SHARE:
        told.append(f"{value * suspended:.3g} of {suspended}")
    unknown = float(found.probability[np.isnan(found.days)].sum())
    if unknown > MOST_UNKNOWN * max(float(found.probability.sum()), 1e-12):
        told.append(
            "the creation of many linked accounts is not in the spells: who came back is undercounted"
        )
    return told
