"""Invented people: handles, names, bios and pictures. The names are among the commonest of three languages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostrakon.worlds.draws import Ints, weighted
from ostrakon.worlds.returners.circles import zipf

_FIRST = (
    "mohammed ahmed ali omar yousef khaled hassan hussein ibrahim mahmoud fatima aisha mariam nour layla zainab sara",
    "james john robert michael david william richard thomas mary patricia jennifer linda emma olivia sophie jack kim",
    "jean pierre michel andre philippe louis nicolas julien antoine lucas marie camille lea manon chloe ines remy",
)
_LAST = (
    "halabi masri baghdadi tunisi khatib najjar haddad sayed salem saleh mansour rashid aziz farouk hamdan jaber qasim "
    "shami sultan taha younis zaki amin badawi darwish ghanem hijazi kanaan lutfi nasser",
    "smith jones taylor brown wilson evans johnson roberts walker wright robinson thompson white hughes edwards green "
    "hall wood harris martin jackson clarke lewis hill scott moore cooper king baker turner",
    "martin bernard dubois robert richard petit durand leroy moreau simon laurent lefebvre michel garcia roux fournier "
    "girard bonnet dupont lambert fontaine rousseau vincent muller faure blanc guerin boyer chevalier garnier",
)
_SYLLABLES = (
    "ba be bi bo bu da de di do du fa fe fi fo ga ge gi go ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu "
    "ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo za ze zi zo"
)
_COMMON_WORDS = (
    "life love music football coffee travel books student photos thoughts own views here for the good days news fan of "
    "art sport family friends always never free mind world peace truth home city sea sun"
)
FIRST = tuple(tuple(names.split()) for names in _FIRST)
LAST = tuple(tuple(names.split()) for names in _LAST)
SYLLABLES = tuple(_SYLLABLES.split())
COMMON_WORDS = tuple(_COMMON_WORDS.split())
LANGUAGES = np.array(["ar", "en", "fr"])
NAMES = len(FIRST[0]) * len(LAST[0])
"""Common names a language."""
TEMPLATES = 60
TOPICS = 30
"""Words that belong to one community."""


@dataclass(frozen=True)
class People:
    """(N,) what accounts show."""

    culture: Ints
    name: Ints
    """Number of the common name a person has, whatever the handle says."""
    handle: list[str]
    display: list[str]
    bio: list[str]
    avatar: NDArray[np.uint64]


def draw_people(count: int, community: Ints, common: float, rng: np.random.Generator) -> People:
    """``count`` people who know nothing of each other; the language of a name goes by community."""
    culture = (community + (rng.random(count) < 0.25) * rng.integers(1, 3, count)) % 3
    name = weighted(zipf(NAMES, 0.6), count, rng)
    name = (name * 7919) % NAMES
    is_common = rng.random(count) < common
    invented = rng.integers(0, len(SYLLABLES), (count, 5)).tolist()
    lengths = rng.integers(3, 6, count).tolist()
    style, number = rng.integers(0, 5, count).tolist(), rng.integers(1, 100, count).tolist()
    handle, display = [], []
    for place, (tongue, which, common_one) in enumerate(
        zip(culture.tolist(), name.tolist(), is_common.tolist(), strict=True)
    ):
        first, last = person_name(tongue, which)
        word = "".join(SYLLABLES[part] for part in invented[place][: lengths[place]])
        if common_one:
            handle.append(styled(first, last, style[place], number[place]))
        else:
            handle.append(word if style[place] < 3 else f"{word}{number[place]}")
        display.append(f"{first} {last}".title() if common_one or style[place] < 2 else word.title())
    return People(culture, name, handle, display, bios(community, rng), pictures(count, rng))


def person_name(culture: int, number: int) -> tuple[str, str]:
    """First and last name."""
    first, last = divmod(number, len(LAST[0]))
    return FIRST[culture][first % len(FIRST[0])], LAST[culture][last]


def styled(first: str, last: str, style: int, number: int) -> str:
    """A handle out of a common name."""
    forms = (
        first + last,
        f"{first}_{last}",
        f"{first}.{last}{number}",
        f"{first}{last}{number}",
        f"{first[0]}_{last}{number}",
    )
    return forms[style]


def bios(community: Ints, rng: np.random.Generator) -> list[str]:
    """A quarter are empty; words of everybody, words of the community, and in some a link or a rare word."""
    count = len(community)
    shape = rng.random((count, 3)).tolist()
    common = rng.integers(0, len(COMMON_WORDS), (count, 6)).tolist()
    topic = rng.integers(0, TOPICS, (count, 4)).tolist()
    rare = rng.integers(0, 1 << 30, count).tolist()
    found = []
    for place, home in enumerate(community.tolist()):
        words = [COMMON_WORDS[number] for number in common[place][: 2 + place % 4]]
        words += [f"topic{home}x{number}" for number in topic[place][: 1 + place % 3]]
        if shape[place][1] < 0.35:
            words.append(f"me{rare[place]:x}.example")
        if shape[place][2] < 0.35:
            words.append(f"q{rare[place] % 9973:x}z{rare[place] >> 14:x}")
        found.append("" if shape[place][0] < 0.25 else " ".join(words))
    return found


def pictures(count: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    """Hashes of pictures: 0 = none; some are templates that many use."""
    own = rng.integers(1, 1 << 63, count, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    template = rng.integers(1, 1 << 63, TEMPLATES, dtype=np.uint64)
    lot = rng.random(count)
    own[lot < 0.15] = template[weighted(zipf(TEMPLATES, 1.0), int((lot < 0.15).sum()), rng)]
    own[lot > 0.85] = 0
    return own


def noisy(pictures: NDArray[np.uint64], most_bits: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    """The same pictures, saved again: up to so many bits changed."""
    found = pictures.copy()
    for _ in range(most_bits):
        flip = (rng.random(len(found)) < 0.5) & (found != 0)
        found[flip] ^= np.uint64(1) << rng.integers(0, 64, int(flip.sum())).astype(np.uint64)
    return found
