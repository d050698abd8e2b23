"""Where platforms call when they have something new. A hint makes us look sooner, and does nothing else."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from ninja import Router, Status

from ostrakon.enforcement.hearing import take_hint
from ostrakon.errors import NotThere
from ostrakon.web.api.doors import Request, anybody
from ostrakon.web.limits import Limit

router = Router(tags=["platforms"])
CALLER = anybody(Limit("hints", 300, timedelta(minutes=1)))


@router.post("/public/hints/{platform}", auth=CALLER, response={204: None})
def hint(request: Request, platform: str) -> Status[None]:
    """There is something new there: a webhook of Mastodon, or an event of a receiver, signed as its platform signs.

    What is not signed, or comes from nobody whom we know, finds nothing here.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not take_hint(platform, headers, request.body, timezone.now()):
        raise NotThere("there is nothing at this address")
    return Status(204, None)
