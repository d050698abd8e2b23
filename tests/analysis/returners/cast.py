"""Small tables of accounts: Mallory was suspended, Chidi is wronged, Nour comes back, Alice reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from ostrakon.analysis.returners import Parameters, Returners, find_returners
from ostrakon.analysis.tables import FOLLOWS, NEW, REVIEWS, SUSPENDED, Shape

START = datetime(2026, 1, 1, tzinfo=UTC)
CIRCLE = [f"friend{number}" for number in range(6)]


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def _table(shape: Shape, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={column.name: column.kind.dtype for column in shape.columns})


def account(
    name: str, handle: str, made: float | None, ended: float | None = None, **more: Any
) -> dict[str, Any]:
    """One account; days are counted from the START."""
    times = {
        "created_at": None if made is None else day(made),
        "suspended_at": None if ended is None else day(ended),
    }
    return {"account": name, "handle": handle, **times, **more}


def suspended(*rows: dict[str, Any]) -> pl.DataFrame:
    return _table(SUSPENDED, list(rows))


def new(*rows: dict[str, Any]) -> pl.DataFrame:
    return _table(NEW, list(rows))


def follows(lists: dict[str, list[str]], *others: tuple[str, str, str]) -> pl.DataFrame:
    """Whom each account follows; ``others`` are (follower, followee, kind)."""
    rows = [{"follower": one, "followee": other} for one, those in lists.items() for other in those]
    rows += [{"follower": one, "followee": other, "kind": kind} for one, other, kind in others]
    return _table(FOLLOWS, rows)


def reviews(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=[c.name for c in REVIEWS.columns], orient="row")


def crowd(side: str, count: int = 60) -> list[dict[str, Any]]:
    """Accounts that have nothing to do with anybody, so that rare and common can be told apart."""
    return [
        account(
            f"{side}{number}",
            f"@{side}person{word(number)}",
            -300 - number,
            number % 30,
            bio=f"{side} {word(number)}",
        )
        for number in range(count)
    ]


def word(number: int) -> str:
    """Six letters that are unlike those of other numbers."""
    letters = np.random.default_rng(number).integers(97, 123, 6)
    return "".join(map(chr, letters))


MALLORY = account(
    "mallory",
    "@nour_halabi",
    -500,
    10,
    display_name="Nour Halabi",
    bio="poems quokka sea",
    avatar_hash="00ff00ff12345678",
)
BACK = account(
    "back",
    "@nour_halabi2",
    12,
    display_name="Nour Halabi",
    bio="poems quokka sea",
    avatar_hash="00ff00ff12345679",
)


def link(
    *newcomers: dict[str, Any],
    circle: dict[str, list[str]] | None = None,
    fights: tuple[tuple[str, str, str], ...] = (),
    old: tuple[dict[str, Any], ...] = (MALLORY,),
    parameters: Parameters | None = None,
) -> Returners:
    """Search for these among a crowd. Without ``circle`` all of them follow what Mallory followed."""
    lists = {row["account"]: [f"{row['account']}{n}" for n in range(5)] for row in (*crowd("s"), *crowd("n"))}
    lists |= circle or {name["account"]: CIRCLE for name in (*newcomers, MALLORY)}
    return find_returners(
        suspended(*old, *crowd("s")),
        new(*newcomers, *crowd("n")),
        follows=follows(lists, *fights),
        parameters=parameters or Parameters(),
    )


def linked(found: Returners) -> set[tuple[str, str]]:
    return set(found.links.select("account", "suspended_account").iter_rows())
