"""Ids that may stand in a file only once, over all its pieces."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.case import case

from ostrakon.analysis.tables import ACCOUNTS, DECISIONS, REPORTERS, Shape
from ostrakon.formats import hashset, source
from ostrakon.formats.hashset import HashSet
from ostrakon.formats.repeats import Repeats

IDS = "reporter,account,reported_at,report_id\n"


def test_a_report_id_that_was_read_is_not_read_again(tmp_path: Path) -> None:
    found = case(tmp_path, IDS + "a,b,2026-01-05,r1\na,c,2026-01-05,r2\na,d,2026-01-05,r1\n")
    assert found.table["account"].to_list() == ["b", "c"]
    assert found.problems == [(4, "report_id was already read: r1")]


def test_reports_without_an_id_are_all_read(tmp_path: Path) -> None:
    assert case(tmp_path, IDS + "a,b,2026-01-05,\n" * 3).table.height == 3


def test_a_row_that_is_set_aside_does_not_shut_out_the_good_one(tmp_path: Path) -> None:
    found = case(tmp_path, IDS + "a,b,banana,r1\na,b,2026-01-05,r1\n")
    assert (found.table.height, found.problems) == (1, [(2, "reported_at is not a time: banana")])


@pytest.mark.parametrize(("shape", "key"), [(ACCOUNTS, "account"), (REPORTERS, "reporter")])
def test_an_account_is_described_once_and_the_first_line_stands(
    tmp_path: Path, shape: Shape, key: str
) -> None:
    found = case(tmp_path, f"{key},created_at\na,2026-01-05\nb,\na,2026-01-06\n", shape)
    assert found.table[key].to_list() == ["a", "b"]
    assert found.problems == [(4, f"{key} was already described on an earlier line: a")]


def test_an_account_may_be_decided_many_times(tmp_path: Path) -> None:
    assert case(tmp_path, "account,outcome\n" + "a,upheld\n" * 3, DECISIONS).table.height == 3


def test_a_repeat_is_found_over_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "BLOCK_BYTES", 64)
    rows = [f"a,b,2026-01-05,r{n}\n" for n in range(50)]
    found = case(tmp_path, IDS + "".join(rows + rows))
    assert found.table.height == 50
    assert [line for line, _ in found.problems] == list(range(52, 102))


def test_a_file_of_one_piece_does_not_wait_for_the_compiler(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_text(IDS + "a,b,2026-01-05,r1\n")
    script = (
        "import sys; from pathlib import Path; from ostrakon import formats; from ostrakon.analysis import tables\n"
        "folder = Path(sys.argv[1])\n"
        "with formats.Rejected(folder / 'rejected.csv') as rejected:\n"
        "    formats.read(folder / 'reports.csv', tables.REPORTS, rejected=rejected, latest=None).table()\n"
        "assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path], check=True)


@given(st.lists(st.lists(st.none() | st.text("ab", max_size=3), max_size=8), max_size=6))
def test_repeats_are_those_that_a_plain_set_finds(pieces: list[list[str | None]]) -> None:
    repeats, seen = Repeats(), set()
    for piece in pieces:
        expected = []
        for name in piece:
            expected.append(name is None or name not in seen)
            seen.add(name)
        assert repeats.is_new(pl.Series(piece, dtype=pl.String())).to_list() == expected


def test_the_set_grows_by_doubling_and_forgets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashset, "FIRST_SLOTS", 8)
    hashes = np.random.default_rng(1).integers(0, 1 << 63, 5000, dtype=np.uint64)
    growing = HashSet()
    assert all(growing.add(part).all() for part in np.array_split(hashes, 37))
    assert not growing.add(hashes).any()


def test_zero_is_a_hash_like_any_other() -> None:
    some = HashSet()
    zero = np.array([0, 0], dtype=np.uint64)
    assert some.add(zero).tolist() == [True, False]
    assert some.add(zero).tolist() == [False, False]


def test_hashes_that_fall_on_the_same_slot_are_told_apart() -> None:
    same_slot = np.arange(1, 200, dtype=np.uint64) << np.uint64(40)
    some = HashSet()
    assert some.add(same_slot).all()
    assert not some.add(same_slot).any()
