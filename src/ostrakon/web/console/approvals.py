"""The second person: what waits for one, the evidence before the proposal, and the answer."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ostrakon.casework.actions.approve import approve, decline
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.actions.withdraw import withdraw
from ostrakon.casework.models import Case, Decision, Notice, Person
from ostrakon.casework.permissions import Act
from ostrakon.casework.queue import Filters, Place, queue_page
from ostrakon.casework.sight import decisions_seen_by
from ostrakon.errors import NotThere, Refused, Unfit
from ostrakon.triage.models import Link
from ostrakon.web.api.problems import refusal
from ostrakon.web.console.case import about, seen_case
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.queue import rows_of


@require_safe
@page(Act.READ_CASES)
def approvals(request: Visit) -> HttpResponse:
    """Proposals that wait for a second person, in the order of the queue."""
    after = request.GET.get("after")
    found = queue_page(Filters(Case.Status.PROPOSED), Place.read(after) if after else None)
    waiting = decisions_seen_by(request.user, timezone.now()).filter(
        case__in=[case.pk for case in found.cases], status=Decision.Status.PROPOSED
    )
    by_case = {decision.case_id: decision for decision in waiting.select_related("proposed_by")}
    rows = [
        {**row, "decision": by_case[row["case"].pk]}
        for row in rows_of(found.cases)
        if row["case"].pk in by_case
    ]
    return render(request, "console/approvals.html", {"page": found, "rows": rows})


@require_safe
@page(Act.READ_CASES, guests=True)
def decision(request: Visit, decision_id: int) -> HttpResponse:
    """A decision: first the evidence, then what was proposed, then what the reports are worth."""
    return _decision_page(request, _seen(request, decision_id))


@require_POST
@page(Act.READ_CASES, guests=True)
def answer(request: Visit, decision_id: int) -> HttpResponse:
    """Approve, decline, withdraw or reverse it; a refusal brings back what was written."""
    why, verb = request.POST.get("why", ""), request.POST.get("verb", "")
    try:
        said = _do(verb, request.user, decision_id, why)
    except Refused as refused:
        return _decision_page(request, _seen(request, decision_id), why, refused)
    messages.success(request, said, extra_tags=f"decision-{decision_id}")
    return redirect("approvals" if verb == "approve" and not request.user.is_guest else "home")


def _do(verb: str, person: Person, decision_id: int, why: str) -> str:
    now = timezone.now()
    if verb == "approve":
        approve(person, decision_id, now)
        return _("Approved: it is in force, and the person is told why and how to appeal.")
    if verb == "decline":
        decline(person, decision_id, why, now)
        return _("Declined: the case waits for another proposal.")
    if verb == "withdraw":
        withdraw(person, decision_id, now)
        return _("Withdrawn: the case waits for another proposal.")
    if verb == "reverse":
        overturn(person, decision_id, why, now)
        return _("Reversed: everything it did is undone, and the person is told.")
    raise Unfit(_("a decision is approved, declined, withdrawn or reversed"))


def _seen(request: Visit, decision_id: int) -> Decision:
    seen = decisions_seen_by(request.user, timezone.now()).select_related(
        "proposed_by", "approved_by", "policy_version", "policy", "case"
    )
    found = seen.filter(pk=decision_id).first()
    if found is None:
        raise NotThere(_("there is no such decision, or it is not for you"))
    return found


def told_about(decision: Decision) -> QuerySet[Notice]:
    """What the person concerned was told about a decision, with what became of each message on its way."""
    told = decision.notices.filter(account__isnull=False).select_related("dispatch")
    return told.prefetch_related("dispatch__tries").order_by("pk")


def _decision_page(
    request: Visit, found: Decision, why: str = "", refused: Refused | None = None
) -> HttpResponse:
    now = timezone.now()
    case = seen_case(request.user, found.case_id, now)
    return render(
        request,
        "console/decision.html",
        {
            **about(request.user, case, now),
            "decision": found,
            "cited": Link.objects.filter(citations__decision=found).order_by("pk"),
            "notices": told_about(found),
            "appeals": found.appeals.select_related("decided_by").order_by("-pk"),
            "why": why,
            "problem": refused,
        },
        status=refusal(refused).status if refused else 200,
    )
