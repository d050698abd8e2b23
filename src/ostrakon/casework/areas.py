"""Under which policy a report is dealt with: the one it names, if that takes reports; else ``unspecified``.

A policy takes the reports that were received while it held: from the day of its first wording until it was retired. So
a report stays where it was, whatever is changed about policies later.
"""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ostrakon.casework.models import Case, Policy
from ostrakon.intake.models import Report


def area() -> Coalesce:
    """To annotate reports with: the id of the policy under which each is dealt with."""
    holds = Q(versions__number=1, versions__valid_from__lte=OuterRef("received_at")) & (
        Q(retired_at__isnull=True) | Q(retired_at__gt=OuterRef("received_at"))
    )
    named = Policy.objects.filter(holds, code=OuterRef("policy"))
    return Coalesce(
        Subquery(named.values("pk")[:1]),
        Subquery(Policy.objects.filter(code=Policy.UNSPECIFIED).values("pk")[:1]),
    )


def reports_of(case: Case) -> QuerySet[Report]:
    """What a case is about."""
    return Report.objects.filter(account=case.account_id).annotate(area=area()).filter(area=case.policy_id)
