"""How a guest of a partner server comes in: by the link that their host handed them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ostrakon.errors import Refused
from ostrakon.web.addresses import pseudonym_of
from ostrakon.web.arriving import ARRIVALS, come_in
from ostrakon.web.console.doors import refused_page
from ostrakon.web.limits import knock


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """Come in. A button is asked for, so that nobody who only previews the link comes in as the guest."""
    if request.method != "POST":
        return render(request, "console/guest.html")
    now = timezone.now()
    try:
        knock(ARRIVALS, pseudonym_of(request), now)
        return redirect("case", come_in(request, token, now))
    except Refused as refused:
        return refused_page(request, refused)
