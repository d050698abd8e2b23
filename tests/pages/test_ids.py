"""Two different names never look the same."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.pages.reading import Element, read

from ostrakon.pages.ids import LONGEST, show_id

TRICKY = st.text(
    alphabet=st.sampled_from(
        "ab1@:._-=() \t\0\u00a0\u200b\u202e\u2066\u2069\u0301\u0323\u00e9\u1eb9\u212a\u212b"
        "\u1100\u1161\uac00\u05d0\u05d1\u0661\ufe0f"
    ),
    max_size=12,
)


def seen(name: str) -> list[tuple[str, str]]:
    """What a reader sees from left to right: marks, right-to-left runs, and the rest, each as it is drawn."""
    pieces: list[tuple[str, str]] = []
    for child in read(show_id(name)).one("bdi", "id").children:
        if isinstance(child, str):
            pieces.append(("text", drawn(child)))
        else:
            pieces.append(("mark" if child.attributes.get("class") == "chip" else "run", drawn(child.text)))
    joined: list[tuple[str, str]] = []
    for kind, text in pieces:
        if joined and kind == joined[-1][0] == "text":
            joined[-1] = ("text", joined[-1][1] + text)
        else:
            joined.append((kind, text))
    return joined


def drawn(text: str) -> str:
    """Canonically equal texts are drawn alike, and so are spaces of any kind."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))


@given(TRICKY, TRICKY)
@example("bank.example", "bank\u200b.example")
@example("e\u0301mile", "\u00e9mile")
@example("K", "\u212a")
@example("1\u05d0", "\u05d01")
@example("a b", "a\u00a0b")
@example("a  b", "a b")
@example("", "\u3164")
@example("x" * 400, "x" * 200 + "y" + "x" * 199)
def test_two_different_names_never_look_the_same(one: str, other: str) -> None:
    assert (seen(one) == seen(other)) == (one == other)


@given(TRICKY | st.text(max_size=30))
def test_nothing_outside_a_run_of_its_own_can_be_reordered(name: str) -> None:
    shown = read(show_id(name)).one("bdi", "id")
    assert shown.attributes["dir"] == "ltr"
    loose = [child for child in shown.children if isinstance(child, str)]
    assert not {"R", "AL", "AN"} & directions("".join(loose))
    for run in shown.all("bdi"):
        if run.attributes.get("dir") == "rtl":
            assert not {"L", "EN", "AN"} & directions(run.text)


def directions(text: str) -> set[str]:
    return {unicodedata.bidirectional(character) for character in text}


def only_run(name: str) -> Element:
    (run,) = [e for e in read(show_id(name)).one("bdi", "id").all("bdi") if "dir" in e.attributes]
    return run


def test_an_arabic_handle_keeps_its_words_together_and_its_server_behind_it() -> None:
    assert only_run("@أحمد_العلي:matrix.example").text == "أحمد_العلي"
    assert [text for _, text in seen("@سارة:matrix.example")] == ["@", "سارة", ":matrix.example"]


def test_arabic_with_its_vowel_signs_is_left_alone() -> None:
    assert seen("مُحَمَّد") == [("run", drawn("مُحَمَّد"))]


@pytest.mark.parametrize("name", ["=1+1", "+49 30", "-x", "@SUM(1)|x", "\t=1"])
def test_what_a_spreadsheet_would_run_starts_with_a_mark(name: str) -> None:
    assert seen(name)[0] == ("mark", "text")


@pytest.mark.parametrize("name", ["@chidi:example.org", "did:plc:x", "00417", "a=b", "chidi@social.example"])
def test_an_ordinary_name_is_shown_byte_for_byte_and_without_marks(name: str) -> None:
    assert seen(name) == [("text", name)]


def test_a_long_name_is_shortened_and_carries_its_hash() -> None:
    html = show_id("<b>" + "x" * 5000)
    assert len(html) < 4 * LONGEST + 400
    assert "more characters" in html
    assert len(seen("x" * 5000)[-1][1]) == 12


def test_marks_piled_on_a_letter_do_not_paint_over_other_rows() -> None:
    assert len([piece for piece in seen("Z" + "\u0351" * 40) if piece[0] == "mark"]) > 30
