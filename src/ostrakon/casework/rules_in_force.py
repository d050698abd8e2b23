"""The rules that a report may name now, as their readers know them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from ostrakon.casework.languages import choose
from ostrakon.casework.models import Policy, PolicyText, PolicyVersion


def titles_in_force(language: str, now: datetime) -> list[tuple[str, str]]:
    """Code and title of each policy that takes reports now, in a language or the nearest, by title."""
    found: dict[str, dict[str, str]] = {}
    for code, tongue, title in _texts(now).values_list("version__policy__code", "language", "title"):
        found.setdefault(code, {})[tongue] = title
    titles = [(code, texts[choose(texts, language) or ""]) for code, texts in found.items()]
    return sorted(titles, key=lambda pair: pair[1].casefold())


def _texts(now: datetime) -> QuerySet[PolicyText]:
    begun = PolicyVersion.objects.filter(policy=OuterRef("version__policy"), valid_from__lte=now)
    holds = Q(version__policy__retired_at__isnull=True) | Q(version__policy__retired_at__gt=now)
    latest = PolicyText.objects.filter(holds, version=Subquery(begun.order_by("-number").values("pk")[:1]))
    return latest.exclude(version__policy__code=Policy.UNSPECIFIED)
