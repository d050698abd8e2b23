"""How a guest of a partner server comes in, by the page and by the API."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import login
from django.http import HttpRequest

from ostrakon.casework.actions.invite import arrive
from ostrakon.casework.models import GuestInvitation
from ostrakon.web.limits import Limit

ARRIVALS = Limit("arrivals", 20, timedelta(minutes=10))
_SESSIONS = "django.contrib.auth.backends.ModelBackend"


def come_in(request: HttpRequest, token: str, now: datetime) -> int:
    """Begin a session of the guest whom a token lets in; gives the one case that they see.

    Raises:
        NotThere: the token is forged, has expired or was revoked.
    """
    guest = arrive(token, now)
    login(request, guest, backend=_SESSIONS)
    return GuestInvitation.objects.values_list("case_id", flat=True).get(guest=guest)
