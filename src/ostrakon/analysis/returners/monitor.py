"""The placebo watches: how often would the same search have linked somebody to an account that was never suspended?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes
from ostrakon.analysis.returners.parameters import Parameters
from ostrakon.analysis.returners.results import Rate
from ostrakon.analysis.returners.scoring import Scores
from ostrakon.analysis.returners.search import Search
from ostrakon.analysis.wilson import wilson

FEWEST_WATCHED = 15
"""Where fewer links are suggested, so many of the best are watched."""
GROUPS = {
    "name_group": pl.String(),
    "new": pl.Int64(),
    "linked": pl.Int64(),
    "placebo_linked": pl.Int64(),
    "false_link_rate": pl.Float64(),
    "false_link_rate_low": pl.Float64(),
    "false_link_rate_high": pl.Float64(),
    "is_switched_off": pl.Boolean(),
}


@dataclass(frozen=True)
class Watched:
    """First links above the line, and what the placebo has above it."""

    target: NDArray[np.bool_]
    """(P,)"""
    decoy: NDArray[np.bool_]


def watched(of: Search, by: Scores, parameters: Parameters) -> Watched:
    """The suggestions; where they are few, the best links whatever their rate."""
    first = (by.rank == 1) & ~of.of_placebo
    suggested = first & (by.rate <= parameters.suggested_rate)
    count = max(int(suggested.sum()), min(FEWEST_WATCHED, int(first.sum())))
    if count == 0:
        nobody = np.zeros(len(first), np.bool_)
        return Watched(nobody, nobody)
    line = np.sort(by.score[first])[::-1][count - 1]
    above = (by.rank == 1) & (by.score >= line)
    return Watched(above & ~of.of_placebo, above & of.of_placebo)


def placebo_rate(linked: int, of_placebo: int, ratio: float) -> Rate | None:
    """Share of false ones among ``linked``; None where nothing was linked or there is no placebo."""
    if not ratio or not linked:
        return None
    false = min(of_placebo * ratio, float(linked))
    low, high = wilson(false, linked)
    return Rate(false / linked, low, high)


def reason_to_be_off(rate: Rate | None, parameters: Parameters) -> str | None:
    """Why no suggestion is made; None where they are."""
    if rate is None or rate.low <= parameters.limit:
        return None
    return (
        f"The same search links so many new accounts to accounts that were never suspended that {rate.value:.0%} of "
        f"the links are false (at least {rate.low:.0%}; the limit is {parameters.limit:.0%}). No link is suggested."
    )


def by_name_group(of: Search, by: Scores, above: Watched, parameters: Parameters) -> pl.DataFrame:
    """The watched links by script and commonness of the new account's names, with intervals."""
    group = name_groups(of)
    found = []
    for number, name in enumerate(GROUP_NAMES):
        mine = group == number
        if not mine.any():
            continue
        linked = int((above.target & mine[of.pairs.new]).sum())
        false = int((above.decoy & mine[of.pairs.new]).sum())
        rate = placebo_rate(linked, false, by.ratio)
        ends = (None, None, None) if rate is None else (rate.value, rate.low, rate.high)
        is_off = rate is not None and reason_to_be_off(rate, parameters) is not None
        found.append((name, int(mine.sum()), linked, false, *ends, is_off))
    return pl.DataFrame(found, schema=GROUPS, orient="row")


SCRIPTS = {
    "Latin": r"\p{Latin}",
    "Arabic": r"\p{Arabic}",
    "Cyrillic": r"\p{Cyrillic}",
    "Han, Kana or Hangul": r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]",
    "Hebrew": r"\p{Hebrew}",
    "Greek": r"\p{Greek}",
    "Indic": r"[\p{Devanagari}\p{Bengali}\p{Tamil}\p{Telugu}\p{Gurmukhi}\p{Gujarati}]",
}
"""Scripts that are told apart; a name with letters of several is counted with the last of them here."""
GROUP_NAMES = tuple(f"{script}, {kind} name" for script in (*SCRIPTS, "other") for kind in ("own", "common"))


def name_groups(of: Search) -> Codes:
    """(N,) place in ``GROUP_NAMES`` of each new account."""
    table = of.new.table
    shown = table.get_column("display_name", default=pl.repeat("", table.height, dtype=pl.String, eager=True))
    names = table["handle"] + " " + shown.fill_null("")
    script = np.full(table.height, len(SCRIPTS), np.int32)
    for number, pattern in enumerate(SCRIPTS.values()):
        script[names.str.contains(pattern).to_numpy()] = number
    found: Codes = script * 2 + of.has_common_name.astype(np.int32)
    return found
