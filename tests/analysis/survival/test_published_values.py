"""What R's survival 3.5-3 says about published data, said again, to 1e-6 of the digits that it prints.

Larger files are read from the folder that OSTRAKON_REFERENCE names; without it their tests do not exist.
"""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest

from ostrakon.analysis.log import Floats
from ostrakon.analysis.survival import (
    STILL_THERE,
    Spells,
    cox,
    kaplan_meier,
    logrank,
    median,
    restricted_mean,
)
from ostrakon.analysis.survival.curves import at_risk

# Edmunson et al., Cancer Treatment Reports 63 (1979): days, died, age, treatment.
OVARIAN = np.array([
    (59, 1, 72.3315, 1), (115, 1, 74.4932, 1), (156, 1, 66.4658, 1), (421, 0, 53.3644, 2), (431, 1, 50.3397, 1),
    (448, 0, 56.4301, 1), (464, 1, 56.937, 2), (475, 1, 59.8548, 2), (477, 0, 64.1753, 1), (563, 1, 55.1781, 2),
    (638, 1, 56.7562, 1), (744, 0, 50.1096, 2), (769, 0, 59.6301, 2), (770, 0, 57.0521, 2), (803, 0, 39.2712, 1),
    (855, 0, 43.1233, 1), (1040, 0, 38.8932, 1), (1106, 0, 44.6, 1), (1129, 0, 53.9068, 2), (1206, 0, 44.2055, 2),
    (1227, 0, 59.589, 2), (268, 1, 74.5041, 1), (329, 1, 43.137, 1), (353, 1, 63.2192, 2), (365, 1, 64.4247, 2),
    (377, 0, 58.3096, 2),
])  # fmt: skip
# Freireich et al., Blood 21 (1963), as in Cox, JRSS B 34 (1972): weeks in remission; + = still in it.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def made(stop: Floats, ended: Floats, entry: Floats | None = None) -> Spells:
    event = np.where(ended > 0, 0, STILL_THERE).astype(np.int8)
    return Spells(np.full(len(stop), -np.inf) if entry is None else entry, stop, event)


def weeks(text: str) -> Spells:
    parts = text.split()
    stop = np.array([float(part.rstrip("+")) for part in parts])
    return made(stop, np.array([float(not part.endswith("+")) for part in parts]))


def ovarian() -> Spells:
    return made(OVARIAN[:, 0], OVARIAN[:, 1])


@pytest.mark.parametrize(("day", "survival"), [(180, 0.884615385), (365, 0.730769231), (540, 0.596078431)])
def test_the_curve_of_the_ovarian_patients_is_that_of_r(day: float, survival: float) -> None:
    assert kaplan_meier(ovarian()).at(day) == pytest.approx(survival, abs=1e-9)


def test_the_median_of_the_ovarian_patients_has_no_upper_end() -> None:
    found = median(kaplan_meier(ovarian()), "log")
    assert (found.days, found.low, found.high) == (638, 464, math.inf)


def test_coxs_model_of_the_ovarian_patients_is_that_of_r() -> None:
    found = cox(ovarian(), OVARIAN[:, 2:])
    assert found is not None
    assert found.coefficients == pytest.approx([0.147326595, -0.803973013], rel=1e-6)
    assert found.se == pytest.approx([0.0461470477, 0.6320493719], rel=1e-6)


def test_the_log_rank_test_of_the_ovarian_patients_is_that_of_r() -> None:
    data = ovarian()
    found = logrank([data.of(OVARIAN[:, 3] == arm) for arm in (1, 2)])
    assert found.chi_square == pytest.approx(1.0627, abs=5e-5)
    assert found.p == pytest.approx(0.303, abs=5e-4)


@pytest.mark.parametrize(
    ("week", "survival"),
    [(6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)],
)
def test_the_curve_of_freireichs_patients_is_the_one_of_the_textbooks(week: float, survival: float) -> None:
    """Klein and Moeschberger, Survival Analysis, 2nd ed. (2003), table 4.1A."""
    assert kaplan_meier(weeks(SIX_MP)).at(week) == pytest.approx(survival, abs=5e-4)


def test_freireichs_patients_differ_as_r_says() -> None:
    """Log-rank 16.79; Cox with Efron's ties 1.572 (se 0.412)."""
    treated, others = weeks(SIX_MP), weeks(PLACEBO)
    assert logrank([treated, others]).chi_square == pytest.approx(16.79, abs=5e-3)
    both = Spells(
        *(
            np.concatenate([getattr(x, name) for x in (treated, others)])
            for name in ("entry", "stop", "event")
        )
    )
    found = cox(both, np.repeat([0.0, 1.0], 21)[:, None])
    assert found is not None
    assert (found.coefficients[0], found.se[0]) == pytest.approx((1.572, 0.412), abs=5e-4)


FOLDER = os.environ.get("OSTRAKON_REFERENCE", "")


