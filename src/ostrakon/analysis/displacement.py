"""Where links lead after a treatment: at least so much moved to other platforms, and never all that moved.

Who left with everything posts no links any more, so what is seen is a lower bound. The share of links that lead
elsewhere is compared, not their number: a number falls when anything falls.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ostrakon.analysis.figures import Figure, Measured, refused
from ostrakon.analysis.log import Counts, Floats

WINDOW_DAYS = 28
LEAST_CLUSTERS = 10
"""Of treated units, and of untreated ones."""
LEAST_LINKS = 100
"""In the treated units, before and after each."""
REPLICATES = 1_000
NAME, UNIT = "displacement", "points of the share of links that lead elsewhere"
METHOD = (
    f"share of links elsewhere, {WINDOW_DAYS} days after against before, over untreated units on the same days; "
    "bootstrap of whole clusters"
)
BOUND = "who left with everything is not seen: at least so much moved"


def displacement(outlinks: pl.DataFrame, home: str, *, seed: int = 0) -> Measured:
    """By how much more of the links lead away from ``home`` where accounts were taken away.

    Args:
        outlinks: typed table of ``OUTLINKS``. home: the platform that is no elsewhere. seed: of the resamples.
    """
    why = _unusable(outlinks, home)
    data = None if why else _Windows.of(_by_day(outlinks, home))
    why = why or _too_few(data)
    if data is None or why:
        return Measured((refused(NAME, UNIT, METHOD, str(why)),), {"shares": []})
    rng = np.random.default_rng([seed, 11])
    value = float(data.effects(np.ones((1, data.clusters)))[0])
    drawn = data.effects(
        rng.multinomial(data.clusters, np.full(data.clusters, 1 / data.clusters), REPLICATES)
    )
    low = min(value, float(np.nanquantile(drawn, 0.025)))
    figure = Figure(NAME, value, low, None, UNIT, "indicative", METHOD, (BOUND,))
    return Measured(
        (figure,), {"shares": list(data.rows())}, {"window_days": WINDOW_DAYS, "level": 0.95, "home": home}
    )


def _unusable(outlinks: pl.DataFrame, home: str) -> str | None:
    if "treated_at" not in outlinks.columns or not outlinks["treated_at"].count():
        return "no unit has a treated_at: nothing says before and after what"
    if not (outlinks["platform"] == home).any():
        named = ", ".join(outlinks["platform"].drop_nulls().unique().sort().head(3).to_list())
        return f"no link leads to {home!r}: the platforms are {named}"
    for name in ("treated_at", "cluster"):
        two = _with_two(outlinks, name)
        if two:
            return f"{len(two):,} units have more than one {name}: {', '.join(two[:3])}"
    return None


def _with_two(outlinks: pl.DataFrame, name: str) -> list[str]:
    """Units of which a column says two things."""
    if name not in outlinks.columns:
        return []
    kinds = outlinks.drop_nulls(name).group_by("unit").agg(pl.col(name).n_unique())
    return kinds.filter(pl.col(name) > 1)["unit"].sort().to_list()


def _by_day(outlinks: pl.DataFrame, home: str) -> pl.DataFrame:
    """unit, cluster, day, treated (day), away, links."""
    cluster = (
        pl.col("cluster").max().over("unit") if "cluster" in outlinks.columns else pl.lit(None, pl.String)
    )
    day = [
        pl.col("time").dt.epoch("d").cast(pl.Int64),
        pl.col("treated_at").max().over("unit").dt.epoch("d").cast(pl.Int64),
    ]
    return (
        outlinks.with_columns(cluster.fill_null("unit " + pl.col("unit")).alias("cluster"))
        .with_columns(day[0].alias("day"), day[1].alias("treated"))
        .group_by("unit", "cluster", "day", "treated")
        .agg(
            pl.col("links").filter(pl.col("platform") != home).sum().alias("away"),
            pl.col("links").filter(pl.col("platform").is_not_null()).sum().alias("links"),
        )
        .sort("unit", "day")
    )


@dataclass(frozen=True)
class _Windows:
    """Links around each treatment: in the treated unit, and in every untreated cluster on the same days."""

    clusters: int
    of_treated: Counts
    """(n,) cluster of each treated unit."""
    treated: Floats
    """(n, 2, 2) away and all, before and after."""
    controls: Floats
    """(n, clusters, 2, 2) the same of untreated clusters; 0 for touched ones."""

    @staticmethod
    def of(days: pl.DataFrame) -> _Windows | None:
        names = days["cluster"].unique().sort()
        code = names.search_sorted(days["cluster"]).to_numpy()
        first, last = days.select(pl.col("day").min(), last=pl.col("day").max()).row(0)
        touched = np.isin(np.arange(len(names)), code[days["treated"].is_not_null().to_numpy()])
        units = days.filter(pl.col("treated").is_not_null()).unique("unit", keep="first", maintain_order=True)
        units = units.filter(
            (pl.col("treated") - first >= WINDOW_DAYS) & (pl.col("treated") + WINDOW_DAYS - 1 <= last)
        )
        if units.is_empty():
            return None
        day, counts = days["day"].to_numpy(), days.select("away", "links").to_numpy()
        sums = np.zeros((len(names), last - first + 2, 2))
        np.add.at(sums, (code, day - first + 1), counts * ~touched[code, None])
        sums = np.cumsum(sums, axis=1)
        at = units["treated"].to_numpy() - first
        parts = [_window(sums, at, side) for side in (-1, 1)]
        own = [_own(days, units, side) for side in (-1, 1)]
        return _Windows(
            len(names), names.search_sorted(units["cluster"]).to_numpy().astype(np.int64),
            np.stack(own, axis=2), np.stack(parts, axis=3),
        )  # fmt: skip

    def effects(self, times: Floats | Counts) -> Floats:
        """(r,) points, with each cluster taken so many times (r, clusters)."""
        weights = np.asarray(times, np.float64)
        pooled = np.einsum("rc,ncks->rnks", weights, self.controls)
        with np.errstate(invalid="ignore", divide="ignore"):
            there = pooled[:, :, 0] / pooled[:, :, 1]
            here = self.treated[:, 0] / self.treated[:, 1]
        moved = (here[:, 1] - here[:, 0]) - (there[:, :, 1] - there[:, :, 0])
        weight = weights[:, self.of_treated] * self.treated[:, 1].sum(axis=1) * np.isfinite(moved)
        found: Floats = (weight * np.nan_to_num(moved)).sum(axis=1) / weight.sum(axis=1)
        return found

    def rows(self) -> Iterable[dict[str, Any]]:
        """Pooled shares."""
        whole = {"treated": self.treated.sum(axis=0), "untreated": self.controls.sum(axis=(0, 1))}
        for name, sums in whole.items():
            for side, told in enumerate(("before", "after")):
                links = float(sums[1, side])
                share = float(sums[0, side]) / links if links else None
                yield {"units": name, "when": told, "links": links, "elsewhere": share}


def _window(sums: Floats, at: Counts, side: int) -> Floats:
    """(n, clusters, 2) sums over the days before or from each time on."""
    ends = (at - WINDOW_DAYS, at) if side < 0 else (at, at + WINDOW_DAYS)
    return np.asarray((sums[:, ends[1]] - sums[:, ends[0]]).transpose(1, 0, 2), np.float64)


def _own(days: pl.DataFrame, units: pl.DataFrame, side: int) -> Floats:
    """(n, 2) of the treated units themselves."""
    since = pl.col("day") - pl.col("treated")
    inside = since.is_between(-WINDOW_DAYS, -1) if side < 0 else since.is_between(0, WINDOW_DAYS - 1)
    found = days.filter(inside).group_by("unit").agg(pl.col("away").sum(), pl.col("links").sum())
    joined = units.select("unit").join(found, on="unit", how="left", maintain_order="left")
    return joined.select(pl.col("away", "links").fill_null(0.0)).to_numpy()


def _too_few(data: _Windows | None) -> str:
    if data is None:
        return f"no treated unit was seen for {WINDOW_DAYS} days before its treatment and after it"
    treated, free = len(np.unique(data.of_treated)), int((data.controls.sum(axis=(0, 2, 3)) > 0).sum())
    if free < LEAST_CLUSTERS:
        return f"{free} untreated units or clusters with links, and {LEAST_CLUSTERS} are needed"
    if treated < LEAST_CLUSTERS:
        return f"{treated} treated units or clusters, and {LEAST_CLUSTERS} are needed"
    least = float(data.treated[:, 1].sum(axis=0).min())
    if least < LEAST_LINKS:
        return f"{least:.0f} links in the treated units on one side of their treatment, and {LEAST_LINKS} are needed"
    return ""
