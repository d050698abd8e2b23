"""From what was read to what it is worth: the one place where the shell calls the analysis."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ostrakon.analysis import worth
from ostrakon.analysis.campaigns import (
    Campaigns,
    CampaignTables,
    campaign_tables,
    campaigns_of_reporters,
    find_campaigns,
)
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
    campaigns: Campaigns | None
    """None = they were not looked for."""
    campaign_tables: CampaignTables


def weigh(request: Request, inputs: Inputs, steps: Steps) -> Weighed:
    """Campaigns, values and tables, a step each."""
    log = inputs.log
    with steps.step("looking for campaigns"):
        campaigns = find_campaigns(log, inputs.reporters) if request.campaigns else None
    with steps.step("weighing"):
        valuation = worth.value(
            log,
            inputs.decisions,
            accounts=inputs.accounts,
            reporters=inputs.reporters,
            groups=campaigns.groups(log) if campaigns else None,
            seed=request.seed,
        )
    with steps.step("making tables"):
        return Weighed(
            inputs,
            valuation,
            results.queue(valuation),
            results.reporter_records(
                valuation, campaigns_of_reporters(log, campaigns) if campaigns else None
            ),
            campaigns,
            campaign_tables(log, campaigns, valuation.verdicts.outcome)
            if campaigns
            else CampaignTables.none(),
        )
