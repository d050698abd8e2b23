"""What anybody may report through our own form (DSA, Article 16), whether they have an account or not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Lower

from ostrakon.intake.incoming import UNSPECIFIED, Incoming, Snapshot
from ostrakon.intake.models import Account, Handle, Report, Source
from ostrakon.intake.reporters import ReporterFacts, note_reporter
from ostrakon.intake.sources import source_named
from ostrakon.intake.store import store
from ostrakon.ledger.record import become_the_writer

FORM = "our public form"
ACTOR = "public"
LONGEST_NAME = 200
PRESSED_TWICE = timedelta(days=1)
"""So long, the same words of the same sender about the same place are the same report."""


@dataclass(frozen=True)
class Filled:
    """The form, filled in and checked."""

    platform: str
    account: str
    """The platform's stable id, or a handle, with or without a leading @."""
    reporter: str
    """Who sends it, as a number that is the same for the same sender: two of them are one voice."""
    text: str
    """Why they think that it is against the rules or the law, in their words."""
    location: str
    """Where exactly it stands."""
    policy: str = UNSPECIFIED
    name: str = ""
    """Of who sends it (DSA, Article 16(2)(c)); only with an address: who gives none may be one of many senders."""
    email: str = ""
    """Where the outcome goes; empty: nowhere."""
    language: str = ""


def receive_form(filled: Filled, now: datetime) -> Report:
    """Store a report of the public form. The same words again are the same report."""
    with transaction.atomic():
        become_the_writer()
        row = _row(filled, now)
        if before := _sent_before(row, now):
            return before
        source = source_named(FORM, Source.Kind.USER, actor=ACTOR)
        (answer,) = store([row], source=source, received_at=now, actor=ACTOR)
        if filled.email:
            note_reporter(
                ReporterFacts(
                    filled.platform,
                    filled.reporter,
                    name=filled.name,
                    email=filled.email,
                    language=filled.language,
                )
            )
    return Report.objects.get(pk=answer.report)


def _row(filled: Filled, now: datetime) -> Incoming:
    return Incoming(
        platform=filled.platform,
        external_id=f"form:{secrets.token_hex(16)}",
        account=account_meant(filled.platform, filled.account),
        reporter=filled.reporter,
        reported_at=now,
        policy=filled.policy,
        text=filled.text,
        evidence=Snapshot(None, "text/uri-list", filled.location),
    )


def _sent_before(row: Incoming, now: datetime) -> Report | None:
    """What somebody sent who pressed the button twice, or came back to the page."""
    theirs = Report.objects.filter(
        account__platform=row.platform,
        account__external_id=row.account,
        reporter__platform=row.platform,
        reporter__external_id=row.reporter,
        received_at__gt=now - PRESSED_TWICE,
    )
    place = row.evidence.sha256 if row.evidence else None
    return theirs.filter(policy=row.policy, text=row.text, evidence__sha256=place).first()


def account_meant(platform: str, named: str) -> str:
    """The stable id of the account that somebody names: by its id, or by a handle that one account bears now.

    What nobody knows stands as it was written: the report is kept, and a person looks at what it may mean.
    """
    if Account.objects.filter(platform=platform, external_id=named).exists():
        return named
    plain = named.removeprefix("@").lower()
    current = Handle.objects.filter(is_current=True, account__platform=platform)
    bearers = current.alias(plain=Lower("handle")).filter(plain__in=[plain, f"@{plain}"])
    ids = list(bearers.values_list("account__external_id", flat=True).distinct()[:2])
    return ids[0] if len(ids) == 1 else named
