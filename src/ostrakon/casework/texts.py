"""What people write into a field of limited length."""

from __future__ import annotations

from ostrakon.errors import Unfit


def fit(text: str, what: str, *, longest: int) -> str:
    """The text without the blanks around it.

    Raises:
        Unfit: it is empty, too long, or holds what no database keeps (NUL, half a character).

    >>> fit(" They threaten a neighbour. ", "the facts", longest=100)
    'They threaten a neighbour.'
    """
    kept = text.strip()
    if not kept:
        raise Unfit("{what}: there is nothing; it must be said in words", what=what)
    if len(kept) > longest:
        raise Unfit(
            "{what}: {number} characters; at most {longest} fit", what=what, number=len(kept), longest=longest
        )
    if "\0" in kept or not _is_whole(kept):
        raise Unfit("{what}: there are characters in it that cannot be kept", what=what)
    return kept


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
