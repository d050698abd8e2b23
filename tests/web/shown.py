"""What a page says to somebody who reads it: its texts, and the words of its attributes, without what users wrote."""

from __future__ import annotations

import re
from html.parser import HTMLParser

WORDS = ("aria-label", "title", "placeholder", "alt", "data-label", "data-says")
"""Attributes that somebody reads or hears."""
THEIRS = frozenset({"bdi", "code", "script", "style", "textarea", "time", "pre", "kbd"})
"""Elements whose text people chose, or nobody reads."""
EMPTY = frozenset({"input", "br", "hr", "img", "meta", "link", "source", "wbr", "track"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.inside: list[bool] = []
        """Of each open element: is its text somebody's own?"""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.said += [value for name in WORDS if (value := named.get(name))]
        if tag == "input" and named.get("type") in ("submit", "button"):
            self.said.append(named.get("value") or "")
        if tag not in EMPTY:
            theirs = tag in THEIRS or named.get("dir") == "auto" or named.get("class") in ("letter", "words")
            speaks_otherwise = tag != "html" and "lang" in named
            self.inside.append(theirs or speaks_otherwise or (bool(self.inside) and self.inside[-1]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY and self.inside:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not (self.inside and self.inside[-1]):
            self.said.append(data)


def words_of(page: str) -> list[str]:
    """Every text of a page, blanks made one, empty ones left out."""
    reader = _Reader()
    reader.feed(page)
    plain = (re.sub(r"\s+", " ", said).strip() for said in reader.said)
    return [said for said in plain if said]
