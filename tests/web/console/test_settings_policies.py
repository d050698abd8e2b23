"""Policies are written in versions and languages by a safety lead; a plan begins when it says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.casework import case as made
from tests.web.console.settings import MARKUP, browser_of

from ostrakon.casework.actions.policies import Terms, Wording, revise
from ostrakon.casework.models import Policy, PolicyText, Role
from ostrakon.casework.rules_in_force import titles_in_force
from ostrakon.errors import Unfit
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db

TERMS = {
    "severity": "0.7",
    "deadline_hours": "48",
    "priority_deadline_hours": "12",
    "appeal_deadline_hours": "168",
    "strike_days": "90",
    "ground": "law",
}


@pytest.fixture
def lead() -> Client:
    return browser_of(Role.SAFETY_LEAD)


def words(*of: tuple[str, str, str]) -> dict[str, Any]:
    """The forms of these languages, titles and texts."""
    said: dict[str, Any] = {"form-TOTAL_FORMS": len(of), "form-INITIAL_FORMS": 0}
    for number, (language, title, text) in enumerate(of):
        said |= {
            f"form-{number}-{name}": word
            for name, word in (("language", language), ("title", title), ("text", text))
        }
    return said


def spam(**changed: Any) -> dict[str, Any]:
    two = words(("en", "Spam", "Do not sell."), ("ar", "رسائل مزعجة", "لا تبع."), ("fr", "", ""))
    return {**TERMS, "code": "spam-2", **two, **changed}


def test_a_policy_is_added_in_its_languages(lead: Client) -> None:
    answer = lead.post("/settings/policies/new", spam())
    policy = Policy.objects.get(code="spam-2")
    assert answer.headers["Location"] == f"/settings/policies/{policy.pk}"
    assert (policy.severity, policy.deadline_hours, policy.is_illegal) == (0.7, 48, True)
    texts = PolicyText.objects.filter(version__policy=policy)
    assert {text.language for text in texts} == {"en", "ar"}
    assert Entry.objects.filter(kind="policy_changed", subject=f"policy:{policy.pk}").count() == 1
    shown = lead.get(f"/settings/policies/{policy.pk}").content.decode()
    assert 'lang="ar" dir="rtl">لا تبع.' in shown


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"severity": "2"}, 422),
        ({"code": "harassment"}, 409),
        ({"form-1-title": ""}, 422),
        ({"form-1-language": "no language"}, 422),
        ({"form-1-language": "EN"}, 422),
    ],
)
def test_a_refused_policy_keeps_its_words(lead: Client, wrong: dict[str, str], status: int) -> None:
    made.policy()
    answer = lead.post("/settings/policies/new", spam(**wrong))
    html = answer.content.decode()
    assert answer.status_code == status
    assert 'role="alert"' in html
    assert "Do not sell.</textarea>" in html
    assert "لا تبع.</textarea>" in html
    assert not Policy.objects.filter(code="spam-2").exists()


def test_a_version_that_is_planned_begins_when_it_says(lead: Client) -> None:
    policy, now = made.policy(en="Old words"), timezone.now()
    begins = (now + timedelta(days=7)).replace(second=0, microsecond=0)
    page = f"/settings/policies/{policy.pk}"
    form = lead.get(f"{page}/revise").content.decode()
    assert 'value="Old words"' in form
    said = {**TERMS, **words(("en", "New words", "Do not.")), "valid_from": f"{begins:%Y-%m-%dT%H:%M}"}
    assert lead.post(f"{page}/revise", said).headers["Location"] == page
    shown = lead.get(page).content.decode()
    assert "planned" in shown
    assert "Old words" in shown
    assert "New words" in lead.get(f"{page}?version=2").content.decode()
    assert titles_in_force("en", now) == [("harassment", "Old words")]
    assert titles_in_force("en", begins) == [("harassment", "New words")]
    assert '"valid_from":"' in Entry.objects.get(kind="policy_changed").body


def test_a_version_never_begins_in_the_past(lead: Client) -> None:
    policy = made.policy()
    said = {**TERMS, **words(("en", "New words", "Do not.")), "valid_from": "2026-01-01T00:00"}
    answer = lead.post(f"/settings/policies/{policy.pk}/revise", said)
    assert answer.status_code == 422
    assert 'value="New words"' in answer.content.decode()
    assert policy.versions.count() == 1


def test_the_verb_itself_refuses_the_past() -> None:
    dina, policy = made.person("dina", Role.SAFETY_LEAD), made.policy()
    wordings, yesterday = [Wording("en", "Words", "Do not.")], made.NOW - timedelta(days=1)
    with pytest.raises(Unfit, match="begins now or later"):
        revise(dina, policy.pk, Terms(0.5), wordings, made.NOW, valid_from=yesterday)


def test_a_plan_is_replaced_by_a_version_written_after_it() -> None:
    dina, policy = made.person("dina", Role.SAFETY_LEAD), made.policy(en="First")
    for title, days in (("Second", 30), ("Third", 0)):
        begins = made.NOW + timedelta(days=days)
        revise(dina, policy.pk, Terms(0.5), [Wording("en", title, "Do not.")], made.NOW, valid_from=begins)
    for days in (0, 31):
        assert titles_in_force("en", made.NOW + timedelta(days=days)) == [("harassment", "Third")]


def test_a_retired_policy_is_not_written_any_more(lead: Client) -> None:
    page = f"/settings/policies/{made.policy().pk}"
    assert lead.post(f"{page}/retire").headers["Location"] == page
    shown = lead.get(page).content.decode()
    assert "retired" in shown
    assert "revise" not in shown
    assert lead.post(f"{page}/revise", {**TERMS, **words(("en", "x", "y"))}).status_code == 409


def test_whoever_only_reads_is_offered_no_form() -> None:
    page = f"/settings/policies/{made.policy().pk}"
    shown = browser_of(Role.REVIEWER, name="alice").get(page).content.decode()
    assert "revise" not in shown
    assert "retire" not in shown


def test_words_of_a_policy_do_nothing_in_the_page(lead: Client) -> None:
    policy = made.policy(code="x", en=MARKUP)
    for page in ("", f"/{policy.pk}", f"/{policy.pk}/revise"):
        assert "<script>alert" not in lead.get(f"/settings/policies{page}").content.decode()


@pytest.mark.parametrize(
    "page", ["/settings/policies/99", f"/settings/policies/{10**30}", "/settings/policies/99/revise"]
)
def test_a_policy_that_there_is_not_is_not_there(lead: Client, page: str) -> None:
    assert lead.get(page).status_code == 404


def test_a_form_without_its_count_is_refused(lead: Client) -> None:
    assert lead.post("/settings/policies/new", {**TERMS, "code": "x"}).status_code == 422
