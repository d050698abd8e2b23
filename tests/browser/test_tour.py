"""The tour of docs/tour.md, step by step; ``--pictures DIR`` makes its pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import House, Open
from tests.browser.desk import decision_on, look_at_what_they_will_read, stands_at, take_a_case_of
from tests.browser.keyboard import go, key, pick

pytestmark = [pytest.mark.slow, pytest.mark.needs_program("chromium")]

TOUR = Path(__file__).parents[2] / "docs" / "tour.md"
WHAT_HAPPENED = {
    "en": "On Friday evening the account called on others to write to one person until he leaves.",
    "fr": "Vendredi soir, le compte a appelé d'autres personnes à écrire à quelqu'un jusqu'à ce qu'il parte.",
    "ar": "مساء الجمعة دعا الحساب آخرين إلى الكتابة إلى شخص واحد حتى يرحل.",
}
"""In the language of the person who reads it."""
LIGHTEST, HEAVIEST = 5_000, 150_000
"""Bytes of a picture: fewer show nothing, more are slow to open."""
Take = Callable[[Page, str], None]


@pytest.fixture
def take(request: pytest.FixtureRequest) -> Iterator[Take]:
    """Makes a picture of what the window shows, if pictures are asked for."""
    folder: Path | None = request.config.getoption("--pictures")
    taken: list[str] = []

    def picture(page: Page, name: str) -> None:
        page.set_viewport_size({"width": 1280, "height": 720})
        shot = page.screenshot(path=folder / f"{name}.png" if folder else None, animations="disabled")
        assert LIGHTEST < len(shot) < HEAVIEST, (name, len(shot))
        taken.append(name)

    yield picture
    assert set(taken) <= set(re.findall(r"images/tour/(\w+)\.png", TOUR.read_text()))


def test_the_tour(house: House, open_as: Open, take: Take) -> None:
    reviewer = open_as("reviewer")
    the_queue(reviewer, take)
    under_pressure(reviewer, house, take)
    covered(reviewer, house, take)
    case = a_suspension(reviewer, house, take)
    the_second_person(open_as, house, case, take)
    the_letter(open_as, house, take)
    an_appeal(open_as("appeals reviewer"), take)
    a_campaign(open_as("safety lead"), house, take)
    a_wave(open_as("appeals reviewer"), take)
    figures(open_as("safety lead", color_scheme="dark"), take)


def the_queue(page: Page, take: Take) -> None:
    """1. Each row says how likely a violation is, with its interval, and how many voices are behind the reports."""
    page.goto("/queue")
    expect(page.locator("[data-row]").first.locator(".estimate")).to_be_visible()
    page.keyboard.press("j")
    take(page, "queue")


def under_pressure(page: Page, house: House, take: Take) -> None:
    """2. Hundreds of reports are about a dozen voices."""
    page.goto("/queue")
    pick(page, "#pressure", "yes")
    go(page, ".filters[role=search] button")
    case, reports, voices = house.ask(
        "SELECT c.id, c.reports, v.independent_reports FROM casework_case c"
        " JOIN triage_valuation v ON v.id = c.valuation_id"
        " WHERE c.status = 'open' AND under_pressure = 1 ORDER BY c.reports DESC LIMIT 1"
    )[0]
    assert reports > 300
    assert voices < 30
    go(page, f"a[href='/cases/{case}']")
    expect(page.locator(".told").first).to_be_visible()
    take(page, "pressure")


def covered(page: Page, house: House, take: Take) -> None:
    """3. Hurtful words are folded; an unfounded case is set aside in three keystrokes."""
    case = take_a_case_of(page, house, "violent-extremism")
    expect(page.locator("[data-key=e]").first).to_be_visible()
    take(page, "case")
    page.keyboard.press("e")
    page.keyboard.press("u")
    key(page, "Enter")
    assert stands_at(house, decision_on(house, case)) == "in_force"


def a_suspension(page: Page, house: House, take: Take) -> int:
    """4. What happened, three questions, and the letter in the language of the person."""
    case = take_a_case_of(page, house, "harassment")
    language = house.number(
        "SELECT language FROM casework_case c JOIN intake_account a ON a.id = c.account_id WHERE c.id = ?",
        case,
    )
    look_at_what_they_will_read(page, WHAT_HAPPENED[language])
    expect(page.locator(".letter")).to_have_attribute("lang", language)
    take(page, "preview")
    key(page, "p")
    assert stands_at(house, decision_on(house, case)) == "proposed"
    return case


def the_second_person(open_as: Open, house: House, case: int, take: Take) -> None:
    """5. Somebody else looks at the evidence before the proposal."""
    page, decision = open_as("approver"), decision_on(house, case)
    page.goto("/approvals")
    go(page, f"a[href='/decisions/{decision}']")
    take(page, "approval")
    page.keyboard.press("a")
    key(page, "Enter")
    assert stands_at(house, decision) == "in_force"


def the_letter(open_as: Open, house: House, take: Take) -> None:
    """6. Who was suspended reads why, and appeals, on pages without scripts."""
    page = open_as(language="fr", java_script_enabled=False)
    page.goto(house.notice)
    take(page, "letter")
    go(page, "main a[href*='/appeal/']")
    expect(page.locator("#id_text")).to_be_visible()


def an_appeal(page: Page, take: Take) -> None:
    """7. Somebody who took no part reads the words of who asks beside the decision."""
    page.goto("/appeals")
    page.keyboard.press("j")
    key(page, "Enter")
    expect(page.locator("#asked-title")).to_be_visible()
    take(page, "appeal")


def a_campaign(page: Page, house: House, take: Take) -> None:
    """8. What speaks for coordination stands beside what speaks against."""
    widest = house.number(
        "SELECT campaign_id FROM triage_campaign_targets t JOIN triage_campaign c ON c.id = t.campaign_id"
        " WHERE is_current = 1 GROUP BY campaign_id ORDER BY count(*) DESC LIMIT 1"
    )
    page.goto("/campaigns")
    go(page, f"a[href='/campaigns/{widest}']")
    expect(page.locator("#for-title")).to_be_visible()
    expect(page.locator("#against-title")).to_be_visible()
    take(page, "campaign")


def a_wave(page: Page, take: Take) -> None:
    """9. A wrongful wave was undone in one piece, with a receipt for each account."""
    page.goto("/reinstatements")
    page.keyboard.press("j")
    go(page, "tbody tr:last-child a")
    expect(page.locator("#progress")).to_be_visible()
    take(page, "wave")


def figures(page: Page, take: Take) -> None:
    """10. How the work goes, in the dark; and the same console in Arabic."""
    page.goto("/figures")
    expect(page.locator("table.work").first).to_be_visible()
    take(page, "figures")
    page.goto("/queue")
    go(page, ".languages [value=ar]")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.emulate_media(color_scheme="light")
    take(page, "arabic")
