"""One campaign: what was seen first, then what speaks for it and against it, then the pictures and the signs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from ostrakon.pages import rounding, wording
from ostrakon.pages import wording_of_campaigns as words
from ostrakon.pages.campaign import CampaignCard, Channel, Evidence, in_utc
from ostrakon.pages.campaign_pictures import pictures
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import note
from ostrakon.pages.links import Anchors, link
from ostrakon.pages.table import Line, spaced, table
from ostrakon.pages.texts import quoted

SHARED_INTEREST = 1.5
"""Meeting so many times as often as strangers, without haste, is said to speak for a shared interest."""
MOSTLY_UPHELD = 0.5
SMALL = 5
"""Members below which a coincidence weighs more."""
CLEAR = 0.01
"""A sign's p-value up to which it says so by itself."""
EXAMPLES = 5
"""Shared texts that are shown for each sign."""


def campaign_card(card: CampaignCard, anchors: Anchors, *, unfolded: bool = False) -> Markup:
    """Everything about one campaign; its pictures are folded unless ``unfolded``."""
    return h(
        "article",
        h("h3", show_id(card.campaign, kind="campaign"), " ", _kind(card.kind)),
        h("p", _what_was_seen(card), class_="seen"),
        note(words.PROVENANCE if card.declared else words.NOT_MALICIOUS, " ", words.ONE_VOICE),
        _reasons(card),
        _number(card, anchors.campaigns.get(card.campaign)),
        h(
            "details",
            h("summary", words.PICTURES),
            pictures(card),
            _signs(card.channels),
            class_="unfold",
            open=unfolded,
        ),
        id=anchors.campaign_cards.get(card.campaign),
        class_="card together",
    )


def _kind(kind: str | None) -> Markup:
    if kind in words.KINDS:
        return h("span", words.KINDS[kind], class_="quiet")
    return show_id(kind, kind="policy") if kind else h("span", rounding.UNKNOWN, class_="quiet")


def _what_was_seen(card: CampaignCard) -> str:
    typical = median(burst.last_at - burst.first_at for burst in card.bursts) if card.bursts else None
    acted = words.acted_together(card.members_all, card.targets_all, card.bursts_all, typical)
    return f"{acted} {words.came_back(card.seen, card.expected, card.targets_all)}"


# -- for and against -------------------------------------------------------------------------------


def _reasons(card: CampaignCard) -> Markup:
    return h(
        "div",
        _list(words.FOR_TOGETHER, _for(card), wording.NO_REASON_FOR),
        _list(words.AGAINST_TOGETHER, _against(card), wording.NO_REASON_AGAINST),
        class_="reasons",
    )


def _list(title: str, reasons: Sequence[Child], none: str) -> Markup:
    items = [h("li", reason) for reason in reasons] or [h("li", none, class_="quiet")]
    return h("div", h("h4", title), h("ul", items))


def _for(card: CampaignCard) -> list[Child]:
    found: list[Child] = []
    later = card.bursts[1:]
    above = sum(burst.returning > burst.returning_expected for burst in later)
    if 2 * above > len(later):
        found.append(words.more_than_chance(above, len(later)))
    if rounding.is_known(card.q_value) and card.q_value is not None:
        found.append(words.improbable(card.q_value))
    clear = sum(channel.p_value <= CLEAR for channel in card.channels)
    if clear and len(card.channels) > 1:
        found.append(words.signs_agree(clear, len(card.channels)))
    if card.declared:
        found.append(fragment(words.DECLARES, " ", show_id(card.declared, kind="policy"), "."))
    return found


def _against(card: CampaignCard) -> list[Child]:
    """Why they may meet for another reason, may be right, or may be fewer than it seems."""
    found: list[Child] = []
    if card.interest is not None and card.interest > SHARED_INTEREST:
        found.append(words.shared_interest(card.interest))
    if card.decided_targets and card.upheld_share is not None and card.upheld_share >= MOSTLY_UPHELD:
        found.append(words.they_were_right(card.decided_targets, card.upheld_share))
    if card.members_all < SMALL:
        found.append(words.small_group(card.members_all))
    if card.bursts_all <= 2:
        found.append(words.ONLY_TWO_BURSTS)
    wrong = max((member.q_value for member in card.members), default=0.0) * card.members_all
    if wrong >= 1:
        found.append(words.by_mistake(wrong, card.members_all))
    return found


# -- the number ------------------------------------------------------------------------------------


def _number(card: CampaignCard, row: str | None) -> Markup:
    return h(
        "div",
        h("p", _lift(card.lift), class_="big"),
        h("p", spaced(_facts(card, row))),
        class_="number",
    )


def _lift(lift: float | None) -> Child:
    if lift is None or not rounding.is_known(lift):
        return words.NOT_TESTED
    if math.isinf(lift):
        return h("b", words.as_many_times(lift))
    return fragment(h("b", words.as_many_times(lift)), " ", h("span", words.AS_BY_CHANCE))


def _facts(card: CampaignCard, row: str | None) -> list[Child]:
    facts: list[Child] = [
        h("strong", words.size_of_campaign(card.members_all, card.targets_all, card.bursts_all)),
        _when(card),
        words.decided_of_targets(card.decided_targets, card.targets_all, card.upheld_share),
    ]
    if row:
        facts.append(link(row, words.ROW_OF_CAMPAIGN))
    return facts


def _when(card: CampaignCard) -> Child:
    if card.first_at is None or card.last_at is None:
        return None
    phrases = wording.arrived(in_utc(card.first_at), in_utc(card.last_at))
    return spaced([h("span", phrase, class_="unbroken") for phrase in phrases])


# -- signs -----------------------------------------------------------------------------------------


def _signs(channels: Sequence[Channel]) -> Markup:
    title = h("h4", words.SIGNS)
    if not channels:
        return fragment(title, note(words.NO_SIGNS))
    lines = [Line(_sign(channel)) for channel in channels]
    signs = table(words.SIGNS, words.SIGNS_HEAD, lines, kinds="tnnnt")
    return fragment(title, h("div", signs, class_="stack signs"))


def _sign(channel: Channel) -> list[Child]:
    return [
        _sign_name(channel.name),
        words.p_value(channel.p_value),
        words.amount(channel.seen),
        words.amount(channel.expected),
        _evidence(channel.evidence),
    ]


def _sign_name(name: str) -> Markup:
    """A sign that the wording does not know is shown as it came."""
    known = words.SIGN_NAMES.get(name)
    if known is None:
        return show_id(name, kind="policy")
    return h("div", h("span", known[0]), h("span", known[1], class_="quiet"), class_="who")


def _evidence(evidence: Sequence[Evidence]) -> Markup | None:
    if not evidence:
        return None
    items = [
        h("li", quoted(shared.what), " ", h("span", words.in_reports(shared.reports), class_="quiet"))
        for shared in evidence[:EXAMPLES]
    ]
    more = len(evidence) - len(items)
    return h(
        "details",
        h("summary", words.things_shared(len(evidence))),
        h("p", words.WORDS_OF_OTHERS, class_="quiet"),
        h("ul", items),
        note(wording.more_names(more)) if more > 0 else None,
        class_="theirs",
    )
