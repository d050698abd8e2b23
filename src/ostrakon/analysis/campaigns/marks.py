"""What the members of a campaign have in common besides their reports: when they were created, who invited them, which
list they name.

A *mark* is a code of a reporter or of a report. Marks that the whole log shares are no evidence: a wave of sign-ups
after some news gives everybody of that hour the same mark, and a campaign its share of them. A mark is not guilt
either: a class that signs up together was created together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.campaign import Channel, Evidence
from ostrakon.analysis.campaigns.chance import LEAST_P, cauchy_combination
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts, Floats, ReportLog
from ostrakon.analysis.tables import DECLARING

Row = TypeVar("Row", np.int32, np.int64)

UNKNOWN = -1
"""The mark of whoever could carry any: left out of the test."""
NONE = -2
"""The mark of whoever is known to carry none of those that are looked for."""
NEVER = np.iinfo(np.int64).min
"""The creation time of an account of which it is not known."""

CELL_S = 7200
"""Accounts created within one cell carry one mark; the note's rings were created within two hours."""
LEAST_CARRIERS = 3
"""Members who must carry a mark: two have something in common too easily, and with fewer than three members whose
marks are known there is nothing to test."""
SHOWN_P = 0.05
"""Marks are listed as evidence up to this chance, corrected for all that were looked at."""
MOST_P = 0.9
"""Larger p-values are combined as this: bounds and counts are often exactly 1, and a Cauchy part of minus infinity
would wipe out what all other channels say (for truncation see Gui, Mao, Wang and Wang, arXiv 2508.05818, 2025)."""


# -- the test ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SharedMarks:
    """Which marks the members of campaigns share. Shapes: G campaigns; K rows, one a (campaign, mark)."""

    p_value: Floats
    """(G,) chance of the most surprising mark; NaN where fewer than three members' marks are known."""
    campaign: Codes
    """(K,) ascending; within a campaign the most surprising mark first."""
    cut: Codes
    """(K,) which of the ways to cut into marks."""
    mark: Codes
    """(K,)"""
    seen: Counts
    """(K,) members who carry it, at least three."""
    expected: Floats
    """(K,) the same if marks were as usual as in the rest of the log."""
    p: Floats
    """(K,) chance of so many, corrected for the choice among all marks."""


def shared_marks(
    cuts: Sequence[Codes], reporter: Codes, row: Counts, campaign: Codes, campaigns: int
) -> SharedMarks:
    """Do the members of each campaign carry the same mark more often than a random draw from the log?

    Of P rows (reporters, or reports) with a known mark T carry one mark. If the n rows of a campaign were drawn
    at random, the number among them that carry it would be hypergeometric, whatever brought T about: the test is
    exact and need not guess how usual the mark is. ``seen`` counts reporters, who are at most as many as their
    rows. Bonferroni over the marks of at least three reporters, for others can never be seen three times (Tarone,
    Biometrics 46, 1990); cuts of the same thing are tested beside each other. ``expected`` leaves the campaign out of
    its own background: n (T outside + 1) / (P outside + 1).

    Args:
        cuts: each (P,), marks from 0; ``UNKNOWN`` is not drawn from, ``NONE`` is. Unknown in one is so in all.
        reporter: (P,) whose row it is.
        row: (M,) rows of members; a row may belong to several campaigns, once to each.
        campaign: (M,) which campaign, from 0.
        campaigns: G.

    >>> mark = np.array([0] * 4 + [1] * 96, np.int32)
    >>> everybody = np.arange(100, dtype=np.int32)
    >>> found = shared_marks([mark], everybody, np.arange(4), np.zeros(4, np.int32), 1)
    >>> found.seen.tolist(), found.p_value.round(9).tolist()  # 2 marks / (100 choose 4)
    ([4], [5.1e-07])
    """
    known = cuts[0] != UNKNOWN
    population = int(np.count_nonzero(known))
    row, campaign = row[known[row]], campaign[known[row]]
    drawn = np.bincount(campaign, minlength=campaigns)
    tables, marks = [], 0
    for number, mark in enumerate(cuts):
        carriers = _carriers(mark, reporter)
        marks += int(np.count_nonzero(carriers >= LEAST_CARRIERS))
        rows = np.bincount(mark[mark >= 0], minlength=1)
        table = _seen(mark[row], reporter[row], campaign).with_columns(cut=pl.lit(number, pl.Int32))
        tables.append(table.with_columns(carriers=pl.Series(rows[table["mark"]])))
    table = pl.concat(tables)
    of, total, inside = (table[name].to_numpy() for name in ("campaign", "carriers", "inside"))
    seen = table["seen"].to_numpy()
    log_p = _hypergeometric_tails(seen, total, drawn[of], population)
    p = np.clip(np.exp(np.minimum(log_p + math.log(max(marks, 1)), 0.0)), LEAST_P, 1.0)
    expected = drawn[of] * (total - inside + 1) / (population - drawn[of] + 1)
    p_value = np.where(_known_members(reporter[row], campaign, campaigns) >= LEAST_CARRIERS, 1.0, np.nan)
    np.minimum.at(p_value, of, p)
    cut, which = table["cut"].to_numpy(), table["mark"].to_numpy()
    order = np.lexsort((which, cut, expected - seen, log_p, of))
    return SharedMarks(p_value, *(column[order] for column in (of, cut, which, seen, expected, p)))


