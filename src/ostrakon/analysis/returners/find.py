"""From tables to links."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import expit

from ostrakon.analysis.log import Floats
from ostrakon.analysis.returners.bits import weights
from ostrakon.analysis.returners.channels import channel_names, passes
from ostrakon.analysis.returners.parameters import Parameters
from ostrakon.analysis.returners.results import Explanation, Returners
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
            suspended and should be as well known as the suspended ones: what is found behind them is false.
        follows: typed table ``tables.FOLLOWS``; a ``kind`` other than *follow* speaks against.
        reviews: typed table ``tables.REVIEWS``: what people found about earlier links.
    """
    looked = search(suspended, new, follows, placebo, parameters)
    weight = weights(looked.strangers)
    probability = expit(weight.total(looked.seen) * np.log(2) / 2 - np.log(looked.old.table.height + 1) / 2)
    return Returners(
        _links(looked, probability, parameters),
        pl.DataFrame(),
        None,
        None,
        None,
        {"new": len(looked.new), "suspended": looked.suspended, "pairs": len(looked.pairs)},
        parameters.as_dict(),
        lambda account, suspended_account: Explanation(account, suspended_account, (), (), (), None, None),
    )


def _links(looked: Search, probability: Floats, parameters: Parameters) -> pl.DataFrame:
    shown = passes(looked.seen) & ~looked.of_placebo & (probability >= parameters.least_probability)
    chosen = np.flatnonzero(shown)
    table = pl.DataFrame(
        {
            "account": looked.new.table["account"].gather(looked.pairs.new[chosen]),
            "suspended_account": looked.old.table["account"].gather(looked.pairs.row[chosen]),
            "probability": probability[chosen],
            "false_link_rate": pl.Series([None] * len(chosen), dtype=pl.Float64),
            "channels": pl.Series(channel_names(looked.seen[chosen]), dtype=pl.String),
        }
    ).sort("account", "probability", "suspended_account", descending=[False, True, False])
    ranked = table.with_columns(rank=pl.int_range(1, pl.len() + 1).over("account"))
    return ranked.filter(pl.col("rank") <= parameters.most_hypotheses).select(LINKS.names)
