"""What reviewers said about the same cases as a table, for ``analysis.agreement``. Heavy: loads polars."""

from __future__ import annotations

import polars as pl
from django.db.models import Exists, OuterRef

from ostrakon.analysis.tables import Kind
from ostrakon.casework.models import BatchItem, Decision, Opinion

SCHEMA = dict.fromkeys(("case", "reviewer", "outcome"), Kind.TEXT.dtype)


def opinions_as_table() -> pl.DataFrame:
    """case, reviewer, outcome: every blind opinion, and beside it who proposed the decision, whatever became of it.

    Of a case with several decisions only the first, for the second reviewer was asked about the same reports. Who
    approved saw the proposal: their consent is no opinion of their own. Who prepared a batch judged the cases of its
    sample, also where the second person saw them otherwise and nothing was decided: else only those who agreed would
    be counted.
    """
    given = Opinion.objects.filter(given_at__isnull=False)
    opinions = given.order_by("pk").values_list("case_id", "person_id", "outcome")
    second = Exists(given.filter(case=OuterRef("case")))
    earlier = Exists(Decision.objects.filter(case=OuterRef("case"), pk__lt=OuterRef("pk")))
    decisions = Decision.objects.filter(second).exclude(earlier).order_by("pk")
    sampled = BatchItem.objects.filter(second, in_sample=True, decision__isnull=True).order_by("-pk")
    rows = [
        *opinions,
        *decisions.values_list("case_id", "proposed_by_id", "outcome"),
        *sampled.values_list("case_id", "batch__prepared_by_id", "batch__outcome"),
    ]
    said = {(str(case), str(reviewer)): outcome for case, reviewer, outcome in reversed(rows)}
    return pl.DataFrame(
        [(*who, outcome) for who, outcome in reversed(said.items())], schema=SCHEMA, orient="row"
    )
