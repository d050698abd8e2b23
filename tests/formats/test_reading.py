"""Reading as a whole: batches, facts, memory."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from tests.formats.case import GOOD, HEADER, LATEST, case, packed

from ostrakon.analysis.tables import ACCOUNTS, DECISIONS, REPORTS
from ostrakon.errors import UnreadableFile
from ostrakon.formats import Reading, Rejected, read, reading, source


@pytest.fixture
def rejected(tmp_path: Path) -> Iterator[Rejected]:
    with Rejected(tmp_path / "rejected.csv") as file:
        yield file


def of_rows(rejected: Rejected, path: Path, rows: int, batch_rows: int) -> Reading:
    path.write_text(HEADER + "".join(f"r{n},a{n},2026-01-05\n" for n in range(rows)))
    return read(path, REPORTS, rejected=rejected, latest=LATEST, batch_rows=batch_rows)


def test_batches_come_in_file_order_and_in_the_size_asked_for(tmp_path: Path, rejected: Rejected) -> None:
    batches = list(of_rows(rejected, tmp_path / "reports.csv", 25, 10))
    assert [batch.height for batch in batches] == [10, 10, 5]
    assert [name for batch in batches for name in batch["reporter"]] == [f"r{n}" for n in range(25)]


def test_a_batch_of_long_texts_ends_before_it_has_its_rows(
    tmp_path: Path, rejected: Rejected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "BLOCK_BYTES", 100)
    monkeypatch.setattr(reading, "BATCH_BYTES", 1000)
    batches = list(of_rows(rejected, tmp_path / "reports.csv", 100, 1_000_000))
    assert len(batches) > 1
    assert sum(batch.height for batch in batches) == 100


def test_there_is_always_a_batch_even_if_no_row_is_left(tmp_path: Path) -> None:
    found = case(tmp_path, HEADER + ",b,2026-01-05\n")
    assert (found.table.height, found.facts.rows, found.facts.rejected) == (0, 1, 1)


def test_the_facts_say_what_was_found(tmp_path: Path) -> None:
    text = (
        "account,created_at,note\na,2026-01-05,\nb,2026-01-05T10:00:00Z,\nc,1970-01-01,\nd,,\n"
        ",2026-01-05,\ne,0,\ne,2026-01-05,\n"
    )
    content = packed(text.encode(), "zstd")
    facts = case(tmp_path, content, ACCOUNTS, name="accounts.csv.zst").facts
    assert facts == reading.Facts(
        file=str(tmp_path / "accounts.csv.zst"),
        format="csv",
        compression="zstd",
        sha256=hashlib.sha256(content).hexdigest(),
        rows=7,
        used=5,
        rejected=2,
        times_without_zone=1,
        impossible_times=2,
        ignored=("note",),
    )


def test_problems_of_the_rejected_file_are_in_the_order_of_the_lines(tmp_path: Path) -> None:
    content = HEADER + "a\n,b,2026-01-05\nb\n" + GOOD + '"x"y,,\n,b,2026-01-05\n'
    assert [line for line, _ in case(tmp_path, content).problems] == [2, 3, 4, 6, 7]


def test_the_facts_are_known_only_after_the_last_batch(tmp_path: Path, rejected: Rejected) -> None:
    reports = of_rows(rejected, tmp_path / "reports.csv", 3, 2)
    next(iter(reports))
    with pytest.raises(RuntimeError, match="when all batches were read"):
        _ = reports.facts


def test_a_reading_is_one_pass(tmp_path: Path, rejected: Rejected) -> None:
    reports = of_rows(rejected, tmp_path / "reports.csv", 3, 2)
    list(reports)
    with pytest.raises(RuntimeError, match="one pass"):
        iter(reports)


def test_an_error_in_the_middle_leaves_no_facts(tmp_path: Path, rejected: Rejected) -> None:
    path = tmp_path / "reports.csv.gz"
    rows = "".join(f"r{n},a{n * 7919},2026-01-05\n" for n in range(200_000))
    path.write_bytes(packed((HEADER + rows).encode(), "gzip")[:-20])
    reports = read(path, REPORTS, rejected=rejected, latest=None, batch_rows=10_000)
    with pytest.raises(UnreadableFile, match="truncated"):
        list(reports)
    with pytest.raises(RuntimeError):
        _ = reports.facts


def test_a_limit_in_time_needs_a_zone(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="latest must have a time zone"):
        case(tmp_path, HEADER, latest=datetime(2026, 1, 5))  # noqa: DTZ001


def test_a_batch_has_at_least_one_row(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="batch_rows must be positive"):
        case(tmp_path, HEADER, batch_rows=0)


def test_another_table_is_read_by_the_same_rules(tmp_path: Path) -> None:
    found = case(tmp_path, "outcome,account,selection\nupheld,a,audit\nrejected,b,\n", DECISIONS)
    assert found.table.rows() == [("a", "upheld", "audit"), ("b", "rejected", None)]


READS_A_LARGE_FILE = """
import sys
from pathlib import Path
from ostrakon.analysis.tables import REPORTS
from ostrakon.formats import Rejected, read

path = Path(sys.argv[1])
row = "@someone-{n:06}:example.org,acc{n:06},2026-01-05T10:00:00Z," + 420 * "x" + chr(10)
part = "".join(row.format(n=n) for n in range(6000))
with path.open("w") as file:
    file.write("reporter,account,reported_at,text" + chr(10))
    for _ in range(105):
        file.write(part)
with Rejected(path.with_name("rejected.csv")) as rejected:
    reports = read(path, REPORTS, rejected=rejected, latest=None, batch_rows=50_000)
    rows = sum(batch.height for batch in reports)
status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(rows, path.stat().st_size >> 20, int(status["VmHWM"].split()[0]) >> 10)
"""


def test_a_large_file_needs_little_memory(tmp_path: Path) -> None:
    """The peak of a process that reads 300 MB, polars itself (about 100 MB) included."""
    done = subprocess.run(
        [sys.executable, "-c", READS_A_LARGE_FILE, tmp_path / "reports.csv"],
        check=True,
        capture_output=True,
        text=True,
    )
    rows, file_mib, peak_mib = map(int, done.stdout.split())
    assert rows == 630_000
    assert file_mib > 280
    assert peak_mib < 0.7 * file_mib
