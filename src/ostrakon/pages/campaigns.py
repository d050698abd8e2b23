"""Who reports together: a fact about timing and targets, beside what people decided about the reports."""

from __future__ import annotations

from collections.abc import Sequence

from ostrakon.pages import rounding, wording
from ostrakon.pages import wording_of_campaigns as words
from ostrakon.pages.campaign import CampaignCard
from ostrakon.pages.campaign_card import campaign_card
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import note
from ostrakon.pages.links import Anchors, Row, link
from ostrakon.pages.table import Line, table

UNFOLDED = 3
"""Campaigns whose pictures can be seen without a click."""


def campaigns(
    rows: Sequence[Row] | None, all_rows: int, anchors: Anchors, cards: Sequence[CampaignCard] = ()
) -> Markup:
    """Campaigns in the order given, with the columns of ``tables.CAMPAIGNS``; None = not looked for.

    Below the table one card for each of ``cards``, the pictures of the first ones unfolded.
    """
    lead = h("p", words.CAMPAIGNS_LEAD, class_="lead")
    if rows is None:
        return fragment(lead, note(words.CAMPAIGNS_NOT_SOUGHT))
    if not rows:
        return fragment(lead, note(words.CAMPAIGNS_NONE))
    lines = [Line(_cells(row, anchors), anchors.campaigns.get(row["campaign"])) for row in rows]
    return fragment(
        lead,
        h(
            "div",
            table(words.CAMPAIGNS_TITLE, words.CAMPAIGNS_HEAD, lines, kinds="ttnnnttt"),
            class_="stack campaigns",
        ),
        note(words.campaigns_shown(len(rows), all_rows), " ", _told(len(cards), all_rows)),
        [campaign_card(card, anchors, unfolded=number < UNFOLDED) for number, card in enumerate(cards)],
    )


def _told(cards: int, all_rows: int) -> str | None:
    return words.campaigns_told(cards, all_rows) if cards else None


def _cells(row: Row, anchors: Anchors) -> list[Child]:
    return [
        link(anchors.campaign_cards.get(row["campaign"]), show_id(row["campaign"], kind="campaign")),
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
        words.upheld_share(row["upheld_share"]),
        words.against_chance(row["lift"], row["q_value"]),
    ]


def _kind(kind: str | None) -> Child:
    """A kind that the wording does not know is shown as it came: it is a text of somebody else's."""
    if not kind:
        return h("span", rounding.UNKNOWN, class_="quiet")
    return words.KINDS.get(kind) or show_id(kind, kind="policy")
