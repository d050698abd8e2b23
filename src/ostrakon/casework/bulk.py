"""Many cases written at once: past the model layer, as intake writes its reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection

from ostrakon.casework.models import Case
from ostrakon.intake.rows import insert, update

COLUMNS = {field.name: field for field in Case._meta.concrete_fields}


def write_new(cases: Iterable[Case]) -> None:
    """Insert cases that were never saved. They do not get to know their ids."""
    columns = [name for name in COLUMNS if name != "id"]
    insert(Case, columns, _cells(cases, columns))


def rewrite(cases: Iterable[Case], columns: Sequence[str]) -> None:
    """Write these columns of cases that exist, and hold (``select_for_update``)."""
    update(Case, columns, _cells(cases, [*columns, "id"]))


def _cells(cases: Iterable[Case], columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """As the database's driver takes them."""
    values = attrgetter(*(COLUMNS[name].attname for name in columns))
    prepared = [COLUMNS[name].get_db_prep_save for name in columns]
    return [
        tuple(prepare(value, connection) for prepare, value in zip(prepared, values(case), strict=True))
        for case in cases
    ]
