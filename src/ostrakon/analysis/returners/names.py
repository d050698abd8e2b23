"""Names as bytes, for kernels: their hashes, their skeletons, and how alike two of them are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts

Bytes = NDArray[np.uint8]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Singles = NDArray[np.float32]

LEAST_DELETED = 6
"""Names of so many letters are also found with one letter missing or changed."""
LEAST_SKELETON = 4
"""A skeleton of fewer consonants is shared by too many names."""
LEAST_WHOLE, LEAST_ADDED = 5, 3
"""Letters of a name that another one holds whole, and of the word that is put before or behind it."""
LONGEST = 40
"""Letters of a name that are looked at."""


@dataclass(frozen=True)
class Names:
    """(N,) plain ASCII names in one buffer: name k is ``letters[start[k]:start[k + 1]]``."""

    letters: Bytes
    start: Counts

    def __len__(self) -> int:
        return len(self.start) - 1

    def take(self, rows: Codes | Counts) -> Names:
        """These names, in this order."""
        lengths = np.diff(self.start)[rows]
        start = np.concatenate([[0], np.cumsum(lengths)])
        place = np.repeat(self.start[rows] - start[:-1], lengths) + np.arange(start[-1])
        return Names(self.letters[place], start)


def names(texts: pl.Series) -> Names:
    """Plain ASCII texts without nulls, cut after :data:`LONGEST` letters."""
    short = texts.str.head(LONGEST)
    start = np.concatenate([[0], np.cumsum(short.str.len_bytes().to_numpy().astype(np.int64))])
    joined = "".join(short.to_list()).encode()
    return Names(np.frombuffer(joined, np.uint8), start)


def joined(first: Names, second: Names) -> Names:
    """The names of both, the first ones first."""
    start = np.concatenate([first.start, first.start[-1] + second.start[1:]])
    return Names(np.concatenate([first.letters, second.letters]), start)


# -- keys --------------------------------------------------------------------------------------


def whole_keys(of: Names, salt: int) -> Keys:
    """(N,) a hash of each name, 0 for an empty one."""
    return _whole_keys(of.letters, of.start, np.uint64(salt))


def deletion_keys(of: Names, salt: int) -> tuple[Keys, Codes]:
    """Hashes of each name and, from six letters on, of the name without each of its letters; and whose they are.

    Two names share one of them if they differ by one letter too many, missing, changed or swapped with its neighbour
    (the symmetric deletions of SymSpell).
    """
    lengths = np.diff(of.start)
    count = np.where(lengths >= LEAST_DELETED, lengths + 1, np.minimum(lengths, 1))
    keys = np.empty(int(count.sum()), np.uint64)
    _deletion_keys(of.letters, of.start, np.uint64(salt), keys)
    return keys, np.repeat(np.arange(len(of), dtype=np.int32), count)


def skeleton_keys(of: Names, salt: int) -> Keys:
    """(N,) a hash of the consonants of each name, doubled ones once; 0 where there are fewer than four."""
    return _skeleton_keys(of.letters, of.start, np.uint64(salt))


@compiled
def _mix(value: np.uint64) -> np.uint64:
    """The finaliser of MurmurHash3: every bit of the input reaches every bit of the output."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))


@compiled
def _hash(letters: Bytes, begin: int, end: int, without: int, salt: np.uint64) -> np.uint64:
    """FNV-1a of some letters, one of them left out; never 0."""
    value = np.uint64(0xCBF29CE484222325) ^ salt
    for place in range(begin, end):
        if place != without:
            value = (value ^ np.uint64(letters[place])) * np.uint64(0x100000001B3)
    return max(_mix(value), np.uint64(1))


@compiled
def _whole_keys(letters: Bytes, start: Counts, salt: np.uint64) -> Keys:
    keys = np.zeros(len(start) - 1, np.uint64)
    for row in range(len(keys)):
        if start[row + 1] > start[row]:
            keys[row] = _hash(letters, start[row], start[row + 1], -1, salt)
    return keys


@compiled
def _deletion_keys(letters: Bytes, start: Counts, salt: np.uint64, keys: Keys) -> None:
    at = 0
    for row in range(len(start) - 1):
        begin, end = start[row], start[row + 1]
        if end > begin:
            keys[at] = _hash(letters, begin, end, -1, salt)
            at += 1
        if end - begin >= LEAST_DELETED:
            for without in range(begin, end):
                keys[at] = _hash(letters, begin, end, without, salt)
                at += 1


@compiled
def _is_weak(letter: int) -> bool:
    """Vowels, and what is not heard (a, e, i, o, u)."""
    return letter == 97 or letter == 101 or letter == 105 or letter == 111 or letter == 117


