"""NDJSON (one JSON object a line) as pieces of rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import polars as pl

from ostrakon.analysis.tables import Shape
from ostrakon.errors import UnreadableFile
from ostrakon.formats.columns import own_names, require
from ostrakon.formats.lines import Block, is_text, shown
from ostrakon.formats.pieces import Bad, Piece

UNKNOWN_LIMIT = 100
"""Unknown names kept of one piece: a file that invents a key for every row must not fill the memory."""

Row = dict[str, Any]


def pieces(blocks: Iterable[Block], shape: Shape, columns: Mapping[str, str], name: str) -> Iterator[Piece]:
    """The objects of a file. A column is in all pieces from the first one on in which an object has it.

    Raises:
        UnreadableFile: no line of the first block is a JSON object.
        NoSuchColumn: no object of the first block has a required column, or none of the file a mapped one.
    """
    own = own_names(shape, columns)
    seen: set[str] = set()
    for block in blocks:
        text, is_utf8 = block.text()
        lines = _lines(text)
        objects, bad = _objects(lines, block.first_line, is_utf8)
        present = set(chain.from_iterable(objects.values()))
        if not objects and not bad:
            continue  # blank lines only
        if not seen:
            _refuse_other_files(objects, bad, name)
            require([own[key] for key in shape.required], sorted(present), shape, name)
        seen |= present
        wanted = {key: value for key, value in own.items() if value in seen}
        unknown = tuple(map(_printable, sorted(present.difference(own.values()))[:UNKNOWN_LIMIT]))
        seen &= set(own.values())
        yield _piece(objects, bad, wanted, lines, block.first_line, unknown)
    require([own[key] for key in columns], seen, shape, name)


def _lines(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n").split("\n")


def _printable(key: str) -> str:
    return key.encode("utf-8", "backslashreplace").decode("utf-8")


def _unique_keys(pairs: list[tuple[str, Any]]) -> Row:
    row = dict(pairs)
    if len(row) < len(pairs):
        raise ValueError("it names a key twice")  # readers differ in which of the two they take
    return row


def _no_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


# Numbers keep their source text: as ids, 12, 12.0 and "0012" are three accounts.
_DECODE = json.JSONDecoder(
    parse_int=str, parse_float=str, parse_constant=_no_constant, object_pairs_hook=_unique_keys
).decode


def _objects(lines: Sequence[str], first_line: int, is_utf8: bool) -> tuple[dict[int, Row], list[Bad]]:
    """The objects by their position in ``lines``, and the lines that are none; blank lines are neither."""
    objects: dict[int, Row] = {}
    bad = []
    for at, line in enumerate(lines):
        if not is_utf8 and not is_text(line):
            bad.append(Bad(first_line + at, "not UTF-8", shown(line)))
            continue
        try:
            value = _DECODE(line)
            problem = None if type(value) is dict else "not a JSON object"
        except json.JSONDecodeError as error:
            if not line or line.isspace():
                continue
            problem = f"not JSON: {error.msg} at character {error.pos + 1}"
        except ValueError as error:
            problem = f"not JSON: {error}"
        except RecursionError:
            problem = "not JSON: nested too deeply"
        if problem is None:
            objects[at] = value
        else:
            bad.append(Bad(first_line + at, problem, line))
    return objects, bad


def _refuse_other_files(objects: Mapping[int, Row], bad: Sequence[Bad], name: str) -> None:
    if not objects:
        first = bad[0]
        raise UnreadableFile(
            f"{name}, line {first.line}: {first.problem}, and no other line here is a JSON object either; "
            "write one object a line (for instance: jq -c '.[]')"
        )


def _piece(
    objects: dict[int, Row],
    bad: Sequence[Bad],
    wanted: Mapping[str, str],
    lines: Sequence[str],
    first_line: int,
    unknown: tuple[str, ...],
) -> Piece:
    odd = _odd(objects, wanted)
    for at in odd:
        del objects[at]
    rows = list(objects.values())
    cells = pl.DataFrame(
        [pl.Series(key, [row.get(own) for row in rows], dtype=pl.String()) for key, own in wanted.items()]
    )
    positions = list(objects)
    return Piece(
        cells,
        pl.Series("line", positions, dtype=pl.Int64()) + first_line,
        lambda asked: [lines[positions[at]] for at in asked],
        (*bad, *(Bad(first_line + at, problem, lines[at]) for at, problem in odd.items())),
        unknown,
    )


def _odd(objects: Mapping[int, Row], wanted: Mapping[str, str]) -> dict[int, str]:
    """Objects with a cell that is no text, number or null: position -> problem."""
    odd: dict[int, str] = {}
    for key, own in wanted.items():
        values = [row.get(own) for row in objects.values()]
        if set(map(type, values)) <= {str, type(None)} and is_text("".join(filter(None, values))):
            continue
        for at, value in zip(objects, values, strict=True):
            problem = _cell_problem(key, value)
            if problem:
                odd.setdefault(at, problem)
    return odd


def _cell_problem(key: str, value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        # JSON can name half a character, as in "\ud800"; nothing can store it.
        return None if is_text(value) else f"{key} is not UTF-8"
    return f"{key} is true or false, not text" if isinstance(value, bool) else f"{key} is nested, not text"
