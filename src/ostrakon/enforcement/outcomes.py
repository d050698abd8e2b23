"""What came of one try to carry something out. There is no plain "failed": a reply that is unclear is unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 500
_ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"']+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True)
class Delivered:
    """The other side took it, and this is what it answered."""

    detail: str
    name = "delivered"


@dataclass(frozen=True)
class Refused:
    """It will never be taken as it is."""

    detail: str
    is_certain: bool = True
    """False: an earlier try may have been taken."""
    name = "refused"


@dataclass(frozen=True)
class Retry:
    """Not now, and certainly nothing was done."""

    detail: str
    wait_s: float | None = None
    """As the other side asked; None: it named no time."""
    of_route: bool = False
    """It is the route that fails, not this message: the others on it wait too."""
    name = "retry"


@dataclass(frozen=True)
class Unknown:
    """It may have been taken. It is repeated under the same id, so that the receiver can tell."""

    detail: str
    wait_s: float | None = None
    of_route: bool = True
    name = "unknown"


@dataclass(frozen=True)
class Accepted:
    """The other side took it and does it later: it is asked what became of it, and nothing overtakes it."""

    detail: str
    wait_s: float | None = None
    of_route = False
    name = "accepted"


@dataclass(frozen=True)
class Void:
    """Nobody wants it any more; what may have been done is taken back by another dispatch."""

    detail: str
    name = "void"


Outcome = Delivered | Refused | Retry | Unknown | Accepted | Void


def plain(text: str | bytes) -> str:
    """What another side said, fit to be kept: one line, nobody's address, at most 500 characters.

    >>> plain(b"5.1.1 <chidi@example.org>: unknown\\r\\nuser")
    '5.1.1 <address>: unknown user'
    """
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    line = _CONTROLS.sub(" ", said).strip()
    return _ADDRESS.sub("<address>", line).replace("<<address>>", "<address>")[:LONGEST]
