"""Who works here, and as what. Nobody is deleted: decisions name them."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction

from ostrakon.casework.models import Grant, Person, Role
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState, NotPermitted, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

SETUP = "system"
"""The actor where nobody acts: at set-up, from the shell of the machine (``by=None``)."""


def add_person(
    username: str, *, by: Person | None, now: datetime, name: str = "", email: str = ""
) -> tuple[Person, str]:
    """Add a colleague, without any role yet; gives the password for their first login. It is kept nowhere.

    Args:
        by: an administrator; None: from the shell of the machine.
    Raises:
        NotPermitted: the roles of ``by`` do not allow it.
        Unfit: the name is missing, too long, or not one to log in with.
        NotInThisState: somebody has it.
    """
    password = secrets.token_urlsafe(12)
    person = Person(
        username=_fit_username(username),
        password=make_password(password),  # before the transaction: it takes its time on purpose
        first_name=fit(name, "the name", longest=150) if name else "",
        email=email,
        must_change_password=True,
        date_joined=now,
    )
    with transaction.atomic():
        _require(by)
        if Person.objects.filter(username__iexact=person.username).exists():
            raise NotInThisState("somebody has this name to log in with; choose another")
        person.save(force_insert=True)
        _record(Kind.PERSON_ADDED, person, by)
        return person, password


def reset_password(person: Person, *, by: Person | None) -> str:
    """A new password for somebody's next login, which they must change then. It is kept nowhere.

    Raises:
        NotPermitted: the roles of ``by`` do not allow it.
        NotInThisState: they are inactive, or a guest.
    """
    password = secrets.token_urlsafe(12)
    hashed = make_password(password)
    with transaction.atomic():
        _require(by)
        colleague = Person.objects.filter(pk=person.pk, is_active=True, is_guest=False)
        if colleague.update(password=hashed, must_change_password=True) != 1:
            raise NotInThisState("a password is for a colleague who is active")
        _record(Kind.PERSON_CHANGED, person, by, must_change_password=True)
        return password


def grant(person: Person, role: Role, *, by: Person | None, now: datetime) -> Grant:
    """Give somebody a role; who has it keeps it.

    Raises:
        NotPermitted: the roles of ``by`` do not allow it, or it is themselves.
        NotInThisState: they are inactive, or a guest.
    """
    with transaction.atomic():
        _require(by)
        if by is not None and by.pk == person.pk:
            raise NotPermitted("nobody gives a role to themselves: another administrator must")
        person = _held(person)
        if person.is_guest or not person.is_active:
            raise NotInThisState("a role is for a colleague who is active")
        held, is_new = Grant.objects.get_or_create(
            person=person, role=role, ended_at=None, defaults={"granted_by": by, "granted_at": now}
        )
        if is_new:
            _record(Kind.ROLE_GRANTED, person, by, role=str(role))
        return held


def end_grant(person: Person, role: Role, *, by: Person | None, now: datetime) -> None:
    """Take a role from somebody.

    Raises:
        NotPermitted: the roles of ``by`` do not allow it.
        NotInThisState: they do not have it, or they are the last administrator.
    """
    with transaction.atomic():
        _require(by)
        if role == Role.ADMINISTRATOR:
            _refuse_last_administrator(person)
        if Grant.objects.filter(person=person, role=role, ended_at__isnull=True).update(ended_at=now) != 1:
            raise NotInThisState("they do not have this role")
        _record(Kind.ROLE_ENDED, person, by, role=str(role))


def deactivate(person: Person, *, by: Person | None) -> None:
    """Nobody gets in as this person any more. Their roles stay for the day on which they come back.

    Raises:
        NotPermitted: the roles of ``by`` do not allow it.
        NotInThisState: they are inactive, or the last administrator.
    """
    with transaction.atomic():
        _require(by)
        _refuse_last_administrator(person)
        if Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False) != 1:
            raise NotInThisState("they are inactive already")
        _record(Kind.PERSON_CHANGED, person, by, is_active=False)


def reactivate(person: Person, *, by: Person | None) -> None:
    """Let a colleague in again, with the roles that they had.

    Raises:
        NotPermitted: the roles of ``by`` do not allow it.
        NotInThisState: they are active, or a guest.
    """
    with transaction.atomic():
        _require(by)
        inactive = Person.objects.filter(pk=person.pk, is_active=False, is_guest=False)
        if inactive.update(is_active=True) != 1:
            raise NotInThisState("they are active already, or a guest: a guest is invited anew")
        _record(Kind.PERSON_CHANGED, person, by, is_active=True)


def _require(by: Person | None) -> None:
    if by is not None:
        require(by, Act.MANAGE_PEOPLE)


def _held(person: Person) -> Person:
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _refuse_last_administrator(person: Person) -> None:
    """All administrators are held, so that two of them cannot remove each other at the same moment."""
    held = Grant.objects.filter(
        role=Role.ADMINISTRATOR, ended_at__isnull=True, person__is_active=True
    ).select_for_update(no_key=True)
    administrators = {grant.person_id for grant in held.order_by("pk")}
    if administrators == {person.pk}:
        raise NotInThisState("this is the last administrator: make another one first")


def _fit_username(username: str) -> str:
    kept = fit(username, "the name to log in with", longest=150)
    try:
        Person.username_validator(kept)
    except ValidationError as problem:
        raise Unfit("the name to log in with: letters, digits and @ . + - _ only") from problem
    return kept


def _record(kind: Kind, person: Person, by: Person | None, **facts: str | bool) -> None:
    record(kind, actor=by.actor if by else SETUP, subject=f"person:{person.pk}", facts=facts)
