"""``ostrakon init``: from nothing to a service that somebody can sign in to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from ostrakon import __version__
from ostrakon.casework.actions.people import add_person, grant
from ostrakon.casework.models import Role
from ostrakon.errors import OutputRefused
from ostrakon.ledger.chain import Fact
from ostrakon.ledger.checkpoints import checkpoint
from ostrakon.ledger.keys import load_key
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.service.configuration import Configuration
from ostrakon.service.home import furnish
from ostrakon.service.readiness import database_that_answers, has_tables, is_initialised, newest_migrations


@dataclass(frozen=True)
class FirstLogin:
    """Of the first administrator. The password is kept nowhere and must be changed at the first login."""

    username: str
    password: str


def initialise(configuration: Configuration, username: str, now: datetime) -> FirstLogin:
    """Make home, keys, tables, the first administrator and the first entry of the record.

    It can be broken off at any moment and done again: what decides is the first entry.

    Raises:
        OutputRefused: this service was set up before; nothing was changed.
        NotReady: the database does not answer.
        Unfit: nobody can have this name.
    """
    configuration.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with database_that_answers():
        if has_tables() and is_initialised():
            raise OutputRefused(
                "this service was set up before; nothing was changed. For another one name another home folder "
                "and another database; ostrakon upgrade brings this one up to date"
            )
        furnish(configuration.home, settings.LEDGER_KEY_FILE)
        call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            record(Kind.SERVICE_INITIALISED, actor="system", subject="service", facts=version_facts())
            person, password = add_person(username, by=None, now=now)
            grant(person, Role.ADMINISTRATOR, by=None, now=now)
        checkpoint(load_key(settings.LEDGER_KEY_FILE), now)
    return FirstLogin(person.username, password)


def version_facts() -> dict[str, Fact]:
    """Which version of the sources and of the tables this is."""
    return {"version": __version__, "tables": [*newest_migrations()]}
