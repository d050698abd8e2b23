"""Names that mix writing directions, laid out so that the order on the screen is the order of the characters.

A browser reorders mixed text: ``1`` + alef and alef + ``1`` can be drawn alike, and so can two handles of which one is
Arabic followed by a Latin server name. Here every run of right-to-left letters stands alone in its own <bdi>, the
runs follow each other from left to right, and no other text of the name can be reordered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ostrakon.pages.html import Child, Markup, h

# One letter a piece: r = right-to-left letter, n = Arabic digit, m = combining mark, o = neutral sign, x = the rest.
_CLASSES = {"R": "r", "AL": "r", "AN": "n", "NSM": "m"} | dict.fromkeys(("WS", "ON", "CS", "ES", "ET"), "o")
_RUNS = re.compile("(?P<rtl>r[rm]*(?:o+r[rm]*)*)|(?P<digits>n[nm]*)|.")


def in_order(pieces: Sequence[Child]) -> list[Child]:
    """The pieces (single characters, longer ASCII texts, or marks of our own) with their right-to-left runs set apart.

    Signs between two right-to-left letters belong to the run; a name in one direction stays as it is.
    """
    classes = "".join(map(_class, pieces))
    if not re.search("[rn]", classes):
        return list(pieces)
    found: list[Child] = []
    for run in _RUNS.finditer(classes):
        content = pieces[run.start() : run.end()]
        found.extend(content if run.lastgroup is None else [_apart(content, run.lastgroup == "rtl")])
    return found


def _apart(content: Sequence[Child], rtl: bool) -> Markup:
    return h("bdi", content, dir="rtl" if rtl else "ltr")


def _class(piece: Child) -> str:
    if isinstance(piece, Markup) or not isinstance(piece, str) or len(piece) != 1:
        return "x"
    return _CLASSES.get(unicodedata.bidirectional(piece), "x")
