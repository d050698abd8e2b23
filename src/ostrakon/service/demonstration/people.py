"""Who works in the demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ostrakon.casework.actions.people import add_person, grant
from ostrakon.casework.models import Person, Role


@dataclass(frozen=True)
class Login:
    """How one gets in as somebody. The password is for one use."""

    role: Role
    username: str
    password: str


@dataclass(frozen=True)
class Cast:
    """The team."""

    reviewers: tuple[Person, ...]
    approver: Person
    appeals: Person
    lead: Person
    auditor: Person
    administrator: Person


TEAM = (
    ("bram", "Bram", Role.REVIEWER),
    ("dalia", "Dalia", Role.REVIEWER),
    ("jonas", "Jonas", Role.REVIEWER),
    ("yusuf", "Yusuf", Role.APPROVER),
    ("mireille", "Mireille", Role.APPEALS),
    ("noor", "Noor", Role.SAFETY_LEAD),
    ("tomas", "Tomas", Role.AUDITOR),
    ("salma", "Salma", Role.ADMINISTRATOR),
)


def hire(at: datetime) -> tuple[Cast, tuple[Login, ...]]:
    """The team, and how one gets in as each of them."""
    people, logins = [], []
    for username, name, role in TEAM:
        person, password = add_person(username, by=None, now=at, name=name, email=f"{username}@agora.example")
        grant(person, role, by=None, now=at)
        people.append(person)
        logins.append(Login(role, username, password))
    *reviewers, approver, appeals, lead, auditor, administrator = people
    cast = Cast(tuple(reviewers), approver, appeals, lead, auditor, administrator)
    return cast, tuple(logins)
