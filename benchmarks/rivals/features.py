"""Plain features of a reported account: what a careful data scientist would compute in a week.

All are label-free here (decisions enter in ``records.py``), and leave out the row they describe wherever a
reporter's other reports are used. Language, origin and opinion are never features.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numba import njit
from rivals.coded import Floats, Ints, Log

VIEWS_FLOOR = 200.0
WINDOWS = (1.0, 3.0, 6.0, 24.0)
"""Hours."""

Features = dict[str, Floats]


def plain(log: Log) -> Features:
    """All label-free features, by name, each an array over the rows."""
    alone = independent(log)
    return (
        volume(log)
        | timing(log)
        | account_age(log)
        | reporter_age(log)
        | activity(log)
        | agreement(log)
        | companions(log, alone)
    )


# -- small helpers over voices ------------------------------------------------------------------


def total(log: Log, values: Floats) -> Floats:
    """Per row: sum over its voices; NaN counts as nothing."""
    return np.bincount(log.row, np.nan_to_num(values), minlength=len(log.rows))


def mean(log: Log, values: Floats) -> Floats:
    """Per row: mean over the voices where the value is known."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return total(log, values) / total(log, known.astype(float))


def largest(log: Log, values: Floats) -> Floats:
    """Per row: largest known value."""
    found = np.maximum.reduceat(np.where(np.isfinite(values), values, -np.inf), log.starts[:-1])
    return np.where(np.isfinite(found), found, np.nan)


def smallest(log: Log, values: Floats) -> Floats:
    """Per row: smallest known value."""
    return -largest(log, -values)


def within(log: Log, hours: float) -> Ints:
    """Per voice: how many voices of the row fall into the window that it opens, itself included."""
    stride = np.ptp(log.hour) + 10 * max(WINDOWS) + 1
    key = log.row * stride + (log.hour - log.hour.min())
    return np.searchsorted(key, key + hours, side="right") - np.arange(len(key))


# -- counts and rates ---------------------------------------------------------------------------


def exposure(log: Log) -> Floats:
    """Views; followers where views are unknown."""
    return np.where(np.isfinite(log.views), log.views, log.followers)


def rate(log: Log, count: Floats) -> Floats:
    """Logarithm of ``count`` per view."""
    return np.log((count + 0.1) / (exposure(log) + VIEWS_FLOOR))


def volume(log: Log) -> Features:
    """How much was reported, and against how much exposure."""
    count = log.count.astype(float)
    on_account = np.bincount(log.account, count)[log.account]
    most = np.zeros(len(on_account))
    np.maximum.at(most, log.account, count)
    return {
        "reporters": np.log1p(count),
        "repeats": np.log1p(log.repeats),
        "views": np.log1p(log.views),
        "followers": np.log1p(log.followers),
        "rate": rate(log, count),
        "rate_by_followers": np.log((count + 0.1) / (log.followers + 20.0)),
        "policy": log.policy.astype(float),
        "policies": np.bincount(log.account)[log.account].astype(float),
        "policy_share": count / on_account,
        "behind_top_policy": np.log(count / most[log.account]),
        "account_rate": rate(log, on_account),
    }


def timing(log: Log) -> Features:
    """What is left of the rate outside of the largest burst.

    No span, first or last report, and no bare size of a burst: a suspended account can no longer be reported, so in
    decided rows these say what was decided, and a model that learns from them is lost on undecided rows
    (-.06 average precision where the desk works while the reports come in).
    """
    found: Features = {}
    for hours in WINDOWS:
        peak = largest(log, within(log, hours).astype(float))
        found[f"rate_outside_{hours:g}h"] = rate(log, log.count - peak + 1)
    return found


# -- who reports --------------------------------------------------------------------------------


def account_age(log: Log) -> Features:
    """Age of the reported account at its first report."""
    return {"account_age": np.log1p(np.maximum(log.hour[log.starts[:-1]] - log.created, 0) / 24)}


def voice_age(log: Log) -> Floats:
    """Per voice: age in days of the reporter at the report."""
    return np.maximum(log.hour - log.reporter_created[log.reporter], 0) / 24


