"""Real ratings between real people, made into a job for a scorer: reports, some decisions, and verdicts held out.

A *trusted group* of members stands in for the moderators. Its ratings are the verdicts and nothing else: no rating by
a trusted member becomes a report, an exposure or an age. A negative rating by anybody else is a report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sp

from ostrakon.worlds.files import as_text

FILE = "bitcoin_alpha_ratings.csv"
DAMPING = 0.85
AUDIT = 0.2
"""Share of the decisions that are drawn at random, in every selection but the random one."""


@dataclass(frozen=True)
class Settings:
    """One way to make the job."""

    group: str = "early-50"
    """Who is trusted: see :data:`GROUPS`."""
    share: float = 0.3
    """Share of the verdicts that is given as decisions."""
    selection: str = "queue"
    """Which verdicts are given: see :data:`SELECTIONS`."""
    exposure: str = "ratings"
    """What is told as views: see :data:`EXPOSURES`."""
    ages: bool = True
    """Whether it is told when accounts and reporters came."""
    truth: str = "mean"
    """When a member violates: see :data:`TRUTHS`."""
    shuffled: bool = False
    """Whether the verdicts are dealt out anew at random: nothing can be learned then."""


@dataclass(frozen=True)
class Job:
    """What a scorer may read, and beside it the verdicts that it may not."""

    settings: Settings
    seed: int
    reports: pl.DataFrame
    decisions: pl.DataFrame
    accounts: pl.DataFrame
    reporters: pl.DataFrame
    held_out: pl.DataFrame
    """account, violates: reported members with a verdict that was not given."""

    def write(self, folder: Path) -> None:
        """The four files of the contract, and held_out.csv, which is for the judge alone."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("reports", "decisions", "accounts", "reporters", "held_out"):
            as_text(getattr(self, name)).write_csv(folder / f"{name}.csv")


def read(folder: Path) -> pl.DataFrame:
    """The ratings: source, target, weight, at."""
    columns = {"source": pl.String, "target": pl.String, "weight": pl.Int64, "timestamp": pl.Int64}
    frame = pl.read_csv(folder / FILE, schema_overrides=columns)
    at = pl.from_epoch("timestamp").dt.cast_time_unit("us").dt.replace_time_zone("UTC")
    return frame.select("source", "target", "weight", at=at)


# -- who is trusted ------------------------------------------------------------------------------


