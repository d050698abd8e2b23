"""The valuation as the tables of the file contract: the queue and the reporters."""

from __future__ import annotations

import numpy as np
import polars as pl

from ostrakon.analysis.campaigns import campaign_names
from ostrakon.analysis.log import Codes
from ostrakon.analysis.tables import QUEUE, REPORTER_RECORDS
from ostrakon.analysis.worth.record import Records, records
from ostrakon.analysis.worth.valuation import Valuation

DIGITS = 6
LEAST_TOGETHER = 2
"""Members of a campaign on one case from which on the case is marked with it."""


def queue(valuation: Valuation) -> pl.DataFrame:
    """One row for every case: undecided first, then by probability, independent reports and ids."""
    log = valuation.scene.log
    frame = pl.DataFrame(
        {
            "account": log.accounts.gather(log.case_account),
            "policy": log.policies.gather(log.case_policy),
            "reports": log.case_reports,
            "reporters": log.case_size,
            "independent_reports": valuation.scene.independent,
            "probability": valuation.probability,
            "probability_low": valuation.low,
            "probability_high": valuation.high,
            "campaigns": _campaigns(valuation.scene.crowd, log.case, log.cases),
            "decided": valuation.verdicts.names(),
        }
    ).with_columns(pl.col(pl.Float64).round(DIGITS))
    frame = frame.sort(
        [
            pl.col("decided").is_not_null(),
            -pl.col("probability"),
            -pl.col("independent_reports"),
            "account",
            "policy",
        ]
    )
    return frame.with_row_index("rank", 1).select(pl.col(c.name).cast(c.kind.dtype) for c in QUEUE.columns)


def reporter_records(valuation: Valuation, campaigns: pl.Series | None = None) -> pl.DataFrame:
    """One row for every reporter, the most active first: what they reported and how often decisions agreed.

    ``campaigns`` (R,) holds the ids of the campaigns in which each is named. It is not read off the groups that the
    voices were weighed in: whoever probably spoke with a campaign is weighed with it, but not named.
    """
    log = valuation.scene.log
    record = standing_records(valuation)
    low, high = record.interval()
    frame = pl.DataFrame(
        {
            "reporter": log.reporters,
            "reports": log.reporter_reports,
            "decided": record.decided,
            "upheld": record.upheld,
            "precision": record.precision,
            "precision_low": low,
            "precision_high": high,
        }
    ).with_columns(
        pl.col(pl.Float64).round(DIGITS), campaigns=pl.lit(None) if campaigns is None else campaigns
    )
    frame = frame.sort([-pl.col("reports"), "reporter"])
    return frame.select(pl.col(c.name).cast(c.kind.dtype) for c in REPORTER_RECORDS.columns)


def first_cases(valuation: Valuation, count: int) -> list[int]:
    """The cases of the first undecided rows of the queue, at most ``count``."""
    undecided = np.flatnonzero(~valuation.verdicts.decided)
    numbers = (valuation.scene.independent, valuation.probability)
    likely = undecided[np.lexsort([-values[undecided].round(DIGITS) for values in numbers])]
    return [int(case) for case in likely[:count]]


def cases_of(valuation: Valuation, account: str) -> list[int]:
    """The cases of one account, by its id; empty where nobody reported it."""
    log = valuation.scene.log
    code = (log.accounts == account).arg_max() if (log.accounts == account).any() else None
    return [] if code is None else [int(case) for case in np.flatnonzero(log.case_account == code)]


def standing_records(valuation: Valuation) -> Records:
    """Every reporter's record on all decisions that stand."""
    verdicts = valuation.verdicts
    return records(valuation.scene.log, verdicts.violates, verdicts.decided, valuation.model.prior)


def _campaigns(crowd: Codes, case: Codes, cases: int) -> pl.Series:
    """(C,) ids of the campaigns with at least two voices on each case, joined by ;."""
    member = crowd >= 0
    pairs = pl.DataFrame({"case": case[member].astype(np.int64), "campaign": crowd[member]})
    pairs = pairs.group_by("case", "campaign").len().filter(pl.col("len") >= LEAST_TOGETHER)
    pairs = pairs.sort("case", "campaign")
    names = pl.Series(campaign_names(int(crowd.max(initial=-1)) + 1), dtype=pl.String)
    text = (
        pairs.with_columns(name=names.gather(pairs["campaign"]))
        .group_by("case", maintain_order=True)
        .agg(pl.col("name").str.join(";"))
    )
    everything = pl.DataFrame({"case": np.arange(cases, dtype=np.int64)})
    return everything.join(text, on="case", how="left", maintain_order="left")["name"]
