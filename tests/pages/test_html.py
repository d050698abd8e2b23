"""One door: every text is escaped, and nothing in it stays hidden."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pages.reading import read

from ostrakon import pages
from ostrakon.pages.html import Markup, fragment, h, style

HOSTILE = st.text(alphabet=st.sampled_from("<>&\"'=/ !-abonclick\u202e\u200b\0\t\n\ud800"), max_size=40)


@given(HOSTILE | st.text(max_size=40))
def test_a_text_never_becomes_an_element(text: str) -> None:
    paragraph = read(h("p", text)).one("p")
    assert [e.attributes.get("class") for e in paragraph.all()] == ["chip"] * len(paragraph.all("bdi"))


@given(HOSTILE | st.text(max_size=40))
def test_an_attribute_stays_one_attribute(text: str) -> None:
    (element,) = read(h("p", title=text)).all()
    assert list(element.attributes) == ["title"]
    assert element.children == []


@given(st.text(max_size=40))
def test_whatever_comes_in_can_be_written_to_a_file(text: str) -> None:
    h("p", text, "\ud800", title=text + "\udfff").encode("utf-8")


def test_an_ordinary_text_is_shown_as_it_is() -> None:
    assert read(h("p", "1 < 2 & 'so' \"on\", Ünïcödé, سارة, 你好 😀")).text == (
        "1 < 2 & 'so' \"on\", Ünïcödé, سارة, 你好 😀"
    )


@pytest.mark.parametrize(
    "hidden", "\u202e\u202d\u2066\u2069\u200b\u200f\u061c\ufeff\u00ad\0\x1b\u2028\u3164\ufe0f\U000e0041"
)
def test_what_nobody_sees_is_shown_as_its_number(hidden: str) -> None:
    html = h("p", f"a{hidden}b")
    assert hidden not in html
    assert read(html).one("bdi", "chip").text == f"U+{ord(hidden):04X}"
    assert hidden not in h("p", title=hidden)


def test_a_mistake_escapes_too_much_and_never_too_little() -> None:
    bold = h("b", "x")
    for mistake in (bold + "<i>", f"{bold}<i>", "".join([bold, "<i>"]), bold.replace("x", "<i>")):
        assert not isinstance(mistake, Markup)
        assert read(h("p", mistake)).all("i") == []


def test_only_the_door_makes_markup() -> None:
    for path in Path(pages.__path__[0]).glob("*.py"):
        calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
        makes = [n for n in calls if isinstance(n.func, ast.Name) and n.func.id == "Markup"]
        assert not makes or path.name == "html.py"


@pytest.mark.parametrize(
    "attribute", ["onclick", "onLoad", "src", "srcset", "style", "action", "formaction", "a b", 'x"', ""]
)
def test_it_refuses_attributes_that_run_or_fetch_something(attribute: str) -> None:
    with pytest.raises(ValueError, match="no such attribute"):
        h("p", **{attribute: "x"})


@pytest.mark.parametrize(
    "tag", ["script", "SCRIPT", "iframe", "img", "link", "form", "style", "use", "p onclick=x", ""]
)
def test_it_refuses_elements_that_run_or_fetch_something(tag: str) -> None:
    with pytest.raises(ValueError, match="no such element"):
        h(tag)


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "https://example.org", "//example.org", "page.html", " #x", ""]
)
def test_a_link_stays_on_the_page(target: str) -> None:
    with pytest.raises(ValueError, match="stay on the page"):
        h("a", href=target)


@pytest.mark.parametrize(
    "css", ["</style><script>", "@import 'x'", "a{background:url(x)}", "a{background:url (x)}"]
)
def test_a_style_sheet_fetches_nothing_and_ends_where_it_ends(css: str) -> None:
    with pytest.raises(ValueError, match="fetch nothing"):
        style(css)


def test_children_may_be_nested_and_absent() -> None:
    assert fragment("a", None, [1, ("b", [h("i")])], False) == "a1b<i></i>"
