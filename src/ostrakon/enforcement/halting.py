"""A connection that is unfit rests until a person mended it; no command is lost meanwhile."""

from __future__ import annotations

from datetime import datetime

from ostrakon.casework.actions.tasks import open_task
from ostrakon.casework.models import Task
from ostrakon.enforcement.models import Connection
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

LONGEST = 500


def halt(connection: Connection, why: str, now: datetime) -> None:
    """Nothing goes out any more, and a person is told; in the transaction of what showed it."""
    fit = Connection.objects.filter(pk=connection.pk, halted_at__isnull=True)
    if not fit.update(halted_at=now, halted_why=why[:LONGEST], problem=why[:LONGEST], problem_at=now):
        return
    about = f"{connection.platform}: "
    waiting = Task.objects.filter(
        kind=Task.Kind.CONNECTION_HALTED, detail__startswith=about, done_at__isnull=True
    )
    if not waiting.exists():
        open_task(Task.Kind.CONNECTION_HALTED, now=now, decision=None, detail=about + why)
    record(Kind.CONNECTION_HALTED, actor="system", subject=f"connection:{connection.pk}")


def resume(connection: Connection) -> bool:
    """It works again: what was kept goes out. Was it halted?"""
    halted = Connection.objects.filter(pk=connection.pk, halted_at__isnull=False)
    if not halted.update(halted_at=None, halted_why=""):
        return False
    record(Kind.CONNECTION_RESUMED, actor="system", subject=f"connection:{connection.pk}")
    return True


def note_problem(connection: Connection, what: str, now: datetime) -> None:
    """The last thing that went wrong, for whoever looks."""
    Connection.objects.filter(pk=connection.pk).update(problem=what[:LONGEST], problem_at=now)
