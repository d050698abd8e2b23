"""Everything about a log that needs no decision: who speaks, with whom, in front of how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, ReportLog, by_reporter
from ostrakon.analysis.worth.background import Background
from ostrakon.analysis.worth.overlap import companions
from ostrakon.analysis.worth.voices import NEWCOMER_CASES, group_of_each_voice, shared_weights

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

CHUNK_VOICES = 2_000_000
"""Voices whose attributes are held at once: bounds memory, not results."""
DAY_S = 86_400
YOUNG_DAYS = 7
LEAST_AUDIENCE = 0.1
"""Share of the typical exposure that everybody is granted, so that a rate on a handful of views is not a verdict.
A share, so that the unit (views, followers, dealings) does not matter."""
SMALLEST = 1e-9
"""Stands for a typical exposure of 0."""


@dataclass(frozen=True)
class Scene:
    """A log with what is known around it. Shapes: C cases, V voices, R reporters."""

    log: ReportLog
    background: Background
    crowd: Codes
    """(V,) with whom each voice speaks on its case (``voices.group_of_each_voice``)."""
    weight: Singles
    """(V,) independent voices each voice counts as."""
    mark: NDArray[np.int8]
    """(V,) whether the reporters of the case meet elsewhere too (``overlap.companions``)."""
    audience: Floats
    """(C,) how many could have reported: exposure with unknown ones at the median, plus a tenth of it."""
    rate: Floats
    """(C,) log of distinct reporters per audience."""
    struck: Floats
    """(C,) share of reporters who strikingly meet elsewhere too."""
    rate_sum: Floats
    """(R,) sum of ``rate`` over the reporter's cases."""
    struck_sum: Floats
    """(R,) sum of ``struck`` over the reporter's cases."""
    account_voices: Floats
    """(C,) voices on the case's account, over all policies."""

    @property
    def independent(self) -> Floats:
        """(C,) effective number of independent voices."""
        return np.add.reduceat(self.weight, self.log.start[:-1], dtype=np.float64)


def scene(log: ReportLog, background: Background, groups: Codes | None = None) -> Scene:
    """Compute once what every later step reads."""
    crowd = group_of_each_voice(log, groups)
    mark = companions(log)
    size = log.case_size.astype(np.float64)
    known = background.exposure[~np.isnan(background.exposure)]
    typical = max(float(np.median(known)), SMALLEST) if len(known) else 1.0
    audience = (
        np.where(np.isnan(background.exposure), typical, background.exposure) + LEAST_AUDIENCE * typical
    )
    rate = np.log((size + 0.5) / audience)
    struck = np.add.reduceat(mark == 2, log.start[:-1], dtype=np.int64) / size
    return Scene(
        log=log,
        background=background,
        crowd=crowd,
        weight=shared_weights(log.start, crowd),
        mark=mark,
        audience=audience,
        rate=rate,
        struck=struck,
        rate_sum=by_reporter(log, rate),
        struck_sum=by_reporter(log, struck),
        account_voices=np.asarray(np.bincount(log.case_account, size), np.float64)[log.case_account],
    )


@dataclass(frozen=True)
class Testimony:
    """The voices of some cases with what each carries. Shapes: N cases, M voices."""

    case: NDArray[np.int64]
    """(N,) the cases, as codes of the log."""
    start: NDArray[np.int64]
    """(N + 1,) the voices of the i-th of them are ``start[i]:start[i + 1]``."""
    voice: NDArray[np.int64]
    """(M,) the voices, as places in the log."""

    def without(self, voices: list[NDArray[np.int64]]) -> Testimony:
        """This one case (N = 1) once for each set of voices, each time with that set silent."""
        kept = [self.voice[~np.isin(self.voice, gone)] for gone in voices]
        start = np.concatenate([[0], np.cumsum([len(part) for part in kept])]).astype(np.int64)
        return Testimony(np.repeat(self.case, len(voices)), start, np.concatenate(kept))


def testimony(log: ReportLog, cases: NDArray[np.int64]) -> Testimony:
    """The voices of the given cases."""
    size = log.case_size[cases]
    start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    offset = np.repeat(log.start[cases] - start[:-1], size)
    return Testimony(cases, start, np.arange(start[-1], dtype=np.int64) + offset)


def in_chunks(log: ReportLog, cases: NDArray[np.int64]) -> Iterator[tuple[slice, Testimony]]:
    """The testimony of many cases, some at a time: (rows of ``cases``, their testimony)."""
    ends = np.cumsum(log.case_size[cases])
    begin = 0
    while begin < len(cases):
        before = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, before + CHUNK_VOICES, side="right")))
        yield slice(begin, end), testimony(log, cases[begin:end])
        begin = end


def voice_traits(scene: Scene, heard: Testimony) -> dict[str, Singles]:
    """(M,) each: what each voice carries, decisions aside. NaN is unknown.

    ``peer_*`` are means over the reporter's *other* cases: how much the rest of the platform agrees with them.
    """
    log = scene.log
    case = log.case[heard.voice]
    reporter = log.reporter[heard.voice]
    cases = log.reporter_size[reporter].astype(np.float64)
    days = np.maximum(0.0, log.at[heard.voice] - scene.background.reporter_made_at[reporter]) / DAY_S
    with np.errstate(invalid="ignore", divide="ignore"):
        others = np.where(cases > 1, cases - 1, np.nan)
        traits = {
            "activity": np.log1p(cases),
            "newcomer": cases <= NEWCOMER_CASES,
            "age": np.log1p(days),
            "young": np.where(np.isnan(days), np.nan, days < YOUNG_DAYS),
            "met": scene.mark[heard.voice] >= 1,
            "struck": scene.mark[heard.voice] >= 2,
            "peer_rate": (scene.rate_sum[reporter] - scene.rate[case]) / others,
            "peer_struck": (scene.struck_sum[reporter] - scene.struck[case]) / others,
        }
    return {name: np.asarray(values, np.float32) for name, values in traits.items()}


def source_kinds(sources: pl.Series) -> NDArray[np.int8]:
    """(S + 1,) 1 a declared list or call, 2 a trusted flagger or authority, else 0; the last entry is for none."""
    names = sources.fill_null("")
    declared = names.str.starts_with("list:") | names.str.starts_with("call:")
    trusted = names.str.starts_with("trusted:") | names.str.starts_with("authority:")
    return np.append(declared.cast(pl.Int8) + 2 * trusted.cast(pl.Int8), 0).astype(np.int8)
