"""CSV and TSV as pieces of rows, by Python's csv module."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from ostrakon.analysis.tables import Shape
from ostrakon.errors import UnreadableFile
from ostrakon.formats.columns import header, own_names, require
from ostrakon.formats.lines import LINE_LIMIT, Block, is_text, shown
from ostrakon.formats.pieces import Bad, Piece

CSV_LIMIT = 4 * LINE_LIMIT
"""The csv module's own limit of a cell; never met, because rows are given up at ``LINE_LIMIT`` before."""


@dataclass
class _Records:
    """The records of some lines; line numbers count from the text's first line, which is 1."""

    width: int
    cells: list[str] = field(default_factory=list)
    """The cells of all rows in one list, row by row: a list for every row would keep the garbage collector
    busy, at a third of the speed."""
    firsts: list[int] = field(default_factory=list)
    lasts: list[int] = field(default_factory=list)
    """First and last line of each row."""
    odd: list[tuple[int, int, str]] = field(default_factory=list)
    """First line, last line and problem of what is no row of the right width."""
    lost_quote: int = 0
    """First line of a record whose quote is still open at the end of the text; 0 = none."""


def pieces(
    blocks: Iterable[Block], shape: Shape, columns: Mapping[str, str], delimiter: str, name: str
) -> Iterator[Piece]:
    """The rows below the header; at least one piece, so that the columns are known even without rows.

    Raises:
        UnreadableFile: no header, a header with a name twice, or a quote that swallows what follows it.
        NoSuchColumn: a required or a mapped column is absent.
    """
    stream = iter(blocks)
    present, first = _header(stream, delimiter, name)
    own = own_names(shape, columns)
    require([own[key] for key in dict.fromkeys((*shape.required, *columns))], present, shape, name)
    wanted = {key: present.index(value) for key, value in own.items() if value in present}
    unknown = tuple(key for key in present if key not in own.values())
    yield Piece(
        pl.DataFrame(schema={key: pl.String() for key in wanted}),
        pl.Series("line", [], pl.Int64()),
        lambda positions: [],
        unknown=unknown,
    )
    carry = b""
    for block, is_last in _with_end(first, stream):
        whole = Block(carry + block.data, block.first_line - len(carry.splitlines()))
        text, is_utf8 = whole.text()
        records = _records(text, len(present), delimiter)
        carry = _carried(text, records, whole.first_line, is_last, name) if records.lost_quote else b""
        records = records if is_utf8 else _without_other_encodings(records)
        yield _piece(text, records, wanted, whole.first_line)


def _header(stream: Iterator[Block], delimiter: str, name: str) -> tuple[tuple[str, ...], Block]:
    """The header's names, and what follows it in its block."""
    for block in stream:
        text, is_utf8 = block.text()
        lines = io.StringIO(text, newline="")
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            cells = next((row for row in reader if row), None)
        except csv.Error as error:
            raise UnreadableFile(
                f"{name}, line {block.first_line}: its header cannot be read ({error})"
            ) from None
        if cells is None:
            continue
        if not is_utf8 and not is_text("".join(cells)):
            raise UnreadableFile(f"{name}: its header is not UTF-8; save the file as UTF-8")
        return header(cells, name), block.after(reader.line_num)
    raise UnreadableFile(f"{name} is empty: it holds no header and no rows; export it again")


def _with_end(first: Block, stream: Iterator[Block]) -> Iterator[tuple[Block, bool]]:
    """Each block, and whether it is the last one."""
    block = first
    for following in stream:
        yield block, False
        block = following
    yield block, True


