"""What a reviewer does again and again, by keyboard, for the flows that begin with it."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from tests.browser.conftest import House
from tests.browser.keyboard import choose, go, key, pick, tab_to, write

FACTS = "The account sent forty threats in one night, all to one person."
FREE = "[data-row]:has([data-key=c])"
"""A case that nobody has in hand."""


def policy_called(house: House, code: str) -> int:
    """Its number."""
    return int(house.number("SELECT id FROM casework_policy WHERE code = ?", code))


def take_a_case_of(page: Page, house: House, policy: str) -> int:
    """Filter the queue, take the first free case on which no campaign presses, and open it; gives its number."""
    page.goto("/queue")
    pick(page, "#policy", str(policy_called(house, policy)))
    pick(page, "#pressure", "no")
    go(page, ".filters[role=search] button")
    case = _first_free(page, house)
    tab_to(page, f"a[href='/cases/{case}']")
    page.keyboard.press("c")
    expect(page.locator(f"#hand-{case} b")).to_be_visible()
    key(page, "Enter")
    assert page.url.endswith(f"/cases/{case}")
    return case


def _first_free(page: Page, house: House) -> int:
    """Of those on the page; where an opinion is awaited, one cannot decide yet."""
    rows = [str(row.get_attribute("id")) for row in page.locator(FREE).all()]
    awaited = {case for (case,) in house.ask("SELECT case_id FROM casework_opinion WHERE given_at IS NULL")}
    return next(case for row in rows if (case := int(row.removeprefix("row-"))) not in awaited)


def propose_a_suspension(page: Page, facts: str = FACTS) -> None:
    """From the page of a case to the proposal."""
    look_at_what_they_will_read(page, facts)
    key(page, "p")


def look_at_what_they_will_read(page: Page, facts: str = FACTS) -> None:
    """On the page of a case: what happened, three questions, and the statement of reasons as it will be sent."""
    page.keyboard.press("v")
    pick(page, "#id_action", "suspend")
    write(page, "#id_facts", facts)
    for question in ("exempt_press", "exempt_research", "exempt_counter_speech"):
        choose(page, question, "no")
    go(page, "[data-draft^=case-] .buttons button")
    expect(page.locator(".letter .words")).to_contain_text(facts)


def decision_on(house: House, case: int) -> int:
    """The last one on a case."""
    return int(house.number("SELECT max(id) FROM casework_decision WHERE case_id = ?", case))


def stands_at(house: House, decision: int) -> str:
    """What became of it."""
    return str(house.number("SELECT status FROM casework_decision WHERE id = ?", decision))
