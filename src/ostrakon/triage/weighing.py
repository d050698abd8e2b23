"""What a run says about its inputs: the one place where this room calls the analysis. Heavy."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import polars as pl

from ostrakon.analysis import worth
from ostrakon.analysis.campaigns import CampaignTables, campaign_tables, find_campaigns
from ostrakon.analysis.campaigns.parameters import parameters
from ostrakon.analysis.log import places_in
from ostrakon.analysis.worth import results
from ostrakon.analysis.worth.verdicts import standing
from ostrakon.triage.inputs import Inputs, sha256

LIBRARIES = ("llvmlite", "numba", "numpy", "polars", "scikit-learn", "scipy")
"""Those that can change a number; their versions are kept."""


@dataclass(frozen=True)
class Weighed:
    """The tables of the file contract that are kept."""

    queue: pl.DataFrame
    campaigns: CampaignTables

    @property
    def sha256(self) -> dict[str, str]:
        """Of the queue and of the campaigns."""
        together = self.campaigns
        return {
            "queue": sha256([self.queue]),
            "campaigns": sha256(
                [together.campaigns.drop("upheld_share"), together.members, together.targets]
            ),
        }


def weigh(inputs: Inputs, seed: int) -> Weighed:
    """Campaigns, values and their tables. The same inputs, seed and versions give the same to the last bit.

    Campaigns are found in all reports: to set some aside for a few accounts must not hide what was done to the others.
    """
    campaigns = find_campaigns(inputs.log, inputs.reporters)
    valuation = worth.value(
        inputs.counted,
        inputs.decisions,
        accounts=inputs.accounts,
        reporters=inputs.reporters,
        groups=campaigns.groups(inputs.log)[places_in(inputs.log, inputs.counted)],
        seed=seed,
    )
    verdicts = standing(inputs.log, inputs.decisions)
    return Weighed(results.queue(valuation), campaign_tables(inputs.log, campaigns, verdicts.outcome))


def method() -> dict[str, Any]:
    """With what a run of this code works: versions of all that can change a number, and the thresholds."""
    versions = {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
    return {"versions": versions, "campaigns": parameters()}
