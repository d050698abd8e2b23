"""Say where reports come from. What a source is decides the lane of a case, never the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ostrakon.casework.models import Person, Policy
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState, NotThere, Unfit
from ostrakon.intake.models import Source
from ostrakon.ledger.chain import Fact
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record


@dataclass(frozen=True)
class Standing:
    """For what and how long a source speaks with priority."""

    areas: Sequence[str] = ()
    """Codes of policies; empty: all."""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    """After it the source is an ordinary one; None: it has no end."""


def add_source(person: Person, name: str, kind: Source.Kind, standing: Standing) -> Source:
    """Add a source.

    Raises:
        NotPermitted: their roles do not allow it.
        Unfit: the name is missing or too long, an area is no policy, or it ends before it begins.
        NotInThisState: there is a source of this name.
    """
    with transaction.atomic():
        require(person, Act.MANAGE_KEYS)
        source, is_new = Source.objects.get_or_create(
            name=fit(name, "the name", longest=120), defaults={"kind": kind, **_columns(standing)}
        )
        if not is_new:
            raise NotInThisState("there is a source of this name")
        _record(Kind.SOURCE_ADDED, source, person)
        return source


def change_standing(person: Person, source_id: int, standing: Standing) -> Source:
    """For what and how long it speaks with priority from now on; its name and kind stay.

    Raises:
        NotPermitted, Unfit: as ``add_source``.
        NotThere: there is none of this number.
    """
    with transaction.atomic():
        require(person, Act.MANAGE_KEYS)
        if Source.objects.filter(pk=source_id).update(**_columns(standing)) != 1:
            raise NotThere("there is no such source")
        source = Source.objects.get(pk=source_id)
        _record(Kind.SETTING_CHANGED, source, person)
        return source


def _columns(standing: Standing) -> dict[str, object]:
    if standing.valid_from and standing.valid_to and standing.valid_to <= standing.valid_from:
        raise Unfit("a source's time ends after it begins")
    areas = sorted(set(standing.areas))
    if Policy.objects.filter(code__in=areas).count() != len(areas):
        raise Unfit("an area is the code of a policy, and one of these is not")
    return {"areas": areas, "valid_from": standing.valid_from, "valid_to": standing.valid_to}


def _record(kind: Kind, source: Source, person: Person) -> None:
    policies = Policy.objects.filter(code__in=source.areas).order_by("pk").values_list("pk", flat=True)
    facts: dict[str, Fact] = {
        "kind": str(source.kind),
        "areas": list(policies),
        "ends": source.valid_to is not None,
    }
    record(kind, actor=person.actor, subject=f"source:{source.pk}", facts=facts)
