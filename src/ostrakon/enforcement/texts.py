"""Texts that come from platforms, fit to be stored."""

from __future__ import annotations


def storable(text: str) -> str:
    """Text that every database takes: no NUL, no half of a character.

    >>> storable("one\\x00two"), storable("half \\ud800")
    ('one�two', 'half ?')
    """
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
