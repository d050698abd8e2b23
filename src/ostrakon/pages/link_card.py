"""One link: what speaks for it and against it in equal space, what is rare about it, and only then a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ostrakon.pages import rounding
from ostrakon.pages import wording_of_links as wording
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import note
from ostrakon.pages.table import Line, spaced, table
from ostrakon.pages.texts import quoted

if TYPE_CHECKING:  # the pages need nothing but the standard library at run time
    from ostrakon.analysis.returners import Explanation, Neighbour, Sign

NEIGHBOURS = 12
"""Shared neighbours that are named, the rarest first; links.ndjson names twice as many."""
NAMES = frozenset({"handle", "avatar"})
"""Channels that show names and hashes."""
WORDS = frozenset({"bio", "display name"})
"""Channels that quote what somebody wrote."""
Row: TypeAlias = Mapping[str, Any]
"""Of ``tables.LINKS``."""


@dataclass(frozen=True)
class LinkCard:
    """A link and everything that is known about it."""

    row: Row
    told: Explanation


def is_suggested(row: Row, suggested_rate: float) -> bool:
    """Whether a link is stated to be wrong no more often than that; of which nothing can be stated is not."""
    return row["false_link_rate"] is not None and row["false_link_rate"] <= suggested_rate


def link_card(card: LinkCard, suggested_rate: float, anchor: str | None = None) -> Markup:
    """Evidence first, then the score."""
    told = card.told
    return h(
        "article",
        h(
            "h3",
            show_id(told.account),
            h("span", wording.MAY_BE, class_="quiet"),
            show_id(told.suspended_account),
        ),
        h(
            "div",
            _signs(wording.FOR, told.signs_for, wording.NOTHING_FOR),
            _signs(wording.AGAINST, told.signs_against, wording.NOTHING_AGAINST),
            class_="reasons",
        ),
        _neighbours(told.neighbours),
        h("p", _alternative(told), " ", wording.base_rate(told.base_rate), class_="note"),
        _number(card.row, suggested_rate),
        id=anchor,
        class_="card link",
    )


def _signs(title: str, signs: Sequence[Sign], none: str) -> Markup:
    items = [_sign(sign) for sign in signs] or [h("li", none, class_="quiet")]
    return h("div", h("h4", title), h("ul", items))


def _sign(sign: Sign) -> Markup:
    said = [
        h("strong", wording.CHANNELS.get(sign.channel, sign.channel)),
        *_seen(sign, _way_to_show(sign.channel)),
        h("span", wording.bits(sign.bits), class_="unbroken"),
    ]
    if (popular := wording.popular(sign.popularity)) is not None:
        said.append(h("span", popular, class_="quiet"))
    return h("li", spaced(said))


def _way_to_show(channel: str) -> Callable[[str], Markup]:
    if channel in NAMES:
        return show_id
    return quoted if channel in WORDS else _in_our_words


def _in_our_words(text: str) -> Markup:
    return h("bdi", text)


def _seen(sign: Sign, shown: Callable[[str], Markup]) -> list[Markup]:
    """What both show, with a dot between; once, where it is the same."""
    both = [sign.new] if sign.new == sign.suspended else [sign.new, sign.suspended]
    said = [h("span", shown(text)) for text in both if text]
    return said if len(said) < 2 else [said[0], h("span", "·"), said[1]]


def _neighbours(neighbours: Sequence[Neighbour]) -> Markup:
    if not neighbours:
        return note(wording.NO_NEIGHBOURS)
    lines = [
        Line(
            [
                show_id(each.account),
                wording.BOTH_FOLLOW_IT if each.is_followed else wording.IT_FOLLOWS_BOTH,
                rounding.count(each.popularity),
            ]
        )
        for each in neighbours[:NEIGHBOURS]
    ]
    return h(
        "div",
        table(wording.NEIGHBOURS, wording.NEIGHBOURS_HEAD, lines, kinds="ttn"),
        class_="plain",
    )


def _alternative(told: Explanation) -> Child:
    if told.nearest is None:
        return wording.NO_ALTERNATIVE
    return fragment(
        show_id(told.nearest.suspended_account), " ", wording.nearest(told.nearest.probability), "."
    )


def _number(row: Row, suggested_rate: float) -> Markup:
    return h(
        "div",
        h("p", h("b", rounding.percent(row["probability"])), class_="big"),
        h("p", wording.false_link_rate(row["false_link_rate"])),
        h("p", wording.IS_SUGGESTED if is_suggested(row, suggested_rate) else wording.IS_POSSIBLE),
        class_="number",
    )