def _carriers(mark: Codes, reporter: Codes) -> Counts:
    """(marks,) distinct reporters who carry each."""
    pairs = pl.DataFrame({"mark": mark, "reporter": reporter}).filter(pl.col("mark") >= 0).unique()
    return np.bincount(pairs["mark"], minlength=1).astype(np.int64)


def _seen(mark: Codes, reporter: Codes, campaign: Codes) -> pl.DataFrame:
    """One row for every mark that at least three members of a campaign carry."""
    frame = pl.DataFrame({"campaign": campaign, "mark": mark, "reporter": reporter})
    return (
        frame.filter(pl.col("mark") >= 0)
        .group_by("campaign", "mark", maintain_order=True)
        .agg(
            pl.col("reporter").n_unique().cast(pl.Int64).alias("seen"),
            pl.len().cast(pl.Int64).alias("inside"),
        )
        .filter(pl.col("seen") >= LEAST_CARRIERS)
    )


def _known_members(reporter: Codes, campaign: Codes, campaigns: int) -> Counts:
    """(G,) members of whom any row is known."""
    pairs = pl.DataFrame({"campaign": campaign, "reporter": reporter}).unique()
    return np.bincount(pairs["campaign"], minlength=campaigns).astype(np.int64)


@compiled
def _hypergeometric_tails(seen: Counts, carriers: Counts, drawn: Counts, population: int) -> Floats:
    log_p = np.zeros(len(seen))
    for row in range(len(seen)):
        log_p[row] = log_hypergeometric_tail(seen[row], carriers[row], drawn[row], population)
    return log_p


@compiled
def log_hypergeometric_tail(seen: int, carriers: int, drawn: int, population: int) -> float:
    """ln P(X >= seen) where ``drawn`` of the population are drawn without replacement; 0 up to the mean.

    >>> round(math.exp(log_hypergeometric_tail(2, 2, 2, 4)), 9)  # both of two: 1 of 6 ways
    0.166666667
    """
    if seen * population <= carriers * drawn:
        return 0.0
    term = _log_ways(carriers, seen) + _log_ways(population - carriers, drawn - seen)
    term -= _log_ways(population, drawn)
    total, part = 1.0, 1.0
    for count in range(seen, min(carriers, drawn)):
        part *= (carriers - count) * (drawn - count) / (count + 1.0)
        part /= population - carriers - drawn + count + 1.0
        total += part
        if part < 1e-15 * total:
            break
    return min(0.0, term + math.log(total))


@compiled
def _log_ways(things: int, taken: int) -> float:
    return math.lgamma(things + 1.0) - math.lgamma(taken + 1.0) - math.lgamma(things - taken + 1.0)


# -- the channels ------------------------------------------------------------------------------


