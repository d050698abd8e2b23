"""The same method where nothing happened: at dates before any treatment, and on units that were left alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ostrakon.analysis.effect.answer import Answer
from ostrakon.analysis.effect.differences import Weigher, cohorts_of, compared, placebos
from ostrakon.analysis.effect.histories import matched, window_of
from ostrakon.analysis.effect.panel import Panel
from ostrakon.analysis.log import Floats

LEAST_BEFORE = 10
MOST_UNITS = 50
DATES = (0.6, 0.8)
"""Of the periods before the first treatment."""


def before_anything(panel: Panel, weigher: Weigher, seed: int) -> Iterable[tuple[str, Answer]]:
    """Treated units at made-up dates, on the periods before anybody was treated."""
    first = int(panel.onset[panel.treated].min())
    is_treated = np.isin(np.arange(len(panel.units)), panel.treated)
    for share in DATES:
        date = int(share * first)
        if date >= LEAST_BEFORE and date < first:
            onset = np.where(is_treated, date, first)
            early = replace(panel, outcome=panel.outcome[:, :first], onset=onset)
            yield f"{first - date} periods early", compared(early, "", weigher, seed)


def histories_before(panel: Panel) -> Iterable[tuple[str, Answer]]:
    """Treated units so early that neither their treatment nor the surge that led to it is looked at.

    Whoever is chosen for a surge surges before the treatment: a date just before it finds that surge, always. It takes
    about as long to begin as it is then looked at, so two stretches of recent periods are left out.
    """
    window = window_of(panel)
    if window is None:
        return
    shift = window.after + 2 * window.back.recent
    early = np.where(panel.onset < panel.periods, panel.onset - shift, panel.periods)
    rows = np.flatnonzero((panel.onset >= panel.periods) | (early >= window.before))
    found = matched(replace(panel.take(rows), onset=early[rows]))
    if found is not None:
        yield f"{shift} periods early", found.answer


def on_others(panel: Panel, weigher: Weigher) -> tuple[list[str], Floats]:
    """Names and effects of untreated units, evenly chosen, each taken as treated at the most frequent date."""
    cohorts, clean = cohorts_of(panel), panel.clean
    largest = max(cohorts, key=lambda one: len(one.rows))
    one = replace(largest, rows=largest.rows[:1])
    chosen = np.unique(np.linspace(0, len(clean) - 1, min(len(clean), MOST_UNITS)).astype(np.int64))
    places = np.arange(len(clean))
    orders = [np.concatenate([[place], places[places != place]]) for place in chosen]
    return panel.units.gather(clean[chosen]).to_list(), placebos(panel, [one], weigher, orders)
