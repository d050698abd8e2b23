"""What people write into a report, in three languages: flat, invented sentences that repeat nothing hateful."""

from __future__ import annotations

import numpy as np
import polars as pl

from ostrakon.worlds.draws import Ints
from ostrakon.worlds.moderation import Bools

POLICIES = ("spam", "harassment", "violent-extremism")

WORDS: dict[tuple[int, int], tuple[str, ...]] = {
    (0, 0): (
        "The same advert under every post",
        "Fake prize draw, asks for card details",
        "Posts one link forty times an hour",
        "Selling followers again",
    ),
    (0, 1): (
        "La même publicité sous chaque message",
        "Faux concours, demande des coordonnées bancaires",
        "Publie le même lien toute la journée",
        "Vend des abonnés, encore",
    ),
    (0, 2): (
        "نفس الإعلان تحت كل منشور",
        "مسابقة وهمية تطلب بيانات البطاقة",
        "ينشر الرابط نفسه طوال اليوم",
        "يبيع متابعين مرة أخرى",
    ),
    (1, 0): (
        "Follows one person into every thread to insult them",
        "Posted somebody's address",
        "Sends others to write to her in numbers",
        "Will not stop after being asked to",
    ),
    (1, 1): (
        "Poursuit la même personne dans chaque discussion",
        "A publié l'adresse de quelqu'un",
        "Envoie d'autres comptes l'insulter",
        "N'arrête pas malgré les demandes",
    ),
    (1, 2): (
        "يلاحق الشخص نفسه في كل نقاش",
        "نشر عنوان منزل شخص آخر",
        "يدعو الآخرين إلى إزعاجها",
        "لا يتوقف رغم الطلب",
    ),
    (2, 0): (
        "Shares recruitment material of an armed group",
        "Praises an attack on civilians",
        "Links to a propaganda channel",
        "Logo and slogans of a banned organisation",
    ),
    (2, 1): (
        "Partage du matériel de recrutement d'un groupe armé",
        "Fait l'éloge d'une attaque contre des civils",
        "Renvoie vers une chaîne de propagande",
        "Logo et slogans d'une organisation interdite",
    ),
    (2, 2): (
        "ينشر مواد تجنيد لجماعة مسلحة",
        "يمجد هجوما على مدنيين",
        "روابط إلى قناة دعائية",
        "شعار منظمة محظورة وعباراتها",
    ),
}
"""Sentences by policy and language."""

COPIED = (
    "This account supports terror, remove it now",
    "Ce compte soutient la terreur, supprimez-le",
    "هذا الحساب يدعم الإرهاب احذفوه الآن",
)
"""What the ring pastes, by language."""
ENDINGS = ("", "!", " !!", ".", " please", " asap")

LISTED = (
    "On the list of open watch, see entry",
    "Figure sur la liste open watch",
    "موجود في قائمة open watch",
)
"""What the volunteers of the list write, by language."""


def texts_for(policy: Ints, language: Ints, rng: np.random.Generator) -> list[str | None]:
    """A sentence for each report; one in four people writes nothing."""
    place = rng.integers(0, 1 << 30, len(policy)).tolist()
    silent = (rng.random(len(policy)) < 0.25).tolist()
    found: list[str | None] = []
    for topic, tongue, number, nothing in zip(policy.tolist(), language.tolist(), place, silent, strict=True):
        choices = WORDS[topic, tongue]
        found.append(None if nothing else choices[number % len(choices)])
    return found


def text_column(
    policy: Ints, language: Ints, pasted: Bools, listed: Bools, rng: np.random.Generator
) -> pl.Series:
    """The ``text`` column: pasted by the ring with small changes, the list's phrase, or one's own words."""
    found = texts_for(policy, language, rng)
    for row in np.flatnonzero(pasted).tolist():
        found[row] = COPIED[language[row]] + ENDINGS[int(rng.integers(len(ENDINGS)))]
    for row in np.flatnonzero(listed).tolist():
        found[row] = LISTED[language[row]]
    return pl.Series("text", found, dtype=pl.String)
