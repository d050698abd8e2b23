"""Names of every script in one plain form: what people change when they come back is folded, the raw name is kept.

The steps and their order are those of the research note on returners, section 5: Unicode's compatibility form,
look-alike letters, Latin letters, lower case, counters, words that say "again", and last the digits that
stand for letters.
"""

from __future__ import annotations

import polars as pl
from anyascii import anyascii

LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("авеёһіјкмнорԛѕтуԝхьԁ", "abeehijkmhopqstywxbd", strict=True)),
        **dict(zip("αβγεηικνορτυχωϲϳ", "abyenikvoptuxwcj", strict=True)),
        **dict(zip("սօցհոզ", "uoghnq", strict=True)),
        "с": "c",
        "ł": "l",
        "ı": "i",
        "ø": "o",
        "đ": "d",
    }
)
"""Letters of other scripts that look like Latin ones, in a word that holds Latin letters as well.

After Unicode's list of confusables (UTS 39), only those that one sees in handles."""
AGAIN = (
    "account", "acc", "again", "alt", "back", "backup", "bis", "compte", "fake", "new", "not", "nouveau", "official",
    "officiel", "real", "reborn", "resmi", "return", "returns", "reserve", "second", "the", "true", "yeni", "hesap",
)  # fmt: skip
"""Words put before or behind a name that is taken; they are left out if five letters remain."""
LEAST_LEFT = 5
LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "l": "i"}
VARIANTS = {
    "kh": "k", "q": "k", "c": "k", "x": "k", "5": "k", "ch": "sh", "7": "h", "8": "g", "gh": "g", "ph": "f", "ou": "u",
    "oo": "u", "ee": "i", "dh": "d", "th": "t", "w": "u", "j": "i", "y": "i",
}  # fmt: skip
"""Ways to write one sound in Latin letters, digits of chat Arabic included."""

_BEFORE_OR_BEHIND = "|".join(sorted(AGAIN, key=len, reverse=True))
_ASIDE = {
    "words": rf"\b(?:{_BEFORE_OR_BEHIND})\b",
    "before": rf"^(?:{_BEFORE_OR_BEHIND})",
    "behind": rf"(?:{_BEFORE_OR_BEHIND})$",
}


def plain(texts: pl.Series) -> pl.Series:
    """The same texts in lower-case ASCII; unknown ones are empty.

    >>> plain(pl.Series(["Ｚoё_محمد", "pаypal", None])).to_list()
    ['zoe_mhmd', 'paypal', '']
    """
    lower = texts.fill_null("").str.normalize("NFKC").str.to_lowercase()
    is_foreign = lower.str.contains(r"[^\x00-\x7f]")
    if not is_foreign.any():
        return lower
    foreign = lower.filter(is_foreign)
    mixed = foreign.str.contains("[a-z]")
    words = [
        text.translate(LOOK_ALIKES) if has_latin else text
        for text, has_latin in zip(foreign.to_list(), mixed.to_list(), strict=True)
    ]
    latin = {ord(letter): anyascii(letter).lower() for letter in set("".join(words)) if not letter.isascii()}
    folded = pl.Series([word.translate(latin) for word in words], dtype=pl.String)
    return lower.scatter(is_foreign.arg_true(), folded)


def without_server(handles: pl.Series) -> pl.Series:
    """The part of a handle that its owner chose.

    >>> without_server(pl.Series(["@ana:example.org", "@bo@social.example", "cy.bsky.social", "dee.fr"])).to_list()
    ['ana', 'bo', 'cy', 'dee.fr']
    """
    bare = handles.str.strip_chars(" ").str.strip_prefix("@")
    return bare.str.replace(r"^([^@:]+)[@:][^@]*\..*$", "${1}").str.strip_suffix(".bsky.social")


def words_of(folded: pl.Series) -> pl.Series:
    """Words with one blank between them: whatever is neither letter nor digit parts them."""
    return folded.str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars(" ")


def stems(words: pl.Series) -> pl.Series:
    """Names without the counter at their end and without the words of :data:`AGAIN`.

    >>> stems(pl.Series(["nour halabi 2nd", "nourhalabi v3", "real nourhalabi", "2024"])).to_list()
    ['nourhalabi', 'nourhalabi', 'nourhalabi', '2024']
    """
    found = words.str.replace(r"(?: v)? *[0-9]+(?:st|nd|rd|th)?$", "")
    found = found.zip_with(found.str.contains("[a-z]"), words)
    for pattern in _ASIDE.values():
        rest = found.str.replace_all(pattern, "").str.strip_chars(" ")
        enough = rest.str.count_matches("[a-z]") >= LEAST_LEFT
        found = rest.zip_with(enough, found)
    return found.str.replace_all(" ", "", literal=True)


def cores(stem: pl.Series) -> pl.Series:
    """Stems with the digits that stand for letters as letters; a stem of digits alone stays.

    >>> cores(pl.Series(["n0urha1abi", "2024"])).to_list()
    ['nourhaiabi', '2024']
    """
    folded = stem.str.replace_many(list(LEET), list(LEET.values()))
    return folded.zip_with(stem.str.contains("[a-z]"), stem)


def sounds(stem: pl.Series) -> pl.Series:
    """Stems with one letter for every way to write a sound; vowels are still in them."""
    return stem.str.replace_many(list(VARIANTS), list(VARIANTS.values()), leftmost=True)