def reporter_age(log: Log) -> Features:
    """Ages of the reporters, and marks that many of them share."""
    age = voice_age(log)
    known = np.isfinite(age)
    found: Features = {
        "reporter_age": mean(log, np.log1p(age)),
        "youngest": smallest(log, np.log1p(age)),
        "oldest": largest(log, np.log1p(age)),
    }
    for days in (1, 7, 30, 90):
        found[f"younger_{days}d"] = mean(log, np.where(known, (age < days).astype(float), np.nan))
    found["rate_of_older_30d"] = rate(log, total(log, (age >= 30).astype(float)))
    found["same_day_made"] = most_common(log, np.floor(log.reporter_created[log.reporter] / 24)) / log.count
    inviter = log.inviter[log.reporter].astype(float)
    found["same_inviter"] = most_common(log, np.where(inviter >= 0, inviter, np.nan)) / log.count
    return found


def most_common(log: Log, mark: Floats) -> Floats:
    """Per row: how many voices carry the mark that most of them carry; 1 or less means that none is shared."""
    known = np.flatnonzero(np.isfinite(mark))
    if len(known) == 0:
        return np.zeros(len(log.rows))
    order = known[np.lexsort((mark[known], log.row[known]))]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(log.row[order]) != 0) | (np.diff(mark[order]) != 0)
    sizes = np.diff(np.append(np.flatnonzero(new), len(order)))
    found = np.zeros(len(log.rows))
    np.maximum.at(found, log.row[order[new]], sizes)
    return found


def activity(log: Log) -> Features:
    """How much its reporters report elsewhere."""
    reports = np.bincount(log.reporter, minlength=log.reporters).astype(float)[log.reporter]
    once = (reports == 1).astype(float)
    return {
        "activity": mean(log, np.log(reports)),
        "most_active": largest(log, np.log(reports)),
        "once": mean(log, once),
        "at_most_twice": mean(log, (reports <= 2).astype(float)),
        "rate_of_regulars": rate(log, total(log, (reports >= 3).astype(float))),
        "fresh_rate": rate(log, total(log, once)),
    }


# -- do its reporters agree with others elsewhere? -------------------------------------------------


def elsewhere(log: Log, value: Floats) -> tuple[Floats, Floats]:
    """Per voice: sum of a row value over the reporter's other rows, and the number of these."""
    known = np.isfinite(value[log.row])
    of_voice = np.where(known, value[log.row], 0.0)
    sums = np.bincount(log.reporter, of_voice, minlength=log.reporters)[log.reporter] - of_voice
    counts = np.bincount(log.reporter, known, minlength=log.reporters)[log.reporter] - known
    return sums, counts


def agreement(log: Log) -> Features:
    """The mean log report rate of the reporters' other accounts: label-free, and hard to fake without views."""
    rates = rate(log, log.count.astype(float))
    centred = (
        rates - np.nanmean(rates)
        if np.isfinite(rates).any()
        else np.log(log.count) - np.log(log.count).mean()
    )
    sums, counts = elsewhere(log, centred)
    shrunk = sums / (counts + 2.0)
    raw = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    row_mean = mean(log, shrunk)
    again, others = elsewhere(log, row_mean)
    return {
        "agreement": row_mean,
        "agreement_raw": mean(log, raw),
        "agreement_max": largest(log, shrunk),
        "agreement_min": smallest(log, shrunk),
        "agreement_sum": total(log, shrunk),
        "agreement_rate": rate(log, total(log, (shrunk > 0).astype(float))),
        "agreement_twice": mean(log, again / (others + 2.0)),
        "elsewhere_views": mean(log, _mean_elsewhere(log, np.log1p(exposure(log)))),
        "elsewhere_reporters": mean(log, _mean_elsewhere(log, np.log1p(log.count.astype(float)))),
        "elsewhere_burst": mean(
            log, _mean_elsewhere(log, largest(log, within(log, 3.0).astype(float)) / log.count)
        ),
    }


def _mean_elsewhere(log: Log, value: Floats) -> Floats:
    sums, counts = elsewhere(log, value)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


# -- who reports together? -----------------------------------------------------------------------


