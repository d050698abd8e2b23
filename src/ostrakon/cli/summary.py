"""``summary.json``: what went into a run and what it cost, and what a reader should know about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl

from ostrakon.analysis import worth
from ostrakon.cli.provenance import notes_on_files, versions
from ostrakon.cli.request import Request
from ostrakon.cli.steps import Taken
from ostrakon.cli.weighing import Weighed
from ostrakon.formats import Facts, Rejected
from ostrakon.formats.source import display
from ostrakon.pages.wording import things

LIBRARIES = ("numba", "numpy", "polars", "scikit-learn", "scipy")
"""Those that can change a number; their versions are kept."""
DIGITS = 4


@dataclass(frozen=True)
class Counts:
    """How much there was."""

    reports: int
    """Those that could be used, repeats included."""
    reporters: int
    accounts: int
    policies: int
    cases: int
    """Pairs of account and policy: the rows of the queue."""
    decided_cases: int
    independent_reports: float
    campaigns: int | None
    """None = they were not looked for."""
    rejected_rows: int


@dataclass(frozen=True)
class Learned:
    """The few numbers of the model that a person can make sense of."""

    base_rate: float
    reporter_prior: Mapping[str, float]
    calibration: Mapping[str, float]
    propensities_estimated: int


@dataclass(frozen=True)
class Summary:
    """The file, key by key."""

    counts: Counts
    repeats: int
    """Reports by somebody who had reported the account for that policy before: no voices of their own."""
    rejected: Mapping[str, int]
    """Rows that were not used, by problem."""
    inputs: Mapping[str, Facts]
    """With the sha256 of every file."""
    parameters: Mapping[str, str | None]
    campaign_parameters: Mapping[str, float | int | str]
    """Empty where they were not looked for."""
    seed: int
    model: Learned
    versions: Mapping[str, str]
    notes: tuple[str, ...]
    steps: list[Taken]
    """Grows until the end of the run."""

    def json(self) -> str:
        """The text of the file."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def summary(request: Request, weighed: Weighed, rejected: Rejected, steps: list[Taken]) -> Summary:
    """Of one run; ``steps`` may grow until it is written."""
    facts = weighed.inputs.facts
    return Summary(
        counts=_counts(weighed, rejected),
        repeats=_reports(weighed) - weighed.inputs.log.voices,
        rejected=dict(rejected.counts.most_common()),
        inputs=facts,
        parameters=_parameters(request),
        campaign_parameters=weighed.campaigns.parameters if weighed.campaigns else {},
        seed=request.seed,
        model=_learned(weighed.valuation),
        versions=versions(LIBRARIES),
        notes=(
            *notes_on_files(facts),
            *_notes_on_decisions(weighed),
            *_notes_on_exposure(weighed.valuation),
        ),
        steps=steps,
    )


def _reports(weighed: Weighed) -> int:
    return int(weighed.inputs.log.case_reports.sum())


def _counts(weighed: Weighed, rejected: Rejected) -> Counts:
    log, valuation = weighed.inputs.log, weighed.valuation
    return Counts(
        reports=_reports(weighed),
        reporters=len(log.reporters),
        accounts=len(log.accounts),
        policies=len(log.policies),
        cases=log.cases,
        decided_cases=int(valuation.verdicts.decided.sum()),
        independent_reports=round(float(valuation.scene.weight.sum()), 1),
        campaigns=None if weighed.campaigns is None else len(weighed.campaigns.found),
        rejected_rows=rejected.total,
    )


def _parameters(request: Request) -> dict[str, str | None]:
    return {
        **{name: display(path) for name, path in request.inputs.items()},
        "columns": request.columns,
        "campaigns": "looked for" if request.campaigns else "not looked for",
    }


def _learned(valuation: worth.Valuation) -> Learned:
    model, calibration = valuation.model, valuation.model.calibration
    return Learned(
        base_rate=round(model.base_rate, DIGITS),
        reporter_prior={key: round(value, DIGITS) for key, value in asdict(model.prior).items()},
        calibration={
            "intercept": round(calibration.intercept, DIGITS),
            "slope": round(calibration.slope, DIGITS),
            "reviewers_wrongly_upheld": round(calibration.wrongly_upheld, DIGITS),
            "reviewers_wrongly_rejected": round(calibration.wrongly_rejected, DIGITS),
        },
        propensities_estimated=valuation.verdicts.propensity_estimated,
    )


def _notes_on_decisions(weighed: Weighed) -> Iterator[str]:
    verdicts = weighed.valuation.verdicts
    if idle := _without_reports(weighed.inputs.decisions, weighed.queue):
        yield f"decisions: {things(idle, 'row')} on what nobody reported, without effect here."
    if not verdicts.decided.any():
        yield (
            "No decision on what was reported: the probabilities rest on what is usual elsewhere, and their "
            "intervals say so."
        )
    elif verdicts.propensity_estimated:
        yield (
            f"{things(verdicts.propensity_estimated, 'decision')} without the probability with which the case was "
            "chosen for review; it was estimated from their selection and the report counts."
        )


def _without_reports(decisions: pl.DataFrame | None, queue: pl.DataFrame) -> int:
    """Decisions on accounts, or on accounts and policies, that no report names."""
    if decisions is None:
        return 0
    if "policy" not in decisions.columns:
        decisions = decisions.with_columns(policy=pl.lit(None, dtype=pl.String))
    names_policy = pl.col("policy").is_not_null()
    on_account = decisions.filter(~names_policy).join(queue, on="account", how="anti")
    on_policy = decisions.filter(names_policy).join(queue, on=["account", "policy"], how="anti")
    return on_account.height + on_policy.height


def _notes_on_exposure(valuation: worth.Valuation) -> Iterator[str]:
    is_unknown = np.isnan(valuation.scene.background.exposure)
    if is_unknown.all():
        yield (
            "No views or followers were given: who is merely seen by many cannot be told from who breaks a rule."
        )
    elif is_unknown.any():
        yield f"{things(int(is_unknown.sum()), 'case')} without views or followers, taken as typical."
