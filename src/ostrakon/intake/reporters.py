"""What the platform tells about those who report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ostrakon.intake.models import Reporter
from ostrakon.intake.named import reporters_named
from ostrakon.ledger.record import become_the_writer


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
    with transaction.atomic():
        become_the_writer()
        name = (facts.platform, facts.external_id)
        reporter = Reporter.objects.get(pk=reporters_named([name])[name])
        reporter.created_at = facts.created_at or reporter.created_at
        for fact in ("invited_by", "name", "email", "language"):
            setattr(reporter, fact, getattr(facts, fact) or getattr(reporter, fact))
        reporter.save(update_fields=["created_at", "invited_by", "name", "email", "language"])
        return reporter
