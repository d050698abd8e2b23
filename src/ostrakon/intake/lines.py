"""A published list as lines: which account each one names, read with the patience that such files need."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ostrakon.errors import Unfit

LONGEST_NAME = 512
MOST_LINES = 50_000
"""A list is one transaction, for which others who write wait: some seconds, not minutes."""
LONGEST_RECORD = 20
"""Lines that a quoted cell may span (a biography); after that the quote was lost."""
WIDE = ("\ufeff".encode("utf-16-le"), "\ufeff".encode("utf-16-be"))
DELIMITERS = "\t,;"
COMMENT = "#"
ID_COLUMNS = ("account", "account_id", "id", "user_id", "did", "external_id", "mxid", "uid", "subject")
HANDLE_COLUMNS = (
    "handle",
    "username",
    "user_name",
    "screen_name",
    "acct",
    "account_address",
    "account address",
    "name",
    "account",
)
COLUMNS = {"id": ID_COLUMNS, "handle": HANDLE_COLUMNS}
"""What the column of the accounts is called, the best name first."""
HEADERS = frozenset(ID_COLUMNS + HANDLE_COLUMNS)


@dataclass(frozen=True)
class Line:
    """One entry of a list."""

    number: int
    """Of its first line in the file, from 1."""
    named: str
    """What stands there, without blanks around it: an id, a handle, an address."""
    is_readable: bool = True


def lines_of(raw: bytes, named_by: str) -> list[Line]:
    """Every line that is not blank; a header is none.

    Reads one name a line, CSV, TSV (also with ``;``) and NDJSON, with or without a byte order mark, whatever the ends
    of its lines. What is no UTF-8, too long, or has no account is a line that is not readable.

    Raises:
        Unfit: it is no text in UTF-8 at all, holds no line, or more than ``MOST_LINES``.
    """
    if max(raw.count(b"\n"), raw.count(b"\r")) > MOST_LINES:
        raise Unfit("a list may have {most} lines; send it in parts", most=MOST_LINES)
    if raw.startswith(WIDE):
        raise Unfit("the list is UTF-16; save it as UTF-8")
    texts = [_text(line) for line in raw.removeprefix(b"\xef\xbb\xbf").splitlines()]
    if not (filled := [text.strip() for text in texts if text.strip()]):
        raise Unfit("the list is empty")
    first = next((text for text in filled if not text.startswith(COMMENT)), filled[0])
    found = _objects(texts, named_by) if first.startswith("{") else _records(texts, first, named_by)
    if not (lines := list(found)):
        raise Unfit("the list holds a header and nothing else")
    return lines


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _objects(texts: Sequence[str], named_by: str) -> Iterator[Line]:
    """NDJSON: the first of the columns that an object has."""
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError):
            row = None
        cells = {str(key).lower(): value for key, value in row.items()} if isinstance(row, dict) else {}
        named = next((cells[key] for key in (*COLUMNS[named_by], *HEADERS) if key in cells), None)
        yield _line(number, named) if isinstance(named, str) else _unreadable(number, text)


def _records(texts: Sequence[str], first: str, named_by: str) -> Iterator[Line]:
    """One name a line, or cells: the column that the header names, else the first one."""
    delimiter = next((one for one in DELIMITERS if one in first), "\t")
    column, may_be_header = 0, True
    for number, text in _joined(texts):
        cells = _cells(text, delimiter)
        if may_be_header and (named := _column(cells, named_by)) is not None:
            column, may_be_header = named, False
        elif text.startswith(COMMENT) or column >= len(cells):
            yield _unreadable(number, text)
        else:
            may_be_header = False
            yield _line(number, cells[column])


def _joined(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Records with the number of their first line: a quote that is open goes on in the next lines."""
    at = 0
    while at < len(texts):
        last = at + 1
        while texts[at:last] and _is_open(texts[at:last]) and last < min(len(texts), at + LONGEST_RECORD):
            last += 1
        if _is_open(texts[at:last]):
            last = at + 1  # a lost quote: this line alone is not readable
        if (text := "\n".join(texts[at:last])).strip():
            yield at + 1, text.strip(" ")
        at = last


def _is_open(texts: Sequence[str]) -> bool:
    return sum(text.count('"') for text in texts) % 2 == 1


def _cells(text: str, delimiter: str) -> list[str]:
    """The cells of a record; none where a quote stands wrong."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _column(cells: Sequence[str], named_by: str) -> int | None:
    """Which column names the accounts, if these cells are a header."""
    names = [cell.strip().lstrip(COMMENT).lower() for cell in cells]
    return next((names.index(name) for name in (*COLUMNS[named_by], *HEADERS) if name in names), None)


def _line(number: int, cell: str) -> Line:
    named = cell.strip()
    is_fit = 0 < len(named) <= LONGEST_NAME and named.isprintable()
    return Line(number, named) if is_fit else _unreadable(number, named)


def _unreadable(number: int, text: str) -> Line:
    """Shown as far as it can be: a byte that is no UTF-8 as ``\\udcff``."""
    shown = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
    return Line(number, shown.strip()[:LONGEST_NAME], is_readable=False)
