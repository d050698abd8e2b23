"""Files that go wrong: each ends in one clear line and nothing written, or in rows of rejected.csv."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from tests.cli.case import GOOD, HEADER, refused, reported, save, weighed

FULL_HEADER = "report_id,reporter,account,reported_at,policy,text\n"


def ids(*accounts: str) -> str:
    """Rows in which a different person reports each account."""
    return "".join(f"r{n},{account},2025-01-05T10:00:00Z\n" for n, account in enumerate(accounts))


# Files that cannot be used


@pytest.mark.parametrize(
    ("reports", "says"),
    [
        ("", "is empty (0 bytes): export it again"),
        ("\n\n", "is empty: it holds no header and no rows"),
        (HEADER, "no report could be used: the file has a header and no rows"),
        (GOOD + GOOD, "has no column 'reporter', 'account', 'reported_at': it has 'alice', 'mallory'"),
        ("who,whom,at\n" + GOOD, "map your own names with --columns, for instance --columns reporter="),
        ("reporter,account\nalice,mallory\n", "has no column 'reported_at': it has 'reporter', 'account'"),
        ("reporter,account,account,reported_at\n", "its header names 'account' twice"),
        ("reporter;account;reported_at\n", "cells must be separated by commas or tabs"),
        (HEADER.encode("utf-16"), "is UTF-16 text: save it as UTF-8"),
        (HEADER.encode() + b"al\0ice,mallory,1\n", "line 2: a NUL byte"),
        (HEADER + '"alice,mallory,1\n' + GOOD * 3, "line 2: a quote opens here and is never closed"),
        (gzip.compress((HEADER + GOOD * 1000).encode())[:-20], "is truncated: its compressed data end in the"),
        (b"PK\x03\x04 and more", "is a zip archive or an Excel workbook"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_with_a_file(tmp_path: Path, reports: str | bytes, says: str) -> None:
    line = refused(tmp_path, reports)
    assert says in line
    assert "reports.csv" in line


def test_it_says_so_when_a_file_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path, HEADER + GOOD, "--decisions", str(tmp_path / "d.csv")).endswith("no such file")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path, HEADER + GOOD, "--accounts", str(tmp_path))


def test_the_other_tables_need_their_columns_too(tmp_path: Path) -> None:
    line = refused(tmp_path, HEADER + GOOD, decisions="account,verdict\nmallory,guilty\n")
    assert line.endswith("it has 'account', 'verdict'; rename your column for 'account', 'outcome'")


def test_no_usable_row_at_all(tmp_path: Path) -> None:
    rows = "alice,alice,2025-01-05T10:00:00Z\nbo,bo,2025-01-05T10:00:00Z\nbo,,2025-01-05T10:00:00Z\n"
    line = refused(tmp_path, HEADER + rows)
    assert line.endswith("no report could be used: self-report (2), account is empty (1)")


# Mistakes in --columns


OWN = "reporter=who,account=whom,reported_at=at"


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("reporter", "'reporter' is not NAME=YOUR_NAME; write reporter=rater,account=ratee"),
        ("reporter=who,", "'' is not NAME=YOUR_NAME"),
        ("=who", "'=who' is not NAME=YOUR_NAME"),
        ("reporter=", "'reporter=' is not NAME=YOUR_NAME"),
        ("reporter=who,reporter=by", "it names 'reporter' twice"),
        ("rater=who", "--columns names 'rater', but reports have only 'reporter', 'account'"),
        (f"{OWN},policy=rule", "has no column 'rule': it has 'who', 'whom', 'at'"),
        (OWN.replace("who,", "Who,"), "has no column 'Who': it has 'who', 'whom', 'at'"),
    ],
)
def test_a_mistake_in_columns_is_refused(tmp_path: Path, columns: str, says: str) -> None:
    assert says in refused(tmp_path, "who,whom,at\n" + GOOD, "--columns", columns)


# Text files that are a little odd


def test_rows_in_another_encoding_are_set_aside(tmp_path: Path) -> None:
    odd = "zoé,mallory,2025-01-05T10:00:00Z\n"
    found = weighed(tmp_path, (HEADER + GOOD + odd).encode() + odd.encode("latin-1"))
    assert found.problems == [(4, "not UTF-8")]
    assert found.rejected[0]["row"] == r"zo\xe9,mallory,2025-01-05T10:00:00Z"
    assert set(found.reporters["reporter"]) == {"alice", "zoé"}


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    found = weighed(tmp_path, b"\xef\xbb\xbf" + (HEADER + GOOD).encode())
    assert (found.problems, list(found.rows)) == ([], ["mallory"])


def test_line_ends_of_windows_are_no_part_of_a_cell(tmp_path: Path) -> None:
    rows = (FULL_HEADER + "1,alice,mallory,2025-01-05T10:00:00Z,spam,hello\n").replace("\n", "\r\n")
    found = weighed(tmp_path, rows)
    assert found.queue.select("account", "policy").rows() == [("mallory", "spam")]


def test_quotes_within_quotes_and_lines_within_cells(tmp_path: Path) -> None:
    row = '1,alice,"mal,lory ""the """"Knife""",2025-01-05T10:00:00Z,"spam\nand ""more""","a ""text"", really"\n'
    found = weighed(tmp_path, FULL_HEADER + row)
    assert found.queue.select("account", "policy").rows() == [('mal,lory "the ""Knife"', 'spam\nand "more"')]
    assert found.table("queue.csv")[0]["account"] == 'mal,lory "the ""Knife"'
    assert 'all of policy spam<U+000A>and "more".' in found.told.out


