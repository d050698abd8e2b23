"""Names: what is folded, what is kept apart, and how alike two of them are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrakon.analysis.returners.folding import cores, plain, sounds, stems, without_server, words_of
from ostrakon.analysis.returners.names import deletion_keys, likeness, names, skeleton_keys

LETTERS = st.text("abcdefghij", min_size=6, max_size=12)


def core(handle: str) -> str:
    return str(cores(stems(words_of(plain(without_server(pl.Series([handle]))))))[0])


def alike(one: str, other: str) -> float:
    first = np.zeros(1, np.int32)
    return float(likeness(names(pl.Series([one])), first, names(pl.Series([other])), first)[0])


@pytest.mark.parametrize(
    "handle",
    [
        "@nour_halabi", "nourhalabi2", "Nour.Halabi_v3", "real_nourhalabi", "nourhalabi_backup", "n0urha1abi",
        "ＮｏｕｒＨａｌａｂｉ",
        "nоurhalabi", "@nour_halabi@social.example", "nourhalabi.bsky.social", "@NOURHALABI:matrix.example",
    ],
)  # fmt: skip
def test_a_handle_that_its_owner_bends_has_one_core(handle: str) -> None:
    assert core(handle) == core("nourhalabi")


@pytest.mark.parametrize(
    ("one", "other"), [("anna", "hanna"), ("reality", "ity"), ("2024", "2025"), ("thea", "a")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert core(one) != core(other)


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ("MARTHA", "MARHTA", 0.9611),
        ("DWAYNE", "DUANE", 0.8400),
        ("DIXON", "DICKSONX", 0.8133),
        ("JONES", "JOHNSON", 0.8324),
        ("ABROMS", "ABRAMS", 0.9222),
        ("NICHLESON", "NICHULSON", 0.9556),
        ("MASSEY", "MASSIE", 0.9333),
    ],
)
def test_likeness_is_that_of_the_published_table(one: str, other: str, published: float) -> None:
    """Pairs of W. E. Winkler's reports for the US Census Bureau (as in RR2006-2), to three digits."""
    assert alike(one.lower(), other.lower()) == pytest.approx(published, abs=6e-4)


@given(st.text("abcdef", min_size=1, max_size=15), st.text("abcdef", min_size=1, max_size=15))
def test_likeness_is_a_share_and_one_for_equal_names_only(one: str, other: str) -> None:
    found = alike(one, other)
    assert 0 <= found <= 1 + 1e-6
    assert (found > 1 - 1e-6) == (one == other)


def test_an_empty_name_is_like_nothing() -> None:
    assert np.isnan(alike("", "abc"))


@given(
    LETTERS, st.integers(0, 11), st.sampled_from("klm"), st.sampled_from(["drop", "add", "change", "swap"])
)
def test_names_that_differ_by_one_letter_share_a_key(name: str, place: int, letter: str, how: str) -> None:
    place %= len(name) - 1
    after = {
        "drop": name[:place] + name[place + 1 :],
        "add": name[:place] + letter + name[place:],
        "change": name[:place] + letter + name[place + 1 :],
        "swap": name[:place] + name[place : place + 2][::-1] + name[place + 2 :],
    }[how]
    if len(after) >= 6:
        keys, of = deletion_keys(names(pl.Series([name, after])), 0)
        assert set(keys[of == 0]) & set(keys[of == 1])


@pytest.mark.parametrize(
    ("one", "other"), [("mohammed", "muhammad"), ("khaled", "5aled"), ("محمد", "mohammed")]
)
def test_spellings_of_one_sound_share_a_skeleton(one: str, other: str) -> None:
    sound = sounds(stems(words_of(plain(pl.Series([one + "halabi", other + "halabi"])))))
    first, second = skeleton_keys(names(sound), 0)
    assert first == second != 0
