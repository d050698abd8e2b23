"""The page of a triage run: complete, alone, honest, and safe whatever the reports contain."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import unicodedata
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.pages.names import HOSTILE
from tests.pages.reading import Element, read
from tests.pages.sample import empty_page, one_row_page, sample_page

from ostrakon import pages
from ostrakon.pages import wording
from ostrakon.pages import wording_of_campaigns as words
from ostrakon.pages.campaign import Burst, CampaignCard, Channel, Evidence, Member, Target
from ostrakon.pages.triage import Calibration, InputFile, Origin, TriagePage, triage_page

SAMPLES = {"full": sample_page(), "one row": one_row_page(), "empty": empty_page()}
HTML = {name: triage_page(page) for name, page in SAMPLES.items()}
READ = {name: read(html) for name, html in HTML.items()}
FULL = READ["full"]


@pytest.fixture(params=HTML)
def html(request: pytest.FixtureRequest) -> str:
    return HTML[request.param]


@pytest.fixture(params=HTML)
def page(request: pytest.FixtureRequest) -> Element:
    return READ[request.param]


# Alone and safe


def test_the_page_needs_nothing_but_itself(page: Element) -> None:
    for element in page.all():
        assert element.tag not in {
            "script",
            "link",
            "img",
            "iframe",
            "object",
            "embed",
            "form",
            "base",
            "use",
        }
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name not in {"src", "srcset", "style", "action", "data", "ping"}
            assert "//" not in (value or "") or name == "data-label"
    assert not re.search(r"url\s*\(|@import|expression|https?:", page.one("style").text)


def test_the_page_forbids_itself_to_fetch_or_run_anything(page: Element) -> None:
    policy = [m for m in page.all("meta") if m.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in str(
        policy[0].attributes["content"]
    )


def test_no_invisible_character_is_left_in_the_page(html: str) -> None:
    assert {c for c in html if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} == {"\n"}


def page_of(text: str) -> TriagePage:
    """A page on which every text that comes from outside is this one."""
    page, one = one_row_page(), text.replace(";", "")
    (row,), (told,) = page.queue, page.explanations
    voices = tuple(replace(v, reporters=(text,), campaign=one) for v in told.voices)
    return replace(
        page,
        queue=[{**row, "account": text, "policy": text, "campaigns": one, "decided": text}],
        explanations=[
            replace(
                told,
                account=text,
                policy=text,
                decided=text,
                voices=voices,
                reasons_for=(text,),
                reasons_against=(text,),
            )
        ],
        reporters=[{**page.reporters[0], "reporter": text, "campaigns": one}],
        campaigns=[campaign(one)],
        campaign_cards=[campaign_of(text, one)],
        calibration=Calibration(None, None, text),
        origin=Origin(text, 1, [InputFile(text, text, 1)], {text: text}, (text,), {text: 1}),
    )


def campaign_of(text: str, name: str) -> CampaignCard:
    evidence = (Evidence(text, 3),)
    return CampaignCard(
        campaign=name,
        kind=text,
        declared=text,
        q_value=0.01,
        lift=2.0,
        seen=2,
        expected=1.0,
        interest=2.0,
        members=[Member(text, 0.01, 2, 0.1)],
        members_all=1,
        targets=[Target(text, 1, 0.0, 60.0, 2, text, [(0.0, True), (30.0, False)])],
        targets_all=1,
        bursts=[Burst(text, 0.0, 60.0, 2, 1, 0, 0.0), Burst(text, 9000.0, 9060.0, 2, 1, 1, 0.1)],
        bursts_all=2,
        pairs=[(0, 0)],
        decided_targets=1,
        upheld_share=1.0,
        channels=[
            Channel(text, 0.001, 2.0, 1.0, evidence),
            Channel("copied text", 0.001, 2.0, 1.0, evidence),
        ],
    )


def campaign(text: str) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(("members", "targets", "reports"), 3)
    found |= dict.fromkeys(("first_at", "last_at", "lift", "q_value", "upheld_share"))
    return {**found, "campaign": text, "kind": text}


def bones(html: str) -> list[tuple[str, list[str]]]:
    """Elements and names of attributes, without the names from outside and the marks in them."""
    return [
        (element.tag, sorted(element.attributes))
        for element in read(html).all()
        if element.tag != "bdi" and element.within("bdi") is None
    ]


PLAIN_BONES = bones(triage_page(page_of("plain")))


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_characters=";"), min_size=1, max_size=60))
@example("<script>alert(1)</script>")
@example('"><img src=x onerror=alert(1)>')
@example("' onmouseover='alert(1)")
@example("</style></title></svg><svg onload=alert(1)>")
@example("<!--")
@example("]]>&lt;&#60;")
@example("javascript:alert(1)")
def test_no_text_from_outside_changes_the_structure_of_the_page(text: str) -> None:
    assert bones(triage_page(page_of(text))) == PLAIN_BONES


def test_every_name_from_outside_stands_in_a_bdi() -> None:
    for element in read(triage_page(page_of("outsider"))).all():
        section = element.within("section")
        in_our_note = section is not None and section.attributes["id"] == "calibration"
        if any("outsider" in child for child in element.children if isinstance(child, str)):
            assert element.tag in {"bdi", "code"} or in_our_note


def test_names_that_differ_only_in_what_is_hidden_look_different() -> None:
    shown = {e.text for e in FULL.one("div", "queue").all("bdi", "id")}
    assert {"bank.example", "bankU+200B.example", "userU+202Egnp.exe"} <= shown
    assert len(shown & {name for name in HOSTILE if name.isascii() and name.isprintable()}) > 5


# Whole


def test_every_link_leads_somewhere_on_the_page_and_every_place_is_named_once(page: Element) -> None:
    places = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    assert len(places) == len(set(places))
    assert {str(e.attributes["href"])[1:] for e in page.all("a")} <= set(places)


def test_a_row_leads_to_its_card_and_back_and_a_campaign_to_its_row() -> None:
    links = {str(e.attributes["href"]) for e in FULL.all("a")}
    assert {"#why-1", "#why-25", "#row-1", "#row-25", "#campaign-1", "#campaign-2"} <= links
    assert len(explained()) == 25


def explained() -> list[Element]:
    """The cards of accounts."""
    return [card for card in FULL.all("article", "card") if str(card.attributes["id"]).startswith("why-")]


def test_a_campaign_leads_from_its_row_to_its_card_and_back() -> None:
    for number, card in enumerate(FULL.all("article", "together"), 1):
        row = next(e for e in FULL.all("tr") if e.attributes.get("id") == f"campaign-{number}")
        assert row.one("th").one("a").attributes["href"] == f"#{card.attributes['id']}"
        assert card.one("div", "number").one("a").attributes["href"] == f"#campaign-{number}"


def test_beside_every_chart_stand_its_numbers(page: Element) -> None:
    for svg in page.all("svg"):
        figure, around = svg.within("figure"), svg.parent
        assert svg.one("title").text
        assert svg.one("desc").text
        if figure is not None:
            assert figure.one("details").one("table").all("td")
        else:  # a bar in a cell: the number stands in the same cell
            assert around is not None
            beside = [
                child.text for child in around.children if isinstance(child, Element) and child is not svg
            ]
            assert svg.one("title").text in " ".join(beside)


def test_a_card_gives_reasons_for_and_against_before_any_number() -> None:
    for card in explained():
        parts = [e.attributes.get("class") for e in card.children if isinstance(e, Element)]
        assert parts[1:3] == ["reasons", "number"]
        assert [title.text for title in card.one("div", "reasons").all("h4")] == [
            wording.SPEAKS_FOR,
            wording.SPEAKS_AGAINST,
        ]


def test_the_numbers_of_the_overview_are_those_of_the_run() -> None:
    shown = {e.one("dt").text: e.one("dd").text for e in FULL.one("dl", "counts").all("div")}
    assert shown == {
        "Reports": "5,312", "Reporters": "2,104", "Accounts": "531", "Policies": "6",
        "Decisions": "720", "Repeats": "187", "Rows not used": "8",
    }  # fmt: skip
    assert "about\u00a01,200 independent voices" in FULL.one("header").text


def test_it_says_how_many_rows_there_are_in_all_and_where() -> None:
    assert "first 100 of 611 rows" in FULL.text
    assert "queue.csv" in FULL.text


# Honest


def test_it_says_that_a_probability_is_no_verdict_and_that_together_is_not_malicious(html: str) -> None:
    assert "never a verdict, and nothing acts on it" in html
    assert "Coordinated does not mean malicious" in html


def test_no_probability_is_ever_certain() -> None:
    shown = [e.text for e in FULL.all("div", "estimate")]
    shown += [card.one("p", "big").text for card in explained()]
    assert len(shown) > 200
    for text in shown:
        assert re.search(r"([<>] )?\d+ % \((\d+–\d+ %|([<>] )?\d+ % to ([<>] )?\d+ %)\)", plain(text))
        assert not re.search(r"(?<!\d)(0|100)( %|–)", plain(text))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_crowd_is_shown_with_the_voices_it_comes_to() -> None:
    page = replace(
        one_row_page(), queue=[{**one_row_page().queue[0], "reports": 512, "independent_reports": 3.8}]
    )
    assert "512 reports, about 4 voices" in plain(read(triage_page(page)).one("div", "queue").text)


@pytest.mark.parametrize(
    ("campaigns", "said"), [(None, words.CAMPAIGNS_NOT_SOUGHT), ([], words.CAMPAIGNS_NONE)]
)
def test_nothing_found_and_not_looked_for_are_two_things(campaigns: list[Any] | None, said: str) -> None:
    assert said in triage_page(replace(empty_page(), campaigns=campaigns))


def test_a_calibration_that_cannot_be_shown_says_why() -> None:
    page = READ["empty"]
    assert "Not shown: there are no decisions to compare with." in page.text
    assert page.all("svg", "calibration") == []


def test_what_is_unknown_is_called_unknown_and_not_zero() -> None:
    page = one_row_page()
    unknown = dict.fromkeys(("probability", "probability_low", "probability_high"))
    queue = read(triage_page(replace(page, queue=[{**page.queue[0], **unknown}]))).one("div", "queue")
    assert [cell.text for cell in queue.all("td")][2] == "not known"


def test_it_says_of_how_many_campaigns_it_tells_one_by_one() -> None:
    page = replace(SAMPLES["full"], campaign_rows=140)
    assert "The first 3 of them are looked at one by one" in triage_page(page)
    assert "one by one" not in HTML["full"]


def test_rows_not_used_are_counted_by_problem() -> None:
    assert "reported_at is not a time" in HTML["empty"]
    assert wording.ORIGIN_NOT_REJECTED in triage_page(replace(empty_page(), origin=Origin("1", None, ())))


# Practical


def test_the_same_input_gives_the_same_page() -> None:
    for name, page in (("full", sample_page()), ("one row", one_row_page())):
        assert triage_page(page) == HTML[name]


def test_a_large_page_is_small_and_quick() -> None:
    started = time.process_time()
    assert len(triage_page(SAMPLES["full"]).encode()) < 1_500_000
    assert time.process_time() - started < 0.5


def test_clocks_that_are_wrong_by_millennia_do_no_harm() -> None:
    page = one_row_page()
    edges = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    for times in (edges, edges[:1], edges[1:]):
        told = replace(page.explanations[0], times=times, first_at=times[0], last_at=times[-1])
        read(triage_page(replace(page, explanations=[told])))


def test_the_pages_need_the_standard_library_only() -> None:
    code = "import sys, ostrakon.pages.triage; sys.exit(any(m in sys.modules for m in ('numpy', 'polars', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_sentence_waits_in_vain() -> None:
    sources = {p.name: p.read_text("utf-8") for p in Path(pages.__path__[0]).glob("*.py")}
    own = sources.pop("wording.py")
    for name in re.findall(r"^(?:def )?([a-zA-Z]\w+)(?= = |\()", own, re.MULTILINE):
        used = len(re.findall(rf"\b{name}\b", own)) > 1 or any(
            f"wording.{name}" in text for text in sources.values()
        )
        assert used, name


def test_the_sample_fills_every_field_of_the_page() -> None:
    assert [f.name for f in fields(TriagePage) if not getattr(SAMPLES["full"], f.name)] == []
