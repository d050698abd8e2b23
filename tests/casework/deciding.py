"""Proposals to start from, and a database that is tried without our code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeVar

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, QuerySet
from tests.casework.case import NOW, account, case, policy

from ostrakon.casework import announcements
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.announcements import Announcement
from ostrakon.casework.models import Action, Case, Decision, Person
from ostrakon.casework.proposal import Proposal

_next = count(1)
Row = TypeVar("Row", bound=Model)
NO = Decision.Answer.NO
THREATS = "The account sent forty threats to one person."


def open_case(name: str = "chidi", **fields: Any) -> Case:
    """A case of an account that can be reached."""
    return case(account(name, email=f"{name}@example.org"), policy(), **fields)


def warning(on: Case, **fields: Any) -> Proposal:
    """What one person may decide alone."""
    defaults = {
        "version": on.version,
        "outcome": Decision.Outcome.UPHELD,
        "action": Action.WARN,
        "facts": THREATS,
        "key": f"proposal-{next(_next)}",
    }
    return Proposal(case=on.pk, **{**defaults, **fields})


def suspension(on: Case, **fields: Any) -> Proposal:
    """What takes two."""
    answered = {"exempt_press": NO, "exempt_research": NO, "exempt_counter_speech": NO}
    return warning(on, **{"action": Action.SUSPEND, **answered, **fields})


def acquittal(on: Case, **fields: Any) -> Proposal:
    """No violation."""
    nothing = {"outcome": Decision.Outcome.REJECTED, "action": Action.NONE, "facts": ""}
    return warning(on, **{**nothing, **fields})


def proposed_suspension(by: Person, on: Case, **fields: Any) -> Decision:
    """One that waits for its second person."""
    return propose(by, suspension(on, **fields), NOW)


def fresh(row: Row) -> Row:
    """The row as the database has it now."""
    return type(row)._default_manager.get(pk=row.pk)


@contextmanager
def refused(saying: str) -> Iterator[None]:
    """The database itself says no, whoever asks."""
    with pytest.raises(IntegrityError, match=saying), transaction.atomic():
        yield


def by_plain_sql(statement: str, *values: object) -> None:
    """Past all our code."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def deleted_by_plain_sql(rows: QuerySet[Any]) -> None:
    by_plain_sql(f'DELETE FROM "{rows.model._meta.db_table}"')


@contextmanager
def heard() -> Iterator[list[Announcement]]:
    """What is announced meanwhile."""
    heard: list[Announcement] = []
    announcements.listen(heard.append)
    try:
        yield heard
    finally:
        announcements._listeners.remove(heard.append)
