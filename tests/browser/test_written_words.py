"""Whatever happens to the session, the tab or the button: no word that somebody wrote is lost, or sent twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import House, Open
from tests.browser.desk import (
    FACTS,
    look_at_what_they_will_read,
    policy_called,
    propose_a_suspension,
    take_a_case_of,
)
from tests.browser.keyboard import choose, go, key, pick, tab_to, write
from tests.browser.pages import ADMIN, APPEALS, APPROVER, LEAD, REVIEWER

pytestmark = [pytest.mark.slow, pytest.mark.needs_program("chromium")]

SENT_ELSEWHERE = """async () => {
  const form = document.querySelector("[data-key=p]").form;
  await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)) });
}"""
WORDS = "71"  # fits into every field, that of a number too


@dataclass(frozen=True)
class Form:
    """A form in which somebody writes: who, where, into which field."""

    role: str
    address: Callable[[House], str]
    field: str
    first: Callable[[Page], object] = lambda page: None
    """What is to be chosen before the field can be written into."""


def _numbered(address: str, sql: str) -> Callable[[House], str]:
    return lambda house: address.format(house.number(sql))


CASE = _numbered("/cases/{}", "SELECT max(id) FROM casework_case WHERE status = 'open' AND reports > 0")
CAMPAIGN = _numbered("/campaigns/{}", "SELECT id FROM triage_campaign WHERE is_current = 1 LIMIT 1")
ASIDE = _numbered(
    "/campaigns/{}", "SELECT campaign_id FROM casework_settingaside WHERE taken_back_at IS NULL LIMIT 1"
)
PROPOSAL = _numbered("/decisions/{}", "SELECT min(id) FROM casework_decision WHERE status = 'proposed'")
IN_FORCE = _numbered("/decisions/{}", "SELECT min(id) FROM casework_decision WHERE status = 'in_force'")
APPEAL = _numbered("/appeals/{}", "SELECT min(id) FROM casework_appeal WHERE status = 'open'")
BATCH = _numbered("/batches/{}", "SELECT min(id) FROM casework_batch WHERE status = 'done'")
FORMS = {
    "the facts of a violation": Form(REVIEWER, CASE, "#id_facts"),
    "an invitation": Form(REVIEWER, CASE, "#guest-name"),
    "why a proposal is declined": Form(APPROVER, PROPOSAL, "#decline-why"),
    "why a decision is reversed": Form(APPROVER, IN_FORCE, "#reverse-why"),
    "the answer to an appeal": Form(APPEALS, APPEAL, "#reasons"),
    "why a campaign is set aside": Form(LEAD, CAMPAIGN, "#why"),
    "why its reports count again": Form(LEAD, ASIDE, "[name=why_back]"),
    "the facts of a batch": Form(
        REVIEWER,
        lambda house: f"/batches/new?policy={policy_called(house, 'spam')}",
        "#facts",
        lambda page: choose(page, "outcome", "upheld"),
    ),
    "why a batch is undone": Form(APPROVER, BATCH, "#why"),
    "a list": Form(REVIEWER, lambda house: "/lists/new", "#id_text"),
    "why a wave was wrong": Form(APPEALS, lambda house: "/reinstatements/new", "#id_reason"),
    "how a task was done": Form(REVIEWER, lambda house: "/tasks", "[name=how]"),
    "a policy": Form(
        LEAD,
        lambda house: f"/settings/policies/{policy_called(house, 'spam')}/revise",
        "[name=form-1-text]",
    ),
    "a notice": Form(LEAD, lambda house: "/settings/templates/appeal_denied/fr", "#id_body"),
    "for how long something is kept": Form(LEAD, lambda house: "/settings/retention/notes", "#id_days"),
    "a person": Form(ADMIN, lambda house: "/settings/people", "#id_username"),
    "a source": Form(ADMIN, lambda house: "/settings/sources", "#id_name"),
    "a key": Form(ADMIN, lambda house: "/settings/tokens", "#id_own-name"),
    "a webhook": Form(ADMIN, lambda house: "/settings/webhooks", "#id_url"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_words_survive_an_expired_session(house: House, open_as: Open, form: Form) -> None:
    page, address = open_as(form.role), form.address(house)
    page.goto(address)
    form.first(page)
    field = page.locator(form.field).first
    field.evaluate("field => { const around = field.closest('details'); if (around) around.open = true }")
    field.fill(WORDS)
    page.context.clear_cookies(name="sessionid")
    with page.expect_navigation(url="**/accounts/login/**"):
        field.evaluate("field => field.form.submit()")
    page.context.add_cookies(house.cookies[form.role])
    page.goto(page.evaluate("new URLSearchParams(location.search).get('next')"))
    assert page.url == house.address + address
    expect(page.locator(form.field).first).to_have_value(WORDS)
    expect(page.locator(form.field).first).to_be_visible()


def test_what_a_colleague_decided_meanwhile_takes_no_words_away(house: House, open_as: Open) -> None:
    first = open_as("reviewer")
    case = take_a_case_of(first, house, "spam")
    before, second = decisions_on(house, case), first.context.new_page()
    second.goto(f"/cases/{case}")
    second.keyboard.press("v")
    pick(second, "#id_action", "warn")
    write(second, "#id_facts", FACTS)
    propose_a_suspension(first, "It sold what there is not.")
    go(second, "[data-draft^=case-] .buttons button")
    if second.locator("[data-key=p]").count():
        key(second, "p")
    expect(second.locator("#id_facts")).to_have_value(FACTS)
    expect(second.locator(".errorlist")).to_be_visible()
    assert decisions_on(house, case) == before + 1


def test_a_proposal_that_is_sent_from_two_tabs_is_one(house: House, open_as: Open) -> None:
    page = open_as("reviewer")
    case = take_a_case_of(page, house, "spam")
    before = decisions_on(house, case)
    look_at_what_they_will_read(page)
    page.evaluate(SENT_ELSEWHERE)
    assert decisions_on(house, case) == before + 1
    key(page, "p")
    assert page.url.endswith("/queue")
    assert decisions_on(house, case) == before + 1


def test_a_note_is_kept_once_however_often_the_button_is_pressed(house: House, open_as: Open) -> None:
    page = open_as("reviewer")
    case = take_a_case_of(page, house, "spam")
    page.keyboard.press("m")
    write(page, "#note-text", "It was pressed three times.")
    tab_to(page, "[data-draft^=note-] button")
    with page.expect_navigation():
        page.evaluate("document.activeElement.click(), document.activeElement.click()")
    expect(page.get_by_role("status").first).not_to_be_empty()
    assert house.number("SELECT count(*) FROM casework_note WHERE case_id = ?", case) == 1


def decisions_on(house: House, case: int) -> int:
    return int(house.number("SELECT count(*) FROM casework_decision WHERE case_id = ?", case))
