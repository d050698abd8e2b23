"""The addresses of the public pages. Those of notices and appeals stand in letters: they stay."""

from __future__ import annotations

from django.urls import path

from ostrakon.web.public.about import about
from ostrakon.web.public.appeal import appeal
from ostrakon.web.public.notice import notice
from ostrakon.web.public.on_behalf import on_behalf, received
from ostrakon.web.public.report import report
from ostrakon.web.public.status import status

app_name = "public"
urlpatterns = [
    path("about-reports-and-appeals", about, name="about"),
    path("notice/<path:signed>", notice, name="notice"),
    path("appeal", on_behalf, name="on_behalf"),
    path("appeal/received", received, name="received"),
    path("appeal/<path:signed>", appeal, name="appeal"),
    path("report", report, name="report"),
    path("report/<path:receipt>", status, name="status"),
]
