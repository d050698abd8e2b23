"""The page behind the appeal link of a notice: which decision it is, what was asked before, and the form."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from ostrakon.casework.actions.file_appeal import LONGEST_TEXT, file_appeal
from ostrakon.casework.appealable import appealable
from ostrakon.casework.links import decision_of
from ostrakon.casework.models import Appeal, Decision
from ostrakon.casework.statement import handle_of, policy_text
from ostrakon.errors import NotInThisState
from ostrakon.web.anonymous import APPEALING
from ostrakon.web.public.asking import Asking, Words, ask
from ostrakon.web.public.page import for_everybody
from ostrakon.web.public.wording import WHAT_BECAME_OF_IT, WHAT_WE_DID, WHY_NO_APPEAL

MOST_SHOWN = 50
BY_THEMSELVES = Appeal.FiledBy.USER


class AppealForm(Asking):
    """Why the decision should be looked at again, in one's own words."""

    text = Words(
        label=_("Why is the decision wrong?"),
        help_text=_("Say it in your own words, in any language. You may give links."),
        max_length=LONGEST_TEXT,
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send the answer there. If you leave it empty, we write where we wrote before."),
        max_length=320,
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_everybody
def appeal(request: HttpRequest, signed: str) -> HttpResponse:
    """Appeal as the person concerned. The same words again are the same appeal."""
    now = timezone.now()
    decision = decision_of(signed, now)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_taken(request, APPEALING, now) and _is_filed(decision, form, now):
        return redirect("public:appeal", signed)
    return _shown(request, decision, form, now)


def _is_filed(decision: Decision, form: AppealForm, now: datetime) -> bool:
    said = form.cleaned_data
    try:
        file_appeal(
            decision,
            filed_by=BY_THEMSELVES,
            text=said["text"],
            email=said["email"],
            language=get_language() or "",
            now=now,
        )
    except NotInThisState:
        decision.refresh_from_db()
        why = WHY_NO_APPEAL[appealable(decision, BY_THEMSELVES, now)]
        return form.refuse(409, str(why))
    return True


def _shown(request: HttpRequest, decision: Decision, form: AppealForm, now: datetime) -> HttpResponse:
    appeals = decision.appeals.filter(filed_by=BY_THEMSELVES).order_by("-pk")[:MOST_SHOWN]
    why_not = WHY_NO_APPEAL.get(appealable(decision, BY_THEMSELVES, now))
    context = {
        "why_not": why_not,
        "decision": decision,
        "handle": handle_of(decision.account),
        "rule": policy_text(decision, get_language() or ""),
        "what_we_did": WHAT_WE_DID[decision.action],
        "appeals": [{"asked": asked, "became": WHAT_BECAME_OF_IT[asked.status]} for asked in appeals],
    }
    return ask(request, "appeal.html", form, context)
