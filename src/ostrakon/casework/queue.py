"""The queue, a page at a time: read from an index behind the last case that was seen, however deep that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateTimeField, F, Func, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

from ostrakon.casework.models import Case
from ostrakon.errors import Unfit

ORDER = ("lane", "turn_at", "pk")
"""Of all pages."""
PAGE = 50
LARGEST_PAGE = 200
COUNTED = 1_000
"""Cases are counted up to here: nobody needs to know whether 31,000 or 32,000 wait, and counting all takes long."""


@dataclass(frozen=True)
class Filters:
    """Which cases; None = any."""

    status: Case.Status | None = Case.Status.OPEN
    lane: Case.Lane | None = None
    policy: int | None = None
    under_pressure: bool | None = None
    claimed_by: int | None = None
    accounts: Sequence[int] | None = None

    def cases(self) -> QuerySet[Case]:
        """Those that pass, in no order yet."""
        asked = {
            f"{name}__in": [value]
            for name, value in vars(self).items()
            if name != "accounts" and value is not None
        }
        if self.accounts is not None:
            asked["account__in"] = [*self.accounts]
        return Case.objects.filter(**asked)


@dataclass(frozen=True)
class Place:
    """Where a case stands in the order: what comes behind it does not depend on what went before."""

    lane: int
    turn_at: datetime
    case: int

    def __str__(self) -> str:
        return f"{self.lane}_{self.turn_at.isoformat()}_{self.case}"

    @classmethod
    def of(cls, case: Case) -> Place:
        """The place of a case."""
        return cls(case.lane, case.turn_at, case.pk)

    @classmethod
    def read(cls, text: str) -> Place:
        """From its text.

        Raises:
            Unfit: it is not one.
        """
        try:
            lane, turn_at, case = text.split("_")
            place = cls(int(lane), datetime.fromisoformat(turn_at), int(case))
            place.turn_at.astimezone(UTC)
        except (ValueError, OverflowError) as problem:
            raise Unfit("this is no place in the queue; begin at its head") from problem
        if place.turn_at.tzinfo is None or not (0 <= place.lane < 1 << 15 and 0 <= place.case < 1 << 63):
            raise Unfit("this is no place in the queue; begin at its head")
        return place


@dataclass(frozen=True)
class Page:
    """Some cases in their order."""

    cases: Sequence[Case]
    """With account, policy, valuation and who has it in hand."""
    last: Place | None
    """To ask for those behind it; None = there are none."""
    count: int
    """Of all that pass, from the head on, at most ``COUNTED``."""
    has_more_than_counted: bool


def queue_page(filters: Filters, after: Place | None = None, size: int = PAGE) -> Page:
    """The next cases behind a place, by lane, turn and id.

    Args:
        filters: which cases.
        after: the last one seen; None = from the head.
        size: at most ``LARGEST_PAGE``.
    """
    passing = filters.cases()
    behind = passing if after is None else passing.filter(_behind(after, filters))
    shown = max(1, min(size, LARGEST_PAGE))
    found = list(
        behind.select_related("account", "policy", "valuation", "claimed_by").order_by(*ORDER)[: shown + 1]
    )
    cases = found[:shown]
    count = passing.order_by()[: COUNTED + 1].count()
    return Page(
        cases,
        Place.of(cases[-1]) if len(found) > shown else None,
        min(count, COUNTED),
        count > COUNTED,
    )


class _RowGreater(Func):
    """``(a, b, c) > (x, y, z)``: both databases find that in an index, which they do not for its parts joined by OR."""

    output_field = BooleanField()

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_: Any, **__: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Compare the first half of the expressions with the second."""
        compiled = [compiler.compile(expression) for expression in self.get_source_expressions()]
        sqls, half = [sql for sql, _ in compiled], len(compiled) // 2
        sql = f"({', '.join(sqls[:half])}) > ({', '.join(sqls[half:])})"
        return sql, tuple(parameter for _, parameters in compiled for parameter in parameters)


def _behind(place: Place, filters: Filters) -> _RowGreater:
    """In one lane only the rest of the order is compared: a column that is fixed would hide it from the index."""
    values = [Value(place.lane), Value(place.turn_at, output_field=DateTimeField()), Value(place.case)]
    first = 0 if filters.lane is None else 1
    return _RowGreater(*map(F, ORDER[first:]), *values[first:])
