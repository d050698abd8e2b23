"""Who reports together: a fact about timing and targets, beside what people decided about the reports."""

from __future__ import annotations

from collections.abc import Sequence

from ostrakon.pages import rounding, wording
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import note
from ostrakon.pages.links import Anchors, Row
from ostrakon.pages.table import Line, table


def campaigns(rows: Sequence[Row] | None, all_rows: int, anchors: Anchors) -> Markup:
    """Campaigns in the order given, with the columns of ``tables.CAMPAIGNS``; None = not looked for."""
    lead = h("p", wording.CAMPAIGNS_LEAD, class_="lead")
    if rows is None:
        return fragment(lead, note(wording.CAMPAIGNS_NOT_SOUGHT))
    if not rows:
        return fragment(lead, note(wording.CAMPAIGNS_NONE))
    lines = [Line(_cells(row), anchors.campaigns.get(row["campaign"])) for row in rows]
    return fragment(
        lead,
        h(
            "div",
            table(wording.CAMPAIGNS_TITLE, wording.CAMPAIGNS_HEAD, lines, kinds="ttnnnttt"),
            class_="stack campaigns",
        ),
        note(wording.campaigns_shown(len(rows), all_rows)),
    )


def _cells(row: Row) -> list[Child]:
    return [
        show_id(row["campaign"], kind="campaign"),
        _kind(row["kind"]),
        rounding.count(row["members"]),
        rounding.count(row["targets"]),
        rounding.count(row["reports"]),
        h(
            "div",
            h("span", f"{wording.moment(row['first_at'])} –"),
            h("span", wording.moment(row["last_at"])),
            h("span", wording.span(row["first_at"], row["last_at"]), class_="quiet"),
            class_="who",
        ),
        wording.upheld_share(row["upheld_share"]),
        wording.against_chance(row["lift"], row["q_value"]),
    ]


def _kind(kind: str | None) -> Child:
    """A kind that the wording does not know is shown as it came: it is a text of somebody else's."""
    if not kind:
        return h("span", rounding.UNKNOWN, class_="quiet")
    return wording.KINDS.get(kind) or show_id(kind, kind="policy")
