"""From a form to a decision: look at the statement of reasons first, then propose it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ostrakon.casework.actions.propose import propose
from ostrakon.casework.languages import language_of
from ostrakon.casework.models import Case, Decision
from ostrakon.casework.permissions import Act
from ostrakon.casework.preview import preview_statement
from ostrakon.errors import Refused
from ostrakon.web.api.problems import refusal
from ostrakon.web.console.case import case_page, seen_case
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.proposal_form import ProposalForm
from ostrakon.web.saying import why_refused


@require_POST
@page(Act.PROPOSE)
def preview(request: Visit, case_id: int) -> HttpResponse:
    """What the person will read; nothing is decided yet."""
    now = timezone.now()
    case = seen_case(request.user, case_id, now)
    form = ProposalForm.for_case(case, request.POST)
    if request.POST.get("change") or not form.is_valid():
        return case_page(request, case, form, status=200 if request.POST.get("change") else 422)
    proposal, language = form.proposal(case_id), request.POST.get("language") or language_of(case.account)
    try:
        letter = preview_statement(case, proposal, language=language, now=now)
    except Refused as refused:
        return _again(request, case, form, refused)
    return render(
        request,
        "console/preview.html",
        {
            "case": case,
            "form": form,
            "proposal": proposal,
            "letter": letter,
            "needs_second_person": proposal.is_suspension or case.under_pressure,
        },
    )


@require_POST
@page(Act.PROPOSE)
def decide(request: Visit, case_id: int) -> HttpResponse:
    """Propose it. What one person may decide alone is in force at once."""
    now = timezone.now()
    case = seen_case(request.user, case_id, now)
    form = ProposalForm.for_case(case, request.POST)
    if not form.is_valid():
        return case_page(request, case, form, status=422)
    try:
        decision = propose(request.user, form.proposal(case_id), now)
    except Refused as refused:
        return _again(request, seen_case(request.user, case_id, now), form, refused)
    messages.success(request, _said(decision), extra_tags=f"case-{case_id}")
    return redirect("queue")


def _again(request: Visit, case: Case, form: ProposalForm, refused: Refused) -> HttpResponse:
    """The page with all that was written and what stood in the way; the case as it is now has been seen then."""
    form.add_error(None, why_refused(refused))
    said = request.POST.copy()
    said["version"] = str(case.version)
    form.data = said
    return case_page(request, case, form, status=refusal(refused).status)


def _said(decision: Decision) -> str:
    if decision.status == Decision.Status.PROPOSED:
        return _("Proposed: a second person looks at it now.")
    if decision.outcome == Decision.Outcome.REJECTED:
        return _("Set aside: no violation. Whoever reported is told.")
    return _("Decided. The person is told why and how to appeal.")
