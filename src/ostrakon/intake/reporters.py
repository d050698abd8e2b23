"""What the platform tells about those who report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from ostrakon.intake.models import Reporter
from ostrakon.intake.named import reporters_named
from ostrakon.intake.rows import Row, moment, update
from ostrakon.ledger.record import become_the_writer

FACTS = ("created_at", "invited_by", "name", "email", "language")


@dataclass(frozen=True)
class ReporterFacts:
    """What is known about a reporter. None or an empty text is unknown, and changes nothing."""

    platform: str
    external_id: str
    created_at: datetime | None = None
    invited_by: str = ""
    name: str = ""
    """As they gave it with a report of the public form."""
    email: str = ""
    """Where they are told the outcome."""
    language: str = ""
    """In which they are told."""


def note_reporter(facts: ReporterFacts) -> Reporter:
    """Keep what is known about a reporter, who is created if they never reported before."""
    (number,) = note_reporters([facts])
    return Reporter.objects.get(pk=number)


def note_reporters(facts: Sequence[ReporterFacts]) -> list[int]:
    """Keep what is known about many reporters; their ids, each in its place.

    Args:
        facts: some thousands at most, each reporter once.
    """
    with transaction.atomic():
        become_the_writer()
        ids = reporters_named([(row.platform, row.external_id) for row in facts])
        told = {ids[row.platform, row.external_id]: row for row in facts}
        kept = Reporter.objects.filter(pk__in=told).values_list("pk", *FACTS)
        changed = [(*_merged(told[number], known), number) for number, *known in kept]
        update(Reporter, FACTS, changed)
        return [*told]


def _merged(row: ReporterFacts, known: Sequence[Any]) -> Row:
    """The facts as they are now known, ready for the database."""
    created_at, *others = (getattr(row, fact) or before for fact, before in zip(FACTS, known, strict=True))
    return (moment(created_at), *others)
