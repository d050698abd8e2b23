"""Who finds near-identical report texts, and how fast?

python benchmarks/copied_text.py [--seeds 5] [--python benchmarks/.venv/bin/python] [--no-write]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl
from _results import circumstances, load, table, write_section
from numpy.typing import NDArray
from rivals import texts as rival_texts
from rivals.outside import DEFAULT_PYTHON

from ostrakon.analysis.campaigns.copied_text import copy_groups, near_copies

Pairs = set[tuple[int, int]]
Found = tuple[Pairs, float]
"""Pairs and CPU seconds."""

SIZE = 4638
GROUPS = 20
ONSETS = ["b", "ch", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z"]
SYLLABLES = [onset + rime for onset in ONSETS for rime in ("a", "e", "i", "o", "u", "an", "er", "il")]
NAMES = ["anna", "bram", "chidi", "dewi", "emre", "fatima", "goran", "hana", "ines", "jamal", "katya", "luis"]


@dataclass(frozen=True)
class Job:
    """Distinct texts and the group of each; -1 is an honest text."""

    texts: list[str]
    group: NDArray[np.int64]

    @classmethod
    def of(cls, drawn: Iterable[tuple[str, int]]) -> Job:
        """The distinct texts, in a fixed order that says nothing."""
        first: dict[str, int] = {}
        for text, group in drawn:
            first.setdefault(text, group)
        order = sorted(first, key=lambda text: rival_texts.simhash(text))
        return cls(order, np.array([first[text] for text in order]))

    @property
    def pairs(self) -> Pairs:
        """All true pairs."""
        return pairs_within(self.group)


def pairs_within(group: NDArray[np.integer]) -> Pairs:
    """Pairs of the same group, -1 excepted."""
    found = set()
    for number in np.unique(group[group >= 0]):
        rows = np.flatnonzero(group == number).tolist()
        found |= {(a, b) for place, b in enumerate(rows) for a in rows[:place]}
    return found


class Tongue:
    """A made-up language: words in Zipf frequencies, and phrases that everybody uses."""

    def __init__(self, rng: np.random.Generator, words: int = 6000, phrases: int = 60) -> None:
        self.rng = rng
        self.words = np.array([self._word() for _ in range(words)])
        weight = 1 / (np.arange(words) + 2.7)
        self.weight = weight / weight.sum()
        self.phrases = [self.say(int(rng.integers(3, 8))) for _ in range(phrases)]
        usual = 1 / (np.arange(phrases) + 1.0)
        self.usual = usual / usual.sum()

    def _word(self) -> str:
        return "".join(self.rng.choice(SYLLABLES, self.rng.integers(1, 5)))

    def say(self, words: int) -> list[str]:
        """So many words, each drawn by itself."""
        return self.rng.choice(self.words, words, p=self.weight).tolist()

    def phrase(self) -> list[str]:
        """One of the usual phrases."""
        return self.phrases[int(self.rng.choice(len(self.phrases), p=self.usual))]

    def report(self, least: int, most: int) -> list[str]:
        """A report: own words, before and after them a usual phrase in half of the cases each."""
        own = self.say(int(self.rng.integers(least, most + 1)))
        before, after = (self.phrase() if self.rng.random() < 0.5 else [] for _ in range(2))
        return before + own + after


def edited(tongue: Tongue, text: list[str]) -> str:
    """Of 0 to 30 % of the words: each replaced by another."""
    rng = tongue.rng
    changed = rng.random(len(text)) < rng.uniform(0, 0.3)
    return " ".join(np.where(changed, tongue.say(len(text)), text))


def disguised(tongue: Tongue, text: list[str]) -> str:
    """Neighbours swapped, a name put in, words left out, an address appended, case and punctuation changed."""
    rng, text = tongue.rng, list(text)
    for place in rng.integers(0, len(text) - 1, rng.integers(0, 1 + len(text) // 8)):
        text[place], text[place + 1] = text[place + 1], text[place]
    for _ in range(rng.integers(0, 3)):
        text.insert(int(rng.integers(len(text) + 1)), str(rng.choice(NAMES)))
    text = [word for word in text if rng.random() > 0.05]
    if rng.random() < 0.4:
        text.append(f"https://{rng.choice(SYLLABLES)}.example/{rng.integers(10**6)}?id={rng.integers(100)}")
    case = (str.lower, str.upper, str.title, str.capitalize)[int(rng.integers(4))]
    return "".join(case(word) + str(rng.choice([" ", " ", " ", ", ", "! ", "... "])) for word in text).strip()


def job(seed: int, copy: Callable[[Tongue, list[str]], str], size: int = SIZE, groups: int = GROUPS) -> Job:
    """Honest texts of 4 to 40 own words, and groups of 8 to 120 copies of texts of 12 to 40."""
    tongue = Tongue(np.random.default_rng(seed))
    sizes = np.exp(tongue.rng.uniform(np.log(8), np.log(120), groups)).astype(int)
    drawn = []
    for number, copies in enumerate(sizes):
        original = tongue.report(12, 40)
        drawn += [(copy(tongue, original), number) for _ in range(copies)]
    if copy is disguised:
        honest = [disguised(tongue, tongue.report(4, 40)) for _ in range(size - len(drawn))]
    else:
        honest = [" ".join(tongue.report(4, 40)) for _ in range(size - len(drawn))]
    return Job.of([*drawn, *((text, -1) for text in honest)])


def own(texts: list[str]) -> tuple[Found, Found]:
    """The listed pairs, and all pairs within a group."""
    series = pl.Series(texts)
    begun = time.process_time()
    copies = near_copies(series)
    groups = copy_groups(copies, len(texts))
    seconds = time.process_time() - begun
    listed = set(zip(copies.one.tolist(), copies.other.tolist(), strict=True))
    return (listed, seconds), (pairs_within(groups), seconds)


def timed(run: Callable[[], list[tuple[int, int]]]) -> Found:
    """What a rival finds, and its CPU seconds."""
    begun = time.process_time()
    return set(run()), time.process_time() - begun


def datasketch(texts: list[str], least: float, python: Path) -> Found:
    """MinHashLSH in the rivals' environment."""
    answer = subprocess.run(
        [str(python), str(Path(rival_texts.__file__))],
        input=json.dumps({"texts": texts, "least": least}), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(answer.stdout)
    return {(a, b) for a, b in found["pairs"]}, found["seconds"]


def contenders(texts: list[str], python: Path) -> dict[str, Found]:
    """Everybody's pairs on one job."""
    listed, grouped = own(texts)
    found = {"Ostrakon, pairs of one group": grouped, "Ostrakon, listed pairs": listed}
    if python.exists():
        for least in (0.2, 0.3, 0.5):
            found[f"datasketch, verified Jaccard {least}"] = datasketch(texts, least, python)
    for distance in (3, 12, 16):
        run = partial(rival_texts.simhash_pairs, texts, distance)
        found[f"simhash64, distance {distance}"] = timed(run)
    return found | {"same words in the same order": timed(partial(rival_texts.equal_pairs, texts))}


def quality(copy: Callable[[Tongue, list[str]], str], seeds: int, python: Path) -> str:
    """Precision and recall of pairs over seeds: mean, and the worst seed."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for seed in range(seeds):
        made = job(seed, copy)
        true = made.pairs
        for name, (pairs, seconds) in contenders(made.texts, python).items():
            right = len(pairs & true)
            rows.setdefault(name, []).append((right / max(len(pairs), 1), right / len(true), seconds))
        print(f"{copy.__name__}, seed {seed}", flush=True)
    lines = []
    for name, figures in rows.items():
        precision, recall, seconds = np.array(figures).T
        cells = [f"{x.mean():.4f} ({x.min():.4f})" for x in (precision, recall)]
        lines.append([name, *cells, f"{np.median(seconds):.2f}"])
    return table(["method", "precision", "recall", "CPU s"], lines)


def whole(texts: list[str]) -> tuple[float, float, float, int, NDArray[np.int32]]:
    """Wall s, CPU s, peak GB above the start, listed pairs, groups; kernels are compiled before."""
    near_copies(pl.Series(texts[:50]))
    series = pl.Series(texts)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    copies = near_copies(series)
    groups = copy_groups(copies, len(texts))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e6
    return wall, cpu, peak, len(copies.one), groups


def growth(sizes: Iterable[int]) -> str:
    """Large logs: honest texts with groups of copies, and a flood of texts that differ in one word."""
    lines = []
    for size in sizes:
        made = job(0, edited, size, size // 250)
        flood = [
            f"this account sells tickets that never come to people in my town number {row}"
            for row in range(size)
        ]
        for name, texts in (("edited", made.texts), ("flood, one word differs", flood)):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                wall, cpu, peak, pairs, groups = pool.submit(whole, texts).result()
            right = ""
            if name == "edited":
                found, true = pairs_within(groups), made.pairs
                right = f"{len(found & true) / len(found):.4f} / {len(found & true) / len(true):.4f}"
            cells = [f"{wall:.1f}", f"{cpu:.1f}", f"{peak:.2f}", f"{pairs:,}", f"{groups.max() + 1:,}", right]
            lines.append([f"{len(texts):,}", name, *cells])
            print(lines[-1], flush=True)
    head = ["texts", "kind", "wall s", "CPU s", "GB", "listed pairs", "groups", "P / R of pairs of one group"]
    return table(head, lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--largest", type=int, default=100_000)
    parser.add_argument("--python", type=Path, default=DEFAULT_PYTHON, help="of the rivals' environment")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md alone")
    chosen = parser.parse_args()
    own(job(100, edited, 500, 2).texts)  # compiles the kernels
    parts = [
        "## Copied text",
        f"`python benchmarks/copied_text.py --seeds {chosen.seeds}`: pairs of near-identical report texts against "
        f"the true groups. {circumstances(['ostrakon', 'numba', 'numpy', 'polars'], load=load())}",
        f"{SIZE:,} texts, {GROUPS} groups of 8 to 120 copies, the rest honest; half of all texts begin and half "
        "end with one of 60 phrases that everybody uses. Mean over seeds, in brackets the worst seed. The seeds "
        "from 100 on chose the constants. datasketch has 128 permutations in 64 bands, in pure Python on numpy.",
        "### Copies with 0 to 30 % of the words replaced",
        quality(edited, chosen.seeds, chosen.python),
        "### Copies with words swapped, names put in, addresses appended, case and punctuation changed",
        quality(disguised, chosen.seeds, chosen.python),
        "### Size",
        "GB is peak memory above what the process had before. Two threads compare, the rest is one thread.",
        growth([chosen.largest // 10, chosen.largest]),
    ]
    text = "\n\n".join(parts)
    print(text)
    if not chosen.no_write:
        write_section("copied text", text)


if __name__ == "__main__":
    main()
