"""What was reported, as it was kept: words folded, pictures blurred until somebody asks to see them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.db.models import Count
from django.http import HttpResponse

from ostrakon.casework.models import Case
from ostrakon.errors import NotThere
from ostrakon.intake.models import Evidence

MOST = 30
MOST_FIELDS = 100
LONGEST = 20_000
"""Characters of a text that a page shows."""
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
FILMS = frozenset({"video/mp4", "video/webm"})
SOUNDS = frozenset({"audio/mpeg", "audio/ogg", "audio/wav", "audio/webm"})
SANDBOX = "default-src 'none'; style-src 'none'; frame-ancestors 'none'; sandbox"


def shown(case: Case, revealed: int | None = None) -> list[dict[str, Any]]:
    """The snapshots of a case's account, the most reported first; one of them uncovered."""
    kept = Evidence.objects.filter(account=case.account_id).annotate(times=Count("reports"))
    found = kept.order_by("-times", "-pk")[:MOST]
    return [as_shown(snapshot, is_revealed=snapshot.pk == revealed) for snapshot in found]


def as_shown(snapshot: Evidence, *, is_revealed: bool) -> dict[str, Any]:
    """One snapshot as the templates show it."""
    kind = snapshot.media_type.partition(";")[0].strip().lower()
    return {
        "snapshot": snapshot,
        "is_revealed": is_revealed,
        "times": getattr(snapshot, "times", None),
        "is_picture": kind in PICTURES,
        "is_film": kind in FILMS,
        "is_sound": kind in SOUNDS,
        "fields": _fields(snapshot, kind),
        "text": _text(snapshot, kind),
    }


def _fields(snapshot: Evidence, kind: str) -> list[tuple[str, str]]:
    """A JSON object as its fields, those of objects in it too; empty where it is none."""
    if kind != "application/json" or snapshot.content is None:
        return []
    try:
        value = json.loads(bytes(snapshot.content))
    except (ValueError, RecursionError):
        return []
    if not isinstance(value, Mapping):
        return []
    inner = (
        (name, content.items() if isinstance(content, Mapping) else [("", content)])
        for name, content in value.items()
    )
    named = (
        (f"{name} {below}".strip()[:200], _plain(said)) for name, found in inner for below, said in found
    )
    return [*islice(named, MOST_FIELDS)]


def _text(snapshot: Evidence, kind: str) -> str:
    """What is text and no JSON object."""
    if snapshot.content is None or kind in PICTURES | FILMS | SOUNDS or _fields(snapshot, kind):
        return ""
    return bytes(snapshot.content)[: 4 * LONGEST].decode("utf-8", "replace")[:LONGEST]


def _plain(content: Any) -> str:
    said = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return said[:LONGEST]


def as_media(snapshot: Evidence) -> HttpResponse:
    """The bytes, as nothing but a picture, film or sound.

    Raises:
        NotThere: it is none of these.
    """
    kind = snapshot.media_type.partition(";")[0].strip().lower()
    if kind not in PICTURES | FILMS | SOUNDS or snapshot.content is None:
        raise NotThere("this evidence is no picture, film or sound")
    response = HttpResponse(bytes(snapshot.content), content_type=kind)
    response["Content-Security-Policy"] = SANDBOX
    response["Content-Disposition"] = "inline"
    return response
