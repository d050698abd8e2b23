"""``ostrakon upgrade``: the tables, brought up to this version."""

from __future__ import annotations

import json

from django.core.management import call_command
from django.db import transaction

from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.ledger.record import record
from ostrakon.service.initialise import version_facts
from ostrakon.service.readiness import (
    database_that_answers,
    missing_migrations,
    refuse_newer,
    refuse_unless_set_up,
)


def upgrade() -> list[str]:
    """Bring the tables up to this version and say so on the record; gives the steps that were missing.

    It can be broken off at any moment and done again: steps that are done stay done, and the entry is written when
    the last one does not say what is true now.

    Raises:
        NotReady: the database does not answer, was never set up, or belongs to a newer version.
    """
    with database_that_answers():
        refuse_unless_set_up()
        refuse_newer()
        missing = missing_migrations()
        call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            if _recorded() != version_facts():
                record(Kind.SERVICE_UPGRADED, actor="system", subject="service", facts=version_facts())
        return missing


def _recorded() -> object:
    """What the record says about the version."""
    said = Entry.objects.filter(kind__in=[Kind.SERVICE_INITIALISED, Kind.SERVICE_UPGRADED])
    last = said.order_by("-number").first()
    return json.loads(last.body)["facts"] if last else None
