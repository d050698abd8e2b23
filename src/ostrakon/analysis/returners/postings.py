"""Inverted indexes: who carries a key. A key that too many carry says nothing and is left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts
from ostrakon.analysis.returners.names import Keys, Singles, deletion_keys, skeleton_keys, whole_keys
from ostrakon.analysis.returners.profiles import Profiles

NAME, SKELETON, AVATAR, NEIGHBOUR, WORD = range(5)
CHANNELS = (NAME, SKELETON, AVATAR, NEIGHBOUR, WORD)
CAPS = {NAME: 120, SKELETON: 60, AVATAR: 200, NEIGHBOUR: 300, WORD: 60}
"""Carriers of a key, at most, so that a common name, a template picture or a hub costs nothing and says nothing.

The note's caps of 40 to 300 (section 5); those of names are wider, for only the best pairs of all channels are kept."""
BAND_BITS = 16


@dataclass(frozen=True)
class Carried:
    """(M,) keys of one channel and who carries each; several rows may belong to one account."""

    key: Keys
    of: Codes
    is_whole: Keys
    """1 where the key is of the whole name, 0 where a letter is missing from it."""


@dataclass(frozen=True)
class Postings:
    """Of each key that not too many carry, its carriers."""

    key: Keys
    """(K,) sorted."""
    start: Counts
    """(K + 1,)"""
    row: Codes
    weight: Singles
    """(K,) ln of how rare the key is: accounts for each carrier."""

    def find(self, keys: Keys) -> Counts:
        """Place of each key, -1 where it is not there."""
        place = np.searchsorted(self.key, keys)
        place[place == len(self.key)] = 0
        there = self.key[place] == keys if len(self.key) else np.zeros(len(keys), np.bool_)
        return np.where(there, place, -1)


def postings(carried: Carried, accounts: int, cap: int) -> Postings:
    """The index of one channel; a pair of key and account counts once."""
    order = np.lexsort((carried.of, carried.key))
    key, row = carried.key[order], carried.of[order]
    first = np.ones(len(key), np.bool_)
    first[1:] = (key[1:] != key[:-1]) | (row[1:] != row[:-1])
    key, row = key[first], row[first]
    begin = (
        np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.empty(0, np.int64)
    )
    size = np.diff(np.concatenate([begin, [len(key)]]))
    kept = size <= cap
    start = np.concatenate([[0], np.cumsum(size[kept])])
    weight = np.log(max(accounts, 1) / np.maximum(size[kept], 1)).astype(np.float32)
    return Postings(key[begin[kept]], start, row[np.repeat(kept, size)], np.maximum(weight, 0.0))


def carried_names(of: Profiles) -> Carried:
    """Handles, whole and with one letter missing; display names, whole. One space: a handle may be a display name."""
    handle, row = deletion_keys(of.core, NAME)
    shown = whole_keys(of.display, NAME)
    named = np.flatnonzero(shown)
    is_whole = np.zeros(len(handle) + len(named), np.uint64)
    is_whole[np.concatenate([np.ones(1, np.bool_), row[1:] != row[:-1]]).nonzero()[0] if len(row) else []] = 1
    is_whole[len(handle) :] = 1
    return Carried(
        np.concatenate([handle, shown[named]]), np.concatenate([row, named.astype(np.int32)]), is_whole
    )


def carried_skeletons(of: Profiles) -> Carried:
    """The consonants of handles."""
    return _of_rows(skeleton_keys(of.sound, SKELETON))


def carried_bands(of: Profiles) -> Carried:
    """Each quarter of a picture's hash: two hashes that differ in at most three bits share one for certain."""
    known = np.flatnonzero(of.avatar)
    bands = [
        ((of.avatar[known] >> np.uint64(BAND_BITS * band)) & np.uint64(0xFFFF)) | np.uint64(band << BAND_BITS)
        for band in range(4)
    ]
    key = np.concatenate(bands)
    return Carried(key, np.tile(known.astype(np.int32), 4), np.ones(len(key), np.uint64))


def carried_words(of: Profiles) -> Carried:
    """Words and links of bios."""
    return Carried(of.word, of.word_of, np.ones(len(of.word), np.uint64))


def _of_rows(keys: Keys) -> Carried:
    rows = np.flatnonzero(keys).astype(np.int32)
    return Carried(keys[rows], rows, np.ones(len(rows), np.uint64))


@compiled
def bits_apart(one: np.uint64, other: np.uint64) -> int:
    """How many bits of two hashes differ."""
    left = one ^ other
    count = 0
    while left:
        left &= left - np.uint64(1)
        count += 1
    return count
