"""What accounts show of themselves, in columns that kernels can read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, Floats
from ostrakon.analysis.returners.folding import cores, plain, sounds, stems, without_server, words_of
from ostrakon.analysis.returners.names import Keys, Names, names

DAY_US = 86_400_000_000
ASIDE = (
    "anti", "archive", "archives", "ban", "critic", "critique", "daily", "fan", "fans", "fanpage", "free",
    "hommage", "humor", "humour", "imposter", "impersonator",
    "journalist", "journaliste", "justice", "memes", "news",
    "parody", "parodie", "parodia", "press", "presse", "quotes", "reporter", "research", "researcher", "satire",
    "stop", "support", "supporter", "supporters", "tribute", "unofficial", "updates", "watch", "watcher", "gazeteci",
    "sahafi", "taraftar", "sadece",
)  # fmt: skip
"""Words of who speaks *about* somebody: fans, parodies, critics, the press. They speak against a return."""
WORD_ASIDE = rf"\b(?:{'|'.join(ASIDE)})\b"
DENIED = r"^(?:not|fake|pseudo) ?[a-z0-9]{3}"
"""Who begins the name of somebody with one of these says that they are somebody else."""
OF_ITSELF = (
    "not affiliated", "fan account", "fan page", "fanpage", "parody account", "parody", "parodie", "satire", "tribute",
    "unofficial", "not the real", "journalist", "journaliste", "reporter", "correspondent", "gazeteci", "sahafi",
    "researcher",
)  # fmt: skip
"""What a bio says of the account itself, where a word such as *fan* or *news* may be about anything."""
LEAST_GLUED = 4
"""Letters of such a word that is known at the end of a handle without a mark between."""
MOST_WORDS = 40
"""Words of a bio that are looked at, the first ones."""


@dataclass(frozen=True)
class Profiles:
    """(N,) accounts in the order of their table. The column ``language`` is never read."""

    table: pl.DataFrame
    core: Names
    """Of the handle."""
    sound: Names
    display: Names
    """The core of the display name, a counter and words such as *official* left out."""
    raw: Names
    """The handle as it is written, its letters folded and nothing left out."""
    word: Keys
    """Words and links of all bios, account by account."""
    word_of: Codes
    """Whose each word is."""
    avatar: Keys
    """A perceptual hash of 64 bits, 0 = unknown."""
    created: Floats
    """Days since 1970, NaN = unknown."""
    suspended: Floats
    speaks_about: NDArray[np.bool_]
    """Whether handle or display name hold a word of :data:`ASIDE`, or the bio one of :data:`OF_ITSELF`."""
    bio_hints: NDArray[np.bool_]
    """Whether the bio holds a word of :data:`ASIDE`, about whatever."""
    denies: NDArray[np.bool_]
    """Whether the handle begins as in :data:`DENIED`."""

    def __len__(self) -> int:
        return self.table.height

    def take(self, rows: Codes) -> Profiles:
        """These accounts, in this order, without their words."""
        return Profiles(
            self.table[rows],
            self.core.take(rows),
            self.sound.take(rows),
            self.display.take(rows),
            self.raw.take(rows),
            self.word[:0],
            self.word_of[:0],
            self.avatar[rows],
            self.created[rows],
            self.suspended[rows],
            self.speaks_about[rows],
            self.bio_hints[rows],
            self.denies[rows],
        )


def profiles(table: pl.DataFrame) -> Profiles:
    """``table`` has the columns of ``tables.SUSPENDED``, ``NEW`` or ``PLACEBO``."""
    handle = words_of(plain(without_server(table["handle"])))
    display = words_of(plain(_texts(table, "display_name")))
    bio = plain(_texts(table, "bio"))
    stem = stems(handle)
    word, word_of = _words(bio)
    return Profiles(
        table,
        names(cores(stem)),
        names(sounds(stem)),
        names(cores(stems(display))),
        names(handle.str.replace_all(" ", "", literal=True)),
        word,
        word_of,
        avatars(_texts(table, "avatar_hash")),
        days(table, "created_at"),
        days(table, "suspended_at"),
        _speaks_about(handle, display, bio),
        bio.str.contains(WORD_ASIDE).to_numpy(),
        handle.str.contains(DENIED).to_numpy(),
    )


def _texts(table: pl.DataFrame, name: str) -> pl.Series:
    known = name in table.columns
    return (
        table[name].cast(pl.String) if known else pl.repeat(None, table.height, dtype=pl.String, eager=True)
    )


def days(table: pl.DataFrame, name: str) -> Floats:
    """(N,) days since 1970 of a column of times, NaN where it is unknown or absent."""
    if name not in table.columns:
        return np.full(table.height, np.nan)
    stamps = table[name].dt.epoch("us").cast(pl.Float64) / DAY_US
    return stamps.fill_null(np.nan).to_numpy().copy()


def avatars(texts: pl.Series) -> Keys:
    """Hashes of pictures as numbers, 0 = unknown. What is not 16 hexadecimal digits is only equal or not.

    >>> avatars(pl.Series(["00000000000000ff", None])).tolist()
    [255, 0]
    """
    bare = texts.str.strip_chars(" ").str.to_lowercase().str.strip_prefix("0x")
    is_hex = bare.str.contains("^[0-9a-f]{1,16}$").fill_null(False)
    high = bare.str.pad_start(16, "0").str.head(8).str.to_integer(base=16, strict=False, dtype=pl.UInt64)
    low = bare.str.pad_start(16, "0").str.tail(8).str.to_integer(base=16, strict=False, dtype=pl.UInt64)
    number = (high * (1 << 32) + low).zip_with(is_hex, bare.hash(seed=5))
    known = bare.is_not_null() & (bare != "")
    zero = pl.repeat(0, len(texts), dtype=pl.UInt64, eager=True)
    return number.zip_with(known.fill_null(False), zero).fill_null(0).to_numpy().copy()


def _words(bio: pl.Series) -> tuple[Keys, Codes]:
    """Each distinct word of three letters or more once; a link is one word."""
    frame = pl.DataFrame({"bio": bio}).with_row_index("row").filter(pl.col("bio") != "")
    word = pl.col("bio").str.extract_all(r"[a-z0-9]+(?:[./:@_-]+[a-z0-9]+)*").list.head(MOST_WORDS)
    found = frame.select("row", word=word).explode("word", empty_as_null=False, keep_nulls=False)
    found = found.filter(pl.col("word").str.len_bytes() >= 3).unique(maintain_order=True)
    return found["word"].hash(seed=6).to_numpy().copy(), found["row"].cast(pl.Int32).to_numpy().copy()


def _speaks_about(handle: pl.Series, display: pl.Series, bio: pl.Series) -> NDArray[np.bool_]:
    """A word of its own in a name; in a handle, which has no blanks, also a longer one at either end."""
    longer = "|".join(word for word in ASIDE if len(word) >= LEAST_GLUED)
    glued = rf"^(?:{longer})|(?:{longer}) ?[0-9]*$"
    said = handle.str.contains(WORD_ASIDE) | handle.str.contains(glued) | display.str.contains(WORD_ASIDE)
    return (said | bio.str.contains(rf"\b(?:{'|'.join(OF_ITSELF)})\b")).to_numpy()
