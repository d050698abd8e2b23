"""What a machine could not do: the tasks that wait, and how somebody did them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ostrakon.casework.actions.tasks import LONGEST, do_task
from ostrakon.casework.handles import current_handles
from ostrakon.casework.models import Task
from ostrakon.casework.permissions import Act, may
from ostrakon.enforcement.again import send_again
from ostrakon.errors import Refused
from ostrakon.web.api.problems import refusal
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.paging import newest_first, oldest_first

TASKS = Task.objects.select_related("case__account", "decision", "notice__dispatch", "done_by")


@require_safe
@page(Act.READ_CASES)
def tasks(request: Visit) -> HttpResponse:
    """Those that wait, the oldest first; or those that were done, the newest first."""
    is_done = request.GET.get("done") == "yes"
    part = (
        newest_first(TASKS.filter(done_at__isnull=False), request)
        if is_done
        else oldest_first(TASKS.filter(done_at__isnull=True), request)
    )
    shown = {"part": part, "rows": _rows(part.rows), "is_done": is_done}
    return render(request, "console/tasks.html", {**shown, **_for(request)})


@require_POST
@page(Act.DO_TASKS)
def finish(request: Visit, task_id: int) -> HttpResponse:
    """Say how it was done; a refusal brings back what was written."""
    how = request.POST.get("how", "")
    try:
        do_task(request.user, task_id, how=how, now=timezone.now())
    except Refused as refused:
        rows = _rows(list(TASKS.filter(pk=task_id)))
        shown = {"rows": rows, "how": how, "problem": refused, **_for(request)}
        return render(request, "console/tasks.html", shown, status=refusal(refused).status)
    messages.success(request, _("Done, and on the record."), extra_tags=f"task-{task_id}")
    return redirect("tasks")


@require_POST
@page(Act.DO_TASKS)
def again(request: Visit, notice_id: int) -> HttpResponse:
    """Send a notice again, when the way is clear."""
    send_again(request.user, notice_id, timezone.now())
    messages.success(
        request, _("It is on its way again. The task stays until somebody says how it was done.")
    )
    return redirect("tasks")


def _for(request: Visit) -> dict[str, Any]:
    return {"may_do": may(request.user, Act.DO_TASKS), "longest": LONGEST}


def _rows(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    handles = current_handles(task.case.account_id for task in tasks if task.case)
    return [
        {"task": task, "handle": handles.get(task.case.account_id, "") if task.case else ""} for task in tasks
    ]
