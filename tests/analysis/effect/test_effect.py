"""An effect is shown with its error, beside what every method says, or it is refused."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from tests.analysis.effect.worlds import after_surges, planted, rows, steady

from ostrakon.analysis.effect import (
    NotAPanel,
    Panel,
    chosen,
    compared,
    effect,
    even,
    histories,
    matched,
    naive,
    panel_of,
    synthetic,
)
from ostrakon.analysis.figures import Figure, Measured


def figure(found: Measured, name: str = "effect") -> Figure:
    return next(one for one in found.figures if one.name == name)


def value(found: Figure) -> float:
    assert found.value is not None, found.refused
    return found.value


def covers(found: Figure, truth: float) -> bool:
    assert found.low is not None
    assert found.high is not None
    return found.low <= truth <= found.high


@pytest.mark.parametrize("truth", [-0.3, 0.0, 0.5])
def test_a_planted_effect_is_found_and_its_interval_holds_it(truth: float) -> None:
    found = figure(effect(planted(truth)))
    assert value(found) == pytest.approx(truth, abs=0.05)
    assert covers(found, truth)


def test_the_level_is_the_fraction_of_what_would_have_been() -> None:
    found = effect(planted(-0.3))
    share, level = value(figure(found)), value(figure(found, "effect_level"))
    treated = planted(-0.3).filter(
        pl.col("treated_at").is_not_null() & (pl.col("time") >= pl.col("treated_at"))
    )
    seen = float(treated["outcome"].to_numpy().mean())
    assert level / (seen - level) == pytest.approx(share, abs=1e-9)


def test_every_method_stands_beside_the_headline() -> None:
    methods = {row["method"].split(" (")[0].split(",")[0] for row in effect(planted(-0.3)).tables["models"]}
    assert {
        "synthetic difference in differences", "difference in differences", "interrupted time series",
        "before and after",
    } <= methods  # fmt: skip


def test_difference_in_differences_by_hand() -> None:
    """Two treated (10 -> 7, 20 -> 13), two left alone (5 -> 6, 7 -> 10): (-3 - 7) / 2 - (1 + 3) / 2 = -7."""
    outcome = np.array([[10, 10, 7], [20, 20, 13], [5, 5, 6], [7, 7, 10]], np.float64)
    found = compared(panel_of(rows(outcome, {0: 2, 1: 2})), "did", even, 0)
    assert found.value == pytest.approx(-7.0)
    assert found.without == pytest.approx(17.0)


def test_cohorts_count_by_their_treated_cells() -> None:
    """Treated at 1 of 4 with effect 3 (3 cells) and at 3 of 4 with effect 7 (1 cell): (3 * 3 + 7) / 4."""
    outcome = np.zeros((5, 4))
    outcome[0, 1:], outcome[1, 3:] = 3.0, 7.0
    assert compared(panel_of(rows(outcome, {0: 1, 1: 3})), "did", even, 0).value == pytest.approx(4.0)


def test_the_synthetic_comparison_weighs_those_who_move_alike() -> None:
    """Treated units follow half of the controls, which turn upwards; a plain comparison takes that for an effect."""
    rng = np.random.default_rng(3)
    trend = np.concatenate([np.zeros(20), np.arange(10.0)])
    outcome = 50 + rng.normal(0, 0.3, (30, 30)) + np.where(np.arange(30)[:, None] % 2 == 0, trend * 2, 0)
    outcome += np.where(
        np.arange(30)[:, None] % 2 == 0, 3 * np.sin(np.arange(30)), -3 * np.sin(np.arange(30))
    )
    panel = panel_of(rows(outcome, {0: 20, 2: 20}))
    assert abs(compared(panel, "sdid", synthetic, 0).value) < 1.5
    assert compared(panel, "did", even, 0).value > 4


# -- suspensions follow surges ---------------------------------------------------------------------


def test_a_surge_that_passes_by_itself_is_no_effect() -> None:
    found, wrong = [], []
    for seed in range(1, 9):
        panel = panel_of(after_surges(0.0, seed))
        plain = naive(panel, 7)
        wrong.append(plain.fraction(plain.value))
        found.append(figure_of(panel))
    assert np.median(wrong) < -0.15
    assert abs(np.median(found)) < 0.05


def figure_of(panel: Panel) -> float:
    alike = matched(panel)
    assert alike is not None
    return alike.answer.fraction(alike.answer.value)


def test_how_far_the_effect_moves_with_how_far_back_one_looks_goes_into_its_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    panel = panel_of(after_surges(0.0, 3))
    wide = matched(panel)
    monkeypatch.setattr(histories, "OTHERS", ())
    narrow = matched(panel)
    assert wide is not None
    assert narrow is not None
    assert wide.answer.value == narrow.answer.value
    assert wide.answer.high - wide.answer.low > 1.005 * (narrow.answer.high - narrow.answer.low)


@pytest.mark.slow
@pytest.mark.parametrize("is_hidden", [False, True])
def test_an_effect_that_is_none_is_seldom_found_also_where_the_treatment_sees_what_the_counts_hide(
    is_hidden: bool,
) -> None:
    """150 panels: at most 7 % are wrong, give or take what chance adds once in twenty (16 of 150)."""
    found = [chosen(panel_of(after_surges(0.0, seed, is_hidden=is_hidden))) for seed in range(9001, 9151)]
    assert sum(one is not None and (one.low > 0 or one.high < 0) for one in found) <= 16


def test_the_surge_that_led_to_a_treatment_is_no_effect_at_a_date_before_it() -> None:
    found = [effect(after_surges(0.0, seed)).tables["placebos"] for seed in range(1, 6)]
    ps = [row["p"] for rows_ in found for row in rows_ if row["kind"] == "date"]
    assert len(ps) == 5
    assert min(ps) > 0.01


def test_what_began_long_before_the_treatment_is_doubted() -> None:
    table = after_surges(0.0, 3)
    early = pl.col("time") >= pl.col("treated_at") - 28
    moved = table.with_columns(
        pl.when(early).then(pl.col("outcome") * 0.4).otherwise("outcome").alias("outcome")
    )
    assert "when there was none" in " ".join(figure(effect(moved), "effect").warnings)


def test_an_effect_after_surges_is_found() -> None:
    found = [figure_of(panel_of(after_surges(-0.3, seed))) for seed in range(1, 9)]
    assert np.median(found) == pytest.approx(-0.3, abs=0.05)


def test_the_headline_knows_that_the_treated_had_surged() -> None:
    assert "same histories" in figure(effect(after_surges(-0.3, 1))).method
    assert "synthetic" in figure(effect(planted(-0.3))).method


def test_a_surge_that_no_untreated_unit_had_is_refused() -> None:
    outcome = steady(units=60, times=60)
    outcome[:15, 33:40] *= 4
    found = figure(effect(rows(outcome, dict.fromkeys(range(15), 40))))
    assert found.value is None
    assert found.refused is not None
    assert "had surged" in found.refused


# -- clusters --------------------------------------------------------------------------------------


def clustered(moved: float) -> Measured:
    """30 clusters of three; in twelve of them one unit loses 40 %, of which a share moves to its two neighbours."""
    outcome = steady(seed=5, units=90, times=40)
    lost = 0.4 * outcome[:36:3, 25:]
    outcome[:36:3, 25:] -= lost
    outcome[1:36:3, 25:] += moved * lost / 2
    outcome[2:36:3, 25:] += moved * lost / 2
    names = [f"c{unit // 3}" for unit in range(90)]
    return effect(rows(outcome, dict.fromkeys(range(0, 36, 3), 25), names))


def test_what_moves_to_neighbours_is_no_net_effect() -> None:
    for moved, net in ((0.0, -0.4), (1.0, 0.0)):
        found = clustered(moved)
        assert value(figure(found)) == pytest.approx(-0.4, abs=0.06)
        assert value(figure(found, "net_effect")) == pytest.approx(net, abs=0.12)


def test_neighbours_of_the_treated_are_no_controls() -> None:
    panel = panel_of(rows(steady(units=4), {0: 20}, ["a", "a", "b", "b"]))
    assert panel.clean.tolist() == [2, 3]


def test_without_clusters_no_net_effect_and_no_better_than_indicative() -> None:
    found = effect(planted(-0.3))
    assert "cluster" in (figure(found, "net_effect").refused or "")
    assert figure(found).grade == "indicative"


# -- refusals --------------------------------------------------------------------------------------


def why(table: pl.DataFrame, name: str = "effect") -> str:
    found = figure(effect(table), name)
    assert (found.value, found.grade) == (None, "not shown")
    return found.refused or ""


def test_a_gap_is_named_and_refused() -> None:
    table = planted(-0.3)
    said = why(table.filter((pl.col("unit") != "u003") | (pl.col("time") != 7)))
    assert "1 of 1,600 cells" in said
    assert "u003 at 7" in said


def test_a_time_that_nobody_has_is_a_gap() -> None:
    assert "no unit was seen between 6.0 and 8.0" in why(planted(-0.3).filter(pl.col("time") != 7))


def test_a_cell_that_stands_twice_is_refused() -> None:
    table = planted(-0.3)
    assert "stand twice" in why(pl.concat([table, table.head(1)]))


def test_two_treatments_of_a_unit_are_refused() -> None:
    table = planted(-0.3).with_columns(
        treated_at=pl.when((pl.col("unit") == "u001") & (pl.col("time") == 3))
        .then(9.0)
        .otherwise("treated_at")
    )
    assert "more than one treated_at: u001" in why(table)


def test_treated_units_without_controls_are_refused() -> None:
    assert "no unit is left untreated" in why(rows(steady(units=20), dict.fromkeys(range(20), 25)))


def test_few_donors_are_refused() -> None:
    assert "9 untreated units" in why(rows(steady(units=12), dict.fromkeys(range(3), 25)))


def test_few_periods_before_are_refused() -> None:
    assert "10 periods before" in why(rows(steady(), dict.fromkeys(range(3), 9)))


def test_nobody_treated_is_refused() -> None:
    assert "no unit has a treated_at" in why(rows(steady(), {}))


def test_a_series_needs_twenty_periods_before() -> None:
    def methods(at: int) -> str:
        table = rows(steady(), dict.fromkeys(range(12), at))
        return " ".join(row["method"] for row in effect(table).tables["models"])

    assert "interrupted" in methods(20)
    assert "interrupted" not in methods(19)


def test_an_outcome_of_nothing_gives_no_fraction() -> None:
    found = effect(rows(np.zeros((30, 30)), dict.fromkeys(range(12), 20)))
    assert figure(found).value is None


def test_negative_outcomes_are_compared_by_differences_alone() -> None:
    found = effect(rows(steady() - 500, dict.fromkeys(range(12), 25)))
    assert value(figure(found, "effect_level")) == pytest.approx(0, abs=3)
    assert "what would have been" in (figure(found).refused or "")


# -- the same whatever the order -------------------------------------------------------------------


def test_the_order_of_rows_changes_nothing() -> None:
    table = planted(-0.3)
    assert effect(table.sample(fraction=1.0, shuffle=True, seed=3)) == effect(table)


def test_the_unit_of_measurement_changes_no_fraction() -> None:
    table = planted(-0.3)
    larger = table.with_columns(pl.col("outcome") * 1000)
    assert value(figure(effect(larger))) == pytest.approx(value(figure(effect(table))), abs=1e-6)


def test_a_panel_is_one_unit_a_row_of_its_times() -> None:
    panel = panel_of(planted(-0.3))
    assert panel.outcome.shape == (40, 40)
    assert panel.treated.tolist() == list(range(12))
    with pytest.raises(NotAPanel):
        panel_of(planted(-0.3).tail(1599))


def test_a_jackknife_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """40 drawn panels without an effect: 95 % intervals miss zero in at most 6 (chance .3 % if they are right)."""
    missed = 0
    for seed in range(40):
        found = compared(panel_of(planted(0.0, seed=seed)), "did", even, 0)
        assert math.isfinite(found.p)
        missed += not found.low <= 0 <= found.high
    assert missed <= 6
