"""One case: what it is about, what is known, and the work beside deciding."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ostrakon.casework.actions.escalate import escalate
from ostrakon.casework.actions.invite import invite_guest
from ostrakon.casework.actions.note import write_note
from ostrakon.casework.actions.opinion import ask_opinion, give_opinion, is_blind
from ostrakon.casework.actions.reveal import reveal
from ostrakon.casework.actions.reverse import was_undone
from ostrakon.casework.claims import has_in_hand
from ostrakon.casework.linked import confirmed_links
from ostrakon.casework.models import Case, Grant, Person
from ostrakon.casework.permissions import MAY, Act, may, roles_of
from ostrakon.casework.sight import cases_seen_by, decisions_seen_by
from ostrakon.casework.voices import voices_of
from ostrakon.errors import NotThere
from ostrakon.intake.models import Evidence
from ostrakon.web.console.doors import Visit, is_part, page
from ostrakon.web.console.evidence import as_media, as_shown, shown
from ostrakon.web.console.proposal_form import ProposalForm

VOICES = 12
"""Of each kind that a page shows; the rest stands together."""
MOST = 50
"""Of each kind of thing on the page, the newest first."""


@require_safe
@page(Act.READ_CASES, guests=True)
def case(request: Visit, case_id: int) -> HttpResponse:
    """A case, with the form in which it is decided."""
    found = seen_case(request.user, case_id, timezone.now())
    return case_page(request, found, ProposalForm.for_case(found))


def case_page(request: Visit, found: Case, form: ProposalForm, status: int = 200) -> HttpResponse:
    """The page of a case with a form as it was filled in."""
    now = timezone.now()
    return render(
        request, "console/case.html", {**about(request.user, found, now), "form": form}, status=status
    )


def seen_case(person: Person, case_id: int, now: datetime) -> Case:
    """The case, if it is theirs to see.

    Raises:
        NotThere: there is none, or it is not for them.
    """
    seen = cases_seen_by(person, now).select_related("account", "policy", "valuation", "claimed_by")
    found = seen.filter(pk=case_id).first()
    if found is None:
        raise NotThere(_("there is no such case, or it is not for you"))
    return found


def about(person: Person, case: Case, now: datetime, revealed: int | None = None) -> dict[str, Any]:
    """What the page shows of a case to somebody; ``revealed`` is the evidence that they asked to see."""
    roles = roles_of(person)
    blind = is_blind(person, case)
    decided = decisions_seen_by(person, now).filter(case=case)
    return {
        "case": case,
        "account": case.account,
        "handles": case.account.handles.order_by("-is_current", "-last_seen_at")[:MOST],
        "strikes": case.account.strikes.filter(withdrawn_at__isnull=True, expires_at__gt=now).count(),
        "was_undone": was_undone(case),
        "evidence": shown(case, revealed),
        "voices": voices_of(case, VOICES),
        "fold_words": case.policy.severity >= settings.CONFIGURATION.worst_severity,
        "is_blind": blind,
        "is_mine": has_in_hand(person, case, now),
        "is_taken": case.claimed_until is not None and case.claimed_until > now,
        "decisions": decided.select_related("proposed_by", "approved_by").order_by("-pk")[:MOST],
        "notes": []
        if blind or person.is_guest
        else case.notes.select_related("author").order_by("-pk")[:MOST],
        "opinions": case.opinions.select_related("person").order_by("-pk")[:MOST] if not blind else [],
        "related": _related(person, case, now),
        "may": {act.name.lower(): not roles.isdisjoint(MAY[act]) for act in Act},
        "confirmed_links": confirmed_links(case.account_id)[:MOST],
        "colleagues": _colleagues(person) if may(person, Act.WORK_ON_CASES) else [],
    }


@require_POST
@page(Act.READ_CASES, guests=True)
def reveal_evidence(request: Visit, case_id: int, evidence_id: int) -> HttpResponse:
    """Show what is covered, as the rest of its frame or on the page of the case."""
    now = timezone.now()
    snapshot = reveal(request.user, case_id, evidence_id, now)
    if is_part(request):
        item = as_shown(snapshot, is_revealed=True)
        return render(request, "console/parts/content.html", {"item": item})
    found = seen_case(request.user, case_id, now)
    known = {**about(request.user, found, now, evidence_id), "form": ProposalForm.for_case(found)}
    return render(request, "console/case.html", known)


@require_POST
@page(Act.WORK_ON_CASES)
def note(request: Visit, case_id: int) -> HttpResponse:
    """Write a note beside it."""
    write_note(request.user, case_id, request.POST.get("text", ""), timezone.now())
    messages.success(request, _("The note stands beside the case."), extra_tags=f"note-{case_id}")
    return redirect("case", case_id)


@require_POST
@page(Act.WORK_ON_CASES)
def urgent(request: Visit, case_id: int) -> HttpResponse:
    """Bring it forward."""
    escalate(request.user, case_id, timezone.now())
    messages.success(request, _("The case is urgent now. People decide it all the same."))
    return redirect("case", case_id)


@require_POST
@page(Act.WORK_ON_CASES)
def ask(request: Visit, case_id: int) -> HttpResponse:
    """Ask a colleague for a blind second opinion."""
    name = request.POST.get("colleague", "").replace("\0", "")
    colleague = Person.objects.filter(username=name, is_guest=False).first()
    if colleague is None:
        raise NotThere(_("there is no such colleague"))
    ask_opinion(request.user, case_id, colleague, timezone.now())
    messages.success(request, _("Your colleague was asked; they see neither decisions nor notes until then."))
    return redirect("case", case_id)


@require_POST
@page(Act.WORK_ON_CASES)
def opinion(request: Visit, case_id: int) -> HttpResponse:
    """Give the opinion that one was asked for."""
    give_opinion(request.user, case_id, request.POST.get("outcome", ""), timezone.now())
    messages.success(request, _("Thank you: your opinion is kept."))
    return redirect("case", case_id)


@require_POST
@page(Act.INVITE_GUEST)
def invite(request: Visit, case_id: int) -> HttpResponse:
    """Invite somebody of a partner server to be the second person; the link is shown now and never again."""
    said = request.POST
    _invitation, token = invite_guest(
        request.user, case_id, said.get("server", ""), said.get("name", ""), timezone.now()
    )
    link = request.build_absolute_uri(reverse("guest", args=[token]))
    return render(request, "console/invited.html", {"case_id": case_id, "link": link})


@require_safe
@page(Act.READ_CASES, guests=True)
def media(request: Visit, evidence_id: int) -> HttpResponse:
    """A picture, film or sound that was reported: for those who may see a case of that account."""
    found = Evidence.objects.filter(pk=evidence_id, content__isnull=False).first()
    now = timezone.now()
    if found is None or not cases_seen_by(request.user, now).filter(account=found.account_id).exists():
        raise NotThere(_("there is no such evidence, or it is not for you"))
    return as_media(found)


def _related(person: Person, case: Case, now: datetime) -> list[Case]:
    """Other cases of the account."""
    others = cases_seen_by(person, now).filter(account=case.account_id).exclude(pk=case.pk)
    return list(others.select_related("policy").order_by("-opened_at")[:MOST])


def _colleagues(person: Person) -> list[str]:
    """Who else works on cases."""
    working = Grant.objects.filter(role__in=MAY[Act.WORK_ON_CASES], ended_at__isnull=True)
    named = working.filter(person__is_active=True).exclude(person=person).order_by("person__username")
    return list(named.values_list("person__username", flat=True).distinct())
