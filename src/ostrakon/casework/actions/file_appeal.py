"""Ask that a decision be looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from ostrakon.casework.appealable import Appealable, appealable
from ostrakon.casework.held import held_decision
from ostrakon.casework.models import Appeal, Decision, NoticeTemplate
from ostrakon.casework.notices import write_notice
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

LONGEST_TEXT = 10_000
WHY_NOT = {
    Appealable.WAITS: "an appeal against this decision waits already and will be answered",
    Appealable.TOO_LATE: "the time to appeal is over; a court may still be open to you",
    Appealable.UNDONE: "this decision does not stand any more: there is nothing to appeal",
}


def file_appeal(
    decision: Decision,
    *,
    filed_by: str,
    text: str,
    now: datetime,
    name: str = "",
    email: str = "",
    language: str = "",
) -> Appeal:
    """Ask for a second look, as the person concerned or on their behalf. The same words again are the same appeal.

    Args:
        filed_by: a value of ``Appeal.FiledBy``.
        email: where the answer goes, if the person concerned asks; else only to come back to who asks.
    Raises:
        Unfit: there are no words, or something else makes no sense.
        NotInThisState: it cannot be appealed any more, or an appeal waits already.
    """
    said = _fit(filed_by, text, name, email, language)
    with transaction.atomic():
        decision = held_decision(decision.pk)
        if before := decision.appeals.filter(filed_by=filed_by, text=said["text"]).first():
            return before
        if (answer := appealable(decision, filed_by, now)) is not Appealable.YES:
            raise NotInThisState(WHY_NOT[answer])
        due_at = now + timedelta(hours=decision.policy.appeal_deadline_hours)
        appeal = Appeal.objects.create(
            decision=decision, filed_by=filed_by, filed_at=now, due_at=due_at, **said
        )
        if filed_by == Appeal.FiledBy.USER:
            write_notice(NoticeTemplate.Kind.APPEAL_RECEIVED, now=now, decision=decision, appeal=appeal)
        record(
            Kind.APPEAL_FILED,
            actor="public",
            subject=f"appeal:{appeal.pk}",
            facts={"decision": decision.pk, "filed_by": str(filed_by)},
        )
    return appeal


def _fit(filed_by: str, text: str, name: str, email: str, language: str) -> dict[str, str]:
    if filed_by not in Appeal.FiledBy.values:
        raise Unfit("say who asks: {names}", names=Appeal.FiledBy.values)
    return {
        "text": fit(text, "the appeal", longest=LONGEST_TEXT),
        "name": fit(name, "the name", longest=200) if name.strip() else "",
        "email": _address(email) if email.strip() else "",
        "language": fit(language, "the language", longest=35) if language.strip() else "",
    }


def _address(email: str) -> str:
    try:
        validate_email(address := fit(email, "the e-mail address", longest=320))
    except ValidationError as problem:
        raise Unfit("this is not an e-mail address") from problem
    return address
