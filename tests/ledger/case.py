"""A small record, and how somebody who owns the database would tamper with it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.utils import timezone

from ostrakon.ledger.chain import Fact, Signed, Written
from ostrakon.ledger.checkpoints import checkpoint
from ostrakon.ledger.export import read_export, write_export
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.ledger.stored import export_database
from ostrakon.ledger.verify import Contents, Head, Report, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC = [KEY.public_key()]


def write(how_many: int, **facts: Fact) -> None:
    """Entries about as many cases."""
    with transaction.atomic():
        for case in range(how_many):
            record(Kind.CASE_CLAIMED, actor="person:3", subject=f"case:{case}", facts={"case": case, **facts})


def sign() -> None:
    checkpoint(KEY, timezone.now())


def write_a_week() -> None:
    """Twelve entries: signed after the fourth and the tenth."""
    write(4)
    sign()
    write(6)
    sign()
    write(2)


def exported(first: int = 1, last: int | None = None) -> bytes:
    file = io.BytesIO()
    export_database(file, first, last)
    return file.getvalue()


def taken_apart(export: bytes) -> list[Written | Signed]:
    """The entries and checkpoints of an export."""
    return [item for item in read_export(io.BytesIO(export))[1] if isinstance(item, (Written, Signed))]


def put_together(items: list[Written | Signed]) -> bytes:
    """An export as a careful forger writes it, with a first line that fits."""
    entries = sum(isinstance(item, Written) for item in items)
    out = io.BytesIO()
    write_export(out, Contents(1, entries, len(items) - entries), items)
    return out.getvalue()


def checked(export: bytes, expect: Head | None = None) -> Report:
    contents, items = read_export(io.BytesIO(export))
    return verify(items, PUBLIC, contents=contents, expect=expect)


@contextmanager
def without_rules() -> Iterator[None]:
    """The triggers are gone, as for somebody who owns the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, sql in triggers:
            cursor.execute(sql)


def tamper(*statements: str) -> None:
    with without_rules(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
