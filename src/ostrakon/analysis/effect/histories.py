"""What would have become of the treated, by untreated moments that had the same history.

Suspensions follow surges, and surges pass by themselves: who compares with units that had none finds an effect where
there is none (regression to the mean). Here each treated unit is compared with *moments* of units that were untreated
then and for the whole horizon, and had risen as it had. A prognostic score (Hansen, Biometrika 95 (2008)) foretells
what follows a history; it is corrected by what did follow the nearest ones (bias-corrected matching: Abadie and Imbens,
JBES 29 (2011); matching on past outcomes in panels: Imai, Kim and Wang, AJPS 67 (2023)). Moments at which a treatment
was likely and did not come stand for those at which it came (inverse probability of censoring: Robins and Finkelstein,
Biometrics 56 (2000)): without that, untreated would mean "did not surge again".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ostrakon.analysis.effect.answer import Answer, answer_of_ratio
from ostrakon.analysis.effect.panel import Panel
from ostrakon.analysis.log import Floats

Rows = NDArray[np.int64]
LEAST_BEFORE = 10
LEAST_USUAL = 3
"""Periods before the recent ones."""
HORIZON = 14
"""Periods after, at most."""
KEPT_SHARE = 0.8
"""Of the treated, so many must have the whole window."""
NEAREST = 100
FLOOR = 0.05
"""Of the mean outcome, added before logarithms: a unit may have had nothing."""
MOST_WEIGHT = 20.0
FREEDOM = 9
"""Degrees of freedom of the interval, at least: with few treated the scatter is that of many matches."""


@dataclass(frozen=True)
class Lookback:
    """How far back a history is looked at; fixed before anybody looks at the data."""

    recent: int
    """Periods that count as recent."""
    longest: int
    """Periods before those, at most, whose mean is the usual level."""


USUAL = Lookback(7, 56)
RECENT = USUAL.recent
OTHERS = (Lookback(4, 56), Lookback(10, 56), Lookback(7, 28))
"""How far back a treatment looks is not known: what these would have said goes into the interval."""


@dataclass(frozen=True)
class Window:
    """Periods that are looked at around a treatment."""

    before: int
    """LEAST_BEFORE or more, so many at least; the last ones of them are the recent ones, all others the usual."""
    after: int
    back: Lookback


@dataclass(frozen=True)
class Moments:
    """Units at times: what was before, and what came after, (n,) each."""

    row: Rows
    history: Floats
    """(n, 4) logarithms of means: the usual level, the recent periods, the last three, the last one."""
    after: Floats
    """Mean of the periods after."""
    weight: Floats

    @property
    def surge(self) -> Floats:
        """(n,) recent over usual, on the log scale."""
        return _surge(self.history)


@dataclass(frozen=True)
class Matched:
    """The treated beside what the nearest histories foretell."""

    answer: Answer
    seen: Floats
    """(n,) mean of the periods after, of each treated unit with a whole window."""
    expected: Floats
    unmatched: float
    """Share of the treated whose surge hardly any untreated moment had."""
    risen: float
    """How far the treated had risen over their own level, beyond the untreated: difference of logarithms."""
    risen_z: float


def window_of(panel: Panel, back: Lookback = USUAL) -> Window | None:
    """The window that most of the treated have whole; None where it is too short."""
    onset = np.sort(panel.onset[panel.treated])
    if not len(onset):
        return None
    spare = int((1 - KEPT_SHARE) * len(onset))
    # half of what most have: the other half is where untreated moments come from
    before = int(min(back.longest + back.recent, max(LEAST_BEFORE, onset[spare] // 2), onset[spare]))
    after = int(min(HORIZON, panel.periods - onset[len(onset) - 1 - spare]))
    is_enough = before >= max(LEAST_BEFORE, back.recent + LEAST_USUAL) and after >= 1
    return Window(before, after, back) if is_enough else None


def season(panel: Panel) -> Floats:
    """(T,) what times have in common: mean of the never treated, 1 on average; ones where it is not positive."""
    clean = panel.clean
    mean = panel.outcome[clean].mean(axis=0) if len(clean) else np.zeros(panel.periods)
    return mean / mean.mean() if (mean > 0).all() else np.ones(panel.periods)


def matched(panel: Panel) -> Matched | None:
    """The effect by the nearest histories; None without a whole window, or with fewer than NEAREST moments.

    No outcome may be negative. The interval holds two doubts: the scatter of the histories, and how far the effect
    moves with how far back they are looked at (Athey and Imbens, A Measure of Robustness to Misspecification, AER 105
    (2015); added as Buckland, Burnham and Augustin, Biometrics 53 (1997) add the choice of a model).
    """
    found = _matched(panel, USUAL)
    if found is None:
        return None
    others = [other for other in (_matched(panel, back) for back in OTHERS) if other is not None]
    moved = np.array([0.0, *(math.log(other.ratio / found.ratio) for other in others)])
    error = math.hypot(found.error, float(np.sqrt((moved**2).mean())))
    treated, after = found.treated, found.window.after
    periods = panel.onset[treated.row, None] + np.arange(after)
    seen = max(float(panel.outcome[treated.row[:, None], periods].mean()), found.floor * 1e-6)
    name = f"same histories: {after} periods after, against untreated moments that had risen alike"
    freedom = max(FREEDOM, len(np.unique(panel.cluster[treated.row])) - 1)
    answer = answer_of_ratio(name, found.ratio, error, seen, freedom)
    return Matched(answer, treated.after, found.expected, *_rise(treated, found.controls))


@dataclass(frozen=True)
class _Found:
    """What one way to look back says."""

    window: Window
    floor: float
    treated: Moments
    controls: Moments
    expected: Floats
    """(n,) what would have come."""
    error: float
    """Of the logarithm of the ratio."""
    ratio: float
    """What was seen over what would have been."""


def _matched(panel: Panel, back: Lookback) -> _Found | None:
    window, common = window_of(panel, back), season(panel)
    values = panel.outcome / common
    floor = FLOOR * float(values.mean())
    if window is None or floor <= 0:
        return None
    history = _histories(values, window, floor)
    ahead = _ahead(values, window.after)
    treated = _treated(panel, history, ahead, window)
    controls = _controls(panel, history, ahead, window)
    if not len(treated.row) or len(controls.row) < NEAREST:
        return None
    return _Found(window, floor, treated, controls, *_compared(panel, treated, controls, floor))


# -- moments ---------------------------------------------------------------------------------------


def _sums(values: Floats) -> Floats:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _histories(values: Floats, window: Window, floor: float) -> Floats:
    """(U, T + 1, 4) what lies before each time; nan where that is not enough."""
    before, recent = window.before, window.back.recent
    sums, ends = _sums(values), np.arange(before, values.shape[1] + 1)
    found = np.full((len(values), values.shape[1] + 1, 4), np.nan)
    firsts = (np.maximum(ends - recent - window.back.longest, 0), ends - recent, ends - 3, ends - 1)
    for place, first in enumerate(firsts):
        past = ends - recent if place == 0 else ends
        mean = (sums[:, past] - sums[:, first]) / (past - first)
        found[:, before:, place] = np.log(np.maximum(mean, 0.0) + floor)
    return found


def _ahead(values: Floats, after: int) -> Floats:
    """(U, T + 1) mean of the periods from each time on; nan where the panel ends before."""
    sums = _sums(values)
    found = np.full(sums.shape, np.nan)
    found[:, : sums.shape[1] - after] = (sums[:, after:] - sums[:, : sums.shape[1] - after]) / after
    return found


def _treated(panel: Panel, history: Floats, ahead: Floats, window: Window) -> Moments:
    rows = panel.treated
    onset = panel.onset[rows]
    rows = rows[(onset >= window.before) & (onset + window.after <= panel.periods)]
    at = panel.onset[rows]
    return Moments(rows, history[rows, at], ahead[rows, at], np.ones(len(rows)))


def _controls(panel: Panel, history: Floats, ahead: Floats, window: Window) -> Moments:
    """Every second time: neighbours say nearly the same."""
    first = np.full(int(panel.cluster.max()) + 1, panel.periods)
    np.minimum.at(first, panel.cluster, panel.onset)
    until = first[panel.cluster]
    weight = _weights(panel, history, until, window)
    times = np.arange(window.before, panel.periods - window.after + 1, 2)
    row, place = np.nonzero(times + window.after <= until[:, None])
    at = times[place]
    return Moments(row, history[row, at], ahead[row, at], weight[row, at])


def _weights(panel: Panel, history: Floats, until: Rows, window: Window) -> Floats:
    """(U, T + 1) one over the chance to stay untreated from a time through the horizon, given each next history.

    The chance at the moment itself is part of the match, not of the weight.
    """
    at = np.arange(panel.periods)
    is_open = (at >= window.before) & (at <= until[:, None])
    signs = _signs(history[:, :-1])
    is_hit = at == panel.onset[:, None]
    coefficients = _logistic(signs[is_open], is_hit[is_open].astype(np.float64))
    stay = np.zeros(panel.outcome.shape)
    known = np.broadcast_to(at >= window.before, stay.shape)
    stay[known] = -np.logaddexp(0.0, np.clip(signs[known] @ coefficients, -30, 30))
    sums, ends = _sums(stay), np.arange(panel.periods + 1)
    last, first = np.minimum(ends + window.after, panel.periods), np.minimum(ends + 1, panel.periods)
    return np.minimum(np.exp(-(sums[:, last] - sums[:, first])), MOST_WEIGHT)


def _signs(history: Floats) -> Floats:
    """(..., 8) what a treatment may follow: how the recent, the last three and the last stand over the usual level."""
    over = history[..., 1:] - history[..., :1]
    both = (over[..., 0] * over[..., 1])[..., None]
    return np.concatenate([np.ones_like(over[..., :1]), over, over**2, both], axis=-1)


def _logistic(design: Floats, hit: Floats) -> Floats:
    """Scoring steps with a small ridge, which bounds what separates perfectly."""
    coefficients = np.zeros(design.shape[1])
    share = min(max(float(hit.mean()), 1e-6), 0.5)
    coefficients[0] = math.log(share / (1 - share))
    ridge = np.diag(np.append(1e-9, np.full(design.shape[1] - 1, 1.0)))
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(design @ coefficients, -30, 30)))
        slope = design.T @ (hit - chance) - ridge @ coefficients
        curve = design.T @ ((chance * (1 - chance))[:, None] * design) + ridge
        step = np.linalg.solve(curve, slope)
        coefficients = coefficients + np.clip(step, -3, 3)
        if float(np.abs(step).max()) < 1e-8:
            break
    return coefficients


def _surge(history: Floats) -> Floats:
    risen: Floats = history[..., 1] - history[..., 0]
    return risen


# -- comparing -------------------------------------------------------------------------------------


def _compared(panel: Panel, treated: Moments, controls: Moments, floor: float) -> tuple[Floats, float, float]:
    """(n,) what would have come, the error of the log ratio, and the ratio."""
    coefficients = _poisson(_design(controls), controls.after, controls.weight)
    score, wanted = (np.exp(_design(of) @ coefficients) for of in (controls, treated))
    near = _nearest(controls, treated)
    weight = controls.weight[near] / controls.weight[near].sum(axis=1, keepdims=True)
    foretold = (weight * score[near]).sum(axis=1)
    expected = wanted * np.maximum((weight * controls.after[near]).sum(axis=1), floor * 1e-3) / foretold
    ratio = max(float(treated.after.sum()), floor * 1e-3) / float(expected.sum())
    left = (controls.after[near] - (expected / wanted)[:, None] * score[near]) * (wanted / foretold)[:, None]
    of_treated = np.bincount(panel.cluster[treated.row], treated.after - ratio * expected)
    of_controls = np.bincount(panel.cluster[controls.row[near]].ravel(), (weight * left).ravel())
    alike = float(ratio**2 * (weight * left**2).sum())
    whole = max(float((of_treated**2).sum()), alike) + float(ratio**2 * (of_controls**2).sum())
    return expected, math.sqrt(whole) / (ratio * float(expected.sum())), ratio


def _design(of: Moments) -> Floats:
    return np.column_stack([np.ones(len(of.row)), of.history, of.surge**2])


def _poisson(design: Floats, outcome: Floats, weight: Floats) -> Floats:
    """Quasi-likelihood by scoring steps; a small ridge keeps columns apart that say the same."""
    coefficients = np.zeros(design.shape[1])
    level = max(float(np.average(outcome, weights=weight)), 1e-12)
    coefficients[0] = math.log(level)
    ridge = 1e-6 * float(weight.sum()) * level * np.eye(design.shape[1])
    for _ in range(50):
        mean = np.exp(np.clip(design @ coefficients, -30, 30))
        slope = design.T @ (weight * (outcome - mean))
        step = np.linalg.solve(design.T @ ((weight * mean)[:, None] * design) + ridge, slope)
        coefficients = coefficients + step * min(1.0, 2.0 / max(float(np.abs(design @ step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-8:
            break
    return coefficients


def _nearest(controls: Moments, treated: Moments) -> Rows:
    """(n, NEAREST) moments with the most similar surge, its end, and level (which counts half)."""
    places = [
        np.column_stack([of.surge, of.history[:, 2] - of.history[:, 0], of.history[:, 0]])
        for of in (controls, treated)
    ]
    spread = np.maximum(places[0].std(axis=0), 1e-12) * np.array([1.0, 1.0, 2.0])
    return np.asarray(cKDTree(places[0] / spread).query(places[1] / spread, k=NEAREST)[1], np.int64)


def _rise(treated: Moments, controls: Moments) -> tuple[float, float, float]:
    """Share without their like among the untreated, how far the treated had risen, and its z."""
    known = np.sort(controls.surge)
    risen = float(treated.surge.mean() - known.mean())
    spread = float(known.std()) / math.sqrt(len(treated.row))
    return float((treated.surge > known[-NEAREST // 4]).mean()), risen, risen / max(spread, 1e-12)
