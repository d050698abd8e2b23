"""The page of one triage run: queue, reasons, reporters, campaigns, calibration, origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ostrakon.pages import rounding, wording
from ostrakon.pages import wording_of_campaigns as words
from ostrakon.pages.calibration import Calibration, calibration
from ostrakon.pages.campaign import CampaignCard
from ostrakon.pages.campaigns import campaigns
from ostrakon.pages.card import card
from ostrakon.pages.html import Markup, fragment, h
from ostrakon.pages.layout import Section, note, whole_page
from ostrakon.pages.links import Anchors, Row, numbered
from ostrakon.pages.origin import InputFile, Origin, origin
from ostrakon.pages.overview import Counts, overview
from ostrakon.pages.queue import queue
from ostrakon.pages.reporters import reporters

if TYPE_CHECKING:  # the pages need nothing but the standard library at run time
    from ostrakon.analysis.worth.explain import Explanation

__all__ = ["Calibration", "CampaignCard", "Counts", "InputFile", "Origin", "TriagePage", "triage_page"]


@dataclass(frozen=True)
class TriagePage:
    """What the page shows. Rows are mappings with the columns of ``analysis.tables``, in the order to show them."""

    counts: Counts
    queue: Sequence[Row]
    """The first rows of ``tables.QUEUE``: as many as are to be shown."""
    queue_rows: int
    """How many rows there are in all."""
    explanations: Sequence[Explanation]
    reporters: Sequence[Row]
    """The first rows of ``tables.REPORTER_RECORDS``, most influential first."""
    reporter_rows: int
    campaigns: Sequence[Row] | None
    """The first rows of ``tables.CAMPAIGNS``; None = they were not looked for."""
    campaign_rows: int
    calibration: Calibration
    origin: Origin
    campaign_cards: Sequence[CampaignCard] = ()
    """One for each of the first campaigns; empty = the table alone."""
    probabilities: Sequence[float] = ()
    """Of all rows of the queue, for the histogram; empty = none is drawn."""


def triage_page(page: TriagePage) -> str:
    """The whole file. The same input gives the same text, byte for byte."""
    anchors = Anchors(
        rows=numbered("row", [(row["account"], row["policy"]) for row in page.queue]),
        cards=numbered("why", [(item.account, item.policy) for item in page.explanations]),
        campaigns=numbered("campaign", [row["campaign"] for row in page.campaigns or ()]),
        campaign_cards=numbered("together", [item.campaign for item in page.campaign_cards]),
    )
    return whole_page(overview(page.counts), _sections(page, anchors))


def _sections(page: TriagePage, anchors: Anchors) -> list[Section]:
    shown = queue(page.queue, page.queue_rows, page.probabilities, anchors)
    people = reporters(page.reporters, page.reporter_rows, anchors)
    together = campaigns(page.campaigns, page.campaign_rows, anchors, page.campaign_cards)
    count = rounding.count
    found = "" if page.campaigns is None else count(page.campaign_rows)
    return [
        Section("queue", wording.QUEUE, wording.QUEUE_TITLE, shown, count(page.queue_rows)),
        Section("why", wording.WHY, wording.WHY_TITLE, _cards(page, anchors), count(len(page.explanations))),
        Section("reporters", wording.REPORTERS, wording.REPORTERS_TITLE, people, count(page.reporter_rows)),
        Section("campaigns", wording.CAMPAIGNS, words.CAMPAIGNS_TITLE, together, found),
        Section("calibration", wording.CALIBRATION, wording.CALIBRATION_TITLE, calibration(page.calibration)),
        Section("origin", wording.ORIGIN, wording.ORIGIN_TITLE, origin(page.origin)),
    ]


def _cards(page: TriagePage, anchors: Anchors) -> Markup:
    if not page.explanations:
        return note(wording.WHY_EMPTY)
    cards = [card(item, anchors, item.campaign_times) for item in page.explanations]
    return fragment(h("p", wording.WHY_LEAD, " ", wording.BASE_RATE_MARK, class_="lead"), cards)
