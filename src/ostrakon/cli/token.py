"""``ostrakon token``: a key of one's own, for whoever proves at the shell who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ostrakon.cli.calling import TOKEN
from ostrakon.cli.endings import ending_clearly

if TYPE_CHECKING:  # heavy: at run time inside the functions
    from ostrakon.casework.models import Person

USUAL = ("cases:read", "cases:write", "decisions:write", "appeals:write", "tasks:write", "lists:write")


def token(
    username: Annotated[str, typer.Option("--user", prompt="Name", metavar="NAME", help="Who you are.")],
    name: Annotated[
        str, typer.Option(metavar="TEXT", help="What the key is for, as others see it.")
    ] = "shell",
    scopes: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", metavar="SCOPE", help=f"What it opens; repeatable. Otherwise {', '.join(USUAL)}."
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="After which it ends.")] = 30,
) -> None:
    """Make a key with which the shell acts as you; asks for your password and your second factor."""
    with ending_clearly("no key was made"):
        from ostrakon.service.begin import begin

        begin()
        from datetime import timedelta

        from django.utils import timezone

        from ostrakon.service.readiness import refuse_unless_set_up
        from ostrakon.web.tokens import make_own_token

        refuse_unless_set_up()
        person = _prove(username, typer.prompt("Password", hide_input=True, err=True))
        now = timezone.now()
        made = make_own_token(
            person, name=name, scopes=scopes or USUAL, expires_at=now + timedelta(days=days), now=now
        )
    typer.echo("The key is shown only here. To act with it:")
    typer.echo(f"export {TOKEN}={made.key}")


def _prove(username: str, password: str) -> Person:
    from ostrakon.web.proof import by_password, choose_password, needs_code, refuse_wrong_code

    person = by_password(username, password)
    if person.must_change_password:
        typer.echo("This password was for one use.", err=True)
        chosen = typer.prompt("A password of your own", hide_input=True, confirmation_prompt=True, err=True)
        choose_password(person, chosen)
    if needs_code(person):
        refuse_wrong_code(person, typer.prompt("Code of your authenticator, or a recovery code", err=True))
    return person
