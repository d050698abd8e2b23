"""Declared coordination: reports that say themselves which list or call they come from. Provenance, not guilt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.campaigns.growth import LEAST_SHARE, by_time
from ostrakon.analysis.log import Counts, ReportLog
from ostrakon.analysis.tables import DECLARING

LEAST_REPORTERS = 3


@dataclass(frozen=True)
class Declared:
    """The reports that name one list or call."""

    source: str
    voices: Counts
    """(n,) rows of the log."""
    bursts: Counts
    """(K,) bursts of which at least a tenth, and two reports, name it, by time."""


def declared(log: ReportLog, of: Bursts) -> list[Declared]:
    """All lists and calls that at least three reporters name, by name."""
    codes = [code for code, name in enumerate(log.sources) if name.startswith(DECLARING)]
    voices = np.flatnonzero(np.isin(log.source, codes))
    voices = voices[np.argsort(log.source[voices], kind="stable")]
    begin = np.searchsorted(log.source[voices], codes)
    end = np.searchsorted(log.source[voices], codes, side="right")
    found = [
        Declared(log.sources[code], voices[first:last], _bursts(log, of, code))
        for code, first, last in zip(codes, begin.tolist(), end.tolist(), strict=True)
        if len(np.unique(log.reporter[voices[first:last]])) >= LEAST_REPORTERS
    ]
    return sorted(found, key=lambda one: one.source)


def _bursts(log: ReportLog, of: Bursts, code: int) -> Counts:
    names_it = log.source[of.actions.voice] == code
    upto = np.concatenate([[0], np.cumsum(names_it)])
    count = upto[of.end] - upto[of.begin]
    return by_time(of, np.flatnonzero((count >= 2) & (count >= LEAST_SHARE * of.size)))
