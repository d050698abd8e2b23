"""Every number that was shown can be said again: a run repeated on what it had read. Heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ostrakon.triage.inputs import read_inputs
from ostrakon.triage.keep import NUMBERS, as_valuations
from ostrakon.triage.models import Run, Valuation
from ostrakon.triage.weighing import method, weigh


@dataclass(frozen=True)
class Recomputed:
    """How a run came out the second time; all empty = the same to the last bit."""

    inputs: tuple[str, ...]
    """The tables that are not as they were: texts may have been erased, accounts may be known better."""
    method: tuple[str, ...]
    """The versions or thresholds that are not as they were."""
    outputs: tuple[str, ...]
    """``queue``, ``campaigns``: what came out otherwise."""
    valuations: tuple[int, ...]
    """The ids of the stored valuations of the run that came out otherwise."""

    @property
    def is_the_same(self) -> bool:
        """Did every number come out again?"""
        return not (self.outputs or self.valuations)


def recompute(run: Run, decisions: pl.DataFrame, areas: pl.DataFrame, set_aside: pl.DataFrame) -> Recomputed:
    """Say again what a run said.

    Args:
        run: which.
        decisions: as they stood at ``run.decisions_as_of``.
        areas: as of ``inputs.read_inputs``.
        set_aside: as it stood at ``run.decisions_as_of``.
    """
    inputs = read_inputs(run.last_report, decisions, areas, set_aside)
    weighed = weigh(inputs, run.seed)
    then = run.parameters
    return Recomputed(
        inputs=_different(then["inputs"], inputs.sha256),
        method=_different(*({**said["versions"], **said["campaigns"]} for said in (then, method()))),
        outputs=_different(then["outputs"], weighed.sha256),
        valuations=_different_valuations(run, weighed.queue),
    )


def _different(then: Mapping[str, object], now: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(name for name in sorted({*then, *now}) if then.get(name) != now.get(name))


def _different_valuations(run: Run, queue: pl.DataFrame) -> tuple[int, ...]:
    said = {(account, policy): numbers for account, policy, *numbers in as_valuations(queue).iter_rows()}
    stored = Valuation.objects.filter(run=run).order_by("pk")
    return tuple(
        number
        for number, account, policy, *numbers in stored.values_list(
            "pk", "account_id", "policy", *NUMBERS
        ).iterator()
        if said.get((account, policy)) != numbers
    )
