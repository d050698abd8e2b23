"""The report page and the notes of a triage run, from what was weighed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from ostrakon import __version__
from ostrakon.analysis import worth
from ostrakon.analysis.calibration import bins, calibration_error
from ostrakon.analysis.campaigns import CampaignTables
from ostrakon.analysis.worth.results import standing_records
from ostrakon.formats import Facts
from ostrakon.pages.triage import Calibration, Counts, InputFile, Origin, TriagePage, triage_page

QUEUE_ROWS = 100
REPORTER_ROWS = 50
CAMPAIGN_ROWS = 50
HISTOGRAM_ROWS = 100_000
LEAST_DECIDED = 50
"""Decided cases below which a calibration plot would only show noise."""
ROWS_A_BIN = 20


def report_html(
    summary: Mapping[str, Any],
    valuation: worth.Valuation,
    queue: pl.DataFrame,
    records: pl.DataFrame,
    campaigns: CampaignTables | None,
    explanations: Sequence[worth.Explanation],
) -> str:
    """The page of one run."""
    counts = summary["counts"]
    people = records.with_columns(_influence=_influence(valuation, records)).sort("_influence", descending=True, maintain_order=True)
    return triage_page(
        TriagePage(
            counts=Counts(
                reports=counts["reports"],
                reporters=counts["reporters"],
                accounts=counts["accounts"],
                policies=counts["policies"],
                repeats=counts["repeats"],
                rejected=counts["rejected_rows"],
                decisions=counts["decided_cases"],
                independent_reports=counts["independent_reports"],
            ),
            queue=queue.head(QUEUE_ROWS).to_dicts(),
            queue_rows=queue.height,
            explanations=explanations,
            reporters=people.head(REPORTER_ROWS).drop("_influence").to_dicts(),
            reporter_rows=records.height,
            campaigns=None if campaigns is None else campaigns.campaigns.head(CAMPAIGN_ROWS).to_dicts(),
            campaign_rows=0 if campaigns is None else campaigns.campaigns.height,
            calibration=_calibration(valuation),
            origin=Origin(
                version=__version__,
                seed=summary["seed"],
                files=[InputFile(facts["file"], facts["sha256"], facts["rows"]) for facts in summary["inputs"].values()],
                parameters={name: value for name, value in summary["parameters"].items() if value is not None},
                notes=summary["notes"],
                rejected=summary["rejected"],
            ),
            probabilities=queue["probability"].head(HISTOGRAM_ROWS).to_list(),
            campaign_times={(item.account, item.policy): item.campaign_times for item in explanations},
        )
    )


def notes(facts: Mapping[str, Facts], valuation: worth.Valuation) -> list[str]:
    """What a reader should know about the input, in sentences."""
    said = []
    for name, fact in facts.items():
        if fact.rejected:
            said.append(f"{name}: {fact.rejected:,} of {fact.rows:,} rows were not used; rejected.csv says why.")
        if fact.times_without_zone:
            said.append(f"{name}: {fact.times_without_zone:,} times had no zone and were read as UTC.")
        if fact.impossible_times:
            said.append(f"{name}: {fact.impossible_times:,} impossible creation times were read as unknown.")
        if fact.ignored:
            said.append(f"{name}: columns that are not used: {', '.join(fact.ignored)}.")
    verdicts, exposure = valuation.verdicts, valuation.scene.background.exposure
    if not verdicts.decided.any():
        said.append("No decisions were given: the probabilities rest on what is usual elsewhere, and their intervals say so.")
    elif verdicts.propensity_estimated:
        said.append(
            f"{verdicts.propensity_estimated:,} decisions do not say how likely the case was to be chosen for review; "
            "this was estimated from their selection and the report counts."
        )
    if np.isnan(exposure).all():
        said.append("No views or followers were given: who is merely seen by many cannot be told from who breaks a rule.")
    elif np.isnan(exposure).any():
        said.append(f"{int(np.isnan(exposure).sum()):,} cases have no views or followers and were taken as typical.")
    return said


def _influence(valuation: worth.Valuation, records: pl.DataFrame) -> pl.Series:
    """How much each reporter's word moves the log odds, over all their cases."""
    log = valuation.scene.log
    moved = pl.DataFrame(
        {"reporter": log.reporters, "moved": np.abs(standing_records(valuation).evidence) * log.reporter_size}
    )
    return records.join(moved, on="reporter", how="left", maintain_order="left")["moved"]


def _calibration(valuation: worth.Valuation) -> Calibration:
    """On decided cases, each valued without its own decision; weighted to stand for all cases."""
    decided = valuation.verdicts.decided
    rows = int(decided.sum())
    if rows < LEAST_DECIDED:
        return Calibration(None, None, f"{rows} decided cases are too few; at least {LEAST_DECIDED} are needed.")
    said, true = valuation.probability[decided], valuation.verdicts.violates[decided]
    count = min(10, rows // ROWS_A_BIN)
    return Calibration(
        bins(said, true, count=count),
        calibration_error(said, true, count=count),
        f"On {rows:,} decided cases, each valued without the decisions on its account. Decisions are mostly about the most "
        "reported accounts and sometimes wrong; the probability is meant for the truth, so a small gap at both ends is "
        "expected: nobody can be more certain of a decision than the people who decide.",
    )
