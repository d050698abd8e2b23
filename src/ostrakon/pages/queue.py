"""The queue: what to look at first."""

from __future__ import annotations

from collections.abc import Sequence

from ostrakon.pages import rounding, wording
from ostrakon.pages.charts import histogram, histogram_table, interval_bar
from ostrakon.pages.html import Child, Markup, fragment, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.layout import note
from ostrakon.pages.links import Anchors, Row, campaign_links, link
from ostrakon.pages.table import Line, figure, table


def queue(rows: Sequence[Row], all_rows: int, probabilities: Sequence[float], anchors: Anchors) -> Markup:
    """The first rows of the queue, and how the whole of it is spread.

    Args:
        rows: the rows to show, with the columns of ``tables.QUEUE``.
        all_rows: how many there are.
        probabilities: of all rows; empty = no histogram.
    """
    if not rows:
        return note(wording.QUEUE_EMPTY)
    lines = [Line(_cells(row, anchors), anchors.rows.get((row["account"], row["policy"]))) for row in rows]
    spread = (
        figure(histogram(probabilities), histogram_table(probabilities), wording.QUEUE_HISTOGRAM)
        if len(probabilities) > 1
        else None
    )
    return fragment(
        h("p", wording.queue_lead(len(rows), all_rows), " ", wording.QUEUE_NOTE, class_="lead"),
        spread,
        h(
            "div",
            table(wording.QUEUE_TITLE, wording.QUEUE_HEAD, lines, kinds="ntttt", name_at=1),
            class_="stack queue",
        ),
    )


def estimated(value: float | None, low: float | None, high: float | None) -> Markup:
    """A probability as a bar and in figures: the content of one cell."""
    if value is None or low is None or high is None or not rounding.is_known(value):
        return h("span", rounding.UNKNOWN, class_="quiet")
    words = h(
        "span",
        h("b", rounding.percent(value)),
        " ",
        h("span", f"({rounding.interval(low, high)})", class_="quiet"),
    )
    return h("div", interval_bar(value, low, high), words, class_="estimate")


def outcome_in_words(outcome: str) -> Child:
    """What people decided; an outcome that the wording does not know is shown as it came."""
    return wording.OUTCOMES.get(outcome) or show_id(outcome, kind="policy")


def _cells(row: Row, anchors: Anchors) -> list[Child]:
    account, policy = row["account"], row["policy"]
    return [
        rounding.count(row["rank"]),
        h(
            "div",
            link(anchors.cards.get((account, policy)), show_id(account)),
            h("span", show_id(policy, kind="policy")),
            class_="who",
        ),
        h(
            "div",
            h("span", wording.reports_and_voices(row["reports"], row["independent_reports"])),
            h("span", wording.by_reporters(row["reporters"]), class_="quiet"),
            class_="who",
        ),
        estimated(row["probability"], row["probability_low"], row["probability_high"]),
        campaign_links(row["campaigns"], anchors),
        _decided(row["decided"]),
    ]


def _decided(outcome: str | None) -> Markup:
    if not outcome:
        return h("span", wording.UNDECIDED, class_="quiet")
    return h("span", outcome_in_words(outcome), class_="decided")
