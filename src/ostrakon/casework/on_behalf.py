"""Appeals by others than the person concerned: a lawyer, a friend, a crowd that noticed.

They know an account, not a decision. Whether there is such an account, and whether anything was decided about it, is
not theirs to learn: whatever they name, they are thanked, and hear no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ostrakon.casework.actions.file_appeal import file_appeal
from ostrakon.casework.appealable import APPEALABLE
from ostrakon.casework.models import Action, Appeal, Decision
from ostrakon.errors import Refused
from ostrakon.intake.public_form import account_meant
from ostrakon.ledger.record import become_the_writer


@dataclass(frozen=True)
class Plea:
    """What somebody asks for another; checked already, so that nothing in it can be refused here."""

    platform: str
    account: str
    """Its id or its handle."""
    filed_by: Appeal.FiledBy
    text: str
    name: str = ""
    email: str = ""
    language: str = ""


def appeal_on_behalf(plea: Plea, now: datetime) -> Appeal | None:
    """Ask for a second look at what was decided last about an account; None: there is nothing to look at."""
    decision = _standing_decision(plea)
    filed = None if decision is None else _filed(decision, plea, now)
    if filed is None:
        _wait_like_who_is_heard()
    return filed


def _filed(decision: Decision, plea: Plea, now: datetime) -> Appeal | None:
    """None: too late, or enough of them wait. They learn no more than others."""
    try:
        return file_appeal(
            decision,
            filed_by=plea.filed_by,
            text=plea.text,
            now=now,
            name=plea.name,
            email=plea.email,
            language=plea.language,
        )
    except Refused:
        return None


def _wait_like_who_is_heard() -> None:
    """For others who write, as long as it takes: where the service is busy, time would tell who was heard."""
    with transaction.atomic():
        become_the_writer()


def _standing_decision(plea: Plea) -> Decision | None:
    """The last one that did something to the account; one that still acts comes first."""
    decided = Decision.objects.filter(
        account__platform=plea.platform,
        account__external_id=account_meant(plea.platform, plea.account),
        status__in=APPEALABLE,
        in_force_at__isnull=False,
    ).exclude(action=Action.NONE)
    acting = decided.filter(status=Decision.Status.IN_FORCE).order_by("-in_force_at").first()
    return acting or decided.order_by("-in_force_at").first()