def created_together(
    log: ReportLog, reporters: pl.DataFrame | None, members: Sequence[Codes], voices: Sequence[Counts]
) -> list[Channel | None]:
    """Were the accounts of each campaign's members created in the same hours, more than accounts of the log were?

    Cells of two hours, cut twice, half a cell apart, so that no two accounts within an hour are torn apart in both.

    Args:
        log: whose codes the others are.
        reporters: typed table ``tables.REPORTERS`` or None; columns and rows may be missing.
        members: for each campaign the reporters who are named.
        voices: for each campaign its rows of the log.
    Returns:
        One for each campaign; None where the creation times of fewer than three members are known.
    """
    created = creation_times(log, reporters)
    cuts = creation_cells(created)
    found = _among_members(cuts, len(log.reporters), members)

    def shows(row: int, number: int) -> Evidence:
        carriers = _carrying(cuts[int(found.cut[row])], int(found.mark[row]), members[number])
        return Evidence(span(created[carriers]), _by(log, voices[number], carriers))

    return _channels("created together", found, shows)


def one_inviter(
    log: ReportLog, reporters: pl.DataFrame | None, members: Sequence[Codes], voices: Sequence[Counts]
) -> list[Channel | None]:
    """Did one person invite the members of each campaign? Arguments and result as in :func:`created_together`."""
    mark, names = inviters(log, reporters)
    found = _among_members([mark], len(log.reporters), members)

    def shows(row: int, number: int) -> Evidence:
        which = int(found.mark[row])
        return Evidence(names[which], _by(log, voices[number], _carrying(mark, which, members[number])))

    return _channels("one inviter", found, shows)


def one_list(log: ReportLog, members: Sequence[Codes], voices: Sequence[Counts]) -> list[Channel | None]:
    """Do the reports of each campaign's members name the same list or call?

    Each member's first report of the campaign is compared with all reports of the log, for who reports much has more
    occasions to name a list. A report without a source, or with one of another kind, names none. All are None in
    a log that names no list at all, and where fewer than three members are named.
    """
    is_list = np.array([name.startswith(DECLARING) for name in log.sources], np.bool_)
    if not is_list.any():
        return [None] * len(members)
    mark = np.append(np.where(is_list, np.arange(len(is_list)), NONE), NONE)[log.source].astype(np.int32)
    own = [_by(log, theirs, named) for named, theirs in zip(members, voices, strict=True)]
    row, campaign = _flat([_first_of_each(log, theirs) for theirs in own])
    found = shared_marks([mark], log.reporter, row, campaign, len(own))

    def shows(row: int, number: int) -> Evidence:
        which = int(found.mark[row])
        return Evidence(log.sources[which], _carrying(mark, which, own[number]))

    return _channels("one list", found, shows)


def _by(log: ReportLog, voices: Counts, reporters: Codes) -> Counts:
    """Those of the voices that are the reporters'."""
    return np.sort(voices[np.isin(log.reporter[voices], reporters)])


def _first_of_each(log: ReportLog, voices: Counts) -> Counts:
    """The first in time of each reporter's voices."""
    by_time = voices[np.lexsort((voices, log.at[voices]))]
    return by_time[np.unique(log.reporter[by_time], return_index=True)[1]]


def _among_members(cuts: Sequence[Codes], reporters: int, members: Sequence[Codes]) -> SharedMarks:
    """The test where rows are reporters."""
    row, campaign = _flat(members)
    return shared_marks(cuts, np.arange(reporters, dtype=np.int32), row, campaign, len(members))


def _flat(groups: Sequence[NDArray[np.integer]]) -> tuple[Counts, Codes]:
    """(all members, the group of each)."""
    sizes = [len(group) for group in groups]
    row = np.concatenate([np.empty(0, np.int64), *groups]).astype(np.int64)
    return row, np.repeat(np.arange(len(groups), dtype=np.int32), sizes)


def _carrying(mark: Codes, which: int, rows: NDArray[Row]) -> NDArray[Row]:
    """Those of the rows that carry a mark."""
    carry: NDArray[np.bool_] = mark[rows] == which
    return rows[carry]


def span(seconds: Counts) -> str:
    """From the first to the last minute."""
    first, last = (
        pl.Series([moment]).cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%d %H:%M")[0]
        for moment in (int(seconds.min()) * 1000, int(seconds.max()) * 1000)
    )
    return f"{first} to {last} UTC"


