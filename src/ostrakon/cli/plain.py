"""What the API answers, in plain lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import typer

from ostrakon.cli.endings import visible

WIDEST = 48
"""Characters of a cell in a table; what is longer is cut, and shown whole where one thing is shown."""


def show(answer: Any) -> None:
    """One thing, a line for each of its names."""
    for line in lines(answer):
        typer.echo(line)


def show_page(page: Mapping[str, Any], columns: Sequence[str]) -> None:
    """A page of a list as a table, and how to see the next one."""
    for line in table(page["items"], columns):
        typer.echo(line)
    if page.get("next"):
        typer.echo(f"There is more: --after {visible(page['next'])}")


def lines(value: Any, indent: str = "") -> Iterator[str]:
    """A value with what is in it below it, moved in.

    >>> list(lines({"id": 7, "notes": [{"by": 2}, {"by": 3}], "roles": ["auditor"], "end": None}))
    ['id: 7', 'notes:', '  by: 2', '', '  by: 3', 'roles: auditor', 'end: -']
    """
    for name, inside in value.items() if isinstance(value, Mapping) else []:
        if _is_plain(inside):
            yield f"{indent}{name}: {_text(inside)}"
        else:
            yield f"{indent}{name}:"
            for number, part in enumerate([inside] if isinstance(inside, Mapping) else inside):
                if number:
                    yield ""
                yield from lines(part, f"{indent}  ")


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """Rows under their headings, each column as wide as it needs.

    >>> list(table([{"id": 7, "kind": "a"}, {"id": 12, "kind": "bc"}], ["id", "kind"]))
    ['id  kind', '7   a', '12  bc']
    """
    cells = [list(columns)] + [[_cell(row.get(name)) for name in columns] for row in rows]
    widths = [max(len(line[at]) for line in cells) for at in range(len(columns))]
    for line in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return not any(isinstance(part, Mapping | list) for part in value)
    return not isinstance(value, Mapping)


def _text(value: Any) -> str:
    """Strangers wrote some of it: what does more than draw is spelled out, line by line."""
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value)
    return "\n".join(visible(line) for line in str(value).split("\n"))


def _cell(value: Any) -> str:
    text = visible(_text(value).replace("\n", " "))
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
