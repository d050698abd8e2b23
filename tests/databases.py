"""The database of a run, and a home apart from everything that this machine is set up with.

- ``--database sqlite`` (default): a file in the run's own home, so that threads and processes see one database.
- ``--database postgresql``: a throw-away cluster, started once and shared by the workers, a database each.

``@pytest.mark.django_db`` rolls a test back. ``@pytest.mark.django_db(transaction=True)`` commits, for tests with
threads, processes or several transactions: afterwards the database is as the migrations left it, seed data included
(Django would empty the tables, and the record cannot be emptied). A thread closes its connection itself:
``django.db.connection.close()``. A test about one database only is marked ``@pytest.mark.only_on("sqlite")``: on the
other it does not exist.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from tests.postgresql import Cluster

WORKER = os.environ.get("PYTEST_XDIST_WORKER")
SETTINGS = "ostrakon.service.settings"
CLUSTER = pytest.StashKey[Cluster]()
LOCKED_S = 10.0
"""How long the restoring of a database waits for a connection that a test left open."""


KEPT = ("OSTRAKON_PLATFORM_DIR", "OSTRAKON_REFERENCE")
"""Where `make test-platforms` keeps what it has installed, and the folder of reference data."""


def home_of_this_process() -> Path:
    """Nothing of the machine's own setting is left; a worker's home lies in the one of the run."""
    if WORKER:
        home = Path(os.environ["OSTRAKON_HOME"]) / WORKER
        home.mkdir(exist_ok=True)
    else:
        for name in [n for n in os.environ if n == "DATABASE_URL" or n.startswith("OSTRAKON_")]:
            if name not in KEPT:
                del os.environ[name]
        home = Path(tempfile.mkdtemp(prefix="ostrakon-tests-"))
    os.environ["OSTRAKON_HOME"] = str(home)
    return home


if settings.configured:  # by the environment, before this file could choose
    raise pytest.UsageError("DJANGO_SETTINGS_MODULE is set: the tests choose their own settings, so unset it")
HOME = home_of_this_process()


def pytest_addoption(parser: pytest.Parser) -> None:
    house = parser.getgroup("ostrakon")
    house.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="to run on")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Django is set up where tests run: in the workers, or in the only process (pytest-django does it after this)."""
    if config.getoption("--database") == "postgresql" and not WORKER:
        config.stash[CLUSTER] = cluster = Cluster()
        os.environ["DATABASE_URL"] = cluster.url
    if config.getoption("dist", "no") == "no":
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not WORKER:
        shutil.rmtree(HOME, ignore_errors=True)
    if cluster := config.stash.get(CLUSTER, None):
        cluster.close()


def pytest_report_header(config: pytest.Config) -> str:
    database = config.getoption("--database")
    return f"database: {database}" + (" (make test-postgres: PostgreSQL)" if database == "sqlite" else "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    elsewhere = [
        item
        for item in items
        for mark in item.iter_markers("only_on")
        if mark.args != (config.getoption("--database"),)
    ]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite: a file, in WAL mode and with one writer at a time as in earnest, but nobody waits for the disk."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(HOME / "test.sqlite3")
        connection.settings_dict["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keeps a copy of the database as the migrations leave it; what a committing test wrote gives way to it."""
    with django_db_blocker.unblock():
        keep_pristine()
    usual, TransactionTestCase._fixture_teardown = TransactionTestCase._fixture_teardown, restore_pristine
    yield
    TransactionTestCase._fixture_teardown = usual


def keep_pristine() -> None:
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(HOME / "pristine.sqlite3")) as copy:
            copy_sqlite(connection.connection, copy)
    else:
        name = connection.settings_dict["NAME"]
        on_the_server(f'CREATE DATABASE "{name}_pristine" TEMPLATE "{name}"')


def restore_pristine(_case: TransactionTestCase) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(HOME / "pristine.sqlite3")) as copy:
            copy_sqlite(copy, connection.connection)
    else:
        name = connection.settings_dict["NAME"]
        on_the_server(
            f'DROP DATABASE "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{name}_pristine"'
        )


def copy_sqlite(source: Any, target: Any) -> None:
    until = time.monotonic() + LOCKED_S

    def give_up(status: int, remaining: int, total: int) -> None:
        assert status in (sqlite3.SQLITE_OK, sqlite3.SQLITE_DONE) or time.monotonic() < until, (
            "a test left a transaction open: threads close their connections"
        )

    source.backup(target, progress=give_up, sleep=0.05)


def on_the_server(*statements: str) -> None:
    """What cannot be done from within the database itself."""
    connection.close()
    connection.close_pool()
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
