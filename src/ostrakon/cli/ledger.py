"""``ostrakon ledger``: the record, checked and written out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ostrakon.cli.endings import ending_clearly
from ostrakon.cli.service import Home
from ostrakon.errors import InputUnusable

if TYPE_CHECKING:  # heavy: at run time inside the functions
    from ostrakon.ledger.verify import Head, Report

KEY_OPTION = "--key"

app = typer.Typer(
    help="The record of what was done: check it, write it out.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def verify(
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Check this export, offline; otherwise the service's database."),
    ] = None,
    key: Annotated[
        list[Path] | None,
        typer.Option(
            KEY_OPTION,
            metavar="FILE",
            help="The service's public key, ledger.pub; repeatable, for earlier keys too. "
            "Needed with --export; otherwise the one of the home folder is taken.",
        ),
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER:DIGEST",
            help="An entry that must be there, as an earlier run has shown it: so a cut-off end is seen.",
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Is the record whole and unchanged? Exit status 0: yes; 1: no, and what is wrong is named; 2: unusable input."""
    with ending_clearly():
        head = _expected(expect)
        report = _of_export(export, key, head) if export else _of_database(home, key, head)
        _show(report)
    raise typer.Exit(0 if report.is_intact else 1)


@app.command()
def export(
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="A new file; written whole or not at all.")
    ],
    first: Annotated[int, typer.Option(metavar="NUMBER", min=1, help="From this entry on.")] = 1,
    last: Annotated[int | None, typer.Option(metavar="NUMBER", min=1, help="Up to this entry.")] = None,
    home: Home = None,
) -> None:
    """Write the record as NDJSON, to be checked elsewhere: ostrakon ledger verify --export FILE --key ledger.pub."""
    with ending_clearly():
        from ostrakon.service.begin import begin

        begin(home)
        from ostrakon.ledger.stored import export_database
        from ostrakon.service.files import new_file

        with new_file(out) as file:
            contents = export_database(file, first, last)
    typer.echo(
        f"{out}: entries {contents.first} to {contents.last}, {contents.checkpoints} checkpoints. "
        "It is checked with the public key, ledger.pub."
    )


def _of_export(path: Path, key_paths: list[Path] | None, expect: Head | None) -> Report:
    from ostrakon.ledger.export import read_export
    from ostrakon.ledger.keys import load_public_key
    from ostrakon.ledger.verify import verify as walk

    if not key_paths:
        raise InputUnusable(f"{KEY_OPTION} is missing: an export is checked with the service's ledger.pub")
    keys = [load_public_key(each) for each in key_paths]
    try:
        file = path.open("rb")
    except OSError as problem:
        raise InputUnusable(f"{path}: it cannot be read: {problem.strerror}") from problem
    with file:
        contents, items = read_export(file)
        return walk(items, keys, contents=contents, expect=expect)


def _of_database(home: Path | None, key_paths: list[Path] | None, expect: Head | None) -> Report:
    from ostrakon.service.begin import begin

    begin(home)
    from django.conf import settings

    from ostrakon.ledger.keys import load_public_key, public_keys
    from ostrakon.ledger.stored import verify_database

    given = [load_public_key(each) for each in key_paths or []]
    keys = given or public_keys(settings.LEDGER_KEY_FILE)
    return verify_database(keys, expect=expect)


def _expected(expect: str | None) -> Head | None:
    from ostrakon.ledger.verify import Head

    if expect is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,17}:[0-9a-f]{64}", expect):
        raise InputUnusable("--expect takes NUMBER:DIGEST, as an earlier run has shown it")
    number, digest = expect.split(":")
    return Head(int(number), digest)


def _show(report: Report) -> None:
    for problem in report.problems:
        typer.echo(problem)
    if report.found > len(report.problems):
        typer.echo(f"... and {report.found - len(report.problems)} more")
    typer.echo(
        f"The record is intact: {report.entries} entries, {report.checkpoints} checkpoints."
        if report.is_intact
        else f"The record does not verify: {_problems(report.found)} in {report.entries} entries."
    )
    if report.signed:
        typer.echo(f"Signed up to entry {report.signed.number}, at {report.signed.at}.")
    if report.head and report.is_intact:
        typer.echo(f"Keep this for the next time: --expect {report.head}")


def _problems(how_many: int) -> str:
    return "1 problem" if how_many == 1 else f"{how_many} problems"
