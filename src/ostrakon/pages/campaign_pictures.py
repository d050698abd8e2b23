"""The pictures of a campaign, each with the names beside it and the same numbers as a table below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ostrakon.pages import rounding, wording
from ostrakon.pages import wording_of_campaigns as words
from ostrakon.pages.campaign import BURSTS, MEMBERS, TARGETS, Burst, CampaignCard, Member, Target, in_utc
from ostrakon.pages.campaign_charts import (
    axis_chart,
    axis_of,
    deepest,
    lane_chart,
    lane_heights,
    lanes_of,
    matrix_head,
    matrix_row,
    returns_chart,
)
from ostrakon.pages.charts import two_bars
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import note
from ostrakon.pages.queue import outcome_in_words
from ostrakon.pages.table import Line, figure, table


def pictures(card: CampaignCard) -> Markup:
    """When, who and whom, and what chance would bring; what there is nothing to draw of is left out.

    Targets stand in the order in which the campaign fell upon them.
    """
    order = sorted(range(len(card.targets[:TARGETS])), key=lambda number: card.targets[number].first_at)
    targets = [card.targets[number] for number in order]
    return fragment(
        _lanes(targets, card.targets_all) if targets else None,
        _matrix(card, targets, order) if card.members and targets else None,
        _returns(card.bursts[:BURSTS], card) if card.seen or card.expected else None,
    )


# -- when each target was reported -----------------------------------------------------------------


def _lanes(targets: Sequence[Target], every: int) -> Markup:
    axis = axis_of(targets)
    lanes = lanes_of(targets, axis)
    height, stacked = lane_heights(lanes), deepest(lanes)
    rows = [
        _row(
            str(number),
            show_id(target.account),
            lane_chart(lane, axis, height, stacked),
            words.of_all(target.member_reports, target.reports),
        )
        for number, (target, lane) in enumerate(zip(targets, lanes, strict=True), 1)
    ]
    drawn = sum(len(lane.members) + len(lane.others) for lane in lanes)
    legend = h(
        "span",
        h("span", words.BY_MEMBERS, class_="key round"),
        " ",
        h("span", words.BY_OTHERS, class_="key stroke"),
        " ",
        h("span", words.line_every(axis.unit)),
        class_="legend",
    )
    chart = h(
        "div", _head(words.LANES_HEAD, None), h("ol", rows), _foot(axis_chart(axis)), class_="lanes times"
    )
    return fragment(
        figure(chart, _targets_table(targets), words.LANES, legend=legend),
        _left_out(
            words.shown_of(len(targets), every, "target", words.MOST_REPORTED),
            words.dots_drawn(drawn, sum(target.reports for target in targets)),
        ),
    )


def _row(number: str, name: Markup, chart: Markup, tally: str) -> Markup:
    return h(
        "li",
        h("span", number, class_="at"),
        h("span", name, class_="name"),
        chart,
        h("span", tally, class_="tally"),
    )


def _head(labels: Sequence[str], chart: Markup | None) -> Markup:
    """The headings of name and tally, with what stands above the pictures between them."""
    name, tally = labels
    return h(
        "div",
        h("span", class_="at"),
        h("span", name, class_="name"),
        chart or h("span", class_="chart"),
        h("span", tally, class_="tally"),
        class_="head",
    )


def _foot(chart: Markup) -> Markup:
    return h(
        "div",
        h("span", class_="at"),
        h("span", class_="name"),
        chart,
        h("span", class_="tally"),
        class_="foot",
    )


def _targets_table(targets: Sequence[Target]) -> Markup:
    lines = [
        Line(
            [
                rounding.count(number),
                show_id(target.account),
                rounding.count(target.member_reports),
                rounding.count(target.reports),
                wording.moment(in_utc(target.first_at)),
                wording.moment(in_utc(target.last_at)),
                outcome_in_words(target.outcome) if target.outcome else wording.UNDECIDED,
            ]
        )
        for number, target in enumerate(targets, 1)
    ]
    return table(words.LANES, words.TARGETS_HEAD, lines, kinds="ntnnttt", name_at=1)


def _left_out(*sentences: str | None) -> Markup | None:
    said = [sentence for sentence in sentences if sentence]
    return note(" ".join(said)) if said else None


# -- who reported whom -----------------------------------------------------------------------------


def _matrix(card: CampaignCard, targets: Sequence[Target], order: Sequence[int]) -> Markup:
    members = card.members[:MEMBERS]
    reported = _reported(card.pairs, order)
    rows = [
        _row(
            "",
            show_id(member.reporter),
            matrix_row(reported[number], len(targets)),
            words.of_all(len(reported[number]), len(targets)),
        )
        for number, member in enumerate(members)
    ]
    legend = h(
        "span",
        h("span", words.REPORTED, class_="key other"),
        " ",
        h("span", words.NOT_REPORTED, class_="key point"),
        class_="legend",
    )
    chart = h(
        "div",
        _head(words.MATRIX_HEAD, matrix_head(len(targets))),
        h("ol", rows),
        class_="lanes matrix",
    )
    return fragment(
        figure(chart, _members_table(members, reported, len(targets)), words.WHO_AND_WHOM, legend=legend),
        _left_out(
            words.MATRIX_NOTE,
            words.shown_of(len(members), card.members_all, "member", words.MOST_CERTAIN),
        ),
    )


def _reported(pairs: Sequence[tuple[int, int]], order: Sequence[int]) -> dict[int, list[int]]:
    """The targets of each member, as places in the order in which targets are shown."""
    place = {target: at for at, target in enumerate(order)}
    found: dict[int, set[int]] = defaultdict(set)
    for member, target in pairs:
        if target in place:
            found[member].add(place[target])
    return defaultdict(list, {member: sorted(places) for member, places in found.items()})


def _members_table(members: Sequence[Member], reported: dict[int, list[int]], targets: int) -> Markup:
    lines = [
        Line(
            [
                show_id(member.reporter),
                ", ".join(str(target + 1) for target in reported[number]),
                words.of_all(len(reported[number]), targets),
                rounding.count(member.seen),
                words.amount(member.expected),
                words.p_value(member.q_value),
            ]
        )
        for number, member in enumerate(members)
    ]
    return table(words.WHO_AND_WHOM, words.MEMBERS_HEAD, lines, kinds="ttnnnn")


# -- who came back, against chance -----------------------------------------------------------------


def _returns(bursts: Sequence[Burst], card: CampaignCard) -> Markup:
    legend = h(
        "span",
        h("span", words.RETURNS_SEEN, class_="key other"),
        " ",
        h("span", words.RETURNS_BY_CHANCE, class_="key line"),
        class_="legend",
    )
    return fragment(
        h(
            "div",
            _in_all(card),
            figure(returns_chart(bursts), _bursts_table(bursts), words.RETURNS, legend=legend),
            class_="returned",
        ),
        _left_out(
            words.BURST_NOTE, words.shown_of(len(bursts), card.bursts_all, "burst", words.FIRST_IN_TIME)
        ),
    )


def _in_all(card: CampaignCard) -> Markup:
    seen, expected = float(card.seen), card.expected
    by_chance, found = words.returns_compared(seen, expected)
    chart = two_bars((by_chance, expected), (found, seen), words.RETURNS_IN_ALL, f"{found}, {by_chance}")
    lines = [
        Line([words.RETURNS_BY_CHANCE, words.amount(expected)]),
        Line([words.RETURNS_SEEN, rounding.count(seen)]),
    ]
    return figure(
        chart,
        table(words.RETURNS_IN_ALL, wording.AMOUNT_HEAD, lines, kinds="tn"),
        words.RETURNS_IN_ALL,
    )


def _bursts_table(bursts: Sequence[Burst]) -> Markup:
    lines = [Line(_burst(number, burst)) for number, burst in enumerate(bursts, 1)]
    return table(words.RETURNS, words.RETURNS_HEAD, lines, kinds="ntnnnntt", name_at=1)


def _burst(number: int, burst: Burst) -> list[Child]:
    return [
        rounding.count(number),
        show_id(burst.account),
        rounding.count(burst.returning),
        words.amount(burst.returning_expected),
        rounding.count(burst.members),
        rounding.count(burst.reporters),
        wording.moment(in_utc(burst.first_at)),
        wording.moment(in_utc(burst.last_at)),
    ]
