"""Published lists: where each comes from, what became of every line, and how a new one is taken in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ostrakon.casework.areas import area
from ostrakon.casework.handles import current_handles
from ostrakon.casework.models import Case
from ostrakon.casework.permissions import Act, may
from ostrakon.errors import NotThere, Refused, Unfit
from ostrakon.intake.lists import receive_list
from ostrakon.intake.models import ListRow, PublishedList, Report
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.web.api.problems import refusal
from ostrakon.web.console.actors import names_of
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.list_form import ListForm
from ostrakon.web.console.paging import newest_first, oldest_first
from ostrakon.web.saying import why_refused

State = ListRow.State


@require_safe
@page(Act.READ_CASES)
def lists(request: Visit) -> HttpResponse:
    """All lists, the newest first."""
    part = newest_first(PublishedList.objects.defer("raw"), request)
    may_add = may(request.user, Act.ADD_LISTS)
    return render(request, "console/lists.html", {"part": part, "may_add": may_add})


@require_safe
@page(Act.READ_CASES)
def published(request: Visit, list_id: int) -> HttpResponse:
    """A list as a table, with where it comes from."""
    kept = PublishedList.objects.defer("raw").filter(pk=list_id).first()
    if kept is None:
        raise NotThere(_("there is no such list"))
    state, lines = request.GET.get("state", ""), kept.lines.select_related("account")
    if state and state not in State.values:
        raise Unfit(_("there is no such state of a line"))
    part = oldest_first(lines.filter(state=state) if state else lines, request)
    counted = dict(kept.lines.values_list("state").annotate(Count("pk")).order_by("state"))
    return render(
        request,
        "console/list.html",
        {
            "list": kept,
            "by": _taken_in_by(kept),
            "part": part,
            "rows": _rows(kept, part.rows),
            "states": [{"state": one, "count": counted.get(one.value, 0)} for one in State],
            "state": state,
            "may_reinstate": may(request.user, Act.REINSTATE_MANY),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.ADD_LISTS)
def new_list(request: Visit) -> HttpResponse:
    """Take in a list, as a file or as pasted text."""
    if request.method != "POST":
        return render(request, "console/list_new.html", {"form": ListForm()})
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "console/list_new.html", {"form": form}, status=422)
    now = timezone.now()
    try:
        kept = receive_list(form.raw(), actor=request.user.actor, received_at=now, **form.about())
    except Refused as refused:
        form.add_error(None, why_refused(refused))
        return render(request, "console/list_new.html", {"form": form}, status=refusal(refused).status)
    said = _("The list is kept, and every line is marked.")
    again = _("This very list is here already: nothing was added.")
    messages.success(request, said if kept.received_at == now else again, extra_tags="list-new")
    return redirect("list", kept.pk)


def _taken_in_by(kept: PublishedList) -> str:
    """A username; whom the record names otherwise, as it does; empty: the record does not say."""
    entry = Entry.objects.filter(subject=f"list:{kept.pk}", kind=Kind.LIST_RECEIVED).first()
    return names_of([entry.actor]).get(entry.actor, entry.actor) if entry else ""


def _rows(kept: PublishedList, lines: Sequence[ListRow]) -> list[dict[str, Any]]:
    accounts = {line.account_id for line in lines if line.account_id is not None}
    handles, cases = current_handles(accounts), _cases(kept, accounts)
    return [
        {
            "line": line,
            "handle": handles.get(line.account_id or 0, ""),
            "case": cases.get(line.account_id or 0),
        }
        for line in lines
    ]


def _cases(kept: PublishedList, accounts: set[int]) -> dict[int, int]:
    """The case of each account under the policy under which the list's reports are dealt with."""
    reported = Report.objects.filter(source=kept.source_id, declared=f"list:{kept.pk}")
    policy = reported.annotate(area=area()).values_list("area", flat=True).first()
    return dict(Case.objects.filter(account__in=accounts, policy=policy).values_list("account", "pk"))
