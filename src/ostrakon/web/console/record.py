"""The record: what was done, by whom, to what; read only, and how anybody checks it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ostrakon.casework.permissions import Act
from ostrakon.errors import Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Checkpoint, Entry
from ostrakon.web.console.actors import names_of
from ostrakon.web.console.doors import Visit, page
from ostrakon.web.console.paging import newest_first

CHECKPOINTS = 5
LONGEST_FACT = 200
"""Characters shown of one fact; the export has all of it."""
PAGES = {
    "case": "case",
    "decision": "decision",
    "appeal": "hearing",
    "list": "list",
    "reinstatement": "reinstatement",
}
"""The page of what an entry is about."""


@require_safe
@page(Act.READ_RECORD)
def record(request: Visit) -> HttpResponse:
    """Entries, the newest first; of one kind, or about one thing."""
    subject, kind = request.GET.get("subject", "").strip(), request.GET.get("kind", "")
    if "\0" in subject or kind not in ("", *Kind.values):
        raise Unfit(_("there are no such entries; begin with all of them"))
    wanted = {name: value for name, value in (("subject", subject), ("kind", kind)) if value}
    part = newest_first(Entry.objects.filter(**wanted), request)
    signed = list(Checkpoint.objects.order_by("-number")[:CHECKPOINTS])
    head = Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    return render(
        request,
        "console/record.html",
        {
            "part": part,
            "rows": _rows(part.rows),
            "kinds": Kind.choices,
            "asked": {"subject": subject, "kind": kind},
            "checkpoints": signed,
            "head": head,
            "unsigned": head - (signed[0].number if signed else 0),
        },
    )


def _rows(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    names = names_of(entry.actor for entry in entries)
    return [
        {
            "entry": entry,
            "by": names.get(entry.actor, entry.actor),
            "page": _page_of(entry.subject),
            "facts": _facts(entry),
        }
        for entry in entries
    ]


def _page_of(subject: str) -> str:
    """Where what an entry is about is shown; empty: nowhere."""
    kind, _colon, number = subject.partition(":")
    return reverse(PAGES[kind], args=[number]) if kind in PAGES and number.isdecimal() else ""


def _facts(entry: Entry) -> list[tuple[str, str]] | None:
    """What its body says beyond the columns; None: somebody changed it, and it cannot be read."""
    try:
        facts = json.loads(entry.body)["facts"]
        return [(name, _shown(value)) for name, value in facts.items()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _shown(value: Any) -> str:
    said = value if isinstance(value, str) else json.dumps(value)
    return said if len(said) <= LONGEST_FACT else f"{said[:LONGEST_FACT]}…"
