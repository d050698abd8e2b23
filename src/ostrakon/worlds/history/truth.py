"""What really happened, which no estimator may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from ostrakon.worlds.history.desk import STRATA, Suspensions
from ostrakon.worlds.history.lives import STAYS, SUSPENDED, Lives
from ostrakon.worlds.history.settings import GROUPS, TARGET, Settings
from ostrakon.worlds.history.sightings import Stays

WITHIN_DAYS = 30.0


@dataclass(frozen=True)
class Truth:
    """Of the year; ``target`` accounts only where nothing else is said."""

    size: pl.DataFrame
    """day, group, active: accounts that were there at the middle of each day."""
    survival: Mapping[int, float]
    """Share still there at an age in days: all accounts of the year, seen by a list or not."""
    returns_per_suspension: float
    """New accounts by the end of the year, for each suspension within it."""
    returned_within_30_days: float
    """Of suspensions 30 days or more before the end."""
    regained: float
    """Median followers at the same age, of an account over the one before; each return times this."""
    effect: float
    displaced: float
    moved: float
    wrongful: Mapping[str, float]
    """By stratum and in ``all``: share of all suspensions that were wrong."""
    suspended_a_day: float
    """Mean share of the active that was suspended on a day."""
    people: pl.DataFrame
    """account, person, incarnation, group: everybody, known or not."""


def truth_of(
    wanted: Settings, of: Lives, made: Suspensions, stays: Stays, ids: pl.Series,
    days: int,
) -> Truth:  # fmt: skip
    """From the whole world."""
    size = _sizes(of, stays, days)
    target = of.group == TARGET
    ended = target & (of.event == SUSPENDED) & (of.end >= 0)
    wrong = {"all": float(made.is_wrong.mean())}
    wrong |= {
        STRATA[place]: float(made.is_wrong[made.stratum == place].mean()) for place in np.unique(made.stratum)
    }
    active = size.filter(pl.col("group") == "target")["active"].sum()
    people = pl.DataFrame(
        {
            "account": ids, "person": of.person, "incarnation": of.incarnation,
            "group": np.array(GROUPS)[of.group],
        }
    )  # fmt: skip
    rho, soon = _returns(of, np.asarray(ended), days)
    return Truth(
        size, _survival(of.of(target)), rho, soon, wanted.regained, wanted.effect, wanted.displaced, wanted.moved,
        wrong, float(ended.sum() / active), people.sort("account"),
    )  # fmt: skip


def _sizes(of: Lives, stays: Stays, days: int) -> pl.DataFrame:
    parts = []
    for group, name in enumerate(GROUPS):
        rows = of.group[stays.row] == group
        since, until = np.sort(stays.since[rows]), np.sort(stays.until[rows])
        noon = np.arange(days) + 0.5
        active = np.searchsorted(since, noon, "right") - np.searchsorted(until, noon, "right")
        parts.append(pl.DataFrame({"day": np.arange(days), "group": [name] * days, "active": active}))
    return pl.concat(parts)


def _survival(of: Lives) -> dict[int, float]:
    """Product of what each end left of those who were there at that age within the year."""
    entry, stop = np.sort(np.maximum(-of.start, 0.0)), np.sort(of.end - of.start)
    ends = np.sort((of.end - of.start)[of.event != STAYS])
    there = np.searchsorted(entry, ends, "left") - np.searchsorted(stop, ends, "left")
    share = np.cumprod(1 - 1 / there)
    ages = (1, 2, 7, 14, 30, 60, 90, 120, 180)
    place = np.searchsorted(ends, np.array(ages), "right")
    return {age: float(np.append(1.0, share)[at]) for age, at in zip(ages, place.tolist(), strict=True)}


def _returns(of: Lives, ended: np.ndarray[tuple[int], np.dtype[np.bool_]], days: int) -> tuple[float, float]:
    again = of.before >= 0
    delay = np.full(len(of), np.inf)
    delay[of.before[again]] = of.start[again] - of.end[of.before[again]]
    back = np.isfinite(delay) & ended
    early = ended & (of.end <= days - WITHIN_DAYS)
    within = float((delay[early] <= WITHIN_DAYS).mean()) if early.any() else 0.0
    return float(back.sum() / max(1, ended.sum())), within
