"""Change the wording of a kind of notice in one language: the old one stays, with what was written in it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from ostrakon.casework.models import NoticeTemplate, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.samples import SAMPLES
from ostrakon.casework.wording import refuse_unfit
from ostrakon.errors import Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record


def write_template(
    person: Person, *, kind: str, language: str, subject: str, body: str, now: datetime
) -> NoticeTemplate:
    """A new version, from now on.

    Raises:
        Unfit: nobody knows the kind; the wording cannot be rendered, or leaves out what must be told.
        NotPermitted: their roles do not allow it.
    """
    with transaction.atomic():
        require(person, Act.EDIT_POLICIES)
        if kind not in SAMPLES or not language.strip():
            raise Unfit("say which notice, one of {names}, and in which language", names=", ".join(SAMPLES))
        refuse_unfit(subject, body, SAMPLES[kind])
        become_the_writer()  # two people at once take their turns: both wordings are kept, the later one is in force
        template = NoticeTemplate.objects.create(
            kind=kind,
            language=language.strip(),
            version=_next_version(kind, language.strip()),
            subject=subject,
            body=body,
            written_by=person,
            written_at=now,
        )
        record(
            Kind.TEMPLATE_CHANGED,
            actor=person.actor,
            subject=f"template:{template.pk}",
            facts={"kind": kind, "version": template.version},
        )
    return template


def _next_version(kind: str, language: str) -> int:
    versions = NoticeTemplate.objects.filter(kind=kind, language=language)
    return int(versions.aggregate(last=Max("version"))["last"] or 0) + 1
