"""The figures on a page: with their charts and tables, and honest where there is too little."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.casework.case import account, case, decision_in_force, policy
from tests.web.case import person, signed_in

from ostrakon.casework.models import Person, Role
from ostrakon.impact.models import MeasuredAgreement

pytestmark = pytest.mark.django_db
XSS = '<script>alert("x")</script>'


def shown(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:500]
    return str(answer.content.decode())


def some_work(count: int = 6) -> None:
    now, bram, dora = timezone.now(), person("bram", Role.REVIEWER), person("dora", Role.APPROVER)
    under = policy(f"harassment {XSS}")
    for number in range(count):
        of = account(f"a {number}", language="fr")
        of.language = "fr"
        of.save()
        decided = case(of, under, status="decided")
        decision_in_force(
            decided, bram, dora, proposed_at=now, in_force_at=now, selection="audit", propensity=0.5
        )
    case(account("b"), under, opened_at=now - timedelta(hours=50), due_at=now - timedelta(hours=2))


def test_without_data_every_figure_says_so(alice: Person) -> None:
    html = shown(signed_in(alice).get("/figures"))
    assert "Nothing waits." in html
    assert html.count("not enough data: 0 of the 5 that are needed") >= 5
    assert "&lt; 1" not in html, "nothing is not a share"


def test_figures_stand_in_tables_with_charts_that_have_a_name_and_a_description(alice: Person) -> None:
    some_work()
    html = shown(signed_in(alice).get("/figures?days=7"))
    assert "0 of 6" in html  # reversed
    assert "6 of 6" in html  # violations among random draws
    assert "French" in html
    assert "2 days, 2 hours" in html.replace("\xa0", " ")
    assert html.count("<svg") == html.count("<title>") - 1 == html.count("<desc>")
    assert html.count("<table") - 1 == html.count("<caption>") - 1 >= 7  # and the one of the keys
    assert 'value="7" selected' in html


def test_names_are_inert_and_nothing_is_inline(alice: Person) -> None:
    some_work()
    html = shown(signed_in(alice).get("/figures"))
    assert XSS not in html
    assert "&lt;script&gt;" in html
    assert " style=" not in html


def test_agreement_is_shown_as_it_was_measured(alice: Person) -> None:
    MeasuredAgreement.objects.create(
        at=timezone.now(), cases=40, share=0.9, share_low=0.8, share_high=0.95,
        alpha=0.61, alpha_low=0.4, alpha_high=0.8,
    )  # fmt: skip
    html = shown(signed_in(alice).get("/figures"))
    assert "0.61" in html
    assert "on 40 cases" in html


@pytest.mark.parametrize("asked", ["", "0", "8", "-7", "x", "9" * 30])
def test_a_period_that_is_not_offered_is_the_usual_one(alice: Person, asked: str) -> None:
    assert 'value="90" selected' in shown(signed_in(alice).get("/figures", {"days": asked}))


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_page_is_there_in_every_language(alice: Person, language: str) -> None:
    some_work()
    answer = signed_in(alice).get("/figures", headers={"Accept-Language": language})
    assert f'lang="{language}"' in shown(answer)


def test_who_may_not_read_cases_sees_no_figures() -> None:
    assert signed_in(person("admin", Role.ADMINISTRATOR)).get("/figures").status_code == 403
    assert signed_in().get("/figures").status_code == 302
