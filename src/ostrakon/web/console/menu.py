"""The menu: the pages that somebody's roles open, in the order of the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ostrakon.casework.models import Person
from ostrakon.casework.permissions import MAY, Act, roles_of


@dataclass(frozen=True)
class Entry:
    """One line of the menu; it shows to whom one of the acts is allowed."""

    page: str
    label: str | Promise
    acts: Sequence[Act]


MENU = (
    Entry("queue", _("Queue"), [Act.READ_CASES]),
    Entry("approvals", _("Approvals"), [Act.READ_CASES]),
    Entry("appeals", _("Appeals"), [Act.READ_CASES]),
    Entry("tasks", _("Tasks"), [Act.READ_CASES]),
    Entry("batches", _("Batches"), [Act.READ_CASES]),
    Entry("campaigns", _("Campaigns"), [Act.READ_CASES]),
    Entry("links", _("Returners"), [Act.READ_CASES]),
    Entry("lists", _("Lists"), [Act.READ_CASES]),
    Entry("reinstatements", _("Reinstatements"), [Act.READ_CASES]),
    Entry("figures", _("Figures"), [Act.READ_CASES]),
    Entry("did_it_work", _("Did it work?"), [Act.READ_CASES]),
    Entry("platforms", _("Platforms"), [Act.READ_CASES, Act.MANAGE_KEYS]),
    Entry("record", _("The record"), [Act.READ_RECORD]),
    Entry("settings", _("Settings"), [Act.READ_CASES, Act.MANAGE_PEOPLE]),
)


def open_to(person: Person) -> list[Entry]:
    """The entries for somebody."""
    roles = roles_of(person)
    return [entry for entry in MENU if any(not roles.isdisjoint(MAY[act]) for act in entry.acts)]


def menu(request: HttpRequest) -> dict[str, Any]:
    """For the templates: the entries that this person sees. It is asked for by console pages only."""
    return {"menu": lambda: _shown(request)}


def _shown(request: HttpRequest) -> list[dict[str, Any]]:
    person = request.user
    if not isinstance(person, Person):
        return []
    return [
        {"url": (url := reverse(entry.page)), "label": entry.label, "is_here": request.path.startswith(url)}
        for entry in open_to(person)
    ]
