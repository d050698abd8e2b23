"""The reporters whose voice moves the queue most, with their record."""

from __future__ import annotations

from collections.abc import Sequence

from ostrakon.pages import rounding, wording
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import note
from ostrakon.pages.links import Anchors, Row, campaign_links
from ostrakon.pages.queue import estimated
from ostrakon.pages.table import Line, table


def reporters(rows: Sequence[Row], all_rows: int, anchors: Anchors) -> Markup:
    """Reporters in the order given, with the columns of ``tables.REPORTER_RECORDS``."""
    if not rows:
        return note(wording.REPORTERS_EMPTY)
    lines = [Line(_cells(row, anchors)) for row in rows]
    return fragment(
        h("p", wording.reporters_lead(len(rows), all_rows), " ", wording.REPORTERS_NOTE, class_="lead"),
        h(
            "div",
            table(wording.REPORTERS_TITLE, wording.REPORTERS_HEAD, lines, kinds="tnttt"),
            class_="stack people",
        ),
    )


def _cells(row: Row, anchors: Anchors) -> list[Child]:
    return [
        show_id(row["reporter"]),
        rounding.count(row["reports"]),
        wording.record(row["decided"], row["upheld"]),
        estimated(row["precision"], row["precision_low"], row["precision_high"]),
        campaign_links(row["campaigns"], anchors),
    ]
