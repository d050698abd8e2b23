"""The page of what came of it: a sentence a question, both groups beside each other, and what is not shown."""

from __future__ import annotations

import ast
import csv
import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.case import person, signed_in
from tests.web.measured import SHA, WARNING, measurement

from ostrakon import analysis
from ostrakon.casework.models import Person, Role
from ostrakon.impact.measures.missing import MISSING
from ostrakon.impact.measures.twelve import TWELVE
from ostrakon.impact.models import MeasuringAsked
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.web.console.impact.pictures import CURVES, PEOPLE, rounded_up
from ostrakon.web.console.impact.words import FIGURES, HEADLINES, MEASURES, OF_THE_SCIENCE, QUESTIONS

pytestmark = pytest.mark.django_db
PAGE = "/did-it-work"


@pytest.fixture
def lead() -> Any:
    return signed_in(person("lena", Role.SAFETY_LEAD))


def shown(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:500]
    return str(answer.content.decode())


def plain(page: str) -> str:
    """Its text, blanks made one."""
    inline = re.sub(r"</?(?:bdi|code)[^>]*>", "", page)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inline))).replace("\xa0", " ")


def test_before_anything_was_measured_it_says_so(alice: Person) -> None:
    assert "Nothing was measured so far." in shown(signed_in(alice).get(PAGE))


def test_each_question_has_an_answer_for_each_group(alice: Person) -> None:
    measurement()
    text = plain(shown(signed_in(alice).get(PAGE)))
    assert "About 2,500 accounts. (2,400 to 2,750) indicative" in text
    assert "31 accounts are known to be active. exact count" in text
    assert "−31 % against what would have been, on those treated. (−46 % to −17 %)" in text
    assert text.count("These data cannot tell. not shown") == 7


def test_every_measure_shows_both_groups_in_one_table(alice: Person) -> None:
    measurement()
    page = shown(signed_in(alice).get(PAGE))
    tables = re.findall(r'<table class="work beside-each-other">.*?</table>', page, re.DOTALL)
    assert len(tables) == len(TWELVE)
    for table in tables:
        assert table.count('scope="col"') == 3
        assert "Counter-speakers, press, eyewitnesses, researchers" in table


def test_what_is_not_shown_says_what_is_missing(alice: Person) -> None:
    measurement({}, {})
    text = plain(shown(signed_in(alice).get(PAGE)))
    assert "What is not shown, and why" in text
    assert text.count(f"{MISSING['lists']}: ostrakon impact add lists") >= 2 * sum(
        len(measure.figures) for measure in TWELVE
    )


def test_a_handful_of_people_is_not_told_by_number(alice: Person) -> None:
    measurement()
    text = plain(shown(signed_in(alice).get(PAGE)))
    assert "ever known < 5 exact count" in text
    assert "2026-01-01 < 5" in text
    assert "2026-01-30 30" in text


def test_a_figure_names_its_inputs_and_its_seed(alice: Person) -> None:
    measurement()
    text = plain(shown(signed_in(alice).get(PAGE)))
    assert f"lists this service's own data 12 {SHA[:16]}" in text
    assert f"lists file 7 of an earlier time <i>old</i>.csv 3 {SHA[:16]}" in text
    assert "Seed 0. The same data and seed give the same figures, byte for byte." in text


def test_what_is_in_doubt_stands_beside_its_figure_and_is_inert(alice: Person) -> None:
    measurement()
    page = shown(signed_in(alice).get(PAGE))
    assert "<b>bold" not in page
    assert "<i>old" not in page
    assert f"In doubt: {WARNING}" in plain(page)


def test_pictures_have_a_name_a_description_and_a_table(alice: Person) -> None:
    measurement()
    page = shown(signed_in(alice).get(PAGE))
    assert page.count("<svg") == page.count("<desc>") == page.count("<title>") - 1 > 10
    assert page.count('class="curve"') == 4
    assert len(re.findall(r"<figure>.*?<table", page, re.DOTALL)) == page.count("<figure>")


def test_sentences_of_the_science_are_marked_as_english_elsewhere(alice: Person) -> None:
    measurement()
    browser = signed_in(alice)
    french = shown(browser.get(PAGE, headers={"Accept-Language": "fr"}))
    assert re.search(r'<span lang="en" dir="ltr">lists &#x27;a', french)
    assert '<span lang="en"' not in shown(browser.get(PAGE, headers={"Accept-Language": "en"}))


