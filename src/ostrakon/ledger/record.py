"""The one door to the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection
from django.utils import timezone

from ostrakon.errors import LedgerError
from ostrakon.ledger.chain import GENESIS, Fact, canonical, digest_of, moment
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry

LOCK = 0x6F737472
"""The advisory lock of PostgreSQL that makes one writer at a time; SQLite's transactions are that anyway."""


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
    number, previous = Entry.objects.order_by("-number").values_list("number", "digest").first() or (
        0,
        GENESIS,
    )
    at = timezone.now()
    body = body_of(number + 1, at, kind, actor, subject, facts or {}, previous)
    return Entry.objects.create(
        number=number + 1,
        at=at,
        kind=kind,
        actor=actor,
        subject=subject,
        body=body,
        digest=digest_of(body),
    )


def body_of(
    number: int, at: datetime, kind: Kind, actor: str, subject: str, facts: Mapping[str, Fact], previous: str
) -> str:
    """The body of an entry, which is what is hashed."""
    body = {
        "number": number,
        "at": moment(at),
        "kind": str(Kind(kind)),
        "actor": actor,
        "subject": subject,
        "facts": dict(facts),
        "previous": previous,
    }
    return canonical(body).decode()
