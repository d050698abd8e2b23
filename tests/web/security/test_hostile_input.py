"""Whatever is sent, in whatever shape, is answered with what is wrong: no address breaks, and nothing half is kept."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from tests.web.case import signed_in
from tests.web.security.table import TABLE, form_of
from tests.web.security.world import House

from ostrakon.web.models import RateLimit

pytestmark = pytest.mark.django_db

HOSTILE = {
    "NUL": b"a\x00b",
    "half a character": b"a\xed\xa0\x80b",
    "no UTF-8": b"a\xff\xfe\xc0\xafb",
    "no character": "a\uffff\ufffe\U0010ffffb".encode(),
    "many digits": b"9" * 5000,
    "larger than any row": b"9223372036854775808",
    "below nothing": b"-1",
    "no number": "\u0663\u00b2\u2460".encode(),
    "infinite": b"NaN",
    "long": b"x" * 60_000,
    "blank": b" \t ",
    "other directions": "\u202e\u2066\u061c".encode(),
    "a list": b"['a', {'b': 1}]",
    "before all time": b"0001-01-01T00:00",
}
ALWAYS = "NUL"
"""Tried in every run; the others in the slow one."""
EACH = [pytest.param(what, marks=[] if what == ALWAYS else [pytest.mark.slow]) for what in HOSTILE]
ENCODINGS = (
    "unicode_escape",
    "raw_unicode_escape",
    "utf-7",
    "utf-16",
    "zlib",
    "base64",
    "idna",
    "undefined",
    "rot13",
    "nosuch",
    "latin-1",
)
QUERIES = (
    "q",
    "after",
    "status",
    "lane",
    "policy",
    "pressure",
    "hand",
    "head",
    "case",
    "done",
    "state",
    "list",
    "campaign",
    "version",
    "subject",
    "kind",
    "days",
    "next",
    "page",
    "language",
)


@pytest.mark.parametrize("what", EACH)
def test_no_field_of_any_form_breaks_the_page(what: str, house: House, pages: dict[str, str]) -> None:
    browser, broken = signed_in(house.lead), {}
    for name, row in TABLE.items():
        for field in row.form:
            RateLimit.objects.all().delete()
            fields = {key: value.encode() for key, value in form_of(name, house).items()} | {
                field: HOSTILE[what]
            }
            body = b"&".join(key.encode() + b"=" + quote(value).encode() for key, value in fields.items())
            with transaction.atomic():
                answer = browser.generic(
                    "POST", pages[name], body, content_type="application/x-www-form-urlencoded"
                )
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                broken[f"{name} {field}"] = answer.status_code
    assert broken == {}


@pytest.mark.slow
@pytest.mark.parametrize("what", HOSTILE)
def test_no_question_behind_an_address_breaks_the_page(
    what: str, house: House, pages: dict[str, str]
) -> None:
    browser, broken = signed_in(house.lead), {}
    value = quote(HOSTILE[what][:4000])
    for name, page in pages.items():
        for query in QUERIES if TABLE[name].get is not None else ():
            with transaction.atomic():
                answer = browser.get(f"{page}?{query}={value}")
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                broken[f"{name} {query}"] = answer.status_code
    assert broken == {}


@pytest.mark.parametrize("what", EACH)
def test_no_word_in_an_address_breaks_the_page(what: str, house: House) -> None:
    browser, word = signed_in(house.lead), quote(HOSTILE[what][:2000], safe="")
    for page in (
        "/guest/{}",
        "/notice/{}",
        "/appeal/{}",
        "/report/{}",
        "/settings/templates/{}/en",
        "/cases/{}",
        "/lists/{}",
        "/settings/templates/report_outcome/{}",
        "/settings/retention/{}",
        "/static/{}",
        "/accounts/{}",
        "/{}",
    ):
        for ask in (browser.get, browser.post):
            with transaction.atomic():
                assert ask(page.format(word)).status_code < 500, page
                transaction.set_rollback(True)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_forms_are_read_in_utf_8_and_in_nothing_else(encoding: str) -> None:
    fields = {
        "account": r"\ud800 a",
        "text": r"\ud800 \x00 b",
        "location": "x",
        "good_faith": "on",
        "login": "x",
        "next": "/",
    }
    parts = (
        f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    )
    body = f"{''.join(parts)}--x--\r\n".encode()
    browser = Client(raise_request_exception=False)
    for page in (
        "/report",
        "/appeal",
        "/accounts/login/",
        "/language",
        "/queue/filters",
        "/api/v1/public/reports",
    ):
        for kind in (
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
            "application/json",
            "text/plain",
        ):
            answer = browser.generic("POST", page, body, content_type=f"{kind}; charset={encoding}")
            assert answer.status_code < 500, (page, kind)
            assert answer.status_code == 400 or encoding == "nosuch", (page, kind)


@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "a", ""],
)
def test_a_body_that_is_not_what_it_says_is_refused(kind: str) -> None:
    browser = Client(raise_request_exception=False)
    for page in ("/report", "/appeal", "/accounts/login/", "/language"):
        for body in (
            b"",
            b"--x\r\n",
            b"--x\r\nContent-Disposition: form-data\r\n\r\n",
            b"\x00\xff" * 500,
            b"a=1&" * 5000,
        ):
            assert browser.generic("POST", page, body, content_type=kind).status_code < 500, (page, kind)


def test_a_form_with_many_or_large_fields_is_refused() -> None:
    browser = Client(raise_request_exception=False)
    many, large = {f"f{number}": "x" for number in range(1500)}, {"text": "x" * (33 * 1024 * 1024)}
    for page in ("/report", "/appeal", "/accounts/login/", "/language"):
        assert browser.post(page, many).status_code in (400, 413), page
    assert browser.post("/report", large).status_code == 413
    assert browser.generic(
        "POST",
        "/language",
        b"x=" + b"y" * (33 * 1024 * 1024),
        content_type="application/x-www-form-urlencoded",
    ).status_code in (400, 413)
