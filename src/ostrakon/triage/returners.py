"""Looks for returners: new accounts of one platform, each for a reason, among its suspended ones. Heavy.

Nothing here acts: what is found is kept as hypotheses for people. Who is suspended, and what people said about earlier
links, comes down from casework as accounts and a table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

import polars as pl
from django.db.models import QuerySet

from ostrakon import __version__
from ostrakon.analysis.returners import Explanation, Parameters, Returners, find_returners
from ostrakon.intake import profile_frames
from ostrakon.intake.models import Account
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.triage.inputs import sha256
from ostrakon.triage.models import Link, LinkSearch
from ostrakon.triage.weighing import method

NEIGHBOURS = 20
"""Shared neighbours that are kept with a link, the rarest first."""
NEAR = 3
"""Rare accounts that somebody follows as a suspended account did: then there is a reason to look."""
RARE = 300
"""Followers, among those whose follows are known, up to which an account is rare."""
LONGEST_WHY = 500


@dataclass(frozen=True)
class Asked:
    """What a search is asked for; all accounts are of ``platform``."""

    platform: str
    as_of: datetime
    after_report: int
    last_report: int
    after_profile: datetime | None
    suspended: QuerySet[Account]
    reported: QuerySet[Account]
    """New accounts that were reported: they are searched for."""
    told: QuerySet[Account]
    """New accounts of which the platform told something: searched for where they keep a suspended one's company."""
    placebo: QuerySet[Account]
    """Never suspended, and as well known: what is found behind them is wrong."""
    suspended_at: Mapping[str, datetime]
    """By the platform's id."""
    reviews: pl.DataFrame
    """account, suspended_account, verdict, by the platform's ids."""
    reviewed: QuerySet[Account]
    """The new accounts of the reviews: they are learned from."""
    seed: int


@dataclass(frozen=True)
class Searched:
    """What came of it, not kept yet."""

    search: LinkSearch
    """Not saved."""
    links: Sequence[Link]
    """Not saved: by account and rank, with ``account`` and ``suspended_account``."""


@dataclass(frozen=True)
class _Tables:
    suspended: pl.DataFrame
    new: pl.DataFrame
    follows: pl.DataFrame
    placebo: pl.DataFrame
    reviews: pl.DataFrame
    asked_for: frozenset[str]

    @property
    def sha256(self) -> str:
        """Of all cells that were read."""
        return sha256([self.suspended, self.new, self.follows, self.placebo, self.reviews])


def look(asked: Asked, started_at: datetime) -> Searched:
    """Search, without any lock; ``keep_links`` keeps what came of it."""
    read = _read(asked)
    found = _found(read, asked.seed)
    links = [] if found is None or found.switched_off is not None else list(_links(found, read, asked))
    return Searched(_search(asked, read, found, started_at), links)


def keep_links(searched: Searched, suspended: Collection[int], now: datetime) -> LinkSearch:
    """Keep a search and its links, in the caller's transaction, which holds the cases of who is suspended.

    A pair that people have seen, or that was revoked, is never kept again; one account has three that wait at most.

    Args:
        suspended: ids of the accounts that are still suspended.
    """
    fit = [link for link in searched.links if link.suspended_account_id in suspended]
    accounts = [link.account_id for link in fit]
    known = Link.objects.filter(account__in=accounts).exclude(status=Link.Status.EXPIRED)
    taken = set(known.values_list("account", "suspended_account"))
    waiting: dict[int, set[int]] = {}
    for account, rank in known.filter(status=Link.Status.OPEN).values_list("account", "rank"):
        waiting.setdefault(account, set()).add(rank)
    kept = []
    for link in fit:
        ranks = waiting.setdefault(link.account_id, set())
        free = [rank for rank in range(1, Link.MOST + 1) if rank not in ranks]
        if free and (link.account_id, link.suspended_account_id) not in taken:
            link.rank, link.found_at = free[0], now
            ranks.add(free[0])
            kept.append(link)
    search = searched.search
    search.finished_at, search.links = now, len(kept)
    search.save(force_insert=True)
    for link in kept:
        link.search = search
    Link.objects.bulk_create(kept)
    _record(search)
    return search


