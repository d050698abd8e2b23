"""The report log as integer columns: cases, voices, reporters.

A *case* is one (account, policy) with at least one report. A *voice* is one reporter's word on one case: the
first report counts, repeats are folded into it. Voices lie sorted by case, then time, so that a case is a slice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.tables import UNSPECIFIED

Codes = NDArray[np.int32]
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ReportLog:
    """Every report, integer coded. Shapes: C cases, V voices, R reporters, A accounts, P policies."""

    accounts: pl.Series
    """(A,) text ids, sorted: the order in which reports were read must not number the cases."""
    policies: pl.Series
    """(P,) names, sorted."""
    reporters: pl.Series
    """(R,) text ids, the most active first: hot reporters share cache lines in every pass."""
    sources: pl.Series
    """(S,) what stands in the column ``source``, in order of first appearance; -1 in ``source`` is none."""
    texts: pl.Series
    """(X,) the distinct texts of reports, in order of first appearance; -1 in ``text`` is none."""
    case_account: Codes
    """(C,) account of each case; cases lie in (account, policy) order."""
    case_policy: Codes
    """(C,) policy of each case."""
    case_reports: Counts
    """(C,) reports on each case, repeats included."""
    reporter_reports: Counts
    """(R,) reports by each reporter, repeats included."""
    start: Counts
    """(C + 1,) the voices of case c are ``start[c]:start[c + 1]``."""
    reporter: Codes
    """(V,) who speaks."""
    at: Counts
    """(V,) when the reporter first reported the case: seconds since 1970 UTC."""
    source: Codes
    """(V,) source of that first report, or -1."""
    text: Codes
    """(V,) text of that first report, or -1."""

    @property
    def cases(self) -> int:
        """Number of cases, C."""
        return len(self.case_account)

    @property
    def voices(self) -> int:
        """Number of voices, V."""
        return len(self.reporter)

    @cached_property
    def case(self) -> Codes:
        """(V,) the case of each voice."""
        return np.repeat(np.arange(self.cases, dtype=np.int32), self.case_size)

    @cached_property
    def case_size(self) -> Counts:
        """(C,) distinct reporters of each case."""
        return np.diff(self.start)

    @cached_property
    def reporter_size(self) -> Counts:
        """(R,) cases each reporter spoke on."""
        return np.bincount(self.reporter, minlength=len(self.reporters)).astype(np.int64)

    @cached_property
    def history(self) -> History:
        """The same voices, sorted by reporter, then time."""
        voice, start = sorted_by(self.reporter, len(self.reporters), self.at)
        place = np.empty_like(voice)
        place[voice] = np.arange(len(voice))
        return History(start, self.case[voice], place)


@dataclass(frozen=True)
class History:
    """The voices of a log by reporter: reporter r spoke on ``case[start[r]:start[r + 1]]``, in time order."""

    start: Counts
    """(R + 1,) where each reporter's words begin."""
    case: Codes
    """(V,) the case of each word."""
    place: Counts
    """(V,) where each voice of the log stands in the history."""


