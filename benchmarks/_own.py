"""The product's own scorer, as `ostrakon triage` runs it, for every command that compares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import polars as pl

if TYPE_CHECKING:
    from ostrakon.analysis.worth import Valuation


class Task(Protocol):
    """Typed tables to weigh: a world, or a job made of real ratings."""

    @property
    def reports(self) -> pl.DataFrame: ...
    @property
    def decisions(self) -> pl.DataFrame: ...
    @property
    def accounts(self) -> pl.DataFrame: ...
    @property
    def reporters(self) -> pl.DataFrame: ...
    @property
    def seed(self) -> int: ...


def weigh(task: Task) -> Valuation:
    """Campaigns, then the valuation."""
    from ostrakon.analysis import worth
    from ostrakon.analysis.campaigns import find_campaigns
    from ostrakon.analysis.log import report_log

    log = report_log(task.reports)
    return worth.value(
        log,
        task.decisions,
        accounts=task.accounts,
        reporters=task.reporters,
        groups=find_campaigns(log).groups(log),
        seed=task.seed,
    )
