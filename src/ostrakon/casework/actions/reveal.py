"""Look at a piece of evidence that is shown blurred or folded: on purpose, and on the record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.models import Case, Exposure, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.sight import cases_seen_by
from ostrakon.errors import NotInThisState, NotThere
from ostrakon.intake.models import Evidence
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record


def reveal(person: Person, case_id: int, evidence_id: int, now: datetime) -> Evidence:
    """Give the evidence to be shown, and write down that they looked. Each look counts.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such case for them, or no such evidence about its account.
        NotInThisState: there is nothing to look at: it was erased by its rule, or only its address is known.
    """
    with transaction.atomic():
        if not person.is_guest:
            require(person, Act.READ_CASES)
        case = cases_seen_by(person, now).select_related("policy").filter(pk=case_id).first()
        if case is None:
            raise NotThere("there is no such case, or it is not for you")
        evidence = _shown(case, evidence_id)
        Exposure.objects.create(
            person=person, case=case, evidence=evidence, severity=case.policy.severity, at=now
        )
        record(
            Kind.EVIDENCE_REVEALED,
            actor=person.actor,
            subject=f"evidence:{evidence.pk}",
            facts={"case": case.pk},
        )
        return evidence


def _shown(case: Case, evidence_id: int) -> Evidence:
    evidence = Evidence.objects.filter(pk=evidence_id, account=case.account_id).first()
    if evidence is None:
        raise NotThere("there is no such evidence, or it is not for you")
    if evidence.content is None:
        raise NotInThisState(
            "there is nothing to look at: it was erased by its rule, or only its address is known"
        )
    return evidence