def by_reporter(log: ReportLog, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """(R,) sum of a value (C,) over the cases of each reporter."""
    return np.asarray(np.bincount(log.reporter, value[log.case], minlength=len(log.reporters)), np.float64)


def places_in(whole: ReportLog, part: ReportLog) -> Counts:
    """(V,) for each voice of ``part`` the row of the same reporter's voice on the same case in ``whole``.

    ``whole`` was made of all the reports of ``part`` and perhaps of others.
    """
    account, policy, reporter = (
        _numbers(of_whole, of_part)
        for of_whole, of_part in (
            (whole.accounts, part.accounts),
            (whole.policies, part.policies),
            (whole.reporters, part.reporters),
        )
    )
    keys = _keys(whole, whole.case_account, whole.case_policy, whole.case, whole.reporter)
    wanted = _keys(
        whole, account[part.case_account], policy[part.case_policy], part.case, reporter[part.reporter]
    )
    order = np.argsort(keys, kind="stable")
    return np.asarray(order[np.searchsorted(keys, wanted, sorter=order)], np.int64)


def _numbers(whole: pl.Series, part: pl.Series) -> Counts:
    """The place of each id of ``part`` in ``whole``."""
    known = pl.DataFrame({"id": whole, "number": np.arange(len(whole))})
    return known.join(pl.DataFrame({"id": part}), on="id", how="right", maintain_order="right")[
        "number"
    ].to_numpy()


def _keys(
    whole: ReportLog, account: NDArray[Any], policy: NDArray[Any], case: Codes, reporter: NDArray[Any]
) -> Counts:
    """One number for each voice: equal where account, policy and reporter are."""
    of_case = account.astype(np.int64) * len(whole.policies) + policy
    return np.asarray(of_case[case] * len(whole.reporters) + reporter, np.int64)


CODED = ("reporter", "account", "policy", "source", "text")
"""The columns of reports that become integer codes."""


class Coder:
    """Takes typed tables of reports, batch by batch, and keeps six integers a report.

    Every distinct id is held once, and so is every distinct text unless ``texts`` is false: nothing but the search
    for campaigns looks at texts.
    """

    def __init__(self, *, texts: bool = True) -> None:
        self._texts = texts
        self._vocabularies = {name: _Vocabulary() for name in CODED}
        self._codes: dict[str, list[Codes]] = {name: [] for name in self._vocabularies}
        self._at: list[Counts] = []

    def add(self, reports: pl.DataFrame) -> None:
        """Append one batch of the typed table ``tables.REPORTS``."""
        policy = (
            pl.col("policy").fill_null(UNSPECIFIED) if "policy" in reports.columns else pl.lit(UNSPECIFIED)
        )
        reports = reports.with_columns(policy=policy)
        unknown = pl.lit(None, dtype=pl.String)
        if "source" not in reports.columns:
            reports = reports.with_columns(source=unknown)
        if "text" not in reports.columns or not self._texts:
            reports = reports.with_columns(text=unknown)
        for name, vocabulary in self._vocabularies.items():
            self._codes[name].append(vocabulary.codes(reports[name]))
        self._at.append(reports["reported_at"].dt.epoch("s").to_numpy().astype(np.int64))

    def log(self) -> ReportLog:
        """The log of all batches so far. More may be added afterwards."""
        codes = {name: np.concatenate([np.empty(0, np.int32), *parts]) for name, parts in self._codes.items()}
        names = {name: vocabulary.names() for name, vocabulary in self._vocabularies.items()}
        for name in ("account", "policy"):
            names[name], codes[name] = _sorted_by_id(names[name], codes[name])
        return _log(names, codes, np.concatenate([np.empty(0, np.int64), *self._at]))


def report_log(batches: pl.DataFrame | Iterable[pl.DataFrame]) -> ReportLog:
    """Code a typed table of reports, or batches of one.

    >>> frame = pl.DataFrame({"reporter": ["ann", "bo", "ann"], "account": ["x", "x", "x"],
    ...     "reported_at": [1, 2, 3]}).with_columns(pl.from_epoch("reported_at").dt.replace_time_zone("UTC"))
    >>> log = report_log(frame)
    >>> log.cases, log.voices, log.case_reports.tolist()
    (1, 2, [3])
    """
    coder = Coder()
    for batch in [batches] if isinstance(batches, pl.DataFrame) else batches:
        coder.add(batch)
    return coder.log()


class _Vocabulary:
    """Text to codes in order of first appearance, over many batches; null is -1."""

    def __init__(self) -> None:
        self._categories = pl.Categories.random()
        # polars drops a mapping that no series refers to: hold one.
        self._held = pl.Series([], dtype=pl.Categorical(self._categories))
        self._known = 0

    def codes(self, values: pl.Series) -> NDArray[np.int32]:
        coded = values.cast(pl.Categorical(self._categories))
        self._held = coded
        physical = coded.to_physical()
        largest = physical.max()
        if isinstance(largest, int):
            self._known = max(self._known, largest + 1)
        return physical.cast(pl.Int32).fill_null(-1).to_numpy()

    def names(self) -> pl.Series:
        numbers = pl.Series(np.arange(self._known, dtype=np.uint32))
        return numbers.cat.to(pl.Categorical(self._categories)).cast(pl.String)


def _sorted_by_id(names: pl.Series, codes: Codes) -> tuple[pl.Series, Codes]:
    """Ids in text order, and codes that number them so."""
    order = names.arg_sort()
    number = np.empty(len(names), np.int32)
    number[order.to_numpy()] = np.arange(len(names), dtype=np.int32)
    return names.gather(order), number[codes]


def _log(names: dict[str, pl.Series], codes: dict[str, Codes], at: Counts) -> ReportLog:
    activity = np.bincount(codes["reporter"], minlength=len(names["reporter"])).astype(np.int64)
    by_activity = np.argsort(-activity, kind="stable")
    renumbered = np.empty(len(activity), np.int32)
    renumbered[by_activity] = np.arange(len(activity), dtype=np.int32)
    reporter = renumbered[codes["reporter"]]

    policies = max(len(names["policy"]), 1)
    key = codes["account"].astype(np.int64) * policies + codes["policy"]
    keys, dense = _dense(key, len(names["account"]) * policies)
    order, start = sorted_by(dense, len(keys), at)
    case_reports = np.diff(start)
    keep, start = _first_of_each_reporter(start, reporter[order], len(activity))
    order = order[keep]
    return ReportLog(
        accounts=names["account"],
        policies=names["policy"],
        reporters=names["reporter"].gather(by_activity),
        sources=names["source"],
        texts=names["text"],
        case_account=(keys // policies).astype(np.int32),
        case_policy=(keys % policies).astype(np.int32),
        case_reports=case_reports,
        reporter_reports=activity[by_activity],
        start=start,
        reporter=reporter[order],
        at=at[order],
        source=codes["source"][order],
        text=codes["text"][order],
    )


def _dense(key: Counts, limit: int) -> tuple[Counts, Codes]:
    """The distinct keys in order, and each key's place among them; ``key`` lies in ``range(limit)``."""
    seen = np.zeros(limit, np.bool_)
    seen[key] = True
    place = np.cumsum(seen, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(seen), place[key]


@compiled
def sorted_by(
    group: NDArray[np.int32], groups: int, at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Order of the rows by (group, at, row), and where each group starts: a counting sort, then each group by time."""
    start = np.zeros(groups + 1, np.int64)
    for row in range(len(group)):
        start[group[row] + 1] += 1
    for number in range(groups):
        start[number + 1] += start[number]
    place = start[:-1].copy()
    order = np.empty(len(group), np.int64)
    for row in range(len(group)):
        order[place[group[row]]] = row
        place[group[row]] += 1
    for number in range(groups):
        begin, end = start[number], start[number + 1]
        if end - begin > 1:
            part = order[begin:end].copy()
            order[begin:end] = part[np.argsort(at[part], kind="mergesort")]
    return order, start


@compiled
def _first_of_each_reporter(
    start: NDArray[np.int64], reporter: NDArray[np.int32], reporters: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows that are their reporter's first in their group, and where each group starts among them."""
    last_case = np.full(reporters, -1, np.int64)
    keep = np.empty(len(reporter), np.int64)
    kept_start = np.zeros_like(start)
    kept = 0
    for case in range(len(start) - 1):
        for row in range(start[case], start[case + 1]):
            if last_case[reporter[row]] != case:
                last_case[reporter[row]] = case
                keep[kept] = row
                kept += 1
        kept_start[case + 1] = kept
    return keep[:kept].copy(), kept_start
