"""The record as a file, which somebody checks offline with nothing but the public key. Without Django.

NDJSON, every line canonical JSON. The first line says what the file holds; then a line an entry, ``{"body": ...,
"digest": ...}``, with the body as the text that was hashed; and after the entry that it covers a checkpoint,
``{"checkpoint": {...}}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, get_type_hints

from ostrakon.errors import UnreadableFile
from ostrakon.ledger.chain import Signed, Written
from ostrakon.ledger.verify import Contents, Item, Unreadable, quickly

FORMAT = "ostrakon-ledger-1"
LONGEST = 16 * 1024 * 1024
"""Bytes of a line. The record's own are shorter by far: it holds no texts."""
ENTRY = {"body": str, "digest": str}
CHECKPOINT = get_type_hints(Signed)


def write_export(out: BinaryIO, contents: Contents, items: Iterable[Written | Signed]) -> None:
    """Write a part of the record; the memory does not grow with it."""
    out.writelines(export_lines(contents, items))


def export_lines(contents: Contents, items: Iterable[Written | Signed]) -> Iterator[bytes]:
    """A part of the record, line by line."""
    yield _line({"format": FORMAT, **contents._asdict()})
    for item in items:
        if isinstance(item, Signed):
            yield _line({"checkpoint": item._asdict()})
        else:
            yield _line({"body": item.body, "digest": item.digest})


def read_export(file: BinaryIO) -> tuple[Contents, Iterator[Item]]:
    """What the file promises, and what is in it, line by line; a line that is neither is an item too.

    Raises:
        UnreadableFile: the first line is not that of an export.
    """
    read = _read(file.readline(LONGEST))
    if not _has(read, {"format": str, **get_type_hints(Contents)}) or read["format"] != FORMAT:
        raise UnreadableFile(f"not an export of a record: its first line does not say {FORMAT}")
    return Contents(read["first"], read["last"], read["checkpoints"]), _items(file)


def _items(file: BinaryIO) -> Iterator[Item]:
    number = 1
    while line := file.readline(LONGEST):
        number += 1
        read = _read(line)
        if _has(read, ENTRY):
            yield Written(read["body"], read["digest"])
        elif (
            isinstance(read, dict) and read.keys() == {"checkpoint"} and _has(read["checkpoint"], CHECKPOINT)
        ):
            yield Signed(**read["checkpoint"])
        else:
            yield Unreadable(f"line {number}", "changed or cut off: neither an entry nor a checkpoint")


def _line(value: Any) -> bytes:
    return f"{quickly(value)}\n".encode()


def _read(line: bytes) -> Any:
    """What the line says; None where it is not exactly as `write_export` writes it."""
    try:
        read = json.loads(line)
        return read if _line(read) == line else None
    except (ValueError, RecursionError):
        return None


def _has(read: Any, kinds: Mapping[str, type]) -> bool:
    return (
        isinstance(read, dict)
        and read.keys() == kinds.keys()
        and all(type(read[name]) is kind for name, kind in kinds.items())
    )