def _records(text: str, width: int, delimiter: str) -> _Records:
    """Takes lines apart, strictly: a stray quote makes a row odd instead of shifting its cells unseen."""
    csv.field_size_limit(CSV_LIMIT)  # one setting for the whole process; by default 128 KiB
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found, end = _Records(width), 0
    cells, firsts, lasts = found.cells, found.firsts, found.lasts
    while True:
        try:
            for row in reader:
                if len(row) == width:
                    cells += row
                    firsts.append(end + 1)
                    lasts.append(reader.line_num)
                elif row:  # the csv module's answer to a blank line is no cell at all
                    few_many = "few" if len(row) < width else "many"
                    problem = f"too {few_many} cells: {len(row)}, the header has {width}"
                    found.odd.append(_odd(end + 1, reader.line_num, problem))
                end = reader.line_num
            return found
        except csv.Error as error:
            if "unexpected end" in str(error):
                found.lost_quote = end + 1
                return found
            found.odd.append(_odd(end + 1, reader.line_num, f"misplaced quote: {error}"))
            end = reader.line_num


def _odd(first: int, last: int, problem: str) -> tuple[int, int, str]:
    """Says how far an odd row reaches: a lost quote makes one row of many, up to the next quote."""
    return first, last, problem if first == last else f"{problem} ({last - first + 1} lines)"


def _carried(text: str, records: _Records, first_line: int, is_last: bool, name: str) -> bytes:
    """The lines of a row that goes on in the next block; at the end of the file its last line is an odd row.

    Raises:
        UnreadableFile: the quote swallows all that is left of the file, or more than any row has.
    """
    tail = _lines(text)[records.lost_quote - 1 :]
    if is_last and len(tail) == 1:
        records.odd.append((records.lost_quote, records.lost_quote, "misplaced quote: it is never closed"))
        return b""
    if is_last or sum(map(len, tail)) > LINE_LIMIT:
        opened = _opening(tail, first_line + records.lost_quote - 1)
        raise UnreadableFile(
            f"{name}, line {opened}: a quote opens here and is never closed, so all after it would be one "
            "cell; close it, or double the quotes inside cells (or the file was cut off: export it again)"
        )
    return "".join(tail).encode("utf-8", "surrogateescape")


def _opening(tail: Sequence[str], line: int) -> int:
    """The line of the quote that is still open: the last one that turned an even number of quotes odd."""
    opened, is_open = line, False
    for number, text in enumerate(tail, line):
        quotes = text.replace('""', "").count('"')
        is_open ^= quotes % 2 == 1
        if quotes and is_open:
            opened = number
    return opened


def _without_other_encodings(records: _Records) -> _Records:
    """The records with every row that holds bytes that are not UTF-8 among the odd ones."""
    width, kept = records.width, _Records(records.width, odd=list(records.odd))
    for at, (first, last) in enumerate(zip(records.firsts, records.lasts, strict=True)):
        row = records.cells[at * width : (at + 1) * width]
        if is_text("".join(row)):
            kept.cells += row
            kept.firsts.append(first)
            kept.lasts.append(last)
        else:
            kept.odd.append((first, last, "not UTF-8"))
    return kept


def _piece(text: str, records: _Records, wanted: Mapping[str, int], first_line: int) -> Piece:
    offset = first_line - 1

    def rows(positions: Sequence[int]) -> list[str]:
        lines = _lines(text) if positions else []
        return [_joined(lines, records.firsts[at], records.lasts[at]) for at in positions]

    lines = _lines(text) if records.odd else []
    columns = {key: records.cells[at :: records.width] for key, at in wanted.items()}
    return Piece(
        pl.DataFrame([pl.Series(key, cells, dtype=pl.String()) for key, cells in columns.items()]),
        pl.Series("line", records.firsts, dtype=pl.Int64()) + offset,
        rows,
        tuple(
            Bad(first + offset, problem, shown(_joined(lines, first, last)))
            for first, last, problem in records.odd
        ),
    )


def _lines(text: str) -> list[str]:
    return list(io.StringIO(text, newline=""))


def _joined(lines: Sequence[str], first: int, last: int) -> str:
    """The text of a record without the end of its last line."""
    return "".join(lines[first - 1 : last]).rstrip("\r\n")
