"""The demonstration world, moved in time so that its week ends now, by the hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import polars as pl

from ostrakon.worlds.clock import START
from ostrakon.worlds.demo import PLATFORM, demo
from ostrakon.worlds.scenes import LIST_SOURCE
from ostrakon.worlds.world import World

HOURS = 7 * 24
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Week:
    """What happens on the platform, and what is true."""

    world: World
    begins_at: datetime
    """Of the world's first hour."""

    def at(self, hour: float) -> datetime:
        """The time so many hours after the week began."""
        return self.begins_at + timedelta(hours=hour)

    @property
    def accounts(self) -> list[dict[str, Any]]:
        """As the platform tells about them."""
        return self._moved(self.world.accounts, "created_at").to_dicts()

    @property
    def reporters(self) -> list[dict[str, Any]]:
        """Everybody who reports in this week."""
        return self._moved(self.world.reporters, "created_at").to_dicts()

    @cached_property
    def reports(self) -> Sequence[Sequence[Row]]:
        """Those of each hour, in the order of time."""
        hours: list[list[Row]] = [[] for _ in range(HOURS)]
        for row in self._moved(self.world.reports, "reported_at").iter_rows(named=True):
            hours[int((row["reported_at"] - self.begins_at) / timedelta(hours=1))].append(row)
        return hours

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """In which each account writes."""
        return dict(self.world.accounts.select("account", "language").iter_rows())

    @cached_property
    def listed(self) -> list[str]:
        """The accounts on the list that volunteers work through."""
        volunteers = self.world.reports.filter(source=LIST_SOURCE)
        return volunteers["account"].unique(maintain_order=True).to_list()

    @cached_property
    def wronged(self) -> str:
        """The counter-speaker whom the ring has suspended, and who is reinstated."""
        reports = self.world.reports.group_by("account").len("reports")
        decided = self.world.decisions.filter(outcome="overturned").join(reports, on="account")
        by_reports = decided.sort("reports", "account", descending=True)["account"]
        return next(str(account) for account in by_reports if self.kinds[account] == "counter_speaker")

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """What each account is: ``ordinary``, ``violator``, ``counter_speaker`` and so on."""
        shown = self.world.truth.with_columns(pl.col("kind").str.strip_suffix("_elsewhere"))
        return dict(shown.select("account", "kind").iter_rows())

    @cached_property
    def violations(self) -> frozenset[tuple[str, str]]:
        """(account, policy) of all that is really against the rules."""
        return frozenset(self.world.truth.filter("violates").select("account", "policy").iter_rows())

    def _moved(self, table: pl.DataFrame, column: str) -> pl.DataFrame:
        return table.with_columns(pl.col(column) + (self.begins_at - START))


def week_before(now: datetime, seed: int) -> Week:
    """The world of this seed, as if its week ended now."""
    return Week(demo(seed), now - timedelta(hours=HOURS))


__all__ = ["HOURS", "LIST_SOURCE", "PLATFORM", "Row", "Week", "week_before"]
