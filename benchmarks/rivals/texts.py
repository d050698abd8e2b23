"""Other ways to find near-identical texts: simhash, and equality. datasketch runs in the rivals' environment."""

from __future__ import annotations

import json
import re
import sys
import time
from hashlib import blake2b
from itertools import pairwise

WORD = re.compile(r"https?://\S+|\w+")


def words(text: str) -> list[str]:
    """Addresses and runs of letters and digits, in lower case."""
    return WORD.findall(text.casefold())


def grams(text: str) -> list[bytes]:
    """Words and pairs of neighbouring words."""
    found = words(text)
    return [gram.encode() for gram in {*found, *map(" ".join, pairwise(found))}]


def simhash(text: str) -> int:
    """64 signs, each of a sum of +-1 over the grams (Charikar, STOC 2002)."""
    hashes = [int.from_bytes(blake2b(gram, digest_size=8).digest(), "big") for gram in grams(text)]
    return sum(1 << bit for bit in range(64) if 2 * sum(value >> bit & 1 for value in hashes) > len(hashes))


def simhash_pairs(texts: list[str], distance: int) -> list[tuple[int, int]]:
    """Pairs at most so many signs apart: all of them, text by text."""
    import numpy as np

    code = np.array([simhash(text) for text in texts], np.uint64)
    pairs = []
    for one in range(len(texts)):
        near = np.flatnonzero(np.bitwise_count(code[one + 1 :] ^ code[one]) <= distance)
        pairs += [(one, one + 1 + int(other)) for other in near]
    return pairs


def equal_pairs(texts: list[str]) -> list[tuple[int, int]]:
    """Pairs with the same words in the same order."""
    where: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        where.setdefault(" ".join(words(text)), []).append(row)
    return [(a, b) for rows in where.values() for place, b in enumerate(rows) for a in rows[:place]]


def datasketch_pairs(texts: list[str], least: float) -> list[tuple[int, int]]:
    """MinHashLSH, 128 permutations, 64 bands of 2, candidates verified by exact Jaccard."""
    from datasketch import MinHash, MinHashLSH

    index, sets, pairs = MinHashLSH(num_perm=128, params=(64, 2)), [], []
    for row, text in enumerate(texts):
        own = set(grams(text))
        sketch = MinHash(num_perm=128, seed=1)
        sketch.update_batch(list(own))
        near = sorted(index.query(sketch))
        pairs += [(other, row) for other in near if len(own & sets[other]) >= least * len(own | sets[other])]
        index.insert(row, sketch)
        sets.append(own)
    return pairs


if __name__ == "__main__":
    given = json.load(sys.stdin)
    begun = time.process_time()
    found = datasketch_pairs(given["texts"], given["least"])
    json.dump({"pairs": found, "seconds": time.process_time() - begun}, sys.stdout)
