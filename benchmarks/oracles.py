"""Are our numbers those of other people's implementations, on the same data?

Run it in an environment with the product's packages and those of oracles.lock. A difference is the largest one over
everything that was compared; where methods differ on purpose it says how. `--data` names the folder of reference files.
"""

from __future__ import annotations

import argparse
import math
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from _results import circumstances, table, write_section

from ostrakon.analysis.effect import Panel, compared, panel_of, synthetic
from ostrakon.analysis.effect.series import step
from ostrakon.analysis.shares import clopper_pearson, score
from ostrakon.analysis.structure import measures, network_of
from ostrakon.analysis.survival import Spells, cox, incidence, kaplan_meier

HEAD = ["ours", "beside", "compared", "largest difference", "remark"]
SETS = 20
"""Random data sets of each comparison."""


@dataclass(frozen=True)
class Line:
    ours: str
    beside: str
    compared: str
    difference: float
    remark: str = ""


def drawn_spells(seed: int, *, ties: bool, kinds: int = 2) -> Spells:
    """Delayed entry, censoring, and ends of some kinds."""
    rng = np.random.default_rng(seed)
    entry = rng.exponential(10, 300) * (rng.random(300) < 0.6)
    stop = entry + rng.exponential(40, 300)
    if ties:
        entry, stop = np.floor(entry), np.ceil(stop)
    event = np.where(rng.random(300) < 0.7, rng.integers(0, kinds, 300), -1)
    return Spells(
        np.where(entry > 0, entry, -np.inf), np.where(stop > entry, stop, entry + 1), event.astype(np.int8)
    )


def entries(data: Spells) -> Any:
    return np.where(np.isfinite(data.entry), data.entry, 0.0)


# -- survival --------------------------------------------------------------------------------------


def kaplan_meiers() -> Line:
    from lifelines import KaplanMeierFitter

    worst = 0.0
    for seed in range(SETS):
        data = drawn_spells(seed, ties=True)
        ours = kaplan_meier(data)
        theirs = KaplanMeierFitter().fit(data.stop, data.ended, entry=entries(data))
        ends = theirs.confidence_interval_survival_function_
        days = ours.table.days
        enough = (
            ours.table.at_risk > 5
        )  # before that a curve may have fallen to 0 for want of anybody watched
        low, high = ours.interval()
        for mine, other in (
            (ours.survival, theirs.survival_function_at_times(days)),
            (low, ends.iloc[:, 0].reindex(days)), (high, ends.iloc[:, 1].reindex(days)),
        ):  # fmt: skip
            gap = np.abs(mine - np.asarray(other))[enough]
            worst = max(worst, float(np.nanmax(gap)))
    return Line(
        "Kaplan-Meier, delayed entry", "lifelines", f"curves and log-log intervals, {SETS} sets", worst
    )


def aalen_johansens() -> Line:
    from lifelines import AalenJohansenFitter

    worst = 0.0
    for seed in range(SETS):
        data = drawn_spells(seed, ties=False)
        ours = incidence(data, 0)
        fitter = AalenJohansenFitter(calculate_variance=False)
        theirs = fitter.fit(data.stop, data.event + 1, event_of_interest=1, entry=entries(data))
        days = kaplan_meier(data).table.days
        curve = theirs.cumulative_density_.iloc[:, 0]
        other = curve.to_numpy()[np.searchsorted(curve.index.to_numpy(), days, "right") - 1]
        worst = max(worst, float(np.abs(ours.value - other).max()))
    remark = "no ties: lifelines moves tied times by a random number"
    return Line("Aalen-Johansen, delayed entry", "lifelines", f"curves, {SETS} sets", worst, remark)


def coxes() -> Line:
    from lifelines import CoxPHFitter

    worst = 0.0
    for seed in range(SETS):
        data = drawn_spells(seed, ties=True)
        x = np.random.default_rng([seed, 1]).normal(size=(len(data.stop), 2))
        ours = cox(data, x)
        frame = pd.DataFrame(
            {"x": x[:, 0], "y": x[:, 1], "stop": data.stop, "end": data.ended, "entry": entries(data)}
        )
        theirs = CoxPHFitter().fit(frame, "stop", "end", entry_col="entry", fit_options={"precision": 1e-10})
        assert ours is not None
        worst = max(worst, float(np.abs(ours.coefficients - theirs.params_.to_numpy()).max()))
        worst = max(worst, float(np.abs(ours.se - theirs.standard_errors_.to_numpy()).max()))
    return Line(
        "Cox, Efron's ties, delayed entry", "lifelines", f"coefficients and errors, {SETS} sets", worst
    )


