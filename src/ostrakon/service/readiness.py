"""May the service start as it stands? Asked before it starts, and by whoever watches it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import structlog
from django.apps import apps
from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from ostrakon.errors import NotReady
from ostrakon.ledger.models import Entry
from ostrakon.service.checks import BEFORE_THE_START
from ostrakon.service.configuration import Configuration

log = structlog.get_logger(__name__)


def refuse_unless_ready(configuration: Configuration) -> None:
    """Go on only if the service is set up, up to date and sound. Warnings are logged.

    Raises:
        NotReady: with what is to be done.
    """
    if not has_secret(configuration):
        raise NotReady(
            f"{configuration.home} is not set up: ostrakon init makes it; OSTRAKON_HOME names another"
        )
    if not settings.LEDGER_KEY_FILE.exists():
        raise NotReady(
            f"{settings.LEDGER_KEY_FILE} is missing: the record could not be signed. Every machine that works for "
            "a service has the keys of its home folder"
        )
    with database_that_answers():
        refuse_unless_set_up()
        refuse_newer()
        if missing := missing_migrations():
            raise NotReady(
                f"the tables are {len(missing)} steps behind this version: ostrakon upgrade brings them up to date"
            )
    _refuse_if_unsound()


def refuse_unless_set_up() -> None:
    """Go on only if there is a service in this database.

    Raises:
        NotReady: there is none, or the database does not answer.
    """
    with database_that_answers():
        if not (has_tables() and is_initialised()):
            raise NotReady(
                "this service was never set up: ostrakon init does it; OSTRAKON_HOME names another home"
            )


@contextmanager
def database_that_answers() -> Iterator[None]:
    """Turns what a database throws when it is not there into a plain sentence.

    Raises:
        NotReady: it does not answer.
    """
    try:
        yield
    except OperationalError as problem:
        said = " ".join(str(problem).split())
        raise NotReady(f"the database does not answer as it should: {said}") from problem


def has_secret(configuration: Configuration) -> bool:
    """Is there a key that outlives the process?"""
    return bool(configuration.secret_key) or (configuration.home / "secret.key").exists()


def has_tables() -> bool:
    """Are there tables of ours at all?"""
    return Entry._meta.db_table in connection.introspection.table_names()


def is_initialised() -> bool:
    """Has the record begun? Its first entry says that the service was set up."""
    return Entry.objects.exists()


def missing_migrations() -> list[str]:
    """Steps of the tables that this version knows and the database has not seen."""
    seen = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{label}.{name}" for label, name in _known().disk_migrations if (label, name) not in seen)


def unknown_migrations() -> list[str]:
    """Steps that the database has seen and this version does not know: a newer version was here."""
    known = _known().disk_migrations
    ours = {label for label, _ in known}
    seen = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{label}.{name}" for label, name in seen if label in ours and (label, name) not in known)


def newest_migrations() -> list[str]:
    """The last step of each of our rooms, as this version knows them."""
    leaves = _known().graph.leaf_nodes()
    return sorted(f"{label}.{name}" for label, name in leaves if _is_ours(label))


def refuse_newer() -> None:
    """Go on only if no newer version has changed the tables.

    Raises:
        NotReady: one has.
    """
    if unknown := unknown_migrations():
        raise NotReady(
            f"a newer version of Ostrakon has used this database ({unknown[-1]}): install that version, or "
            "restore a backup that was made before"
        )


@cache
def _known() -> MigrationLoader:
    """The steps as the sources have them; they are read once, as whoever watches the service asks often."""
    return MigrationLoader(None)


def _is_ours(label: str) -> bool:
    return apps.get_app_config(label).name.startswith("ostrakon.")


def _refuse_if_unsound() -> None:
    found = run_checks() + run_checks(tags=[BEFORE_THE_START], include_deployment_checks=True)
    for message in found:
        if message.level < ERROR:
            log.warning(str(message.msg), id=message.id, hint=str(message.hint))
    wrong = [message for message in found if message.level >= ERROR]
    if wrong:
        raise NotReady("; ".join(f"{message.id}: {message.msg} ({message.hint})" for message in wrong))
