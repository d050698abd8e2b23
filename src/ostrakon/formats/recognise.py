"""What a file is: by its first bytes, with the extension of its name as help where they leave it open."""

from __future__ import annotations

from enum import Enum
from pathlib import PurePath

from ostrakon.errors import UnreadableFile

BOM = b"\xef\xbb\xbf"


class Format(Enum):
    """The formats of the file contract."""

    CSV = "csv"
    TSV = "tsv"
    NDJSON = "ndjson"
    PARQUET = "parquet"

    @property
    def delimiter(self) -> str:
        """What separates the cells of a line of CSV or TSV."""
        return "\t" if self is Format.TSV else ","


EXTENSIONS = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".tab": Format.TSV,
    ".ndjson": Format.NDJSON,
    ".jsonl": Format.NDJSON,
    ".json": Format.NDJSON,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
}

COMPRESSED = {".gz": "gzip", ".zst": "zstd"}

FOREIGN = {
    b"\xff\xfe": "is UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text: save it as UTF-8",
    b"PK\x03\x04": "is a zip archive or an Excel workbook: unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook: save the sheet as CSV",
    b"BZh": "is compressed with bzip2: use gzip or zstd",
    b"\xfd7zXZ": "is compressed with xz: use gzip or zstd",
    b"PARE": "is an encrypted Parquet file: write it without encryption",
    b"SQLite format 3": "is an SQLite database: export the table as CSV",
    b"\x1f\x8b": "is compressed twice: decompress it once",
    b"\x28\xb5\x2f\xfd": "is compressed twice: decompress it once",
}


def of_name(path: PurePath) -> tuple[Format | None, str | None]:
    """Format and compression that a file's name promises.

    >>> of_name(PurePath("reports.csv.gz"))
    (<Format.CSV: 'csv'>, 'gzip')
    """
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    compression = COMPRESSED.get(suffixes[-1]) if suffixes else None
    if compression:
        suffixes.pop()
    return EXTENSIONS.get(suffixes[-1]) if suffixes else None, compression


def of_content(head: bytes, path: PurePath, name: str) -> Format:
    """Format of a file that begins with ``head`` (decompressed; at least its first line, if it has lines).

    Raises:
        UnreadableFile: empty, or recognised as something that the contract does not have.
    """
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    for magic, what in FOREIGN.items():
        if head.startswith(magic):
            raise UnreadableFile(f"{name} {what}")
    promised, _ = of_name(path)
    if promised is Format.PARQUET:
        raise UnreadableFile(f"{name} is not Parquet, although its name says so: export it again")
    text = head.removeprefix(BOM).lstrip()
    if not text:
        raise UnreadableFile(f"{name} is empty: it holds no header and no rows; export it again")
    if text.startswith(b"{") or promised is Format.NDJSON:
        if text.startswith(b"["):
            raise UnreadableFile(
                f"{name} is a JSON array: write one object a line (for instance: jq -c '.[]')"
            )
        return Format.NDJSON
    return _delimited(text.splitlines()[0], promised)


def _delimited(header: bytes, promised: Format | None) -> Format:
    tabs, commas = header.count(b"\t"), header.count(b",")
    if tabs and commas:
        return promised if promised else (Format.TSV if tabs > commas else Format.CSV)
    if tabs or commas:
        return Format.TSV if tabs else Format.CSV
    return promised or Format.CSV
