"""The background job that has new reports weighed, and puts what came out on the cases. Heavy: for workers only."""

from __future__ import annotations

from datetime import datetime, timedelta

from ostrakon.casework.actions.take_valuations import take_valuations
from ostrakon.casework.areas_table import areas_as_table
from ostrakon.casework.decisions_table import decisions_as_table
from ostrakon.triage.models import Run
from ostrakon.triage.recompute import Recomputed, recompute
from ostrakon.triage.value import value_reports

SETTLED_S = 60
"""A verb takes its time when it begins and is seen by others when it ends: what is older than this, everybody sees. So
the decisions that stood at a time are the same whenever they are asked for."""


def weigh(now: datetime) -> Run | None:
    """Value what is new, and see to it that every case has the valuation that stands.

    The second also when nothing was new: cases may have come, or a worker may have died between the two.
    """
    as_of = now - timedelta(seconds=SETTLED_S)
    run = value_reports(decisions_as_table(as_of), areas_as_table(), now=as_of)
    take_valuations()
    return run


def weigh_again(run: Run) -> Recomputed:
    """Say again what a run said, from what it had read."""
    return recompute(run, decisions_as_table(run.decisions_as_of), areas_as_table())
