"""Campaigns: who reports together, on what evidence, what it touched, and for which cases it is set aside."""

from __future__ import annotations

from math import inf
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ostrakon.casework.actions.set_aside import set_aside, take_back
from ostrakon.casework.campaigns import CampaignPage, campaign_page, current_campaigns
from ostrakon.casework.models import SetAsideCase
from ostrakon.casework.permissions import Act, may
from ostrakon.errors import NotThere, Refused
from ostrakon.web.api.problems import refusal
from ostrakon.web.console.campaign_charts import against_chance, member_rows, target_rows
from ostrakon.web.console.doors import Visit, page

SHOWN = 100


@require_safe
@page(Act.READ_CASES)
def campaigns(request: Visit) -> HttpResponse:
    """Those that the last run found."""
    return render(request, "console/campaigns.html", {"campaigns": current_campaigns()[:SHOWN]})


@require_safe
@page(Act.READ_CASES)
def campaign(request: Visit, campaign_id: int) -> HttpResponse:
    """One campaign: what speaks for and against it, in pictures with their tables."""
    return _campaign_page(request, campaign_id)


@require_safe
@page(Act.READ_CASES)
def panel(request: Visit, campaign_id: int) -> HttpResponse:
    """Its pictures, as a part of the page of a case."""
    return render(request, "console/parts/campaign_panel.html", _pictures(_found(campaign_id)))


@require_POST
@page(Act.SET_ASIDE)
def aside(request: Visit, campaign_id: int) -> HttpResponse:
    """Set its reports aside for the chosen cases, with a reason."""
    cases = [
        int(pk) for pk in request.POST.getlist("case") if pk.isascii() and pk.isdecimal() and len(pk) < 19
    ]
    try:
        set_aside(request.user, campaign_id, cases, request.POST.get("why", ""), timezone.now())
    except Refused as refused:
        return _campaign_page(request, campaign_id, refused)
    messages.success(
        request,
        _("Set aside: the next run weighs these cases without them. The reports stay to be seen."),
        extra_tags=f"campaign-{campaign_id}",
    )
    return redirect("campaign", campaign_id)


@require_POST
@page(Act.SET_ASIDE)
def back(request: Visit, campaign_id: int, setting_aside_id: int) -> HttpResponse:
    """Let them count again."""
    try:
        take_back(request.user, setting_aside_id, request.POST.get("why_back", ""), timezone.now())
    except Refused as refused:
        return _campaign_page(request, campaign_id, refused)
    messages.success(
        request,
        _("Taken back: they count again from the next run on."),
        extra_tags=f"aside-{setting_aside_id}",
    )
    return redirect("campaign", campaign_id)


def _campaign_page(request: Visit, campaign_id: int, refused: Refused | None = None) -> HttpResponse:
    found = _found(campaign_id)
    return render(
        request,
        "console/campaign.html",
        {
            **_pictures(found),
            "is_aside": _set_aside_now(found),
            "chosen": request.POST.getlist("case"),
            "why": request.POST.get("why", ""),
            "may_reinstate": may(request.user, Act.REINSTATE_MANY),
            "may_set_aside": may(request.user, Act.SET_ASIDE),
            "problem": refused,
        },
        status=refusal(refused).status if refused else 200,
    )


def _found(campaign_id: int) -> CampaignPage:
    found = campaign_page(campaign_id)
    if found is None:
        raise NotThere(_("there is no such campaign"))
    return found


def _pictures(found: CampaignPage) -> dict[str, Any]:
    targets, lift = target_rows(found), found.campaign.lift
    return {
        "found": found,
        "campaign": found.campaign,
        "targets": targets,
        "members": member_rows(found, targets),
        "drawn_lift": against_chance(lift) if lift is not None and 0 < lift < inf else None,
    }


def _set_aside_now(found: CampaignPage) -> set[int]:
    """The cases for which its reports do not count at present."""
    standing = SetAsideCase.objects.filter(
        setting_aside__campaign=found.campaign, setting_aside__taken_back_at__isnull=True
    )
    return set(standing.values_list("case", flat=True))
