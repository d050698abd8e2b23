"""No page says anything in English to somebody who reads another language, and each says in which it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from django.test import Client
from django.utils.translation import override
from tests.casework import case as made
from tests.web.case import person, signed_in
from tests.web.catalogues import LANGUAGES, entries, path_of
from tests.web.everything import campaign, everything
from tests.web.public.case import every_page
from tests.web.shown import words_of

from ostrakon.casework.actions.set_aside import set_aside
from ostrakon.casework.models import Role

pytestmark = pytest.mark.django_db

LATIN = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,}")
NAMED_BY_US = "lists of "
"""So begins the name of the source that intake makes for a publisher."""
DIRECTIONS = {"fr": "ltr", "ar": "rtl"}


@pytest.mark.slow
def test_no_page_speaks_english_to_somebody_who_reads_another_language() -> None:
    left = [found for browser, address in everything() for found in _english_in(browser, address)]
    assert not left, "\n".join(map(str, left))


def test_no_public_page_does() -> None:
    addresses = every_page().values()
    left = [found for address in addresses for found in _english_in(Client(), address)]
    assert not left, "\n".join(map(str, left))


def _english_in(browser: Client, address: str) -> Iterator[tuple[str, str, str]]:
    """What a page says in English to those who read French or Arabic."""
    for language in LANGUAGES:
        answer = browser.get(address, headers={"Accept-Language": language})
        html = answer.content.decode()
        assert answer.status_code in (200, 403, 404), (address, answer.status_code)
        if "<html" in html:
            assert f'<html lang="{language}" dir="{DIRECTIONS[language]}">' in html, address
        for text in words_of(html):
            is_latin = language == "ar" and LATIN.search(text) and not text.startswith(NAMED_BY_US)
            if is_latin or text in _untranslated(language):
                yield (address, language, text)


@cache
def _untranslated(language: str) -> frozenset[str]:
    """Sentences that are not the same in that language."""
    return frozenset(
        re.sub(r"\s+", " ", entry.msgid)
        for entry in entries(path_of(language))
        if entry.translations[0] != entry.msgid and not entry.is_plural
    )


def test_neither_does_what_django_refuses_by_itself() -> None:
    left = list(_english_in(Client(), "/no/such/page"))
    refused = Client(enforce_csrf_checks=True).post("/accounts/login/", headers={"Accept-Language": "fr"})
    assert refused.status_code == 403
    assert "Cela n’a pas été fait" in words_of(refused.content.decode())
    assert not left, left


def test_a_row_keeps_the_pressure_in_english_and_a_page_says_it_in_the_language_of_the_reader() -> None:
    lead, on = person("lena", Role.SAFETY_LEAD), made.case(made.account(), made.policy())
    found, _ = campaign("harassment", [on])
    with override("fr"):
        set_aside(lead, found.pk, [on.pk], "parce que", made.NOW)
    on.refresh_from_db()
    assert on.pressure == "the reports of a campaign were set aside"
    html = signed_in(lead).get(f"/cases/{on.pk}", headers={"Accept-Language": "fr"}).content.decode()
    assert "les signalements d’une campagne ont été écartés" in html
    assert on.pressure not in html


def test_what_a_page_says_is_read_without_what_users_wrote() -> None:
    html = '<p title="a title">ours <bdi>theirs</bdi><img alt="a picture"><b>bold</b></p><q lang="fr">dit</q>'
    assert words_of(html) == ["a title", "ours", "a picture", "bold"]
