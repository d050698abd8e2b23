"""The page of one search for returners: links with their evidence, fairness by name group, origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ostrakon.pages import rounding, wording
from ostrakon.pages import wording_of_links as words
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import Section, note, whole_page
from ostrakon.pages.link_card import LinkCard, Row, is_suggested, link_card
from ostrakon.pages.links import link, numbered
from ostrakon.pages.origin import Origin, origin
from ostrakon.pages.table import Line, table

__all__ = ["LinkCard", "ReturnersPage", "returners_page"]


@dataclass(frozen=True)
class ReturnersPage:
    """What the page shows. Rows are mappings with the columns of ``analysis.tables``, in the order to show them."""

    counts: Mapping[str, int]
    """Of the search; ``new`` and ``suspended`` at least."""
    links: Sequence[Row]
    """The first rows of ``tables.LINKS``: as many as are to be shown."""
    link_rows: int
    """How many links there are in all."""
    cards: Sequence[LinkCard]
    """Of the most probable ones."""
    groups: Sequence[Row]
    """Of ``Returners.by_name_group``; empty = nothing can be said."""
    suggested_rate: float
    """Stated false-link rate up to which a link is suggested; all others are only possible."""
    switched_off: str | None
    origin: Origin


def returners_page(page: ReturnersPage) -> str:
    """The whole file. The same input gives the same text, byte for byte."""
    anchors = numbered("link", [(card.told.account, card.told.suspended_account) for card in page.cards])
    sections = [
        Section(
            "links", words.LINKS, words.LINKS_TITLE, _cards(page, anchors), rounding.count(len(page.cards))
        ),
        Section(
            "table", words.TABLE, words.TABLE_TITLE, _table(page, anchors), rounding.count(page.link_rows)
        ),
        Section("names", words.GROUPS, words.GROUPS_TITLE, _groups(page.groups)),
        Section("origin", wording.ORIGIN, wording.ORIGIN_TITLE, origin(page.origin)),
    ]
    return whole_page(_overview(page), sections, title=words.TITLE)


def _overview(page: ReturnersPage) -> Markup:
    counts = {**page.counts, "links": page.link_rows}
    items = [
        h("div", h("dt", label), h("dd", rounding.count(counts[name])))
        for name, label in words.COUNTED.items()
        if name in counts
    ]
    how_to = (words.HOW_TO[0], words.suggested(page.suggested_rate), *words.HOW_TO[1:])
    points = [h("li", h("strong", what), " ", why) for what, why in how_to]
    return h(
        "header",
        h("h1", words.TITLE),
        h("p", words.lead(page.counts["new"], page.counts["suspended"], page.link_rows), class_="lead"),
        None if page.switched_off is None else h("p", h("strong", words.switched_off(page.switched_off))),
        h("dl", items, class_="counts"),
        h(
            "aside",
            h("h2", wording.HOW_TO_READ),
            h("ul", points),
            class_="how",
            aria_label=wording.HOW_TO_READ,
        ),
        id="top",
    )


def _cards(page: ReturnersPage, anchors: Mapping[tuple[str, str], str]) -> Markup:
    if not page.cards:
        return note(words.NO_LINKS)
    cards = [
        link_card(card, page.suggested_rate, anchors[card.told.account, card.told.suspended_account])
        for card in page.cards
    ]
    told = words.shown_of(len(page.cards), page.link_rows)
    return fragment(h("p", words.LINKS_LEAD, " ", told, class_="lead"), cards)


def _table(page: ReturnersPage, anchors: Mapping[tuple[str, str], str]) -> Markup:
    if not page.links:
        return note(words.NO_LINKS)
    lines = [Line(_cells(row, anchors, page.suggested_rate)) for row in page.links]
    shown = table(words.TABLE_CAPTION, words.TABLE_HEAD, lines, kinds="ttnttnn")
    return fragment(h("div", shown, class_="stack"), note(words.shown_of(len(page.links), page.link_rows)))


def _cells(row: Row, anchors: Mapping[tuple[str, str], str], suggested_rate: float) -> list[Child]:
    pair = (row["account"], row["suspended_account"])
    return [
        link(anchors.get(pair), show_id(pair[0])),
        show_id(pair[1]),
        rounding.count(row["rank"]),
        words.SUGGESTED if is_suggested(row, suggested_rate) else words.POSSIBLE,
        h("bdi", row["channels"].replace(";", ", ")),
        rounding.percent(row["probability"]),
        words.NOT_KNOWN if row["false_link_rate"] is None else rounding.percent(row["false_link_rate"]),
    ]


def _groups(groups: Sequence[Row]) -> Markup:
    lead = h("p", words.GROUPS_LEAD, class_="lead")
    if not groups:
        return fragment(lead, note(words.NO_GROUPS))
    lines = [Line(_group(row)) for row in groups]
    shown = table(words.GROUPS_CAPTION, words.GROUPS_HEAD, lines, kinds="tnnntt")
    return fragment(lead, h("div", shown, class_="stack"))


def _group(row: Row) -> list[Child]:
    rate = row["false_link_rate"]
    low, high = row["false_link_rate_low"], row["false_link_rate_high"]
    return [
        h("bdi", row["name_group"]),
        rounding.count(row["new"]),
        rounding.count(row["linked"]),
        words.NOT_KNOWN if row["placebo_linked"] is None else rounding.count(row["placebo_linked"]),
        words.NOT_KNOWN if rate is None else f"{rounding.percent(rate)} ({rounding.interval(low, high)})",
        words.OFF if row["is_switched_off"] else words.ON,
    ]
