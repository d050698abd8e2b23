"""Does the record verify? Walks it in order and names what was changed, is missing, was put in or stands elsewhere.

Without Django: for an export and a public key this is all that somebody needs. One thing nobody can see from the
record alone: that its end was cut off behind the last checkpoint, and that checkpoint with it. Against that stands
an earlier head, kept elsewhere (``expect``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ostrakon.errors import LedgerError
from ostrakon.ledger.chain import GENESIS, Columns, Signed, Written, canonical, digest_of
from ostrakon.ledger.keys import fingerprint

MOST_LISTED = 100
"""Problems that a report lists; the others are counted."""
NAMES = frozenset({"number", "at", "kind", "actor", "subject", "facts", "previous"})


class Head(NamedTuple):
    """An entry by its number and digest; it stands for all entries up to it."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


class Contents(NamedTuple):
    """What a part of the record holds."""

    first: int
    last: int
    checkpoints: int


class Unreadable(NamedTuple):
    """A place where neither an entry nor a checkpoint can be read."""

    where: str
    why: str


Item = Written | Signed | Unreadable


@dataclass
class Report:
    """What was found."""

    entries: int = 0
    checkpoints: int = 0
    first: int | None = None
    head: Head | None = None
    signed: Signed | None = None
    """The last good checkpoint: what comes after it is chained, but not signed yet."""
    problems: list[str] = field(default_factory=list)
    found: int = 0
    """How many problems there are; the first ``MOST_LISTED`` are listed."""

    @property
    def is_intact(self) -> bool:
        """Nothing was found."""
        return self.found == 0


def verify(
    items: Iterable[Item],
    keys: Iterable[Ed25519PublicKey],
    *,
    contents: Contents | None = None,
    expect: Head | None = None,
) -> Report:
    """Walk the record.

    Args:
        items: entries in order, each checkpoint after the entry that it covers.
        keys: with which the service has signed, now and earlier.
        contents: which part it should be; None: all of it, from entry 1 on.
        expect: an entry that must be there with this digest, as an earlier report has shown it.
    Cost: linear in the entries; the memory does not grow with them.
    """
    walk = _Walk({fingerprint(key): key for key in keys}, contents, expect)
    for item in items:
        match item:
            case Written():
                walk.entry(item)
            case Signed():
                walk.checkpoint(item)
            case Unreadable():
                walk.problem(*item)
    walk.end()
    return walk.report