# -- effects ---------------------------------------------------------------------------------------


def series(seed: int) -> tuple[Any, Any]:
    """Counts with a trend, a step of -30 % and an error that carries over."""
    rng = np.random.default_rng(seed)
    since = np.arange(-60, 30)
    left = np.zeros(90)
    for at in range(1, 90):
        left[at] = 0.5 * left[at - 1] + rng.normal(0, 0.1)
    mean = np.exp(6 + 0.004 * since + left + math.log(0.7) * (since >= 0))
    return rng.poisson(mean).astype(np.float64), since


def interrupted_series() -> Iterable[Line]:
    import statsmodels.api as sm

    worst, apart = 0.0, 0.0
    for seed in range(SETS):
        counts, since = series(seed)
        ours = step(counts, since)
        assert ours is not None
        design = np.column_stack([np.ones(len(since)), since / len(since), since >= 0])
        lags = int(4 * (len(since) / 100) ** (2 / 9))
        options = {"maxlags": lags, "use_correction": True}
        model = sm.GLM(counts, design, family=sm.families.Poisson())
        theirs = model.fit(cov_type="HAC", cov_kwds=options, tol=1e-12)
        worst = max(worst, abs(ours[0] - theirs.params[2]), abs(ours[1] - theirs.bse[2]))
        other = sm.NegativeBinomial(counts, design).fit(disp=False, maxiter=200)
        apart = max(apart, abs(ours[0] - other.params[2]))
    named = "interrupted series, Poisson, Newey-West"
    yield Line(named, "statsmodels GLM, HAC", f"step and its error, {SETS} sets", worst)
    remark = "another likelihood: it weighs low days more; of steps of -.36 on the log scale"
    yield Line(named, "statsmodels, negative binomial", f"step, {SETS} sets", apart, remark)


def drawn_panel(seed: int, treated: int) -> Panel:
    """30 units, 40 times, one date."""
    rng = np.random.default_rng(seed)
    common = np.cumsum(rng.normal(0, 1, 40))
    outcome = (
        50 + rng.normal(0, 8, (30, 1)) + rng.uniform(0.5, 1.5, (30, 1)) * common + rng.normal(0, 1, (30, 40))
    )
    units = pl.Series([f"u{unit:02}" for unit in range(30)])
    onset = np.where(np.arange(30) < treated, 28, 40)
    return Panel(units, outcome, onset, np.arange(30, dtype=np.int32), False)


def theirs_of(panel: Panel) -> float:
    """diff-diff's synthetic difference in differences."""
    from diff_diff import SyntheticDiD

    unit, time = np.divmod(np.arange(panel.outcome.size), panel.periods)
    frame = pd.DataFrame(
        {
            "unit": unit,
            "time": time,
            "y": panel.outcome.ravel(),
            "treated": (panel.onset[unit] < panel.periods) * 1,
        }
    )
    after = list(range(int(panel.onset.min()), panel.periods))
    fitter = SyntheticDiD(variance_method="jackknife", seed=0)
    return float(fitter.fit(frame, "y", "treated", "unit", "time", post_periods=after).att)


def synthetic_differences(folder: Path | None) -> Iterable[Line]:
    worst = 0.0
    for seed in range(SETS):
        panel = drawn_panel(seed, 1 + seed % 5)
        worst = max(worst, abs(compared(panel, "", synthetic, 0).value - theirs_of(panel)))
    named = "synthetic difference in differences"
    yield Line(named, "diff-diff", f"effects, {SETS} panels of 30 x 40", worst)
    for name, panel in reference_panels(folder):
        ours, other = compared(panel, "", synthetic, 0).value, theirs_of(panel)
        yield Line(named, "diff-diff", f"{name}: ours {ours:.6g}", abs(ours - other))


def reference_panels(folder: Path | None) -> Iterable[tuple[str, Panel]]:
    """California's packs, the Basque country's and West Germany's product per head."""
    if folder is None:
        return
    packs = pl.read_csv(folder / "synthdid_california_prop99.csv", separator=";")
    yield "California", reference(packs, "State", "Year", "PacksPerCapita", "California", 1989)
    basque = pl.read_csv(folder / "basque.csv").filter(pl.col("regionno") != 1)
    yield (
        "Basque country",
        reference(basque, "regionname", "year", "gdpcap", "Basque Country (Pais Vasco)", 1975),
    )
    germany = pl.read_csv(folder / "germany.csv")
    yield "West Germany", reference(germany, "country", "year", "gdp", "West Germany", 1990)


