"""Who may open which page of the settings; a look changes nothing."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from tests.web.case import person, signed_in
from tests.web.console.settings import browser_of, every_page

from ostrakon.casework.models import Person, Role
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db

ANYBODY = {"overview", "tokens", "policies", "policy", "templates", "template", "retention"}
LEAD = ANYBODY | {"new policy", "revision", "rule"}
ADMINISTRATOR = ANYBODY | {"people", "person", "sources", "source", "webhooks", "webhook"}
MAY_OPEN = dict.fromkeys(Role, ANYBODY) | {Role.SAFETY_LEAD: LEAD, Role.ADMINISTRATOR: ADMINISTRATOR}
POSTS = [
    ("/settings/people", Role.ADMINISTRATOR),
    ("/settings/people/1/roles/give", Role.ADMINISTRATOR),
    ("/settings/people/1/roles/end", Role.ADMINISTRATOR),
    ("/settings/people/1/password", Role.ADMINISTRATOR),
    ("/settings/people/1/shut-out", Role.ADMINISTRATOR),
    ("/settings/people/1/let-in", Role.ADMINISTRATOR),
    ("/settings/tokens/sources", Role.ADMINISTRATOR),
    ("/settings/sources", Role.ADMINISTRATOR),
    ("/settings/sources/1", Role.ADMINISTRATOR),
    ("/settings/webhooks", Role.ADMINISTRATOR),
    ("/settings/webhooks/1/stop", Role.ADMINISTRATOR),
    ("/settings/policies/new", Role.SAFETY_LEAD),
    ("/settings/policies/1/revise", Role.SAFETY_LEAD),
    ("/settings/policies/1/retire", Role.SAFETY_LEAD),
    ("/settings/templates/report_outcome/en/preview", Role.SAFETY_LEAD),
    ("/settings/templates/report_outcome/en/write", Role.SAFETY_LEAD),
    ("/settings/retention/notes", Role.SAFETY_LEAD),
]


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_pages_and_no_others(role: Role) -> None:
    pages = every_page()
    browser, before = browser_of(role), Entry.objects.count()
    opened = {name for name, page in pages.items() if browser.get(page).status_code == 200}
    assert opened == MAY_OPEN[role]
    assert all(browser.get(pages[name]).status_code == 403 for name in pages.keys() - opened)
    assert Entry.objects.count() == before


@pytest.mark.parametrize(("page", "role"), POSTS)
def test_whoever_has_every_other_role_changes_nothing(page: str, role: Role) -> None:
    browser = browser_of(*(other for other in Role if other != role))
    before = Entry.objects.count()
    assert browser.post(page, {}).status_code == 403
    assert Entry.objects.count() == before


@pytest.mark.parametrize("page", [page for page, _role in POSTS] + ["/settings/tokens"])
def test_nothing_is_changed_from_elsewhere(page: str) -> None:
    assert signed_in(person("dina", *Role), csrf=True).post(page, {}).status_code == 403


@pytest.mark.parametrize("who", ["nobody", "somebody without a role", "a guest"])
def test_who_does_not_work_here_sees_no_settings(who: str) -> None:
    pages = every_page()
    comer = Person.objects.create(username="esi", is_guest=who == "a guest")
    if who == "somebody without a role":
        Authenticator.objects.create(user=comer, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    browser = Client() if who == "nobody" else signed_in(comer)
    assert {browser.get(page).status_code for page in pages.values()} == {302 if who == "nobody" else 403}


def test_the_overview_leads_to_what_one_may_open() -> None:
    reviewer = browser_of(Role.REVIEWER).get("/settings").content.decode()
    administrator = browser_of(Role.ADMINISTRATOR, name="alice").get("/settings").content.decode()
    assert "/settings/tokens" in reviewer
    assert "/settings/people" not in reviewer
    assert "/settings/people" in administrator


@pytest.mark.parametrize("name", sorted(LEAD | ADMINISTRATOR))
def test_a_page_holds_nothing_inline_and_one_heading(name: str) -> None:
    pages = every_page()
    html = browser_of(*Role).get(pages[name]).content.decode()
    assert html.count("<h1") == 1
    assert "style=" not in html
    assert "onclick" not in html


@pytest.mark.parametrize("name", sorted(LEAD | ADMINISTRATOR))
def test_a_page_stands_right_to_left_in_arabic(name: str) -> None:
    pages, browser = every_page(), browser_of(*Role)
    browser.cookies["django_language"] = "ar"
    answer = browser.get(pages[name])
    assert answer.status_code == 200
    assert 'dir="rtl"' in answer.content.decode()
