"""What every public page has in common: knocks are counted, nothing is kept in a cache, and whatever cannot be shown
says so in plain words, and nothing about what there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt

from ostrakon.errors import NotThere, TooOften
from ostrakon.web.addresses import pseudonym_of
from ostrakon.web.anonymous import READING
from ostrakon.web.limits import knock

LARGEST_FORM = 256 * 1024
"""Bytes: a text of the longest kind, when each of its characters takes twelve on its way, and the rest."""
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_everybody(view: View[P]) -> View[P]:
    """A page that asks for no name.

    What a form sends is checked by the form (``asking.Asking.is_taken``): a request that did not come from our own
    page is refused there, so that what was written is shown again.
    """

    @csrf_exempt
    @wraps(view)
    def counted(request: HttpRequest, /, *args: P.args, **named: P.kwargs) -> HttpResponse:
        try:
            refused = _refused_unread(request)
            response = view(request, *args, **named) if refused is None else refused
        except NotThere:
            response = _nothing_here(request)
        return _not_kept(response)

    return counted


def show(request: HttpRequest, template: str, context: Mapping[str, Any] | None = None) -> HttpResponse:
    """A page of ``templates/public``."""
    return render(request, f"public/{template}", context)


def wait_words(wait_s: int) -> str:
    """When somebody who knocked too often is heard again."""
    minutes = max(1, -(-wait_s // 60))
    return ngettext(
        "Too much came from your network in a short time. Please try again in %(minutes)s minute.",
        "Too much came from your network in a short time. Please try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}


def _refused_unread(request: HttpRequest) -> HttpResponse | None:
    """Why a request is not looked at; None: it is."""
    try:
        if request.method != "POST":
            knock(READING, pseudonym_of(request), timezone.now())
            return None
        return None if _is_readable(request) else _too_long(request)
    except TooOften as raised:
        response = _refusal(request, 429, _("Please wait a little"), wait_words(raised.wait_s))
        response["Retry-After"] = str(raised.wait_s)
        return response
    except (SuspiciousOperation, MultiPartParserError):
        return _refusal(request, 400, _("This could not be read"), _("Please open the page again."))


def _is_readable(request: HttpRequest) -> bool:
    """By what the sender says first, so that nothing long is read."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared[:20]) > LARGEST_FORM:
        return False
    return len(request.body) <= LARGEST_FORM and request.POST is not None


def _nothing_here(request: HttpRequest) -> HttpResponse:
    """The same for a forged link, one that ran out, and one to what never was."""
    why = _("This link leads nowhere. Perhaps it was not copied whole, or its time is over.")
    return _refusal(request, 404, _("There is nothing here"), why)


def _too_long(request: HttpRequest) -> HttpResponse:
    why = _("What was sent is too long for this page. Please go back, make it shorter, and send it again.")
    return _refusal(request, 413, _("This is too long"), why)


def _refusal(request: HttpRequest, status: int, title: str, why: str) -> HttpResponse:
    return render(request, "public/refused.html", {"title": title, "why": why}, status=status)


def _not_kept(response: HttpResponse) -> HttpResponse:
    """Nothing about these pages stays anywhere.

    The referrer goes to no other site. To our own it must: without it browsers send forms from ``null``, which is what
    a forged request looks like (Fetch, "append a request Origin header").
    """
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