def column(name: str, key: str) -> Floats:
    with (Path(FOLDER) / f"Rsurvival_{name}.csv").open(encoding="utf-8") as file:
        return np.array([float("nan" if row[key] == "NA" else row[key]) for row in csv.DictReader(file)])


if FOLDER:
    LUNG = [
        (30, 0.9561404, 0.92992527, 0.9830945, 0.9200188, 0.9761580),
        (90, 0.8815789, 0.84062118, 0.9245323, 0.8320713, 0.9172136),
        (180, 0.7216707, 0.66554231, 0.7825326, 0.6583045, 0.7753147),
        (365, 0.4092416, 0.34472158, 0.4858376, 0.3387143, 0.4783808),
        (730, 0.1156931, 0.07163182, 0.1868568, 0.0676322, 0.1778252),
    ]

    def lung() -> Spells:
        return made(column("lung", "time"), column("lung", "status") - 1)

    @pytest.mark.parametrize(("day", "survival", "low", "high", "low_2", "high_2"), LUNG)
    def test_the_curve_of_the_lung_patients_is_that_of_r(
        day: float, survival: float, low: float, high: float, low_2: float, high_2: float
    ) -> None:
        curve = kaplan_meier(lung())
        assert curve.at(day) == pytest.approx(survival, abs=6e-8)
        assert curve.interval_at(day, "log") == pytest.approx((low, high), abs=6e-8)
        assert curve.interval_at(day, "log-log") == pytest.approx((low_2, high_2), abs=6e-8)

    def test_the_median_of_the_lung_patients_depends_on_the_scale_as_r_and_lifelines_say() -> None:
        curve = kaplan_meier(lung())
        assert (median(curve, "log").low, median(curve, "log").high) == (285, 363)
        assert (median(curve).days, median(curve).low, median(curve).high) == (310, 284, 361)

    @pytest.mark.parametrize(("horizon", "days", "se"), [(365, 263.22187, 7.79886), (90, 84.85965, 1.11812)])
    def test_restricted_means_of_the_lung_patients_are_those_of_r(
        horizon: float, days: float, se: float
    ) -> None:
        found = restricted_mean(kaplan_meier(lung()), horizon)
        assert (found.days, found.se) == pytest.approx((days, se), abs=6e-6)

    def test_coxs_model_of_the_lung_patients_is_that_of_r() -> None:
        x = np.column_stack([column("lung", key) for key in ("age", "sex", "ph.ecog")])
        known = np.isfinite(x).all(axis=1)
        found = cox(lung().of(known), x[known])
        assert found is not None
        assert found.coefficients == pytest.approx([0.01106676, -0.55261240, 0.46372848], abs=6e-9)
        assert found.se == pytest.approx([0.009267411, 0.167739054, 0.113577266], rel=1e-6)
        assert (found.log_likelihood_without, found.log_likelihood) == pytest.approx(
            (-744.480456, -729.230121), abs=1e-6
        )

    def heart() -> Spells:
        start = column("heart", "start")
        return made(column("heart", "stop"), column("heart", "event"), np.where(start > 0, start, -np.inf))

    @pytest.mark.parametrize(
        ("day", "survival", "low", "high", "risk"),
        [(30, 0.775608160, 0.698880980, 0.860758891, 80), (90, 0.514171862, 0.425094979, 0.621914436, 52),
         (180, 0.442054808, 0.354455517, 0.551303179, 42), (365, 0.321224015, 0.240066063, 0.429818636, 28),
         (730, 0.287931890, 0.207258550, 0.400006529, 16)],
    )  # fmt: skip
    def test_with_delayed_entry_the_heart_patients_are_those_of_r(
        day: float, survival: float, low: float, high: float, risk: int
    ) -> None:
        curve = kaplan_meier(heart())
        assert curve.at(day) == pytest.approx(survival, abs=1e-9)
        assert curve.interval_at(day, "log") == pytest.approx((low, high), abs=1e-9)
        assert at_risk(heart(), np.array([float(day)]))[0] == risk

    def test_with_delayed_entry_coxs_model_is_that_of_r() -> None:
        x = np.column_stack([column("heart", key) for key in ("age", "surgery", "transplant")])
        found = cox(heart(), x)
        assert found is not None
        assert found.coefficients == pytest.approx([0.0305363149, -0.7733276453, 0.0160956053], abs=1e-9)
        assert found.se == pytest.approx([0.0138927866, 0.3596679881, 0.3085858042], rel=1e-6)

    def test_coxs_model_of_the_rats_is_that_of_r() -> None:
        data = made(column("rats", "time"), column("rats", "status"))
        found = cox(data, column("rats", "rx")[:, None])
        assert found is not None
        assert (found.coefficients[0], found.se[0]) == pytest.approx((0.713736804, 0.308777847), rel=1e-6)
