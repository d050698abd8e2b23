"""The background job that values what is new. Heavy: only workers import this module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db import transaction
from django.utils import timezone

from ostrakon import __version__
from ostrakon.intake import frames
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.triage.inputs import Inputs, read_inputs, sha256
from ostrakon.triage.keep import keep_campaigns, keep_valuations
from ostrakon.triage.models import Run
from ostrakon.triage.weighing import Weighed, method, weigh


@dataclass(frozen=True)
class Plan:
    """What a run is asked to do."""

    last: int
    decisions: pl.DataFrame
    areas: pl.DataFrame
    set_aside: pl.DataFrame
    seed: int
    now: datetime


def value_reports(
    decisions: pl.DataFrame,
    areas: pl.DataFrame,
    set_aside: pl.DataFrame,
    *,
    now: datetime,
    seed: int = 0,
    force: bool = False,
) -> Run | None:
    """Value everything anew if anything is new: a report, a decision, what is set aside, or a version that matters.

    Reading and weighing take no lock; what they found is kept in one transaction, with one entry of the record.

    Args:
        decisions: as they stood at ``now``, a typed table of the file contract.
        areas: under which policies reports are dealt with (``inputs.read_inputs``).
        set_aside: whose reports on what do not count at ``now`` (``inputs.read_inputs``).
        now: when the decisions were read.
        seed: of everything drawn at random.
        force: also when nothing is new, as accounts may be known better now.
    Returns:
        The run; None when nothing is new, or nobody ever reported anything.
    """
    plan = Plan(frames.last_report(), decisions, areas, set_aside, seed, now)
    if not plan.last or not (force or _is_anything_new(plan)):
        return None
    started_at = timezone.now()
    inputs = read_inputs(plan.last, decisions, areas, set_aside)
    return _keep(plan, inputs, weigh(inputs, seed), started_at)


def _is_anything_new(plan: Plan) -> bool:
    before = Run.objects.order_by("-pk").first()
    if before is None:
        return True
    read = before.parameters["inputs"]
    then = (before.last_report, before.seed, before.version, read["decisions"], read.get("set_aside"))
    hashes = sha256([plan.decisions]), sha256([plan.set_aside])
    return then != (plan.last, plan.seed, __version__, *hashes) or any(
        before.parameters[name] != value for name, value in method().items()
    )


def _keep(plan: Plan, inputs: Inputs, weighed: Weighed, started_at: datetime) -> Run:
    with transaction.atomic():
        run = Run.objects.create(
            started_at=started_at,
            finished_at=timezone.now(),
            version=__version__,
            parameters={**method(), "inputs": inputs.sha256, "outputs": weighed.sha256},
            seed=plan.seed,
            last_report=plan.last,
            reports=int(inputs.log.case_reports.sum()),
            decisions_as_of=plan.now,
            input_sha256=inputs.all_sha256,
        )
        changed = keep_valuations(run, weighed.queue)
        keep_campaigns(run, weighed.campaigns)
        record(
            Kind.REPORTS_VALUED,
            actor="system",
            subject=f"run:{run.pk}",
            facts={
                "last_report": run.last_report,
                "inputs": run.input_sha256,
                "outputs": run.parameters["outputs"],
                "valuations": changed,
                "campaigns": weighed.campaigns.campaigns.height,
            },
        )
    return run
