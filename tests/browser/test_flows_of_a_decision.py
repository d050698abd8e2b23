"""From a report to a decision, to an appeal and back: by keyboard alone, in each language, asserted on the database."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import House, Open
from tests.browser.desk import decision_on, propose_a_suspension, stands_at, take_a_case_of
from tests.browser.keyboard import choose, go, key, pick, press, tab_to, tick, write

pytestmark = [pytest.mark.slow, pytest.mark.needs_program("chromium")]

WITHOUT_SCRIPTS = {"java_script_enabled": False}


def test_a_suspension_takes_two_and_an_appeal_heard_by_a_third_undoes_it(
    house: House, open_as: Open, language: str
) -> None:
    reviewer = open_as("reviewer", language=language)
    case = take_a_case_of(reviewer, house, "violent-extremism")
    look_at_what_is_covered(reviewer, house, case)
    propose_a_suspension(reviewer)
    assert stands_at(house, decision_on(house, case)) == "proposed"

    approver = open_as("approver", language=language)
    decline(approver, decision_on(house, case), "Say on which evening it was.")
    assert house.ask("SELECT status, ended_why FROM casework_decision WHERE id = ?", decision_on(house, case)) == [
        ("declined", "Say on which evening it was.")
    ]  # fmt: skip
    reviewer.goto(f"/cases/{case}")
    expect(reviewer.locator(".history")).to_contain_text("Say on which evening it was.")
    propose_a_suspension(reviewer, "On Friday evening the account sent forty threats to one person.")
    decision = decision_on(house, case)
    approve(approver, decision)
    assert stands_at(house, decision) == "in_force"
    assert strike_of(house, decision) == (0,)

    person = open_as(language=language, **WITHOUT_SCRIPTS)
    person.goto(letter_of(house, decision))
    write(person, "#id_text", "It was a play in three acts, and I am its author.")
    go(person, "main form button")
    appeal = int(house.number("SELECT id FROM casework_appeal WHERE decision_id = ?", decision))
    expect(person.locator(".history .words")).to_contain_text(["three acts"])

    grant(open_as("appeals reviewer", language=language), appeal)
    assert house.number("SELECT status FROM casework_appeal WHERE id = ?", appeal) == "granted"
    assert stands_at(house, decision) == "reversed"
    assert strike_of(house, decision) == (1,)
    told = house.ask(
        "SELECT kind FROM casework_notice WHERE decision_id = ? AND account_id IS NOT NULL", decision
    )
    assert ("reinstatement",) in told
    person.reload()
    expect(person.locator(".history .words").first).to_contain_text("A play is not a threat.")


def look_at_what_is_covered(page: Page, house: House, case: int) -> None:
    """Show the first thing that is covered: it is seen, and that it was looked at is kept."""
    covered = page.locator("[data-key=e]").count()
    page.keyboard.press("e")
    expect(page.locator("[data-key=e]")).to_have_count(covered - 1)
    assert house.number("SELECT count(*) FROM casework_exposure WHERE case_id = ?", case) > 0


def decline(page: Page, decision: int, why: str) -> None:
    page.goto("/queue")
    go(page, "nav a[href='/approvals']")
    go(page, f"a[href='/decisions/{decision}']")
    page.keyboard.press("d")
    write(page, "#decline-why", why)
    go(page, "button[value=decline]")


def approve(page: Page, decision: int) -> None:
    page.goto("/approvals")
    go(page, f"a[href='/decisions/{decision}']")
    page.keyboard.press("a")
    key(page, "Enter")
    assert page.url.endswith("/approvals")


def grant(page: Page, appeal: int) -> None:
    page.goto("/queue")
    go(page, "nav a[href='/appeals']")
    go(page, f"a[href='/appeals/{appeal}']")
    key(page, "c")
    choose(page, "answer", "grant")
    write(page, "#reasons", "A play is not a threat.")
    go(page, "[data-draft^=appeal-] .buttons button")


def strike_of(house: House, decision: int) -> tuple[int, ...]:
    """One row for each strike that it brought: was it withdrawn?"""
    found = house.ask("SELECT withdrawn_at IS NOT NULL FROM casework_strike WHERE decision_id = ?", decision)
    return tuple(withdrawn for (withdrawn,) in found)


def letter_of(house: House, decision: int) -> str:
    """The link to appeal in the letter to the person."""
    body = house.number(
        "SELECT body FROM casework_notice WHERE decision_id = ? AND kind = 'statement_of_reasons'", decision
    )
    found = re.search(r"http\S+/appeal/\S+", body)
    assert found, body
    return found.group()


def test_anybody_appeals_for_somebody_else_without_scripts(
    house: House, open_as: Open, language: str
) -> None:
    handle, decision = house.ask(
        "SELECT h.handle, d.id FROM casework_decision d JOIN intake_handle h ON h.account_id = d.account_id"
        " WHERE d.status = 'in_force' AND d.action = 'suspend' AND h.is_current = 1"
        " AND NOT EXISTS (SELECT 1 FROM casework_appeal a WHERE a.decision_id = d.id) LIMIT 1"
    )[0]
    page = open_as(language=language, **WITHOUT_SCRIPTS)
    page.goto("/")
    go(page, "a[href='/appeal']")
    write(page, "#id_account", handle)
    choose(page, "filed_by", "friend")
    write(page, "#id_text", "She was quoting what others had sent her.")
    go(page, "main form button")
    assert page.url.endswith("/appeal/received")
    assert house.ask("SELECT filed_by, status, text FROM casework_appeal WHERE decision_id = ?", decision) == [
        ("friend", "open", "She was quoting what others had sent her.")
    ]  # fmt: skip


def test_anybody_reports_without_scripts_and_sees_what_comes_of_it(
    house: House, open_as: Open, language: str
) -> None:
    words = f"It sells the same thing to everybody ({language})."
    page = open_as(language=language, **WITHOUT_SCRIPTS)
    page.goto("/")
    go(page, "a[href='/report']")
    write(page, "#id_account", "@new_here")
    write(page, "#id_location", "https://agora.example/@new_here/1")
    pick(page, "#id_policy", "spam")
    write(page, "#id_text", words)
    tick(page, "#id_good_faith")
    go(page, "main form button")
    assert house.number("SELECT count(*) FROM intake_report WHERE text = ?", words) == 1
    receipt = page.locator("main a[href*='/report/']").get_attribute("href")
    assert receipt
    page.goto(receipt)
    expect(page.locator("h1")).to_be_visible()


def test_a_colleague_gives_an_opinion_without_seeing_the_note(
    house: House, open_as: Open, language: str
) -> None:
    reviewer, note = (
        open_as("reviewer", language=language),
        f"I am not sure about the second one ({language}).",
    )
    case = take_a_case_of(reviewer, house, "harassment")
    reviewer.keyboard.press("m")
    write(reviewer, "#note-text", note)
    go(reviewer, "[data-draft^=note-] button")
    press(reviewer, "details:has(#colleague) > summary")
    name = house.logins["approver"][0]
    pick(reviewer, "#colleague", name)
    go(reviewer, "form[action$='/opinions/ask'] button")

    colleague = open_as("approver", language=language)
    colleague.goto(f"/cases/{case}")
    expect(colleague.locator("main")).not_to_contain_text(note)
    go(colleague, "button[name=outcome][value=unclear]")
    expect(colleague.locator("main")).to_contain_text(note)
    assert house.ask(
        "SELECT outcome, given_at IS NOT NULL, username FROM casework_opinion o"
        " JOIN casework_person p ON p.id = o.person_id WHERE case_id = ?",
        case,
    ) == [("unclear", 1, name)]


def test_a_guest_of_a_partner_server_is_the_second_person_of_one_case(
    house: House, open_as: Open, language: str
) -> None:
    reviewer = open_as("reviewer", language=language)
    case = take_a_case_of(reviewer, house, "harassment")
    propose_a_suspension(reviewer)
    reviewer.goto(f"/cases/{case}")
    press(reviewer, "details:has(#guest-server) > summary")
    write(reviewer, "#guest-server", "partner.example")
    write(reviewer, "#guest-name", "Ines")
    go(reviewer, "form[action$='/guests'] button")
    link = reviewer.locator("main code").text_content()
    assert link

    guest = open_as(language=language)
    guest.goto(link)
    go(guest, "main form button")
    assert guest.url.endswith(f"/cases/{case}")
    key(guest, "o")
    guest.keyboard.press("a")
    tab_to(guest, "#approve button[value=approve]")
    key(guest, "Enter")
    assert house.ask(
        "SELECT status, approver_standing FROM casework_decision WHERE id = ?", decision_on(house, case)
    ) == [("in_force", "guest")]
