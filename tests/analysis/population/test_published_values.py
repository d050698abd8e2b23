"""What the established R packages say about published tables, said again.

Rcapture 1.4-4 (Baillargeon and Rivest, J. Stat. Software 19(5), 2007), SparseMSE 2.0.1 (Chan, Silverman and Vincent,
JASA 116, 2021), modslavmse 2.0; each was run on the tables of ``published``. N and standard errors within 0.1 %,
deviance and AIC within 0.001, ends of profile intervals within 0.5.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.analysis.population import published

from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.existence import existence
from ostrakon.analysis.population.few_lists import chao_lower_bound, schnabel
from ostrakon.analysis.population.histories import Histories
from ostrakon.analysis.population.jolly_seber import OpenPopulation, jolly_seber, seen
from ostrakon.analysis.population.models import (
    Estimate,
    count_models,
    estimated,
    independence,
    standard_models,
    with_pairs,
)
from ostrakon.analysis.population.profiles import profile
from ostrakon.analysis.population.resampling import acceleration
from ostrakon.analysis.population.stepwise import stepwise, values


def named(models: list[Estimate], name: str) -> Estimate:
    return next(item for item in models if item.model.name == name)


# -- closed populations: Rcapture --------------------------------------------------------------------

HARE = [
    ("M0", 75.43362, 3.455000, 68.51621, 61, 154.7066, 159.1456),
    ("Mt", 75.06620, 3.352331, 58.31416, 56, 154.5046, 170.0411),
    ("Mh Chao (LB)", 79.83712, 6.373765, 58.02332, 58, 150.2137, 161.3113),
    ("Mh Poisson2", 81.52705, 5.711473, 59.10716, 60, 147.2976, 153.9561),
    ("Mh Darroch", 90.40238, 11.625242, 61.60043, 60, 149.7908, 156.4494),
    ("Mh Gamma3.5", 100.57274, 21.740997, 62.77056, 60, 150.9610, 157.6195),
    ("Mth Chao (LB)", 79.57146, 6.253714, 47.11503, 52, 151.3054, 175.7200),
    ("Mth Poisson2", 81.07928, 5.573551, 48.13651, 55, 146.3269, 164.0830),
    ("Mth Darroch", 90.46410, 11.657852, 50.70576, 55, 148.8962, 166.6522),
    ("Mth Gamma3.5", 101.55387, 22.404604, 51.95634, 55, 150.1468, 167.9028),
]


@pytest.mark.parametrize(("name", "size", "se", "deviance", "df", "aic", "bic"), HARE)
def test_the_models_of_the_hares_are_those_of_rcapture(
    name: str, size: float, se: float, deviance: float, df: int, aic: float, bic: float
) -> None:
    found = named(standard_models(published.HARE), name)
    assert (found.value, found.se) == pytest.approx((size, se), rel=1e-3)
    assert (found.fit.deviance, found.aic, found.bic) == pytest.approx((deviance, aic, bic), abs=1e-3)
    assert found.df == df


WOMEN = [
    ("Mt", 3738.469, 95.24629, 277.1619),
    ("Mth Chao (LB)", 4321.385, 155.0705, 204.4607),
    ("Mth Poisson2", 4942.222, 240.3207, 205.6481),
    ("Mth Darroch", 6963.740, 650.0751, 202.4870),
    ("Mh Darroch", 6955.314, 649.0843, 506.6901),
]


@pytest.mark.parametrize(("name", "size", "se", "aic"), WOMEN)
def test_the_models_of_the_mailing_lists_are_those_of_rcapture(
    name: str, size: float, se: float, aic: float
) -> None:
    found = named(standard_models(published.LESBIAN), name)
    assert (found.value, found.se) == pytest.approx((size, se), rel=1e-3)
    assert found.aic == pytest.approx(aic, abs=1e-3)


COUNTS = [
    (published.ILL, np.inf, None, "M0", 7079.897, 365.7532),
    (published.ILL, np.inf, None, "Mh Chao (LB)", 9273.511, 662.5900),
    (published.ILL, np.inf, None, "Mh Poisson2", 8617.646, None),
    (published.ILL, np.inf, None, "Mh Darroch", 15562.098, None),
    (published.ILL, np.inf, None, "Mh Gamma3.5", 29058.324, None),
    (published.CATBIRD, 11, None, "M0", 20.3416, 1.35508),
    (published.CATBIRD, 11, None, "Mh Chao (LB)", 22.5626, 3.76613),
    (published.CATBIRD, 11, None, "Mh Poisson2", 20.4610, None),
    (published.CATBIRD, 11, None, "Mh Darroch", 22.3432, 3.11944),
    (published.CATBIRD, 11, None, "Mh Gamma3.5", 24.7138, 6.36985),
    (published.CATBIRD, 11, 5, "M0", 21.2801, 1.96425),
    (published.CATBIRD, 11, 5, "Mh Darroch", 20.9353, None),
    (published.BIRDS, 50, 20, "M0", 71.0593, None),
    (published.BIRDS, 50, 20, "Mh Poisson2", 71.1025, None),
    (published.BIRDS, 50, 20, "Mh Darroch", 73.9901, 1.96980),
    (published.BIRDS, 50, 20, "Mh Gamma3.5", 111.0579, 15.9915),
]


@pytest.mark.parametrize(("seen_times", "occasions", "most", "name", "size", "se"), COUNTS)
def test_the_models_of_capture_counts_are_those_of_rcapture(
    seen_times: Floats, occasions: float, most: int | None, name: str, size: float, se: float | None
) -> None:
    found = named(count_models(seen_times, occasions, most), name)
    assert found.value == pytest.approx(size, rel=1e-3)
    assert se is None or found.se == pytest.approx(se, rel=1e-3)


@pytest.mark.parametrize(
    ("seen_times", "occasions", "most", "name", "aic"),
    [
        (published.ILL, np.inf, None, "Mh Chao (LB)", 41.69510),
        (published.CATBIRD, 11, None, "M0", 27.67840),
        (published.CATBIRD, 11, 5, "M0", 19.14981),
        (published.BIRDS, 50, 20, "M0", 270.0282),
        (published.BIRDS, 50, 20, "Mh Gamma3.5", 76.75930),
    ],
)
def test_akaikes_criterion_of_capture_counts_is_that_of_rcapture(
    seen_times: Floats, occasions: float, most: int | None, name: str, aic: float
) -> None:
    assert named(count_models(seen_times, occasions, most), name).aic == pytest.approx(aic, abs=1e-3)


def test_chaos_bound_of_the_birds_is_the_one_by_hand() -> None:
    """Rcapture takes all negative bends away at once and stops at 87.20, where once and twice are not fitted."""
    once, twice = published.BIRDS[:2]
    found = named(count_models(published.BIRDS, 50, 20), "Mh Chao (LB)")
    assert found.value == pytest.approx(published.BIRDS.sum() + 49 / 50 * once**2 / (2 * twice), rel=1e-6)


def test_chaos_bound_has_two_forms() -> None:
    """By hand: 1880 + 1645^2 / (2 x 183), and 1880 + 1645 x 1644 / (2 x 184)."""
    assert chao_lower_bound(1880, 1645, 183).value == pytest.approx(9273.511, abs=1e-3)
    assert chao_lower_bound(1880, 1645, 183, corrected=True).value == pytest.approx(9228.859, abs=1e-3)


def test_the_sunfish_of_gerking_are_447() -> None:
    """Krebs, Ecological Methodology, chapter 2: sum C M = 10,740, sum R = 24, N = 447.5."""
    found = schnabel(np.array([10740.0]), np.array([24.0]), np.array([1.0]))
    assert found.value == pytest.approx(447.5)


PROFILES = [
    (published.HARE, "Mth Poisson2", 80.1, 71.8, 93.8),
    (published.LESBIAN, "Mt", 3736.8, 3559.4, 3933.2),
    (published.LESBIAN, "Mth Darroch", 6949.9, 5826.4, 8397.6),
]


@pytest.mark.parametrize(("table", "name", "size", "low", "high"), PROFILES)
def test_profile_intervals_are_those_of_rcapture(
    table: Histories, name: str, size: float, low: float, high: float
) -> None:
    found = profile(named(standard_models(table), name))
    assert (found.value, found.low, found.high) == pytest.approx((size, low, high), abs=0.06)


@pytest.mark.parametrize(
    ("seen_times", "occasions", "most", "name", "size", "low", "high"),
    [
        (published.ILL, np.inf, None, "Mh Chao (LB)", 9267.5, 8088.2, 10704),
        (published.BIRDS, 50, 20, "Mh Gamma3.5", 109.1, 86.2, 150.6),
    ],
)
def test_profile_intervals_of_capture_counts_are_those_of_rcapture(
    seen_times: Floats, occasions: float, most: int | None, name: str, size: float, low: float, high: float
) -> None:
    found = profile(named(count_models(seen_times, occasions, most), name))
    assert (found.value, found.low, found.high) == pytest.approx((size, low, high), abs=0.5)


# -- multiple systems: SparseMSE and modslavmse ------------------------------------------------------

MAIN = [
    (published.UK, 12213.995, 10988.8, 13621.3, 305.0200),
    (published.UK_5, 13444.131, 11985.2, 15133.4, 217.7789),
    (published.NETHERLANDS, 52923.894, 48594.5, 57717.7, 505.6346),
    (published.NEW_ORLEANS, 1034.151, 658.3, 1708.6, 77.5294),
    (published.WESTERN, 2007.142, 1420.4, 2914.0, 104.2184),
]


@pytest.mark.parametrize(("table", "size", "low", "high", "aic"), MAIN)
def test_main_effects_are_those_of_sparsemse(
    table: Histories, size: float, low: float, high: float, aic: float
) -> None:
    found = estimated(independence(table))
    assert found is not None
    assert (found.value, *found.wald) == pytest.approx((size, low, high), abs=0.06)
    assert found.aic == pytest.approx(aic, abs=1e-3)


STEPWISE = [
    (published.UK, 11417.991, 9977.28, 13145.66, "PF:NCA LA:NG NG:GP LA:PF PF:GP GO:GP NG:GO", 162.6591, 22.9939),
    (published.UK_5, 11312.990, 9884.40, 13027.40, "LA:NG NG:GP PFNCA:GP LA:PFNCA GO:GP NG:GO", 127.5986, 16.3514),
    (published.NETHERLANDS, 121521.614, 98675.4, 150138.9, "IO:Z P:Z P:R IO:P K:R IO:K", 143.7870, 24.3395),
    (published.NEW_ORLEANS, 1034.151, 658.3, 1708.6, "", 77.5294, 19.2835),
    (published.WESTERN, 2483.384, 1657.09, 3830.03, "A:E", 91.8395, 26.5842),
    (published.UK_4, 11015.245, 9582.26, 12735.25, "LA:NG LA:PFNCA NG:GO", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("table", "size", "low", "high", "terms", "aic", "deviance"), STEPWISE)
def test_stepwise_selection_is_that_of_sparsemse(
    table: Histories, size: float, low: float, high: float, terms: str, aic: float | None, deviance: float
) -> None:
    """The pair K:R of the Netherlands is empty: SparseMSE drops its cells, counts it and does not name it."""
    found = stepwise(table)
    assert found is not None
    assert (found.value, *found.wald) == pytest.approx((size, low, high), abs=0.06)
    assert " ".join(found.model.terms[len(table.lists) :]) == terms
    if aic is not None:
        assert (found.aic, found.fit.deviance) == pytest.approx((aic, deviance), abs=1e-3)


@pytest.mark.parametrize(
    ("table", "size", "low", "high"),
    [(published.UK, 11408.920, 9982.256, 13181.687), (published.UK_5, 11303.871, 9889.196, 13063.096)],
)
def test_profile_intervals_are_those_of_modslavmse(
    table: Histories, size: float, low: float, high: float
) -> None:
    chosen = stepwise(table)
    assert chosen is not None
    found = profile(chosen)
    assert (found.value, found.low, found.high) == pytest.approx((size, low, high), abs=0.01)


def test_the_coefficients_of_the_uk_are_those_of_sparsemse() -> None:
    expected = [
        9.0680843, -5.1058849, -2.9159704, -2.2514638, -2.5326094, -3.3208505, -5.0302419, 1.6129837, 1.5336053,
        -2.9108665, 0.9995047, -1.2690063, -1.1797032, -0.5425199,
    ]  # fmt: skip
    found = stepwise(published.UK)
    assert found is not None
    assert found.fit.coefficients == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("pairs", "code"),
    [([], 0), ([(0, 1)], 1), ([(0, 2)], 0), ([(1, 2)], 0), ([(0, 1), (0, 2)], 1), ([(0, 2), (1, 2)], 0),
     ([(0, 1), (0, 2), (1, 2)], 2)],
)  # fmt: skip
def test_the_artificial_table_fails_in_the_ways_it_was_made_for(
    pairs: list[tuple[int, int]], code: int
) -> None:
    model = with_pairs(published.ARTIFICIAL, pairs)
    assert existence(model).value == code
    assert (estimated(model) is None) == (code > 0)


def test_the_acceleration_of_the_uk_is_that_of_sparsemse() -> None:
    found = acceleration(published.UK_5.counts, lambda tables: values(5, tables))
    assert found == pytest.approx(-0.01218108, abs=1e-7)


# -- open populations: Rcapture's openp, and the closed form ------------------------------------------


def open_population(table: Histories) -> OpenPopulation:
    """Each non-empty cell as one history that stands for its count."""
    cells = np.flatnonzero(table.counts)
    on = (cells[:, None] + 1) >> np.arange(len(table.lists)) & 1
    account, occasion = np.nonzero(on)
    return jolly_seber(seen(account, occasion, len(table.lists), table.counts[cells]))


def test_the_ducks_are_those_of_rcapture_where_survival_is_at_most_one() -> None:
    found = open_population(published.DUCK)
    assert found.size[1:5] == pytest.approx([378.6, 455.2, 356.7, 455.7], abs=0.06)
    assert found.survival[:4] == pytest.approx([0.4469, 0.9578, 0.7135, 1.0], abs=1e-4)
    assert found.capture[1:5] == pytest.approx([0.4649, 0.4635, 0.4457, 0.4170], abs=1e-4)
    assert found.arrivals[1:4] == pytest.approx([92.6, 31.9, 99.0], abs=0.06)
    assert found.capped


@pytest.mark.parametrize(
    ("table", "size", "survival", "capture", "births"),
    [
        (
            published.MVOLE, [75.1005, 59.6996, 62.6406, 55.6007], [0.819549, 0.560584, 0.701161, 0.578784],
            [0.958716, 0.820775, 0.909953, 0.827327], [17.599, 20.782, 19.345],
        ),
        (
            published.RBVOLE, [105, 131, 47, 135], [0.0947368, 0.0666667, 0.0076336, 0.1063830],
            [1, 1, 1, 1], [124, 46, 130],
        ),
    ],
)  # fmt: skip
def test_the_voles_are_those_of_rcapture(
    table: Histories, size: list[float], survival: list[float], capture: list[float], births: list[float]
) -> None:
    found = open_population(table)
    assert found.size[1:5] == pytest.approx(size, abs=1e-3)
    assert found.survival[:4] == pytest.approx(survival, abs=1e-5)
    assert found.capture[1:5] == pytest.approx(capture, abs=1e-5)
    assert found.arrivals[1:4] == pytest.approx(births, abs=2e-3)
    assert not found.capped
