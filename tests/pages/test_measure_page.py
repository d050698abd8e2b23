"""The page of a measurement: what strangers named stays text, what is not known is said."""

from __future__ import annotations

from ostrakon.analysis.figures import estimate, refused
from ostrakon.pages.measure import MeasurePage, measure_page
from ostrakon.pages.origin import Origin

ORIGIN = Origin(version="0", seed=0, files=[])
HOSTILE = "<script>alert(1)</script>"


def page(verb: str = "population", **tables: list[dict[str, object]]) -> str:
    figures = (
        estimate("population", 120, 90, 300, "accounts", "MSE", warnings=["order"]),
        refused("median", "days", "KM", "too few"),
    )
    return measure_page(MeasurePage(verb, figures, tables, ORIGIN))


def test_a_name_of_a_list_is_never_markup() -> None:
    text = page(drop_one_list=[{"list": HOSTILE, "value": 10.0, "low": 5.0, "high": None}])
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_figure_stands_with_its_interval_its_doubt_and_its_refusal() -> None:
    text = page()
    assert "90 to 300" in text
    assert "order" in text
    assert "too few" in text


def test_a_table_without_rows_says_so() -> None:
    assert "Nothing to show." in page(models=[])


def test_a_curve_has_its_numbers_beside_it() -> None:
    rows: list[dict[str, object]] = [
        {"group": HOSTILE, "days": day, "survival": 1 - day / 10, "low": 0.1, "high": 0.9}
        for day in (1.0, 2.0)
    ]
    text = page("survival", curve=rows)
    assert text.count("<svg") == 1
    assert "<script" not in text
    assert text.count("<table") >= 2


def test_occasions_that_cannot_be_known_break_no_picture() -> None:
    row = {
        "occasion": "d1",
        "value": None,
        "low": None,
        "high": None,
        "survival": None,
        "capture": None,
        "arrivals": None,
    }
    known = {**row, "occasion": "d2", "value": 5.0, "low": 4.0, "high": 6.0}
    assert "<svg" in page(by_occasion=[row, known, row])
    assert "<svg" not in page(by_occasion=[row, row, row])


def test_a_handful_of_people_is_not_told_by_number() -> None:
    rows: list[dict[str, object]] = [{"list": "a", "other": "b", "accounts": float(n)} for n in (0, 4, 5)]
    text = page(overlaps=rows)
    assert text.count("&lt;\u00a05") == 1
    assert ">4<" not in text


def test_the_same_input_gives_the_same_page() -> None:
    assert page() == page()
