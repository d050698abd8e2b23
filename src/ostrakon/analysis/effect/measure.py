"""Did it work: which method is the headline, when there is none, and all of them side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from ostrakon.analysis.effect.answer import Answer
from ostrakon.analysis.effect.differences import Weigher, compared, even, naive, synthetic
from ostrakon.analysis.effect.histories import RECENT, Matched, matched
from ostrakon.analysis.effect.panel import NotAPanel, Panel, panel_of
from ostrakon.analysis.effect.placebos import before_anything, histories_before, on_others
from ostrakon.analysis.effect.series import interrupted
from ostrakon.analysis.figures import Figure, Grade, Measured, refused

LEAST_DONORS, LEAST_BEFORE = 10, 10
"""For a synthetic comparison."""
RISEN, RISEN_Z = 0.1, 2.0
"""From here on the treated are taken to have been chosen after a surge: a tenth up, and not by chance."""
MOST_UNMATCHED = 0.25
"""Of the treated, without their like among the untreated: beyond it nothing says what would have been."""
DOUBTED = 0.05
SDID, DID = "synthetic difference in differences", "difference in differences"
FRACTION, OUTCOME = "fraction of what would have been", "outcome for a treated unit in a period"
NET = "fraction of the treated units' volume"
FIGURES = {"effect": FRACTION, "effect_level": OUTCOME, "net_effect": NET}


@dataclass(frozen=True)
class _Headline:
    """The method that these data call for, and what it says; or why none can."""

    answer: Answer | None
    why: str = ""
    warnings: tuple[str, ...] = ()
    by_histories: bool = False
    was_tried: bool = False
    """At a date before, at which there was nothing to find."""


def effect(rows: pl.DataFrame, *, seed: int = 0) -> Measured:
    """What a treatment did to the treated.

    Args:
        rows: typed table of ``tables.PANEL`` or ``tables.NUMBERED_PANEL``. seed: of placebo draws.
    """
    try:
        panel = panel_of(rows)
    except NotAPanel as problem:
        return _all_refused(str(problem))
    always = int((panel.onset == 0).sum())
    panel = panel.take(np.flatnonzero(panel.onset > 0))
    if not len(panel.treated):
        return _all_refused("no unit has a treated_at within its times, with a time before it")
    alike = _alike(panel)
    headline = _headline(panel, alike, seed)
    models = _models(panel, alike, headline, seed)
    tests = _placebos(panel, headline, seed)
    was_tried = any(row["kind"] == "date" for row in tests)
    headline = replace(headline, warnings=(*headline.warnings, *_doubts(tests)), was_tried=was_tried)
    net = _net_figure(panel, headline, seed)
    tables = {"models": models, "placebos": tests, "checks": _checks(panel, alike)}
    return Measured(
        (*_figures(panel, headline), net), tables,
        {"level": 0.95, "recent_periods": RECENT, "least_donors": LEAST_DONORS, "least_before": LEAST_BEFORE},
        tuple(_notes(panel, headline, always)),
    )  # fmt: skip


def chosen(panel: Panel, *, seed: int = 0) -> Answer | None:
    """The headline of ``effect`` alone, by the same rule; None where it is refused."""
    return _headline(panel, _alike(panel), seed).answer


def _all_refused(why: str) -> Measured:
    figures = tuple(refused(name, unit, "none", why) for name, unit in FIGURES.items())
    return Measured(figures, {"models": [], "placebos": [], "checks": []})


# -- which method ----------------------------------------------------------------------------------


def _alike(panel: Panel) -> Matched | None:
    return matched(panel) if len(panel.clean) >= LEAST_DONORS and (panel.outcome >= 0).all() else None


def _headline(panel: Panel, alike: Matched | None, seed: int) -> _Headline:
    donors = len(panel.clean)
    if not donors:
        return _Headline(
            None, "no unit is left untreated: without controls nothing says what would have been"
        )
    if donors < LEAST_DONORS:
        return _Headline(None, f"{donors} untreated units, and a comparison needs {LEAST_DONORS}")
    if alike is not None and _has_surged(alike):
        return _by_histories(alike)
    fit = _with_enough_before(panel)
    if fit is None:
        return _Headline(None, f"no unit has {LEAST_BEFORE} periods before its treatment")
    unseen = () if alike is not None else ("whether the treated had surged before could not be looked at",)
    found = compared(fit, SDID, synthetic, seed)
    if not found.has_interval:
        return _Headline(
            None, f"{donors} untreated units for {len(fit.treated)} treated are too few for an interval"
        )
    return _Headline(found, warnings=unseen)


def _by_histories(alike: Matched) -> _Headline:
    if alike.unmatched > MOST_UNMATCHED:
        return _Headline(
            None,
            f"the treated had surged, and {alike.unmatched:.0%} of them more than hardly any untreated unit: nothing "
            "says how such a surge passes by itself",
        )
    return _Headline(alike.answer, by_histories=True)


def _has_surged(alike: Matched) -> bool:
    return alike.risen > RISEN and alike.risen_z > RISEN_Z


def _with_enough_before(panel: Panel) -> Panel | None:
    """Without the units that were treated too early."""
    rows = np.flatnonzero(panel.onset >= LEAST_BEFORE)
    fit = panel.take(rows)
    return fit if len(fit.treated) else None


# -- figures ---------------------------------------------------------------------------------------


def _figures(panel: Panel, headline: _Headline) -> Iterable[Figure]:
    found = headline.answer
    if found is None:
        for name in ("effect", "effect_level"):
            yield refused(name, FIGURES[name], "none", headline.why)
        return
    is_sure = panel.is_clustered and headline.was_tried and not headline.warnings
    grade: Grade = "estimate" if is_sure else "indicative"
    method = f"{found.method}; p = {found.p:.4g}"
    value, low, high = (found.fraction(level) for level in (found.value, found.low, found.high))
    if math.isfinite(value + low + high):
        yield Figure("effect", value, low, high, FRACTION, grade, method, headline.warnings)
    else:
        yield refused(
            "effect", FRACTION, method, "what would have been may be zero or less: no fraction of it is"
        )
    yield Figure(
        "effect_level", found.value, found.low, found.high, OUTCOME, grade, method, headline.warnings
    )


def _net_figure(panel: Panel, headline: _Headline, seed: int) -> Figure:
    """Whole clusters, so that what moved from a treated unit to its neighbours is no effect."""
    if not panel.is_clustered:
        return refused(
            "net_effect", NET, "none", "no column cluster says which units may influence each other"
        )
    if headline.answer is None:
        return refused("net_effect", NET, "none", headline.why)
    whole = _clusters(panel)
    found = _same_method(whole, headline, seed)
    if found is None:
        why = f"{len(whole.clean)} untreated clusters; needed are {LEAST_DONORS} with {LEAST_BEFORE} periods before"
        return refused("net_effect", NET, "none", why)
    share = len(whole.treated) / (headline.answer.without * len(panel.treated))
    value, low, high = (level * share for level in (found.value, found.low, found.high))
    warning = "what moved out of the clusters is not seen: at least so much was displaced"
    return Figure(
        "net_effect", value, low, high, NET, "indicative", f"{found.method}, on sums of clusters; p = {found.p:.4g}",
        (warning, *headline.warnings),
    )  # fmt: skip


def _clusters(panel: Panel) -> Panel:
    """A unit for each cluster: sums, treated with its first unit."""
    size = int(panel.cluster.max()) + 1
    total = np.zeros((size, panel.periods))
    np.add.at(total, panel.cluster, panel.outcome)
    onset = np.full(size, panel.periods)
    np.minimum.at(onset, panel.cluster, panel.onset)
    used = np.unique(panel.cluster)
    names = pl.Series([f"cluster {number}" for number in used])
    return Panel(names, total[used], onset[used], np.arange(len(used), dtype=np.int32), True)


def _same_method(panel: Panel, headline: _Headline, seed: int) -> Answer | None:
    if len(panel.clean) < LEAST_DONORS:
        return None
    if headline.by_histories:
        alike = matched(panel)
        return None if alike is None else alike.answer
    fit = _with_enough_before(panel)
    found = None if fit is None else compared(fit, SDID, synthetic, seed)
    return found if found is not None and found.has_interval else None


# -- tables ----------------------------------------------------------------------------------------


def _models(panel: Panel, alike: Matched | None, headline: _Headline, seed: int) -> list[dict[str, Any]]:
    """Each method twice, as a fraction and in the outcome's unit; the headline first."""
    found = [] if headline.answer is None else [headline.answer]
    if alike is not None and not headline.by_histories:
        found.append(alike.answer)
    fit = _with_enough_before(panel)
    if (
        len(panel.clean) >= LEAST_DONORS
        and fit is not None
        and (headline.by_histories or headline.answer is None)
    ):
        found.append(compared(fit, SDID, synthetic, seed))
    if len(panel.clean) >= 2:
        found.append(compared(panel, DID, even, seed))
    series = interrupted(panel) if (panel.outcome >= 0).all() else None
    found += [] if series is None else [series]
    found.append(naive(panel, RECENT))
    return [row for one in found if math.isfinite(one.value) for row in _rows_of(one)]


