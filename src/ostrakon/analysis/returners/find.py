"""From tables to links."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.returners.certainty import stands_out
from ostrakon.analysis.returners.channels import channel_names
from ostrakon.analysis.returners.explain import explainer
from ostrakon.analysis.returners.monitor import (
    GROUP_NAMES,
    by_name_group,
    name_groups,
    placebo_rate,
    reason_to_be_off,
    watched,
)
from ostrakon.analysis.returners.parameters import Parameters
from ostrakon.analysis.returners.results import Returners
from ostrakon.analysis.returners.scoring import Scores, scores
from ostrakon.analysis.returners.search import Search, search
from ostrakon.analysis.tables import LINKS

DEFAULT = Parameters()


def find_returners(
    suspended: pl.DataFrame,
    new: pl.DataFrame,
    *,
    follows: pl.DataFrame | None = None,
    placebo: pl.DataFrame | None = None,
    reviews: pl.DataFrame | None = None,
    parameters: Parameters = DEFAULT,
) -> Returners:
    """Which new accounts may be suspended ones who came back: hypotheses for people, never an action.

    Args:
        suspended, new, placebo: typed tables ``tables.SUSPENDED``, ``NEW`` and ``PLACEBO``. Placebo accounts were never
            suspended and should be as well known as the suspended ones: what is found behind them is false. Of
            accounts that stand twice in a table the first row counts.
        follows: typed table ``tables.FOLLOWS``; a ``kind`` other than *follow* speaks against.
        reviews: typed table ``tables.REVIEWS``: what people found about earlier links. A pair that was found
            different is not shown again.
    Returns:
        Without a placebo and without verdicts nobody knows how many links are false: ``false_link_rate`` is null,
        and the probability is a guess from assumed shares.
    Cost: about 0.4 CPU milliseconds a new account with a placebo, half of it without.
    """
    looked = search(suspended, new, follows, placebo, parameters)
    by = scores(looked, reviews)
    above = watched(looked, by, parameters)
    groups = by_name_group(looked, by, above, parameters)
    rate = placebo_rate(int(above.target.sum()), int(above.decoy.sum()), by.ratio)
    reason = reason_to_be_off(rate, parameters)
    shown = _shown(looked, by, groups, parameters)
    if reason is not None:
        shown[:] = False
    links = _links(looked, by, np.flatnonzero(shown))
    first = (by.rank == 1) & ~looked.of_placebo
    base_rate = float(by.probability[first].sum()) / max(len(looked.new), 1) if by.can_tell else None
    return Returners(
        links,
        groups,
        rate,
        reason,
        base_rate,
        _counts(looked, by, links, parameters),
        parameters.as_dict(),
        explainer(looked, by, base_rate),
    )


def _shown(of: Search, by: Scores, groups: pl.DataFrame, parameters: Parameters) -> NDArray[np.bool_]:
    """(P,) what people are shown: the best few of each account, where its group is not switched off."""
    shown = (by.rank >= 1) & (by.rank <= parameters.most_hypotheses) & ~of.of_placebo
    shown &= by.probability >= parameters.least_probability
    if not by.can_tell:
        shown &= stands_out(np.where(shown, by.probability, 0.0), of.pairs.new, len(of.new))
    off = groups.filter("is_switched_off")["name_group"].to_list()
    if off:
        is_off = np.isin(np.array(GROUP_NAMES)[name_groups(of)], off)
        shown &= ~is_off[of.pairs.new]
    shown[by.verdicts.pair[~by.verdicts.same]] = False
    return shown


def _links(of: Search, by: Scores, pairs: NDArray[np.int64]) -> pl.DataFrame:
    """The columns of ``tables.LINKS``; ranks count what is shown."""
    rate = pl.Series("false_link_rate", by.rate[pairs], dtype=pl.Float64).fill_nan(None)
    table = pl.DataFrame(
        {
            "account": of.new.table["account"].gather(of.pairs.new[pairs]),
            "suspended_account": of.old.table["account"].gather(of.pairs.row[pairs]),
            "probability": by.probability[pairs],
            "false_link_rate": rate,
            "channels": pl.Series(channel_names(of.seen[pairs]), dtype=pl.String),
            "before": by.rank[pairs],
        }
    ).sort("account", "before")
    return table.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("account")).select(
        LINKS.names
    )


def _counts(of: Search, by: Scores, links: pl.DataFrame, parameters: Parameters) -> dict[str, int]:
    """For a summary."""
    return {
        "new": len(of.new),
        "suspended": of.suspended,
        "placebo": int(of.is_placebo.sum()),
        "follows": of.edges.closeness.height,
        "hostile_edges": of.edges.hostility.height,
        "pairs": int((~of.of_placebo).sum()),
        "placebo_pairs": int(of.of_placebo.sum()),
        "copies_left_out": of.copies,
        "verdicts_used": len(by.verdicts) if by.verdicts.are_enough else 0,
        "verdicts_same": int(by.verdicts.same.sum()),
        "linked_accounts": links["account"].n_unique(),
        "links": links.height,
        "suggested": links.filter(pl.col("false_link_rate") <= parameters.suggested_rate).height,
    }
