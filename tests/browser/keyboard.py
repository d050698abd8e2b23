"""Hands on the keyboard: whoever reads these flows could do them without a mouse, and nothing here touches one."""

from __future__ import annotations

from playwright.sync_api import Page

FARTHEST = 250
"""Presses of Tab after which something counts as out of reach."""
HAS_THE_FOCUS = "selector => document.activeElement?.matches(selector) ?? false"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what the selector means has the focus."""
    for _ in range(FARTHEST):
        if page.evaluate(HAS_THE_FOCUS, selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector} at {page.url}")


def press(page: Page, selector: str) -> None:
    """Press the button, or unfold the part, that is reached by Tab; the page stays."""
    tab_to(page, selector)
    page.keyboard.press("Enter")


def go(page: Page, selector: str) -> None:
    """Press the link or button that is reached by Tab, and wait for the page that it leads to."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def key(page: Page, letter: str) -> None:
    """Press a key of the page that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(letter)


def write(page: Page, selector: str, words: str) -> None:
    """Write into a field in place of what stands there."""
    tab_to(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(words)


def pick(page: Page, selector: str, value: str) -> None:
    """Choose in a list by the arrow keys."""
    tab_to(page, selector)
    page.keyboard.press("Home")
    for _ in range(FARTHEST):
        if page.input_value(selector) == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys do not reach {value} in {selector} at {page.url}")


def choose(page: Page, name: str, value: str) -> None:
    """Choose one of several round buttons."""
    tab_to(page, f"[type=radio][name='{name}']")
    for _ in range(FARTHEST):
        page.keyboard.press("Space")
        if page.evaluate(HAS_THE_FOCUS, f"[value='{value}']:checked"):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys do not reach {value} of {name} at {page.url}")


def tick(page: Page, selector: str) -> None:
    """Tick a box."""
    tab_to(page, selector)
    page.keyboard.press("Space")
    assert page.is_checked(selector)
