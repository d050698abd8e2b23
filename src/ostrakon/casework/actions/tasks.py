"""What a machine could not do becomes a task for a person, who says when it is done and how."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.models import Decision, Notice, Person, Task
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState, NotThere
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

LONGEST = 500


def open_task(
    kind: str, *, now: datetime, decision: Decision | None, notice: Notice | None = None, detail: str = ""
) -> Task:
    """Ask for a person, inside the transaction of what could not be done.

    Args:
        kind: a value of ``Task.Kind``.
        detail: without addresses and names; cut at 500 characters.
    Returns:
        The task; the open one of this kind, where the notice has one.
    """
    waiting = Task.objects.filter(kind=kind, notice=notice, notice__isnull=False, done_at__isnull=True)
    if before := waiting.first():
        return before
    case = decision.case if decision else None
    task = Task.objects.create(
        kind=kind, decision=decision, case=case, notice=notice, detail=detail[:LONGEST], opened_at=now
    )
    record(
        Kind.TASK_OPENED,
        actor="system",
        subject=f"task:{task.pk}",
        facts={"kind": str(kind), "decision": decision.pk if decision else None},
    )
    return task


def do_task(person: Person, task_id: int, *, how: str, now: datetime) -> Task:
    """Say that a task is done, and how.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is none.
        NotInThisState: it was done before.
        Unfit: nothing says how.
    """
    said = fit(how, "how it was done", longest=LONGEST)
    with transaction.atomic():
        require(person, Act.DO_TASKS)
        waiting = Task.objects.filter(pk=task_id, done_at__isnull=True)
        if waiting.update(done_at=now, done_by=person, done_how=said) != 1:
            raise _not_to_be_done(task_id)
        record(Kind.TASK_DONE, actor=person.actor, subject=f"task:{task_id}")
    return Task.objects.get(pk=task_id)


def _not_to_be_done(task_id: int) -> NotThere | NotInThisState:
    if Task.objects.filter(pk=task_id).exists():
        return NotInThisState("this task was done")
    return NotThere("there is no such task")
