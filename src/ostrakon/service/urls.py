"""Which address leads where."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from ostrakon.service import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", health.metrics),
    path("", include("ostrakon.web.urls")),
]
