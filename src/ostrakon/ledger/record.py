"""The one door to the record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rfc8785
from django.db import connection
from django.utils import timezone

from ostrakon.errors import LedgerError
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry

GENESIS = "0" * 64
"""What the first entry follows."""
LOCK = 0x6F737472
"""The advisory lock of PostgreSQL that makes one writer at a time; SQLite's transactions are that anyway."""

Fact = str | int | float | bool | None | list["Fact"] | dict[str, "Fact"]


def become_the_writer() -> None:
    """Wait until no other transaction writes; until the end of this one none will.

    Whoever stores rows whose numbers must follow the order in which they become visible (reports: readers go on
    after the last number they saw) takes this first. Others take it with their entry, which is the last thing they do.

    Raises:
        LedgerError: outside a transaction, where it would hold nothing.
    """
    if not connection.in_atomic_block:
        raise LedgerError("the record is written inside the transaction of what it records; there is none")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def record(kind: Kind, *, actor: str, subject: str, facts: Mapping[str, Fact] | None = None) -> Entry:
    """Append an entry, in the transaction of what it records: both are kept or neither.

    Args:
        kind: what was done.
        actor: by whom: ``person:3``, ``token:5``, ``guest:2``, ``system``, ``public``.
        subject: to what: ``case:12``.
        facts: ids, numbers and salted hashes; never a text that somebody wrote, a name or an address.
    Raises:
        LedgerError: outside a transaction, or a fact that has no canonical form.
    """
    become_the_writer()
    last = Entry.objects.order_by("-number").values_list("number", "digest").first() or (0, GENESIS)
    at = timezone.now()
    body = canonical(last[0] + 1, at, Kind(kind), actor, subject, facts or {}, last[1])
    return Entry.objects.create(
        number=last[0] + 1,
        at=at,
        kind=kind,
        actor=actor,
        subject=subject,
        body=body,
        digest=hashlib.sha256(body.encode()).hexdigest(),
    )


def canonical(
    number: int, at: datetime, kind: Kind, actor: str, subject: str, facts: Mapping[str, Fact], previous: str
) -> str:
    """The body of an entry: RFC 8785 canonical JSON, times in UTC to the microsecond."""
    body: dict[str, Any] = {
        "number": number,
        "at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "kind": str(kind),
        "actor": actor,
        "subject": subject,
        "facts": dict(facts),
        "previous": previous,
    }
    try:
        return rfc8785.dumps(body).decode()
    except rfc8785.CanonicalizationError as problem:
        raise LedgerError(f"a fact of {kind} has no canonical form: {problem}") from problem
