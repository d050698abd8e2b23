"""Add a file of an earlier time, withdraw it, read it. Heavy: loads polars."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import transaction

from ostrakon.analysis.tables import Shape
from ostrakon.errors import InputUnusable, NotThere, Unfit
from ostrakon.formats import Reading, Rejected, read
from ostrakon.impact.history.kept import copied, erase, keep, kept
from ostrakon.impact.history.kinds import KINDS
from ostrakon.impact.models import HistoryFile
from ostrakon.ledger.chain import Fact
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record

LONGEST_NAME = 300
PROBLEMS_NAMED = 3


def add_history(
    kind: str, file: Path, *, platform: str = "", name: str = "", actor: str, now: datetime
) -> HistoryFile:
    """Keep a file byte for byte and note what it holds. The same bytes again are the same file.

    Args:
        kind: one of ``KINDS``.
        platform: whose accounts it names, so that they are known as ours; empty: of no platform that we know.
        name: what it is called; empty: as the file is.

    Raises:
        Unfit: there is no such kind.
        InputUnusable: it cannot be read, lacks a column, or no row of it can be used; nothing was kept.
    """
    if kind not in KINDS:
        raise Unfit("{kind} is no kind of file; take one of {kinds}", kind=kind, kinds=list(KINDS))
    with copied(file) as copy:
        with _named_as(file, copy.path):
            rows, problems = _checked(copy.path, KINDS[kind])
        if not rows:
            raise InputUnusable(f"{file}: no row could be used: {_named(problems)}; nothing was kept")
        with transaction.atomic():
            become_the_writer()
            same = HistoryFile.objects.filter(kind=kind, platform=platform, sha256=copy.sha256)
            if known := same.filter(withdrawn_at=None).first():
                return known
            keep(copy)
            made = HistoryFile.objects.create(
                kind=kind, name=(name or file.name)[:LONGEST_NAME], platform=platform, sha256=copy.sha256,
                size=copy.size, rows=rows, rejected=dict(problems.most_common()), added_at=now,
            )  # fmt: skip
            facts: dict[str, Fact] = {"kind": kind, "sha256": copy.sha256, "size": copy.size, "rows": rows}
            record(Kind.HISTORY_ADDED, actor=actor, subject=f"history:{made.pk}", facts=facts)
    return made


def withdraw_history(number: int, *, actor: str, now: datetime) -> HistoryFile:
    """Read it no more, and erase its bytes; that it was there, and its hash, stay on the record.

    Raises:
        NotThere: there is none of this number.
    """
    with transaction.atomic():
        become_the_writer()
        found = HistoryFile.objects.filter(pk=number).first()
        if found is None:
            raise NotThere("there is no history file {number}", number=number)
        if found.withdrawn_at is None:
            found.withdrawn_at = now
            found.save(update_fields=["withdrawn_at"])
            facts = {"kind": found.kind, "sha256": found.sha256}
            record(Kind.HISTORY_WITHDRAWN, actor=actor, subject=f"history:{found.pk}", facts=facts)
        still = HistoryFile.objects.filter(sha256=found.sha256, withdrawn_at=None).exists()
    if not still:
        erase(found.sha256)
    return found


def history_files(kind: str, as_of: datetime) -> list[HistoryFile]:
    """Those of a kind that were there at a time, in the order in which they came."""
    there = HistoryFile.objects.filter(kind=kind, added_at__lte=as_of)
    return list(there.exclude(withdrawn_at__lte=as_of).order_by("pk"))


def batches_of(file: HistoryFile) -> Iterator[pl.DataFrame]:
    """Its typed rows, in pieces.

    Raises:
        NotReady: its bytes are not on this machine.
    """
    path = kept(file.sha256)
    with tempfile.TemporaryDirectory() as folder, Rejected(Path(folder) / "rejected.csv") as rejected:
        yield from _reading(path, KINDS[file.kind], rejected)


@contextmanager
def _named_as(file: Path, copy: Path) -> Iterator[None]:
    """Nobody knows the copy that was looked at: what is wrong is said of the file that was given."""
    try:
        yield
    except InputUnusable as problem:
        raise type(problem)(str(problem).replace(str(copy), str(file))) from problem


def _checked(path: Path, shape: Shape) -> tuple[int, Counter[str]]:
    with tempfile.TemporaryDirectory() as folder, Rejected(Path(folder) / "rejected.csv") as rejected:
        rows = sum(batch.height for batch in _reading(path, shape, rejected))
    return rows, rejected.counts


def _reading(path: Path, shape: Shape, rejected: Rejected) -> Reading:
    """As ``ostrakon measure`` reads it: without a clock, so that the same bytes are always the same rows."""
    return read(path, shape, rejected=rejected, latest=None)


def _named(problems: Counter[str]) -> str:
    few = [f"{problem} ({count:,})" for problem, count in problems.most_common(PROBLEMS_NAMED)]
    return ", ".join(few) or "the file has a header and no rows"
