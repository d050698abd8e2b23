"""Counts by language: kinds of one language together, small ones together, so that no single person shows. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ostrakon.impact.estimates import LEAST, Share, TooFew, share

OTHERS, UNKNOWN = "others", "unknown"


@dataclass(frozen=True)
class Rate:
    """How often something was wrong, in one language."""

    language: str
    """Its primary subtag (``pt``), ``OTHERS`` or ``UNKNOWN``."""
    wrong: Share | TooFew


def rates(counts: Iterable[tuple[str, int, int]]) -> list[Rate]:
    """From (BCP 47 tag, wrong, of), any number of rows a language; the largest first, the others last.

    >>> counts = [("pt-BR", 1, 6), ("pt", 0, 2), ("fr", 1, 3), ("", 0, 9), ("ar", 0, 1)]
    >>> [(rate.language, rate.wrong.of) for rate in rates(counts)]
    [('unknown', 9), ('pt', 8), ('others', 4)]
    """
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for tag, wrong, of in counts:
        _add(found[primary(tag)], wrong, of)
    small = [language for language, (_, of) in found.items() if of < LEAST]
    others = [0, 0]
    for language in small:
        _add(others, *found.pop(language))
    shown = [
        Rate(language, share(wrong, of))
        for language, (wrong, of) in sorted(found.items(), key=lambda item: (-item[1][1], item[0]))
    ]
    return [*shown, Rate(OTHERS, share(*others))] if others[1] else shown


def primary(tag: str) -> str:
    """The language of a tag, without country or script.

    >>> primary("zh-Hant-TW"), primary("AR"), primary("")
    ('zh', 'ar', 'unknown')
    """
    return tag.replace("_", "-").partition("-")[0].strip().lower() or UNKNOWN


def _add(to: list[int], wrong: int, of: int) -> None:
    to[0] += wrong
    to[1] += of
