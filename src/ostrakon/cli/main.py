"""The command ``ostrakon``. Heavy libraries are imported inside the commands, so that ``--help`` is quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ostrakon import __version__
from ostrakon.errors import InputUnusable, OstrakonError

app = typer.Typer(
    help="Ostrakon weighs abuse reports instead of counting them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ostrakon {__version__}")
        raise typer.Exit


@app.callback()
def ostrakon(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Ostrakon weighs abuse reports instead of counting them."""


@app.command()
def triage(
    reports: Annotated[Path, typer.Argument(help="Reports: CSV, TSV, NDJSON or Parquet, also .gz or .zst.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results; written whole or not at all.")],
    decisions: Annotated[Path | None, typer.Option(help="What people decided: account, outcome, ...")] = None,
    accounts: Annotated[Path | None, typer.Option(help="Reported accounts: account, created_at, views, ...")] = None,
    reporters: Annotated[Path | None, typer.Option(help="Reporters: reporter, created_at, invited_by.")] = None,
    columns: Annotated[
        str | None, typer.Option(help="Your column names in REPORTS: reporter=rater,account=ratee,...")
    ] = None,
    no_campaigns: Annotated[bool, typer.Option("--no-campaigns", help="Do not look for coordinated reporting.")] = False,
    explain: Annotated[
        list[str] | None, typer.Option(help="Say in plain words why ACCOUNT stands where it stands; repeatable.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace OUT if it exists.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed and input give the same numbers.")] = 0,
) -> None:
    """From a file of reports to a ranked, explained queue."""
    from ostrakon.cli.triage import Request, show, triage as run_triage

    request = Request(reports, out, decisions, accounts, reporters, columns, not no_campaigns, tuple(explain or ()), replace, seed)
    show(run_triage(request))


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder for the files of the demonstration world.")],
    seed: Annotated[int, typer.Option(help="Another seed, another week.")] = 7,
    replace: Annotated[bool, typer.Option("--replace", help="Replace FOLDER if it exists.")] = False,
) -> None:
    """Write a small invented world: a week on a platform, in three languages."""
    from ostrakon.cli.demo import write_demo

    write_demo(folder, seed, replace)


def run() -> None:
    """Entry point: errors end in one clear line. Exit status 0 done, 2 unusable input, 1 internal failure."""
    try:
        app()
    except InputUnusable as error:
        _stop(str(error), 2)
    except OstrakonError as error:
        _stop(str(error), 1)
    except KeyboardInterrupt:
        _stop("interrupted; nothing was written", 130)
    except MemoryError:
        _stop("not enough memory for this input; nothing was written", 1)
    except Exception as error:  # the last door: no traceback reaches a user who did not ask for one
        import os

        if os.environ.get("OSTRAKON_TRACEBACK"):
            raise
        _stop(
            f"internal failure ({type(error).__name__}: {error}); nothing was written. Please report it, with the "
            "output of the same command after export OSTRAKON_TRACEBACK=1",
            1,
        )


def _stop(message: str, status: int) -> None:
    print(f"ostrakon: {message}", file=sys.stderr)
    sys.exit(status)
