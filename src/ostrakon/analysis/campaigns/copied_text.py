"""Reports that say nearly the same: copies of one text, and whether a campaign's reports share more than chance has it.

Copied is not false and not malicious: a public call may offer a text, a form may suggest one. A text that is usual in
the rest of the log is no evidence, however often a campaign uses it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import gammainc

from ostrakon.analysis.campaigns.chance import LEAST_P
from ostrakon.analysis.campaigns.minhash import alike_sets
from ostrakon.analysis.campaigns.stock_phrases import alike_in_own_words, connected
from ostrakon.analysis.campaigns.word_grams import word_grams
from ostrakon.analysis.log import Codes, Counts, Floats

LEAST_SIMILARITY = 0.25
"""Copies in each of which every fourth word was replaced share about .28: of their words .75^2 = .56, of their pairs
of words .32, so .44 of the grams of either. Chosen together with the constants of ``stock_phrases``."""
LISTED = 0.8
"""Two texts of one group are listed as a pair from this share of the least similarity on."""
LEAST_SHARED = 9
"""N-grams in common: five words in a row have 9. Fewer are shared by chance."""


@dataclass(frozen=True)
class Copies:
    """Pairs of near-identical texts, by their indices; ``one < other``, sorted."""

    one: Codes
    other: Codes
    similarity: NDArray[np.float32]
    """Jaccard of the sets of words and of neighbouring words: exact, in [least, 1]."""


def near_copies(texts: pl.Series, *, least: float = LEAST_SIMILARITY) -> Copies:
    """Pairs of near-identical texts among *distinct* texts without nulls.

    Two texts are linked by a Jaccard of ``least`` or more, 9 n-grams in common, and enough of these in words of
    their own: phrases used mostly elsewhere do not count (:mod:`ostrakon.analysis.campaigns.stock_phrases`). Texts
    connected by links are copies; a pair of them is listed if its Jaccard is at least 0.8 x ``least``. So a text of
    fewer than five words, or ten characters of Chinese, is a copy of nothing but itself, and who changes most of the
    words is not found.

    Pairs are bounded, groups are not: where more than 65 texts share a bucket not all their pairs are compared, and
    no text brings more than 128 pairs with later ones, but each is compared with its nearest in every bucket
    (:func:`ostrakon.analysis.campaigns.minhash.alike_sets` says how). By chance a pair of Jaccard .25 that could be
    compared is missed once in 60 times, one of .3 once in 400.

    >>> texts = pl.Series(["This account sells fake tickets to fans in Leeds", "what a rude picture",
    ...     "THIS account sells FAKE tickets to fans in York!!"])
    >>> copies = near_copies(texts)
    >>> [(int(a), int(b), round(float(s), 2)) for a, b, s in zip(copies.one, copies.other, copies.similarity)]
    [(0, 2, 0.79)]
    """
    sets = word_grams(texts)
    alike = alike_sets(sets, LISTED * least, LEAST_SHARED)
    link = alike_in_own_words(sets, alike, least)
    group = connected(alike.one[link], alike.other[link], len(texts))
    same = group[alike.one] == group[alike.other]
    return Copies(alike.one[same], alike.other[same], alike.similarity[same])


def copy_groups(copies: Copies, count: int) -> Codes:
    """(count,) group of each text, numbered by their first text; -1 where it has no copy.

    Groups are connected: two texts of one group may differ much if others lie between them.
    """
    group = connected(copies.one, copies.other, count)
    large = np.bincount(group, minlength=1) >= 2
    return np.where(large, np.cumsum(large) - 1, -1)[group].astype(np.int32)


@dataclass(frozen=True)
class CopiedTexts:
    """What campaigns say in the same words. Shapes: G campaigns; K rows, one a (campaign, wording)."""

    p_value: Floats
    """(G,) chance of the most surprising row; NaN where fewer than two reporters of a campaign wrote anything."""
    campaign: Codes
    """(K,) ascending; within a campaign the most surprising row first."""
    text: Codes
    """(K,) the text that the campaign used most among the copies: an index into the texts."""
    seen: Counts
    """(K,) different reporters of the campaign who wrote it or a copy of it, at least 2."""
    expected: Floats
    """(K,) reports of the campaign that would carry it if its texts were drawn as in the rest of the log."""
    p: Floats
    """(K,) chance of so many reporters, corrected for the choice among all wordings of the log."""


def copied_texts(text: Codes, groups: Codes, reporter: Codes, voice: Counts, campaign: Codes) -> CopiedTexts:
    """Do the reports of each campaign share wordings that are rare elsewhere?

    A *wording* is a group of copies, or a text without copies. If each of the n texts of a campaign were drawn as in
    the rest of the log, a wording of frequency f would come from at most a Poisson number (mean n f) of reporters:
    the tail is an upper bound from one above the mean (Hoeffding 1956; Anderson and Samuels 1967). f is
    (1 + voices outside) / (1 + all voices with a text outside). Bonferroni over all wordings of the log, used or not: a
    campaign chooses its words, and the sum of these bounds holds under any dependence.

    It is not a test of who copied from whom. Reporters who quote the reported post share words for an honest reason.

    Args:
        text: (V,) index of each voice's text, -1 where it has none.
        groups: (T,) from :func:`copy_groups`.
        reporter: (V,) who speaks.
        voice: (M,) voices of campaigns; a voice may belong to several.
        campaign: (M,) which campaign, from 0.
    """
    campaigns = int(campaign.max(initial=-1)) + 1
    wording = _wordings(groups)
    total = np.bincount(wording[text[text >= 0]], minlength=1)
    written = text[voice] >= 0
    voice, campaign = voice[written], campaign[written]
    inside = np.bincount(campaign, minlength=campaigns)
    frame = pl.DataFrame({"campaign": campaign, "reporter": reporter[voice], "text": text[voice]})
    shared = _shared(frame.with_columns(wording=wording[text[voice]]))
    of = shared["campaign"].to_numpy()
    outside = total[shared["wording"]] - shared["voices"].to_numpy()
    expected = inside[of] * (1 + outside) / (1 + total.sum() - inside[of])
    seen = shared["seen"].to_numpy()
    p = np.clip(np.count_nonzero(total) * gammainc(seen, expected), LEAST_P, 1.0)
    return _by_surprise(of, shared["text"].to_numpy(), seen, expected, p, _testable(frame, campaigns))


def _wordings(groups: Codes) -> Codes:
    """(T,) the wording of each text: its group, or a number of its own."""
    alone = groups < 0
    return np.where(alone, groups.max(initial=-1) + np.cumsum(alone), groups).astype(np.int32)


def _shared(said: pl.DataFrame) -> pl.DataFrame:
    """One row for every wording that at least two reporters of a campaign used."""
    return (
        said.group_by("campaign", "wording", maintain_order=True)
        .agg(
            pl.col("reporter").n_unique().cast(pl.Int64).alias("seen"),
            pl.len().cast(pl.Int64).alias("voices"),
            pl.col("text").mode().min(),
        )
        .filter(pl.col("seen") >= 2)
    )


def _testable(said: pl.DataFrame, campaigns: int) -> NDArray[np.bool_]:
    """(G,) whether at least two reporters of a campaign wrote a text."""
    return np.bincount(said.unique(["campaign", "reporter"])["campaign"], minlength=campaigns) >= 2


def _by_surprise(
    campaign: Codes, text: Codes, seen: Counts, expected: Floats, p: Floats, testable: NDArray[np.bool_]
) -> CopiedTexts:
    """The rows in order, and the smallest chance of each campaign; 1 where no wording is shared."""
    order = np.lexsort((text, expected - seen, p, campaign))
    p_value = np.where(testable, 1.0, np.nan)
    np.minimum.at(p_value, campaign, p)
    return CopiedTexts(p_value, campaign[order], text[order], seen[order], expected[order], p[order])
