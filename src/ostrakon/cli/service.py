"""The verbs that set the service up and run it: ``init``, ``serve``, ``worker``, ``upgrade``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ostrakon.cli.endings import ending_clearly

Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="Home folder of the service; otherwise OSTRAKON_HOME, or ~/.local/share/ostrakon.",
    ),
]


def init(
    home: Home = None,
    administrator: Annotated[
        str, typer.Option(metavar="NAME", help="The first administrator's name to log in with.")
    ] = "admin",
) -> None:
    """Set a service up: home folder, keys, database, first administrator."""
    with ending_clearly("what was made is kept, and the same command goes on from there"):
        from ostrakon.service.begin import begin

        configuration = begin(home)
        from django.utils import timezone

        from ostrakon.service.initialise import initialise

        first = initialise(configuration, administrator, timezone.now())
    typer.echo(
        f"{configuration.home} is set up. Keep a copy of its keys (secret.key, ledger.key) in another place.\n"
        f"First login: {first.username}, with the password {first.password}\n"
        "It is shown only here, and must be changed at the first login.\n"
        f"Next: ostrakon serve, then open {configuration.address}"
    )


def serve(
    home: Home = None,
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="To listen on.")] = None,
    port: Annotated[int | None, typer.Option(metavar="NUMBER", min=0, max=65_535, help="0: any.")] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=0, max=64, help="Background workers.")
    ] = None,
) -> None:
    """Run the service: web and background workers, which are started again when they die."""
    with ending_clearly("the service does not run"):
        from ostrakon.service.begin import begin

        configuration = begin(home)
        from ostrakon.service.serve import serve as keep_serving

        keep_serving(
            configuration,
            configuration.host if host is None else host,
            configuration.port if port is None else port,
            configuration.workers if workers is None else workers,
        )


def worker(home: Home = None) -> None:
    """Run one more background worker, here or on any machine that reaches the database and has the keys."""
    with ending_clearly("the worker does not run"):
        from ostrakon.service.begin import begin

        configuration = begin(home)
        from ostrakon.service.children import work
        from ostrakon.service.readiness import refuse_unless_ready
        from ostrakon.service.serve import worker_names

        refuse_unless_ready(configuration)
        work(*worker_names(1))


def upgrade(home: Home = None) -> None:
    """Bring the database up to this version. Stop the service first, and make a backup."""
    with ending_clearly("what was done is kept, and the same command goes on from there"):
        from ostrakon.service.begin import begin

        begin(home)
        from ostrakon.service.upgrade import upgrade as bring_up_to_date

        done = bring_up_to_date()
    steps = "".join(f"\n  {step}" for step in done)
    typer.echo(f"The tables are up to date; {len(done)} steps were missing.{steps}")
