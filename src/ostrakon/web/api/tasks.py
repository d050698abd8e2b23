"""What a machine could not do and a person must."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from ostrakon.casework.actions.tasks import LONGEST, do_task
from ostrakon.casework.models import Task
from ostrakon.casework.permissions import Act
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, PageOf, Paging, newest_first
from ostrakon.web.tokens import Scope

router = Router(tags=["tasks"])


class TaskOut(Schema):
    """Something for a person."""

    id: int
    kind: str
    case: int | None = Field(validation_alias="case_id")
    decision: int | None = Field(validation_alias="decision_id")
    notice: int | None = Field(validation_alias="notice_id")
    detail: str
    opened_at: datetime
    done_at: datetime | None
    done_by: int | None = Field(validation_alias="done_by_id")
    done_how: str


class How(Schema):
    """How it was done."""

    how: str = Field(min_length=1, max_length=LONGEST)


class TaskFilter(Paging):
    """Which tasks."""

    done: bool = Field(False, description="those that were done, in place of those that wait")


@router.get("/tasks", auth=people(Scope.CASES_READ, Act.READ_CASES), response=PageOf[TaskOut])
def list_tasks(request: Request, page: Query[TaskFilter]) -> dict[str, Any]:
    """Tasks, the newest first."""
    return newest_first(Task.objects.filter(done_at__isnull=not page.done), page)


@router.post("/tasks/{task_id}/done", auth=people(Scope.TASKS_WRITE, Act.DO_TASKS), response=TaskOut)
def finish_task(request: Request, task_id: Id, done: How) -> Task:
    """Say that it is done, and how."""
    return do_task(person_of(request), task_id, how=done.how, now=timezone.now())
