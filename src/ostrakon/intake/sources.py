"""New sources, on the record."""

from __future__ import annotations

from django.db import transaction

from ostrakon.intake.models import Source
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record

OWN_FINDINGS = "our own findings"
"""The source of what people who work here report by hand."""


def source_named(name: str, kind: Source.Kind, *, actor: str) -> Source:
    """The source of this name and kind; a new one goes on the record.

    Raises:
        IntegrityError: a source of another kind bears the name.
    """
    if found := Source.objects.filter(name=name, kind=kind).first():
        return found
    with transaction.atomic():
        become_the_writer()  # two who need it at once make it once
        if found := Source.objects.filter(name=name, kind=kind).first():
            return found
        made = Source.objects.create(name=name, kind=kind)
        record(Kind.SOURCE_ADDED, actor=actor, subject=f"source:{made.pk}", facts={"kind": str(kind)})
        return made


def own_findings(actor: str) -> Source:
    """Where reports of people who work here come from."""
    return source_named(OWN_FINDINGS, Source.Kind.OWN_FINDING, actor=actor)
