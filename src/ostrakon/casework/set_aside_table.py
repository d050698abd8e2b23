"""What is set aside as a table, for triage, which stands below this room. Heavy: loads polars."""

from __future__ import annotations

from datetime import datetime

import polars as pl
from django.db.models import CharField, F
from django.db.models.functions import Cast

from ostrakon.analysis.tables import Kind
from ostrakon.casework.setting_aside import in_force_at
from ostrakon.triage.inputs import SET_ASIDE

SCHEMA = dict(zip(SET_ASIDE, (Kind.ID.dtype, Kind.TEXT.dtype, Kind.ID.dtype), strict=True))


def set_aside_as_table(as_of: datetime) -> pl.DataFrame:
    """account, policy, reporter: whose reports on what did not count at a time; the same whenever it is asked.

    Those are the members of the campaigns that were set aside for a case, as each campaign was when it was found.
    """
    account = Cast("items__case__account", CharField())
    reporter = Cast("campaign__members", CharField())
    named = in_force_at(as_of).filter(campaign__members__isnull=False, items__isnull=False)
    found = named.values_list(account, F("items__case__policy__code"), reporter).distinct()
    return pl.DataFrame(list(found.iterator()), schema=SCHEMA, orient="row").sort(*SCHEMA)
