"""A database copied while it is written to, as it was at one moment, and brought back. One way for each kind."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from ostrakon.errors import NotReady, OutputRefused
from ostrakon.ledger.models import Entry
from ostrakon.ledger.verify import Head

HEAD = f"SELECT number, digest FROM {Entry._meta.db_table} ORDER BY number DESC LIMIT 1"


def copy_database(target: Path) -> Head:
    """Write the database into a new file; gives the last entry of the record that is in it.

    Raises:
        NotReady: a program is missing, or the copying failed.
    """
    return _copy_sqlite(target) if connection.vendor == "sqlite" else _copy_postgresql(target)


def bring_back(copy: Path) -> None:
    """Make a copy the database that the configuration names, which must be empty.

    Raises:
        OutputRefused: there is something in it; nothing was changed.
        NotReady: a program is missing, or the bringing back failed.
    """
    if connection.vendor == "sqlite":
        _bring_back_sqlite(copy)
    else:
        _bring_back_postgresql(copy)


def _copy_sqlite(target: Path) -> Head:
    """In one step, so that writers neither wait nor make it begin anew."""
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # all of it in this one file
        return Head(*copy.execute(HEAD).fetchone())


def _bring_back_sqlite(copy: Path) -> None:
    target = Path(connection.settings_dict["NAME"])
    if target.exists():
        raise OutputRefused(f"{target} exists, and nothing is written over it: move it away first")
    connection.close()
    copy.rename(target) if copy.parent == target.parent else shutil.copyfile(copy, target)


def _copy_postgresql(target: Path) -> Head:
    """The dump and the head of the record are of one snapshot."""
    pg_dump = _program("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        cursor.execute(HEAD)
        head = Head(*cursor.fetchone())
        _run([pg_dump, "--format=custom", f"--snapshot={snapshot}", f"--file={target}"])
    return head


def _bring_back_postgresql(copy: Path) -> None:
    pg_restore = _program("pg_restore")
    if tables := connection.introspection.table_names():
        raise OutputRefused(
            f"the database that the configuration names is not empty (there is {tables[0]}); nothing was changed: "
            "name an empty one"
        )
    name = str(connection.settings_dict["NAME"])
    _run([pg_restore, "--no-owner", "--no-privileges", "--single-transaction", f"--dbname={name}", str(copy)])


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotReady(f"there is no {name} on this machine: Debian's package postgresql-client has it")
    return found


def _run(command: Sequence[str]) -> None:
    """Where the database is, and its password, go by the environment: everybody can read a command line."""
    ended = subprocess.run(
        command, env={**os.environ, **_where()}, capture_output=True, text=True, errors="replace", check=False
    )
    if ended.returncode != 0:
        said = " ".join(ended.stderr.split())[-500:]
        raise NotReady(f"{Path(command[0]).name} failed: {said}")


def _where() -> dict[str, str]:
    settings: dict[str, Any] = connection.settings_dict
    places = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    options = settings.get("OPTIONS", {})
    secure = {
        f"PG{name.upper()}": str(options[name]) for name in ("sslmode", "sslrootcert") if name in options
    }
    return {name: str(settings[key]) for name, key in places.items() if settings.get(key)} | secure