@compiled
def _skeleton_keys(letters: Bytes, start: Counts, salt: np.uint64) -> Keys:
    keys = np.zeros(len(start) - 1, np.uint64)
    kept = np.empty(LONGEST, np.uint8)
    for row in range(len(keys)):
        size = 0
        for place in range(start[row], start[row + 1]):
            letter = letters[place]
            is_repeat = size > 0 and kept[size - 1] == letter
            if not is_repeat and not _is_weak(letter):
                kept[size] = letter
                size += 1
        if size >= LEAST_SKELETON:
            keys[row] = _hash(kept, 0, size, -1, salt)
    return keys


# -- likeness ----------------------------------------------------------------------------------


def likeness(one: Names, rows: Codes, other: Names, columns: Codes) -> Singles:
    """(P,) Jaro-Winkler similarity of ``one[rows[k]]`` and ``other[columns[k]]``; NaN where one of them is empty.

    Source: W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model of Record
    Linkage", Proc. Survey Research Methods, ASA 1990; prefix of at most 4, scale 0.1.

    >>> two = names(pl.Series(["martha", "dwayne", "dixon"])), names(pl.Series(["marhta", "duane", "dicksonx"]))
    >>> each = np.arange(3, dtype=np.int32)
    >>> [f"{value:.3f}" for value in likeness(two[0], each, two[1], each)]
    ['0.961', '0.840', '0.813']
    """
    return _likeness(one.letters, one.start, rows, other.letters, other.start, columns)


@compiled
def _likeness(
    letters: Bytes, start: Counts, rows: Codes, others: Bytes, starts: Counts, columns: Codes
) -> Singles:
    found = np.empty(len(rows), np.float32)
    taken, used = np.zeros(LONGEST, np.bool_), np.zeros(LONGEST, np.bool_)
    for pair in range(len(rows)):
        begin, end = start[rows[pair]], start[rows[pair] + 1]
        first, last = starts[columns[pair]], starts[columns[pair] + 1]
        if end == begin or last == first:
            found[pair] = np.nan
        else:
            found[pair] = _jaro_winkler(letters, begin, end, others, first, last, taken, used)
    return found


@compiled
def _jaro_winkler(
    letters: Bytes, begin: int, end: int, others: Bytes, first: int, last: int, taken: Flags, used: Flags
) -> float:
    mine, theirs = end - begin, last - first
    reach = max(max(mine, theirs) // 2 - 1, 0)
    taken[:mine] = False
    used[:theirs] = False
    same = 0
    for place in range(mine):
        for there in range(max(0, place - reach), min(theirs, place + reach + 1)):
            if not used[there] and others[first + there] == letters[begin + place]:
                taken[place] = used[there] = True
                same += 1
                break
    if same == 0:
        return 0.0
    out_of_order, there = 0, 0
    for place in range(mine):
        if taken[place]:
            while not used[there]:
                there += 1
            out_of_order += letters[begin + place] != others[first + there]
            there += 1
    jaro = (same / mine + same / theirs + (same - out_of_order // 2) / same) / 3
    prefix = 0
    while prefix < min(mine, theirs, 4) and letters[begin + prefix] == others[first + prefix]:
        prefix += 1
    return jaro + 0.1 * prefix * (1 - jaro)


def adds_a_word(one: Names, rows: Codes, other: Names, columns: Codes) -> Flags:
    """(P,) whether ``one[rows[k]]`` is the whole of ``other[columns[k]]``, five letters or more, and a word besides.

    >>> two = names(pl.Series(["nourquotes", "nourhh"])), names(pl.Series(["nourh", "nourq"]))
    >>> adds_a_word(two[0], np.array([0, 1, 0], np.int32), two[1], np.array([1, 0, 0], np.int32)).tolist()
    [True, False, False]
    """
    return _adds_a_word(one.letters, one.start, rows, other.letters, other.start, columns)


@compiled
def _adds_a_word(
    letters: Bytes, start: Counts, rows: Codes, others: Bytes, starts: Counts, columns: Codes
) -> Flags:
    found = np.zeros(len(rows), np.bool_)
    for pair in range(len(rows)):
        begin, first = start[rows[pair]], starts[columns[pair]]
        size = starts[columns[pair] + 1] - first
        more = start[rows[pair] + 1] - begin - size
        if size < LEAST_WHOLE or more < LEAST_ADDED:
            continue
        for place in (0, more):
            same = 0
            while same < size and letters[begin + place + same] == others[first + same]:
                same += 1
            found[pair] |= same == size
    return found
