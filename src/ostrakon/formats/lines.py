"""A stream of bytes as blocks of whole lines, with the number of each block's first line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ostrakon.errors import UnreadableFile
from ostrakon.formats.recognise import BOM

LINE_LIMIT = 16 << 20
"""Bytes after which a line is no row any more, but a file of another kind or a lost quote."""


@dataclass(frozen=True)
class Block:
    """Whole lines of a text file: each ends in LF, CRLF or CR; the last one of the file need not."""

    data: bytes
    first_line: int

    def text(self) -> tuple[str, bool]:
        """The lines as text, and whether all of it was UTF-8; other bytes become lone surrogates."""
        try:
            return self.data.decode("utf-8"), True
        except UnicodeDecodeError:
            return self.data.decode("utf-8", "surrogateescape"), False

    def after(self, lines: int) -> Block:
        """The block without its first ``lines`` lines."""
        length = sum(map(len, self.data.splitlines(keepends=True)[:lines]))
        return Block(self.data[length:], self.first_line + lines)


def whole_lines(blocks: Iterable[bytes], name: str) -> Iterator[Block]:
    """Cuts a stream at line ends; a UTF-8 byte order mark at its start is dropped.

    Raises:
        UnreadableFile: a NUL byte, which no text has, or a line longer than ``LINE_LIMIT``.
    """
    line, rest, first = 1, b"", True
    for block in blocks:
        data = rest + (block.removeprefix(BOM) if first else block)
        first = False
        # A CR at the very end may be half of a CRLF, so it does not count as a line end yet.
        cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        rest = data[cut:]
        if cut:
            yield _checked(Block(data[:cut], line), name)
            line += count_lines(data[:cut])
        if len(rest) > LINE_LIMIT:
            raise UnreadableFile(
                f"{name}, line {line}: longer than {LINE_LIMIT >> 20} MiB; this is no table of rows"
            )
    if rest:
        yield _checked(Block(rest, line), name)


def count_lines(data: bytes) -> int:
    """Line ends in ``data``: LF, CRLF and CR count one each."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def shown(text: str) -> str:
    """A line that holds bytes that are not UTF-8 (as lone surrogates), with those bytes written ``\\xNN``."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_text(text: str) -> bool:
    """Whether ``text`` is free of lone surrogates, the trace of bytes that are not UTF-8.

    >>> is_text("ok"), is_text("\\udcff")
    (True, False)
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _checked(block: Block, name: str) -> Block:
    at = block.data.find(b"\0")
    if at < 0:
        return block
    line = block.first_line + count_lines(block.data[:at])
    raise UnreadableFile(
        f"{name}, line {line}: a NUL byte; this is no UTF-8 text (perhaps UTF-16, a binary file, or a file "
        "that a crash left half written); save it as UTF-8"
    )
