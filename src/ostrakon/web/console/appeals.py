"""Appeals: those that one may hear, the words of who asks beside the decision, and the answer."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ostrakon.casework.actions.decide_appeal import (
    claim_appeal,
    decide_appeal,
    next_appeal,
    release_appeal,
)
from ostrakon.casework.handles import current_handles
from ostrakon.casework.judges import appeals_for, took_part
from ostrakon.casework.languages import language_of
from ostrakon.casework.models import Appeal, Decision, Person
from ostrakon.casework.permissions import Act, may
from ostrakon.casework.sight import decisions_seen_by
from ostrakon.errors import NotThere, Refused, Unfit
from ostrakon.intake.models import Account
from ostrakon.triage.models import Link
from ostrakon.web.api.problems import refusal
from ostrakon.web.console.approvals import told_about
from ostrakon.web.console.case import about, seen_case
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.paging import Part, after_in, part_of

ANSWERS = {"grant": True, "deny": False}


@require_safe
@page(Act.READ_CASES)
def appeals(request: Visit) -> HttpResponse:
    """What waits, the nearest deadline first: to judges what they may hear, to readers all of it."""
    now, is_judge = timezone.now(), may(request.user, Act.DECIDE_APPEALS)
    part = _by_deadline(appeals_for(request.user, now) if is_judge else _open_to(request.user, now), request)
    handles = current_handles(appeal.decision.account_id for appeal in part.rows)
    rows = [
        {
            "appeal": appeal,
            "handle": handles.get(appeal.decision.account_id, ""),
            "is_taken": appeal.claimed_until is not None and appeal.claimed_until > now,
        }
        for appeal in part.rows
    ]
    return render(request, "console/appeals.html", {"part": part, "rows": rows, "is_judge": is_judge})


@require_POST
@page(Act.DECIDE_APPEALS)
def next_one(request: Visit) -> HttpResponse:
    """Take the one with the nearest deadline in hand."""
    now = timezone.now()
    found = next_appeal(request.user, now)
    if found is None:
        messages.info(request, _("No appeal waits that you may hear."))
        return redirect("appeals")
    claim_appeal(request.user, found.pk, now)
    return redirect("hearing", found.pk)


@require_safe
@page(Act.READ_CASES)
def hearing(request: Visit, appeal_id: int) -> HttpResponse:
    """An appeal: what is asked, what was decided and on what, and the answer."""
    return _hearing(request, _seen(request, appeal_id))


@require_POST
@page(Act.DECIDE_APPEALS)
def take(request: Visit, appeal_id: int) -> HttpResponse:
    """Take it in hand, or put it back."""
    _seen(request, appeal_id)
    if request.POST.get("put_back"):
        release_appeal(request.user, appeal_id)
        return redirect("appeals")
    claim_appeal(request.user, appeal_id, timezone.now())
    return redirect("hearing", appeal_id)


@require_POST
@page(Act.DECIDE_APPEALS)
def answer(request: Visit, appeal_id: int) -> HttpResponse:
    """Answer it; a refusal brings back what was written."""
    appeal = _seen(request, appeal_id)
    try:
        said = _answer(request, appeal)
    except Refused as refused:
        return _hearing(request, _seen(request, appeal_id), refused)
    messages.success(request, said, extra_tags=f"appeal-{appeal_id}")
    return redirect("appeals")


def _answer(request: Visit, appeal: Appeal) -> str:
    granted = ANSWERS.get(request.POST.get("answer", ""))
    if granted is None:
        raise Unfit(_("say whether the decision stands"))
    reasons = request.POST.get("reasons", "")
    decide_appeal(request.user, appeal.pk, granted=granted, reasons=reasons, now=timezone.now())
    if granted:
        return _("Granted: everything that the decision did is undone, and the person is told.")
    return _("Not granted: the decision stands, and the person is told why.")


def _open_to(person: Person, now: datetime) -> QuerySet[Appeal]:
    seen = decisions_seen_by(person, now)
    return Appeal.objects.filter(decision__in=seen, status=Appeal.Status.OPEN).order_by("due_at", "pk")


def _by_deadline(appeals: QuerySet[Appeal], request: Visit) -> Part[Appeal]:
    """A page of appeals in the order of deadlines."""
    related = appeals.select_related("claimed_by", "decision__account", "decision__policy")
    after = after_in(request)
    if after is None:
        return part_of(related, request)
    last = Appeal.objects.filter(pk=after).first()
    if last is None:
        raise Unfit(_("this page does not exist; begin with the first one"))
    behind = Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk)
    return part_of(related.filter(behind), request)


def _seen(request: Visit, appeal_id: int) -> Appeal:
    seen = decisions_seen_by(request.user, timezone.now())
    found = Appeal.objects.filter(pk=appeal_id, decision__in=seen).select_related("claimed_by", "decided_by")
    appeal = found.first()
    if appeal is None:
        raise NotThere(_("there is no such appeal, or it is not for you"))
    return appeal


def _hearing(request: Visit, appeal: Appeal, refused: Refused | None = None) -> HttpResponse:
    now = timezone.now()
    decision = Decision.objects.select_related(
        "proposed_by", "approved_by", "policy", "policy_version", "account"
    ).get(pk=appeal.decision_id)
    case = seen_case(request.user, decision.case_id, now)
    return render(
        request,
        "console/appeal.html",
        {
            **about(request.user, case, now),
            **_stands(request.user, appeal, decision, now),
            "appeal": appeal,
            "decision": decision,
            "cited": Link.objects.filter(citations__decision=decision).order_by("pk"),
            "notices": told_about(decision),
            "others": decision.appeals.exclude(pk=appeal.pk).order_by("-pk")[:20],
            "reads": _reads(decision.account),
            "said": request.POST,
            "problem": refused,
        },
        status=refusal(refused).status if refused else 200,
    )


def _stands(person: Person, appeal: Appeal, decision: Decision, now: datetime) -> dict[str, bool]:
    """What this person may do with it."""
    is_open = appeal.status == Appeal.Status.OPEN
    is_taken = is_open and appeal.claimed_until is not None and appeal.claimed_until > now
    is_judge = may(person, Act.DECIDE_APPEALS)
    had_part = is_judge and took_part(person, decision)
    is_elsewhere = is_taken and appeal.claimed_by_id != person.pk
    return {
        "is_open": is_open,
        "has_appeal": is_taken and not is_elsewhere,
        "is_elsewhere": is_elsewhere,
        "took_part": had_part,
        "may_answer": is_open and is_judge and not had_part and not is_elsewhere,
    }


def _reads(account: Account) -> dict[str, str]:
    """The language in which the person is written to, and what it is called."""
    language = language_of(account)
    try:
        return {"code": language, "name": get_language_info(language)["name_translated"]}
    except KeyError:
        return {"code": language, "name": language}