def early(ratings: pl.DataFrame, count: int) -> list[str]:
    """The members with the most positive ratings by the day on which half of all ratings had been given."""
    middle = ratings["at"].sort()[ratings.height // 2]
    return _most(ratings.filter((pl.col("weight") > 0) & (pl.col("at") < middle))["target"], count)


def pagerank(ratings: pl.DataFrame, count: int) -> list[str]:
    """The members whom trusted members trust: PageRank over all positive ratings, weighted by their height."""
    likes = ratings.filter(pl.col("weight") > 0)
    ids = pl.concat([likes["source"], likes["target"]]).unique().sort()
    place = pl.DataFrame({"id": ids}).with_row_index("place")
    ends = [
        likes.select(id=end).join(place, on="id", how="left", maintain_order="left")["place"].to_numpy()
        for end in ("source", "target")
    ]
    height = likes["weight"].to_numpy().astype(float)
    given = np.bincount(ends[0], height, minlength=len(ids))
    passed_on = sp.csr_array((height / given[ends[0]], (ends[1], ends[0])), shape=(len(ids), len(ids)))
    rank = np.full(len(ids), 1 / len(ids))
    for _ in range(100):
        rank = DAMPING * (passed_on @ rank + rank[given == 0].sum() / len(ids)) + (1 - DAMPING) / len(ids)
    return ids.gather(np.argsort(-rank, kind="stable")[:count]).to_list()


def founder(ratings: pl.DataFrame, least: int) -> list[str]:
    """The member with the most positive ratings, and those whom that member rated at least so high."""
    (first,) = _most(ratings.filter(pl.col("weight") > 0)["target"], 1)
    liked = ratings.filter((pl.col("source") == first) & (pl.col("weight") >= least))["target"]
    return [first, *liked.sort()]


def _most(ids: pl.Series, count: int) -> list[str]:
    often = ids.alias("id").to_frame().group_by("id").len()
    return often.sort("len", "id", descending=[True, False])["id"].head(count).to_list()


GROUPS: dict[str, Callable[[pl.DataFrame, int], list[str]]] = {
    "early": early,
    "pagerank": pagerank,
    "founder": founder,
}
"""By the first half of a group's name; the second is a number: early-50, pagerank-20, founder-3."""


def trusted(ratings: pl.DataFrame, name: str) -> list[str]:
    """The members of a group."""
    kind, _, number = name.partition("-")
    if kind not in GROUPS or not number.isdecimal():
        raise ValueError(f"{name}: a group is one of {', '.join(f'{kind}-N' for kind in GROUPS)}")
    return GROUPS[kind](ratings, int(number))


# -- what they found, and what everybody else said -------------------------------------------------

TRUTHS: dict[str, pl.Expr] = {
    "mean": pl.len() > 0,
    "unanimous": (pl.col("weight") > 0).all() | (pl.col("weight") < 0).all(),
    "two": pl.len() >= 2,
}
"""Whose verdict counts: every member's whom the group rated; where all of it agreed; where two or more rated."""


def verdicts(ratings: pl.DataFrame, group: list[str], truth: str = "mean") -> pl.DataFrame:
    """account, violates: the sign of the group's mean rating of each other member; a mean of 0 is no verdict."""
    given = ratings.filter(_in("source", group) & ~_in("target", group))
    found = given.group_by(account="target").agg(mean=pl.col("weight").mean(), counts=TRUTHS[truth])
    found = found.filter(pl.col("counts") & (pl.col("mean") != 0))
    return found.select("account", violates=pl.col("mean") < 0).sort("account")


def reports(ratings: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """The negative ratings by everybody else; those of trusted members as well, for a platform would have them."""
    found = outside(ratings, group).filter(pl.col("weight") < 0)
    return found.select(reporter="source", account="target", reported_at="at")


def outside(ratings: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """The ratings by people outside the group."""
    return ratings.filter(~_in("source", group))


def first_days(ratings: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """member, created_at: the first day on which each outsider rated another outsider or was rated by one.

    Who deals with a trusted member is often rated by that member on the same day, so these days would tell when the
    verdict fell. A trusted member has no such day: unknown.
    """
    seen = outside(ratings, group).filter(~_in("target", group))
    both = [seen.select(member=end, created_at="at") for end in ("source", "target")]
    return pl.concat(both).group_by("member").agg(pl.col("created_at").min()).sort("member")


EXPOSURES = {"ratings": 1, "hundredfold": 100, "none": 0}
"""Views for each rating received from outside the group: what is counted, the same in another unit, or nothing."""


def accounts(ratings: pl.DataFrame, group: list[str], exposure: str = "ratings") -> pl.DataFrame:
    """Reported members with their first day and how many outsiders dealt with them, where that is told."""
    received = outside(ratings, group).group_by(account="target").agg(views=pl.len().cast(pl.Float64))
    born = first_days(ratings, group).rename({"member": "account"})
    found = reports(ratings, group).select("account").unique().sort("account")
    found = found.join(born, on="account", how="left", maintain_order="left")
    if not EXPOSURES[exposure]:
        return found
    return found.join(received, on="account", how="left", maintain_order="left").with_columns(
        pl.col("views") * EXPOSURES[exposure]
    )


def reporters(ratings: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """Those who reported, with their first day."""
    born = first_days(ratings, group).rename({"member": "reporter"})
    found = reports(ratings, group).select("reporter").unique().sort("reporter")
    return found.join(born, on="reporter", how="left", maintain_order="left")


def _in(column: str, group: list[str]) -> pl.Expr:
    return pl.col(column).is_in(group)


# -- which verdicts are given --------------------------------------------------------------------

SELECTIONS = ("queue", "strict queue", "random")
"""Drawn one after another with odds proportional to the reports; from the most reported down; evenly."""


def choose(count: np.ndarray, settings: Settings, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Which rows are decided through the queue, and which by a random audit; ``count`` is each row's reports."""
    wanted = round(settings.share * len(count))
    audits = wanted if settings.selection == "random" else round(AUDIT * wanted)
    chance = rng.random(len(count))
    # Efraimidis and Spirakis (2006): the largest u^(1/w) are a weighted draw without replacement.
    drawn = np.log(chance) / count if settings.selection == "queue" else count + chance
    queue = np.argsort(-drawn, kind="stable")[: wanted - audits]
    rest = np.setdiff1d(np.arange(len(count)), queue)
    return queue, rng.choice(rest, audits, replace=False)


def job(ratings: pl.DataFrame, settings: Settings, seed: int) -> Job:
    """The whole job; the seed draws which verdicts are given."""
    rng = np.random.default_rng(seed)
    group = trusted(ratings, settings.group)
    said = reports(ratings, group)
    counts = said.group_by("account").agg(count=pl.len())
    judged = verdicts(ratings, group, settings.truth).join(counts, on="account").sort("account")
    if settings.shuffled:
        judged = judged.with_columns(pl.Series("violates", rng.permutation(judged["violates"].to_numpy())))
    queue, audit = choose(judged["count"].to_numpy().astype(float), settings, rng)
    given = judged[np.concatenate([queue, audit])].select(
        "account",
        outcome=pl.when("violates").then(pl.lit("upheld")).otherwise(pl.lit("rejected")),
        selection=pl.Series(["queue"] * len(queue) + ["audit"] * len(audit), dtype=pl.String),
    )
    untold = [] if settings.ages else ["created_at"]
    return Job(
        settings=settings,
        seed=seed,
        reports=said,
        decisions=given.sort("account"),
        accounts=accounts(ratings, group, settings.exposure).drop(untold),
        reporters=reporters(ratings, group).drop(untold),
        held_out=judged.join(given, on="account", how="anti").select("account", "violates"),
    )
