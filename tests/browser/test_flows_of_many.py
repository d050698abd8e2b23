"""Many at once, by keyboard alone and in each language: a campaign, a batch, a list and a wrongful wave."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import House, Open
from tests.browser.desk import policy_called, stands_at
from tests.browser.keyboard import choose, go, key, pick, press, tab_to, write

pytestmark = [pytest.mark.slow, pytest.mark.needs_program("chromium")]


def test_a_campaign_is_set_aside_for_a_case_and_counts_again(
    house: House, open_as: Open, language: str
) -> None:
    page, why = open_as("safety lead", language=language), f"They answered one call ({language})."
    page.goto("/campaigns")
    page.keyboard.press("j")
    key(page, "Enter")
    case = page.locator("[name=case]").first.input_value()
    tab_to(page, f"#case-{case}")
    page.keyboard.press("x")
    page.keyboard.press("w")
    write(page, "#why", why)
    go(page, "[data-draft^=campaign-] > button")
    ((aside, cases),) = house.ask(
        "SELECT s.id, group_concat(c.case_id) FROM casework_settingaside s"
        " JOIN casework_setasidecase c ON c.setting_aside_id = s.id WHERE why = ? AND taken_back_at IS NULL",
        why,
    )
    assert cases == case

    press(page, f"details:has(#back-{aside}) > summary")
    write(page, f"#back-{aside}", "The call was another one.")
    go(page, f"form:has(#back-{aside}) button")
    assert house.ask("SELECT taken_back_why FROM casework_settingaside WHERE id = ?", aside) == [
        ("The call was another one.",)
    ]


def test_a_batch_is_prepared_reread_blind_released_and_undone(
    house: House, open_as: Open, language: str
) -> None:
    batch = prepare(open_as("reviewer", language=language), house)
    page = open_as("approver", language=language)
    page.goto("/queue")
    go(page, "nav a[href='/batches']")
    go(page, f"a[href='/batches/{batch}']")
    key(page, "t")
    for _ in range(3):
        go(page, "button[name=outcome][value=rejected]")
    go(page, "button[value=release]")
    assert outcomes(house, batch) == [("in_force", "rejected")] * 3

    press(page, "details:has(#why) > summary")
    write(page, "#why", "One of them was not what it seemed.")
    go(page, "button[value=undo]")
    assert outcomes(house, batch) == [("reversed", "rejected")] * 3
    assert house.ask("SELECT status, undone_why FROM casework_batch WHERE id = ?", batch) == [
        ("undone", "One of them was not what it seemed.")
    ]


def prepare(page: Page, house: House) -> int:
    """A batch of three cases that are no violation; gives its number."""
    page.goto("/queue")
    go(page, "nav a[href='/batches']")
    pick(page, "#policy", str(policy_called(house, "spam")))
    go(page, ".filters button")
    choose(page, "outcome", "rejected")
    for letter in "jxjxjx":
        page.keyboard.press(letter)
    expect(page.locator("[name=case]:checked")).to_have_count(3)
    key(page, "p")
    return int(page.url.rpartition("/")[2])


def outcomes(house: House, batch: int) -> list[tuple[object, ...]]:
    """The decision on each of its cases."""
    return house.ask(
        "SELECT d.status, d.outcome FROM casework_batchitem i JOIN casework_decision d ON d.id = i.decision_id"
        " WHERE i.batch_id = ?",
        batch,
    )


def test_a_list_is_pasted_read_line_by_line_and_leads_to_a_case(
    house: House, open_as: Open, language: str
) -> None:
    page, publisher = open_as("reviewer", language=language), f"Watchers ({language})"
    known, case = house.ask(
        "SELECT h.handle, c.id FROM casework_case c JOIN intake_handle h ON h.account_id = c.account_id"
        " WHERE h.is_current = 1 AND c.policy_id = ? AND c.status = 'open' ORDER BY c.id LIMIT 1",
        policy_called(house, "spam"),
    )[0]
    page.goto("/lists")
    key(page, "n")
    write(page, "#id_title", "Those who sell")
    write(page, "#id_publisher", publisher)
    pick(page, "#id_policy", "spam")
    write(page, "#id_text", f"{known}\nnobody_is_called_so_{language}\n")
    go(page, "[data-draft=list-new] button")
    lines = house.ask(
        "SELECT named, r.state FROM intake_listrow r JOIN intake_publishedlist l ON l.id = r.list_id"
        " WHERE publisher = ? ORDER BY line",
        publisher,
    )
    assert lines == [(known, "taken"), (f"nobody_is_called_so_{language}", "unknown")]
    expect(page.locator("tbody tr")).to_have_count(2)
    go(page, "a[href*='?state=taken']")
    expect(page.locator("tbody tr")).to_have_count(1)
    go(page, f"tbody a[href='/cases/{case}']")
    expect(page.locator("h1")).to_have_text(known)


def test_a_wrongful_wave_is_looked_at_written_down_carried_out_and_receipted(
    house: House, open_as: Open, language: str
) -> None:
    wrong = house.ask(
        "SELECT id FROM casework_decision d WHERE status = 'in_force' AND action = 'suspend_for_a_time'"
        " AND NOT EXISTS (SELECT 1 FROM casework_appeal a WHERE a.decision_id = d.id) ORDER BY id LIMIT 2"
    )
    decisions = [decision for (decision,) in wrong]
    page = open_as("appeals reviewer", language=language)
    page.goto("/reinstatements")
    key(page, "n")
    write(page, "#id_decisions", " ".join(map(str, decisions)))
    write(page, "#id_reason", "They were taken for somebody else.")
    go(page, "button[value=look]")
    expect(page.locator("tbody tr")).to_have_count(2)
    go(page, "button[value=open]")
    assert [stands_at(house, decision) for decision in decisions] == ["in_force", "in_force"]
    key(page, "g")
    assert [stands_at(house, decision) for decision in decisions] == ["reversed", "reversed"]
    expect(page.locator("tbody tr")).to_have_count(2)
    wave = page.url.rpartition("/")[2]
    assert house.ask(
        "SELECT state, count(*) FROM casework_reinstatementitem WHERE reinstatement_id = ? GROUP BY state", wave
    ) == [("reversed", 2)]  # fmt: skip
