"""Who may open which page, and what a page says when something is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from ostrakon.casework.models import Person
from ostrakon.casework.permissions import Act, may, roles_of
from ostrakon.errors import NotPermitted, Refused
from ostrakon.web.api.problems import refusal
from ostrakon.web.saying import why_refused

P = ParamSpec("P")


class Visit(HttpRequest):
    """A request of somebody who is signed in."""

    user: Person


View = Callable[Concatenate[Visit, P], HttpResponse]
Answer = Callable[Concatenate[HttpRequest, P], HttpResponse]


def page(act: Act | None = None, *, guests: bool = False) -> Callable[[View[P]], Answer[P]]:
    """A page for people whose roles allow the act; None: for anybody who works here.

    Args:
        guests: guests come in too; the query behind must show them their one case only.
    """

    def for_those(view: View[P]) -> Answer[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **named: P.kwargs) -> HttpResponse:
            person = request.user
            if not isinstance(person, Person):
                return _to_sign_in(request)
            try:
                if not (guests and person.is_guest):
                    _check(person, act)
                response = view(cast(Visit, request), *args, **named)
            except Refused as refused:
                response = refused_page(request, refused)
            response["Cache-Control"] = "no-store"
            return response

        return guarded

    return for_those


def refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """What was refused and why, as a page, or as a line where a part of a page was asked for."""
    part = "console/refused_part.html" if is_part(request) else "console/refused.html"
    return render(request, part, {"why": why_refused(refused)}, status=refusal(refused).status)


def is_part(request: HttpRequest) -> bool:
    """Was only a part of a page asked for?"""
    return bool(getattr(request, "htmx", False))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """A part of a page stays as it is, with what was written in it: one signs in beside it."""
    if is_part(request):
        return render(
            request,
            "console/refused_part.html",
            {"why": _("You are signed out. Sign in in another tab, then do this again: nothing is lost.")},
            status=401,
        )
    target = request.get_full_path() if request.method == "GET" else _where_it_was_written(request)
    return redirect_to_login(target, str(settings.LOGIN_URL))


def _where_it_was_written(request: HttpRequest) -> str:
    """The page that a form stood on; it brings back what was written there (``drafts.js``)."""
    page = str(request.POST.get("page") or "/")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else "/"


def _check(person: Person, act: Act | None) -> None:
    if act is None and not roles_of(person):
        raise NotPermitted("you have no role here")
    if act is not None and not may(person, act):
        raise NotPermitted("your roles do not allow this")
