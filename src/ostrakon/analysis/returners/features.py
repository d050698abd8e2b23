"""What a scorer sees of a pair. No feature is made of language, religion, origin or opinion.

Each is a likeness, a rarity or a time. Where a larger value can only speak for a link, or only against it, the scorer
is told so (``DIRECTION``), so that a strange pair cannot be liked for what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Floats
from ostrakon.analysis.returners.candidates import SHARED, Pairs
from ostrakon.analysis.returners.names import Keys, Singles, adds_a_word, likeness, whole_keys
from ostrakon.analysis.returners.postings import NAME, NEIGHBOUR, WORD, bits_apart
from ostrakon.analysis.returners.profiles import Profiles

DIRECTION: dict[str, int] = {
    "handle": 1,
    "display": 1,
    "crossed": 1,
    "handle_carriers": -1,
    "display_carriers": -1,
    "name": 1,
    "neighbours": 1,
    "neighbours_of_new": 1,
    "neighbours_of_old": 1,
    "near": 1,
    "shared": 1,
    "words": 1,
    "words_of_new": 1,
    "avatar": -1,
    "avatar_carriers": -1,
    "days": 0,
    "fights": -1,
    "imitates": -1,
    "knew": -1,
    "speaks_about": -1,
    "adds_a_word": -1,
    "bio_hints": -1,
    "neighbours_ahead": 1,
    "name_ahead": 1,
    "score_ahead": 1,
    "score_ahead_here": 1,
}
"""Every feature, and whether more of it speaks for a link (1), against it (-1) or either way (0)."""
DENIED_LIKENESS = 0.85
"""Jaro-Winkler from which a name behind a *not* is the suspended account's."""
EARLIEST_DAY, LATEST_DAY = -60.0, 365.0


@dataclass(frozen=True)
class Sides:
    """The two tables that pairs go between, and what is known of them together."""

    new: Profiles
    old: Profiles
    mass_of_new: Floats
    """(N,) sum of squared rarities of all neighbours."""
    mass_of_old: Floats
    words_of_new: Floats
    """(N,) sum of rarities of the words of the bio."""
    fights: NDArray[np.uint64]
    """Sorted codes new * len(old) + old of pairs that are at odds."""
    imitates: NDArray[np.uint64]
    """The same of pairs in which the new account bears the name of somebody who fights the suspended one."""
    knew: NDArray[np.uint64]
    """The same of pairs in which the new account followed the suspended one."""
    rarest: float
    """Rarity of a neighbour whom only one account has."""


def features(pairs: Pairs, sides: Sides) -> Singles:
    """(P, len(DIRECTION)); NaN is unknown. Filled column by column: all pairs of a large search are in one array."""
    found = np.empty((len(pairs), len(DIRECTION)), np.float32)
    place = {name: number for number, name in enumerate(DIRECTION)}
    for part in (_names, _circles, _looks_and_times, _objections, _beside_others):
        for name, values in part(pairs, sides):
            found[:, place[name]] = values
    return found


Columns = Iterator[tuple[str, NDArray[np.floating] | NDArray[np.bool_]]]


def _names(pairs: Pairs, sides: Sides) -> Columns:
    new, old = sides.new, sides.old
    yield "handle", likeness(new.core, pairs.new, old.core, pairs.row)
    yield "display", likeness(new.display, pairs.new, old.display, pairs.row)
    one = likeness(new.core, pairs.new, old.display, pairs.row)
    yield "crossed", np.fmax(one, likeness(new.display, pairs.new, old.core, pairs.row))
    yield "handle_carriers", np.log(carriers(whole_keys(old.core, 1)))[pairs.row]
    yield "display_carriers", np.log(carriers(whole_keys(old.display, 1)))[pairs.row]
    yield "name", pairs.seen[:, NAME]
    yield "words", pairs.seen[:, WORD]
    yield "words_of_new", pairs.seen[:, WORD] / (sides.words_of_new[pairs.new] + 1.0)


def _circles(pairs: Pairs, sides: Sides) -> Columns:
    mass = pairs.seen[:, NEIGHBOUR]
    yield "neighbours", np.sqrt(mass)
    yield "neighbours_of_new", mass / (sides.mass_of_new[pairs.new] + 1.0)
    yield "neighbours_of_old", mass / (sides.mass_of_old[pairs.row] + 1.0)
    yield "near", mass / max(sides.rarest, 1e-9) ** 2
    yield "shared", pairs.seen[:, SHARED]


