"""Two public sets of people who came back to Wikipedia, for those who can download them; neither comes with Ostrakon.

* WikiBanEvasion: M. Niverthi, G. Verma, S. Kumar, "Characterizing, Detecting, and Predicting Online Ban Evasion", WWW
  2022: pairs of a banned account and the next one of the same person (``evasion_pairs_meta.csv``).
* WikiSocks: L. Raszewski, C. De Kock, "Detecting Sockpuppetry on Wikipedia Using Meta-Learning", ACL 2025: a file an
  investigation, a row a contribution, with users of the same pages and times who are no socks.

Both name people. Evaluate with them, publish no name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ostrakon.errors import NoSuchColumn, UnreadableFile

PAIR_COLUMNS = (
    "parent-username", "parent-creation-time", "parent-block-time", "child-username", "child-creation-time",
)  # fmt: skip
CONTRIBUTION_COLUMNS = ("timestamp", "sock", "user", "page", "message")
UNDONE = r"\[\[Special:Contributions/([^|\]]+)"
"""The wiki's own words name whom an edit undoes."""
IS_REVERT = r"(?i)\b(?:undid|undo|revert(?:ed|ing)?|rvv?)\b"


@dataclass(frozen=True)
class EvasionPairs:
    """Typed tables for ``find_returners``, and the truth."""

    suspended: pl.DataFrame
    new: pl.DataFrame
    truth: pl.DataFrame
    """account, suspended_account"""


@dataclass(frozen=True)
class Investigation:
    """One investigation of WikiSocks."""

    accounts: pl.DataFrame
    """account, handle, created_at (the first contribution that is known), is_sock"""
    follows: pl.DataFrame
    """follower, followee, kind: pages as whom one follows, and users whom one reverts."""


def read_evasion_pairs(file: Path) -> EvasionPairs:
    """The metadata of WikiBanEvasion. Times are UTC.

    Raises:
        UnreadableFile, NoSuchColumn: where it is no such file.
    """
    table = _read(file, PAIR_COLUMNS)
    when = pl.selectors.ends_with("-time").str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
    table = table.with_columns(when)
    suspended = table.select(
        account="parent-username",
        handle="parent-username",
        created_at="parent-creation-time",
        suspended_at="parent-block-time",
    )
    new = table.select(account="child-username", handle="child-username", created_at="child-creation-time")
    truth = table.select(account="child-username", suspended_account="parent-username")
    return EvasionPairs(*(part.unique(maintain_order=True) for part in (suspended, new, truth)))


def read_investigation(file: Path) -> Investigation:
    """One file of WikiSocks. A user's pages are his circle; who undoes somebody's edit is no friend of his.

    Raises:
        UnreadableFile, NoSuchColumn: where it is no such file.
    """
    table = _read(file, CONTRIBUTION_COLUMNS).with_columns(
        at=pl.col("timestamp").str.to_datetime(time_unit="us", time_zone="UTC", strict=False),
        is_revert=pl.col("message").fill_null("").str.contains(IS_REVERT),
    )
    accounts = table.group_by(account="user", maintain_order=True).agg(
        handle=pl.col("user").first(),
        created_at=pl.col("at").min(),
        is_sock=(pl.col("sock") == "1").any(),
    )
    undone = table.filter("is_revert").select(
        follower="user", followee=pl.col("message").str.extract(UNDONE), kind=pl.lit("revert")
    )
    kind = pl.when("is_revert").then(pl.lit("revert")).otherwise(pl.lit("follow"))
    pages = table.select(follower="user", followee=pl.format("page:{}", "page"), kind=kind)
    both = pl.concat([pages, undone]).drop_nulls().unique(maintain_order=True)
    return Investigation(accounts, both)


def _read(file: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    """All cells as text, for some names are numbers."""
    try:
        table = pl.read_csv(file, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise UnreadableFile(f"{file} cannot be read as CSV: {problem}") from problem
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise NoSuchColumn(f"{file} has no column {missing[0]!r}; it has {', '.join(table.columns)}")
    return table