def graph(log: Log, cell: Ints, least: int, share: float) -> sp.csr_array:
    """Reporters who share at least ``least`` cells and that share of the cells of the one who has fewer."""
    size = np.bincount(cell)[cell]
    busy = np.bincount(log.reporter, minlength=log.reporters)[log.reporter] >= least
    keep = busy & (size >= 2) & (size <= 2000)
    ones = np.ones(int(keep.sum()), np.float32)
    shape = (int(cell.max(initial=0)) + 1, log.reporters)
    incidence = sp.csr_array((ones, (cell[keep], log.reporter[keep])), shape=shape)
    together = (incidence.T @ incidence).tocoo()
    own = np.asarray(incidence.sum(axis=0)).ravel()
    row, column = together.coords
    fewer = np.minimum(own[row], own[column])
    linked = (row != column) & (together.data >= least) & (together.data >= share * fewer)
    return sp.csr_array((together.data[linked], (row[linked], column[linked])), shape=together.shape)


def cells(log: Log, hours: float, offset: float) -> Ints:
    """Per voice: number of its (row, time window)."""
    slot = np.floor(log.hour / hours + offset)
    _, cell = np.unique(log.row * (np.ptp(slot) + 2) + slot - slot.min(), return_inverse=True)
    return cell.astype(np.int64)


def partners(log: Log) -> sp.csr_array:
    """Reporters who reported at least twice in the same three hours, by either of two grids of windows."""
    return graph(log, cells(log, 3.0, 0.0), 2, 0.1).maximum(graph(log, cells(log, 3.0, 0.5), 2, 0.1)).tocsr()


@njit
def _present(starts, reporter, indptr, indices, marks):  # type: ignore[no-untyped-def]
    """Per voice: how many of the reporter's neighbours have a voice on the same row."""
    found = np.zeros(len(reporter))
    for row in range(len(starts) - 1):
        for place in range(starts[row], starts[row + 1]):
            marks[reporter[place]] = row
        for place in range(starts[row], starts[row + 1]):
            who = reporter[place]
            for link in range(indptr[who], indptr[who + 1]):
                if marks[indices[link]] == row:
                    found[place] += 1.0
    return found


def present(log: Log, links: sp.csr_array) -> Floats:
    """Per voice: companions of the reporter on the same row."""
    marks = np.full(log.reporters, -1, np.int64)
    indptr, indices = links.indptr.astype(np.int64), links.indices.astype(np.int64)
    return np.asarray(_present(log.starts, log.reporter, indptr, indices, marks))


def fresh_burst(log: Log) -> Floats:
    """Per voice: how many barely known reporters came within the same six hours, for those who are one of them."""
    reports = np.bincount(log.reporter, minlength=log.reporters)[log.reporter]
    few = reports <= 2
    slot = cells(log, 6.0, 0.0)
    size = np.bincount(slot, few)[slot]
    return np.where(few & (size >= 3), size - 1, 0.0)


def independent(log: Log) -> Floats:
    """Per voice: one over the number of those who seem to speak with it."""
    return 1.0 / (1.0 + np.maximum(present(log, partners(log)), 0.8 * fresh_burst(log)))


def companions(log: Log, alone: Floats) -> Features:
    """Overlap between the reporters of a row on other rows, and what remains when each group is one voice."""
    anywhere = present(log, graph(log, log.row, 2, 0.0))
    close = present(log, graph(log, log.row, 3, 0.2))
    together = present(log, partners(log))
    others = np.maximum(log.count[log.row] - 1, 1)
    effective = total(log, alone)
    return {
        "companions": mean(log, anywhere / others),
        "close_companions": mean(log, close / others),
        "with_company": mean(log, (close >= 1).astype(float)),
        "partners": mean(log, together / others),
        "with_partner": mean(log, (together >= 1).astype(float)),
        "most_partners": np.log1p(largest(log, together)),
        "fresh_burst_share": mean(log, (fresh_burst(log) > 0).astype(float)),
        "independent": np.log1p(effective),
        "independent_share": effective / log.count,
        "independent_rate": rate(log, effective),
        "independent_agreement": _weighted_agreement(log, alone),
    }


def _weighted_agreement(log: Log, weight: Floats) -> Floats:
    """Agreement elsewhere when rows are rated by independent voices only, and voices are weighed so."""
    rates = rate(log, total(log, weight))
    base = np.nanmean(rates) if np.isfinite(rates).any() else 0.0
    sums, counts = elsewhere(log, rates - base)
    return total(log, weight * sums / (counts + 2.0)) / total(log, weight)