def test_a_misplaced_quote_costs_its_row_only(tmp_path: Path) -> None:
    found = weighed(tmp_path, HEADER + GOOD + 'bo,"mal"lory,2025-01-05T10:00:00Z\n' + reported("eve"))
    assert [(line, problem.split(":")[0]) for line, problem in found.problems] == [(3, "misplaced quote")]
    assert set(found.rows) == {"mallory", "eve"}


def test_too_few_and_too_many_cells(tmp_path: Path) -> None:
    found = weighed(tmp_path, HEADER + "bo,mallory\n" + GOOD + GOOD.replace("\n", ",and more\n"))
    assert found.rejected == [
        {"file": str(tmp_path / "reports.csv"), "line": "2", "row": "bo,mallory",
         "problem": "too few cells: 2, the header has 3"},
        {"file": str(tmp_path / "reports.csv"), "line": "4", "row": "alice,mallory,2025-01-05T10:00:00Z,and more",
         "problem": "too many cells: 4, the header has 3"},
    ]  # fmt: skip
    assert found.summary["rejected"] == {"too few cells": 1, "too many cells": 1}
    assert "2 of 3 rows not used; rejected.csv says why" in found.told.out


def test_a_field_of_ten_megabytes_is_set_aside_and_shown_cut(tmp_path: Path) -> None:
    size = 10_000_000
    rows = (
        f"1,alice,mallory,2025-01-05T10:00:00Z,spam,{'x' * size}\n2,bo,eve,2025-01-05T10:00:00Z,spam,short\n"
    )
    found = weighed(tmp_path, FULL_HEADER + rows)
    assert found.problems == [(2, f"text is over 1 MiB, in bytes: {size}")]
    assert found.rejected[0]["row"].endswith(f"[cut here: the row has {size + 42} characters]")
    assert list(found.rows) == ["eve"]


# Parquet of other types


def frame(**columns: object) -> pl.DataFrame:
    usual = {"reporter": ["a", "b"], "account": ["x", "y"], "reported_at": [1_736_071_200] * 2}
    return pl.DataFrame(usual | columns)


def test_ids_that_are_floats_are_refused(tmp_path: Path) -> None:
    line = refused(tmp_path, frame(account=[12.0, 13.0]), name="reports.parquet")
    assert "the column 'account' holds Float64, which cannot be read as id" in line
    assert "write the column as text" in line


def test_ids_that_are_integers_become_their_digits(tmp_path: Path) -> None:
    found = weighed(tmp_path, frame(account=[12, 2**62 + 1]), name="reports.parquet")
    assert set(found.rows) == {"12", "4611686018427387905"}


@pytest.mark.parametrize(
    ("times", "without_zone"),
    [
        ([1_736_071_200, 1_736_071_260], 0),
        ([1_736_071_200_000, 1_736_071_260_000], 0),
        ([1_736_071_200.5, 1_736_071_260.25], 0),
        ([date(2025, 1, 5), date(2025, 1, 6)], 2),
        ([datetime(2025, 1, 5, 10), datetime(2025, 1, 5, 11)], 2),  # noqa: DTZ001  the point of it
        ([datetime(2025, 1, 5, 10, tzinfo=UTC)] * 2, 0),
    ],
)
def test_times_may_be_numbers_or_dates(tmp_path: Path, times: list[object], without_zone: int) -> None:
    found = weighed(tmp_path, frame(reported_at=times), name="reports.parquet")
    assert (found.problems, set(found.rows)) == ([], {"x", "y"})
    assert found.summary["inputs"]["reports"]["times_without_zone"] == without_zone


