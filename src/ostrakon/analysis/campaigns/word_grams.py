"""What a text is made of: the set of its words and of its pairs of neighbouring words, hashed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Counts

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Scripts written without blanks: each character is a word."""
WORD = rf"(?:https?://|www\.)\S*[\p{{L}}\p{{N}}/]|[{UNSPACED}]|[[\p{{L}}\p{{M}}\p{{N}}]--[{UNSPACED}]]+"
"""An address as a whole, a character of a script without blanks, or a run of letters, marks and digits."""
INVISIBLE = r"\p{Cf}+"
"""Format characters (zero-width blanks, soft hyphens, direction marks) would cut words where nobody sees it."""
BATCH_BYTES = 1 << 24
"""Texts are taken apart in batches of about so many bytes: bounds memory beside the sets themselves."""


@dataclass(frozen=True)
class GramSets:
    """The n-grams of T texts, as 64-bit hashes: those of text t are ``grams[start[t]:start[t + 1]]``."""

    start: Counts
    """(T + 1,) where each text's grams begin."""
    grams: NDArray[np.uint64]
    """Ascending within a text, each once."""

    @property
    def size(self) -> Counts:
        """(T,) distinct grams of each text."""
        return np.diff(self.start)


def word_grams(texts: pl.Series) -> GramSets:
    """Words and pairs of neighbouring words of each text; a text without words has the empty set.

    Upper and lower case, compatibility forms (NFKC) and punctuation make no difference. In scripts without blanks a
    character is a word that counts with its neighbours only: alone it says as little as a letter. Nothing is done
    about letters of one script that look like those of another. The hashes depend on the words alone, not on
    versions or the machine.

    >>> word_grams(pl.Series(["Spam, SPAM!", "spam", "..."])).size.tolist()
    [2, 1, 0]
    """
    batch = texts.str.len_bytes().cast(pl.Int64).cum_sum().to_numpy() // BATCH_BYTES
    cuts = np.concatenate([[0], np.flatnonzero(np.diff(batch)) + 1, [len(texts)]])
    parts = [_gram_sets(_words(texts[int(a) : int(b)]), int(b - a)) for a, b in pairwise(cuts)]
    size = np.concatenate([part[0] for part in parts])
    return GramSets(np.concatenate([[0], np.cumsum(size)]), np.concatenate([part[1] for part in parts]))


def _words(texts: pl.Series) -> NDArray[np.uint8]:
    """UTF-8 of all texts in plain form: a blank between two words, a line feed after each text."""
    folded = texts.str.normalize("NFKC").str.to_uppercase().str.to_lowercase().str.replace_all(INVISIBLE, "")
    lines = folded.str.extract_all(WORD).list.join(" ").to_list()
    return np.frombuffer("".join(f"{line}\n" for line in lines).encode(), np.uint8)


@compiled
def _gram_sets(text: NDArray[np.uint8], count: int) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """(count,) sizes of the sets and the sets one after another. Words are hashed by FNV-1a (64 bits)."""
    room = 0
    for byte in text:
        if byte == 32 or byte == 10:
            room += 2
    grams = np.empty(room, np.uint64)
    size = np.zeros(count, np.int64)
    row, begin, end, word_begin = 0, 0, 0, 0
    word, before = np.uint64(0xCBF29CE484222325), np.uint64(0)
    for place in range(len(text)):
        byte = text[place]
        if byte != 32 and byte != 10:
            word = (word ^ np.uint64(byte)) * np.uint64(0x100000001B3)
            continue
        if place > word_begin:
            word = _mixed(word)
            if not _is_lone_character(text[word_begin:place]):
                grams[end] = word
                end += 1
            if before != np.uint64(0):
                grams[end] = _mixed(before * np.uint64(0x9E3779B97F4A7C15) + word)
                end += 1
            before = word
        word, word_begin = np.uint64(0xCBF29CE484222325), place + 1
        if byte == 10:
            kept = _each_once(grams[begin:end])
            size[row] = kept
            begin = end = begin + kept
            row, before = row + 1, np.uint64(0)
    return size, grams[:end].copy()


@compiled
def _is_lone_character(word: NDArray[np.uint8]) -> bool:
    """One code point that UTF-8 writes with three or four bytes: beyond the alphabets of Europe and the Near East."""
    return (len(word) == 3 and word[0] >= 0xE0) or (len(word) == 4 and word[0] >= 0xF0)


@compiled
def _each_once(values: NDArray[np.uint64]) -> int:
    """Sort in place, the distinct values first; how many they are."""
    values.sort()
    kept = 0
    for place in range(len(values)):
        if place == 0 or values[place] != values[kept - 1]:
            values[kept] = values[place]
            kept += 1
    return kept


@compiled
def _mixed(value: np.uint64) -> np.uint64:
    """Every bit depends on every bit: the finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
