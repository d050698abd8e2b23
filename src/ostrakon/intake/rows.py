"""Many rows at once, past the model layer: the one file that speaks to the database in SQL of its own.

Django's ``bulk_create`` makes an object and a statement's worth of parameters for every row; intake stores tens of
thousands of rows a second, so here they go as they are: ``executemany`` on SQLite; ``COPY``, and for changes psycopg's
pipeline, on PostgreSQL. The same meaning on both: all rows or an ``IntegrityError``, inside the caller's transaction.
Every column must be given; defaults live in Python and do not apply.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

Row = tuple[Any, ...]


def reserve(model: type[models.Model], count: int) -> Sequence[int]:
    """``count`` new ids in rising order, for the writer alone (``become_the_writer``): nobody else takes them.

    On PostgreSQL a transaction that fails leaves a gap; no id is given twice.
    """
    if not count:
        return ()
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            last = next(iter(cursor.fetchall()), (0,))[0]
            return range(last + 1, last + count + 1)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return sorted(number for (number,) in cursor.fetchall())


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows whose cells stand in the order of ``columns``; times must be given through ``moment``.

    Raises:
        IntegrityError: a constraint does not hold; the caller's transaction is to be undone.
    """
    if not rows:
        return
    names = ", ".join(_column(model, name) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})", rows)
        else:
            _copy(cursor, f"COPY {model._meta.db_table} ({names}) FROM STDIN", rows)


def update(model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Change rows: each has its cells in the order of ``columns``, and its id at the end."""
    if not rows:
        return
    changes = ", ".join(f"{_column(model, name)} = %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {model._meta.db_table} SET {changes} WHERE id = %s", rows)


def find(
    model: type[models.Model], by: tuple[str, str], keys: Sequence[tuple[Any, Any]], get: Sequence[str]
) -> list[Row]:
    """The rows with one of these keys: the key's two columns, then those of ``get``. One query for all keys.

    The keys go as one parameter, so that there is no limit to their number, and each is looked up in the index on
    ``by``.
    """
    if not keys:
        return []
    wanted = ", ".join(f"t.{_column(model, name)}" for name in (*by, *get))
    first, second = (_column(model, name) for name in by)
    table = model._meta.db_table
    parameters: list[Any]
    if connection.vendor == "sqlite":
        # CROSS JOIN keeps the order of the loops: through the keys, into the index.
        sql = (
            f"SELECT {wanted} FROM json_each(%s) AS k CROSS JOIN {table} AS t "
            f"ON t.{first} = json_extract(k.value, '$[0]') AND t.{second} = json_extract(k.value, '$[1]')"
        )
        parameters = [json.dumps(keys)]
    else:
        kinds = [model._meta.get_field(name).db_type(connection) or "text" for name in by]
        sql = (
            f"SELECT {wanted} FROM unnest(%s::{kinds[0]}[], %s::{kinds[1]}[]) AS k(a, b) "
            f"JOIN {table} AS t ON t.{first} = k.a AND t.{second} = k.b"
        )
        parameters = [list(cells) for cells in zip(*keys, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def moment(at: datetime | None) -> Any:
    """A time as the database's driver takes it."""
    return connection.ops.adapt_datetimefield_value(at)


def moments(times: Iterable[datetime]) -> list[Any]:
    """Many times as the database's driver takes them."""
    adapt = connection.ops.adapt_datetimefield_value  # looked up once: that costs more than the work
    return [adapt(at) for at in times]


@cache
def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    return connection.ops.quote_name(str(getattr(field, "column", name)))


def _copy(cursor: CursorWrapper, sql: str, rows: Iterable[Row]) -> None:
    with cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
