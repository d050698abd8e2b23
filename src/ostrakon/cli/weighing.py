"""From what was read to what it is worth: the one place where the shell calls the analysis."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ostrakon.analysis import worth
from ostrakon.analysis.campaigns import CampaignTables, campaign_tables, co_reporting
from ostrakon.analysis.worth import results
from ostrakon.cli.inputs import Inputs
from ostrakon.cli.request import Request
from ostrakon.cli.steps import Steps


@dataclass(frozen=True)
class Weighed:
    """What came out, as tables of the contract."""

    inputs: Inputs
    valuation: worth.Valuation
    queue: pl.DataFrame
    reporters: pl.DataFrame
    campaigns: CampaignTables | None
    """None = they were not looked for."""


def weigh(request: Request, inputs: Inputs, steps: Steps) -> Weighed:
    """Campaigns, values and tables, a step each."""
    with steps.step("looking for campaigns"):
        groups = co_reporting(inputs.log) if request.campaigns else None
    with steps.step("weighing"):
        valuation = worth.value(
            inputs.log,
            inputs.decisions,
            accounts=inputs.accounts,
            reporters=inputs.reporters,
            groups=groups,
            seed=request.seed,
        )
    with steps.step("making tables"):
        outcome = valuation.verdicts.outcome
        return Weighed(
            inputs,
            valuation,
            results.queue(valuation),
            results.reporter_records(valuation),
            None if groups is None else campaign_tables(inputs.log, groups, outcome),
        )
