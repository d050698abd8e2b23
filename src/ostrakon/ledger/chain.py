"""How the record is chained: what is hashed, what is signed. Without Django, so that anybody can check it offline."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, NamedTuple

import rfc8785

from ostrakon.errors import LedgerError

GENESIS = "0" * 64
"""What the first entry follows."""

Fact = str | int | float | bool | None | list["Fact"] | dict[str, "Fact"]


class Columns(NamedTuple):
    """What a row of the database repeats of an entry's body, for searching."""

    number: int
    at: str
    kind: str
    actor: str
    subject: str


class Written(NamedTuple):
    """An entry as it is kept. ``columns`` is None where only body and digest are kept, as in an export."""

    body: str
    digest: str
    columns: Columns | None = None


class Signed(NamedTuple):
    """A checkpoint as it is kept: the record had this many entries and this last digest."""

    number: int
    digest: str
    at: str
    previous: int
    """Number of the checkpoint before it; 0: it is the first."""
    key: str
    signature: str

    def statement(self) -> bytes:
        """What is signed: the rest, in canonical form."""
        return canonical({name: value for name, value in self._asdict().items() if name != "signature"})


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON.

    Raises:
        LedgerError: there is none: NaN, an integer beyond 2**53, half of a surrogate pair, an unknown type.

    >>> canonical({"b": [1e21, 0.5, "é"], "a": None}).decode()
    '{"a":null,"b":[1e+21,0.5,"é"]}'
    """
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as problem:
        raise LedgerError(f"it has no canonical form: {problem}") from problem


def digest_of(body: str) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(body.encode()).hexdigest()


def moment(at: datetime) -> str:
    """A time as the record writes it: UTC, to the microsecond.

    >>> moment(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    '2026-11-22T09:00:00.000000Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
