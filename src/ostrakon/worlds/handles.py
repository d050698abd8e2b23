"""Invented handles in Latin, accented Latin, Arabic and mixed script. Things and colours, no names of people."""

from __future__ import annotations

import numpy as np

from ostrakon.worlds.build import Texts
from ostrakon.worlds.draws import Ints

LANGUAGES = ("en", "fr", "ar")

FIRST: dict[str, tuple[str, ...]] = {
    "en": (
        "amber",
        "north",
        "silver",
        "paper",
        "late",
        "copper",
        "quiet",
        "river",
        "open",
        "velvet",
        "cedar",
        "tin",
    ),
    "fr": (
        "été",
        "brise",
        "forêt",
        "café",
        "lumière",
        "rivière",
        "marée",
        "étoile",
        "clé",
        "pavé",
        "grève",
        "châtaigne",
    ),
    "ar": ("نجمة", "نهر", "قهوة", "ضوء", "ورق", "بحر", "ريح", "حديقة", "قمر", "باب", "جسر", "زيتون"),
}
SECOND: dict[str, tuple[str, ...]] = {
    "en": (
        "harbour",
        "kettle",
        "window",
        "atlas",
        "lantern",
        "orchard",
        "signal",
        "bicycle",
        "meadow",
        "radio",
        "notes",
    ),
    "fr": (
        "dorée",
        "bleue",
        "légère",
        "sauvage",
        "du_nord",
        "tranquille",
        "d_hiver",
        "cachée",
        "ouverte",
        "salée",
    ),
    "ar": (
        "الصباح",
        "المدينة",
        "الشمال",
        "هادئ",
        "أزرق",
        "الربيع",
        "المساء",
        "قديم",
        "البيت",
        "studio",
        "radio",
    ),
}


def handles(language: Ints, rng: np.random.Generator) -> Texts:
    """A handle for each number of a language, no two alike; the words are drawn without a look at who it is for."""
    numbers = rng.permutation(len(language) * 3)[: len(language)] + 10
    places = rng.integers(0, 1 << 30, (len(language), 2))
    found = []
    for tongue, number, (first, second) in zip(
        language.tolist(), numbers.tolist(), places.tolist(), strict=True
    ):
        name = LANGUAGES[tongue]
        words = FIRST[name][first % len(FIRST[name])], SECOND[name][second % len(SECOND[name])]
        found.append(f"@{words[0]}_{words[1]}{number}")
    return np.array(found)
