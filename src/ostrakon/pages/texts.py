"""Texts that somebody else wrote: shortened, in their own direction, and never to be taken for words of the page."""

from __future__ import annotations

from ostrakon.pages import wording
from ostrakon.pages.html import Markup, chip, h

LONGEST = 160
"""Characters shown of a text."""


def quoted(text: str) -> Markup:
    """A text in quotation marks; what is invisible in it can be seen, what is too long says how much is missing."""
    if not text:
        return h("q", h("bdi", chip(wording.EMPTY_NAME, wording.EMPTY_TEXT_WHY), dir="auto"))
    more = len(text) - LONGEST
    rest = chip(wording.shortened_end(more), wording.CUT_TEXT_WHY) if more > 0 else None
    return h("q", h("bdi", text[:LONGEST], rest, dir="auto"))
