"""A reviewer decides without touching the mouse; what a key does is asserted on the database."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import House, Open

pytestmark = [pytest.mark.slow, pytest.mark.needs_program("chromium")]

PLAIN = "status = 'open' AND claimed_until IS NULL AND under_pressure = 0 AND lane = 1"


def rows(page: Page) -> list[int]:
    """The cases on the page, in their order."""
    return [int(row.get_attribute("id").removeprefix("row-")) for row in page.locator("[data-row]").all()]  # type: ignore[union-attr]


def test_an_unfounded_case_is_set_aside_in_three_keystrokes_and_two_page_loads(
    house: House, open_as: Open
) -> None:
    page = open_as("reviewer")
    page.goto("/queue")
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.keyboard.press("n")
    page.wait_for_url("**/cases/*")
    case = int(page.url.rpartition("/")[2])
    assert house.number("SELECT status FROM casework_case WHERE id = ?", case) == "open"
    page.keyboard.press("u")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    expect(page.get_by_role("status").first).to_contain_text("Set aside")
    assert len(loads) == 2
    assert house.ask(
        "SELECT outcome, action, status FROM casework_decision WHERE case_id = ? ORDER BY id DESC LIMIT 1",
        case,
    ) == [("rejected", "none", "in_force")]


def test_j_and_k_walk_along_the_rows_and_enter_opens_the_focused_one(house: House, open_as: Open) -> None:
    page = open_as("reviewer")
    page.goto("/queue")
    first, second, third = rows(page)[:3]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{second}")
    assert len({first, second, third}) == 3


def test_c_takes_the_focused_row_and_no_other_and_the_focus_stays(house: House, open_as: Open) -> None:
    page = open_as("reviewer")
    page.goto("/queue")
    free = [case for (case,) in house.ask(f"SELECT id FROM casework_case WHERE {PLAIN}")]
    shown = rows(page)
    wanted = next(case for case in shown if case in free)
    before = house.number("SELECT count(*) FROM casework_case WHERE claimed_until IS NOT NULL")
    for _ in range(shown.index(wanted) + 1):
        page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator(f"#hand-{wanted}")).to_contain_text("you")
    name = house.logins["reviewer"][0]
    assert (
        house.number(
            "SELECT username FROM casework_case c JOIN casework_person p ON p.id = c.claimed_by_id WHERE c.id = ?",
            wanted,
        )
        == name
    )
    assert house.number("SELECT count(*) FROM casework_case WHERE claimed_until IS NOT NULL") == before + 1
    assert page.evaluate("document.activeElement.closest('[data-row]').id") == f"row-{wanted}"


def test_without_focus_on_a_row_a_rows_key_does_nothing(house: House, open_as: Open) -> None:
    page = open_as("reviewer")
    page.goto("/queue")
    before = house.number("SELECT count(*) FROM casework_case WHERE claimed_until IS NOT NULL")
    page.keyboard.press("c")
    page.keyboard.press("u")
    page.wait_for_timeout(500)
    assert house.number("SELECT count(*) FROM casework_case WHERE claimed_until IS NOT NULL") == before


def test_keys_mean_nothing_while_one_writes(house: House, open_as: Open) -> None:
    page = open_as("reviewer")
    page.goto("/queue")
    page.keyboard.press("/")
    page.keyboard.type("nuncu")
    assert page.input_value("#q") == "nuncu"
    assert page.url.endswith("/queue")


def test_keys_can_be_switched_off(house: House, open_as: Open) -> None:
    page = open_as("reviewer")
    page.goto("/queue")
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_timeout(400)
    assert page.url.endswith("/queue")


def test_a_key_during_a_live_change_is_not_lost_and_finds_its_own_row(house: House, open_as: Open) -> None:
    page = open_as("reviewer")
    page.goto("/queue")
    free = {case for (case,) in house.ask(f"SELECT id FROM casework_case WHERE {PLAIN}")}
    wanted = [case for case in rows(page) if case in free][:5]
    for case in wanted:
        before = {
            case for (case,) in house.ask("SELECT id FROM casework_case WHERE claimed_until IS NOT NULL")
        }
        page.locator(f"#row-{case} a[href]").first.focus()
        # The change is under way when the key comes.
        page.evaluate("htmx.trigger(document.querySelector('[hx-get*=changes]'), 'now')")
        page.evaluate(
            "htmx.ajax('GET', document.querySelector('[hx-get*=changes]').getAttribute('hx-get')"
            " + '?' + [...document.querySelectorAll('[name=case]')].map(f => 'case=' + f.value).join('&'),"
            " {swap: 'none'})"
        )
        page.keyboard.press("c")
        expect(page.locator(f"#hand-{case}")).to_contain_text("you")
        after = {
            case for (case,) in house.ask("SELECT id FROM casework_case WHERE claimed_until IS NOT NULL")
        }
        assert after - before == {case}
        page.wait_for_timeout(300)
        assert page.evaluate("document.activeElement.closest('[data-row]')?.id") == f"row-{case}"


def test_written_words_survive_an_expired_session(house: House, open_as: Open) -> None:
    page = open_as("reviewer")
    page.goto("/queue")
    page.locator("[data-row] a[href]").first.click()
    page.wait_for_url("**/cases/*")
    address = page.url
    page.keyboard.press("m")
    page.fill("#note-text", "Forty messages in one night, all to one person.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Keep the note").click()
    page.wait_for_url("**/accounts/login/**")
    page.context.add_cookies(house.cookies["reviewer"])
    page.goto(address)
    expect(page.locator("#note-text")).to_have_value("Forty messages in one night, all to one person.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_role("status").first).to_contain_text("The note stands beside the case.")
    page.goto(address)
    expect(page.locator("#note-text")).to_have_value("")


def test_the_back_button_brings_written_words_back(house: House, open_as: Open) -> None:
    page = open_as("reviewer")
    awaited = "SELECT case_id FROM casework_opinion"  # whoever owes one sees no form
    case = house.number(f"SELECT id FROM casework_case WHERE {PLAIN} AND id NOT IN ({awaited}) LIMIT 1")
    page.goto(f"/cases/{case}")
    page.keyboard.press("v")
    page.fill("[name=facts]", "The account sent forty threats.")
    page.goto("/queue")
    page.go_back()
    expect(page.locator("[name=facts]")).to_have_value("The account sent forty threats.")


def test_a_link_is_judged_by_keyboard_and_needs_its_reason(house: House, open_as: Open) -> None:
    link = house.number("SELECT id FROM triage_link WHERE status = 'open' ORDER BY id DESC LIMIT 1")
    page = open_as("safety lead")
    page.goto(f"/links/{link}")
    page.keyboard.press("d")
    expect(page.locator("#reasons-different")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert house.number("SELECT status FROM triage_link WHERE id = ?", link) == "open"
    expect(page.locator("#reasons-different")).to_be_focused()  # the browser says that it is needed
    page.keyboard.type("Only the town is the same.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/links")
    assert house.number("SELECT status FROM triage_link WHERE id = ?", link) == "different"
