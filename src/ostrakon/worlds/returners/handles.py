"""What becomes of a handle that is taken."""

from __future__ import annotations

import numpy as np

from ostrakon.worlds.returners.people import SYLLABLES

AFFIXES = ("{}_backup", "real_{}", "{}_official", "{}_again", "{}returns", "new_{}", "the_{}", "{}_2nd")
ABOUT = ("{}_fans", "free_{}", "not_{}", "{}_parody", "{}_watch", "{}_archive", "{}quotes", "justice_for_{}")
LEET = str.maketrans({"o": "0", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7"})
CYRILLIC = str.maketrans({"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "x": "х"})
ARABIC = str.maketrans(
    {
        "a": "ا", "b": "ب", "t": "ت", "j": "ج", "h": "ح", "d": "د", "r": "ر", "z": "ز", "s": "س", "f": "ف", "q": "ق",
        "k": "ك", "l": "ل", "m": "م", "n": "ن", "w": "و", "y": "ي", "o": "و", "u": "و", "i": "ي", "e": "", "g": "غ",
        "v": "ف", "p": "ب", "x": "ك", "c": "ك",
    }
)  # fmt: skip
SPELLINGS = (
    ("kh", "5"),
    ("h", "7"),
    ("ou", "u"),
    ("u", "ou"),
    ("i", "ee"),
    ("k", "q"),
    ("ai", "ei"),
    ("o", "u"),
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def changed(handle: str, way: str, rng: np.random.Generator) -> str:
    """The handle that its owner takes next, in one of ``settings.WAYS``."""
    lot = int(rng.integers(0, 1 << 30))
    match way:
        case "counter":
            return f"{handle}{('', '_', '_v')[lot % 3]}{2 + lot % 7}"
        case "affix":
            return AFFIXES[lot % len(AFFIXES)].format(handle)
        case "leet":
            return handle.translate(LEET if lot % 2 else CYRILLIC)
        case "typo":
            return mistyped(handle, rng)
        case "transliteration":
            return spelled(handle, lot)
        case _:
            return "".join(SYLLABLES[part] for part in rng.integers(0, len(SYLLABLES), 4).tolist())


def mistyped(handle: str, rng: np.random.Generator) -> str:
    """One letter dropped, doubled, swapped or changed."""
    place = int(rng.integers(0, len(handle)))
    letter = LETTERS[int(rng.integers(0, 26))]
    forms = (
        handle[:place] + handle[place + 1 :],
        handle[:place] + handle[place : place + 1] * 2 + handle[place + 1 :],
        handle[:place] + handle[place : place + 2][::-1] + handle[place + 2 :],
        handle[:place] + letter + handle[place + 1 :],
    )
    return forms[int(rng.integers(0, 4))] or handle


def spelled(handle: str, lot: int) -> str:
    """The same sound in other letters, at times in Arabic ones."""
    if lot % 3 == 0:
        return handle.translate(ARABIC)
    found = handle
    for number in range(2):
        before, after = SPELLINGS[(lot // 3 + number * 3) % len(SPELLINGS)]
        found = found.replace(before, after)
    return found if found != handle else handle.replace("a", "e", 1)


def about(handle: str, lot: int) -> str:
    """A handle of somebody who speaks about its owner."""
    return ABOUT[lot % len(ABOUT)].format(handle)
