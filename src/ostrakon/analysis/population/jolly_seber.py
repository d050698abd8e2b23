"""Accounts that come and go: Jolly and Seber's model on occasions in time.

Closed form where it is possible (Seber, The Estimation of Animal Abundance, 1982, chapter 5; the forms without bias
correction, as Rcapture's ``openp``). Survival above 1 is impossible: then it is set to 1 and the rest is fitted anew
by maximum likelihood on the m-array (Lebreton et al., Ecological Monographs 62, 1992).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from ostrakon.analysis.log import Counts, Floats
from ostrakon.analysis.population.models import Z95

FULL = 1 - 1e-12


@dataclass(frozen=True)
class Seen:
    """What the occasions saw; (t,) each unless said otherwise."""

    caught: Floats
    again: Floats
    """m: of those caught, seen on an earlier occasion."""
    later: Floats
    """r: of those caught, seen on a later occasion."""
    around: Floats
    """z: seen before and after, but not on this occasion."""
    next_seen: Floats
    """(t, t) of those caught on the row's occasion, how many were next seen on the column's: the m-array."""


@dataclass(frozen=True)
class OpenPopulation:
    """Per occasion, (t,): NaN where it cannot be known. The first and the last occasion only bound the others."""

    size: Floats
    low: Floats
    high: Floats
    """95 %, log-normal above the number caught."""
    survival: Floats
    """From this occasion to the next."""
    capture: Floats
    arrivals: Floats
    """Between this occasion and the next, still there at the next."""
    capped: bool
    """Whether a survival had to be set to 1 and the rest fitted anew."""


def seen(account: Counts, occasion: Counts, occasions: int, weight: Floats | None = None) -> Seen:
    """Of sightings: pairs of an account's number and an occasion from 0; repeats count once.

    Args:
        weight: (accounts,) how many accounts each stands for; absent = one each.
    """
    key = np.unique(account * occasions + occasion)
    who, when = key // occasions, key % occasions
    times = np.ones(len(key)) if weight is None else weight[who]
    goes_on = who[1:] == who[:-1]
    is_again = np.concatenate([[False], goes_on])
    is_later = np.concatenate([goes_on, [False]])

    def tally(rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
        return np.bincount(when[rows], weights=times[rows], minlength=occasions).astype(np.float64)

    array = sparse.coo_matrix(
        (times[:-1][goes_on], (when[:-1][goes_on], when[1:][goes_on])), (occasions, occasions)
    ).toarray()
    passing = np.cumsum(array.sum(axis=1) - array.sum(axis=0))  # seen by then, and again later
    caught = tally(np.ones(len(key), np.bool_))
    later = tally(is_later)
    return Seen(caught, tally(is_again), later, passing - later, array.astype(np.float64))


def jolly_seber(data: Seen) -> OpenPopulation:
    """Sizes, survival, capture and arrivals of each occasion that the data can tell about."""
    found = _closed_form(data)
    survival, capture = found
    if np.nanmax(survival, initial=0.0) > 1 + 1e-9:
        survival, capture = _capped(data, survival, capture)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = data.caught / capture
        arrivals = np.append(size[1:] - survival[:-1] * size[:-1], np.nan)
    low, high = _interval(data, size)
    is_capped = bool(np.nanmax(found[0], initial=0.0) > 1 + 1e-9)
    return OpenPopulation(size, low, high, survival, capture, arrivals, is_capped)


def _closed_form(data: Seen) -> tuple[Floats, Floats]:
    """Survival and capture: M = m + n z / r, p = m / M, phi = M' / (M - m + n)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        marked = data.again + data.caught * data.around / data.later
        marked[0] = 0.0
        known = (data.again > 0) & (data.later > 0)
        capture = np.where(known, data.again / marked, np.nan)
        start = np.where(known, marked, np.nan)
        start[0] = 0.0
        after = start - data.again + data.caught
        survival = np.append(start[1:] / after[:-1], np.nan)
    survival[-2:] = np.nan
    return survival, capture


