"""A small cast for intake: alice, bram and chidi report; mallory is reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ostrakon.intake.incoming import Incoming, Snapshot
from ostrakon.intake.models import Source
from ostrakon.intake.store import Answer, store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
REPORT = Incoming("local", "r1", "mallory", "alice", NOON, text="he threatens me")
POST = Snapshot(b'{"text": "I know where you live"}', location="https://example.org/posts/1")


def source(name: str = "the app", kind: str = Source.Kind.USER) -> Source:
    return Source.objects.get_or_create(name=name, defaults={"kind": kind})[0]


def report(external_id: str = "r1", **changes: Any) -> Incoming:
    return replace(REPORT, external_id=external_id, **changes)


def send(*rows: Incoming, of: Source | None = None) -> list[Answer]:
    return store(rows, source=of or source(), received_at=NOON, actor="token:1")


def outcomes(*rows: Incoming) -> list[str]:
    return [str(answer.outcome) for answer in send(*rows)]
