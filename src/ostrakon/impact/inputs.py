"""What is measured: the service's own tables and files of earlier times, told apart by source, by group. Heavy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from ostrakon.impact.frames.accounts import PROTECTED, accounts
from ostrakon.impact.frames.decisions import decisions, exempt_accounts
from ostrakon.impact.frames.follows import follows
from ostrakon.impact.frames.links import links
from ostrakon.impact.frames.lists import lists
from ostrakon.impact.frames.spells import flagged, spells
from ostrakon.impact.frames.suspensions import suspensions
from ostrakon.impact.history.files import batches_of, history_files
from ostrakon.impact.history.kinds import ACCOUNTS, GROUP, KINDS, TARGET
from ostrakon.impact.history.kinds import PROTECTED as PROTECTED_GROUPS
from ostrakon.impact.models import HistoryFile
from ostrakon.triage.inputs import sha256

Group = Literal["target", "protected"]
GROUPS: Sequence[Group] = ("target", "protected")
Tables = Mapping[str, pl.DataFrame]
FOLLOWS = "follows"
FOLLOW = ("follower", "followee")
UNITS = ("panel", "outlinks")
"""Of units, treated or not, instead of accounts."""
ONCE = {"spells": ["account"], "links": ["account", "suspended_account"]}
"""Of these, what the service itself knows of an account (or of a pair) is all that counts: the file is older."""


@dataclass(frozen=True)
class Source:
    """One input of a measurement."""

    kind: str
    origin: Literal["own", "history"]
    file: int | None
    """Number of the history file."""
    name: str
    rows: int
    sha256: str
    """Of the file's bytes; of own tables, of their cells."""


@dataclass(frozen=True)
class Inputs:
    """All that is measured, at a time."""

    as_of: datetime
    policy: str
    tables: Tables
    """By kind; with ``group`` (target, protected, null) where a table has accounts or units."""
    sources: tuple[Source, ...]

    def of(self, group: Group) -> Tables:
        """The tables of one group, without the column.

        Links and follows are those of everybody; suspensions beside the target group are all that there were.
        """
        return {kind: _of_group(kind, table, group) for kind, table in self.tables.items()}

    def sources_of(self, kinds: Iterable[str]) -> list[dict[str, Any]]:
        """The sources of some kinds, as they are kept."""
        wanted = set(kinds)
        return [asdict(source) for source in self.sources if source.kind in wanted]


def read_inputs(as_of: datetime, policy: str = "") -> Inputs:
    """Read everything as it stood at a time.

    Args:
        policy: of which decisions; history files know no policy, so they are left out where one is asked for.
    Raises:
        NotReady: a history file is not on this machine.
    """
    files = [] if policy else [file for kind in KINDS for file in history_files(kind, as_of)]
    own = _own(as_of, policy)
    tables = {kind: _together(kind, own.get(kind), _read(files, kind)) for kind in KINDS if kind != FOLLOWS}
    own[FOLLOWS] = _heard(follows(as_of), tables["flagged"])
    earlier = _heard(
        (_named(batch, file) for file in _of(files, FOLLOWS) for batch in batches_of(file)), tables["flagged"]
    )
    tables[FOLLOWS] = pl.concat([own[FOLLOWS], earlier])
    sources = [_own_source(kind, table) for kind, table in own.items() if table.height]
    return Inputs(as_of, policy, tables, (*sources, *map(_file_source, files)))


def _own(as_of: datetime, policy: str) -> dict[str, pl.DataFrame]:
    decided = decisions(as_of, policy)
    known = accounts(as_of, decided, exempt_accounts(as_of))
    there = spells(as_of, known, decided)
    return {
        "lists": lists(as_of, known, decided),
        "spells": there,
        "flagged": flagged(there),
        "links": links(as_of, known),
        "suspensions": suspensions(as_of, known, decided),
    }


def _heard(batches: Iterator[pl.DataFrame], flagged_accounts: pl.DataFrame) -> pl.DataFrame:
    """Of all follows, those of flagged accounts: of a hundred million the others are never held."""
    wanted = flagged_accounts.select(followee="account").unique()
    kept = [batch.join(wanted, on="followee", how="semi").select(FOLLOW) for batch in batches]
    return pl.concat([KINDS[FOLLOWS].empty().select(FOLLOW), *kept])


# -- files of earlier times ------------------------------------------------------------------------


def _of(files: Sequence[HistoryFile], kind: str) -> list[HistoryFile]:
    return [file for file in files if file.kind == kind]


def _read(files: Sequence[HistoryFile], kind: str) -> pl.DataFrame:
    batches = [_named(batch, file) for file in _of(files, kind) for batch in batches_of(file)]
    return pl.concat([KINDS[kind].empty(), *batches], how="diagonal")


def _named(batch: pl.DataFrame, file: HistoryFile) -> pl.DataFrame:
    """With accounts called as the service calls its own, and groups by one of two words or none."""
    names = [pl.format("{}:{}", pl.lit(file.platform), name).alias(name) for name in ACCOUNTS[file.kind]]
    table = batch.with_columns(names)
    if GROUP.name not in KINDS[file.kind].names:
        return table
    said = pl.col(GROUP.name) if GROUP.name in batch.columns else pl.lit(None, pl.String)
    group = (
        pl.when(said.is_in(list(PROTECTED_GROUPS)))
        .then(pl.lit(PROTECTED))
        .when(said.is_null() | (said == TARGET))
        .then(pl.lit(TARGET))
    )
    return table.with_columns(group.alias(GROUP.name))


def _together(kind: str, own: pl.DataFrame | None, earlier: pl.DataFrame) -> pl.DataFrame:
    if own is None:
        return earlier
    if kind in ONCE:
        earlier = earlier.join(own, on=ONCE[kind], how="anti", maintain_order="left")
    return pl.concat([own, earlier], how="diagonal")


def _of_group(kind: str, table: pl.DataFrame, group: Group) -> pl.DataFrame:
    if GROUP.name not in table.columns:
        return table
    if kind == "suspensions" and group == "target":  # who was wronged is only known of all who were suspended
        return table.drop(GROUP.name)
    wanted = pl.col(GROUP.name) == group
    if kind in UNITS:  # who was never treated is what both groups are compared with
        wanted |= _never_treated(table)
    return table.filter(wanted).drop(GROUP.name)


def _never_treated(table: pl.DataFrame) -> pl.Expr:
    return pl.col("treated_at").is_null() if "treated_at" in table.columns else pl.lit(value=True)


# -- where it is from ------------------------------------------------------------------------------


def _own_source(kind: str, table: pl.DataFrame) -> Source:
    return Source(kind, "own", None, "", table.height, sha256([table]))


def _file_source(file: HistoryFile) -> Source:
    return Source(file.kind, "history", file.pk, file.name, file.rows, file.sha256)
