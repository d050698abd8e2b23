"""The page that says what one can do here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ostrakon.web.public.page import for_everybody, show


@require_safe
@for_everybody
def about(request: HttpRequest) -> HttpResponse:
    """How reports and appeals work, for everybody."""
    return show(request, "about.html")
