"""All payloads of the corpus on pages in a real browser: nothing asks, nothing runs, nothing leaves the house."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Dialog, Page
from tests.browser.conftest import House, Open
from tests.service.running import until
from tests.web.security.payloads import kept

pytestmark = [pytest.mark.slow, pytest.mark.needs_program("chromium")]

SAID = kept()
TOGETHER = 900
"""Characters of payloads in one text: a page shows a thousand of each."""
IN_A_FORM = 9_000
"""A form takes ten thousand, and thirty forms an hour come through."""
OPENED_S = 120.0
ACCOUNT = "attacked account"


def texts(longest: int = TOGETHER) -> Iterator[str]:
    """All payloads, some in each text."""
    text = ""
    for payload in SAID:
        if text and len(text) + len(payload) > longest:
            yield text
            text = ""
        text += f"{payload[:TOGETHER]} "
    yield text


def in_parts(of: Sequence[str], many: int) -> Iterator[list[str]]:
    left = iter(of)
    while part := [*islice(left, many)]:
        yield part


def key_of_a_source(page: Page) -> str:
    """Made by the administrator, for a source with a hostile name."""
    name = f"{SAID[0]} \"'><script>alert(1)</script>"
    page.goto("/settings/sources")
    page.fill("#id_name", name)
    page.select_option("#id_kind", "user")
    page.get_by_role("button", name="Add").click()
    page.goto("/settings/tokens/sources")
    page.locator("summary", has_text="for a source").click()
    page.select_option("#id_source-source", label=name)
    page.fill("#id_source-name", SAID[1])
    for box in page.locator("input[name=source-scopes]").all():
        box.check()
    page.locator("form[action='/settings/tokens/sources'] button").click()
    return page.locator("code", has_text="ost_").inner_text().strip()


def told(house: House, key: str) -> None:
    """By a program: an account whose reports, evidence and handle are the corpus, and a list of it."""
    now = datetime.now(UTC).isoformat()
    with httpx.Client(
        base_url=f"{house.address}/api/v1", headers={"Authorization": f"Bearer {key}"}
    ) as program:
        handle = {"handle": SAID[-1][:100] + "<img src=x onerror=alert(1)>"}
        assert program.put(f"/accounts/local/{quote(ACCOUNT)}", json=handle).is_success
        evidence = [json.dumps({said[:150]: said for said in part}) for part in in_parts(SAID, 90)]
        for number, text in enumerate(texts()):
            report = {
                "report_id": f"{SAID[number][:400]} {number}",
                "account": ACCOUNT,
                "reporter": SAID[number][:500],
                "reported_at": now,
                "text": text,
                "declared": f"call:{SAID[number][:100]}" if number % 4 == 0 else "",
                "evidence": {
                    "content": evidence[number] if number < len(evidence) else text,
                    "media_type": "application/json" if number < len(evidence) else "text/html",
                    "location": text,
                },
            }
            answer = program.post("/reports", json=report)
            assert answer.is_success, answer.text
        about = {
            "title": SAID[2],
            "publisher": SAID[3][:100],
            "licence": SAID[4][:100],
            "url": f"javascript:{SAID[5]}",
        }
        rows = "".join(f"{json.dumps({'account': said})}\n" for said in SAID)
        kind = {"Content-Type": "application/octet-stream"}
        how = {**about, "platform": "local", "named_by": "id"}
        answer = program.post("/lists", params=how, content=rows.encode(), headers=kind)
        assert answer.is_success, answer.text


def refuses_to_ask(page: Page) -> list[str]:
    """What dialogs the page opens."""
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    return asked


@pytest.fixture(scope="session")
def keys() -> dict[str, str]:
    return {}


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_browser_runs_nothing_of_what_outsiders_wrote(
    house: House, open_as: Open, keys: dict[str, str], language: str
) -> None:
    if not keys:
        keys["source"] = key_of_a_source(open_as("administrator"))
        told(house, keys["source"])
    find = "SELECT c.id FROM casework_case c JOIN intake_account a ON a.id = c.account_id WHERE a.external_id = ?"
    until(lambda: bool(house.ask(find, ACCOUNT)), OPENED_S)
    case = house.number(find, ACCOUNT)
    kept_list = house.number("SELECT max(id) FROM intake_publishedlist")
    source = house.number("SELECT max(id) FROM intake_source WHERE name LIKE '%script%'")

    colleague = open_as("safety lead", language=language)
    asked = refuses_to_ask(colleague)
    for page in (
        f"/cases/{case}",
        f"/queue?q={quote(ACCOUNT)}",
        "/lists",
        f"/lists/{kept_list}",
        "/campaigns",
    ):
        colleague.goto(page)
        colleague.wait_for_load_state("networkidle")
        assert colleague.locator("main h1").count() == 1, page
    colleague.goto(f"/cases/{case}")
    for fold in colleague.locator("main summary").all():
        fold.evaluate("summary => { summary.parentElement.open = true }")
    assert colleague.evaluate("document.body.getBoundingClientRect().height") > 2000, "all of it was laid out"
    while (further := colleague.locator("nav.pager a[rel=next]")).count():
        further.click()

    colleague.goto(f"/lists/{kept_list}")
    while (further := colleague.locator("nav.pager a[rel=next]")).count():
        further.click()
        colleague.wait_for_load_state()

    administrator = open_as("administrator", language=language)
    asked_there = refuses_to_ask(administrator)
    for page in ("/settings/sources", f"/settings/sources/{source}", "/settings/tokens/sources"):
        administrator.goto(page)
        administrator.wait_for_load_state("networkidle")

    visitor = open_as(language=language)
    asked_outside = refuses_to_ask(visitor)
    for text in texts(IN_A_FORM):
        visitor.goto("/report")
        visitor.fill("#id_account", text.replace("\n", " ")[:500])
        visitor.fill("#id_location", text[:2000])
        visitor.fill("#id_text", text)
        visitor.fill("#id_name", text.replace("\n", " ")[:100])
        visitor.eval_on_selector("main form", "form => { form.noValidate = true }")
        visitor.locator("main form button").click()
        assert visitor.locator(".told[role=alert]").count() == 1
    assert (asked, asked_there, asked_outside) == ([], [], [])


def test_a_session_that_was_framed_or_opened_elsewhere_shows_nothing(house: House, open_as: Open) -> None:
    page = open_as("safety lead")
    page.goto("/queue")
    answer = page.request.get("/queue")
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