def test_a_time_that_is_no_time_is_refused(tmp_path: Path) -> None:
    line = refused(tmp_path, frame(reported_at=[True, False]), name="reports.parquet")
    assert "holds Boolean, which cannot be read as time" in line


def test_parquet_that_is_cut_off(tmp_path: Path) -> None:
    content = save(tmp_path / "whole", frame()).read_bytes()
    assert "damaged or cut off" in refused(tmp_path, content[:-30], name="reports.parquet")


# Rows that make no sense


def test_a_report_id_counts_once(tmp_path: Path) -> None:
    rows = "1,alice,mallory,2025-01-05T10:00:00Z,,\n1,bo,mallory,2025-01-05T10:00:00Z,,\n"
    found = weighed(tmp_path, FULL_HEADER + rows)
    assert found.problems == [(3, "report_id was already read: 1")]
    assert found.rows["mallory"]["reports"] == 1


def test_a_thousand_reports_by_one_person_are_one_voice(tmp_path: Path) -> None:
    rows = "".join(f"alice,mallory,2025-01-05T10:{n // 60:02}:{n % 60:02}Z\n" for n in range(1000))
    (once,) = weighed(tmp_path, HEADER + rows.splitlines()[0] + "\n").rows.values()
    found = weighed(tmp_path, HEADER + rows, "--replace")
    (many,) = found.rows.values()
    assert (found.problems, found.summary["repeats"]) == ([], 999)
    assert (many["reports"], many["reporters"]) == (1000, 1)
    alike = ["independent_reports", "probability", "probability_low", "probability_high"]
    assert [many[name] for name in alike] == [once[name] for name in alike]


def test_self_reports_are_set_aside(tmp_path: Path) -> None:
    found = weighed(tmp_path, HEADER + "mallory,mallory,2025-01-05T10:00:00Z\n" + GOOD)
    assert found.problems == [(2, "self-report: mallory")]


def test_reports_from_the_future_or_from_1970_are_set_aside(tmp_path: Path) -> None:
    later = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"
    rows = f"a,x,{later}\nb,x,1970-01-01T00:00:00Z\nc,x,0\nd,x,soon\ne,x,\n"
    found = weighed(tmp_path, HEADER + rows + GOOD)
    assert [problem.split(":")[0] for _, problem in found.problems] == [
        "reported_at is in the future",
        "reported_at is before 1990, looks like a missing value",
        "reported_at is before 1990, looks like a missing value",
        "reported_at is not a time",
        "reported_at is empty",
    ]
    assert list(found.rows) == ["mallory"]


def test_a_clock_that_is_some_hours_fast_is_no_mistake(tmp_path: Path) -> None:
    later = f"{datetime.now(UTC) + timedelta(hours=20):%Y-%m-%dT%H:%M:%SZ}"
    assert weighed(tmp_path, HEADER + f"a,x,{later}\n").problems == []


def test_an_account_from_1970_is_one_of_unknown_age(tmp_path: Path) -> None:
    accounts = "account,created_at\nmallory,1970-01-01T00:00:00Z\n"
    found = weighed(tmp_path, HEADER + GOOD, accounts=accounts)
    assert found.problems == []
    assert "accounts: 1 impossible creation time, read as unknown." in found.summary["notes"]


@pytest.mark.parametrize("views", ["-1", "many", "inf", "nan"])
def test_one_impossible_number_of_views_does_not_poison_the_others(tmp_path: Path, views: str) -> None:
    reports = HEADER + reported("x") + reported("y") + reported("z")
    without = weighed(tmp_path, reports, accounts="account,views\nx,100\ny,5\n").text("queue.csv")
    found = weighed(tmp_path, reports, "--replace", accounts=f"account,views\nx,100\ny,5\nz,{views}\n")
    assert [line for line, _ in found.problems] == [4]
    assert found.text("queue.csv") == without


def test_times_without_a_zone_are_read_as_utc_and_counted(tmp_path: Path) -> None:
    found = weighed(tmp_path, HEADER + "alice,mallory,2025-01-05 10:00:00\n")
    assert "reports: 1 time without a zone, read as UTC." in found.summary["notes"]


