"""Logs that are drawn, not written by hand: everyday noise, and rings planted in it.

People and accounts are numbers: everyday ones count from 0, those of ring k from ``k * RING``. In logs they are called
``p7`` and ``x7``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from tests.analysis.small import START_S

from ostrakon.analysis.campaigns import Campaign, find_campaigns
from ostrakon.analysis.campaigns.actions import Actions, actions
from ostrakon.analysis.log import ReportLog, report_log

Ints = NDArray[np.int64]

DAY_S = 86_400
DAYS = 30
RING = 1_000_000
TOPIC = 7_000_000
"""Accounts of a topic are numbered from here."""


@dataclass(frozen=True)
class Rows:
    """Reports as numbers, one row each, in any order."""

    reporter: Ints
    account: Ints
    at: Ints
    """Seconds since the START."""
    source: str | None = None

    def __len__(self) -> int:
        return len(self.reporter)

    def __add__(self, other: Rows) -> Rows:
        return Rows(
            np.concatenate([self.reporter, other.reporter]),
            np.concatenate([self.account, other.account]),
            np.concatenate([self.at, other.at]),
        )

    def shuffled(self, rng: np.random.Generator) -> Rows:
        order = rng.permutation(len(self))
        return Rows(self.reporter[order], self.account[order], self.at[order])

    def permuted(self, rng: np.random.Generator) -> Rows:
        """Who reports is drawn anew: everybody's activity and every account's times stay, nobody acts together."""
        return replace(self, reporter=rng.permutation(self.reporter))


def rows_of(reporter: Iterable[int], account: Iterable[int], at: Iterable[int]) -> Rows:
    return Rows(*(np.array(list(column), np.int64) for column in (reporter, account, at)))


NOTHING = rows_of([], [], [])


def noise(seed: int, reports: int = 8_000, reporters: int = 1_000, accounts: int = 1_500) -> Rows:
    """Everyday life: a few report much, a few accounts are popular, most reports follow something that happened."""
    rng = np.random.default_rng(seed)
    activity = (1.0 - rng.random(reporters)) ** (-1.0 / 1.5)
    popularity = np.arange(1, accounts + 1) ** -0.75
    account = rng.choice(accounts, reports, p=popularity / popularity.sum())
    event = rng.integers(0, (DAYS - 1) * DAY_S, accounts)[account]
    later = np.minimum(rng.lognormal(np.log(8 * 3600), 1.0, reports), DAYS * DAY_S).astype(np.int64)
    routine = rng.integers(0, DAYS * DAY_S, reports)
    return Rows(
        rng.choice(reporters, reports, p=activity / activity.sum()),
        account,
        np.where(rng.random(reports) < 0.7, event + later, routine),
    )


def ring(
    seed: int,
    number: int = 1,
    *,
    members: int = 20,
    victims: int = 8,
    participation: float = 0.8,
    within_s: int = 1800,
) -> Rows:
    """Ring ``number`` comes upon its own victims, one after the other, and each time some of it stay away."""
    rng = np.random.default_rng([seed, number])
    who, whom = np.nonzero(rng.random((members, victims)) < participation)
    start = rng.integers(DAY_S, (DAYS - 1) * DAY_S, victims)
    return Rows(number * RING + who, number * RING + whom, start[whom] + rng.integers(0, within_s, len(who)))


def community(seed: int, members: int = 60, accounts: int = 40, reports: int = 20) -> Rows:
    """So many everyday people report, each whenever they like, so many of a topic's accounts."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(members), reports)
    whom = np.concatenate([rng.permutation(accounts)[:reports] for _ in range(members)])
    return Rows(who, TOPIC + whom, rng.integers(0, DAYS * DAY_S, len(who)))


def table(rows: Rows) -> pl.DataFrame:
    """Typed reports."""
    frame = pl.DataFrame(
        {"reporter": rows.reporter, "account": rows.account, "reported_at": rows.at + START_S}
    )
    return frame.select(
        pl.format("p{}", "reporter").alias("reporter"),
        pl.format("x{}", "account").alias("account"),
        pl.from_epoch("reported_at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        source=pl.lit(rows.source, dtype=pl.String),
    )


def log_from(rows: Rows) -> ReportLog:
    return report_log(table(rows))


def actions_from(rows: Rows) -> Actions:
    return actions(log_from(rows))


def named(log: ReportLog, campaign: Campaign) -> set[int]:
    """The numbers of those whom a campaign names."""
    return {int(name[1:]) for name in log.reporters.gather(campaign.members.reporter)}


def found_in(rows: Rows) -> list[set[int]]:
    """Whom each campaign of these reports names."""
    log = log_from(rows)
    return [named(log, campaign) for campaign in find_campaigns(log).found]


def innocents(found: list[set[int]]) -> set[int]:
    """Everybody named who belongs to no ring."""
    return {number for one in found for number in one if number < RING}


def ring_members(number: int, count: int) -> set[int]:
    """The numbers of a ring's members."""
    return set(range(number * RING, number * RING + count))