def _read(asked: Asked) -> _Tables:
    suspended = _with_suspended_at(profile_frames.profiles(asked.suspended), asked.suspended_at)
    circles = profile_frames.follows(asked.suspended)
    reported, told = profile_frames.profiles(asked.reported), profile_frames.profiles(asked.told)
    company = profile_frames.follows(asked.told)
    near = told.join(_near(company, circles), on="account", how="semi")
    asked_for = pl.concat([reported, near]).unique("account", maintain_order=True)
    learned = profile_frames.profiles(asked.reviewed) if asked.reviews.height else reported.clear()
    new = pl.concat([asked_for, learned]).unique("account", maintain_order=True)
    others = asked.reported | asked.reviewed | asked.placebo
    follows = pl.concat(
        [
            circles,
            company,
            profile_frames.follows(others),
            profile_frames.reported(asked.reported, asked.suspended),
        ]
    )
    return _Tables(
        suspended,
        new,
        follows.unique(maintain_order=True),
        profile_frames.profiles(asked.placebo),
        asked.reviews,
        frozenset(asked_for["account"]),
    )


def _with_suspended_at(table: pl.DataFrame, at: Mapping[str, datetime]) -> pl.DataFrame:
    times = pl.DataFrame(
        {"account": list(at), "suspended_at": list(at.values())},
        schema={"account": pl.String, "suspended_at": table.schema["created_at"]},
    )
    return table.join(times, on="account", how="left", maintain_order="left")


def _near(company: pl.DataFrame, circles: pl.DataFrame) -> pl.DataFrame:
    """Accounts that follow at least ``NEAR`` rare accounts that one suspended account followed."""
    everybody = pl.concat([company, circles]).unique(["follower", "followee"])
    rare = everybody.group_by("followee").len().filter(pl.col("len") <= RARE)
    mine = company.join(rare, on="followee", how="semi")
    theirs = circles.select(suspended="follower", followee="followee")
    together = mine.join(theirs, on="followee").group_by("follower", "suspended").len()
    return together.filter(pl.col("len") >= NEAR).select(account="follower").unique()


def _found(read: _Tables, seed: int) -> Returners | None:
    """None: there is nobody to look for, or nobody to find."""
    if not read.asked_for or read.suspended.is_empty():
        return None
    return find_returners(
        read.suspended,
        read.new,
        follows=read.follows,
        placebo=None if read.placebo.is_empty() else read.placebo,
        reviews=None if read.reviews.is_empty() else read.reviews,
        parameters=Parameters(seed=seed),
    )


def _links(found: Returners, read: _Tables, asked: Asked) -> Iterator[Link]:
    rows = found.links.filter(pl.col("account").is_in(list(read.asked_for))).to_dicts()
    names = {row[side] for row in rows for side in ("account", "suspended_account")}
    ids = _ids(asked.platform, names)
    for row in rows:
        yield Link(
            account_id=ids[row["account"]],
            suspended_account_id=ids[row["suspended_account"]],
            rank=row["rank"],
            probability=row["probability"],
            false_link_rate=row["false_link_rate"],
            channels=row["channels"],
            evidence=as_evidence(found.explain(row["account"], row["suspended_account"])),
        )


def as_evidence(told: Explanation) -> dict[str, Any]:
    """What is kept of an explanation: its fields but for the two names, with few neighbours."""
    few = asdict(replace(told, neighbours=told.neighbours[:NEIGHBOURS]))
    return {name: value for name, value in few.items() if name not in ("account", "suspended_account")}


def _ids(platform: str, names: Collection[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    ordered = sorted(names)
    for begin in range(0, len(ordered), 500):  # SQLite may know no more than 999 parameters
        some = Account.objects.filter(platform=platform, external_id__in=ordered[begin : begin + 500])
        ids.update(some.values_list("external_id", "pk"))
    return ids


def _search(asked: Asked, read: _Tables, found: Returners | None, started_at: datetime) -> LinkSearch:
    return LinkSearch(
        platform=asked.platform,
        started_at=started_at,
        version=__version__,
        parameters={
            "versions": {**method()["versions"], "anyascii": version("anyascii")},
            "returners": found.parameters if found else {},
            "counts": found.counts if found else {},
        },
        as_of=asked.as_of,
        after_report=asked.after_report,
        last_report=asked.last_report,
        after_profile=asked.after_profile,
        suspended=read.suspended.height,
        new=len(read.asked_for),
        placebo=read.placebo.height,
        reviews=read.reviews.height,
        placebo_rate=found.placebo_rate.value if found and found.placebo_rate else None,
        switched_off=(found.switched_off or "")[:LONGEST_WHY] if found else "",
        input_sha256=read.sha256,
    )


def _record(search: LinkSearch) -> None:
    record(
        Kind.LINKS_SEARCHED,
        actor="system",
        subject=f"search:{search.pk}",
        facts={
            "last_report": search.last_report,
            "inputs": search.input_sha256,
            "new": search.new,
            "suspended": search.suspended,
            "links": search.links,
            "switched_off": bool(search.switched_off),
        },
    )
