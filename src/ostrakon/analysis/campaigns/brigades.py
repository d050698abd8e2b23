"""Brigades: a group that falls on one account, once, amid a crowd. Nobody comes twice, so only a mark gives it away.

Within some hours more reporters of an account carry one mark (created in the same hours, invited by the same person)
than belong there. That needs to be more than honest reasons bring, all of them together:

1. *There are many of them*, or they report much: their share of all reporters, or of all reports, whichever is larger,
   without those in question. From few it is known badly, and this is allowed for.
2. *They share an interest.* People whom one person invited care for the same things and report the same accounts,
   many accounts over time and without haste: pairs of their reports on one account more than twelve hours apart, seen
   for one expected, over all other accounts.
3. *They care for this account*: their share of its reports more than twelve hours away from these. The larger of 2
   and 3 counts; who differs between accounts by so much differs here as well, and the count is as uncertain.
4. *They are up at the same hours*: their share of all reports at these hours of the day.

A brigade comes in haste, and nobody of it is seen elsewhere, so 2 to 4 hardly help it.

Not seen: a brigade that takes its time, one without a mark, and accounts made for the day (``settled``). A community
that answers one call within the hour, for the first time, looks like a brigade and is one by this definition:
coordinated does not mean malicious.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.actions import HOUR_S, HOURS, Actions
from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.campaigns.hours import PRIOR_ACTIONS
from ostrakon.analysis.campaigns.interest import FAR_S
from ostrakon.analysis.campaigns.marks import LEAST_CARRIERS, NEVER
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts, Floats

LEVEL = 0.01
HASTE_S = 7200
"""A burst is looked at in stretches of so many seconds, one every half of it; a shorter burst is one stretch."""
NEW_S = 2 * 86400
"""Who reports for the first time so soon after signing up came with the news that everybody reports."""
MOST_BRIGADES = 10_000
"""Cells are kept up to so many times the level: enough for as many brigades in one log."""


@dataclass(frozen=True)
class Brigades:
    """The most certain first. Shapes: K brigades, m places of reporters in them."""

    account: Codes
    """(K,)"""
    burst: Counts
    """(K,)"""
    cut: Codes
    """(K,) which of the ways to cut into marks."""
    mark: Codes
    """(K,) the mark that its reporters share."""
    q_value: Floats
    """(K,) share of false ones that is expected among this one and those before."""
    p_value: Floats
    """(K,) chance of as many in these hours for honest reasons, not corrected."""
    seen: Counts
    """(K,) reporters with the mark in these hours, at least three."""
    expected: Floats
    """(K,) the same for honest reasons: so many of those may be honest."""
    start: Counts
    """(K + 1,) the places of brigade k are ``start[k]:start[k + 1]``."""
    action: Counts
    """(m,) the action of each: ``actions.reporter[action]`` is who, ``actions.voice[action]`` the row of the log.

    They are the reporters with the mark in these hours and two hours around, and those of cells that overlap."""


def brigades(of: Bursts, cuts: Sequence[Codes], level: float = LEVEL) -> Brigades:
    """Brigades among the reporters of single accounts, of which a share of ``level`` is false.

    A cell is a mark in a stretch of a burst. All that could have been looked at count as tests: every mark of at
    least three reporters, in every stretch, in every cut. They do not count alike: a stretch's part of the level is
    its part of all reports, so that crowds, where a brigade hides, are not outweighed by a million small bursts
    (Genovese, Roeder and Wasserman, Biometrika 93, 2006). Of each mark in a burst the best stretch is kept; then
    Benjamini and Hochberg.

    Two passes over the actions for each cut; beside their marks memory holds some thirty numbers a mark, and what
    passes. Cells with mostly the same people are one brigade. Tests of the same log with other marks share a level.

    Args:
        of: the bursts of a log.
        cuts: each (R,): the mark of every reporter, from 0, < 0 where it is not known.
        level: false-discovery rate.
    """
    standing = [_standing(of.actions, mark) for mark in cuts]
    tests = sum(int(np.count_nonzero(each.carriers >= LEAST_CARRIERS)) for each in standing)
    looked = [
        _cells(of, each, tests, level).with_columns(cut=pl.lit(cut, pl.Int32))
        for cut, each in enumerate(standing)
    ]
    return _brigades(of, cuts, _passed(pl.concat(looked), level))


def settled(of: Actions, created: Counts) -> Counts:
    """(R,) creation times without those of accounts that first reported within two days of it.

    A news event brings sign-ups and reports at the same time, from people who have nothing else in common. Use this
    before ``marks.creation_cells``.
    """
    first = np.full(of.reporters, np.iinfo(np.int64).max)
    np.minimum.at(first, of.reporter, of.at)
    at_once = (created != NEVER) & (first - np.maximum(created, 0) < NEW_S)
    return np.where(at_once, NEVER, created)


# -- what is known of a mark -------------------------------------------------------------------


@dataclass(frozen=True)
class _Standing:
    """A cut, and what is usual for its marks. Shapes: N actions, M marks."""

    mark: Codes
    """(N,) of the reporter of each action."""
    carriers: Counts
    """(M,) reporters who carry each."""
    reports: Counts
    """(M,) their actions."""
    by_hour: NDArray[np.int32]
    """(M, 24) their actions by hour of the day (UTC)."""
    far: Floats
    """(M,) pairs of their actions on one account, far apart in time."""
    far_of_all: Floats
    """(A,) such pairs of any two marks, by account."""
    population: int
    """Reporters whose mark is known."""
    known: int
    """Actions whose mark is known."""


def _standing(of: Actions, mark: Codes) -> _Standing:
    active = mark[(of.activity > 0) & (mark >= 0)]
    carriers = np.bincount(active, minlength=1).astype(np.int64)
    by_action = mark[of.reporter]
    reports = np.bincount(by_action[by_action >= 0], minlength=len(carriers)).astype(np.int64)
    by_hour = _by_hour(by_action, of.at, len(carriers))
    far, far_of_all = _far_pairs(of.start, of.at, by_action, len(carriers))
    return _Standing(by_action, carriers, reports, by_hour, far, far_of_all, len(active), int(reports.sum()))


@compiled
def _by_hour(mark: Codes, at: Counts, marks: int) -> NDArray[np.int32]:
    counts = np.zeros((marks, HOURS), np.int32)
    for row in range(len(mark)):
        if mark[row] >= 0:
            counts[mark[row], (at[row] // HOUR_S) % HOURS] += 1
    return counts


@compiled
def _far_pairs(start: Counts, at: Counts, mark: Codes, marks: int) -> tuple[Floats, Floats]:
    """((M,) pairs of actions on one account by each mark that lie far apart, (A,) of any two marks)."""
    seen, pairs = np.zeros(marks), np.zeros(len(start) - 1)
    before = np.zeros(marks, np.int64)
    for account in range(len(start) - 1):
        past, known = start[account], 0
        for row in range(start[account], start[account + 1]):
            while at[past] < at[row] - FAR_S:
                if mark[past] >= 0:
                    before[mark[past]] += 1
                    known += 1
                past += 1
            if mark[row] >= 0:
                seen[mark[row]] += before[mark[row]]
                pairs[account] += known
        for row in range(start[account], past):
            if mark[row] >= 0:
                before[mark[row]] = 0
    return seen, pairs


# -- cells -------------------------------------------------------------------------------------


def _cells(of: Bursts, cut: _Standing, tests: int, level: float) -> pl.DataFrame:
    """One row for every mark that is surprising in a stretch of a burst.

    ``log_p`` is that of the test, ``adjusted`` has paid for all other tests.
    """
    price = math.log(max(tests, 1)) + math.log(2.0 * max(int(of.size.sum()), 1))
    cells, expected, log_p, adjusted = _surprising(
        of.begin, of.end, of.account, of.actions.start, of.actions.at,
        cut.mark, cut.carriers, cut.reports, cut.by_hour, cut.far, cut.far_of_all, cut.population, cut.known,
        price, math.log(level * MOST_BRIGADES),
    )  # fmt: skip
    numbers = dict(zip(("burst", "mark", "first", "last", "seen"), cells.T, strict=True))
    return pl.DataFrame({**numbers, "expected": expected, "log_p": log_p, "adjusted": adjusted})


@compiled
def _surprising(
    begin: Counts, end: Counts, account: Codes, start: Counts, at: Counts,
    mark: Codes, carriers: Counts, reports: Counts, by_hour: NDArray[np.int32], far: Floats, far_of_all: Floats,
    population: int, known: int, price: float, limit: float,
) -> tuple[Counts, Floats, Floats, Floats]:  # fmt: skip
    """((k, 5) burst, mark, first and last action, seen; (k,) expected, ln p, ln p adjusted)."""
    cells, values, found = np.empty((64, 5), np.int64), np.empty((64, 3)), 0
    count, touched = np.zeros(len(carriers), np.int64), np.empty(len(carriers), np.int64)
    all_far, all_by_hour = far_of_all.sum(), by_hour.sum(0)
    for burst in range(len(begin)):
        first, last = begin[burst], begin[burst]
        opens = at[first]
        on = slice(start[account[burst]], start[account[burst] + 1])
        while last < end[burst]:
            # 1. The next stretch, and the marks in it.
            while at[first] < opens:
                first += 1
            last = max(last, first)
            while last < end[burst] and at[last] < opens + HASTE_S:
                last += 1
            opens += HASTE_S // 2
            marks = _count(mark, first, last, count, touched)
            drawn = count[touched[:marks]].sum()
            paid = price - math.log(last - first)
            for index in range(marks):
                which = touched[index]
                seen, count[which] = count[which], 0
                if seen < LEAST_CARRIERS:
                    continue
                # 2. More than there are many of them?
                others = carriers[which] - seen + 1.0
                share = max(
                    others / (population - drawn + 1), (reports[which] - seen + 1) / (known - drawn + 1)
                )
                expected = min(drawn * share, drawn)
                if _log_tail(seen, expected, others) + paid > limit:
                    continue
                # 3. More than their interest in such accounts, or in this one, and their hours bring?
                own_far, taste = _on_this_account(at[on], mark[on], which, share, at[first], at[last - 1])
                elsewhere = share * share * (all_far - far_of_all[account[burst]])
                interest = (far[which] - own_far + 1.0) / (elsewhere + 1.0)
                hours = _same_hours(by_hour[which], all_by_hour, at[first], at[last - 1], seen, drawn)
                fond = max(interest, taste, 1.0 + 1e-9)
                expected = min(expected * fond * max(hours, 1.0), drawn)
                log_p = _log_tail(seen, expected, min(others, 1.0 + 1.0 / (fond - 1.0)))
                if log_p + paid > limit:
                    continue
                if found == len(cells):
                    cells = np.concatenate((cells, np.empty_like(cells)))
                    values = np.concatenate((values, np.empty_like(values)))
                cells[found] = np.array([burst, which, first, last, seen])
                values[found] = np.array([expected, log_p, log_p + paid])
                found += 1
    values = values[:found]
    return cells[:found].copy(), values[:, 0].copy(), values[:, 1].copy(), values[:, 2].copy()


@compiled
def _count(mark: Codes, first: int, last: int, count: Counts, touched: Counts) -> int:
    """Count the marks of some actions; the first so many of ``touched`` were met."""
    found = 0
    for row in range(first, last):
        which = mark[row]
        if which >= 0:
            if count[which] == 0:
                touched[found] = which
                found += 1
            count[which] += 1
    return found


@compiled
def _on_this_account(
    at: Counts, mark: Codes, which: int, share: float, opens: int, closes: int
) -> tuple[float, float]:
    """(pairs of a mark's actions here that lie far apart, how many times as often it comes far from these hours).

    One action is added to what is seen and expected, so that little evidence means little taste.
    """
    past, before, pairs = 0, 0, 0.0
    seen, known = 0, 0
    for row in range(len(at)):
        while at[past] < at[row] - FAR_S:
            before += mark[past] == which
            past += 1
        if mark[row] == which:
            pairs += before
        if mark[row] >= 0 and (at[row] < opens - FAR_S or at[row] > closes + FAR_S):
            known += 1
            seen += mark[row] == which
    return pairs, (seen + 1.0) / (known * share + 1.0)


@compiled
def _same_hours(
    own: NDArray[np.int32], of_all: Counts, opens: int, closes: int, seen: int, drawn: int
) -> float:
    """How many times as often as everybody a mark's people report at these hours and an hour around them.

    The actions in question do not count. Beside its own actions a mark has some of everybody's, as in ``hours``.
    """
    first, last = opens // HOUR_S - 1, closes // HOUR_S + 1
    mine, everybody = float(-seen), float(-drawn)
    for hour in range(first, last + 1):
        mine += own[hour % HOURS]
        everybody += of_all[hour % HOURS]
    everybody = max(everybody / max(of_all.sum() - drawn, 1), 1e-6)
    return float((mine + PRIOR_ACTIONS * everybody) / (own.sum() - seen + PRIOR_ACTIONS) / everybody)


@compiled
def _log_tail(seen: int, mean: float, others: float) -> float:
    """ln P(X >= seen), at most, where the mean was estimated from ``others`` of the kind: negative binomial.

    Given a rate X is Poisson, and the rate is a gamma variable of shape ``others``. The terms fall at least as fast
    as a geometric series from the first on, which bounds their sum.

    >>> round(math.exp(_log_tail(3, 1.0, 1.0)), 9)  # one other: geometric, 1 / 2 each
    0.125
    """
    if seen <= mean:
        return 0.0
    chance = mean / (mean + others)
    falls = (seen + others) / (seen + 1.0) * chance
    if falls >= 1.0:
        return 0.0
    term = math.lgamma(seen + others) - math.lgamma(others) - math.lgamma(seen + 1.0)
    term += others * math.log1p(-chance) + seen * math.log(chance)
    return min(0.0, term - math.log1p(-falls))


# -- brigades ----------------------------------------------------------------------------------


def _passed(cells: pl.DataFrame, level: float) -> pl.DataFrame:
    """The best stretch of each mark in each burst, with its q-value, where that passes; the most certain first."""
    best = cells.sort("adjusted", "burst", "cut", "mark", "first").unique(
        ["cut", "burst", "mark"], keep="first", maintain_order=True
    )
    q_value = np.exp(best["adjusted"].to_numpy()) / np.arange(1, len(best) + 1)
    q_value = np.minimum.accumulate(q_value[::-1])[::-1]
    return best.with_columns(q_value=pl.Series(q_value, dtype=pl.Float64)).filter(pl.col("q_value") <= level)


def _brigades(of: Bursts, cuts: Sequence[Codes], cells: pl.DataFrame) -> Brigades:
    """Brigades of cells: one that shows mostly the people of a more certain one of its burst adds the rest to it."""
    kept: list[int] = []
    actions: list[Counts] = []
    in_burst: dict[int, list[int]] = {}
    for row, (cut, mark, burst, first, last) in enumerate(
        cells.select("cut", "mark", "burst", "first", "last").iter_rows()
    ):
        action = _around(of, cuts[cut], mark, burst, first, last)
        there = in_burst.setdefault(burst, [])
        same = [np.isin(action, actions[number]).mean() for number in there]
        if max(same, default=0.0) >= 0.5:
            number = there[int(np.argmax(same))]
            actions[number] = np.union1d(actions[number], action)
        else:
            there.append(len(kept))
            kept.append(row)
            actions.append(action)
    chosen = cells[kept]
    start = np.cumsum([0, *(len(action) for action in actions)])
    burst = chosen["burst"].to_numpy()
    return Brigades(
        account=of.account[burst],
        burst=burst,
        cut=chosen["cut"].to_numpy(),
        mark=chosen["mark"].cast(pl.Int32).to_numpy(),
        q_value=chosen["q_value"].to_numpy(),
        p_value=np.exp(chosen["log_p"].to_numpy()),
        seen=chosen["seen"].to_numpy(),
        expected=chosen["expected"].to_numpy(),
        start=start.astype(np.int64),
        action=np.concatenate([np.empty(0, np.int64), *actions]),
    )


def _around(of: Bursts, mark: Codes, which: int, burst: int, first: int, last: int) -> Counts:
    """Actions of a burst by reporters of a mark in a stretch, or as long before or after it as a stretch lasts."""
    at = of.actions.at[of.begin[burst] : of.end[burst]]
    opens, closes = np.searchsorted(
        at, [of.actions.at[first] - HASTE_S, of.actions.at[last - 1] + HASTE_S + 1]
    )
    rows = np.arange(of.begin[burst] + opens, of.begin[burst] + closes)
    carry: NDArray[np.bool_] = mark[of.actions.reporter[rows]] == which
    return rows[carry]
