"""``ostrakon users``: who works here, and as what. For whoever runs the machine; the record says ``system``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ostrakon.cli.endings import ending_clearly, visible
from ostrakon.cli.plain import table

if TYPE_CHECKING:  # heavy: at run time inside the functions
    from ostrakon.casework.models import Person, Role

app = typer.Typer(help="People who work here, and their roles.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name to log in with.")]
RoleName = Annotated[
    str,
    typer.Argument(
        metavar="ROLE", help="reviewer, approver, appeals, safety_lead, auditor or administrator."
    ),
]


@app.command("list")
def list_people() -> None:
    """Everybody, with the roles they have."""
    with ending_clearly():
        _begin()
        from ostrakon.casework.models import Person

        people = Person.objects.filter(is_guest=False).order_by("username").prefetch_related("grants")
        rows = [
            {
                "name": person.username,
                "active": person.is_active,
                "roles": [grant.role for grant in person.grants.all() if grant.ended_at is None],
                "password": "for one use" if person.must_change_password else "their own",
            }
            for person in people
        ]
    for line in table(rows, ("name", "active", "roles", "password")):
        typer.echo(line)


@app.command("add")
def add(
    name: Name,
    roles: Annotated[
        list[str] | None, typer.Option("--role", metavar="ROLE", help="Repeatable; see ostrakon users grant.")
    ] = None,
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="By which single sign-on knows them.")] = "",
) -> None:
    """Add a colleague; prints the password for their first login, once."""
    with ending_clearly("nobody was added"):
        _begin()
        from django.db import transaction
        from django.utils import timezone

        from ostrakon.casework.actions.people import add_person, grant

        now = timezone.now()
        with transaction.atomic():
            person, password = add_person(name, by=None, now=now, email=email)
            for role in roles or []:
                grant(person, _role(role), by=None, now=now)
    _tell_password(person, password)


@app.command("grant")
def grant_role(name: Name, role: RoleName) -> None:
    """Give somebody a role."""
    with ending_clearly("nothing was changed"):
        _begin()
        from django.utils import timezone

        from ostrakon.casework.actions.people import grant

        grant(_person(name), _role(role), by=None, now=timezone.now())


@app.command("end")
def end_role(name: Name, role: RoleName) -> None:
    """Take a role from somebody."""
    with ending_clearly("nothing was changed"):
        _begin()
        from django.utils import timezone

        from ostrakon.casework.actions.people import end_grant

        end_grant(_person(name), _role(role), by=None, now=timezone.now())


@app.command("reset-password")
def reset(name: Name) -> None:
    """A new password for somebody's next login; prints it, once."""
    with ending_clearly("nothing was changed"):
        _begin()
        from ostrakon.casework.actions.people import reset_password

        person = _person(name)
        password = reset_password(person, by=None)
    _tell_password(person, password)


@app.command("deactivate")
def deactivate_person(name: Name) -> None:
    """Nobody gets in as this person any more; what they did stays."""
    with ending_clearly("nothing was changed"):
        _begin()
        from ostrakon.casework.actions.people import deactivate

        deactivate(_person(name), by=None)


@app.command("reactivate")
def reactivate_person(name: Name) -> None:
    """Let a colleague in again."""
    with ending_clearly("nothing was changed"):
        _begin()
        from ostrakon.casework.actions.people import reactivate

        reactivate(_person(name), by=None)


def _begin() -> None:
    from ostrakon.service.begin import begin

    begin()
    from ostrakon.service.readiness import refuse_unless_set_up

    refuse_unless_set_up()


def _person(name: str) -> Person:
    from ostrakon.casework.models import Person
    from ostrakon.errors import NotThere

    person = Person.objects.filter(username=name, is_guest=False).first()
    if person is None:
        raise NotThere(f"nobody here logs in as {name}: ostrakon users list names everybody")
    return person


def _role(name: str) -> Role:
    from ostrakon.casework.models import Role
    from ostrakon.errors import InputUnusable

    try:
        return Role(name)
    except ValueError as problem:
        raise InputUnusable(f"there is no role {name}; there are {', '.join(Role.values)}") from problem


def _tell_password(person: Person, password: str) -> None:
    typer.echo(f"Next login: {visible(person.username)}, with the password {password}")
    typer.echo("It is shown only here, and must be changed at that login.")
