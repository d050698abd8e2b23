"""The command ``ostrakon``. Heavy libraries are imported inside the commands, so that ``--help`` is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ostrakon import __version__
from ostrakon.cli import (
    backup,
    casework,
    impact,
    ledger,
    links,
    lists,
    measure,
    platforms,
    service,
    token,
    tryout,
    users,
)
from ostrakon.cli.endings import ending_clearly, show_every_character
from ostrakon.cli.request import Request

MOST_SEED = 2**31 - 1

app = typer.Typer(
    help="Ostrakon weighs abuse reports instead of counting them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for verb in (
    service.init,
    service.serve,
    service.worker,
    service.upgrade,
    backup.backup,
    backup.restore,
    token.token,
    casework.api,
):
    app.command()(verb)
app.command("try")(tryout.try_it)
for name, verbs in {
    "users": users.app,
    "lists": lists.app,
    "platforms": platforms.app,
    "cases": casework.cases,
    "decisions": casework.decisions,
    "appeals": casework.appeals,
    "tasks": casework.tasks,
    "links": links.app,
    "ledger": ledger.app,
    "impact": impact.app,
    "measure": measure.app,
}.items():
    app.add_typer(verbs, name=name)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ostrakon {__version__}")
        raise typer.Exit


@app.callback()
def ostrakon(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop."),
    ] = False,
) -> None:
    """Ostrakon weighs abuse reports instead of counting them."""


@app.command()
def triage(
    reports: Annotated[
        Path, typer.Argument(metavar="REPORTS", help="CSV, TSV, NDJSON or Parquet, also .gz or .zst.")
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder for the results; written whole or not at all."),
    ],
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What people decided: account, outcome, ...")
    ] = None,
    accounts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Reported accounts: account, created_at, views, ...")
    ] = None,
    reporters: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Reporters: reporter, created_at, invited_by.")
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Your column names in REPORTS: reporter=rater,account=ratee,..."),
    ] = None,
    no_campaigns: Annotated[
        bool, typer.Option("--no-campaigns", help="Do not look for coordinated reporting.")
    ] = False,
    explain: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ACCOUNT", help="Say in plain words why ACCOUNT stands where it does; repeatable."
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace DIR if it exists.")] = False,
    seed: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", min=0, max=MOST_SEED, help="The same seed and input give the same numbers."
        ),
    ] = 0,
) -> None:
    """From a file of reports to a ranked, explained queue."""
    with ending_clearly():
        from ostrakon.cli.terminal import show
        from ostrakon.cli.triage import triage as run_triage

        request = Request(
            reports=reports,
            out=out,
            decisions=decisions,
            accounts=accounts,
            reporters=reporters,
            columns=columns,
            campaigns=not no_campaigns,
            explain=tuple(explain or ()),
            replace=replace,
            seed=seed,
        )
        outcome = run_triage(request)
    with ending_clearly(f"the results are complete in {out}"):
        show(outcome)


@app.command()
def returners(
    suspended: Annotated[Path, typer.Option(metavar="FILE", help="Suspended accounts: account, handle, ...")],
    new: Annotated[Path, typer.Option(metavar="FILE", help="New accounts, the same columns.")],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder for the results; written whole or not at all."),
    ],
    follows: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who follows whom: follower, followee.")
    ] = None,
    placebo: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Accounts never suspended, as well known: what is found there is wrong."
        ),
    ] = None,
    reviews: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What people found: account, suspended_account, verdict."),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace DIR if it exists.")] = False,
    seed: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", min=0, max=MOST_SEED, help="The same seed and input give the same numbers."
        ),
    ] = 0,
) -> None:
    """Which new accounts may be suspended ones who came back: hypotheses for people."""
    with ending_clearly():
        from ostrakon.cli.returners import Request as Search
        from ostrakon.cli.returners import returners as look_for_returners
        from ostrakon.cli.returners_terminal import show_links

        request = Search(
            suspended=suspended,
            new=new,
            out=out,
            follows=follows,
            placebo=placebo,
            reviews=reviews,
            replace=replace,
            seed=seed,
        )
        outcome = look_for_returners(request)
    with ending_clearly(f"the results are complete in {out}"):
        show_links(outcome)


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder for the files of the demonstration world.")
    ],
    seed: Annotated[
        int, typer.Option(metavar="NUMBER", min=0, max=MOST_SEED, help="Another seed, another world.")
    ] = 7,
    world: Annotated[
        Literal["week", "year"],
        typer.Option(help="A week of reports to weigh, or a year of suspensions to measure."),
    ] = "week",
    replace: Annotated[bool, typer.Option("--replace", help="Replace DIR if it exists.")] = False,
) -> None:
    """Write a small invented world: a week on a platform in three languages, or a year of suspensions and returns."""
    with ending_clearly():
        from ostrakon.cli.demo import in_words, write_demo, write_demo_year, year_in_words

        if world == "week":
            told = in_words(write_demo(folder, seed, replace), folder)
        else:
            told = year_in_words(write_demo_year(folder, seed, replace), folder)
    with ending_clearly(f"the world is complete in {folder}"):
        typer.echo(told)


def run() -> None:
    """Entry point. Exit status 0 done, 2 unusable input or options, 1 an internal failure."""
    show_every_character()
    app()
