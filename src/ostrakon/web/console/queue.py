"""The queue: what waits, in its order, and the way to the next case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ostrakon.casework.actions.claim import claim, release
from ostrakon.casework.actions.offer import next_case
from ostrakon.casework.handles import current_handles
from ostrakon.casework.models import Case, Person, Policy
from ostrakon.casework.permissions import Act, may
from ostrakon.casework.queue import Filters, Place, queue_page
from ostrakon.casework.search import accounts_called
from ostrakon.casework.wellbeing import break_due, rests_from
from ostrakon.errors import Unfit
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.models import SavedFilter

ASKED = ("status", "lane", "policy", "pressure", "hand", "q")
"""The names of the filter's fields."""
MOST_SAVED = 30


@require_safe
@page(Act.READ_CASES)
def queue(request: Visit) -> HttpResponse:
    """A page of the queue."""
    after = request.GET.get("after")
    found = queue_page(filters_of(request), Place.read(after) if after else None)
    return render(
        request,
        "console/queue.html",
        {
            "page": found,
            "rows": rows_of(found.cases),
            "policies": Policy.objects.order_by("code"),
            "statuses": Case.Status,
            "saved": SavedFilter.objects.filter(person=request.user).order_by("name"),
            "query": query_of(request.GET),
            "may_work": may(request.user, Act.WORK_ON_CASES),
            "break_due": break_due(request.user, timezone.now()),
            "is_filtered": any(request.GET.get(name) for name in ASKED),
        },
    )


@require_safe
@page(Act.READ_CASES)
def changes(request: Visit) -> HttpResponse:
    """The rows that a page shows, as they are now, and whether others came before them."""
    shown = [int(case) for case in request.GET.getlist("case")[:200] if case.isdecimal() and len(case) < 19]
    named = Case.objects.filter(pk__in=shown)
    cases = named.select_related("account", "policy", "valuation", "claimed_by")
    filters = filters_of(request)
    head = queue_page(filters, size=1).cases if request.GET.get("head") else []
    return render(
        request,
        "console/queue_changes.html",
        {
            "rows": rows_of(list(cases)),
            "has_news": bool(head) and str(head[0].pk) != request.GET.get("head"),
            "may_work": may(request.user, Act.WORK_ON_CASES),
            "query": query_of(request.GET),
            "status": filters.status,
        },
    )


@require_POST
@page(Act.WORK_ON_CASES)
def next_one(request: Visit) -> HttpResponse:
    """Take the next free case in hand, of those that the filter shows."""
    filters = filters_of(request)
    offer = next_case(
        request.user,
        timezone.now(),
        lane=filters.lane,
        policy=filters.policy,
        under_pressure=filters.under_pressure,
    )
    if offer is None:
        messages.info(request, _nothing_waits(request.user))
        return redirect(_queue_at(query_of(request.GET)))
    return redirect("case", offer.case_id)


@require_POST
@page(Act.WORK_ON_CASES)
def take(request: Visit, case_id: int) -> HttpResponse:
    """Take this case in hand, or put it back."""
    verb = release if request.POST.get("put_back") else claim
    case = verb(request.user, case_id, timezone.now())
    if request.POST.get("from") == "queue":
        case = Case.objects.select_related("account", "policy", "claimed_by").get(pk=case_id)
        (row,) = rows_of([case])
        return render(request, "console/queue_hand.html", {"row": row, "may_work": True})
    return redirect("case", case_id)


@require_POST
@page(Act.READ_CASES)
def save(request: Visit) -> HttpResponse:
    """Keep this view of the queue under a name; the same name again is the new view."""
    name = request.POST.get("name", "").strip()[:60]
    query = query_of(QueryDict(request.POST.get("query", "")))
    if not name or "\0" in name or not query:
        raise Unfit(_("choose something to filter by, and a name for it"))
    if SavedFilter.objects.filter(person=request.user).exclude(name=name).count() >= MOST_SAVED:
        raise Unfit(_("you have many saved views already: remove one first"))
    SavedFilter.objects.update_or_create(person=request.user, name=name, defaults={"query": query[:500]})
    return redirect(_queue_at(query))


@require_POST
@page(Act.READ_CASES)
def forget(request: Visit, filter_id: int) -> HttpResponse:
    """Remove a saved view; one's own."""
    SavedFilter.objects.filter(pk=filter_id, person=request.user).delete()
    return redirect("queue")


def filters_of(request: Visit) -> Filters:
    """What the query string asks for.

    Raises:
        Unfit: a value that none of the fields offers.
    """
    asked = request.GET
    named = asked.get("q", "").strip()[:600]
    try:
        return Filters(
            status=None if named and not asked.get("status") else Case.Status(asked.get("status") or "open"),
            lane=Case.Lane[asked["lane"].upper()] if asked.get("lane") else None,
            policy=_number(asked.get("policy")),
            under_pressure={"yes": True, "no": False}.get(asked.get("pressure", "")),
            claimed_by=request.user.pk if asked.get("hand") == "mine" else None,
            accounts=accounts_called(named.replace("\0", "")) if named else None,
        )
    except (KeyError, ValueError) as problem:
        raise Unfit(_("there is no such filter; begin with the whole queue")) from problem


def query_of(asked: QueryDict) -> str:
    """The filter as it stands in an address, without the place in the queue."""
    return urlencode({name: asked[name] for name in ASKED if asked.get(name)})


def rows_of(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """The cases with what else a row shows."""
    handles = current_handles(case.account_id for case in cases)
    now = timezone.now()
    return [
        {
            "case": case,
            "handle": handles.get(case.account_id, ""),
            "is_taken": case.claimed_until is not None and case.claimed_until > now,
        }
        for case in cases
    ]


def _nothing_waits(person: Person) -> str:
    if rests_from(person, timezone.now()):
        return _(
            "No case waits that is free. You rest from the worst policies today: their cases are offered to others."
        )
    return _("No case waits that is free.")


def _queue_at(query: str) -> str:
    return f"{reverse('queue')}?{query}" if query else reverse("queue")


def _number(text: str | None) -> int | None:
    number = int(text) if text else None
    if number is not None and not 0 < number < 1 << 63:
        raise ValueError("no number of a row")
    return number
