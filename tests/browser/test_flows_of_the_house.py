"""The settings, the tasks and the views that one keeps, by keyboard alone and in each language."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import House, Open
from tests.browser.desk import policy_called
from tests.browser.keyboard import go, key, pick, press, tab_to, tick, write

pytestmark = [pytest.mark.slow, pytest.mark.needs_program("chromium")]


def to_the_settings(page: Page, part: str) -> None:
    """From the queue's menu, or from the first page of somebody who has no queue."""
    page.goto("/")
    go(page, "nav a[href='/settings']")
    go(page, f"main a[href='/settings/{part}']")


def test_a_policy_is_revised_with_its_french_words(house: House, open_as: Open, language: str) -> None:
    page, policy = open_as("safety lead", language=language), policy_called(house, "spam")
    words = f"N'envoyez pas deux fois la même chose ({language})."
    to_the_settings(page, "policies")
    go(page, f"a[href='/settings/policies/{policy}']")
    go(page, f"a[href='/settings/policies/{policy}/revise']")
    french = page.locator("[name$='-language'][value=fr]").get_attribute("name") or ""
    write(page, f"[name={french.replace('language', 'text')}]", words)
    go(page, "form[data-draft] > .buttons button")
    assert house.ask(
        "SELECT t.text, v.number FROM casework_policytext t JOIN casework_policyversion v ON v.id = t.version_id"
        " WHERE v.policy_id = ? AND t.language = 'fr' ORDER BY v.number DESC LIMIT 1",
        policy,
    ) == [(words, versions(house, policy))]
    expect(page.locator("article [lang=fr].words")).to_have_text(words)


def versions(house: House, policy: int) -> int:
    return int(house.number("SELECT count(*) FROM casework_policyversion WHERE policy_id = ?", policy))


def test_a_notice_is_reworded_read_as_they_will_and_put_in_force(
    house: House, open_as: Open, language: str
) -> None:
    page, more = open_as("safety lead", language=language), f"We wrote this in {language}."
    to_the_settings(page, "templates")
    go(page, "a[href='/settings/templates/appeal_received/en']")
    tab_to(page, "#id_body")
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(f"\n{more}\n")
    go(page, "form[data-draft] .buttons button")
    expect(page.locator(".letter .words")).to_contain_text(more)
    key(page, "y")
    body = house.number(
        "SELECT body FROM casework_noticetemplate WHERE kind = 'appeal_received' AND language = 'en'"
        " ORDER BY version DESC LIMIT 1"
    )
    assert body.rstrip().endswith(more)


def test_a_person_is_added_and_given_a_role(house: House, open_as: Open, language: str) -> None:
    page, name = open_as("administrator", language=language), f"amina-{language}"
    to_the_settings(page, "people")
    write(page, "#id_username", name)
    write(page, "#id_name", "Amina")
    go(page, "form[action='/settings/people'] button")
    assert page.locator(".secret code").all_text_contents()[0] == name
    go(page, "main a[href^='/settings/people/']")
    go(page, "button[name=role][value=reviewer]")
    assert house.ask(
        "SELECT role, ended_at FROM casework_grant g JOIN casework_person p ON p.id = g.person_id WHERE username = ?",
        name,
    ) == [("reviewer", None)]


def test_a_key_is_made_shown_once_and_ended(house: House, open_as: Open, language: str) -> None:
    page, name = open_as("reviewer", language=language), f"export ({language})"
    to_the_settings(page, "tokens")
    press(page, "details:has(#id_own-name) > summary")
    write(page, "#id_own-name", name)
    tick(page, "[name=own-scopes][value='cases:read']")
    go(page, "form:has(#id_own-name) button")
    expect(page.locator(".secret code")).to_be_visible()
    ((token, ended),) = house.ask("SELECT id, revoked_at FROM web_token WHERE name = ?", name)
    assert ended is None
    go(page, "main a[href='/settings/tokens']")
    end = f"form[action='/settings/tokens/{token}/end']"
    press(page, f"details:has({end}) > summary")
    go(page, f"{end} button")
    assert house.number("SELECT revoked_at IS NOT NULL FROM web_token WHERE id = ?", token) == 1


def test_a_webhook_is_added_and_stopped(house: House, open_as: Open, language: str) -> None:
    page, url = open_as("administrator", language=language), f"https://{language}.example/hears"
    to_the_settings(page, "webhooks")
    write(page, "#id_url", url)
    tick(page, "[name=events][value='decision.in_force']")
    go(page, "form[action='/settings/webhooks'] button")
    expect(page.locator(".secret code")).to_have_count(2)
    hook = int(house.number("SELECT id FROM enforcement_webhook WHERE url = ?", url))
    go(page, "main a[href='/settings/webhooks']")
    go(page, f"a[href='/settings/webhooks/{hook}']")
    press(page, "details:has(form[action$='/stop']) > summary")
    go(page, "form[action$='/stop'] button")
    assert house.ask("SELECT is_active, events FROM enforcement_webhook WHERE id = ?", hook) == [
        (0, '["decision.in_force"]')
    ]


def test_a_rule_of_retention_is_changed(house: House, open_as: Open, language: str) -> None:
    page, days = open_as("safety lead", language=language), {"en": 71, "fr": 72, "ar": 73}[language]
    to_the_settings(page, "retention")
    go(page, "a[href='/settings/retention/exposures']")
    write(page, "#id_days", str(days))
    go(page, "form[action='/settings/retention/exposures'] button")
    assert house.number("SELECT days FROM casework_retentionrule WHERE kind = 'exposures'") == days


def test_a_task_is_done_and_says_how(house: House, open_as: Open, language: str) -> None:
    task = house.number("SELECT min(id) FROM casework_task WHERE done_at IS NULL")
    page = open_as("reviewer", language=language)
    page.goto("/queue")
    go(page, "nav a[href='/tasks']")
    form = f"form[action='/tasks/{task}/done']"
    press(page, f"details:has({form}) > summary")
    write(page, f"#how-{task}", "Told them by telephone.")
    go(page, f"{form} button")
    assert house.ask("SELECT done_how FROM casework_task WHERE id = ?", task) == [
        ("Told them by telephone.",)
    ]


def test_a_view_of_the_queue_is_kept_used_and_removed(house: House, open_as: Open, language: str) -> None:
    page, name = open_as("reviewer", language=language), f"mine ({language})"
    policy = policy_called(house, "harassment")
    page.goto("/queue")
    pick(page, "#policy", str(policy))
    go(page, ".filters[role=search] button")
    write(page, "#filter-name", name)
    go(page, "form:has(#filter-name) button")
    ((view, query),) = house.ask("SELECT id, query FROM web_savedfilter WHERE name = ?", name)
    assert query == f"policy={policy}"
    page.goto("/queue")
    go(page, f".saved a[href='/queue?{query}']")
    expect(page.locator("#policy")).to_have_value(str(policy))
    go(page, f"form[action='/queue/filters/{view}/remove'] button")
    assert house.ask("SELECT id FROM web_savedfilter WHERE name = ?", name) == []


def test_another_language_is_chosen_and_the_page_stays(house: House, open_as: Open, language: str) -> None:
    other = {"en": "fr", "fr": "ar", "ar": "en"}[language]
    page = open_as("reviewer", language=language)
    page.goto("/queue?pressure=no")
    go(page, f".languages button[value={other}]")
    assert page.url.endswith("/queue?pressure=no")
    expect(page.locator("html")).to_have_attribute("lang", other)
