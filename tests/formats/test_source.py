"""A file as bytes: found or not, compressed or not, whole or cut off."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
from pathlib import Path

import pytest
import zstandard
from tests.formats.case import GOOD, HEADER, case, case_of, packed

from ostrakon.analysis.tables import REPORTS
from ostrakon.errors import UnreadableFile
from ostrakon.formats import Rejected, read, source

TEXT = (HEADER + GOOD * 2).encode()


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_compressed_file_is_known_by_its_content_whatever_its_name(
    tmp_path: Path, compression: str
) -> None:
    found = case(tmp_path, packed(TEXT, compression), name="export.dat")
    assert (found.table.height, found.facts.format, found.facts.compression) == (2, "csv", compression)


@pytest.mark.parametrize("name", ["plain.csv", "gzip.csv", "zstd.csv"])
def test_the_hash_is_of_the_file_as_it_lies_on_disk(tmp_path: Path, name: str) -> None:
    content = TEXT if name == "plain.csv" else packed(TEXT, name.removesuffix(".csv"))
    assert case(tmp_path, content, name=name).facts.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_parts_that_were_compressed_one_by_one_are_read_as_one_file(tmp_path: Path, compression: str) -> None:
    parts = packed(HEADER.encode(), compression) + packed(GOOD.encode(), compression) * 3
    assert case(tmp_path, parts).table.height == 3


def test_large_zstd_content_comes_in_pieces(tmp_path: Path) -> None:
    content = (HEADER + GOOD * 100_000).encode()
    assert case(tmp_path, zstandard.compress(content)).table.height == 100_000


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
@pytest.mark.parametrize("left", [10, -3, -9])
def test_compressed_data_that_end_in_the_middle_are_refused(
    tmp_path: Path, compression: str, left: int
) -> None:
    noise = "".join(f"r{n},a{n * n},2026-01-05T10:00:00Z\n" for n in range(5000))
    with pytest.raises(UnreadableFile, match=r"reports\.csv is truncated.*copy or export it again"):
        case(tmp_path, packed((HEADER + noise).encode(), compression)[:left])


def test_a_zstd_file_that_ends_between_two_frames_is_whole(tmp_path: Path) -> None:
    frames = zstandard.compress(HEADER.encode()) + zstandard.compress(b"")
    assert case(tmp_path, frames).table.height == 0


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_damaged_compressed_data_are_refused(tmp_path: Path, compression: str) -> None:
    content = bytearray(packed(TEXT, compression) + b"garbage!")
    with pytest.raises(UnreadableFile, match=r"reports\.csv: its compressed data are damaged"):
        case(tmp_path, bytes(content))


def test_a_gzip_file_whose_checksum_is_wrong_is_refused(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(TEXT))
    content[-6] ^= 1
    with pytest.raises(UnreadableFile, match="damaged"):
        case(tmp_path, bytes(content))


def test_a_missing_file_is_named_before_anything_is_read(tmp_path: Path) -> None:
    with (
        Rejected(tmp_path / "rejected.csv") as rejected,
        pytest.raises(UnreadableFile, match=r"nowhere\.csv: there is no such file"),
    ):
        read(tmp_path / "nowhere.csv", REPORTS, rejected=rejected, latest=None)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    with pytest.raises(UnreadableFile, match="reports is a folder"):
        case_of(tmp_path / "reports")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"reports\.csv is empty \(0 bytes\)"):
        case(tmp_path, b"")


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_an_empty_file_within_a_compressed_one_is_refused(tmp_path: Path, compression: str) -> None:
    with pytest.raises(UnreadableFile, match="is empty"):
        case(tmp_path, packed(b"", compression))


def test_what_may_not_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "reports.csv").write_bytes(TEXT)
    monkeypatch.setattr(Path, "open", closed)  # root may read everything, so the system cannot say no
    with (
        pytest.raises(UnreadableFile, match="may not be read by this user"),
        source.opened(tmp_path / "reports.csv"),
    ):
        pass


def test_an_error_of_the_disk_in_the_middle_is_one_message(tmp_path: Path) -> None:
    class Broken:
        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(UnreadableFile, match=r"f\.csv cannot be read: Input/output error"):
        list(source.Source(tmp_path / "f.csv", "f.csv", None, Broken()).blocks())  # type: ignore[arg-type]


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_bytes, args=(TEXT,)).start()
    found = case_of(pipe)
    assert (found.table.height, found.facts.sha256) == (2, hashlib.sha256(TEXT).hexdigest())


def test_a_name_that_is_not_utf8_can_be_read_and_shown(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"r\xff.csv")
    path.write_bytes(TEXT)
    assert case_of(path).facts.file.endswith("r\\xff.csv")
