"""The record as the tables hold it: in order, in bounded memory, without keeping anybody from writing."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import F, Func, Max, QuerySet, TextField

from ostrakon.errors import InputUnusable
from ostrakon.ledger.chain import Columns, Signed, Written
from ostrakon.ledger.export import write_export
from ostrakon.ledger.models import Checkpoint, Entry
from ostrakon.ledger.verify import Contents, Head, Report, verify

AT_ONCE = 2_000
"""Rows a query: each is short, so that no reader holds up the database."""


class Moment(Func):
    """A time as the record writes it, by the database: also where somebody put a text in place of a time."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Of a timestamp with time zone."""
        template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
        return super().as_sql(compiler, connection, template=template)

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """Of the text that Django keeps, which leaves out a fraction of zero."""
        template = (
            "replace(%(expressions)s, ' ', 'T') || "
            "CASE WHEN instr(%(expressions)s, '.') THEN 'Z' ELSE '.000000Z' END"
        )
        return super().as_sql(compiler, connection, template=template)


def verify_database(keys: Iterable[Ed25519PublicKey], *, expect: Head | None = None) -> Report:
    """Walk the record in the database; what the columns repeat is compared with the bodies too."""
    return verify(stored(1, _last()), keys, expect=expect)


def export_database(out: BinaryIO, first: int = 1, last: int | None = None) -> Contents:
    """Write entries ``first`` to ``last`` (None: to the end) as a file, with the checkpoints among them.

    Raises:
        InputUnusable: there are no such entries; nothing was written.
    """
    contents = contents_of(first, last)
    write_export(out, contents, stored(contents.first, contents.last))
    return contents


def contents_of(first: int = 1, last: int | None = None) -> Contents:
    """What an export of entries ``first`` to ``last`` (None: to the end) holds.

    Raises:
        InputUnusable: there are no such entries.
    """
    end = _last()
    contents_last = end if last is None else last
    if not 1 <= first <= contents_last <= end:
        raise InputUnusable(f"there are no entries {first} to {contents_last}: the record has {end}")
    among_them = Checkpoint.objects.filter(number__range=(first, contents_last))
    return Contents(first, contents_last, among_them.count())


def stored(first: int, last: int) -> Iterator[Written | Signed]:
    """Entries ``first`` to ``last``, each checkpoint after the entry that it covers."""
    entries = _rows(
        Entry.objects, ("number", "moment", "kind", "actor", "subject", "body", "digest"), first, last
    )
    checkpoints = _rows(
        Checkpoint.objects, ("number", "digest", "moment", "previous", "key", "signature"), first, last
    )
    in_order = heapq.merge(
        ((row[0], 0, row) for row in entries),
        ((row[0], 1, row) for row in checkpoints),
    )
    for _, is_checkpoint, row in in_order:
        yield Signed(*row) if is_checkpoint else Written(row[5], row[6], Columns(*row[:5]))


def _last() -> int:
    """As far as the record goes now; what comes meanwhile is left for the next time.

    Checkpoints first: an entry that is covered by one is there before it.
    """
    ends = [rows.aggregate(last=Max("number"))["last"] for rows in (Checkpoint.objects, Entry.objects)]
    return max(end or 0 for end in ends)


def _rows(rows: Any, names: tuple[str, ...], first: int, last: int) -> Iterator[Any]:
    """By ``number``, the first of the names; a query for every ``AT_ONCE`` of them."""
    every: QuerySet[Any] = rows.annotate(moment=Moment(F("at"))).order_by("number").values_list(*names)
    after = first - 1
    while page := list(every.filter(number__gt=after, number__lte=last)[:AT_ONCE]):
        yield from page
        after = page[-1][0]