def test_columns_of_others_are_ignored_and_named(tmp_path: Path) -> None:
    found = weighed(tmp_path, "reporter,account,reported_at,mood,=x\nalice,mallory,2025-01-05,bad,1\n")
    assert found.summary["inputs"]["reports"]["ignored"] == ["mood", "=x"]
    assert "note: reports: columns that are not used: 'mood', '=x'." in found.told.out


# Ids are kept as they are


@pytest.mark.parametrize(
    ("name", "reports"),
    [
        ("reports.csv", HEADER + ids("12", "0012", "12.0")),
        (
            "reports.ndjson",
            '{"reporter": 1, "account": 12, "reported_at": 1736071200}\n'
            '{"reporter": 1, "account": "0012", "reported_at": 1736071200}\n'
            '{"reporter": 1, "account": 12.0, "reported_at": 1736071200}\n',
        ),
    ],
)
def test_ids_that_look_like_one_number_are_three_accounts(tmp_path: Path, name: str, reports: str) -> None:
    found = weighed(tmp_path, reports, name=name, decisions="account,outcome\n0012,upheld\n")
    assert {account: row["decided"] for account, row in found.rows.items()} == {
        "12": None, "0012": "upheld", "12.0": None,
    }  # fmt: skip


HIDDEN = [
    "a\u202eb",
    "a\u200bb",
    "ab",
    "\u2066a\u2069b",
    "a\u00adb",
    "a\u3164b",
    "שלום",
    "مرحبا",
    "e\u0301",
    "é",
]


def test_characters_that_nobody_sees_keep_accounts_apart(tmp_path: Path) -> None:
    found = weighed(tmp_path, HEADER + ids(*HIDDEN))
    assert set(found.rows) == set(HIDDEN)
    assert {row["account"] for row in found.table("queue.csv")} == set(HIDDEN)
    for name in ("report.html", "summary.json"):
        assert not set("\u202e\u200b\u2066\u2069\u00ad\u3164") & set(found.text(name))
    assert "U+202E" in found.text("report.html")
    for account in ("a<U+202E>b", "a<U+200B>b", "a<U+3164>b", "<U+2066>a<U+2069>b", "שלום"):
        assert account in found.told.out


def test_what_a_terminal_would_obey_is_spelled_out(tmp_path: Path) -> None:
    reports = HEADER + ids("a\x1b[2J\x07b", "[bold]c[/]", ":smile:")
    found = weighed(tmp_path, reports, "--explain", "a\x1b[2J\x07b")
    assert "a<U+001B>[2J<U+0007>b" in found.told.out
    assert "[bold]c[/]" in found.told.out
    assert ":smile:" in found.told.out
    assert "\x1b" not in found.told.out


FORMULAS = ["=1+1", '=HYPERLINK("http://x.example","y")', "+1", "-1", "@SUM(1|2)", "@alice"]