def test_another_policy_has_a_measurement_of_its_own(alice: Person) -> None:
    measurement()
    measurement({}, {}, policy="spam")
    browser = signed_in(alice)
    assert "About 2,500" not in shown(browser.get(f"{PAGE}?policy=spam"))
    assert "Nothing was measured so far." in shown(browser.get(f"{PAGE}?policy=other"))


def test_the_page_asks_few_questions_whatever_was_measured(alice: Person) -> None:
    measurement()
    browser = signed_in(alice)
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as asked:
        browser.get(PAGE)
    assert len(asked) <= 10


# Asking for it


def test_a_safety_lead_has_it_measured_once_however_often_they_ask(lead: Any) -> None:
    measurement()
    assert "Measure again now" in shown(lead.get(PAGE))
    for _ in range(2):
        assert lead.post(f"{PAGE}/measure").status_code == 302
    assert MeasuringAsked.objects.count() == Entry.objects.filter(kind=Kind.IMPACT_ASKED).count() == 1
    assert "A worker will measure at its next round." in shown(lead.get(PAGE))


def test_nobody_else_does(alice: Person) -> None:
    measurement()
    browser = signed_in(alice)
    assert "Measure again now" not in shown(browser.get(PAGE))
    assert browser.post(f"{PAGE}/measure").status_code == 403
    assert not MeasuringAsked.objects.exists()


# As files


def test_the_files_hold_every_figure_with_seed_and_inputs(alice: Person) -> None:
    kept = measurement()
    browser = signed_in(alice)
    whole = json.loads(shown(browser.get(f"{PAGE}/figures.json")))
    assert whole["sha256"] == kept.sha256
    assert whole["measures"] == json.loads(kept.measures)
    rows = list(csv.DictReader(io.StringIO(shown(browser.get(f"{PAGE}/figures.csv")))))
    assert len(rows) == 2 * sum(len(measure.figures) for measure in TWELVE)
    (row,) = [row for row in rows if (row["name"], row["group"]) == ("population", "target")]
    assert (row["value"], row["seed"], row["inputs"]) == ("2500", "0", f"lists:{SHA};lists:{SHA}")


def test_without_a_measurement_there_are_no_files(alice: Person) -> None:
    assert signed_in(alice).get(f"{PAGE}/figures.json").status_code == 404


def test_the_api_tells_the_same(alice: Person) -> None:
    browser = signed_in(alice)
    assert browser.get("/api/v1/impact").status_code == 404
    kept = measurement()
    told = browser.get("/api/v1/impact").json()
    whole = json.loads(shown(browser.get(f"{PAGE}/figures.json")))
    assert {**told, "as_of": ""} == {**whole, "as_of": ""}
    assert told["id"] == kept.pk


def test_a_policy_that_no_database_can_hold_is_refused(alice: Person) -> None:
    assert signed_in(alice).get("/api/v1/impact?policy=%00").status_code == 422


# Words


def test_every_measure_figure_and_question_has_its_words() -> None:
    assert set(MEASURES) == {measure.name for measure in TWELVE}
    assert {name for measure in TWELVE for name, _unit in measure.figures} == set(FIGURES)
    assert {str(measure.question) for measure in TWELVE} == set(QUESTIONS) == set(HEADLINES)
    for question, wanted in HEADLINES.items():
        own = {name for measure in TWELVE if measure.question == question for name, _ in measure.figures}
        assert set(wanted) <= own
        assert all(FIGURES[name].sentence for name in wanted)


def test_a_sentence_of_the_science_that_is_translated_is_one_that_it_says() -> None:
    sources = Path(analysis.__file__).parent.rglob("*.py")
    nodes = [node for path in sources for node in ast.walk(ast.parse(path.read_text()))]
    said = re.compile(
        "|".join({_pattern(node) for node in nodes if isinstance(node, ast.JoinedStr | ast.Constant)})
    )
    assert [sentence for sentence in OF_THE_SCIENCE if not said.fullmatch(sentence)] == []


def _pattern(text: ast.expr) -> str:
    """Of a string with places; a place holds a word."""
    if isinstance(text, ast.JoinedStr):
        return "".join(map(_pattern, text.values))
    return re.escape(str(text.value)) if isinstance(text, ast.Constant) else r"\S+"


def test_an_axis_ends_at_a_plain_number_above_all_values() -> None:
    for value in (0.01, 4, 4.1, 99, 12_688, 5e9):
        end = rounded_up(value)
        assert value <= end <= 3 * value


def test_what_is_drawn_upwards_and_counts_people_is_suppressed_in_its_table() -> None:
    assert {up for _across, up in CURVES.values()} - {"survival"} <= PEOPLE
