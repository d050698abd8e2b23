"""The page behind the link to a notice: what was decided, why, and what one can do now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ostrakon.casework.links import notice_of
from ostrakon.casework.models import Decision, Notice
from ostrakon.web.public.page import for_everybody, show
from ostrakon.web.public.wording import HOW_IT_CAME_TO_US, WHAT_WE_DID, direction_of


@require_safe
@for_everybody
def notice(request: HttpRequest, signed: str) -> HttpResponse:
    """A notice, in the language in which it was written."""
    found = notice_of(signed, timezone.now())
    told: Mapping[str, Any] = found.statement or {}
    return show(
        request,
        "notice.html",
        {
            "notice": found,
            "direction": direction_of(found.language),
            "told": told,
            "what_we_did": WHAT_WE_DID.get(str(told.get("action"))),
            "how_it_came": HOW_IT_CAME_TO_US.get(str(told.get("detected"))),
            "is_undone": _is_undone(found),
        },
    )


def _is_undone(notice: Notice) -> bool:
    """Was the decision reversed after this was written? Only the person concerned learns it here."""
    decision = notice.decision if notice.account_id is not None else None
    return decision is not None and decision.status == Decision.Status.REVERSED
