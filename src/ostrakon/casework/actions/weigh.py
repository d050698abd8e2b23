"""The background job that has new reports weighed. Heavy: for workers only."""

from __future__ import annotations

from datetime import datetime, timedelta

from ostrakon.casework.areas_table import areas_as_table
from ostrakon.casework.decisions_table import decisions_as_table
from ostrakon.casework.set_aside_table import set_aside_as_table
from ostrakon.triage.models import Run
from ostrakon.triage.recompute import Recomputed, recompute
from ostrakon.triage.value import value_reports

SETTLED_S = 60
"""A verb takes its time when it begins and is seen by others when it ends: what is older than this, everybody sees. So
what was decided, or set aside, at a time is the same whenever it is asked for."""


def weigh(now: datetime) -> Run | None:
    """Value what is new, with what was decided and set aside ``SETTLED_S`` ago. None when nothing is new."""
    as_of = now - timedelta(seconds=SETTLED_S)
    return value_reports(decisions_as_table(as_of), areas_as_table(), set_aside_as_table(as_of), now=as_of)


def weigh_again(run: Run) -> Recomputed:
    """Say again what a run said, from what it had read."""
    as_of = run.decisions_as_of
    return recompute(run, decisions_as_table(as_of), areas_as_table(), set_aside_as_table(as_of))