def reference(file: pl.DataFrame, unit: str, time: str, outcome: str, treated: str, since: float) -> Panel:
    is_treated = pl.col(unit) == treated
    assert file.filter(is_treated).height
    return panel_of(
        file.select(
            unit=unit, time=pl.col(time).cast(pl.Float64), outcome=pl.col(outcome).cast(pl.Float64),
            treated_at=pl.when(is_treated).then(since),
        )
    )  # fmt: skip


def synthetic_controls(folder: Path | None) -> Iterable[Line]:
    """Another question: weights on donors alone, fitted to all outcomes before, no weights on times, no level apart."""
    from pysyncon import Synth

    for name, panel in reference_panels(folder):
        onset, treated = int(panel.onset.min()), int(panel.treated[0])
        donors = panel.clean
        others = pd.DataFrame(panel.outcome[donors, :onset].T, columns=[f"donor {one}" for one in donors])
        own = pd.Series(panel.outcome[treated, :onset], name="treated")
        synth = Synth()
        synth.fit(X0=others, X1=own, Z0=others, Z1=own, custom_V=np.ones(onset))
        weights = np.asarray(synth.W)
        gap = panel.outcome[treated, onset:] - weights @ panel.outcome[donors, onset:]
        ours = compared(panel, "", synthetic, 0).value
        yield Line(
            "synthetic difference in differences", "pysyncon, synthetic control on outcomes",
            f"{name}: ours {ours:.6g}, theirs {gap.mean():.6g}", abs(ours - float(gap.mean())),
            "another method: told, not equal",
        )  # fmt: skip


# -- shares and networks ---------------------------------------------------------------------------


def intervals_of_shares() -> Line:
    from statsmodels.stats.proportion import proportion_confint

    worst = 0.0
    for of in (1, 5, 29, 148, 3000):
        for count in {0, 1, of // 7, of // 2, of}:
            for ours, method in ((score, "wilson"), (clopper_pearson, "beta")):
                mine, other = ours(count, of), proportion_confint(count, of, method=method)
                worst = max(worst, abs(mine.low - other[0]), abs(mine.high - other[1]))
    return Line("Wilson, Clopper-Pearson", "statsmodels", "intervals of 25 counts", worst)


def networks() -> Line:
    import networkx as nx

    worst = 0.0
    for seed in range(SETS):
        rng = np.random.default_rng(seed)
        ends = rng.integers(0, 300, (2, rng.integers(100, 3000))).astype(np.int32)
        graph = nx.DiGraph()
        graph.add_nodes_from(range(300))
        graph.add_edges_from((one, two) for one, two in ends.T.tolist() if one != two)
        there = rng.random(300) < 0.7
        part = graph.subgraph(np.flatnonzero(there).tolist())
        plain = part.to_undirected()
        giant = max(len(one) for one in nx.connected_components(plain)) / len(part)
        theirs = [nx.density(part), nx.reciprocity(part), giant, max(nx.core_number(plain).values())]
        ours = measures(network_of(ends[0], ends[1], 300), there)
        worst = max(worst, *(abs(mine - other) for mine, other in zip(ours.values(), theirs, strict=True)))
    return Line(
        "structure of a network",
        "networkx",
        f"density, reciprocity, giant part, core of {SETS} graphs",
        worst,
    )


def lines(folder: Path | None) -> list[Line]:
    single: list[Callable[[], Line]] = [kaplan_meiers, aalen_johansens, coxes, intervals_of_shares, networks]
    found = [one() for one in single]
    return [*found, *interrupted_series(), *synthetic_differences(folder), *synthetic_controls(folder)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder with the reference files")
    parser.add_argument("--no-write", action="store_true")
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs
        found = lines(options.data)
    rows = [[one.ours, one.beside, one.compared, f"{one.difference:.2g}", one.remark] for one in found]
    packages = ["numpy", "scipy", "polars", "lifelines", "statsmodels", "diff-diff", "pysyncon", "networkx"]
    text = (
        "## Oracles: other implementations asked the same\n\n"
        "`python benchmarks/oracles.py" + (" --data FOLDER" if options.data else "") + "`. "
        f"{circumstances(packages)}\n\n{table(HEAD, rows)}"
    )
    print(text)
    if not options.no_write:
        write_section("oracles", text)


if __name__ == "__main__":
    main()
