"""What holds for every public page: three languages, no script, nothing kept, nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.web.public.case import browser, decision_on_chidi, every_page, letter_about, page_of

pytestmark = pytest.mark.django_db
KINDS = ["about", "notice", "appeal", "on behalf", "received", "report", "status", "refused"]


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_every_page_speaks_the_readers_language_and_turns_round_for_it(language: str, direction: str) -> None:
    for kind, address in every_page().items():
        answer = browser().get(address, headers={"Accept-Language": language})
        html = answer.content.decode()
        assert answer.status_code == (404 if kind == "refused" else 200), (kind, html)
        assert f'<html lang="{language}" dir="{direction}">' in html, kind
        assert len(re.findall(r"<h1\b", html)) == 1, kind
        assert re.search(r"<title>[^<]{5,}</title>", html), kind


def test_no_page_holds_a_script_or_anything_from_elsewhere() -> None:
    for kind, address in every_page().items():
        html = browser().get(address).content.decode()
        assert "<script" not in html, kind
        assert not re.findall(r"<style|\son\w+=|style=|javascript:|<iframe|<img", html), kind
        own = r"""(?:src|action)=["'](?:https?:)?//"""
        assert not re.findall(own, html), kind
        assert all("127.0.0.1" in link for link in re.findall(r'href="(https?:[^"]*)"', html)), kind


def test_no_page_is_kept_found_or_told_to_others() -> None:
    for kind, address in every_page().items():
        if kind == "home":
            continue
        answer = browser().get(address)
        assert answer["Cache-Control"] == "no-store", kind
        assert "noindex" in answer["X-Robots-Tag"], kind
        assert answer["Referrer-Policy"] == "same-origin", kind
        assert answer["X-Frame-Options"] == "DENY", kind
        assert "default-src 'self'" in answer["Content-Security-Policy"], kind


def test_reading_leaves_no_cookie_but_the_one_that_protects_forms() -> None:
    visitor = Client()
    for address in every_page().values():
        visitor.get(address)
    assert set(visitor.cookies) <= {"csrftoken"}


def test_a_letter_stays_in_its_language_within_a_page_of_another() -> None:
    page = page_of(letter_about(decision_on_chidi("ar")))
    html = browser().get(page, headers={"Accept-Language": "fr"}).content.decode()
    assert '<html lang="fr" dir="ltr">' in html
    assert re.search(r'<h1 lang="ar" dir="rtl">[^<]*[\u0600-\u06ff]', html)
    assert '<div class="letter" lang="ar" dir="rtl">' in html


def test_the_language_is_switched_without_a_script_and_the_page_stays() -> None:
    visitor = Client(enforce_csrf_checks=True)
    html = visitor.get("/report").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "next": "/report", "language": "ar"}
    answer = visitor.post("/language", form)
    assert (answer.status_code, answer["Location"]) == (302, "/report")
    assert '<html lang="ar" dir="rtl">' in visitor.get("/report").content.decode()


@pytest.mark.parametrize("address", ["/appeal", "/report"])
def test_every_field_has_its_label_and_its_problem_beside_it(address: str) -> None:
    html = browser().post(address, {"email": "no address"}).content.decode()
    for field in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
        if 'type="hidden"' in field:
            continue
        assert (name := re.search(r'\sid="([^"]+)"', field)), field
        assert f'for="{name[1]}"' in html or re.search(rf"<label>[^<]*{re.escape(field)}", html), field
    assert re.search(r'<input type="email"[^>]*aria-describedby="[^"]*id_email_error"', html)
    assert 'id="id_email_error"' in html


def test_what_a_program_may_not_do_here_it_is_told() -> None:
    assert browser().put("/report").status_code == 405
    assert browser().post("/about-reports-and-appeals").status_code == 405


def test_the_first_page_and_the_sign_in_lead_a_stranger_further() -> None:
    for page, leads_to in (
        ("/", ["/report", "/appeal", "/about-reports-and-appeals", "/accounts/login/"]),
        ("/accounts/login/", ["/about-reports-and-appeals"]),
        ("/about-reports-and-appeals", ["/report", "/appeal"]),
    ):
        html = browser().get(page).content.decode()
        assert all(f'href="{address}"' in html for address in leads_to), page
