"""A report on its way in: checked and typed at the edge, trusted from here on."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from json import JSONEncoder
from typing import Any

UNSPECIFIED = "unspecified"
"""The policy of a report that names none, as in the file contract."""
_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
"""Of strings and nulls under keys in order: that is RFC 8785 canonical JSON, at the speed of the standard library."""


@dataclass(frozen=True)
class Snapshot:
    """What was reported, as the sender saw it: its bytes, or only the address where it stood."""

    content: bytes | None
    """None: only the address was given. Nobody fetches it: what stands there later is not what was reported."""
    media_type: str = "application/json"
    location: str = ""
    missing: str = ""
    """What could not be copied; empty: nothing is missing."""

    @cached_property
    def sha256(self) -> str:
        """Of the content; of the address where there is no content."""
        return hashlib.sha256(self.kept).hexdigest()

    @property
    def kept(self) -> bytes:
        """What is hashed."""
        return self.location.encode() if self.content is None else self.content


@dataclass(frozen=True)
class Incoming:
    """One report, as its sender tells it."""

    platform: str
    external_id: str
    """The sender's id: the same id on the same platform is the same report."""
    account: str
    """The platform's stable id of who is reported."""
    reporter: str
    """The platform's stable id of who reports."""
    reported_at: datetime
    """In UTC."""
    policy: str = UNSPECIFIED
    text: str | None = None
    evidence: Snapshot | None = None
    declared: str = ""
    """The list or call that the report itself names: ``list:7``."""


def canonical(row: Incoming) -> bytes:
    """The report's content: two that say the same have the same bytes. Evidence stands in it by its hash."""
    return _content(row, row.evidence.sha256 if row.evidence else "")


def in_full(row: Incoming) -> bytes:
    """The report with its evidence as it came, for what is kept nowhere else."""
    content = row.evidence.content if row.evidence else None
    return _content(row, b64encode(content or b"").decode())


def _content(row: Incoming, shown: str) -> bytes:
    """``shown`` stands for the evidence's content."""
    evidence = [shown, row.evidence.media_type, row.evidence.location] if row.evidence else None
    content: dict[str, Any] = {
        "account": row.account,
        "declared": row.declared,
        "evidence": evidence,
        "external_id": row.external_id,
        "platform": row.platform,
        "policy": row.policy,
        "reported_at": row.reported_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "reporter": row.reporter,
        "text": row.text,
    }
    return _encode(content).encode()
