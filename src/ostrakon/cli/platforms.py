"""``ostrakon platforms``: which platforms are connected. For whoever runs the machine; the record says ``system``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ostrakon.cli.endings import ending_clearly, visible
from ostrakon.cli.plain import show, table
from ostrakon.errors import InputUnusable

if TYPE_CHECKING:  # heavy: at run time inside the functions
    from ostrakon.enforcement.models import Connection
    from ostrakon.enforcement.standing import Standing

app = typer.Typer(
    help="Platforms that reports come from and decisions go to.", no_args_is_help=True, rich_markup_mode=None
)
COLUMNS = ("platform", "kind", "mode", "fit", "read", "planned", "waiting", "not_done", "problem")
Name = Annotated[str, typer.Argument(metavar="PLATFORM", help="Its name, as accounts carry it.")]


@app.command("add")
def add(
    name: Name,
    kind: Annotated[str, typer.Option(metavar="KIND", help="matrix, atproto, mastodon, webhook or fake.")],
    address: Annotated[str, typer.Option(metavar="URL", help="Where its interface is.")],
    options: Annotated[
        list[str] | None,
        typer.Option(
            "--option", metavar="NAME=VALUE", help="Of its kind; repeatable. A table is written as JSON."
        ),
    ] = None,
) -> None:
    """Connect a platform. It is read; commands are held as planned until it is switched live."""
    with ending_clearly("nothing was connected"):
        _begin()
        from django.utils import timezone

        from ostrakon.enforcement.connecting import Asked, add_connection
        from ostrakon.enforcement.connections import SECRETS, secret_places

        asked = Asked(name, kind, address, dict(_option(each) for each in options or []))
        made = add_connection(None, asked, timezone.now())
        places = [place for secret in SECRETS[made.kind] for place in secret_places(made.platform, secret)]
    typer.echo(
        f"{visible(made.platform)} is connected; it reads only. Its secrets come from the configuration:"
    )
    for place in places:
        typer.echo(f"  {place}")
    typer.echo(f"Next: ostrakon platforms check {visible(made.platform)}")


@app.command("check")
def check(name: Name) -> None:
    """Is it there, does it let us in, and with the rights that are needed?"""
    with ending_clearly("nothing was changed"):
        _begin()
        from django.utils import timezone

        from ostrakon.enforcement.checking import check as look
        from ostrakon.enforcement.connections import open_connection

        connection = _connection(name)
        platform = open_connection(connection)
        health = look(connection, platform, timezone.now())
        platform.close()
        told = {
            "reachable": health.reachable, "version": health.version, "let in": health.credentials_valid,
            "with the rights needed": health.privileged, "clock differs by seconds": health.clock_skew_s,
            "problem": health.problem or None, "does": sorted(connection.offers.get("actions", {})),
        }  # fmt: skip
    show(told)
    if not health.is_fit:
        raise typer.Exit(1)


@app.command("sync")
def sync(name: Name) -> None:
    """Read its reports now, to the end."""
    with ending_clearly("what was read is kept, and the same command goes on from there"):
        _begin()
        from django.utils import timezone

        from ostrakon.enforcement.connections import open_connection
        from ostrakon.enforcement.reading import read_from

        connection = _connection(name)
        platform = open_connection(connection)
        brought = read_from(connection, platform, timezone.now())
        platform.close()
    typer.echo(f"New reports: {brought.stored}; read before: {brought.known}; our own doing: {brought.own}; "
               f"without an account: {brought.unplaced}.")  # fmt: skip


@app.command("status")
def status() -> None:
    """Every connection: its health, what is planned, what waits, what went wrong."""
    with ending_clearly():
        _begin()
        from ostrakon.enforcement.standing import standings

        rows = [_row(standing) for standing in standings()]
    if not rows:
        typer.echo("No platform is connected: ostrakon platforms add connects one.")
        return
    for line in table(rows, COLUMNS):
        typer.echo(line)


@app.command("mode")
def mode(
    name: Name,
    mode: Annotated[str, typer.Argument(metavar="MODE", help="off, read_only or live.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask whether what is planned shall go out.")
    ] = False,
) -> None:
    """Switch a connection. Live, it carries out what was planned."""
    with ending_clearly("nothing was changed"):
        _begin()
        from django.utils import timezone

        from ostrakon.enforcement.connecting import switch
        from ostrakon.enforcement.standing import standing_of

        connection = _connection(name)
        planned = standing_of(connection).planned
    if mode == "live" and not yes:
        typer.confirm(
            f"{planned} commands and notices are planned, and go out now. Switch it live?", abort=True
        )
    with ending_clearly("nothing was changed"):
        switch(None, connection.pk, mode, timezone.now())
    typer.echo(f"{visible(name)} is {mode} now.")


def _begin() -> None:
    from ostrakon.service.begin import begin

    begin()
    from ostrakon.service.readiness import refuse_unless_set_up

    refuse_unless_set_up()


def _connection(name: str) -> Connection:
    from ostrakon.enforcement.models import Connection
    from ostrakon.errors import NotThere

    found = Connection.objects.filter(platform=name).first()
    if found is None:
        raise NotThere(f"no platform called {name} is connected: ostrakon platforms status names all")
    return found


def _option(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator:
        raise InputUnusable(f"an option is written NAME=VALUE, not {text}")
    try:
        return name, json.loads(value) if value.startswith("{") or value in ("true", "false") else value
    except ValueError as problem:
        raise InputUnusable(f"the option {name} is no JSON") from problem


def _row(standing: Standing) -> dict[str, Any]:
    connection = standing.connection
    return {
        "platform": connection.platform,
        "kind": connection.kind,
        "mode": "halted" if connection.halted_at else connection.mode,
        "fit": connection.health.get("is_fit"),
        "read": f"{connection.read_at:%Y-%m-%d %H:%M:%S}" if connection.read_at else None,
        "planned": standing.planned,
        "waiting": standing.waiting + standing.under_way,
        "not_done": standing.refused,
        "problem": connection.halted_why or connection.problem or None,
    }
