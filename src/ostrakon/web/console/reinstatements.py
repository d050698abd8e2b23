"""Wrongful waves: chosen and looked at before anything is undone, then undone with a receipt for each account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ostrakon.casework.actions.reinstate import carry_out, open_reinstatement, outcome_of
from ostrakon.casework.handles import current_handles
from ostrakon.casework.models import Action, Decision, Reinstatement, ReinstatementItem
from ostrakon.casework.permissions import Act, may
from ostrakon.enforcement.models import Dispatch
from ostrakon.enforcement.receipts import receipts_of
from ostrakon.errors import NotInThisState, NotThere, Refused
from ostrakon.web.api.problems import refusal
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.paging import newest_first, oldest_first
from ostrakon.web.console.wave_form import WaveForm
from ostrakon.web.saying import why_refused

SAMPLE = 10
WITHIN_S = 15.0
"""A request undoes no longer than this, so that no proxy gives it up; what is left is carried on by the next."""
PREFILLED = ("campaign", "list")
State = ReinstatementItem.State
STATES = dict(Dispatch.State.choices)


@require_safe
@page(Act.READ_CASES)
def reinstatements(request: Visit) -> HttpResponse:
    """All waves, the newest first."""
    part = newest_first(Reinstatement.objects.select_related("opened_by"), request)
    counts = _counts(part.rows)
    rows = [{"wave": wave, **counts[wave.pk]} for wave in part.rows]
    may_open = may(request.user, Act.REINSTATE_MANY)
    return render(request, "console/reinstatements.html", {"part": part, "rows": rows, "may_open": may_open})


@require_safe
@page(Act.READ_CASES)
def reinstatement(request: Visit, wave_id: int) -> HttpResponse:
    """A wave: how far it is, and the receipt of each account."""
    wave = Reinstatement.objects.select_related("opened_by").filter(pk=wave_id).first()
    if wave is None:
        raise NotThere(_("there is no such reinstatement"))
    part = oldest_first(receipts_of(wave).select_related("decision__account"), request)
    handles = current_handles(item.decision.account_id for item in part.rows)
    rows = [
        {
            "item": item,
            "handle": handles.get(item.decision.account_id, ""),
            "notice": STATES.get(vars(item)["notice_state"], ""),
        }
        for item in part.rows
    ]
    shown = {"wave": wave, "part": part, "rows": rows, **_progress(outcome_of(wave_id))}
    shown["may_carry_out"] = may(request.user, Act.REINSTATE_MANY)
    return render(request, "console/reinstatement.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.REINSTATE_MANY)
def new_reinstatement(request: Visit) -> HttpResponse:
    """Describe a wave, look at what fits, then open it; a refusal brings back what was written."""
    if request.method != "POST":
        given = {name: request.GET[name] for name in PREFILLED if name in request.GET}
        return render(request, "console/reinstatement_new.html", {"form": WaveForm(initial=given)})
    form = WaveForm(request.POST)
    if not form.is_valid():
        return render(request, "console/reinstatement_new.html", {"form": form}, status=422)
    try:
        return _open(request, form) if request.POST.get("step") == "open" else _look(request, form)
    except Refused as refused:
        form.add_error(None, why_refused(refused))
        return _look(request, form, refusal(refused).status)


@require_POST
@page(Act.REINSTATE_MANY)
def carry_on(request: Visit, wave_id: int) -> HttpResponse:
    """Undo what waits in it, for some seconds; again, and it goes on where it stopped."""
    done = carry_out(request.user, wave_id, timezone.now(), within_s=WITHIN_S)
    if done[State.WAITS]:
        messages.info(request, _("Some of it is undone; the rest waits. Carry on until all is done."))
    else:
        messages.success(request, _("All of it is undone. Each account has its receipt below."))
    return redirect("reinstatement", wave_id)


def _look(request: Visit, form: WaveForm, status: int = 200) -> HttpResponse:
    shown = {"form": form, **_seen(form.wave().chosen())}
    return render(request, "console/reinstatement_new.html", shown, status=status)


def _open(request: Visit, form: WaveForm) -> HttpResponse:
    chosen = form.wave().chosen()
    if str(chosen.count()) != request.POST.get("count", ""):
        raise NotInThisState(_("what fits has changed meanwhile: look at it again"))
    wave = open_reinstatement(request.user, chosen, reason=form.cleaned_data["reason"], now=timezone.now())
    messages.success(
        request, _("It is written down. Nothing is undone yet: carry it out."), extra_tags="wave-new"
    )
    return redirect("reinstatement", wave.pk)


def _seen(chosen: QuerySet[Decision]) -> dict[str, Any]:
    """How many, doing what, and some of them at random."""
    by_action = dict(chosen.values_list("action").annotate(Count("pk")).order_by("action"))
    sample = chosen.select_related("account", "policy", "proposed_by").order_by("?")[:SAMPLE]
    handles = current_handles(decision.account_id for decision in sample)
    return {
        "is_seen": True,
        "count": sum(by_action.values()),
        "actions": [
            {"label": action.label, "count": by_action[action.value]}
            for action in Action
            if action.value in by_action
        ],
        "sample": [{"decision": one, "handle": handles.get(one.account_id, "")} for one in sample],
    }


def _counts(waves: Sequence[Reinstatement]) -> Mapping[int, dict[str, int]]:
    """How far each wave is, in one query."""
    items = ReinstatementItem.objects.filter(reinstatement__in=[wave.pk for wave in waves])
    by_state: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for wave, state, count in items.values_list("reinstatement", "state").annotate(Count("pk")).order_by():
        by_state[wave][state] = count
    return defaultdict(lambda: _progress({}), {wave: _progress(counts) for wave, counts in by_state.items()})


def _progress(counts: Mapping[str, int]) -> dict[str, int]:
    waits = counts.get(State.WAITS, 0)
    total = sum(counts.values())
    return {
        "total": total,
        "waits": waits,
        "through": total - waits,
        "reversed": counts.get(State.REVERSED, 0),
        "already": counts.get(State.ALREADY, 0),
    }