def _capped(data: Seen, survival: Floats, capture: Floats) -> tuple[Floats, Floats]:
    """Maximum likelihood with every survival at most 1, the closed form as start.

    The last survival and the last capture are known only as a product, which one of them carries.
    """
    last = len(survival) - 1
    counted = _counted(data)
    phi = np.clip(np.nan_to_num(survival[:last], nan=0.5), 0.01, 1.0)
    p = np.clip(np.nan_to_num(capture[1:], nan=0.5), 0.01, 0.99)
    bounds = [(1e-6, 1.0)] * last + [(1e-6, 1.0)] * last
    bounds[last - 1] = (1.0, 1.0)
    best = minimize(
        _minus_log_likelihood,
        np.concatenate([np.append(phi[:-1], 1.0), p]),
        args=(counted,),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 5000, "maxfun": 20000, "ftol": 1e-15, "gtol": 1e-8},
    )
    fitted_phi, fitted_p = np.append(best.x[:last], np.nan), np.append(np.nan, best.x[last:])
    known = np.isfinite(survival)
    seen_at = np.isfinite(capture)
    return np.where(known, fitted_phi, np.nan), np.where(seen_at, fitted_p, np.nan)


@dataclass(frozen=True)
class _Counted:
    """What the likelihood needs of the m-array; (t - 1,) each but the last, by step from an occasion to the next."""

    crossings: Floats
    """Accounts known to have lived through the step."""
    passed: Floats
    """Of them, not seen at its end."""
    arrived: Floats
    """Of them, seen at its end."""
    never: Floats
    """(t,) last seen on the occasion."""


def _counted(data: Seen) -> _Counted:
    released, arrived = data.next_seen.sum(axis=1), data.next_seen.sum(axis=0)
    crossings = np.cumsum(released - arrived)[:-1]
    return _Counted(crossings, crossings - arrived[1:], arrived[1:], data.caught - released)


def _minus_log_likelihood(x: Floats, data: _Counted) -> tuple[float, Floats]:
    """Of the m-array given those released, with its gradient: one pass over the occasions each way.

    With unseen_i the probability of not being seen after i, who was last seen at i adds never_i ln unseen_i.
    """
    steps = len(x) // 2
    phi, p = x[:steps], np.minimum(x[steps:], FULL)
    value = data.crossings @ np.log(phi) + data.passed @ np.log1p(-p) + data.arrived @ np.log(p)
    gradient_phi, gradient_p = data.crossings / phi, data.arrived / p - data.passed / (1 - p)
    unseen = np.ones(steps + 1)
    for i in range(steps - 1, -1, -1):
        unseen[i] = 1 - phi[i] * (1 - (1 - p[i]) * unseen[i + 1])
    unseen = np.maximum(unseen, 1e-300)
    value += data.never @ np.log(unseen)
    pull = 0.0
    for i in range(steps):
        pull = data.never[i] / unseen[i] + (pull * phi[i - 1] * (1 - p[i - 1]) if i else 0.0)
        gradient_phi[i] -= pull * (1 - (1 - p[i]) * unseen[i + 1])
        gradient_p[i] -= pull * phi[i] * unseen[i + 1]
    return -float(value), -np.concatenate([gradient_phi, gradient_p])


def _interval(data: Seen, size: Floats) -> tuple[Floats, Floats]:
    """Log-normal above the number caught; variance of the estimate given N (Seber 1982)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        marked = data.again * size / data.caught
        spread = (marked - data.again + data.caught) / marked * (1 / data.later - 1 / data.caught)
        spread = spread + (1 - data.again / data.caught) / data.again
        unseen = size - data.caught
        variance = np.maximum(size * unseen * spread, 0.0)
        factor = np.exp(Z95 * np.sqrt(np.log1p(variance / np.maximum(unseen, 1e-9) ** 2)))
        return data.caught + unseen / factor, data.caught + unseen * factor
