"""Appeals by others than the person concerned: a lawyer, a friend, a crowd that noticed.

They know an account, not a decision. Whether there is such an account, and whether anything was decided about it, is
not theirs to learn: whatever they name, they are thanked, and hear no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ostrakon.casework.actions.file_appeal import APPEALABLE, file_appeal
from ostrakon.casework.models import Action, Appeal, Decision
from ostrakon.errors import NotInThisState
from ostrakon.intake.public_form import account_meant


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
    if decision is None:
        return None
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
    except NotInThisState:  # too late, or enough of them wait: they learn no more than others
        return None


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
