"""Why an account stands where it stands: one card, reasons before numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ostrakon.pages import rounding, wording
from ostrakon.pages.charts import interval_bar, moved_bar, timeline, timeline_table
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import note
from ostrakon.pages.links import Anchors, campaign_links, link
from ostrakon.pages.queue import estimated, outcome_in_words
from ostrakon.pages.table import Line, figure, spaced, table

if TYPE_CHECKING:  # the pages need nothing but the standard library at run time
    from ostrakon.analysis.worth.explain import Explanation, Voice

NAMED = 3
"""Members of a campaign that are named beside its record; all of them stand in campaign_members.csv."""


def card(explanation: Explanation, anchors: Anchors, together: Sequence[datetime] = ()) -> Markup:
    """Everything about one account and policy; ``together`` are the times of reports that came from campaigns."""
    case = (explanation.account, explanation.policy)
    return h(
        "article",
        h("h3", show_id(explanation.account), " ", show_id(explanation.policy, kind="policy")),
        _reasons(explanation),
        _number(explanation, anchors.rows.get(case)),
        _timeline(explanation.times, together),
        _voices(explanation, anchors),
        id=anchors.cards.get(case),
        class_="card",
    )


def _reasons(explanation: Explanation) -> Markup:
    return h(
        "div",
        _list(wording.SPEAKS_FOR, explanation.reasons_for, wording.NO_REASON_FOR),
        _list(wording.SPEAKS_AGAINST, explanation.reasons_against, wording.NO_REASON_AGAINST),
        class_="reasons",
    )


def _list(title: str, reasons: Sequence[str], none: str) -> Markup:
    items = [h("li", h("bdi", reason)) for reason in reasons] or [h("li", none, class_="quiet")]
    return h("div", h("h4", title), h("ul", items))


def _number(explanation: Explanation, row: str | None) -> Markup:
    p = explanation.probability
    return h(
        "div",
        h(
            "div",
            h(
                "p",
                h("b", rounding.percent(p.value)),
                " ",
                h("span", f"({rounding.interval(p.low, p.high)})"),
                class_="big",
            ),
            interval_bar(p.value, p.low, p.high, mark=explanation.base_rate),
            class_="shown",
        ),
        h("p", spaced(_facts(explanation, row))),
        class_="number",
    )


def _facts(explanation: Explanation, row: str | None) -> list[Child]:
    facts: list[Child] = [
        h("strong", wording.reports_and_voices(explanation.reports, explanation.independent_reports)),
        f"{wording.by_reporters(explanation.reporters)}.",
        *[
            h("span", phrase, class_="unbroken")
            for phrase in wording.arrived(explanation.first_at, explanation.last_at)
        ],
        wording.exposure(explanation.exposure),
        wording.base_rate(explanation.base_rate),
    ]
    if explanation.decided:
        facts += [wording.DECIDED, fragment(outcome_in_words(explanation.decided), "."), wording.DECIDED_NOTE]
    if row:
        facts.append(link(row, wording.IN_THE_QUEUE))
    return facts


def _timeline(times: Sequence[datetime], together: Sequence[datetime]) -> Markup | None:
    if not times:
        return None
    legend = (
        h(
            "span",
            h("span", wording.ALONE, class_="key full"),
            " ",
            h("span", wording.TOGETHER, class_="key other"),
            class_="legend",
        )
        if together
        else None
    )
    return figure(timeline(times, together), timeline_table(times, together), wording.TIMELINE, legend=legend)


def _voices(explanation: Explanation, anchors: Anchors) -> Markup:
    if not explanation.voices:
        return note(wording.NO_VOICES)
    widest = max(abs(voice.moved) for voice in explanation.voices)
    lines = [Line(_cells(voice, widest, anchors)) for voice in explanation.voices]
    rest = note(wording.other_voices(explanation.other_voices)) if explanation.other_voices else None
    voices = table(wording.VOICES, wording.VOICE_HEAD, lines, kinds="tttnt")
    return fragment(h("div", voices, class_="stack voices"), rest)


def _cells(voice: Voice, widest: float, anchors: Anchors) -> list[Child]:
    p = voice.precision
    return [
        _who(voice, anchors),
        (wording.record if len(voice.reporters) == 1 else wording.mean_record)(voice.decided, voice.upheld),
        estimated(p.value, p.low, p.high),
        rounding.weight(voice.weight),
        h("div", moved_bar(voice.moved, widest), h("b", rounding.points(voice.moved)), class_="movement"),
    ]


def _who(voice: Voice, anchors: Anchors) -> Markup:
    names = [show_id(name) for name in voice.reporters[:NAMED]]
    more = len(voice.reporters) - len(names)
    return h(
        "div",
        h("span", wording.together(len(voice.reporters)), " ", campaign_links(voice.campaign, anchors))
        if voice.campaign
        else None,
        h("span", spaced([*names, h("span", wording.more_names(more), class_="quiet") if more else None])),
        class_="who",
    )
