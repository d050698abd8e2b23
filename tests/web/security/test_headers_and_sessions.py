"""What stays in a browser, what ends a session, and what is served as what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from tests.casework.case import NOW
from tests.web.case import PASSWORD, person, signed_in
from tests.web.security.table import TABLE
from tests.web.security.world import House

from ostrakon.casework.models import Person, Role
from ostrakon.intake.models import Evidence
from ostrakon.service import settings as as_configured
from ostrakon.web.console.evidence import FILMS, PICTURES, SOUNDS

pytestmark = pytest.mark.django_db

ROOT = Path(as_configured.__file__).parents[1]


@pytest.fixture
def dina() -> Person:
    made = person("dina", *Role, second_factor=False)
    made.password = make_password(PASSWORD)
    made.save()
    return made


def signing_in() -> Any:
    browser = Client()
    browser.post("/language", {"language": "fr", "next": "/"})
    browser.post("/accounts/login/", {"login": "dina", "password": PASSWORD})
    browser.get("/report")
    return browser


def is_signed_in(browser: Client) -> bool:
    """By a page that one sees with a password alone."""
    return browser.get("/accounts/2fa/").status_code == 200


def test_cookies_are_for_this_site_and_the_session_for_no_script(dina: Person) -> None:
    cookies = signing_in().cookies
    assert set(cookies) == {"sessionid", "csrftoken", "django_language", "messages"}
    assert {cookie["samesite"] for cookie in cookies.values()} == {"Lax"}
    assert {name for name, cookie in cookies.items() if cookie["httponly"]} == set(cookies) - {"csrftoken"}


def test_under_https_cookies_travel_encrypted_only() -> None:
    text = (ROOT / "service" / "settings.py").read_text()
    assert "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE" in text
    assert as_configured.CONFIGURATION.address.startswith("https://") == settings.SESSION_COOKIE_SECURE


def test_signing_out_ends_the_session_on_the_server_too(dina: Person) -> None:
    browser = signing_in()
    stolen = Client()
    stolen.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert is_signed_in(stolen)
    browser.post("/accounts/logout/")
    assert not is_signed_in(stolen)


def test_a_new_password_ends_every_other_session(dina: Person) -> None:
    browser, other = signing_in(), signing_in()
    new = "another long enough password"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert browser.post("/accounts/password/change/", form).status_code == 302
    assert is_signed_in(browser)
    assert not is_signed_in(other)


@pytest.mark.parametrize("weak", ["elevenchars", "1q2w3e4r5t6y", "dina", "1234567890123"])
def test_a_password_that_is_short_or_common_is_refused(dina: Person, weak: str) -> None:
    browser = signing_in()
    form = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    assert browser.post("/accounts/password/change/", form).status_code == 200
    dina.refresh_from_db()
    assert dina.check_password(PASSWORD)


def test_signing_in_gives_a_new_session(dina: Person) -> None:
    browser = Client()
    browser.cookies["sessionid"] = "chosenbysomebodyelse0000000000000"
    browser.post("/accounts/login/", {"login": "dina", "password": PASSWORD})
    assert browser.cookies["sessionid"].value != "chosenbysomebodyelse0000000000000"


@pytest.mark.parametrize("change", ["is_active", "password"])
def test_whoever_is_shut_out_or_gets_a_new_password_is_signed_out(dina: Person, change: str) -> None:
    browser = signing_in()
    assert is_signed_in(browser)
    Person.objects.filter(pk=dina.pk).update(
        **{"is_active": False} if change == "is_active" else {"password": "!"}
    )
    assert not is_signed_in(browser)


def test_no_page_is_kept_by_browsers_or_on_the_way(house: House, pages: dict[str, str]) -> None:
    for browser in (signed_in(house.lead), signed_in(house.guest)):
        for name, row in TABLE.items():
            if row.get is not None:
                answer = browser.get(pages[name])
                kept = answer.get("Cache-Control", "")
                assert "no-store" in kept, name
                assert answer["Referrer-Policy"] == "same-origin", name


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "localhost@evil.example",
        "[::1",
        "a b",
        "",
    ],
)
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    for page in ("/", "/report", "/accounts/login/", "/api/v1/openapi.json"):
        answer = Client(raise_request_exception=False).get(
            page, headers={"Host": host} if host else {"Host": "-"}
        )
        assert answer.status_code == 400, page
        assert "evil.example" not in answer.content.decode()


def test_what_a_proxy_says_about_the_host_is_not_believed(house: House) -> None:
    forwarded = {
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example",
        "X-Host": "evil.example",
    }
    form = {"server": "example.org", "name": "Esi"}
    shown = signed_in(house.bram).post(f"/cases/{house.case(0).pk}/guests", form, headers=forwarded)
    assert "evil.example" not in shown.content.decode()


def paths() -> Iterator[str]:
    up = (
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..%252f",
        "..%5c",
        "..\\",
        "....//",
        "%c0%ae%c0%ae/",
        ".%00./",
    )
    for step in up:
        for before in ("", "ostrakon/", "django_htmx/", "/"):
            for aim in ("secret.key", "service/settings.py", "etc/passwd", "ostrakon.sqlite3"):
                yield f"{before}{step * 6}{aim}"
    yield from (
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "file:///etc/passwd",
        "%00",
        "ostrakon/console.css%00.png",
        "a" * 5000,
        "ostrakon",
        ".",
        "",
    )


def test_nothing_but_style_sheets_scripts_and_pictures_is_served_as_a_file() -> None:
    browser = Client(raise_request_exception=False)
    for path in paths():
        answer = browser.get(f"/static/{path}")
        assert answer.status_code in (400, 404), path
    assert browser.get("/static/ostrakon/console.css").status_code == 200


def test_reported_media_are_never_served_as_what_could_run(house: House) -> None:
    browser, of = signed_in(house.lead), house.accounts[0]
    hostile = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    refused = (
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "application/javascript",
        "application/pdf",
        "text/html;image/png",
        "IMAGE/SVG+XML",
        "video/x",
        "application/octet-stream",
    )
    for number, kind in enumerate((*refused, *PICTURES, *FILMS, *SOUNDS)):
        kept = Evidence.objects.create(
            account=of,
            sha256=f"{number:064}",
            salted=f"{number:064}",
            content=hostile,
            media_type=kind,
            taken_at=NOW,
        )
        answer = browser.get(f"/evidence/{kept.pk}/media")
        assert answer.status_code == (404 if kind in refused else 200), kind
        if answer.status_code == 200:
            assert answer["Content-Type"] in PICTURES | FILMS | SOUNDS
            assert "sandbox" in answer["Content-Security-Policy"]
            assert "default-src 'none'" in answer["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
            assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_list_is_handed_out_as_a_file_and_not_as_a_page(house: House) -> None:
    listed = signed_in(house.lead).get("/api/v1/lists").json()["items"][0]["id"]
    answer = signed_in(house.lead).get(f"/api/v1/lists/{listed}/raw")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
