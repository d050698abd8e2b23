"""Closed-population models: a table of histories or of capture counts in, an estimate of the whole out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.fitting import PoissonFit, fitted
from ostrakon.analysis.population.histories import Histories, captures, membership

Z95 = 1.959963984540054
LEAST_PULL = 1e-9
GAMMA_SHAPE = 3.5
"""Of the heterogeneity column "Gamma" (Rivest and Baillargeon, Biometrics 63, 2007)."""


@dataclass(frozen=True)
class Model:
    """One log-linear model on one table, ready to be fitted."""

    name: str
    design: Floats
    """(cells, parameters), the first column the intercept: exp(b0) is the expected number of the unseen."""
    counts: Floats
    """(cells,)"""
    added: float = 0.0
    """Accounts that were seen but stand in none of the cells: they are added to the estimate."""
    offset: Floats | None = None
    terms: tuple[str, ...] = ()
    empty: int = 0
    """Pairs whose interaction is minus infinity: parameters too, though none that is fitted (as SparseMSE counts)."""


@dataclass(frozen=True)
class Estimate:
    """A population estimated by one model."""

    model: Model
    fit: PoissonFit
    value: float
    """N = all seen + exp(b0)."""
    se: float
    """sqrt(exp(b0) + exp(2 b0) var b0): Rivest and Baillargeon 2007."""

    @property
    def wald(self) -> tuple[float, float]:
        """95 % interval of N, symmetric for b0 (Chan, Silverman and Vincent 2021)."""
        unseen, spread = self.fit.coefficients[0], Z95 * math.sqrt(self.fit.covariance[0, 0])
        seen = self.seen
        return seen + math.exp(unseen - spread), seen + math.exp(min(unseen + spread, 700.0))

    @property
    def seen(self) -> float:
        """All accounts that were seen."""
        return float(self.model.counts.sum()) + self.model.added

    @property
    def parameters(self) -> int:
        """Those that were fitted, and the pairs that are empty for certain."""
        return len(self.fit.coefficients) + self.model.empty

    @property
    def aic(self) -> float:
        """Akaike's criterion. Cells that a model leaves out are empty for certain: their likelihood is 1."""
        return 2 * self.parameters - 2 * self.fit.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion; an observation is an account."""
        return self.parameters * math.log(max(self.seen, 1.0)) - 2 * self.fit.log_likelihood

    @property
    def df(self) -> int:
        """Cells less fitted parameters."""
        return len(self.model.counts) - len(self.fit.coefficients)


def estimated(model: Model) -> Estimate | None:
    """The estimate; None where the model has no maximum on this table."""
    fit = fitted(model.design, model.counts, model.offset)
    if fit is None or fit.coefficients[0] > 60:
        return None
    unseen = math.exp(fit.coefficients[0])
    value = float(model.counts.sum()) + model.added + unseen
    return Estimate(model, fit, value, math.sqrt(unseen + unseen**2 * fit.covariance[0, 0]))


# -- heterogeneity: accounts differ in how easily they are listed ------------------------------------

Column = Callable[[Floats], Floats]

HETEROGENEITY: dict[str, Column] = {
    "Poisson2": lambda c: np.exp2(c) - 1,
    "Darroch": lambda c: c**2 / 2,
    "Gamma3.5": lambda c: np.log(GAMMA_SHAPE) - np.log(GAMMA_SHAPE + c),
}
"""Columns that are 0 for who was never seen (Baillargeon and Rivest, J. Stat. Software 19(5), 2007)."""


def _chao(model: Model, count: Floats, most: int) -> Estimate | None:
    """Chao's lower bound: counts above two bend freely upwards, so that those of one and two alone drive N.

    The maximum under "no bend is negative" (Rivest and Baillargeon 2007): the bend that the likelihood
    asks for most comes in, those that turn negative go.
    """
    columns = {bend: np.maximum(count - bend + 1, 0.0) for bend in range(3, most + 1)}
    bends: list[int] = []
    found = estimated(model)
    for _ in range(4 * len(columns)):
        if found is None:
            return None
        missing = model.counts - found.fit.expected
        asked = {bend: float(column @ missing) for bend, column in columns.items() if bend not in bends}
        best = max(asked, key=lambda bend: asked[bend] / columns[bend].max(), default=0)
        if asked.get(best, 0.0) <= LEAST_PULL * max(1.0, float(model.counts.sum())):
            return found
        bends, found = _without_negative(model, columns, [*bends, best])
    return found


def _without_negative(
    model: Model, columns: dict[int, Floats], bends: list[int]
) -> tuple[list[int], Estimate | None]:
    while True:
        found = estimated(with_columns(model, [columns[bend] for bend in bends]))
        if found is None or not bends:
            return bends, found
        slopes = found.fit.coefficients[-len(bends) :]
        if (slopes >= 0).all():
            return bends, found
        bends = [bend for bend, slope in zip(bends, slopes, strict=True) if slope >= 0]


def with_columns(model: Model, columns: Sequence[Floats]) -> Model:
    """The model with further columns, (cells,) each, 0 for who was never seen."""
    design = np.column_stack([model.design, *columns]) if columns else model.design
    return replace(model, design=design)


def _heterogeneous(base: Model, prefix: str, count: Floats, most: int) -> list[Estimate | None]:
    bounded = _chao(_named(base, f"{prefix} Chao (LB)"), count, most)
    others = [
        estimated(with_columns(_named(base, f"{prefix} {name}"), [column(count)]))
        for name, column in HETEROGENEITY.items()
    ]
    return [bounded, *others]


def _named(model: Model, name: str) -> Model:
    return replace(model, name=name)


# -- tables of histories -----------------------------------------------------------------------------


@cache
def main_effects(k: int) -> Floats:
    """(2^k - 1, 1 + k) intercept and one column a list."""
    found = np.column_stack([np.ones(2**k - 1), membership(k)])
    found.flags.writeable = False
    return found


def independence(table: Histories) -> Model:
    """Mt: each list catches with its own probability, independently of the others."""
    return Model("Mt", main_effects(len(table.lists)), table.counts, terms=table.lists)


def equal_capture(table: Histories) -> Model:
    """M0: all lists catch with the same probability."""
    count = captures(len(table.lists)).astype(np.float64)
    return Model("M0", np.column_stack([np.ones(len(count)), count]), table.counts)


def standard_models(table: Histories) -> list[Estimate]:
    """M0, Mt, and each with the four forms of heterogeneity, as Rcapture's ``closedp``; those that have a maximum.

    Two lists carry M0 and Mt alone.
    """
    k = len(table.lists)
    count = captures(k).astype(np.float64)
    plain, by_list = equal_capture(table), independence(table)
    found = [estimated(plain), estimated(by_list)]
    if k > 2:
        found += _heterogeneous(plain, "Mh", count, k) + _heterogeneous(by_list, "Mth", count, k)
    return [item for item in found if item is not None]


# -- capture counts: how many accounts were seen once, twice, ... --------------------------------------


def count_models(seen: Floats, occasions: float = math.inf, most: int | None = None) -> list[Estimate]:
    """M0 and the heterogeneous forms on counts alone, as Rcapture's ``closedp.0``.

    Args:
        seen: (m,) accounts seen exactly 1, 2, ... m times. occasions: how often one can be seen at most.
        most: higher counts are left out of the fit, and added to the estimate (Rcapture's t0).
    """
    if math.isfinite(occasions):
        seen = np.append(seen, np.zeros(int(occasions) - len(seen)))
    highest = min(len(seen), most or len(seen))
    count = np.arange(1, highest + 1, dtype=np.float64)
    base = Model(
        "M0",
        np.column_stack([np.ones(highest), count]),
        np.asarray(seen[:highest], np.float64),
        added=float(np.sum(seen[highest:])),
        offset=_ways(count, occasions),
    )
    found = [estimated(base), *_heterogeneous(base, "Mh", count, highest)]
    return [item for item in found if item is not None]


def _ways(count: Floats, occasions: float) -> Floats:
    """ln of the number of histories with that many captures; without a limit, its Poisson form -ln c!."""
    if math.isinf(occasions):
        found: Floats = -special.gammaln(count + 1)
    else:
        found = (
            special.gammaln(occasions + 1)
            - special.gammaln(count + 1)
            - special.gammaln(occasions - count + 1)
        )
    return found


# -- pairs of lists that depend on each other ---------------------------------------------------------

Pair = tuple[int, int]


@dataclass(frozen=True)
class PairModel:
    """Main effects and some pairs, on the cells that can hold anybody.

    A pair of lists that never meet has an interaction of minus infinity: its cells are empty for certain, so they are
    left out and no parameter is spent (Chan, Silverman and Vincent, JASA 116, 2021).
    """

    pairs: tuple[Pair, ...]
    cells: NDArray[np.bool_]
    design: Floats
    empty: int


def pair_model(table: Histories, pairs: Sequence[Pair]) -> PairModel:
    """The design of a model with these pairs, some of which may be empty."""
    on = membership(len(table.lists))
    overlap = table.overlaps()
    cells = np.ones(len(on), np.bool_)
    extra: list[Floats] = []
    for a, b in pairs:
        both: Floats = on[:, a] * on[:, b]
        if overlap[a, b] > 0:
            extra.append(both)
        else:
            cells &= both == 0
    design = np.column_stack([main_effects(len(table.lists)), *extra])[cells]
    return PairModel(tuple(pairs), cells, design, len(pairs) - len(extra))


def with_pairs(table: Histories, pairs: Sequence[Pair], name: str = "pairs") -> Model:
    """The model with these pairs of lists dependent."""
    form = pair_model(table, pairs)
    terms = (*table.lists, *(f"{table.lists[a]}:{table.lists[b]}" for a, b in form.pairs))
    return Model(name, form.design, table.counts[form.cells], terms=terms, empty=form.empty)


def all_pairs(k: int) -> list[Pair]:
    """The pairs of k lists, by number."""
    return [(a, b) for a in range(k) for b in range(a + 1, k)]
