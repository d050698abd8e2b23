"""``ostrakon try``: a whole service to look at, filled with the demonstration world."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ostrakon.cli.endings import ending_clearly, visible

if TYPE_CHECKING:  # heavy: at run time inside the functions
    from ostrakon.service.configuration import Configuration
    from ostrakon.service.demonstration.fill import Demonstration

FIRST_PORT = 8765
MAIL = "mail"
MOST_SEED = 2**31 - 1


def try_it(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the service; a new one.")],
    port: Annotated[
        int,
        typer.Option(
            metavar="NUMBER",
            min=1,
            max=65_535,
            help="Where the console is; if it is taken, the next free one.",
        ),
    ] = FIRST_PORT,
    seed: Annotated[
        int, typer.Option(metavar="NUMBER", min=0, max=MOST_SEED, help="Another seed, another week.")
    ] = 8,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an earlier demonstration in DIR, and nothing else.")
    ] = False,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Fill DIR, say how to get in, and end.")
    ] = False,
) -> None:
    """Look around: a service with a week of invented reports, decisions and appeals, on this machine alone."""
    home = folder.expanduser().absolute()
    with ExitStack() as stack:
        with ending_clearly(f"what was made in {folder} can be replaced with --replace"):
            configuration = _furnished(home, port, replace, stack)
            made = _filled(configuration, seed)
        typer.echo(_in_words(configuration, made))
        if no_serve:
            typer.echo(f"To open it: ostrakon serve --home {shlex.quote(visible(str(folder)))}")
            return
        typer.echo("Ctrl-C ends it.")
        with ending_clearly("the service does not run"):
            from ostrakon.service.serve import serve

            serve(configuration, configuration.host, configuration.port, configuration.workers)


def _furnished(home: Path, port: int, replace: bool, stack: ExitStack) -> Configuration:
    """The folder, held until the stack ends, with the letterbox open; this process is one of the service now."""
    from ostrakon.service.begin import begin
    from ostrakon.service.demonstration.folder import own_folder
    from ostrakon.service.demonstration.letterbox import letterbox
    from ostrakon.service.demonstration.terms import (
        configuration_file,
        free_port,
        leave_out_the_environment,
        terms,
    )
    from ostrakon.service.home import CONFIGURATION_FILE, LEDGER_KEY, furnish

    leave_out_the_environment()
    stack.enter_context(own_folder(home, replace=replace))
    chosen = terms(free_port(port), stack.enter_context(letterbox(home / MAIL)))
    (home / CONFIGURATION_FILE).write_text(configuration_file(chosen), encoding="utf-8")
    furnish(home, home / LEDGER_KEY)  # before Django begins: links are signed from the first letter on
    return begin(home)


def _filled(configuration: Configuration, seed: int) -> Demonstration:
    from django.utils import timezone

    from ostrakon.service.demonstration.run import set_up

    return set_up(configuration, seed, timezone.now().replace(microsecond=0), _stopwatch())


def _stopwatch() -> Callable[[str], None]:
    """Says each step that is done, with the seconds it took."""
    last = time.monotonic()

    def say(step: str) -> None:
        nonlocal last
        now = time.monotonic()
        typer.echo(f"{now - last:5.1f} s  {step}", err=True)
        last = now

    return say


def _in_words(configuration: Configuration, made: Demonstration) -> str:
    address = configuration.address
    first = {login.role: login for login in reversed(made.logins)}  # of two with one role, the first
    people = "".join(
        f"  {role.label:<18}{login.username:<10}{login.password}\n" for role, login in first.items()
    )
    return (
        f"\nOpen {address}\n\n"
        "Sign in as one of these. Each password is for one use: you choose another after it. Here, and only here,\n"
        "nobody needs a second factor.\n"
        f"{people}\n"
        "What the people outside see, without signing in:\n"
        f"  a notice            {made.notice}\n"
        f"  to appeal           {made.appeal}\n"
        f"  a report's receipt  {made.receipt}\n"
        f"Letters become files in {visible(str(configuration.home / MAIL))}; nothing leaves this machine.\n"
    )