def _channels(name: str, found: SharedMarks, shows: Callable[[int, int], Evidence]) -> list[Channel | None]:
    """One channel for each campaign: the most surprising mark counts, all that are surprising are shown."""
    channels: list[Channel | None] = []
    first = np.searchsorted(found.campaign, np.arange(len(found.p_value) + 1))
    for number, p_value in enumerate(found.p_value):
        rows = range(first[number], first[number + 1])
        shown = _new([shows(row, number) for row in rows if found.p[row] <= SHOWN_P])
        seen, expected = (found.seen[rows[0]], found.expected[rows[0]]) if rows else (0, 0.0)
        channel = Channel(name, float(p_value), float(seen), float(expected), shown)
        channels.append(None if np.isnan(p_value) else channel)
    return channels


def _new(found: list[Evidence]) -> tuple[Evidence, ...]:
    """Without what shows mostly the same voices as those before: two cuts cut the same people."""
    shown: list[Evidence] = []
    known: set[int] = set()
    for evidence in found:
        voices = set(evidence.voices.tolist())
        if 2 * len(voices & known) < len(voices):
            shown.append(evidence)
        known |= voices
    return tuple(shown)


# -- the marks ---------------------------------------------------------------------------------


def creation_times(log: ReportLog, reporters: pl.DataFrame | None) -> Counts:
    """(R,) when each account was created, seconds since 1970 UTC; ``NEVER`` where that is not known."""
    created = _of_reporters(log, reporters, "created_at", pl.Datetime("us", "UTC"))
    return created.dt.epoch("s").fill_null(NEVER).to_numpy().astype(np.int64)


def creation_cells(created: Counts) -> tuple[Codes, Codes]:
    """Two cuts of time into cells of two hours, half a cell apart: (R,) marks each, from 0.

    >>> [cut.tolist() for cut in creation_cells(np.array([3599, 7199, 7200, NEVER]))]
    [[0, 0, 1, -1], [0, 1, 1, -1]]
    """
    return _cells(created, 0), _cells(created, CELL_S // 2)


def _cells(created: Counts, shift: int) -> Codes:
    mark = np.full(len(created), UNKNOWN, np.int32)
    known = created != NEVER
    mark[known] = np.unique((created[known] + shift) // CELL_S, return_inverse=True)[1]
    return mark


def inviters(log: ReportLog, reporters: pl.DataFrame | None) -> tuple[Codes, pl.Series]:
    """((R,) who invited each reporter, from 0; their ids). Nobody and not known are the same: ``UNKNOWN``."""
    invited_by = _of_reporters(log, reporters, "invited_by", pl.String())
    names = invited_by.drop_nulls().unique().sort()
    order = pl.DataFrame({"id": names, "mark": np.arange(len(names), dtype=np.int32)})
    coded = pl.DataFrame({"id": invited_by}).join(order, on="id", how="left", maintain_order="left")
    return coded["mark"].fill_null(UNKNOWN).to_numpy().astype(np.int32), names


def _of_reporters(
    log: ReportLog, reporters: pl.DataFrame | None, column: str, kind: pl.DataType
) -> pl.Series:
    """(R,) one column of the reporters' table, in the order of the log; null where it says nothing."""
    if reporters is None or column not in reporters.columns:
        return pl.Series(column, [None] * len(log.reporters), dtype=kind)
    told = reporters.select("reporter", column).unique("reporter", keep="first", maintain_order=True)
    everybody = log.reporters.alias("reporter").to_frame()
    return everybody.join(told, on="reporter", how="left", maintain_order="left")[column]


# -- together ----------------------------------------------------------------------------------


def combined(channels: Sequence[Channel | None]) -> float:
    """One p-value for a campaign from all channels that have data, which may depend on each other in any way.

    Cauchy's combination (``chance.cauchy_combination``): about as many times the smallest p-value as there are
    channels. It is not exact, but right where it is small; an absent channel takes no part.

    >>> together = Channel("reporting together", 1e-6, 40.0, 3.0)
    >>> round(combined([together, None, Channel("one list", 1.0, 0.0, 0.0)]) * 1e6, 3)
    2.0
    """
    p_values = [channel.p_value for channel in channels if channel is not None]
    return cauchy_combination(np.minimum(np.array(p_values, np.float64), MOST_P))
