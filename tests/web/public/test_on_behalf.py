"""Appealing for somebody else: whatever is named, the answer is the same and takes as long."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.casework import case as made
from tests.web.public.case import browser, decision_on_chidi, plea

from ostrakon.casework.models import Appeal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "account", ["chidi", "@chidi.example", "CHIDI.example", "nobody", "esi", "\u202e", "'"]
)
def test_everybody_is_thanked_alike(account: str) -> None:
    decision_on_chidi()
    made.account("esi")
    answer = browser().post("/appeal", plea(account=account))
    assert (answer.status_code, answer["Location"], answer.content) == (302, "/appeal/received", b"")
    assert Appeal.objects.count() == (1 if "chidi" in account.lower() else 0)


def test_what_cannot_be_appealed_is_answered_alike_too() -> None:
    decision_on_chidi(in_force_at=timezone.now() - timedelta(days=400))
    assert browser().post("/appeal", plea())["Location"] == "/appeal/received"
    assert not Appeal.objects.exists()


def test_it_takes_as_long_whatever_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("ostrakon.web.anonymous.ALWAYS_S", 30.0)
    monkeypatch.setattr("ostrakon.web.anonymous.time.sleep", waited.append)
    browser().post("/appeal", plea())
    decision_on_chidi()
    browser().post("/appeal", plea())
    assert len(waited) == 2
    assert all(20 < seconds < 30 for seconds in waited)


@pytest.mark.parametrize(
    "wrong", [{"text": "  "}, {"filed_by": "user"}, {"email": "x"}, {"name": "n" * 201}, {"account": "\0"}]
)
def test_a_form_filled_in_wrongly_is_answered_before_anybody_looks(wrong: dict[str, str]) -> None:
    written = {"name": "Esi Mensah", "email": "esi@example.org", **wrong}
    pages = set()
    for account in ("chidi", "nobody"):
        answer = browser().post("/appeal", {**plea(account=account), **written})
        assert answer.status_code == 422
        html = answer.content.decode()
        for value in written.values():
            assert not value.strip(" \0") or value in html or value == "user"
        pages.add(re.sub(r'value="[^"]*"', "", html))
        decision_on_chidi() if account == "chidi" else None
    assert len(pages) == 1
    assert not Appeal.objects.exists()


def test_who_asks_is_kept_with_the_appeal() -> None:
    decision_on_chidi()
    browser().post("/appeal", plea(filed_by="lawyer", name="Esi Mensah", email="esi@example.org"))
    appeal = Appeal.objects.get()
    assert (appeal.filed_by, appeal.name, appeal.email) == ("lawyer", "Esi Mensah", "esi@example.org")


def test_a_request_from_another_site_is_not_heard_and_not_lost() -> None:
    decision_on_chidi()
    answer = browser(enforce_csrf_checks=True).post("/appeal", plea())
    assert answer.status_code == 403
    assert "They only quoted it.</textarea>" in answer.content.decode()
    assert not Appeal.objects.exists()


def test_pages_and_api_count_together() -> None:
    for _ in range(20):
        browser().post("/appeal", plea())
    assert browser().post("/appeal", plea()).status_code == 429
    told = browser().post("/api/v1/public/appeals", plea(), content_type="application/json")
    assert told.status_code == 429
