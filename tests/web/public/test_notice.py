"""The page of a notice says what the law asks, and leads to the appeal."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.public.case import browser, decision_on_chidi, letter_about, page_of

from ostrakon.casework.links import notice_link
from ostrakon.casework.models import Appeal, Decision, Notice, NoticeTemplate
from ostrakon.intake.models import Reporter

pytestmark = pytest.mark.django_db
Kind = NoticeTemplate.Kind


def test_it_says_what_was_decided_why_and_how() -> None:
    html = browser().get(page_of(letter_about(decision_on_chidi()))).content.decode()
    for said in (
        "Your account is suspended.",
        "The account sent forty threats to one person.",
        "Harassment: do not.",
        "It was reported to us.",
        "A computer program put what we had to look at in its order.",
        "A person did, and a second person agreed.",
        "out-of-court dispute settlement body",
    ):
        assert said in html, said


def test_the_link_of_a_letter_leads_to_an_appeal_that_is_found() -> None:
    decision = decision_on_chidi()
    visitor = Client(enforce_csrf_checks=True)
    html = visitor.get(page_of(letter_about(decision))).content.decode()
    link = re.search(r'class="button" href="https?://[^/]+(/appeal/[^"]+)"', html)
    assert link
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', visitor.get(link[1]).content.decode())
    assert token
    answer = visitor.post(link[1], {"csrfmiddlewaretoken": token[1], "text": "It was\r\na quotation."})
    assert (answer.status_code, answer["Location"]) == (302, link[1])
    appeal = Appeal.objects.get()
    assert (appeal.decision, appeal.filed_by, appeal.text) == (decision, "user", "It was\na quotation.")
    assert "We have your appeal." in visitor.get(link[1]).content.decode()


@pytest.mark.parametrize(
    ("kind", "said"),
    [(Kind.REINSTATEMENT, "You need not do anything."), (Kind.APPEAL_DENIED, "The decision stands.")],
)
def test_every_other_letter_says_what_happens_next(kind: str, said: str) -> None:
    html = browser().get(page_of(letter_about(decision_on_chidi(), kind))).content.decode()
    assert said in html
    assert "What happens next" in html


def test_a_decision_that_was_reversed_since_says_so() -> None:
    decision = decision_on_chidi()
    page = page_of(letter_about(decision))
    assert "reversed" not in browser().get(page).content.decode()
    now = timezone.now()
    Decision.objects.filter(pk=decision.pk).update(status="reversed", ended_at=now, reversed_at=now)
    assert "We have reversed this decision." in browser().get(page).content.decode()


def test_a_reporters_letter_says_the_outcome_and_nothing_of_the_account() -> None:
    decision = decision_on_chidi(status="reversed", ended_at=timezone.now())
    template = NoticeTemplate.objects.filter(kind="report_outcome", language="en").latest("version")
    letter = Notice.objects.create(
        kind="report_outcome",
        decision=decision,
        reporter=Reporter.objects.create(platform="local", external_id="esi"),
        language="en",
        template=template,
        statement={"is_violation": True},
        subject="Your report",
        body="We found a violation.",
        written_at=timezone.now(),
    )
    html = browser().get(page_of(letter)).content.decode()
    assert "We found a violation." in html
    assert "reversed" not in html
    assert "/appeal/" not in html
    assert "chidi" not in html


def test_a_letter_that_was_erased_says_so() -> None:
    letter = letter_about(decision_on_chidi())
    Notice.objects.filter(pk=letter.pk).update(subject=None, body=None, statement=None)
    html = browser().get(page_of(letter)).content.decode()
    assert "This letter was erased" in html


def test_a_link_that_leads_nowhere_says_nothing_more() -> None:
    letter = letter_about(decision_on_chidi())
    ran_out = notice_link(letter, timezone.now() - timedelta(days=200)).rpartition("/")[2]
    never_was = notice_link(Notice(pk=letter.pk + 1), timezone.now()).rpartition("/")[2]
    appeal = str((letter.statement or {})["appeal_link"]).rpartition("/")[2]
    pages = set()
    for signed in (
        ran_out,
        never_was,
        appeal,
        "forged",
        "1.2.x",
        "%00",
        "a/b/c",
        "x" * 3000,
        "..",
        "\u0661.1.x",
    ):
        answer = browser().get(f"/notice/{signed}")
        assert answer.status_code == 404, signed
        pages.add(re.sub(r'value="[^"]*"', "", answer.content.decode()))
    assert len(pages) == 1
