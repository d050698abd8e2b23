"""Near-identical report texts, and whether a campaign shares more of them than chance would."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from ostrakon.analysis.campaigns.copied_text import CopiedTexts, copied_texts, copy_groups, near_copies
from ostrakon.analysis.campaigns.minhash import MOST_PAIRS
from ostrakon.analysis.campaigns.word_grams import word_grams
from ostrakon.analysis.log import Codes

RUMOUR = (
    "this account sells tickets for the summer fair that never arrive and blocks whoever asks for the money"
)
RNG = np.random.default_rng(8)


def groups_of(*texts: str) -> list[int]:
    """The group of each text."""
    return copy_groups(near_copies(pl.Series(texts, dtype=pl.String)), len(texts)).tolist()


def own_words(count: int) -> str:
    """So many words that nobody else uses."""
    return " ".join(f"w{number}" for number in RNG.integers(0, 10**9, count))


# Copies


def test_a_copy_with_some_words_changed_is_found() -> None:
    changed = RUMOUR.replace("summer fair", "spring concert").replace("never", "do not")
    assert groups_of(own_words(20), RUMOUR, own_words(20), changed) == [-1, 0, -1, 0]


def test_case_and_punctuation_and_compatibility_forms_make_no_difference() -> None:
    copies = near_copies(
        pl.Series([RUMOUR, RUMOUR.upper().replace(" ", "... "), RUMOUR.replace("fi", "ﬁ") + "\u200b!"])
    )
    assert copies.similarity.tolist() == [1.0, 1.0, 1.0]


def test_an_address_is_one_word() -> None:
    assert word_grams(pl.Series(["see https://a.example/b?c=1&d=2."])).size.tolist() == [3]


def test_texts_of_a_few_words_are_copies_of_nothing_but_themselves() -> None:
    assert groups_of("this is spam", "this is spam!", "spam spam spam", "it is spam") == [-1, -1, -1, -1]


def test_texts_that_share_only_a_phrase_that_everybody_uses_are_not_copies() -> None:
    phrase = "please look at this account it breaks the rules of this place"
    honest = [f"{phrase} {own_words(int(count))}" for count in RNG.integers(5, 60, 300)]
    copied = [f"{phrase} {RUMOUR} {own_words(2)}" for _ in range(6)]
    assert groups_of(*honest, *copied) == [-1] * 300 + [0] * 6


def test_a_group_hangs_together_through_its_members() -> None:
    words = own_words(40).split()
    steps = [" ".join(words[place : place + 20]) for place in (0, 8, 16)]
    copies = near_copies(pl.Series(steps))
    assert (copies.one.tolist(), copies.other.tolist()) == ([0, 1], [1, 2])
    assert groups_of(*steps) == [0, 0, 0]


def test_groups_are_numbered_by_their_first_text() -> None:
    one, other = own_words(12), own_words(12)
    assert groups_of(own_words(9), one, other, f"{other} x", f"{one} y") == [-1, 0, 1, 1, 0]


# Every script


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (
            "هذا الحساب يبيع تذاكر وهمية للحفل الصيفي في المدينة ولا يرد على أحد",
            "\u202bهذا الحساب يبيع تذاكر وهمية للحفل الكبير في المدينة ولا يرد\u202c",
        ),
        (
            "这个账号出售夏季音乐会的假门票并且拉黑所有要求退款的人",
            "这个账号出售冬季音乐会的假门票,并且拉黑所有要求退款的人!!",
        ),
        ("บัญชีนี้ขายตั๋วปลอมสำหรับงานเทศกาลฤดูร้อน", "บัญชีนี้ขายตั๋วปลอมสำหรับงานเทศกาลฤดูหนาว"),
        (
            "यह खाता गर्मियों के मेले के नकली टिकट बेचता है और पैसे वापस नहीं करता",
            "यह खाता सर्दियों के मेले के नकली टिकट बेचता है और पैसे वापस नहीं करता",
        ),
    ],
    ids=["right to left", "no blanks", "no blanks, with marks", "vowel signs"],
)  # fmt: skip
def test_copies_are_found_in_every_script(text: str, changed: str) -> None:
    assert groups_of(text, own_words(12), changed) == [0, -1, 0]


def test_a_lone_chinese_character_counts_only_with_its_neighbours() -> None:
    assert word_grams(pl.Series(["我的门票", "门 abc"])).size.tolist() == [3, 2]


# Hostile input


def test_texts_without_words_are_alone() -> None:
    assert groups_of() == []
    assert groups_of("", " ", "?!?!?!", "\u200b\u200d", "🤡🤡🤡", "\n\x00\t") == [-1] * 6


def test_line_feeds_and_odd_characters_keep_texts_apart() -> None:
    odd = "\ufffd \ue000 \U0010ffff \u0300\u0301 a\u0489b \r\n\u2028 "
    assert groups_of(f"{odd}{RUMOUR}", f"{RUMOUR}\n{odd}", own_words(30)) == [0, 0, -1]


def test_one_enormous_text_is_a_text_like_any_other() -> None:
    enormous = own_words(100_000)
    assert len(enormous) > 1_000_000
    assert groups_of(enormous, RUMOUR, f"{enormous} {RUMOUR}") == [0, -1, 0]


@pytest.mark.parametrize("count", [3_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_flood_of_near_identical_texts_is_one_group_and_its_pairs_are_bounded(count: int) -> None:
    copies = near_copies(pl.Series([f"{RUMOUR} {number}" for number in range(count)]))
    assert np.bincount(copies.one).max() <= MOST_PAIRS
    assert set(copy_groups(copies, count).tolist()) == {0}


# What is promised of every pair

PIECES = [own_words(4) for _ in range(6)]
TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join), unique=True, max_size=12)


@given(TEXTS)
def test_every_similarity_is_the_exact_jaccard_of_words_and_pairs_of_words(texts: list[str]) -> None:
    sets = [{*text.split(), *pairwise(text.split())} for text in texts]
    copies = near_copies(pl.Series(texts, dtype=pl.String))
    for one, other, similarity in zip(copies.one, copies.other, copies.similarity, strict=True):
        assert similarity == np.float32(len(sets[one] & sets[other]) / len(sets[one] | sets[other]))


@given(TEXTS)
def test_pairs_are_sorted_and_each_stands_once(texts: list[str]) -> None:
    copies = near_copies(pl.Series(texts, dtype=pl.String))
    pairs = list(zip(copies.one.tolist(), copies.other.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert all(one < other for one, other in pairs)


@settings(max_examples=50)
@given(TEXTS.flatmap(lambda texts: st.tuples(st.just(texts), st.permutations(texts))))
def test_groups_do_not_depend_on_the_order_of_the_texts(both: tuple[list[str], list[str]]) -> None:
    def partition(texts: list[str]) -> set[frozenset[str]]:
        found = groups_of(*texts)
        return {
            frozenset(text for text, group in zip(texts, found, strict=True) if group == number)
            for number in {*found} - {-1}
        }

    assert partition(both[0]) == partition(both[1])


# How surprising


def judged(text: list[int], reporter: list[int], campaign: list[list[int]], groups: Codes) -> CopiedTexts:
    """Campaigns given as lists of voices."""
    return copied_texts(
        np.array(text, np.int32),
        groups,
        np.array(reporter, np.int32),
        np.array([voice for voices in campaign for voice in voices], np.int64),
        np.array([number for number, voices in enumerate(campaign) for _ in voices], np.int32),
    )


ALONE = np.full(200, -1, np.int32)


def test_the_chance_can_be_counted_by_hand() -> None:
    """Four of four reports carry a wording that none of 96 others has: mean 4 x 1 / 97, 97 wordings tried."""
    found = judged([0, 0, 0, 0, *range(1, 97)], list(range(100)), [[0, 1, 2, 3]], ALONE)
    assert (found.campaign.tolist(), found.text.tolist(), found.seen.tolist()) == ([0], [0], [4])
    assert found.expected[0] == pytest.approx(4 / 97)
    assert found.p[0] == pytest.approx(97 * poisson.sf(3, 4 / 97))
    assert found.p_value[0] == found.p[0]


def test_copies_count_as_one_wording() -> None:
    groups = ALONE.copy()
    groups[:4] = 0
    found = judged([0, 1, 2, 3, 3, *range(4, 99)], list(range(100)), [[0, 1, 2, 3, 4]], groups)
    assert (found.seen.tolist(), found.text.tolist()) == ([5], [3])


def test_a_wording_that_is_usual_elsewhere_is_no_surprise() -> None:
    found = judged([0] * 60 + list(range(1, 41)), list(range(100)), [[*range(15), *range(60, 65)]], ALONE)
    assert found.seen.tolist() == [15]
    assert found.p_value.tolist() == [1.0]


def test_one_reporter_who_repeats_himself_is_one_voice() -> None:
    found = judged([0, 0, 0, 0, *range(1, 97)], [7, 7, 7, 8, *range(9, 105)], [[0, 1, 2, 3]], ALONE)
    assert found.seen.tolist() == [2]


def test_without_texts_nothing_is_known() -> None:
    found = judged([-1, -1, -1, 0, 1], [0, 1, 2, 3, 4], [[0, 1, 2], [2, 3], [3, 4]], ALONE)
    np.testing.assert_equal(found.p_value, [np.nan, np.nan, 1.0])


def test_a_voice_may_belong_to_two_campaigns() -> None:
    text = [0, 0, 0, *range(1, 60)]
    found = judged(text, list(range(62)), [[0, 1, 2], [0, 1, 2, 3]], ALONE)
    assert found.campaign.tolist() == [0, 1]
    assert found.p_value[0] < found.p_value[1]


def test_the_most_surprising_wording_comes_first() -> None:
    text = [*[0] * 3, *[1] * 6, *range(2, 90)]
    found = judged(text, list(range(len(text))), [list(range(9))], ALONE)
    assert found.text.tolist() == [1, 0]
    assert found.p[0] < found.p[1]


def test_chance_gives_small_p_values_as_rarely_as_it_should() -> None:
    """2,000 campaigns of 20 voices at random from a log whose wordings are drawn in Zipf frequencies."""
    rng = np.random.default_rng(3)
    weight = 1 / np.arange(1, 3001)
    text = rng.choice(3000, 20_000, p=weight / weight.sum()).astype(np.int32)
    voice = np.concatenate([rng.choice(20_000, 20, replace=False) for _ in range(2000)])
    campaign = np.repeat(np.arange(2000, dtype=np.int32), 20)
    groups = np.full(3000, -1, np.int32)
    p = copied_texts(text, groups, np.arange(20_000, dtype=np.int32), voice, campaign).p_value
    assert (p <= 0.05).mean() <= 0.05
    assert (p <= 0.01).mean() <= 0.01


def test_a_ring_that_shares_half_of_its_texts_is_surprising_beyond_doubt() -> None:
    rng = np.random.default_rng(5)
    text = rng.integers(0, 3000, 20_000).astype(np.int32)
    text[:15] = 3000
    groups = np.full(3001, -1, np.int32)
    found = copied_texts(
        text, groups, np.arange(20_000, dtype=np.int32), np.arange(30), np.zeros(30, np.int32)
    )
    assert found.p_value[0] < 1e-20
    assert found.text[0] == 3000
