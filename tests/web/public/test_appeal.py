"""Appealing with the link of a letter: what was asked is shown, what was written is never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.casework import case as made
from tests.web.public.case import appeal_page_of, browser, decision_on_chidi

from ostrakon.casework.models import Appeal, Decision, Notice, Role
from ostrakon.web.models import RateLimit

pytestmark = pytest.mark.django_db


def test_the_same_words_again_are_the_same_appeal() -> None:
    page = appeal_page_of(decision_on_chidi())
    for _ in range(2):
        assert browser().post(page, {"text": "It was a quotation."}).status_code == 302
    assert Appeal.objects.count() == 1


def test_other_words_while_one_waits_are_refused_and_shown_again() -> None:
    page = appeal_page_of(decision_on_chidi())
    browser().post(page, {"text": "It was a quotation."})
    answer = browser().post(page, {"text": "And it was years ago."})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "And it was years ago.</textarea>" in html
    assert "You asked already." in html
    assert "Your appeal</h2>" not in browser().get(page).content.decode()


def test_an_answer_stands_where_the_question_was_asked() -> None:
    decision = decision_on_chidi()
    page = appeal_page_of(decision)
    browser().post(page, {"text": "It was a quotation.", "email": "chidi@example.org"})
    appeal = Appeal.objects.get()
    Appeal.objects.filter(pk=appeal.pk).update(
        status="denied",
        decided_by=made.person("dora", Role.APPEALS),
        decided_at=timezone.now(),
        reasons="No quotation marks.",
    )
    html = browser().get(page).content.decode()
    for said in ("The decision stands.", "No quotation marks.", "It was a quotation."):
        assert said in html, said
    assert (appeal.email, appeal.language) == ("chidi@example.org", "en")
    assert "Your appeal</h2>" in html, "one may ask again"


def test_what_others_asked_for_somebody_is_not_shown_to_them() -> None:
    decision = decision_on_chidi()
    now = timezone.now()
    Appeal.objects.create(decision=decision, filed_by="friend", text="a friend", filed_at=now, due_at=now)
    assert "a friend" not in browser().get(appeal_page_of(decision)).content.decode()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"in_force_at": timezone.now() - timedelta(days=195)}, "The time to appeal to us is over."),
        ({"status": "reversed", "ended_at": timezone.now()}, "does not stand any more"),
    ],
)
def test_what_cannot_be_appealed_says_why_and_shows_no_form(fields: dict[str, Any], why: str) -> None:
    page = appeal_page_of(decision_on_chidi(**fields))
    html = browser().get(page).content.decode()
    assert why in html
    assert "<textarea" not in html
    assert browser().post(page, {"text": "But still."}).status_code == 409
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"text": "", "email": "chidi@example.org"}, "chidi@example.org"),
        ({"text": "my words", "email": "no address"}, "my words"),
        ({"text": "w" * 10_001}, "w" * 10_001),
        ({"text": "\x00 my words"}, "my words"),
        ({"text": " \x1c ", "email": "chidi@example.org"}, "chidi@example.org"),
        ({"text": "w" * 100_000}, "w" * 100_000),
    ],
)
def test_a_refused_appeal_comes_back_with_all_that_was_written(fields: dict[str, str], shown: str) -> None:
    answer = browser().post(appeal_page_of(decision_on_chidi()), fields)
    assert answer.status_code == 422
    assert shown in answer.content.decode()
    assert not Appeal.objects.exists()


def test_a_text_of_the_longest_kind_fits_whatever_it_is_written_in() -> None:
    page = appeal_page_of(decision_on_chidi())
    text = "\r\n".join(["\U0001f54a" * 4999, "م" * 5000])
    assert browser().post(page, {"text": text}).status_code == 302
    assert Appeal.objects.get().text == text.replace("\r\n", "\n")


def test_half_a_character_is_kept_as_a_sign_that_something_was_there() -> None:
    page = appeal_page_of(decision_on_chidi())
    body = b"text=half%ED%A0%80a+character"
    answer = browser().generic("POST", page, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert "\ufffd" in str(Appeal.objects.get().text)


def test_what_is_larger_than_any_form_is_not_read() -> None:
    page = appeal_page_of(decision_on_chidi())
    answer = browser().post(page, {"text": "w" * 300_000})
    assert answer.status_code == 413
    assert "too long" in answer.content.decode()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        ("&".join(f"a{n}=1" for n in range(1500)).encode(), "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", "text/plain"),
    ],
)
def test_what_is_no_form_is_refused_politely(body: bytes, kind: str) -> None:
    answer = browser().generic("POST", appeal_page_of(decision_on_chidi()), body, content_type=kind)
    assert answer.status_code in {400, 422}
    assert "<h1>" in answer.content.decode()


def test_an_appeal_from_another_site_is_not_filed_and_not_lost() -> None:
    page = appeal_page_of(decision_on_chidi())
    answer = browser(enforce_csrf_checks=True).post(page, {"text": "from elsewhere"})
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "from elsewhere</textarea>" in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert not Appeal.objects.exists()


def test_who_asks_too_often_waits_and_loses_nothing() -> None:
    page = appeal_page_of(decision_on_chidi())
    for _ in range(20):
        browser().post(page, {"text": ""})
    answer = browser().post(page, {"text": "all my words"})
    html = answer.content.decode()
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "all my words</textarea>" in html
    assert "60 minutes" in html
    RateLimit.objects.update(resets_at=timezone.now())
    assert browser().post(page, {"text": "all my words"}).status_code == 302


def test_who_reads_too_often_waits() -> None:
    page = appeal_page_of(decision_on_chidi())
    assert browser().get(page).status_code == 200
    RateLimit.objects.update(count=120)
    answer = browser().get(page)
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert "Please wait a little" in answer.content.decode()


def test_whoever_appeals_hears_that_it_arrived() -> None:
    decision = decision_on_chidi("fr")
    browser().post(appeal_page_of(decision), {"text": "C’était une citation."})
    assert Notice.objects.get(kind="appeal_received").language == "fr"
    assert Decision.objects.get().status == "in_force"
