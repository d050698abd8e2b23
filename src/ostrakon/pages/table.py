"""Tables, and the figure that puts one beside a chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ostrakon.pages import wording
from ostrakon.pages.html import Child, Markup, fragment, h


@dataclass(frozen=True)
class Line:
    """One row; ``anchor`` lets a link on the page point at it."""

    cells: Sequence[Child]
    anchor: str | None = None


def table(
    caption: str, head: Sequence[str], lines: Iterable[Line], *, kinds: str = "", name_at: int = 0
) -> Markup:
    """A table whose cells know the heading of their column, so that a narrow screen can stack them.

    Args:
        kinds: one letter a column: ``n`` for numbers, ``t`` for anything else (the default).
        name_at: the column that names the row.
    """
    classes = ["num" if kind == "n" else None for kind in kinds.ljust(len(head), "t")]
    return h(
        "table",
        h("caption", caption),
        h(
            "thead",
            h(
                "tr",
                [
                    h("th", label, scope="col", class_=class_)
                    for label, class_ in zip(head, classes, strict=True)
                ],
            ),
        ),
        h("tbody", [_row(line, head, classes, name_at) for line in lines]),
    )


def _row(line: Line, head: Sequence[str], classes: Sequence[str | None], name_at: int) -> Markup:
    cells = []
    for at, (cell, label, class_) in enumerate(zip(line.cells, head, classes, strict=True)):
        if at == name_at:
            cells.append(h("th", cell, scope="row", class_=class_))
        else:
            cells.append(h("td", cell, data_label=label, class_=class_))
    return h("tr", cells, id=line.anchor)


def figure(
    chart: Markup, numbers: Markup, caption: Child, *, legend: Child = None, class_: str | None = None
) -> Markup:
    """A chart with the same numbers as a table below it, folded away."""
    folded = h("details", h("summary", wording.NUMBERS), h("div", numbers, class_="wide"))
    return h("figure", h("figcaption", h("span", caption), legend), chart, folded, class_=class_)


def spaced(children: Iterable[Child]) -> Markup:
    """Children with a plain space between them."""
    return fragment([piece for child in children for piece in (" ", child)][1:])