def _looks_and_times(pairs: Pairs, sides: Sides) -> Columns:
    new, old = sides.new, sides.old
    yield "avatar", pictures_apart(new.avatar, pairs.new, old.avatar, pairs.row)
    yield "avatar_carriers", np.log(carriers(old.avatar))[pairs.row]
    yield "days", np.clip(new.created[pairs.new] - old.suspended[pairs.row], EARLIEST_DAY, LATEST_DAY)


def _objections(pairs: Pairs, sides: Sides) -> Columns:
    code = pairs.new.astype(np.uint64) * np.uint64(len(sides.old)) + pairs.row.astype(np.uint64)
    yield "fights", _within(code, sides.fights)
    yield "imitates", _within(code, sides.imitates)
    yield "knew", _within(code, sides.knew)
    yield "speaks_about", _speaks_about(pairs, sides.new, sides.old)
    yield "adds_a_word", adds_a_word(sides.new.core, pairs.new, sides.old.core, pairs.row)
    yield "bio_hints", sides.new.bio_hints[pairs.new] & ~sides.old.bio_hints[pairs.row]


def _beside_others(pairs: Pairs, sides: Sides) -> Columns:
    near = np.sqrt(pairs.seen[:, NEIGHBOUR])
    name = pairs.seen[:, NAME]
    yield "neighbours_ahead", near - best_other(pairs.new, near)
    yield "name_ahead", name - best_other(pairs.new, name)
    yield "score_ahead", pairs.score - best_other(pairs.new, pairs.score)
    yield "score_ahead_here", pairs.score - best_other(pairs.row, pairs.score)


def carriers(keys: Keys) -> Floats:
    """(N,) how many rows carry the key of each row; a row without a key (0) is alone."""
    _, inverse, count = np.unique(keys, return_inverse=True, return_counts=True)
    return np.where(keys == 0, 1.0, count[inverse])


def best_other(group: Codes, value: Singles) -> Singles:
    """(P,) the largest value among the other pairs of the same group, 0 where there is none."""
    if len(group) == 0:
        return np.empty(0, np.float32)
    return _best_other(group, value.astype(np.float32), int(group.max()) + 1)


def _speaks_about(pairs: Pairs, new: Profiles, old: Profiles) -> NDArray[np.bool_]:
    """Words of fans, critics or the press that the suspended account had not, or its name behind a *not*."""
    found = new.speaks_about[pairs.new] & ~old.speaks_about[pairs.row]
    denied = np.flatnonzero(new.denies[pairs.new] & ~old.denies[pairs.row])
    found[denied] |= likeness(new.core, pairs.new[denied], old.core, pairs.row[denied]) >= DENIED_LIKENESS
    return found


def _within(code: NDArray[np.uint64], known: NDArray[np.uint64]) -> Singles:
    return np.isin(code, known).astype(np.float32) if len(known) else np.zeros(len(code), np.float32)


@compiled
def _best_other(group: Codes, value: Singles, groups: int) -> Singles:
    first, second = np.zeros(groups, np.float32), np.zeros(groups, np.float32)
    for pair in range(len(group)):
        if value[pair] > first[group[pair]]:
            second[group[pair]] = first[group[pair]]
            first[group[pair]] = value[pair]
        elif value[pair] > second[group[pair]]:
            second[group[pair]] = value[pair]
    found = np.empty(len(group), np.float32)
    for pair in range(len(group)):
        is_best = value[pair] == first[group[pair]]
        found[pair] = second[group[pair]] if is_best else first[group[pair]]
    return found


@compiled
def pictures_apart(one: Keys, rows: Codes, other: Keys, columns: Codes) -> Singles:
    """(P,) bits in which two pictures differ, NaN where one is unknown."""
    found = np.full(len(rows), np.nan, np.float32)
    for pair in range(len(rows)):
        mine, theirs = one[rows[pair]], other[columns[pair]]
        if mine and theirs:
            found[pair] = bits_apart(mine, theirs)
    return found
