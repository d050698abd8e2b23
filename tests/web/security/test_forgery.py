"""No other site makes a browser do something here: forged forms, frames, and links that lead elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.web.case import PASSWORD, person, signed_in
from tests.web.security.table import form_of
from tests.web.security.world import House

from ostrakon.casework.models import Role
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db

SAMPLES = {"int": "1", "str": "x", "path": "x", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000000"}
FOR_PROGRAMS = ("/api/v1/public/", "/api/v1/guests/arrive")
"""Nobody is signed in there, so there is nothing to forge: the answers are for whoever asks."""
ELSEWHERE = (
    "https://evil.example",
    "http://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "//evil.example/testserver",
    "//testserver@evil.example",
    "http://testserver@evil.example",
    "http://testserver.evil.example",
    "http://evil.example#testserver",
    "//evil.example\\@testserver",
    "\t//evil.example",
    " //evil.example",
    "\n//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\x00//evil.example",
    "//evil%E3%80%82example",
    "//\u3002evil.example",
    "http:\\\\evil.example",
    "//[::1",
    "http://[",
    "mailto:x@evil.example",
    "ftp://testserver/",
    "//evil.example:80",
    "%2f%2fevil.example",
    "/%2f/evil.example",
    "/..//evil.example",
    "x\r\nLocation: //evil.example",
)


def every_address(patterns: list[Any], before: str = "/") -> Iterator[str]:
    """One address of each pattern that there is, filled with samples."""
    for pattern in patterns:
        route = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from every_address(pattern.url_patterns, before + route.lstrip("^"))
        elif isinstance(pattern, URLPattern):
            for name, converter in pattern.pattern.converters.items():
                kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
                route = route.replace(f"<{kind}:{name}>", SAMPLES[kind]).replace(f"<{name}>", "x")
            yield (before + route).replace("//", "/")


ADDRESSES = sorted({address for address in every_address(get_resolver().url_patterns) if "(" not in address})


def test_every_address_was_found() -> None:
    assert {
        "/cases/1/decide",
        "/settings/people",
        "/accounts/login/",
        "/language",
        "/report",
        "/api/v1/reports",
    } <= {*ADDRESSES}
    assert len(ADDRESSES) > 150


def test_what_changes_something_is_refused_without_the_token_of_our_own_page() -> None:
    browser, before = signed_in(person("dina", *Role), csrf=True), Entry.objects.count()
    for address in ADDRESSES:
        if address.startswith(FOR_PROGRAMS):
            continue
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(browser, method)(address, {} if method == "post" else b"")
            assert answer.status_code in (403, 404, 405), (method, address, answer.status_code)
            assert answer.status_code != 404 or _leads_nowhere(browser, address), (method, address)
    assert Entry.objects.count() == before


def _leads_nowhere(browser: Client, address: str) -> bool:
    return browser.get(address).status_code in (404, 405)


def test_a_token_of_somebody_else_and_a_form_from_elsewhere_are_refused(
    house: House, pages: dict[str, str]
) -> None:
    browser = signed_in(house.lead, csrf=True)
    browser.get("/queue")
    for token, origin in (
        ("x" * 64, ""),
        (browser.cookies["csrftoken"].value, "https://evil.example"),
        (browser.cookies["csrftoken"].value, "null"),
    ):
        form = {**form_of("note", house), "csrfmiddlewaretoken": token}
        assert (
            browser.post(pages["note"], form, headers={"Origin": origin} if origin else {}).status_code == 403
        )
        form = {**form_of("public:report", house), "csrfmiddlewaretoken": token}
        assert (
            browser.post(
                pages["public:report"], form, headers={"Origin": origin} if origin else {}
            ).status_code
            == 403
        )


def test_no_answer_can_be_framed(house: House, pages: dict[str, str]) -> None:
    for browser in (signed_in(house.lead), signed_in(house.guest), Client(raise_request_exception=False)):
        for address in {*ADDRESSES, *pages.values()}:
            answer = browser.get(address)
            assert answer["X-Frame-Options"] == "DENY", address
            assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], address
            assert "unsafe" not in answer["Content-Security-Policy"], address
            assert answer["X-Content-Type-Options"] == "nosniff", address


def leads_away(answer: Any) -> bool:
    """Would a browser go to another site? It reads a backslash as a slash, and leaves blanks and controls out."""
    where = "".join(c for c in answer.get("Location", "").replace("\\", "/") if c > " ")
    parts = urlsplit(where)
    return (
        where.startswith("//") or parts.netloc not in ("", "testserver") or parts.scheme not in ("", "http")
    )


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_link_of_ours_leads_to_another_site(target: str) -> None:
    dina = person("dina", *Role, second_factor=False)
    dina.password = make_password(PASSWORD)
    dina.save()
    signed = signed_in(dina)
    sign_in = {"login": "dina", "password": PASSWORD, "next": target}
    answers = [
        Client().post("/language", {"language": "fr", "next": target}),
        Client().get("/language", {"next": target}),
        Client().post(
            "/language?next=/x",
            {"language": "fr"},
            headers={"Referer": target.replace("\n", "").replace("\r", "")},
        ),
        Client().post("/accounts/login/", sign_in),
        Client().post("/queue/next", {"page": target}),
        Client().get("/queue", {"next": target}),
        signed.post("/accounts/logout/", {"next": target}),
        signed_in(dina).get("/accounts/login/", {"next": target}),
    ]
    assert all(answer.status_code < 500 for answer in answers)
    assert not any(map(leads_away, answers)), [answer.get("Location") for answer in answers]


def test_the_place_where_a_form_stood_never_leads_away() -> None:
    for target in ELSEWHERE:
        answer = Client().post("/queue/next", {"page": target})
        assert answer.status_code == 302
        (asked,) = [
            part[5:] for part in urlsplit(answer["Location"]).query.split("&") if part.startswith("next=")
        ]
        assert not leads_away({"Location": asked}), target


def test_the_check_itself_sees_what_leads_away() -> None:
    away = (
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:x",
        "\t//evil.example",
        "/\t/evil.example",
    )
    assert all(leads_away({"Location": where}) for where in away)
    assert not any(
        leads_away({"Location": where}) for where in ("/", "/queue?next=//x", "queue", "http://testserver/x")
    )
