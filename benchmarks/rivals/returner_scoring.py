"""How right links are: a world and its links in, how right they are out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ostrakon.worlds.returners import ReturnerWorld

LEVELS = (0.90, 0.95, 0.99)


@dataclass(frozen=True)
class Quality:
    """Of one search, or of one rule."""

    ap: float
    """Average precision over pairs; a pair that is not shown is never found."""
    recall: dict[float, float]
    """Share of all returners who are linked rightly at first rank while so many links are right."""
    fresh: float
    """Recall at precision .95 of returners with a wholly new handle."""
    at_half: float
    """Precision at recall .50."""


def with_truth(world: ReturnerWorld, links: pl.DataFrame) -> pl.DataFrame:
    """The links with ``is_true``."""
    truth = world.truth.with_columns(is_true=True)
    return links.join(
        truth, on=["account", "suspended_account"], how="left", maintain_order="left"
    ).with_columns(pl.col("is_true").fill_null(False))


def quality(world: ReturnerWorld, links: pl.DataFrame) -> Quality:
    """``links``: account, suspended_account, rank, probability (any score does)."""
    told = with_truth(world, links).sort("probability", descending=True, maintain_order=True)
    right = told["is_true"].to_numpy()
    ap = float((right * np.cumsum(right) / np.arange(1, len(right) + 1)).sum() / max(world.truth.height, 1))
    first = told.filter(pl.col("rank") == 1)
    hits = np.cumsum(first["is_true"].to_numpy())
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / max(world.truth["account"].n_unique(), 1)
    reached = {level: float(recall[precision >= level].max(initial=0.0)) for level in LEVELS}
    half = precision[recall >= 0.5].max(initial=0.0)
    return Quality(ap, reached, _fresh(world, first, precision), float(half))


def _fresh(world: ReturnerWorld, first: pl.DataFrame, precision: np.ndarray) -> float:
    good = np.flatnonzero(precision >= 0.95)
    shown = first.head(int(good[-1]) + 1 if len(good) else 0).filter("is_true")
    new = world.kinds.filter((pl.col("kind") == "returner") & (pl.col("way") == "fresh"))
    return shown.join(new, on="account", how="semi").height / max(new.height, 1)


def truly_false(world: ReturnerWorld, links: pl.DataFrame, stated: float) -> tuple[float, int]:
    """Share of false ones among the links that are stated to be so pure, and how many those are."""
    sure = with_truth(world, links.filter(pl.col("false_link_rate") <= stated))
    return (1 - float(sure["is_true"].mean()) if sure.height else float("nan")), sure.height


def wronged(world: ReturnerWorld, links: pl.DataFrame, stated: float) -> dict[str, float]:
    """Share of each kind of new account that is wrongly linked at first rank by links stated to be so pure."""
    return {kind: count / size for kind, (count, size) in wrong_by("kind", world, links, stated).items()}


def wrong_by(
    what: str, world: ReturnerWorld, links: pl.DataFrame, stated: float
) -> dict[str, tuple[int, int]]:
    """How many new accounts of each ``what`` (kind, language) are wrongly linked at first rank, and of how many."""
    sure = with_truth(world, links.filter((pl.col("false_link_rate") <= stated) & (pl.col("rank") == 1)))
    wrong = sure.filter(~pl.col("is_true")).join(world.kinds, on="account")
    count = dict(wrong.group_by(what).len().iter_rows())
    sizes = world.kinds.group_by(what).len().sort(what)
    return {each: (count.get(each, 0), size) for each, size in sizes.iter_rows()}


def verdicts(world: ReturnerWorld, links: pl.DataFrame) -> pl.DataFrame:
    """What reviewers who never err would say of these links."""
    said = pl.when("is_true").then(pl.lit("same")).otherwise(pl.lit("different"))
    return with_truth(world, links).select("account", "suspended_account", verdict=said)
