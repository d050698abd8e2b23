"""``ostrakon backup`` and ``ostrakon restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ostrakon.cli.endings import ending_clearly
from ostrakon.cli.service import Home


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file; written whole or not at all.")],
    home: Home = None,
    with_keys: Annotated[
        bool,
        typer.Option(
            "--with-keys",
            help="Also the private keys and ostrakon.toml with its passwords. Whoever has such a file can sign as "
            "this service; without it, keep the keys elsewhere.",
        ),
    ] = False,
) -> None:
    """Write everything into one file, while the service runs."""
    with ending_clearly():
        from ostrakon.service.begin import begin

        begin(home)
        from django.utils import timezone

        from ostrakon.service.backup import backup as write_backup
        from ostrakon.service.readiness import refuse_unless_set_up

        refuse_unless_set_up()
        manifest = write_backup(file.absolute(), with_keys=with_keys, now=timezone.now())
    keys = (
        "The keys are in it: keep it where nobody else can read it."
        if with_keys
        else "The keys are not in it."
    )
    typer.echo(f"{file}: everything up to entry {manifest.head_number} of the record. {keys}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What ostrakon backup wrote.")],
    home: Annotated[Path, typer.Option("--home", metavar="DIR", help="An empty or new folder.")],
    keys: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder with secret.key, ledger.key and ledger.pub, for a backup without keys; otherwise new ones "
            "are made, and links in notices that were sent lead nowhere.",
        ),
    ] = None,
) -> None:
    """Bring a service back from a backup, into a new home and an empty database; its record must verify."""
    with ending_clearly("nothing was kept of it; a PostgreSQL database may hold what was brought back"):
        from ostrakon.service.begin import begin
        from ostrakon.service.home import new_home, take_keys
        from ostrakon.service.packing import unpack

        with new_home(home.expanduser().absolute()) as folder:
            manifest = unpack(file, folder)
            take_keys(folder, keys)
            begin(folder)
            from django.utils import timezone

            from ostrakon.service.restore import restore as bring_back

            restored = bring_back(folder, manifest, timezone.now())
    report = restored.report
    typer.echo(
        f"{home} holds the service as it was at {manifest.made_at}.\n"
        f"The record is intact: {report.entries} entries, {report.checkpoints} checkpoints."
    )
    if restored.waiting:
        typer.echo(
            f"{restored.waiting} messages waited then: they go out again, also those that went out since."
        )
    if restored.steps_behind:
        typer.echo(
            f"The tables are {restored.steps_behind} steps behind this version: ostrakon upgrade --home {home}"
        )
