"""Under which policy a report is dealt with: the one it names, if that takes reports; else ``unspecified``.

A policy takes the reports that were received while it held: from the day of its first wording until it was retired. So
a report stays where it was, whatever is changed about policies later.
"""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

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
    """What a case is about: the rule of ``area`` as plain conditions, which are quick for a crowd of any size."""
    named = {policy: _is_held(*terms) for policy, *terms in _terms()}
    here = named.pop(case.policy_id, Q(pk__in=[]))
    if case.policy.code == Policy.UNSPECIFIED:
        here = ~reduce(or_, named.values(), Q(pk__in=[]))
    return Report.objects.filter(here, account=case.account_id)


def _terms() -> QuerySet[Policy, Any]:
    """Id, code, and the times from and until which each policy takes reports; the second null: still."""
    begun = Policy.objects.filter(versions__number=1)
    return begun.values_list("pk", "code", "versions__valid_from", "retired_at")


def _is_held(code: str, since: datetime, until: datetime | None) -> Q:
    held = Q(policy=code, received_at__gte=since)
    return held if until is None else held & Q(received_at__lt=until)
