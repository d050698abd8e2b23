"""Large logs for speed tests: quick to draw, with the skew of real ones and a signal, but without any story."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from ostrakon.worlds.clock import DAY, times
from ostrakon.worlds.draws import Floats, Ints
from ostrakon.worlds.moderation import Bools
from ostrakon.worlds.world import World

SLICE = 2_000_000
"""Reports drawn, and written, at a time."""
DAYS = 60.0
SKEW = 3.0
"""Popularity falls with rank like rank to the power of 1 / SKEW - 1."""
PRIME = 2_147_483_647
"""Numbers are multiplied by it modulo their count: a cheap shuffle, so that an id does not tell the rank."""


@dataclass(frozen=True)
class Base:
    """What all slices share."""

    seed: int
    reports: int
    reporters: int
    violates: Bools
    """By popularity rank."""

    @property
    def accounts(self) -> int:
        """Number of accounts."""
        return len(self.violates)

    @property
    def slices(self) -> int:
        """Number of slices of reports."""
        return -(-self.reports // SLICE)


def growth(reports: int, seed: int = 0) -> World:
    """A log of ``reports`` reports by a tenth as many reporters on a twentieth as many accounts."""
    base = _base(reports, seed)
    reporters = _reporters(base)
    return World(
        name=f"growth {reports}",
        seed=seed,
        reports=pl.concat([_slice(base, number) for number in range(base.slices)]),
        decisions=_decisions(base),
        accounts=_accounts(base),
        reporters=reporters,
        truth=_truth(base),
        reporter_truth=reporters.select("reporter", group=pl.lit("crowd")),
    )


def write_growth(folder: Path, reports: int, seed: int = 0) -> None:
    """The same log as Parquet files, drawn and written slice by slice: memory does not grow with the reports."""
    base = _base(reports, seed)
    folder.mkdir(parents=True, exist_ok=True)
    _stream(base).sink_parquet(folder / "reports.parquet", row_group_size=SLICE // 4)
    parts: dict[str, Callable[[Base], pl.DataFrame]] = {
        "decisions": _decisions,
        "accounts": _accounts,
        "reporters": _reporters,
        "truth": _truth,
    }
    for name, draw in parts.items():
        draw(base).write_parquet(folder / f"{name}.parquet")


def _base(reports: int, seed: int) -> Base:
    accounts = max(20, reports // 20)
    violates = np.random.default_rng([seed, 0]).random(accounts) < 0.3
    return Base(seed, reports, max(40, reports // 10), violates)


def _stream(base: Base) -> pl.LazyFrame:
    def draw(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, batch: int | None
    ) -> Iterator[pl.DataFrame]:
        for number in range(base.slices):
            frame = _slice(base, number)
            frame = frame if predicate is None else frame.filter(predicate)
            yield frame if columns is None else frame.select(columns)

    schema = _slice(Base(base.seed, 1, base.reporters, base.violates), 0).schema
    return register_io_source(draw, schema=schema)


def _slice(base: Base, number: int) -> pl.DataFrame:
    """One stretch of time of the log. Careful reporters think again before they report an innocent account."""
    rng = np.random.default_rng([base.seed, 1, number])
    count = min(SLICE, base.reports - number * SLICE)
    reporter = _popular(base.reporters, 2.5, count, rng)
    rank = _popular(base.accounts, SKEW, count, rng)
    again = ~base.violates[rank] & (reporter % 3 > 0) & (rng.random(count) < 0.9)
    rank[again] = _popular(base.accounts, SKEW, int(again.sum()), rng)
    length = DAYS * DAY / base.reports
    seconds = (number * SLICE + np.sort(rng.random(count)) * count) * length
    columns = [_ids("reporter", "u", reporter, base.reporters), _ids("account", "a", rank, base.accounts)]
    return pl.DataFrame([*columns, times("reported_at", seconds)])


def _popular(count: int, skew: float, draws: int, rng: np.random.Generator) -> Ints:
    """Ranks of which the first are drawn far more often."""
    ranks: Ints = (count * rng.random(draws) ** skew).astype(np.int64)
    return ranks


def _ids(name: str, prefix: str, ranks: Ints, count: int) -> pl.Series:
    shuffled = pl.Series(name, (ranks * PRIME + count // 3) % count)
    return (prefix + shuffled.cast(pl.String).str.zfill(8)).alias(name)


def _ages(count: int, rng: np.random.Generator) -> Floats:
    return rng.exponential(700.0, count) * DAY


def _accounts(base: Base) -> pl.DataFrame:
    rng = np.random.default_rng([base.seed, 2])
    ranks = np.arange(base.accounts)
    popularity = (ranks + 1.0) ** (1 / SKEW - 1) * base.accounts ** (1 - 1 / SKEW)
    views = np.floor(200 * popularity * rng.lognormal(0.0, 0.8, base.accounts))
    columns = [_ids("account", "a", ranks, base.accounts), times("created_at", -_ages(base.accounts, rng))]
    return pl.DataFrame([*columns, pl.Series("views", views)]).sort("account")


def _reporters(base: Base) -> pl.DataFrame:
    rng = np.random.default_rng([base.seed, 3])
    created = times("created_at", -_ages(base.reporters, rng))
    return pl.DataFrame([_ids("reporter", "u", np.arange(base.reporters), base.reporters), created]).sort(
        "reporter"
    )


def _decisions(base: Base) -> pl.DataFrame:
    """About 2 % of the accounts: three quarters are the most popular, one quarter chance chose."""
    rng = np.random.default_rng([base.seed, 4])
    top = max(4, base.accounts * 15 // 1000)
    audited = rng.choice(np.arange(top, base.accounts), max(2, base.accounts * 5 // 1000), replace=False)
    rank = np.concatenate([np.arange(top), audited])
    upheld = base.violates[rank] ^ (rng.random(len(rank)) < 0.05)
    seconds = np.sort((DAYS + rng.uniform(0, 7, len(rank))) * DAY)
    order = rng.permutation(len(rank))
    columns = [
        _ids("account", "a", rank[order], base.accounts),
        pl.Series("outcome", np.where(upheld, "upheld", "rejected")[order].tolist()),
        times("decided_at", seconds),
        pl.Series("selection", np.where(np.arange(len(rank)) < top, "queue", "audit")[order].tolist()),
    ]
    return pl.DataFrame(columns)


def _truth(base: Base) -> pl.DataFrame:
    violates = pl.Series("violates", base.violates)
    frame = pl.DataFrame([_ids("account", "a", np.arange(base.accounts), base.accounts), violates])
    kind = pl.when("violates").then(pl.lit("violator")).otherwise(pl.lit("ordinary"))
    return frame.select("account", pl.lit("unspecified").alias("policy"), "violates", kind=kind).sort(
        "account"
    )