class _Walk:
    """``head`` is the entry with the highest number so far, ``before`` the number of the last checkpoint."""

    def __init__(
        self, keys: Mapping[str, Ed25519PublicKey], contents: Contents | None, expect: Head | None
    ) -> None:
        self.keys, self.contents, self.expect = keys, contents, expect
        self.first = contents.first if contents else 1
        self.report = Report()
        self.head = Head(self.first - 1, GENESIS if self.first == 1 else "")
        self.before = 0

    def problem(self, where: str, what: str) -> None:
        self.report.found += 1
        if len(self.report.problems) < MOST_LISTED:
            self.report.problems.append(f"{where}: {what}")

    def entry(self, entry: Written) -> None:
        body = _read(entry.body)
        is_whole = digest_of(entry.body) == entry.digest if body else False
        number = self._number(entry, body if is_whole else None)
        if body is None:
            self.problem(f"entry {number}", "its body was changed: it is nothing that the record writes")
        elif not is_whole:
            self.problem(f"entry {number}", "body and digest do not belong together: one of them was changed")
        if body and entry.columns:
            self._columns(number, entry.columns, body)
        self._place(Head(number, entry.digest), body["previous"] if body else self.head.digest)

    def _number(self, entry: Written, body: Mapping[str, Any] | None) -> int:
        """Its own, if it can be believed."""
        if entry.columns:
            return entry.columns.number
        return int(body["number"]) if body else self.head.number + 1

    def _columns(self, number: int, columns: Columns, body: Mapping[str, Any]) -> None:
        if columns == tuple(body[name] for name in Columns._fields):
            return
        changed = [name for name, kept in columns._asdict().items() if kept != body[name]]
        self.problem(f"entry {number}", f"{', '.join(changed)}: the column says otherwise than the body")

    def _place(self, here: Head, previous: str) -> None:
        """Does it stand where it belongs, after the one that it names?"""
        self.report.entries += 1
        self.report.first = self.report.first or here.number
        where, last = f"entry {here.number}", self.head
        if self.expect and here.number == self.expect.number and here.digest != self.expect.digest:
            self.problem(where, f"it was expected with the digest {self.expect.digest}")
        if here.number <= last.number:
            self.problem(where, f"out of its place, or here twice: it stands after entry {last.number}")
            return
        if here.number > last.number + 1:
            self.problem(_entries(last.number + 1, here.number - 1), "missing here")
        elif last.digest and previous != last.digest:
            self.problem(
                where, f"it follows another entry {last.number} than this one: one of them was changed"
            )
        self.head = here

    def checkpoint(self, signed: Signed) -> None:
        self.report.checkpoints += 1
        found, where = self.report.found, f"checkpoint at {signed.number}"
        if signed.number != self.head.number:
            self.problem(
                where, f"its entry is missing or elsewhere: it stands after entry {self.head.number}"
            )
        elif signed.digest != self.head.digest:
            self.problem(where, f"it was signed for another entry {signed.number} than this one")
        begins_a_part = self.before == 0 and self.first > 1
        if signed.previous != self.before and not begins_a_part:
            self.problem(where, f"the one before it, at {signed.previous}, is missing or elsewhere")
        self._signature(where, signed)
        self.before = signed.number
        if self.report.found == found:
            self.report.signed = signed

    def _signature(self, where: str, signed: Signed) -> None:
        key = self.keys.get(signed.key)
        if key is None:
            self.problem(where, f"signed with a key that was not given: {signed.key}")
            return
        try:
            key.verify(bytes.fromhex(signed.signature), signed.statement())
        except (InvalidSignature, ValueError, LedgerError):
            self.problem(where, "forged or changed: the signature is not the service's")

    def end(self) -> None:
        """What can only be said when all was seen."""
        if self.report.entries == 0:
            self.problem("entries", "there is none, and a record begins with the setting up of its service")
        else:
            self.report.head = self.head
        if self.report.checkpoints == 0:
            self.problem("checkpoints", "there is none, so all that is here may have been written anew")
        if self.contents:
            self._promised(self.contents)
        if self.expect and not self.first <= self.expect.number <= self.head.number:
            self.problem(f"entry {self.expect.number}", "it was expected and is not here")

    def _promised(self, contents: Contents) -> None:
        if self.head.number < contents.last:
            self.problem(_entries(self.head.number + 1, contents.last), "missing at the end")
        elif self.head.number > contents.last:
            self.problem(_entries(contents.last + 1, self.head.number), "more than the first line promises")
        if self.report.checkpoints != contents.checkpoints:
            self.problem(
                "checkpoints", f"{contents.checkpoints} were promised, here are {self.report.checkpoints}"
            )


def _entries(first: int, last: int) -> str:
    return f"entry {first}" if first == last else f"entries {first} to {last}"


def _read(body: object) -> dict[str, Any] | None:
    """The body, if it is one as the record writes it: canonical, and with the names it has."""
    if not isinstance(body, str):
        return None  # SQLite keeps whatever somebody puts in
    try:
        read = json.loads(body)
        if not isinstance(read, dict) or read.keys() != NAMES or type(read["number"]) is not int:
            return None
        # Python's own writer is ten times as fast and nearly always right; floats may differ.
        is_canonical = quickly(read) == body or canonical(read).decode() == body
    except (ValueError, RecursionError, LedgerError):
        return None
    return read if is_canonical and read["number"] > 0 else None


quickly = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
"""Canonical JSON, where there are no floats and the names of objects are ASCII."""
