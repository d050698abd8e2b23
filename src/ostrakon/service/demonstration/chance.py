"""Chance that is the same for the same names: who appeals, who writes a note, which words they use."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

BYTES = 6
Thing = TypeVar("Thing")


def share(*names: object) -> float:
    """A number from 0 to below 1 that goes with these names.

    >>> share("note", 7) == share("note", 7), 0 <= share("note", 7) < 1
    (True, True)
    """
    drawn = blake2b(repr(names).encode(), digest_size=BYTES).digest()
    return float(int.from_bytes(drawn, "big") / 256**BYTES)


def pick(things: Sequence[Thing], *names: object) -> Thing:
    """The one of the things that goes with these names.

    >>> pick(["only"], "note", 7)
    'only'
    """
    return things[int(share(*names) * len(things))]
