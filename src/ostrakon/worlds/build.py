"""From arrays of numbers to the typed tables of a world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.worlds.clock import times
from ostrakon.worlds.draws import Floats, Ints, opaque_ids
from ostrakon.worlds.moderation import Bools, Rulings

Texts = NDArray[np.str_]


@dataclass(frozen=True)
class Acts:
    """Reports as numbers: who reported what, in which second."""

    reporter: Ints
    target: Ints
    """An account or, in a world with several policies, an (account, policy)."""
    seconds: Floats

    def __len__(self) -> int:
        return len(self.reporter)


@dataclass(frozen=True)
class Ids:
    """The opaque ids of a world's accounts and reporters, by their number."""

    account: Texts
    reporter: Texts


def draw_ids(accounts: int, reporters: int, rng: np.random.Generator) -> Ids:
    """Ids in random order for both sides of a report."""
    return Ids(opaque_ids("a", accounts, rng), opaque_ids("u", reporters, rng))


def join(*parts: Acts) -> Acts:
    """All reports of the parts, in the order of their times, as a platform would have stored them."""
    seconds = np.concatenate([part.seconds for part in parts])
    order = np.argsort(seconds, kind="stable")
    reporter = np.concatenate([part.reporter for part in parts])[order]
    target = np.concatenate([part.target for part in parts])[order]
    return Acts(reporter, target, seconds[order])


def reporter_counts(acts: Acts, targets: int) -> Ints:
    """Distinct reporters of each target."""
    stride = int(acts.reporter.max(initial=0)) + 1
    pairs = np.unique(acts.target * stride + acts.reporter)
    return np.bincount(pairs // stride, minlength=targets).astype(np.int64)


def first_report(acts: Acts, reporters: int) -> Floats:
    """The second of each reporter's first report; infinite where there is none."""
    first = np.full(reporters, np.inf)
    np.minimum.at(first, acts.reporter, acts.seconds)
    return first


def texts(name: str, values: Texts) -> pl.Series:
    """A column of text."""
    return pl.Series(name, values.tolist(), dtype=pl.String)


def reports_table(acts: Acts, ids: Ids, policies: tuple[str, ...] = ()) -> pl.DataFrame:
    """Typed reports, in the order of ``acts``; with ``policies`` the targets are (account, policy) numbers."""
    numbers = pl.Series("report_id", np.arange(len(acts))).cast(pl.String).str.zfill(7)
    columns = [
        gather("reporter", ids.reporter, acts.reporter),
        gather("account", ids.account, acts.target // max(1, len(policies))),
        times("reported_at", acts.seconds),
        ("r" + numbers).alias("report_id"),
    ]
    if policies:
        columns.append(gather("policy", np.array(policies), acts.target % len(policies)))
    return pl.DataFrame(columns)


def gather(name: str, values: Texts, index: Ints) -> pl.Series:
    """``values[index]`` as a text column, without a Python object for every row."""
    return texts(name, values).gather(pl.Series(index))


def decisions_table(rulings: Rulings, ids: Ids, policies: tuple[str, ...] = ()) -> pl.DataFrame:
    """Typed decisions without ``propensity``: nobody wrote it down."""
    columns = [
        gather("account", ids.account, rulings.target // max(1, len(policies))),
        texts("outcome", rulings.outcome),
        times("decided_at", rulings.seconds),
        texts("selection", np.where(rulings.audit, "audit", "queue")),
    ]
    if policies:
        columns.insert(2, gather("policy", np.array(policies), rulings.target % len(policies)))
    return pl.DataFrame(columns)


def groups_table(acts: Acts, group: Texts, ids: Ids) -> pl.DataFrame:
    """The group of everybody who reported."""
    seen = np.unique(acts.reporter)
    return pl.DataFrame([texts("reporter", ids.reporter[seen]), texts("group", group[seen])]).sort("reporter")


def truth_table(ids: Ids, policies: tuple[str, ...], violates: Bools, kind: Texts) -> pl.DataFrame:
    """One row for each account and policy; ``violates`` goes by (account, policy), ``kind`` by account.

    A violator breaks one policy and is a ``violator_elsewhere`` in the others.
    """
    account = np.repeat(np.arange(len(kind)), len(policies))
    kinds = np.where((kind[account] == "violator") & ~violates, "violator_elsewhere", kind[account])
    columns = [
        texts("account", ids.account[account]),
        texts("policy", np.tile(np.array(policies), len(kind))),
        pl.Series("violates", violates),
        texts("kind", kinds),
    ]
    return pl.DataFrame(columns).sort("account", "policy")
