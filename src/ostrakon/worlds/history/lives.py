"""Who there is: accounts that come, are suspended, come back as others, and the bystanders."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ostrakon.worlds.draws import Floats, Ints
from ostrakon.worlds.history.settings import BEFORE, GROUPS, SHARES, TARGET, Calendar, Settings

Bools = NDArray[np.bool_]
SUSPENDED, DELETED, LEFT, STAYS = 0, 1, 2, -1
"""Places in ``ostrakon.analysis.survival.EVENTS``; STAYS = there at the end of the year."""
MOST_RETURNS = 10
SPREAD = 1.2
"""Of the logarithm of the days until a return."""
CIRCLE = 60
"""Accounts of a community."""


@dataclass(frozen=True)
class Lives:
    """One row an account (n,); times are days since the start of the year."""

    person: Ints
    incarnation: Ints
    """1 = the first account of the person."""
    before: Ints
    """Row of the person's account before this one, -1 = none."""
    group: Ints
    """Place in ``GROUPS``."""
    community: Ints
    visibility: Floats
    """1 on average."""
    start: Floats
    end: Floats
    """The end of the year for those who stay."""
    event: Ints
    wide: Floats
    """Followers that it would have in the end, before scaling."""

    def __len__(self) -> int:
        return len(self.start)

    def of(self, rows: Ints | Bools) -> Lives:
        """Some of them; ``before`` keeps the old numbers."""
        names = self.__dataclass_fields__
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def active_at(self, day: float) -> Bools:
        """(n,)"""
        found: Bools = (self.start <= day) & (day < self.end)
        return found


def lived(wanted: Settings, accounts: int, when: Calendar, rng: np.random.Generator) -> Lives:
    """About ``accounts`` of the movement at a time, and the bystanders beside them."""
    first = _newcomers(wanted, accounts, when, rng)
    parts = [_ended(wanted, first, when, rng)]
    offset = 0
    for _ in range(MOST_RETURNS):
        again = _back(wanted, parts[-1], offset, when, rng)
        if not len(again):
            break
        offset += len(parts[-1])
        parts.append(_ended(wanted, again, when, rng))
    people = len(first)
    return joined([*parts, _bystanders(wanted, accounts, people, when, rng)])


def joined(parts: list[Lives]) -> Lives:
    """One after the other."""
    names = Lives.__dataclass_fields__
    return Lives(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _visible(wanted: Settings, count: int, rng: np.random.Generator) -> Floats:
    found: Floats = rng.lognormal(-(wanted.visibility**2) / 2, wanted.visibility, count)
    return found


def _newcomers(wanted: Settings, accounts: int, when: Calendar, rng: np.random.Generator) -> Lives:
    """Those there at the beginning, and those who come for the first time: about as many as go."""
    gone = wanted.suspended / (wanted.suspended + wanted.deleted + wanted.left)
    fresh = accounts * (wanted.suspended + wanted.deleted + wanted.left) * (1 - wanted.returning * gone)
    each_day = rng.poisson(fresh * when.loud)
    day = np.repeat(when.day[:-1], each_day) + rng.random(int(each_day.sum()))
    start = np.concatenate([np.full(accounts, -float(BEFORE)) - rng.exponential(30, accounts), day])
    count = len(start)
    return Lives(
        np.arange(count), np.ones(count, np.int64), np.full(count, -1), np.full(count, TARGET),
        rng.integers(0, max(2, accounts // CIRCLE), count), _visible(wanted, count, rng), start,
        np.full(count, np.inf), np.full(count, STAYS), rng.lognormal(0.0, 1.0, count),
    )  # fmt: skip


def _ended(wanted: Settings, of: Lives, when: Calendar, rng: np.random.Generator) -> Lives:
    """The first of the ends that compete; suspensions are more on loud days and of who is seen easily."""
    count = len(of)
    frail = of.visibility**wanted.fragility * rng.lognormal(-0.045, 0.3, count)
    hazard = np.concatenate([[0.0], np.cumsum(when.loud)])
    began = np.interp(of.start, when.day, hazard)
    needed = began + rng.exponential(1.0, count) / (wanted.suspended * frail)
    suspended = np.where(needed < hazard[-1], np.interp(needed, hazard, when.day), np.inf)
    at = np.maximum(of.start, -float(BEFORE))
    ends = np.column_stack(
        [
            suspended,
            at + rng.exponential(1 / wanted.deleted, count),
            at + rng.exponential(1 / wanted.left, count),
        ]
    )
    event = ends.argmin(axis=1)
    end = ends.min(axis=1)
    stays = end >= when.days
    return replace(of, end=np.where(stays, float(when.days), end), event=np.where(stays, STAYS, event))


def delays(wanted: Settings, count: int, rng: np.random.Generator) -> Floats:
    """Days from a suspension to the next account."""
    found: Floats = rng.lognormal(np.log(wanted.delay_days), SPREAD, count)
    return found


def _back(wanted: Settings, of: Lives, offset: int, when: Calendar, rng: np.random.Generator) -> Lives:
    """New accounts of the suspended who come back: other handles, and part of the audience."""
    chance = wanted.returning * wanted.tiring ** (of.incarnation - 1.0)
    start = of.end + delays(wanted, len(of), rng)
    rows = np.flatnonzero((of.event == SUSPENDED) & (rng.random(len(of)) < chance) & (start < when.days))
    count = len(rows)
    same = of.of(rows)
    return replace(
        same,
        incarnation=same.incarnation + 1,
        before=rows + offset,
        visibility=np.sqrt(same.visibility * _visible(wanted, count, rng)),
        start=start[rows],
        wide=same.wide * wanted.regained * rng.lognormal(0.0, 0.4, count),
    )


def _bystanders(
    wanted: Settings, accounts: int, people: int, when: Calendar, rng: np.random.Generator
) -> Lives:
    """Counter-speakers, press and eyewitnesses: they last, and in the wrongful week they are suspended in numbers."""
    sizes = [max(4, round(share * accounts)) for share in SHARES]
    group = np.repeat(np.arange(1, len(GROUPS)), sizes)
    count = len(group)
    start = -BEFORE - rng.exponential(400, count)
    hazard = np.concatenate([[0.0], np.cumsum(wanted.wrong + wanted.wave_rate * when.is_wave)])
    needed = rng.exponential(1.0, count)
    suspended = np.where(needed < hazard[-1], np.interp(needed, hazard, when.day), np.inf)
    left = -BEFORE + rng.exponential(2000, count)
    end, event = np.minimum(suspended, left), np.where(suspended <= left, SUSPENDED, LEFT)
    stays = end >= when.days
    return Lives(
        people + np.arange(count), np.ones(count, np.int64), np.full(count, -1), group,
        rng.integers(0, max(2, accounts // CIRCLE), count), _visible(wanted, count, rng), start,
        np.where(stays, float(when.days), end), np.where(stays, STAYS, event), 1.5 * rng.lognormal(0.0, 1.0, count),
    )  # fmt: skip
