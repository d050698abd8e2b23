"""CSV and TSV: every row is used or set aside with its line and as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.formats.case import GOOD, HEADER, case

from ostrakon.analysis.tables import ACCOUNTS, REPORTS
from ostrakon.errors import OstrakonError, UnreadableFile
from ostrakon.formats import delimited, lines, source

TEXTS = "reporter,account,reported_at,text\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_every_kind_of_line_end_and_a_byte_order_mark_are_read(tmp_path: Path, end: str, bom: str) -> None:
    content = bom + (HEADER + GOOD + ",b,2026-01-05\n" + GOOD).replace("\n", end)
    found = case(tmp_path, content)
    assert (found.table.height, found.problems) == (2, [(3, "reporter is empty")])
    assert found.rejected[0]["row"] == ",b,2026-01-05"


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    assert case(tmp_path, HEADER + GOOD.rstrip()).table.height == 1


def test_blank_lines_are_no_rows_but_count_as_lines(tmp_path: Path) -> None:
    found = case(tmp_path, "\n" + HEADER + "\n\r\n" + GOOD + "\n,b,2026-01-05\n\n")
    assert (found.facts.rows, found.problems) == (2, [(7, "reporter is empty")])


@pytest.mark.parametrize("content", [HEADER, HEADER.rstrip(), HEADER + "\n\n"])
def test_a_header_alone_is_a_table_without_rows(tmp_path: Path, content: str) -> None:
    found = case(tmp_path, content)
    assert (found.table.height, found.facts.rows) == (0, 0)
    assert found.table.columns == ["reporter", "account", "reported_at", "policy"]


def test_rows_with_too_few_or_too_many_cells_are_set_aside(tmp_path: Path) -> None:
    found = case(tmp_path, HEADER + "a,b\n" + GOOD + "a,b,2026-01-05,x\n")
    assert found.problems == [
        (2, "too few cells: 2, the header has 3"),
        (4, "too many cells: 4, the header has 3"),
    ]
    assert [row["row"] for row in found.rejected] == ["a,b", "a,b,2026-01-05,x"]


def test_a_row_over_several_lines_is_known_by_its_first_and_kept_whole(tmp_path: Path) -> None:
    bad = '"a","a","2026-01-05","one\r\ntwo\n""three"""'
    found = case(tmp_path, TEXTS + '"x","y","2026-01-05","line\nline"\n' + bad + "\n,b,2026-01-05,\n")
    assert found.problems == [(4, "self-report: a"), (7, "reporter is empty")]
    assert found.rejected[0]["row"] == bad
    assert found.table["text"].to_list() == ["line\nline"]


def test_bytes_that_are_not_utf8_spoil_only_their_row(tmp_path: Path) -> None:
    content = (
        HEADER.encode()
        + b"caf\xe9,b,2026-01-05\n"
        + "café,b,2026-01-05\n".encode()
        + b"a,\xc0\xaf,2026-01-05\n"
    )
    found = case(tmp_path, content)
    assert found.table["reporter"].to_list() == ["café"]
    assert found.problems == [(2, "not UTF-8"), (4, "not UTF-8")]
    assert found.rejected[0]["row"] == "caf\\xe9,b,2026-01-05"


def test_bytes_that_are_not_utf8_in_an_ignored_column_spoil_the_row_too(tmp_path: Path) -> None:
    found = case(tmp_path, b"reporter,account,reported_at,note\na,b,2026-01-05,\xff\n")
    assert found.problems == [(2, "not UTF-8")]


def test_a_header_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="header is not UTF-8"):
        case(tmp_path, b"reporter,account,reported_at,Zusatz\xfc\n")


def test_a_header_whose_quote_is_lost_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="line 1: its header cannot be read"):
        case(tmp_path, '"reporter,account,reported_at\n' + GOOD)


def test_a_nul_byte_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"reports\.csv, line 3: a NUL byte"):
        case(tmp_path, HEADER + GOOD + "a\0,b,2026-01-05\n")


def test_a_misplaced_quote_spoils_its_row_instead_of_shifting_cells(tmp_path: Path) -> None:
    found = case(tmp_path, HEADER + '"a"x,b,2026-01-05\n' + GOOD + 'a"b,c,2026-01-05\n')
    assert found.problems == [(2, "misplaced quote: ',' expected after '\"'")]
    assert found.table["reporter"].to_list() == ["alice", 'a"b']


def test_a_lost_quote_that_meets_the_next_one_says_how_many_lines_it_took(tmp_path: Path) -> None:
    found = case(
        tmp_path, TEXTS + 'a,b,2026-01-05,"oh\nc,d,2026-01-05,\ne,f,2026-01-05,"hm"\ng,h,2026-01-05,\n'
    )
    assert found.problems == [(2, "misplaced quote: ',' expected after '\"' (3 lines)")]
    assert found.table["reporter"].to_list() == ["g"]


def test_a_quote_never_closed_on_the_last_line_spoils_that_row(tmp_path: Path) -> None:
    found = case(tmp_path, HEADER + GOOD + '"a,b,2026-01-05\n')
    assert (found.table.height, found.problems) == (1, [(3, "misplaced quote: it is never closed")])


