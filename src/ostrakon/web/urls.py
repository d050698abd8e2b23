"""The addresses of this room."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.i18n import set_language

from ostrakon.web.api.served import api
from ostrakon.web.static_files import static_file


def closed(request: HttpRequest) -> NoReturn:
    """A page of the login that we do not offer: people are added, and their passwords reset, by an administrator."""
    raise Http404


CLOSED = (
    r"^accounts/(?:"
    r"(?:signup|email|confirm-email|password/set|password/reset|login/code|social|3rdparty/signup)(?:/|$)|3rdparty/?$)"
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ostrakon.web.console.urls")),
    path("language", set_language, name="set_language"),
    path("", include("ostrakon.web.public.urls")),
    path("api/v1/", api.urls),
    re_path(CLOSED, closed),
    path("accounts/", include("allauth.urls")),
    path("static/<path:name>", static_file),
]
