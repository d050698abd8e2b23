"""Characters that nobody sees, and the marks that make them visible."""

from __future__ import annotations

import re
import unicodedata

# `str.isprintable` knows control, format, private, unassigned and separator characters. These count as letters or
# marks and still draw nothing (Hangul fillers, the Braille blank, variation selectors ...).
_DRAWS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_ORDINARY = "\n\u00a0"
"""Not printable for Python, but part of ordinary sentences: the line feed and the no-break space."""
_CONTROLS = {"\0": "NULL", "\t": "TABULATION", "\n": "LINE FEED", "\r": "CARRIAGE RETURN", "\x1b": "ESCAPE"}


def hides_nothing(text: str) -> bool:
    """True if every character of ``text`` can be seen (a quick answer for nearly all texts)."""
    return text.isprintable() and not _DRAWS_NOTHING.search(text)


def is_hidden(character: str) -> bool:
    """True if the character draws nothing, turns the direction of its neighbours, or has no agreed shape."""
    return character not in _ORDINARY and not hides_nothing(character)


def codepoint(character: str) -> str:
    """The character's number.

    >>> codepoint(chr(0x202E))
    'U+202E'
    """
    return f"U+{ord(character):04X}"


def name_of(character: str) -> str:
    """The character's Unicode name, as far as it has one."""
    return unicodedata.name(character, _CONTROLS.get(character, "CHARACTER WITHOUT A NAME"))