def test_a_quote_never_closed_that_swallows_rows_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"line 4: a quote opens here and is never closed"):
        case(tmp_path, TEXTS + 'a,b,2026-01-05,"two\nlines"\n"c,d,2026-01-05,\n' + "e,f,2026-01-05,\n" * 9)


def test_a_quote_never_closed_is_given_up_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "BLOCK_BYTES", 1 << 16)
    monkeypatch.setattr(delimited, "LINE_LIMIT", 1 << 18)  # so that the test need not write 16 MiB
    handed_out = 0

    def counted(blocks: Iterator[lines.Block]) -> Iterator[lines.Block]:
        nonlocal handed_out
        for block in blocks:
            handed_out += len(block.data)
            yield block

    path = tmp_path / "reports.csv"
    path.write_text(TEXTS + 'a,b,2026-01-05,\n"c,d,2026-01-05,\n' + "e,f,2026-01-05,\n" * 200_000)
    with source.opened(path) as file:
        blocks = counted(lines.whole_lines(file.blocks(), file.name))
        with pytest.raises(UnreadableFile, match=r"line 3: a quote opens here"):
            list(delimited.pieces(blocks, REPORTS, {}, ",", file.name))
    assert handed_out < 2 << 18


def test_the_line_named_is_the_one_of_the_quote_not_of_its_row(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"line 3: a quote opens here"):
        case(tmp_path, TEXTS + '"a\nb",c,2026-01-05,"\n' + GOOD * 3)


def test_a_cell_over_one_mebibyte_spoils_its_row_which_is_shown_cut(tmp_path: Path) -> None:
    long = "x" * (1 << 20)
    found = case(tmp_path, TEXTS + f"a,b,2026-01-05,{long}\na,b,2026-01-05,{long}y\n")
    assert (found.table.height, found.problems) == (1, [(3, "text is over 1 MiB, in bytes: 1048577")])
    row = found.rejected[0]["row"]
    assert row.startswith("a,b,2026-01-05,xxx")
    assert row.endswith("x [cut here: the row has 1048592 characters]")
    assert len(row) < 1100


def test_a_line_without_end_is_given_up_before_it_fills_the_memory(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"line 2: longer than 16 MiB"):
        case(tmp_path, HEADER + "x" * (18 << 20))


def test_ids_are_kept_byte_for_byte(tmp_path: Path) -> None:
    ids = ["007", "=1+1", "+49", "-1", "@a:b.org", " a ", "a\u200bb", "\u202eevil", "ÉCLAIR", "e\u0301"]
    ids += ["12.0", "NULL", "nan", "\ufeff", "a\u2028b", "a\x85b"]
    content = HEADER + "".join(f"{name},b,2026-01-05\n" for name in ids)
    assert case(tmp_path, content).table["reporter"].to_list() == ids


def test_cells_may_hold_the_other_delimiter_and_quotes(tmp_path: Path) -> None:
    found = case(tmp_path, TEXTS.replace(",", "\t") + 'a\tb,c\t2026-01-05\t"say ""hi""\t!"\n')
    assert found.table.select("account", "text").rows() == [("b,c", 'say "hi"\t!')]


def test_a_column_of_one_cell_skips_blank_lines_only(tmp_path: Path) -> None:
    found = case(tmp_path, 'account\na\n\n""\n', ACCOUNTS)
    assert (found.table["account"].to_list(), found.problems) == (["a"], [(4, "account is empty")])


def written(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


cells = st.text(st.sampled_from('ab",\n\r\té\u2028\x1c '), max_size=6)
row_lists = st.lists(st.lists(cells, min_size=1, max_size=5).filter(any), max_size=12)


@given(row_lists, st.integers(40, 90))
@example([["a", "b", "2026-01-05"], ["\r", "\n", "x"], ["", "b", "2026-01-05"]], 40)
def test_lines_and_rows_are_right_wherever_the_blocks_are_cut(rows: list[list[str]], size: int) -> None:
    """Against the csv module on the whole text; the file is read in blocks of a few bytes."""
    expected, line = [], 2
    for row in rows:
        text = written([row])
        height = len(list(io.StringIO(text, newline="")))
        if len(row) != 3:
            problem = f"too {'few' if len(row) < 3 else 'many'} cells: {len(row)}, the header has 3"
            over = f" ({height} lines)" if height > 1 else ""
            expected.append((line, problem + over, text.rstrip("\r\n")))
        line += height
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "BLOCK_BYTES", size)
        found = case(Path(folder), HEADER + written(rows))
    odd = [
        (int(row["line"]), row["problem"], row["row"]) for row in found.rejected if "cells" in row["problem"]
    ]
    assert odd == expected
    assert found.facts.rows == len(rows)


@given(st.binary(max_size=60).map(lambda junk: HEADER.encode() + GOOD.encode() + junk))
def test_whatever_follows_the_header_ends_in_rows_or_in_one_clear_error(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        try:
            found = case(Path(folder), content)
        except OstrakonError as error:
            message = str(error)
        else:
            message = found.facts.file
            assert found.facts.rows == found.table.height + len(found.rejected)
    assert "reports.csv" in message


def test_the_limits_of_a_row_stand_in_their_order() -> None:
    assert source.BLOCK_BYTES < lines.LINE_LIMIT < delimited.CSV_LIMIT
