"""The page of a search for returners: evidence in equal space before any number, and safe whatever accounts show."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pages.names import HOSTILE
from tests.pages.reading import Element, read

from ostrakon.analysis.returners import Alternative, Explanation, Neighbour, Sign
from ostrakon.pages import wording_of_links as words
from ostrakon.pages.origin import InputFile, Origin
from ostrakon.pages.returners import LinkCard, ReturnersPage, returners_page

TOLD = Explanation(
    "mallory2",
    "mallory",
    (
        Sign("neighbours", "12 shared", "12 shared", 9.2, None),
        Sign("handle", "zubayr_q2", "zubayr_q", 6.1, 1),
    ),
    (Sign("avatar", "a cat", "a flag", -1.2, None),),
    (Neighbour("friend1", 3, True), Neighbour("friend2", 5, False)),
    Alternative("trudy", 0.08),
    0.1,
)
ROW = {
    "account": "mallory2",
    "suspended_account": "mallory",
    "rank": 1,
    "probability": 0.91,
    "false_link_rate": 0.04,
    "channels": "handle;neighbours",
}
GROUP = {
    "name_group": "Latin, common",
    "new": 40,
    "linked": 3,
    "placebo_linked": 1,
    "false_link_rate": 0.33,
    "false_link_rate_low": 0.1,
    "false_link_rate_high": 0.7,
    "is_switched_off": True,
}
ORIGIN = Origin("0.1", 0, [InputFile("new.csv", "ab" * 32, 61)])
PAGE = ReturnersPage(
    counts={"new": 61, "suspended": 60, "pairs": 122},
    links=[ROW],
    link_rows=1,
    cards=[LinkCard(ROW, TOLD)],
    groups=[GROUP],
    suggested_rate=0.01,
    switched_off=None,
    origin=ORIGIN,
)
EMPTY = replace(PAGE, links=[], link_rows=0, cards=[], groups=[], switched_off="the placebo says 40 %")


def shown(page: ReturnersPage) -> Element:
    return read(returners_page(page))


def test_evidence_for_and_against_comes_before_the_score_and_in_equal_space() -> None:
    card = shown(PAGE).one("article", "link")
    sides = card.one("div", "reasons")
    assert [h4.text for h4 in sides.all("h4")] == [words.FOR, words.AGAINST]
    order = [words.FOR, words.AGAINST, words.NEIGHBOURS, "trudy", "Of all new accounts", "91", "are wrong"]
    places = [card.text.index(each) for each in order]
    assert places == sorted(places)


def test_each_sign_says_what_was_seen_in_bits_and_how_rare_it_is() -> None:
    signs = [li.text for li in shown(PAGE).one("div", "reasons").all("li")]
    assert signs[0].count("12 shared") == 1
    assert "zubayr_q2" in signs[1]
    assert "+6.1\u00a0bits" in signs[1]
    assert "carried by 1 account" in signs[1]
    assert "−1.2\u00a0bits" in signs[2]


def test_neighbours_are_shown_with_their_popularity() -> None:
    body = shown(PAGE).one("article", "link").one("tbody")
    assert [[cell.text for cell in row.all("th") + row.all("td")] for row in body.all("tr")] == [
        ["friend1", words.BOTH_FOLLOW_IT, "3"],
        ["friend2", words.IT_FOLLOWS_BOTH, "5"],
    ]


def test_what_nobody_can_tell_is_said_and_never_a_zero() -> None:
    row = {**ROW, "false_link_rate": None}
    told = replace(TOLD, base_rate=None, nearest=None, neighbours=(), signs_against=())
    page = shown(replace(PAGE, links=[row], cards=[LinkCard(row, told)], groups=[]))
    text = page.one("article", "link").text
    assert "are wrong cannot be told" in text
    assert "cannot be told here" in text
    assert words.NO_ALTERNATIVE in text
    assert words.NO_NEIGHBOURS in text
    assert words.NOTHING_AGAINST in text
    assert words.NO_GROUPS in page.text
    (cell,) = [td.text for td in page.all("td") if td.attributes.get("data-label") == "False-link rate"]
    assert cell == words.NOT_KNOWN


@pytest.mark.parametrize(
    ("rate", "kind"), [(0.01, words.SUGGESTED), (0.02, words.POSSIBLE), (None, words.POSSIBLE)]
)
def test_only_what_is_stated_to_be_seldom_wrong_is_called_suggested(rate: float | None, kind: str) -> None:
    row = {**ROW, "false_link_rate": rate}
    page = shown(replace(PAGE, links=[row], cards=[LinkCard(row, TOLD)]))
    (cell,) = [td.text for td in page.all("td") if td.attributes.get("data-label") == "Kind"]
    assert cell == kind
    said = words.IS_SUGGESTED if kind == words.SUGGESTED else words.IS_POSSIBLE
    assert page.one("article", "link").text.endswith(said)


def test_a_search_that_suggests_nothing_says_why() -> None:
    text = shown(EMPTY).one("header").text
    assert "Suggestions are switched off: the placebo says 40 %" in text
    assert words.NO_LINKS in shown(EMPTY).text


def test_a_group_of_names_for_which_suggestions_are_off_is_named() -> None:
    assert words.OFF in shown(PAGE).text
    assert "Latin, common" in shown(PAGE).text


def page_of(text: str) -> ReturnersPage:
    """A page on which every text that comes from outside is this one."""
    sign = Sign(text, text, text + "x", 1.0, 2)
    told = Explanation(
        text,
        text,
        (sign,),
        (replace(sign, channel="handle"),),
        (Neighbour(text, 1, True),),
        Alternative(text, 0.1),
        0.1,
    )
    row: dict[str, Any] = {**ROW, "account": text, "suspended_account": text, "channels": text}
    return replace(
        PAGE,
        links=[row],
        cards=[LinkCard(row, told)],
        groups=[{**GROUP, "name_group": text}],
        switched_off=text,
        origin=Origin(text, 1, [InputFile(text, text, 1)], {text: text}, (text,), {text: 1}),
    )


OURS = [[e.tag, *e.attributes] for e in read(returners_page(page_of("plain"))).all() if e.tag != "bdi"]


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_no_text_becomes_markup_or_hides(text: str) -> None:
    html = returners_page(page_of(text))
    tags = [[e.tag, *e.attributes] for e in read(html).all() if e.tag != "bdi"]
    assert tags == OURS
    assert {c for c in html if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"}} == {"\n"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_names(text: str) -> None:
    html = returners_page(page_of(text))
    assert not re.search(r"<script|<img|javascript:[^&\s<]*\"", html.split("</style>")[1], re.IGNORECASE)
    assert [[e.tag, *e.attributes] for e in read(html).all() if e.tag != "bdi"] == OURS


def test_the_page_needs_no_science() -> None:
    code = (
        "import sys, ostrakon.pages.returners; "
        "sys.exit(any(m in sys.modules for m in ('polars', 'numpy', 'sklearn')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
