"""Names that somebody else chose, shown so that two different ones never look the same.

What is not solved: letters of two alphabets that are drawn alike (Latin and Cyrillic a). The font is a monospaced one,
which tells l, 1 and I apart; the exact bytes stand in the files beside the page.
"""

from __future__ import annotations

import hashlib
import unicodedata

from ostrakon.pages import hidden, wording
from ostrakon.pages.direction import in_order
from ostrakon.pages.html import Child, Markup, chip, h

LONGEST = 96
"""Characters shown of a name; a longer one is shortened in its middle and carries its hash."""
MOST_MARKS = 3
"""Combining marks drawn on one letter; more of them would paint over the rows above and below."""


def show_id(name: str, *, kind: str = "id") -> Markup:
    """A name in a <bdi>, so that its direction does not reorder the row; ``kind`` is the class it gets."""
    if not name:
        return h("bdi", chip(wording.EMPTY_NAME, wording.EMPTY_NAME_WHY), class_=kind, dir="ltr")
    pieces = _characters(name) if len(name) <= LONGEST else _shortened(name)
    return h("bdi", _not_a_formula(name), in_order(pieces), class_=kind, dir="ltr")


def _shortened(name: str) -> list[Child]:
    start, end = name[: LONGEST * 2 // 3], name[-LONGEST // 4 :]
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    mark = chip(wording.shortened(len(name) - len(start) - len(end)), f"sha256 {digest}…")
    return [*_characters(start), mark, *_characters(end), chip(digest, wording.SHORTENED_WHY)]


def _not_a_formula(name: str) -> Markup | None:
    """A spreadsheet would run such a cell after copy and paste; a word before it makes it a text."""
    runs = name[0] in "=+-\t\r" or (name[0] == "@" and any(sign in name for sign in "(|!"))
    return chip(wording.TEXT, wording.TEXT_WHY) if runs else None


def _characters(name: str) -> list[Child]:
    if name.isascii() and name.isprintable() and " " not in name:
        return [name]
    exact = unicodedata.is_normalized("NFC", name)
    pieces: list[Child] = []
    marks = 0
    for at, character in enumerate(name):
        marks = marks + 1 if unicodedata.combining(character) else 0
        unclear = _is_unclear_space(name, at) or marks > MOST_MARKS or not (exact or _is_exact(character))
        hide = unclear or hidden.is_hidden(character)
        pieces.append(chip(hidden.codepoint(character), hidden.name_of(character)) if hide else character)
    return pieces


def _is_unclear_space(name: str, at: int) -> bool:
    """Only a single plain space between two other characters can be seen for what it is."""
    if not name[at].isspace():
        return False
    return name[at] != " " or at in (0, len(name) - 1) or name[at - 1].isspace()


def _is_exact(character: str) -> bool:
    """False for what another sequence of characters is drawn like: combining marks, jamo, singletons (the Kelvin K)."""
    if unicodedata.category(character).startswith("M") or "\u1160" <= character <= "\u11ff":
        return False
    return unicodedata.normalize("NFC", character) == character
