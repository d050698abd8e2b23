"""Around every request: headers that protect the browser, problems instead of pages under /api/, the second factor."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

from ostrakon.casework.models import Person
from ostrakon.web.api.problems import (
    BAD_REQUEST,
    BY_STATUS,
    CONTENT_TYPE,
    PASSWORD_CHANGE_REQUIRED,
    SECOND_FACTOR_REQUIRED,
    answer,
)
from ostrakon.web.login import has_second_factor

API = "/api/"
FORMS_LEAD_TO = "'self' https:" if settings.CONFIGURATION.oidc_issuer else "'self'"
"""Chromium asks it of redirects too, and signing in elsewhere begins with a form that is redirected there."""
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    f"form-action {FORMS_LEAD_TO}; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere; the code to scan for a second factor is a data: image."""
PROTECTION = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

Next = Callable[[HttpRequest], Any]


@sync_and_async_middleware
def protective_headers(get_response: Next) -> Callable[[HttpRequest], Any]:
    """The headers of ``PROTECTION`` on every answer."""
    return _on_the_way_out(get_response, _protect)


@sync_and_async_middleware
def problems_of_the_api(get_response: Next) -> Callable[[HttpRequest], Any]:
    """Under /api/, what Django itself refuses (no such address, wrong method, bad host) is a problem too."""
    return _on_the_way_out(get_response, _as_problem)


class OnlyUtf8(MiddlewareMixin):
    """Browsers send forms in UTF-8. Python knows encodings of no text, and some that make halves of characters."""

    def process_request(self, request: HttpRequest) -> None:
        """Go on only if no other encoding is named.

        Raises:
            BadRequest: one is.
        """
        if request.encoding is not None and codecs.lookup(request.encoding).name != "utf-8":
            raise BadRequest("send it in UTF-8")


class SecondFactorRequired(MiddlewareMixin):
    """Whoever is signed in with a one-time password, or without a second factor, may only mend that."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        """To the page that mends it; None: go on."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not isinstance(request.user, Person):
            return None
        page, problem = self._missing(request.user)
        if page == "" or self._mends(request.path):
            return None
        if request.path.startswith(API):
            return answer(problem, f"open {page} in a browser first")
        return redirect(page)

    @staticmethod
    def _missing(person: Person) -> tuple[str, Any]:
        if person.is_guest:  # came with an invitation for one case; has no password
            return "", None
        if person.must_change_password:
            return reverse("account_change_password"), PASSWORD_CHANGE_REQUIRED
        if settings.CONFIGURATION.second_factor and not has_second_factor(person):
            return reverse("mfa_index"), SECOND_FACTOR_REQUIRED
        return "", None

    @staticmethod
    def _mends(path: str) -> bool:
        """Where a password is changed, a factor is set up, one proves again who one is, or signs out."""
        pages = ("account_change_password", "account_logout", "account_reauthenticate")
        return path in map(reverse, pages) or path.startswith((reverse("mfa_index"), settings.STATIC_URL))


def _on_the_way_out(
    get_response: Next, change: Callable[[HttpRequest, HttpResponseBase], HttpResponseBase]
) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):

        async def changed_later(request: HttpRequest) -> HttpResponseBase:
            return change(request, await get_response(request))

        return changed_later

    def changed(request: HttpRequest) -> HttpResponseBase:
        return change(request, get_response(request))

    return changed


def _protect(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    for name, value in PROTECTION.items():
        response.headers.setdefault(name, value)
    return response


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    is_problem = response.headers.get("Content-Type", "").startswith(CONTENT_TYPE)
    if response.status_code < 400 or is_problem or not request.path.startswith(API):
        return response
    problem = BY_STATUS.get(response.status_code, BAD_REQUEST)
    made: HttpResponse = answer(problem, f"{problem.title[0].lower()}{problem.title[1:]}")
    for name, value in response.headers.items():
        if name != "Content-Length":
            made.headers.setdefault(name, value)
    return made
