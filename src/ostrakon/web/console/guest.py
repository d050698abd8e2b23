"""How a guest of a partner server comes in: by the link that their host handed them."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ostrakon.casework.actions.invite import arrive
from ostrakon.casework.models import GuestInvitation
from ostrakon.errors import Refused
from ostrakon.web.addresses import pseudonym_of
from ostrakon.web.console.doors import refused_page
from ostrakon.web.limits import Limit, knock

ARRIVALS = Limit("arrivals", 20, timedelta(minutes=10))
SESSIONS = "django.contrib.auth.backends.ModelBackend"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """Come in. A button is asked for, so that nobody who only previews the link comes in as the guest."""
    if request.method != "POST":
        return render(request, "console/guest.html")
    now = timezone.now()
    try:
        knock(ARRIVALS, pseudonym_of(request), now)
        person = arrive(token, now)
    except Refused as refused:
        return refused_page(request, refused)
    login(request, person, backend=SESSIONS)
    return redirect("case", GuestInvitation.objects.values_list("case_id", flat=True).get(guest=person))
