"""NDJSON: a bad line is one rejected line, and numbers stay what they are in the file."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.case import LATEST, Case, case

from ostrakon.analysis.tables import ACCOUNTS, DECISIONS, REPORTS
from ostrakon.errors import NoSuchColumn, UnreadableFile
from ostrakon.formats import Rejected, read, source

GOOD = '{"reporter": "a", "account": "b", "reported_at": "2026-01-05T10:00:00Z"}\n'


def accounts(folder: Path, *lines: str) -> Case:
    return case(folder, "".join(line + "\n" for line in lines), ACCOUNTS, name="accounts.ndjson")


def test_numbers_as_ids_are_taken_as_they_stand_in_the_file(tmp_path: Path) -> None:
    found = accounts(
        tmp_path,
        '{"account": 12}',
        '{"account": "0012"}',
        '{"account": 12.0}',
        '{"account": 12345678901234567890123}',
        '{"account": 1e5}',
    )
    assert found.table["account"].to_list() == ["12", "0012", "12.0", "12345678901234567890123", "1e5"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("oops", "not JSON: Expecting value at character 1"),
        ('{"account": "a"', "not JSON: Expecting ',' delimiter at character 16"),
        ('{"account": 0012}', "not JSON: Expecting ',' delimiter at character 14"),
        ('{"account": "a"} {"account": "b"}', "not JSON: Extra data at character 18"),
        ('{"account": "a", "account": "b"}', "not JSON: it names a key twice"),
        ('{"account": NaN}', "not JSON: NaN is no JSON"),
        ('["a"]', "not a JSON object"),
        ('"a"', "not a JSON object"),
        ("[" * 100_000, "not JSON: nested too deeply"),
        ('{"account": ["a"]}', "account is nested, not text"),
        ('{"account": {"id": "a"}}', "account is nested, not text"),
        ('{"account": true}', "account is true or false, not text"),
        ('{"account": "\\ud800"}', "account is not UTF-8"),
        ('{"account": "a\\u0000"}', "account holds a NUL character"),
        ('{"account": null}', "account is empty"),
        ('{"account": ""}', "account is empty"),
        ("{}", "account is empty"),
        ('{"account": "a", "followers": -1}', "followers is negative: -1"),
        ('{"account": "a", "followers": [1]}', "followers is nested, not text"),
    ],
)
def test_a_bad_line_is_set_aside_and_the_others_are_used(tmp_path: Path, line: str, problem: str) -> None:
    found = accounts(tmp_path, '{"account": "x"}', line, '{"account": "y"}')
    assert found.table["account"].to_list() == ["x", "y"]
    assert found.problems == [(2, problem)]
    assert found.rejected[0]["row"] == line


def test_bytes_that_are_not_utf8_spoil_only_their_line(tmp_path: Path) -> None:
    content = b'{"account": "caf\xe9"}\n{"account": "b"}\n{"account": "c", "note": "\xff"}\n'
    found = case(tmp_path, content, ACCOUNTS)
    assert (found.table["account"].to_list(), found.problems) == (["b"], [(1, "not UTF-8"), (3, "not UTF-8")])
    assert found.rejected[0]["row"] == '{"account": "caf\\xe9"}'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
def test_every_kind_of_line_end_and_blank_lines_are_read(tmp_path: Path, end: str) -> None:
    found = case(tmp_path, "\ufeff" + GOOD.replace("\n", end) * 3 + "\n  \n", name="r.ndjson")
    assert (found.table.height, found.facts.rows) == (3, 3)


def test_a_block_of_blank_lines_is_no_reason_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "BLOCK_BYTES", 80)
    found = case(tmp_path, "\n" * 60 + GOOD + "\n" * 200 + GOOD, name="r.ndjson")
    assert (found.table.height, found.facts.rows) == (2, 2)


def test_a_key_that_is_null_or_absent_is_unknown(tmp_path: Path) -> None:
    lines = ['{"account": "a", "language": null}', '{"account": "b"}', '{"account": "c", "language": "fa"}']
    assert accounts(tmp_path, *lines).table["language"].to_list() == [None, None, "fa"]


def test_a_key_that_no_object_has_is_no_column(tmp_path: Path) -> None:
    assert accounts(tmp_path, '{"account": "a"}').table.columns == ["account"]


def test_a_required_key_that_no_object_has_is_a_missing_column(tmp_path: Path) -> None:
    with pytest.raises(NoSuchColumn, match="has no column 'outcome': it has 'account', 'verdict'"):
        case(tmp_path, '{"account": "a", "verdict": "upheld"}\n', DECISIONS)


def test_a_required_key_that_one_object_lacks_is_a_bad_row(tmp_path: Path) -> None:
    found = case(tmp_path, '{"account": "a", "outcome": "upheld"}\n{"account": "a"}\n', DECISIONS)
    assert found.problems == [(2, "outcome is empty")]


def test_a_file_without_any_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"line 1: not JSON.*no other line here is a JSON object"):
        case(tmp_path, "{\n  'account': 'a'\n}\n")


def test_unknown_keys_are_named_but_not_without_limit(tmp_path: Path) -> None:
    few = accounts(tmp_path, '{"account": "a", "note": {"x": [1]}}', '{"account": "b", "\\ud800": 1}')
    assert few.facts.ignored == ("note", "\\ud800")
    many = accounts(tmp_path, *(f'{{"account": "{n}", "key{n}": 1}}' for n in range(500)))
    assert len(many.facts.ignored) == 100


def test_a_column_that_turns_up_late_is_in_the_batches_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "BLOCK_BYTES", 200)
    path = tmp_path / "reports.ndjson"
    path.write_text(GOOD * 10 + GOOD.replace("}", ', "source": "web"}') + GOOD)
    with Rejected(tmp_path / "rejected.csv") as rejected:
        batches = list(read(path, REPORTS, rejected=rejected, latest=LATEST, batch_rows=5))
    assert ["source" in batch.columns for batch in batches] == [False, False, True]
    whole = pl.concat(batches, how="diagonal")
    assert whole["source"].to_list() == [None] * 10 + ["web", None]


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
objects = st.dictionaries(
    st.sampled_from(["reporter", "account", "reported_at", "x"]), scalars | st.lists(scalars, max_size=2)
)
junk = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)


@given(st.lists(objects.map(json.dumps) | junk), st.integers(80, 200))
def test_whatever_the_lines_hold_every_row_is_used_or_set_aside(texts: list[str], size: int) -> None:
    lines = [text.replace("\r", " ").replace("\n", " ") for text in texts]
    content = GOOD + "".join(f"{line}\n" for line in lines)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "BLOCK_BYTES", size)
        found = case(Path(folder), content, name="r.ndjson")
    assert found.facts.rows == found.table.height + len(found.rejected)
    assert found.facts.rows == 1 + sum(bool(line.strip()) for line in lines)
    assert all(
        lines[int(row["line"]) - 2] == row["row"] for row in found.rejected if "UTF" not in row["problem"]
    )
