"""What a run says on the terminal: few lines that fit, in plain words."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len
from tests.cli.case import GOOD, HEADER, WHERE, Folder, command, reported, save, weighed

from ostrakon.analysis.tables import QUEUE
from ostrakon.analysis.worth import Explanation, Interval, Voice
from ostrakon.cli.terminal import Shell, in_words, queue_table

ROW: dict[str, Any] = {
    "rank": 1, "account": "@mallory", "policy": "spam", "reports": 12_345, "reporters": 12_000,
    "independent_reports": 1_204.26, "probability": 0.9999, "probability_low": 0.0001, "probability_high": 1.0,
    "campaigns": "C1;C2", "decided": None,
}  # fmt: skip


def drawn(monkeypatch: pytest.MonkeyPatch, width: int, *rows: dict[str, Any]) -> list[str]:
    """The lines of the table, on a terminal that wide."""
    monkeypatch.setenv("COLUMNS", str(width))
    frame = pl.DataFrame([ROW | row for row in rows], schema=QUEUE.empty().schema)
    shell = Shell()
    shell.file = io.StringIO()
    shell.print(queue_table(frame, shell))
    return shell.file.getvalue().splitlines()


def headings(lines: list[str]) -> list[str]:
    return re.split(r" {2,}", lines[0].strip())


# The table


@pytest.mark.parametrize("width", [60, 80, 120, 300])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_broken(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    long = {"account": "@" + "long" * 12, "policy": "violent-extremism"}
    lines = drawn(monkeypatch, width, {}, long)
    assert all(cell_len(line) <= width for line in lines)
    assert sum("> 99 %  < 1 % to > 99 %" in line for line in lines) == 2


def test_a_wide_terminal_has_every_column_that_says_something(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[dict[str, Any]] = [{}, {"policy": "harassment", "decided": "upheld"}]
    assert headings(drawn(monkeypatch, 120, *rows)) == [
        "rank", "likely", "90 % interval", "reports", "voices", "campaigns", "decided", "account", "policy",
    ]  # fmt: skip


def test_a_column_that_says_nothing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = drawn(monkeypatch, 120, {"campaigns": None}, {"campaigns": None})
    assert headings(lines) == ["rank", "likely", "90 % interval", "reports", "voices", "account"]


@pytest.mark.parametrize(
    ("width", "left_out"),
    [
        (105, set()),
        (95, {"decided"}),
        (85, {"decided", "campaigns"}),
        (75, {"decided", "campaigns", "reports"}),
        (60, {"decided", "campaigns", "reports", "voices"}),
    ],
)
def test_a_narrow_terminal_does_without_the_less_important(
    monkeypatch: pytest.MonkeyPatch, width: int, left_out: set[str]
) -> None:
    rows: list[dict[str, Any]] = [
        {"decided": "overturned"},
        {"policy": "violent-extremism", "account": "@somebody_else"},
    ]
    wide = headings(drawn(monkeypatch, 200, *rows))
    assert set(wide) - set(headings(drawn(monkeypatch, width, *rows))) == left_out


def test_ids_fold_and_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    account = "@" + "".join(chr(97 + n % 26) for n in range(70))
    lines = drawn(monkeypatch, 60, {"account": account})
    assert "".join(line[31:].strip() for line in lines[2:]) == account


def test_an_endless_id_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = drawn(monkeypatch, 200, {"account": "a" * 5000})
    assert lines[2].strip().endswith("aaaa... (5,000 characters)")
    assert len(lines) == 3


def test_letters_that_are_two_cells_wide_keep_the_columns_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = drawn(monkeypatch, 120, {"account": "漢字かな"}, {"policy": "p2"})
    starts = [
        cell_len(line[: line.index(policy)]) for line, policy in zip(lines[2:], ("spam", "p2"), strict=True)
    ]
    assert starts[0] == starts[1]


def test_a_certain_number_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for probability in (0.0, 0.004, 0.996, 1.0):
        text = "\n".join(drawn(monkeypatch, 120, {"probability": probability}))
        assert not re.search(r"(?<![0-9])(100|0) %", text)


# The words


def voice(*reporters: str, moved: float, campaign: str | None = None, decided: float = 0.0) -> Voice:
    return Voice(reporters, campaign, 1.0, decided, decided / 2, Interval(0.5, 0.2, 0.8), moved)


def explanation(**changes: object) -> Explanation:
    at = datetime(2025, 1, 5, tzinfo=UTC)
    usual: dict[str, Any] = {
        "account": "@mallory", "policy": "spam", "decided": None, "probability": Interval(0.97, 0.53, 0.99),
        "base_rate": 0.31, "reports": 512, "reporters": 498, "independent_reports": 4.2, "first_at": at,
        "last_at": at, "exposure": None, "times": (at,), "campaign_times": (),
        "voices": (
            voice("@zoe", moved=0.12, decided=4.0), voice("@a", "@b", "@c", "@d", moved=-0.03, campaign="C1"),
        ),
        "other_voices": 2, "reasons_for": ("Many people reported it.",), "reasons_against": (),
    }  # fmt: skip
    return Explanation(**usual | changes)


def test_an_explanation_gives_reasons_then_the_number_then_who_moved_it() -> None:
    said = [before + text for before, text in in_words(explanation(decided="upheld"))]
    assert said == [
        "Why @mallory stands there, policy spam:",
        "  Speaks for a violation:",
        "    - Many people reported it.",
        "  Speaks against:",
        "    - Nothing that the data show.",
        "  So it is 97 % (53-99 %) likely. The average reported account of this policy: 31 %.",
        "  512 reports, about 4 voices, by 498 reporters.",
        "  A person has decided: upheld. The number leaves that out.",
        "  The voices that moved the number most, in percentage points:",
        "    +12  @zoe: 2 of 4 upheld",
        "     -3  4 reporters in C1 (@a, @b, @c and 1 more): none decided yet",
        "  2 further voices moved the number less.",
    ]


def test_an_explanation_without_voices_says_so() -> None:
    assert in_words(explanation(voices=(), other_voices=0))[-1] == ("  ", "No single voice moved the number.")


def test_an_explanation_spells_out_what_nobody_sees() -> None:
    hostile = "a\u202eb\x1b[2J\n"
    told = explanation(account=hostile, policy=hostile, voices=(voice(hostile, moved=0.1),))
    said = [text for _, text in in_words(told)]
    assert all(text.isprintable() for text in said)
    assert sum("a<U+202E>b<U+001B>[2J<U+000A>" in text for text in said) == 2


def test_on_a_terminal_words_are_wrapped_beside_their_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    shell = Shell()
    shell.file = io.StringIO()
    monkeypatch.setattr(Shell, "is_terminal", True)
    shell.say("Many people reported it, and they do not know each other.", "    - ")
    assert shell.file.getvalue().splitlines() == [
        "    - Many people reported it, and they",
        "      do not know each other.",
    ]


# A whole run


def test_every_account_that_is_asked_for_is_explained_once(tmp_path: Path) -> None:
    reports = HEADER + reported("x") + reported("y") + "r1,x,2025-01-06T10:00:00Z\n"
    found = weighed(tmp_path, reports, "--explain", "y", "--explain", "x", "--explain", "y")
    assert re.findall(r"^Why (\w+) stands there", found.told.out, flags=re.MULTILINE) == ["y", "x"]


def test_an_account_is_explained_for_each_of_its_policies(tmp_path: Path) -> None:
    rows = "alice,x,2025-01-05,spam\nbo,x,2025-01-05,harassment\nbo,y,2025-01-05,spam\n"
    found = weighed(tmp_path, "reporter,account,reported_at,policy\n" + rows, "--explain", "x")
    assert found.told.out.count("Why x stands there, policy ") == 2


@pytest.mark.parametrize("account", ["nobody", "Mallory", "mallory ", "", "\udcff"])
def test_an_account_that_nobody_reported_is_refused_at_once(tmp_path: Path, account: str) -> None:
    reports = save(tmp_path / "reports.csv", HEADER + GOOD)
    told = command("triage", reports, "--out", tmp_path / "out", "--explain", account)
    assert (told.status, told.out) == (2, "")
    assert told.err.startswith(
        f"ostrakon: --explain {account.replace(chr(0xDCFF), '<U+DCFF>')}: nobody reported"
    )
    assert told.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["reports.csv"]


def test_what_is_piped_is_plain_text(demo: Folder) -> None:
    assert "\x1b" not in demo.told.out
    assert demo.told.out.splitlines()[-1] == f"Look at {demo.path / 'report.html'}; the tables lie beside it."
    assert "The first 10 of " in demo.told.out


def test_the_terminal_shows_the_first_rows_of_the_queue(demo: Folder) -> None:
    lines = demo.told.out.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("rank "))
    assert [int(line.split()[0]) for line in lines[start + 2 : start + 12]] == list(range(1, 11))


def test_the_demonstration_says_what_to_do_next(world: Path) -> None:
    told = command("demo", world.parent / "again it is")
    assert "truth.csv to check against" in told.out
    assert f"ostrakon triage '{world.parent / 'again it is' / 'reports.csv'}' --decisions" in told.out


def test_progress_is_drawn_on_a_terminal_and_never_in_the_output(tmp_path: Path) -> None:
    reports = save(tmp_path / "reports.csv", HEADER + GOOD)
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-m", "ostrakon", "triage", reports, "--out", tmp_path / "out"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        env=WHERE | {"TERM": "xterm"},
    )
    os.close(theirs)
    said = everything(ours)
    out, _ = run.communicate()
    assert run.returncode == 0
    assert "weighing" in said
    assert "\x1b" not in out


def everything(descriptor: int) -> str:
    """All that is said on a terminal until it is closed."""
    said = b""
    while True:
        try:
            said += os.read(descriptor, 1 << 16)
        except OSError:  # Linux: the other side is closed
            os.close(descriptor)
            return said.decode(errors="replace")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_letters_shows_their_numbers(tmp_path: Path, encoding: str) -> None:
    reports = save(tmp_path / "reports.csv", HEADER + reported("@قهوة"))
    told = command("triage", reports, "--out", tmp_path / "out", encoding=encoding)
    assert (told.status, told.err) == (0, "")
    assert r"@\u0642\u0647\u0648\u0629" in told.out
