"""Many cases written at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ostrakon.casework.models import Case


def rewrite(cases: Iterable[Case], columns: Sequence[str]) -> None:
    """Write these columns of cases that exist, and hold (``held``), in some statements for thousands of rows.

    They are inserted again, and where the id is taken, which it is, only the columns named are replaced: both databases
    do that in a fraction of the time of an UPDATE with a CASE for every row.
    """
    Case.objects.bulk_create(
        cases, update_conflicts=True, unique_fields=["id"], update_fields=list(columns), batch_size=None
    )
