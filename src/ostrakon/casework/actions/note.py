"""Write a note beside a case, for colleagues."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.held import held_case
from ostrakon.casework.models import Decision, Note, Participation, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.taking_part import take_part
from ostrakon.casework.texts import fit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

LONGEST_NOTE = 10_000
NOT_IN_FORCE = (Decision.Status.PROPOSED, Decision.Status.APPROVED)


def write_note(person: Person, case_id: int, text: str, now: datetime) -> Note:
    """Write it. Who does so before a decision is in force has a part in it, and hears no appeal against it.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such case.
        Unfit: there is no text, or too much.
    """
    with transaction.atomic():
        require(person, Act.WORK_ON_CASES)
        case = held_case(case_id)
        said = fit(text, "the note", longest=LONGEST_NOTE)
        note = Note.objects.create(case=case, author=person, at=now, text=said)
        take_part(person, case, Participation.Part.NOTE, NOT_IN_FORCE, now)
        record(Kind.NOTE_WRITTEN, actor=person.actor, subject=f"case:{case_id}", facts={"note": note.pk})
        return note
