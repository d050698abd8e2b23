"""What a group lost: how many of it were shut out, and for how many days before they were let back in."""

from __future__ import annotations

import polars as pl

from ostrakon.analysis.figures import Measured, exact
from ostrakon.impact.inputs import Tables

DAY_S = 86_400


def collateral(tables: Tables) -> Measured:
    """Counted, of those that are known.

    Args:
        tables: ``suspensions``, not empty: account, suspended_at, reinstated_at.
    """
    shut = tables["suspensions"]
    back = shut.filter(pl.col("reinstated_at") >= pl.col("suspended_at"))
    lasted = back.select((pl.col("reinstated_at") - pl.col("suspended_at")).dt.total_seconds().sum() / DAY_S)
    figures = (
        exact("suspended", shut["account"].n_unique(), "accounts", "accounts that were ever suspended"),
        exact("let_back_in", back["account"].n_unique(), "accounts", "of them, those that were reinstated"),
        exact(
            "days_lost",
            round(lasted.item(), 1),
            "account days",
            "their days from suspension to reinstatement",
        ),
    )
    return Measured(figures, {})
