"""Batches: the same decision for many plain cases, tried by a second person on a sample, undone as one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ostrakon.casework.actions.prepare_batch import call_off_batch, prepare_batch
from ostrakon.casework.actions.release_batch import release_batch
from ostrakon.casework.actions.reread_batch import next_of_sample, reread, take_up_batch
from ostrakon.casework.actions.undo_batch import undo_batch
from ostrakon.casework.batches import (
    MOST,
    BatchPlan,
    Seen,
    answers,
    batches_seen_by,
    cases_for_a_batch,
    is_all_reread,
    receipt,
)
from ostrakon.casework.handles import current_handles
from ostrakon.casework.models import Action, Batch, Decision, Person, Policy
from ostrakon.casework.permissions import Act, may
from ostrakon.casework.queue import ORDER
from ostrakon.errors import NotThere, Refused, Unfit
from ostrakon.web.api.problems import refusal
from ostrakon.web.console.case import about, seen_case
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.queue import rows_of

SHOWN = 50


@require_safe
@page(Act.READ_CASES)
def batches(request: Visit) -> HttpResponse:
    """The last batches, and from where a new one is prepared."""
    found = batches_seen_by(request.user).select_related("policy", "prepared_by", "reread_by")
    return render(
        request,
        "console/batches.html",
        {
            "batches": found.order_by("-pk")[:SHOWN],
            "policies": Policy.objects.order_by("code"),
            "may_prepare": may(request.user, Act.PROPOSE),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.PROPOSE)
def prepare(request: Visit) -> HttpResponse:
    """Choose cases of a policy and what shall be decided on each of them."""
    if request.method != "POST":
        return _plan_page(request, request.GET.get("policy", ""))
    try:
        batch = prepare_batch(request.user, _plan(request), timezone.now())
    except Refused as refused:
        return _plan_page(request, request.POST.get("policy", ""), refused)
    messages.success(
        request, _("Prepared. A second person re-reads a sample before anything happens."), extra_tags="batch"
    )
    return redirect("batch", batch.pk)


@require_safe
@page(Act.READ_CASES)
def batch(request: Visit, batch_id: int) -> HttpResponse:
    """One batch, with a receipt for each of its cases."""
    return _batch_page(request, _seen(request.user, batch_id))


@require_POST
@page(Act.PROPOSE)
def act(request: Visit, batch_id: int) -> HttpResponse:
    """Call it off, take up its sample, release it or undo it."""
    try:
        target = _act(request.POST.get("verb", ""), request.user, batch_id, request.POST.get("why", ""))
    except Refused as refused:
        return _batch_page(request, _seen(request.user, batch_id), refused)
    return redirect(target, batch_id)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.APPROVE)
def sample(request: Visit, batch_id: int) -> HttpResponse:
    """The next case of the sample, and what one sees in it."""
    now = timezone.now()
    if request.method == "POST":
        case_id = _number(request.POST.get("case", ""))
        reread(request.user, batch_id, case_id, request.POST.get("outcome", ""), now)
    found = _seen(request.user, batch_id)
    following = next_of_sample(request.user, found)
    if request.method == "POST" or following is None:
        return redirect("batch" if following is None else "sample", batch_id)
    case = seen_case(request.user, following.pk, now)
    return render(request, "console/sample.html", {**about(request.user, case, now), "batch": found})


def _act(verb: str, person: Person, batch_id: int, why: str) -> str:
    """Do it; gives the name of the page that follows."""
    now = timezone.now()
    verbs: dict[str, tuple[Callable[[Person, int, datetime], Batch], str]] = {
        "call_off": (call_off_batch, "batch"),
        "take_up": (take_up_batch, "sample"),
        "release": (release_batch, "batch"),
    }
    if verb == "undo":
        undo_batch(person, batch_id, why, now)
        return "batch"
    if verb not in verbs:
        raise Unfit(_("a batch is taken up, released, called off or undone"))
    do, target = verbs[verb]
    do(person, batch_id, now)
    return target


def _plan(request: Visit) -> BatchPlan:
    """What the form asks for.

    Raises:
        Unfit: a field holds what it cannot.
    """
    said = request.POST
    try:
        return BatchPlan(
            cases=[Seen(*map(_number, chosen.split(":", 1))) for chosen in said.getlist("case")[: MOST + 1]],
            outcome=Decision.Outcome(said.get("outcome", "")),
            action=Action(
                said.get("action", "") if said.get("outcome") == Decision.Outcome.UPHELD else "none"
            ),
            key=said.get("key", ""),
            facts=said.get("facts", ""),
        )
    except (TypeError, ValueError) as problem:
        raise Unfit(_("choose a finding and an action that the form offers")) from problem


def _plan_page(request: Visit, policy: str, refused: Refused | None = None) -> HttpResponse:
    """The cases that may be chosen, in the order of the queue, and all that was written."""
    under = Policy.objects.filter(pk=_number(policy)).first()
    if under is None:
        raise NotThere(_("there is no such policy"))
    waiting = cases_for_a_batch(request.user, under.pk, timezone.now())
    cases = waiting.select_related("account", "policy", "valuation", "claimed_by").order_by(*ORDER)[:MOST]
    return render(
        request,
        "console/batch_new.html",
        {
            "policy": under,
            "rows": rows_of(list(cases)),
            "chosen": request.POST.getlist("case"),
            "said": request.POST,
            "key": request.POST.get("key") or uuid4().hex,
            "problem": refused,
        },
        status=refusal(refused).status if refused else 200,
    )


def _batch_page(request: Visit, found: Batch, refused: Refused | None = None) -> HttpResponse:
    person = request.user
    items = found.items.select_related("case__account", "decision").order_by("pk")
    handles = current_handles(item.case.account_id for item in items)
    sampled = [item for item in items if item.in_sample]
    return render(
        request,
        "console/batch.html",
        {
            "batch": found,
            "items": [{"item": item, "handle": handles.get(item.case.account_id, "")} for item in items],
            "sampled": len(sampled),
            "answered": answers(found).count() if found.reread_by_id else 0,
            "is_all_reread": bool(found.reread_by_id) and is_all_reread(found),
            "receipt": _receipt(found),
            "waits": found.status == Batch.Status.WAITS,
            "is_mine": found.prepared_by_id == person.pk,
            "is_my_sample": found.reread_by_id == person.pk,
            "why": request.POST.get("why", ""),
            "may_approve": may(person, Act.APPROVE),
            "may_reverse": may(person, Act.REVERSE),
            "problem": refused,
        },
        status=refusal(refused).status if refused else 200,
    )


def _receipt(found: Batch) -> list[tuple[Any, int]]:
    from_states = receipt(found.pk)
    states = found.items.model.State
    return [(states(state).label, count) for state, count in from_states.items()]


def _seen(person: Person, batch_id: int) -> Batch:
    seen = batches_seen_by(person).select_related("policy", "prepared_by", "reread_by", "undone_by")
    found = seen.filter(pk=batch_id).first()
    if found is None:
        raise NotThere(_("there is no such batch"))
    return found


def _number(text: str) -> int:
    """The number of a row, or a version.

    Raises:
        NotThere: it is none.
    """
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise NotThere(_("there is no such thing, or it is not for you"))
    return int(text)
