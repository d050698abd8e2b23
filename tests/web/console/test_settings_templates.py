"""Notices are worded by a safety lead, read on a made-up case first; older versions stay readable."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import Client
from tests.casework.at_once import at_once
from tests.web.console.settings import MARKUP, browser_of

from ostrakon.casework.models import NoticeTemplate, Role
from ostrakon.casework.samples import SAMPLES
from ostrakon.ledger.models import Entry
from ostrakon.web.console.settings.words import NOTICES

pytestmark = pytest.mark.django_db

PAGE = "/settings/templates/report_outcome/en"
WORDS = {
    "subject": "What came of your report",
    "body": "On {{ decided_on }}: {% if is_violation %}a violation{% else %}none{% endif %}.",
}


@pytest.fixture
def lead() -> Client:
    return browser_of(Role.SAFETY_LEAD)


def versions() -> int:
    return NoticeTemplate.objects.filter(kind="report_outcome", language="en").count()


def test_every_kind_of_notice_is_named() -> None:
    assert [*NOTICES] == [*NoticeTemplate.Kind] == [*SAMPLES]


def test_it_is_read_on_a_made_up_case_before_it_is_in_force(lead: Client) -> None:
    before = versions()
    html = lead.post(f"{PAGE}/preview", WORDS).content.decode()
    assert "On \u20682026-11-22\u2069: a violation." in html
    assert versions() == before
    answer = lead.post(f"{PAGE}/write", WORDS)
    assert answer.headers["Location"] == PAGE
    assert versions() == before + 1
    assert Entry.objects.filter(kind="template_changed").count() == 1
    assert "a violation{% else %}none{% endif %}.</textarea>" in lead.get(PAGE).content.decode()


def test_an_older_version_can_be_read_and_not_changed(lead: Client) -> None:
    old = NoticeTemplate.objects.get(kind="report_outcome", language="en")
    lead.post(f"{PAGE}/write", WORDS)
    html = lead.get(f"{PAGE}?version={old.version}").content.decode()
    assert old.subject in html
    assert "<textarea" not in html
    assert lead.get(f"{PAGE}?version=99").status_code == 404


@pytest.mark.parametrize("verb", ["preview", "write"])
@pytest.mark.parametrize(
    "body", ["It is done.", "{{ nobody_knows }} {{ is_violation }}", "{% load x %}", "{% if is_violation %}"]
)
def test_a_wording_that_cannot_be_told_keeps_its_words(lead: Client, verb: str, body: str) -> None:
    before = versions()
    answer = lead.post(f"{PAGE}/{verb}", {"subject": "My subject", "body": body})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="My subject"' in html
    assert f"{body}</textarea>" in html
    assert 'role="alert"' in html
    assert versions() == before


def test_one_can_go_back_from_the_preview_with_the_words(lead: Client) -> None:
    html = lead.post(f"{PAGE}/preview", {**WORDS, "change": "yes"}).content.decode()
    assert f'value="{WORDS["subject"]}"' in html
    assert "<textarea" in html


def test_a_preview_keeps_the_words_to_the_letter(lead: Client) -> None:
    body = "  {{ is_violation }}\r\n\r\n  indented\r\n"
    html = lead.post(f"{PAGE}/preview", {**WORDS, "body": body}).content.decode()
    assert html.count("  indented") >= 2


def test_a_new_language_begins_empty_and_right_to_left(lead: Client) -> None:
    answer = lead.get("/settings/templates/new", {"kind": "report_outcome", "language": "ur"})
    assert answer.headers["Location"] == "/settings/templates/report_outcome/ur"
    html = lead.get(answer.headers["Location"]).content.decode()
    assert 'lang="ur" dir="rtl"' in html
    reader = browser_of(Role.REVIEWER, name="alice")
    assert reader.get(answer.headers["Location"]).status_code == 404


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("/settings/templates/nothing/en", 404),
        ("/settings/templates/report_outcome/no language", 422),
        (f"/settings/templates/report_outcome/{'x' * 36}", 422),
        ("/settings/templates/new?kind=report_outcome&language=//evil.example", 422),
    ],
)
def test_what_is_no_notice_or_language_is_refused(lead: Client, page: str, status: int) -> None:
    assert lead.get(page).status_code == status


def test_whoever_only_reads_is_offered_no_form() -> None:
    html = browser_of(Role.AUDITOR, name="alice").get(PAGE).content.decode()
    assert "<textarea" not in html
    assert "is_violation" in html


def test_words_of_a_notice_do_nothing_in_the_page(lead: Client) -> None:
    said = {"subject": "<b>bold</b>", "body": "<script>alert(1)</script> {{ is_violation }}"}
    assert MARKUP.startswith("<script>alert(1)</script>")
    shown = [lead.post(f"{PAGE}/preview", said), lead.post(f"{PAGE}/write", said, follow=True)]
    shown += [lead.get("/settings/templates"), lead.get(PAGE)]
    for answer in shown:
        assert "<script>alert" not in answer.content.decode()
        assert "<b>bold" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_word_the_same_notice_at_once_both_keep_their_words() -> None:
    leads = [browser_of(Role.SAFETY_LEAD, name=name) for name in ("dina", "efua")]
    before = versions()
    answers = at_once([partial(lead.post, f"{PAGE}/write", WORDS) for lead in leads])
    assert [answer.status_code for answer in answers] == [302, 302]
    assert versions() == before + 2