def _rows_of(one: Answer) -> Iterable[dict[str, Any]]:
    ends = (one.value, one.low, one.high)
    for unit, levels in ((FRACTION, [one.fraction(level) for level in ends]), (OUTCOME, list(ends))):
        value, low, high = (level if math.isfinite(level) else None for level in levels)
        p = one.p if math.isfinite(one.p) else None
        yield {"method": one.method, "value": value, "low": low, "high": high, "unit": unit, "p": p}


def _placebos(panel: Panel, headline: _Headline, seed: int) -> list[dict[str, Any]]:
    if headline.answer is None:
        return []
    fit = _with_enough_before(panel) or panel
    weigher: Weigher = synthetic
    dates = histories_before(panel) if headline.by_histories else before_anything(fit, weigher, seed)
    rows = [{"kind": "date", "name": name, **_row_of(one)} for name, one in dates if math.isfinite(one.value)]
    names, values = on_others(fit, weigher)
    return rows + [
        {"kind": "unit", "name": name, "value": value, "low": None, "high": None, "p": None, "unit": OUTCOME}
        for name, value in zip(names, values.tolist(), strict=True)
    ]


def _row_of(one: Answer) -> dict[str, Any]:
    value, low, high, p = (x if math.isfinite(x) else None for x in (one.value, one.low, one.high, one.p))
    return {"value": value, "low": low, "high": high, "p": p, "unit": OUTCOME}


