"""Reporting without an account (DSA, Article 16), and seeing what came of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from tests.casework import case as made
from tests.web.public.case import browser, decision_on_chidi, every_page, receipt_page, report, said_in

from ostrakon.casework.models import Policy
from ostrakon.intake.models import Account, Report, Reporter
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db


def test_a_report_is_kept_as_it_was_written_and_leads_to_its_receipt() -> None:
    made.policy(en="Harassment")
    written = report(policy="harassment", name="Esi Mensah", email="Esi@example.org")
    answer = browser().post("/report", written, headers={"Accept-Language": "fr"})
    assert answer.status_code == 302
    assert said_in(Report.objects.get()) == {
        "account": "chidi",
        "location": "https://example.org/1",
        "text": "a threat",
        "policy": "harassment",
        "name": "Esi Mensah",
        "email": "Esi@example.org",
        "language": "fr",
    }
    html = browser().get(answer["Location"]).content.decode()
    assert "Nobody has decided yet." in html
    assert f"{answer['Location']}</a>" in html


def test_nobody_must_say_who_they_are() -> None:
    assert browser().post("/report", report()).status_code == 302
    assert said_in(Report.objects.get())["name"] == ""


def test_a_name_comes_with_an_address() -> None:
    answer = browser().post("/report", report(name="Esi Mensah"))
    assert answer.status_code == 422
    assert "Esi Mensah" in answer.content.decode()
    told = browser().post(
        "/api/v1/public/reports",
        {**report(name="Esi Mensah"), "good_faith": True},
        content_type="application/json",
    )
    assert told.status_code == 422
    assert not Report.objects.exists()


def test_the_api_takes_a_name_too() -> None:
    told = {**report(name="Esi Mensah", email="esi@example.org"), "good_faith": True}
    answer = browser().post("/api/v1/public/reports", told, content_type="application/json")
    assert answer.status_code == 201
    assert Reporter.objects.get().name == "Esi Mensah"


def test_the_record_holds_neither_name_nor_words() -> None:
    browser().post("/report", report(name="Esi Mensah", email="esi@example.org"))
    bodies = "".join(Entry.objects.values_list("body", flat=True))
    assert bodies
    assert not any(word in bodies for word in ("Esi", "esi@", "threat", "chidi"))


def test_the_same_words_again_are_the_same_report_for_a_day() -> None:
    first, second = (browser().post("/report", report())["Location"] for _ in range(2))
    assert first == second
    assert Report.objects.count() == 1
    assert browser().post("/report", report(text="another threat"))["Location"] != first
    assert browser(REMOTE_ADDR="198.51.100.7").post("/report", report())["Location"] != first
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert browser().post("/report", report())["Location"] != first


@pytest.mark.parametrize(
    "wrong",
    [
        {"good_faith": ""},
        {"location": " "},
        {"account": ""},
        {"text": "\0"},
        {"email": "esi"},
        {"policy": "nothing we know"},
        {"location": "l" * 2001},
        {"text": "t" * 100_000},
    ],
)
def test_what_is_not_whole_comes_back_with_all_that_was_written(wrong: dict[str, Any]) -> None:
    written = {**report(name="Esi Mensah", email="esi@example.org"), **wrong}
    answer = browser().post("/report", written)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert not Account.objects.exists()
    for value in (written["account"], written["location"].strip(), written["name"], written["email"]):
        assert value in html
    assert written["text"].strip("\0") in html


def test_the_rules_are_offered_in_the_readers_language_while_they_hold() -> None:
    made.policy(en="Harassment", fr="Harcèlement")
    made.policy("spam", en="Spam")
    now = timezone.now()
    Policy.objects.filter(code="spam").update(retired_at=now - timedelta(days=1))
    html = browser().get("/report", headers={"Accept-Language": "fr"}).content.decode()
    assert '<option value="harassment">Harcèlement</option>' in html
    assert "Spam" not in html
    assert 'value="unspecified"' not in html


def test_a_report_from_another_site_is_not_taken_and_not_lost() -> None:
    answer = browser(enforce_csrf_checks=True).post("/report", report())
    assert answer.status_code == 403
    assert "a threat</textarea>" in answer.content.decode()
    assert not Report.objects.exists()


def test_who_reports_too_often_waits_and_loses_nothing() -> None:
    for n in range(30):
        browser().post("/report", report(text=f"threat {n}"))
    answer = browser().post("/report", report(text="one more threat"))
    assert answer.status_code == 429
    assert "one more threat</textarea>" in answer.content.decode()
    assert Report.objects.count() == 30


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "We found that a rule or a law was broken."),
        ({"outcome": "rejected", "action": "none"}, "no rule and no law was broken"),
        ({"status": "reversed", "ended_at": timezone.now()}, "no rule and no law was broken"),
    ],
)
def test_the_receipt_shows_what_came_of_it(fields: dict[str, Any], said: str) -> None:
    decision = decision_on_chidi(**fields)
    before = receipt_page("chidi", received_at=decision.in_force_at - timedelta(hours=1))
    after = receipt_page("chidi", received_at=decision.in_force_at + timedelta(hours=1))
    assert said in browser().get(before).content.decode()
    assert "Nobody has decided yet." in browser().get(after).content.decode()


def test_whoever_waits_too_long_is_told_so() -> None:
    page = receipt_page(received_at=timezone.now() - timedelta(days=30))
    assert "We are late" in browser().get(page).content.decode()


def test_the_receipt_says_nothing_of_other_reports() -> None:
    page = receipt_page("chidi", under="unspecified")
    before = _without_tokens(browser().get(page).content.decode())
    chidi = Account.objects.get()
    for n in range(5):
        made.report(chidi, f"crowd {n}", "unspecified")
    made.case(chidi, Policy.objects.get(code="unspecified"), due_at=timezone.now() - timedelta(days=1))
    assert _without_tokens(browser().get(page).content.decode()) == before


def _without_tokens(html: str) -> str:
    return re.sub(r'value="[^"]*"', "", html)


@pytest.mark.parametrize("forged", ["1", "1.forged", "%00", "x" * 500, "..", "a/b"])
def test_a_forged_receipt_leads_nowhere(forged: str) -> None:
    assert browser().get(f"/report/{forged}").status_code == 404


def test_a_link_of_one_kind_opens_nothing_of_another() -> None:
    pages = every_page()
    for kind in ("notice", "appeal", "status"):
        signed = pages[kind].rpartition("/")[2]
        for other in {"notice", "appeal", "report"} - {"report" if kind == "status" else kind}:
            assert browser().get(f"/{other}/{signed}").status_code == 404, (kind, other)
