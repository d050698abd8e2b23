"""Pages hold nothing from elsewhere and nothing inline that a browser would run; they work right to left."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.web.case import PASSWORD, person, signed_in

from ostrakon.casework.models import Role

pytestmark = pytest.mark.django_db

PAGES = [
    "/queue",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/totp/activate/",
    "/accounts/reauthenticate/",
    "/api/v1/docs",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_nothing_from_elsewhere_and_nothing_inline(page: str) -> None:
    alice = person("alice", Role.REVIEWER, second_factor="totp" not in page)
    alice.set_password(PASSWORD)
    alice.save()
    browser = Client() if "login" in page else signed_in(alice)
    if "2fa/" in page:
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = browser.get(page)
    assert answer.status_code == 200, answer
    html = answer.content.decode()
    assert not re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", html)
    assert not re.findall(r"<style|\son\w+=|style=", html)
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", html)
    assert not scripts
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_what_pages_load_is_there() -> None:
    html = Client().get("/accounts/login/").content.decode() + Client().get("/api/v1/docs").content.decode()
    named = set(re.findall(r"""(?:src|href)=["'](/static/[^"']+)""", html))
    assert len(named) >= 5
    for address in named:
        answer = Client().get(address)
        assert answer.status_code == 200, address
        assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["nothing.css", "../settings.py", "..%2f..%2fsettings.py", "ostrakon", "%00"]
)
def test_only_static_files_are_static_files(name: str) -> None:
    assert Client(raise_request_exception=False).get(f"/static/{name}").status_code in {400, 404}


def test_a_page_turns_round_for_a_language_that_does() -> None:
    html = Client().get("/accounts/login/", headers={"Accept-Language": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in html


@pytest.mark.parametrize(
    "header",
    [
        "Content-Security-Policy",
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Permissions-Policy",
    ],
)
def test_every_answer_protects_the_browser(header: str) -> None:
    for address in ("/", "/nothing", "/api/v1/tokens", "/api/nothing", "/static/ostrakon/console.css"):
        assert header in Client().get(address).headers, address
