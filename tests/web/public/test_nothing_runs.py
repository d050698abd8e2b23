"""Whatever somebody writes into any field, and whatever our own people wrote into a letter, is shown and never run."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from tests.casework import case as made
from tests.web.public.case import (
    appeal_page_of,
    browser,
    decision_on_chidi,
    letter_about,
    page_of,
    plea,
    report,
)

from ostrakon.casework.models import Appeal, Decision, Notice, Role
from ostrakon.intake.models import Reporter

pytestmark = pytest.mark.django_db

PAYLOADS = [
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    '" autofocus onfocus=alert(1) x="',
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>here</a>",
    "javascript:alert(1)",
    "{{ settings.SECRET_KEY }}",
    "{% load static %}",
    "<!--<script>-->",
    "</title><script>alert(1)</script>",
    "</p></div></main><form action=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<style>*{display:none}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<script>\u2066",
    "<scr\u0000ipt>alert(1)</scr\u0000ipt>",
    "\uff1cscript\uff1ealert(1)",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "%(minutes)s %s {0} {}",
]
OURS = re.compile(r"<(?!/?(?:html|head|meta|title|link|body|a|header|main|h1|h2|p|ul|li|ol|dl|dt|dd|div|span|bdi|time"
                  r"|strong|details|summary|blockquote|form|input|textarea|select|option|button|label|fieldset|legend"
                  r"|footer|nav|wbr|small|code|abbr)\b|!DOCTYPE)")  # fmt: skip


def runs(html: str) -> list[str]:
    """What a browser would run or follow elsewhere, or a tag that no page of ours has."""
    tags = " ".join(re.findall(r"<[^>]*>", html))
    bad = r"\son\w+\s*=|<script|<img|<svg|<style|<math|http-equiv|(?:href|action|src)=[\"']?(?:javascript|data|//)"
    outside_values = re.sub(r'"[^"]*"', '""', tags)
    return re.findall(bad, outside_values, re.I) + OURS.findall(html)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_written_into_a_form_comes_back_as_text(payload: str) -> None:
    appeal = appeal_page_of(decision_on_chidi())
    fields = dict.fromkeys(
        ("account", "location", "text", "name", "email", "policy", "filed_by", "good_faith"), payload
    )
    for page in ("/report", "/appeal", appeal):
        answer = browser().post(page, {**fields, "email": payload or "x"})
        assert answer.status_code == 422, page
        assert not runs(answer.content.decode()), page


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_kept_is_shown_as_text(payload: str) -> None:
    payload = payload.replace("\0", "")
    decision = decision_on_chidi(texts={"en": payload[:200]}, facts=payload)
    made.Handle.objects.update(handle=payload)
    letters = [letter_about(decision), _another_letter(letter_about(decision, "reinstatement"), payload)]
    browser().post(appeal_page_of(decision), {"text": payload})
    Appeal.objects.update(
        reasons=payload, status="denied", decided_by=made.person("d", Role.APPEALS), decided_at=timezone.now()
    )
    for page in (*map(page_of, letters), appeal_page_of(decision)):
        answer = browser().get(page)
        assert answer.status_code == 200
        assert not runs(answer.content.decode()), page


def _another_letter(like: Notice, payload: str) -> Notice:
    """Written by a template that holds it."""
    reporter = Reporter.objects.create(platform="local", external_id="esi")
    return Notice.objects.create(
        kind="report_outcome",
        decision=like.decision,
        reporter=reporter,
        language=like.language,
        template=like.template,
        statement=dict.fromkeys(like.statement or {}, payload),
        subject=payload,
        body=payload,
        written_at=timezone.now(),
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_stands_in_an_address_comes_back_as_text(payload: str) -> None:
    for page in ("/notice/", "/appeal/", "/report/"):
        answer = browser().get(f"{page}{payload}", {"q": payload, "next": payload})
        assert answer.status_code == 404
        assert not runs(answer.content.decode())


def test_what_is_sent_is_kept_as_it_was_written() -> None:
    decision_on_chidi()
    browser().post("/appeal", plea(text=PAYLOADS[0], name=PAYLOADS[2]))
    browser().post("/report", report(text=PAYLOADS[1], location=PAYLOADS[7], account=PAYLOADS[3]))
    assert Appeal.objects.get().text == PAYLOADS[0]
    assert Decision.objects.get().account.reports.count() == 0


def test_the_check_itself_sees_what_runs() -> None:
    assert runs("<script>x</script>")
    assert runs("<p onclick=x>")
    assert runs("<video>")
    assert not runs('<a href="/report">')
