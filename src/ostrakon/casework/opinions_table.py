"""What reviewers said about the same cases as a table, for ``analysis.agreement``. Heavy: loads polars."""

from __future__ import annotations

import polars as pl
from django.db.models import Exists, OuterRef

from ostrakon.analysis.tables import Kind
from ostrakon.casework.models import Decision, Opinion

SCHEMA = dict.fromkeys(("case", "reviewer", "outcome"), Kind.TEXT.dtype)


def opinions_as_table() -> pl.DataFrame:
    """case, reviewer, outcome: every blind opinion, and beside it who proposed the decision, whatever became of it.

    Of a case with several decisions only the first, for the second reviewer was asked about the same reports. Who
    approved saw the proposal: their consent is no opinion of their own.
    """
    given = Opinion.objects.filter(given_at__isnull=False)
    opinions = given.order_by("pk").values_list("case_id", "person_id", "outcome")
    second = Exists(given.filter(case=OuterRef("case")))
    earlier = Exists(Decision.objects.filter(case=OuterRef("case"), pk__lt=OuterRef("pk")))
    decisions = Decision.objects.filter(second).exclude(earlier).order_by("pk")
    rows = [*opinions, *decisions.values_list("case_id", "proposed_by_id", "outcome")]
    return pl.DataFrame(
        [(str(case), str(reviewer), outcome) for case, reviewer, outcome in rows], schema=SCHEMA, orient="row"
    )