class Cells(HTMLParser):
    """The texts of the ids of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "bdi":
            if not self._open:
                self.texts.append("")
            self._open += 1

    def handle_endtag(self, tag: str) -> None:
        self._open -= tag == "bdi"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[-1] += data


def test_formulas_are_kept_in_the_files_and_harmless_on_the_page(tmp_path: Path) -> None:
    cells = [f.replace('"', '""') for f in FORMULAS]
    rows = "".join(
        f'{n},"{cell}","x{n}",2025-01-05T10:00:00Z,"{cell}","{cell}"\n{n}b,"y{n}","{cell}",2025-01-05T10:00:00Z,,\n'
        for n, cell in enumerate(cells)
    )
    found = weighed(tmp_path, FULL_HEADER + rows)
    queue = found.table("queue.csv")
    assert set(FORMULAS) <= {row["account"] for row in queue}
    assert set(FORMULAS) <= {row["policy"] for row in queue}
    assert set(FORMULAS) <= {row["reporter"] for row in found.table("reporters.csv")}
    page = Cells(found.text("report.html")).texts
    assert any("=1+1" in text for text in page)
    assert [text for text in page if text.startswith(("=", "+", "-", "@SUM"))] == []


TAGS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</bdi></table><iframe>",
    "&lt;b&gt;",
    "{{7*7}}",
]


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.found |= {name for name, _ in attrs if name.startswith("on") or name == "src"}


def test_html_stays_text_wherever_it_stands(tmp_path: Path) -> None:
    quoted = [tag.replace('"', '""') for tag in TAGS]
    rows = "".join(f'"{q}1","r{q}","{q}",2025-01-05T10:00:00Z,"p{q}","{q}"\n' for q in quoted)
    header = FULL_HEADER.replace("text", "text,<script>")
    rows = rows.replace("\n", ",\n")
    found = weighed(tmp_path, header + rows + "<script>,short\n")
    page = found.text("report.html")
    assert not Tags(page).found & {"script", "img", "iframe", "onerror", "src"}
    assert set(TAGS) == {row["account"] for row in found.table("queue.csv")}
    for tag in TAGS[:3]:
        assert tag not in page
    assert "&amp;lt;b&amp;gt;" in page


def test_report_texts_stay_out_of_everything_that_is_written(tmp_path: Path) -> None:
    found = weighed(tmp_path, FULL_HEADER + "1,alice,mallory,2025-01-05T10:00:00Z,spam,my secret address\n")
    for path in found.path.iterdir():
        assert b"secret" not in path.read_bytes()


# Decisions


CROWD = HEADER + reported("x", 5) + reported("y", 4) + reported("z", 3)


def decided(
    folder: Path, *decisions: str, header: str = "account,outcome,decided_at"
) -> dict[str, str | None]:
    found = weighed(folder, CROWD, decisions="\n".join([header, *decisions, ""]))
    return {account: row["decided"] for account, row in found.rows.items()}


def test_decisions_on_accounts_that_nobody_reported_change_nothing(tmp_path: Path) -> None:
    without = weighed(tmp_path, CROWD, decisions="account,outcome\nx,upheld\n")
    queue = without.text("queue.csv")
    decisions = "account,policy,outcome\nx,,upheld\nnobody,,upheld\nx,other,rejected\n"
    found = weighed(tmp_path, CROWD, "--replace", decisions=decisions)
    assert found.text("queue.csv") == queue
    assert "decisions: 2 rows on what nobody reported, without effect here." in found.summary["notes"]


def test_of_contradictory_decisions_the_latest_stands(tmp_path: Path) -> None:
    found = decided(
        tmp_path,
        "x,upheld,2025-03-01T00:00:00Z", "x,rejected,2025-02-01T00:00:00Z",
        "y,upheld,2025-02-01T00:00:00Z", "y,overturned,2025-03-01T00:00:00Z",
    )  # fmt: skip
    assert found == {"x": "upheld", "y": "overturned", "z": None}


def test_without_times_the_last_row_stands(tmp_path: Path) -> None:
    rows = ("x,upheld", "y,rejected", "x,rejected", "y,upheld")
    assert decided(tmp_path, *rows, header="account,outcome") == {"x": "rejected", "y": "upheld", "z": None}


def test_a_decision_that_is_none_is_set_aside(tmp_path: Path) -> None:
    found = weighed(tmp_path, CROWD, decisions="account,outcome\nx,banned\ny,upheld\nz,\n")
    problems = ["outcome is not one of upheld, rejected, overturned: banned", "outcome is empty"]
    assert found.problems == list(zip([2, 4], problems, strict=True))
    assert {row["file"] for row in found.rejected} == {str(tmp_path / "decisions.csv")}


@pytest.mark.parametrize("outcome", ["upheld", "rejected", "overturned"])
@pytest.mark.parametrize("accounts", [1, 30])
def test_decisions_of_one_kind_only(tmp_path: Path, outcome: str, accounts: int) -> None:
    reports = HEADER + "".join(reported(f"a{n}", 1 + n % 4) for n in range(accounts + 2))
    rows = "".join(f"a{n},{outcome},2025-02-01T00:00:00Z\n" for n in range(accounts))
    found = weighed(tmp_path, reports, decisions="account,outcome,decided_at\n" + rows)
    assert found.summary["counts"]["decided_cases"] == accounts
    for name in ("probability_low", "probability", "probability_high"):
        assert found.queue[name].is_between(0, 1, closed="none").all()
    assert found.reporters["precision"].is_between(0, 1, closed="none").all()


def test_every_account_may_be_decided(tmp_path: Path) -> None:
    found = decided(tmp_path, "x,upheld,", "y,rejected,", "z,upheld,")
    assert None not in found.values()


def test_without_any_decision_it_says_what_the_numbers_rest_on(tmp_path: Path) -> None:
    found = weighed(tmp_path, CROWD)
    assert any("rest on what is usual elsewhere" in note for note in found.summary["notes"])
    assert found.queue["decided"].null_count() == 3


def test_one_report_is_enough(tmp_path: Path) -> None:
    found = weighed(tmp_path, HEADER + GOOD, "--explain", "mallory")
    assert found.queue.select("account", "policy", "reports", "reporters").rows() == [
        ("mallory", "unspecified", 1, 1)
    ]
