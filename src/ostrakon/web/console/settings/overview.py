"""The settings that somebody may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ostrakon.casework.permissions import MAY, Act, roles_of
from ostrakon.web.console.doors import Visit, page


@dataclass(frozen=True)
class Section:
    """One subject of the settings; without an act it is open to everybody who works here."""

    page: str
    title: Promise
    about: Promise
    act: Act | None = None


SECTIONS = (
    Section("tokens", _("Keys"), _("With which a program of yours works here as you, or a source sends reports.")),
    Section("policies", _("Policies"), _("What is forbidden, how grave it is, and how long things take.")),
    Section("templates", _("Notices"), _("How those concerned are told, in each language.")),
    Section("retention", _("What is kept"), _("For how long personal data stay, and what was erased.")),
    Section("people", _("People"), _("Who works here, and as what."), Act.MANAGE_PEOPLE),
    Section("sources", _("Sources"), _("Where reports come from, and who speaks with priority."), Act.MANAGE_KEYS),
    Section("webhooks", _("Webhooks"), _("Which programs hear of decisions, and whether they did."), Act.MANAGE_KEYS),
)  # fmt: skip


@require_safe
@page()
def overview(request: Visit) -> HttpResponse:
    """What one may open."""
    roles = roles_of(request.user)
    mine = [each for each in SECTIONS if each.act is None or not roles.isdisjoint(MAY[each.act])]
    return render(request, "console/settings/overview.html", {"sections": mine})
