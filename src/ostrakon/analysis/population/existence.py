"""Whether a model can be used on a table at all: one maximum, and at a finite place."""

from __future__ import annotations

from enum import Enum

import numpy as np
from scipy.optimize import linprog

from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.models import Model

LEAST_SLACK = 1e-9


class Existence(Enum):
    """What the check says; the values are those of R's SparseMSE."""

    USABLE = 0
    NO_MAXIMUM = 1
    """Some fitted count would run to 0: the estimate is infinite."""
    NOT_IDENTIFIABLE = 2
    """Several sets of parameters say the same."""


def existence(model: Model) -> Existence:
    """Rank and linear program (Chan, Silverman and Vincent, JASA 116, 2021; Fienberg and Rinaldo 2012).

    The maximum exists where some strictly positive table x has the margins of the data: the largest s with A'x = A'y
    and x >= s is above 0.
    """
    design, counts = model.design, model.counts
    if len(design) == 0 or np.linalg.matrix_rank(design) < design.shape[1]:
        return Existence.NOT_IDENTIFIABLE
    return Existence.USABLE if _slack(design, counts) > LEAST_SLACK else Existence.NO_MAXIMUM


def _slack(design: Floats, counts: Floats) -> float:
    """The largest smallest cell of a table with the same margins; counts are scaled so that 1 is their mean."""
    cells, size = design.shape
    level = max(float(counts.mean()), 1e-300)
    margins = design.T @ (counts / level)
    found = linprog(
        np.append(np.zeros(cells), -1.0),
        A_eq=np.column_stack([design.T, np.zeros(size)]),
        b_eq=margins,
        A_ub=np.column_stack([-np.eye(cells), np.ones(cells)]),
        b_ub=np.zeros(cells),
        bounds=[(0, None)] * cells + [(None, None)],
        method="highs",
    )
    return 0.0 if found.x is None else float(found.x[-1])
