"""Every page, in three languages, light and dark, wide, narrow and enlarged: axe finds nothing, nothing overflows."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser.conftest import House, Open
from tests.browser.pages import pages

pytestmark = [pytest.mark.slow, pytest.mark.needs_program("chromium")]

LOOKS = [
    pytest.param("en", "light", 1280, id="english"),
    pytest.param("fr", "dark", 640, id="french, dark, at 200 % of a small screen"),
    pytest.param("ar", "light", 1280, id="arabic"),
    pytest.param("ar", "dark", 360, id="arabic, dark, narrow"),
]
WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


@pytest.mark.parametrize(("language", "colours", "width"), LOOKS)
def test_axe_finds_nothing_and_nothing_overflows(
    house: House, open_as: Open, language: str, colours: str, width: int
) -> None:
    axe, opened, found = Axe(), {}, []
    for role, address in pages(house):
        if role not in opened:
            opened[role] = open_as(role, language=language, width=width, color_scheme=colours)
        page = opened[role]
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == (404 if "forged" in address else 200), (role, address, answer.status)
        direction = page.evaluate("document.documentElement.dir")
        assert direction == ("rtl" if language == "ar" else "ltr"), address
        found += [f"{role} {address}: {said}" for said in _violations(axe.run(page, options=WCAG))]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            found.append(f"{role} {address}: wider than the screen")
    assert found == []


def _violations(results: Any) -> list[str]:
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in results.response["violations"]
        for node in rule["nodes"][:3]
    ]
