"""Say for how long a kind of personal data is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.models import Person, RetentionRule
from ostrakon.casework.permissions import Act, require
from ostrakon.errors import NotThere, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

LEAST, MOST = RetentionRule.LEAST_DAYS, RetentionRule.MOST_DAYS


def set_retention(person: Person, kind: str, days: int, now: datetime) -> RetentionRule:
    """Keep it so many days from now on. What is older then is erased in the worker's next round, and stays so.

    Args:
        kind: a value of ``RetentionRule.Kind``.
    Raises:
        NotPermitted: their roles do not allow it.
        Unfit: not between ``LEAST`` and ``MOST`` days.
        NotThere: nothing of this kind is kept.
    """
    with transaction.atomic():
        require(person, Act.EDIT_POLICIES)
        if not LEAST <= days <= MOST:
            raise Unfit("it is kept between {least} and {most} days", least=LEAST, most=MOST)
        rule = RetentionRule.objects.select_for_update().filter(kind=kind).first()
        if rule is None:
            raise NotThere("nothing of this kind is kept")
        before, rule.days, rule.changed_by, rule.changed_at = rule.days, days, person, now
        rule.save(update_fields=["days", "changed_by", "changed_at"])
        record(
            Kind.RETENTION_CHANGED,
            actor=person.actor,
            subject=f"retention:{kind}",
            facts={"days": days, "before": before},
        )
        return rule
