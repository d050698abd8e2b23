"""Who reports together. So far the simple co-report rule: reporters who keep meeting in the same few hours.

The rule of the report-worth notes (section 3, step 1), kept as the first source of groups. Its thresholds are
fixed, so it misses rings that rotate members or spread over days. Coordinated does not mean malicious: what became
of a campaign's targets is a column of its own, and nothing here lowers anybody's record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, ReportLog
from ostrakon.analysis.tables import CAMPAIGN_MEMBERS, CAMPAIGN_TARGETS, CAMPAIGNS, Shape

CELL_S = 3 * 3600
LEAST_REPORTS = 4
LARGEST_CELL = 2000
LEAST_SHARED = 4
LEAST_SHARE = 0.08
LEAST_MEMBERS = 3


def co_reporting(log: ReportLog) -> Codes:
    """(V,) group of each voice, -1 where its reporter belongs to none; groups are numbered from 0, the earliest first.

    Time is cut into cells of 3 hours, twice (half a cell apart). Two reporters with at least 4 cases each are linked
    if they share at least 4 cells (case x window, of 2 to 2000 reporters) and 8 % of the cases of either; connected
    components of at least 3 reporters are groups.
    """
    active = log.reporter_size >= LEAST_REPORTS
    if active.sum() < LEAST_MEMBERS:
        return np.full(log.voices, -1, np.int32)
    first = _cells(log, active, 0)
    second = _cells(log, active, CELL_S // 2)
    root = _linked(*first, *second, log.reporter_size, LEAST_SHARED, LEAST_SHARE)
    members = np.bincount(root, minlength=len(root))
    large = np.flatnonzero(members >= LEAST_MEMBERS)
    began = np.full(len(root), np.iinfo(np.int64).max)
    np.minimum.at(began, root[log.reporter], log.at)
    number = np.full(len(root), -1, np.int32)
    number[large[np.argsort(began[large], kind="stable")]] = np.arange(len(large), dtype=np.int32)
    return number[root][log.reporter].astype(np.int32)


def _cells(
    log: ReportLog, active: NDArray[np.bool_], offset: int
) -> tuple[NDArray[np.int64], Codes, NDArray[np.int64], Codes]:
    """Usable cells both ways: (start of each cell, its reporters), (start of each reporter, its cells)."""
    voice = np.flatnonzero(active[log.reporter])
    reporter = log.reporter[voice]
    window = (log.at[voice] + offset) // CELL_S
    case = log.case[voice]
    opens = np.empty(len(voice), np.bool_)
    opens[:1] = True
    opens[1:] = (case[1:] != case[:-1]) | (window[1:] != window[:-1])
    cell = np.cumsum(opens) - 1
    size = np.bincount(cell) if len(cell) else np.zeros(0, np.int64)
    usable = (size >= 2) & (size <= LARGEST_CELL)
    keep = usable[cell]
    place = np.cumsum(usable) - 1
    cell, reporter = place[cell[keep]].astype(np.int32), reporter[keep]
    cell_start = np.concatenate([[0], np.cumsum(size[usable])]).astype(np.int64)
    order = np.argsort(reporter, kind="stable")
    reporter_start = np.concatenate([[0], np.cumsum(np.bincount(reporter, minlength=len(active)))]).astype(
        np.int64
    )
    return cell_start, reporter.astype(np.int32), reporter_start, cell[order]


@dataclass(frozen=True)
class CampaignTables:
    """The three campaign tables of the file contract."""

    campaigns: pl.DataFrame
    members: pl.DataFrame
    targets: pl.DataFrame

    @classmethod
    def none(cls) -> CampaignTables:
        """The tables when nothing was looked for."""
        return cls(CAMPAIGNS.empty(), CAMPAIGN_MEMBERS.empty(), CAMPAIGN_TARGETS.empty())


def campaign_names(groups: int) -> pl.Series:
    """(groups,) ids of the campaigns in the files: C1, C2, ..."""
    return pl.Series([f"C{number + 1}" for number in range(groups)], dtype=pl.String)


def campaign_tables(log: ReportLog, groups: Codes, outcome: NDArray[np.int8]) -> CampaignTables:
    """What the groups did, as tables. ``outcome`` (C,) is 0 where a violation stands, > 0 where none, -1 undecided.

    A target is an account on which at least two members spoke. ``lift`` and ``q_value`` stay unknown: the simple
    rule tests nothing against chance.
    """
    word = _group_words(log, groups)
    at = (pl.col("at").min().alias("first_at"), pl.col("at").max().alias("last_at"))
    by_target = word.group_by("campaign", "account").agg(
        pl.col("reporter").n_unique().alias("voices"), pl.len().alias("reports"), *at
    )
    targets = by_target.filter(pl.col("voices") >= 2).sort("campaign", "account")
    judged = word.with_columns(outcome=outcome[word["case"].to_numpy()]).filter(pl.col("outcome") >= 0)
    decided = judged.join(targets, on=["campaign", "account"], how="semi").unique(["campaign", "case"])
    upheld = decided.group_by("campaign").agg(upheld_share=(pl.col("outcome") == 0).mean())
    campaigns = (
        word.group_by("campaign")
        .agg(
            pl.col("reporter").n_unique().alias("members"),
            pl.len().alias("reports"),
            *at,
            kind=pl.when(pl.col("declared").mean() > 0.5)
            .then(pl.lit("declared list"))
            .otherwise(pl.lit("coordinated")),
        )
        .join(targets.group_by("campaign").agg(targets=pl.len()), on="campaign", how="left")
        .join(upheld, on="campaign", how="left")
        .with_columns(pl.col("targets").fill_null(0), lift=None, q_value=None)
        .sort("campaign")
    )
    members = (
        word.select("campaign", "reporter").unique().sort("campaign", "reporter").with_columns(q_value=None)
    )
    return CampaignTables(
        *(
            _named(frame, shape, log, groups)
            for frame, shape in (
                (campaigns, CAMPAIGNS),
                (members, CAMPAIGN_MEMBERS),
                (targets, CAMPAIGN_TARGETS),
            )
        )
    )


def _group_words(log: ReportLog, groups: Codes) -> pl.DataFrame:
    """One row for every voice that belongs to a group."""
    voice = np.flatnonzero(groups >= 0)
    declared = log.sources.fill_null("").str.contains("^(list|call):").to_numpy()
    return pl.DataFrame(
        {
            "campaign": groups[voice],
            "reporter": log.reporter[voice],
            "case": log.case[voice],
            "account": log.case_account[log.case[voice]],
            "at": log.at[voice],
            "declared": np.append(declared, False)[log.source[voice]],
        }
    )


def _named(frame: pl.DataFrame, shape: Shape, log: ReportLog, groups: Codes) -> pl.DataFrame:
    """Codes to ids and seconds to times, in the columns and dtypes of ``shape``."""
    ids = {
        "campaign": campaign_names(int(groups.max(initial=-1)) + 1),
        "reporter": log.reporters,
        "account": log.accounts,
    }
    columns = []
    for column in shape.columns:
        values = frame[column.name]
        if column.name in ids:
            values = ids[column.name].gather(values)
        elif column.name.endswith("_at"):
            values = pl.from_epoch(values).dt.replace_time_zone("UTC")
        columns.append(values.cast(column.kind.dtype).alias(column.name))
    return pl.DataFrame(columns)


@compiled
def _linked(
    start_a: NDArray[np.int64], members_a: Codes, own_a: NDArray[np.int64], cells_a: Codes,
    start_b: NDArray[np.int64], members_b: Codes, own_b: NDArray[np.int64], cells_b: Codes,
    cases: NDArray[np.int64], least_shared: int, least_share: float,
) -> NDArray[np.int64]:  # fmt: skip
    """(R,) root of each reporter's component (union-find over linked pairs; no table of pairs is kept)."""
    reporters = len(cases)
    root = np.arange(reporters)
    shared = np.zeros((2, reporters), np.int32)
    touched = np.empty(reporters, np.int64)
    for reporter in range(reporters):
        found = 0
        for turn in range(2):
            start, members, own, cells = (
                (start_a, members_a, own_a, cells_a) if turn == 0 else (start_b, members_b, own_b, cells_b)
            )
            for place in range(own[reporter], own[reporter + 1]):
                cell = cells[place]
                for row in range(start[cell], start[cell + 1]):
                    other = members[row]
                    if other > reporter:
                        if shared[0, other] + shared[1, other] == 0:
                            touched[found] = other
                            found += 1
                        shared[turn, other] += 1
        for index in range(found):
            other = touched[index]
            most = max(shared[0, other], shared[1, other])
            shared[0, other] = 0
            shared[1, other] = 0
            if most >= least_shared and most >= least_share * min(cases[reporter], cases[other]):
                _join(root, reporter, other)
    for reporter in range(reporters):
        root[reporter] = _root(root, reporter)
    return root


@compiled
def _root(root: NDArray[np.int64], reporter: int) -> int:
    while root[reporter] != reporter:
        root[reporter] = root[root[reporter]]
        reporter = root[reporter]
    return reporter


@compiled
def _join(root: NDArray[np.int64], one: int, other: int) -> None:
    low, high = _root(root, one), _root(root, other)
    root[max(low, high)] = min(low, high)
