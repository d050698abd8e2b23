"""``report.html`` of a triage run, from what was weighed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from ostrakon.analysis import worth
from ostrakon.analysis.calibration import bins, calibration_error
from ostrakon.analysis.worth.results import standing_records
from ostrakon.cli.campaign_cards import campaign_cards
from ostrakon.cli.provenance import origin
from ostrakon.cli.summary import Summary
from ostrakon.cli.weighing import Weighed
from ostrakon.pages.triage import Calibration, Counts, TriagePage, triage_page

QUEUE_ROWS = 100
REPORTER_ROWS = 50
CAMPAIGN_ROWS = 50
LEAST_DECIDED = 50
"""Decided cases below which a calibration plot would only show noise."""
ROWS_A_BIN = 20
MOST_BINS = 10


def report_html(summary: Summary, weighed: Weighed, explanations: Sequence[worth.Explanation]) -> str:
    """The page of one run; ``explanations`` are those of the first rows."""
    queue, campaigns = weighed.queue, weighed.campaign_tables.campaigns
    return triage_page(
        TriagePage(
            counts=_counts(summary),
            queue=queue.head(QUEUE_ROWS).to_dicts(),
            queue_rows=queue.height,
            explanations=explanations,
            reporters=_most_influential(weighed).head(REPORTER_ROWS).to_dicts(),
            reporter_rows=weighed.reporters.height,
            campaigns=None if weighed.campaigns is None else campaigns.head(CAMPAIGN_ROWS).to_dicts(),
            campaign_rows=campaigns.height,
            campaign_cards=campaign_cards(weighed),
            calibration=_calibration(weighed.valuation),
            origin=origin(
                summary.inputs,
                seed=summary.seed,
                parameters=summary.parameters,
                notes=summary.notes,
                rejected=summary.rejected,
            ),
            probabilities=queue["probability"].to_list(),
        )
    )


def _counts(summary: Summary) -> Counts:
    counts = summary.counts
    return Counts(
        reports=counts.reports,
        reporters=counts.reporters,
        accounts=counts.accounts,
        policies=counts.policies,
        repeats=summary.repeats,
        rejected=counts.rejected_rows,
        decisions=counts.decided_cases,
        independent_reports=counts.independent_reports,
    )


def _most_influential(weighed: Weighed) -> pl.DataFrame:
    """The reporters whose word moves the log odds most, over all their cases, come first."""
    log = weighed.inputs.log
    strength = np.abs(standing_records(weighed.valuation).evidence) * log.reporter_size
    moved = pl.DataFrame({"reporter": log.reporters, "_moved": strength})
    people = weighed.reporters.join(moved, on="reporter", how="left", maintain_order="left")
    return people.sort("_moved", descending=True, maintain_order=True).drop("_moved")


def _calibration(valuation: worth.Valuation) -> Calibration:
    """On decided cases, each valued without its own decision; weighted to stand for all cases."""
    decided = valuation.verdicts.decided
    rows = int(decided.sum())
    if rows < LEAST_DECIDED:
        return Calibration(
            None,
            None,
            f"Decided cases so far: {rows}; with fewer than {LEAST_DECIDED} it would only show noise.",
        )
    said, true = valuation.probability[decided], valuation.verdicts.violates[decided]
    count = min(MOST_BINS, rows // ROWS_A_BIN)
    return Calibration(
        bins(said, true, count=count),
        calibration_error(said, true, count=count),
        f"On {rows:,} decided cases, each valued without the decisions on its account. Decisions are mostly about "
        "the most reported accounts and sometimes wrong; the probability is meant for the truth, so a small gap at "
        "both ends is expected: nobody can be more certain of a decision than the people who decide.",
    )