def _doubts(tests: Sequence[dict[str, Any]]) -> Iterable[str]:
    for row in tests:
        if row["kind"] == "date" and row["p"] is not None and row["p"] < DOUBTED:
            yield f"the same method finds an effect {row['name']}, when there was none (p = {row['p']:.2g})"


def _checks(panel: Panel, alike: Matched | None) -> list[dict[str, Any]]:
    rows = [
        {"check": "treated units", "value": float(len(panel.treated)), "told": ""},
        {
            "check": "untreated units",
            "value": float(len(panel.clean)),
            "told": "of no cluster with a treated unit",
        },
        {"check": "periods", "value": float(panel.periods), "told": ""},
    ]
    if alike is not None:
        told = "chosen after a surge" if _has_surged(alike) else "no surge before"
        rows.append(
            {
                "check": "rise before the treatment, over the untreated (log)",
                "value": alike.risen,
                "told": told,
            }
        )
        rows.append({"check": "treated without their like", "value": alike.unmatched, "told": "share"})
    return rows


def _notes(panel: Panel, headline: _Headline, always: int) -> Iterable[str]:
    if always:
        yield f"{always:,} units were treated from the first time on: they are neither treated nor untreated here."
    if not panel.is_clustered:
        yield (
            "No column cluster: that units do not influence each other could not be looked at, so an effect is at most "
            "indicative, and what was displaced is not seen."
        )
    if headline.answer is not None and not headline.was_tried:
        yield (
            "Too few periods before to try the method at a date at which nothing was done, so an effect is at most "
            "indicative."
        )
    yield "Whatever else happened at the same time to the treated alone is part of the effect."
