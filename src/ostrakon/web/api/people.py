"""Who works here, and as what."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.actions.people import (
    add_person,
    deactivate,
    end_grant,
    grant,
    reactivate,
    reset_password,
)
from ostrakon.casework.models import Person, Role
from ostrakon.casework.permissions import MAY, Act, roles_of
from ostrakon.web.api.doors import Request, guests_too, people, person_of
from ostrakon.web.api.shapes import Id, PageOf, Paging, fetch, newest_first
from ostrakon.web.tokens import Scope

router = Router(tags=["people"])
ADMINISTRATOR = people(Scope.ADMIN, Act.MANAGE_PEOPLE)


class PersonIn(Schema):
    """A colleague to be added."""

    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.@+-]{1,150}$")]
    name: str = Field("", max_length=150)
    email: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""


class PersonOut(Schema):
    """A colleague, or a guest."""

    id: int
    username: str
    name: str = Field(validation_alias="first_name")
    is_active: bool
    is_guest: bool
    roles: list[Role]

    @staticmethod
    def resolve_roles(person: Person) -> list[str]:
        """Those in force."""
        return sorted(grant.role for grant in person.grants.all() if grant.ended_at is None)


class ColleagueOut(Schema):
    """A colleague, by name."""

    id: int
    username: str
    name: str = Field(validation_alias="first_name")


class NewPersonOut(Schema):
    """A colleague and the password for their first login: the only time that it is shown."""

    person: PersonOut
    password: str


class PasswordOut(Schema):
    """A password for one login: the only time that it is shown."""

    password: str


class MeOut(Schema):
    """Who asks, and what they may do."""

    id: int
    username: str
    is_guest: bool
    roles: list[Role]
    acts: list[Act]


@router.get("/me", auth=guests_too(Scope.CASES_READ, None), response=MeOut)
def show_me(request: Request) -> dict[str, Any]:
    """Who is signed in, and what they may do."""
    me = person_of(request)
    roles = roles_of(me)
    return {
        "id": me.pk,
        "username": me.username,
        "is_guest": me.is_guest,
        "roles": sorted(roles),
        "acts": sorted(act for act, allowed in MAY.items() if allowed & roles),
    }


@router.get("/colleagues", auth=people(Scope.CASES_READ, Act.READ_CASES), response=PageOf[ColleagueOut])
def list_colleagues(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """Who works here now: numbers in decisions and notes are theirs."""
    return newest_first(Person.objects.filter(is_active=True, is_guest=False), page)


@router.get("/people", auth=ADMINISTRATOR, response=PageOf[PersonOut])
def list_people(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """Everybody who works here or was a guest."""
    return newest_first(Person.objects.prefetch_related("grants"), page)


@router.post("/people", auth=ADMINISTRATOR, response={201: NewPersonOut})
def make_person(request: Request, new: PersonIn) -> Status[dict[str, Any]]:
    """Add a colleague, without any role yet."""
    person, password = add_person(
        new.username, by=person_of(request), now=timezone.now(), name=new.name, email=new.email
    )
    return Status(201, {"person": person, "password": password})


@router.get("/people/{person_id}", auth=ADMINISTRATOR, response=PersonOut)
def show_person(request: Request, person_id: Id) -> Person:
    """One of them."""
    return _person(person_id)


@router.post("/people/{person_id}/password", auth=ADMINISTRATOR, response=PasswordOut)
def renew_password(request: Request, person_id: Id) -> dict[str, str]:
    """A new password for their next login, which they change then."""
    return {"password": reset_password(_person(person_id), by=person_of(request))}


@router.post("/people/{person_id}/deactivate", auth=ADMINISTRATOR, response=PersonOut)
def deactivate_person(request: Request, person_id: Id) -> Person:
    """Nobody gets in as them any more."""
    deactivate(_person(person_id), by=person_of(request))
    return _person(person_id)


@router.post("/people/{person_id}/reactivate", auth=ADMINISTRATOR, response=PersonOut)
def reactivate_person(request: Request, person_id: Id) -> Person:
    """Let them in again, with the roles that they had."""
    reactivate(_person(person_id), by=person_of(request))
    return _person(person_id)


@router.put("/people/{person_id}/roles/{role}", auth=ADMINISTRATOR, response=PersonOut)
def give_role(request: Request, person_id: Id, role: Role) -> Person:
    """Give them a role; who has it keeps it. Nobody gives one to themselves."""
    grant(_person(person_id), role, by=person_of(request), now=timezone.now())
    return _person(person_id)


@router.delete("/people/{person_id}/roles/{role}", auth=ADMINISTRATOR, response=PersonOut)
def take_role(request: Request, person_id: Id, role: Role) -> Person:
    """Take a role from them."""
    end_grant(_person(person_id), role, by=person_of(request), now=timezone.now())
    return _person(person_id)


def _person(number: int) -> Person:
    return fetch(Person.objects.prefetch_related("grants"), number)
