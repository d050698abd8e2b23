"""``ostrakon demo``: the demonstration worlds as files."""

from __future__ import annotations

import shlex
from pathlib import Path

from ostrakon.cli.endings import visible
from ostrakon.formats import output_folder
from ostrakon.formats.source import display
from ostrakon.pages.wording import things
from ostrakon.worlds.demo import demo
from ostrakon.worlds.files import write, write_year
from ostrakon.worlds.history import History, year
from ostrakon.worlds.world import World


def write_demo_year(folder: Path, seed: int, replace: bool, accounts: int = 3_000) -> History:
    """Write the files of the year.

    Raises:
        OutputRefused: the folder cannot be written.
    """
    world = year(seed, accounts)
    with output_folder(folder, replace) as staging:
        write_year(world, staging)
    return world


def year_in_words(world: History, folder: Path) -> str:
    """What was written, and what to do with it."""
    at = {name: _quoted(folder / f"{name}.csv") for name in ("lists", "spells", "links", "flagged", "panel")}
    return (
        f"{visible(display(folder))}: {world.days} days, {things(world.spells['account'].n_unique(), 'account')} that "
        f"were listed or linked, {things(world.follows.height, 'follow')}, "
        f"{things(world.suspensions.height, 'suspension')}, and truth.json to check against.\n"
        "To measure them:\n"
        f"  ostrakon measure population {at['lists']} --open --out size\n"
        f"  ostrakon measure survival {at['spells']} --links {at['links']} --out survival\n"
        f"  ostrakon measure reach {_quoted(folder / 'follows.parquet')} {at['flagged']} --out reach\n"
        f"  ostrakon measure effect {at['panel']} --out effect"
    )


def write_demo(folder: Path, seed: int, replace: bool) -> World:
    """Write the files.

    Raises:
        OutputRefused: the folder cannot be written.
    """
    world = demo(seed)
    with output_folder(folder, replace) as staging:
        write(world, staging)
    return world


def in_words(world: World, folder: Path) -> str:
    """What was written, and what to do with it."""
    optional = " ".join(
        f"--{name} {_quoted(folder / f'{name}.csv')}" for name in ("decisions", "accounts", "reporters")
    )
    return (
        f"{visible(display(folder))}: {things(world.reports.height, 'report')} on "
        f"{things(world.accounts.height, 'account')} by {things(world.reporters.height, 'reporter')}, "
        f"{things(world.decisions.height, 'decision')}, and truth.csv to check against.\n"
        f"To weigh them: ostrakon triage {_quoted(folder / 'reports.csv')} {optional} --out triage"
    )


def _quoted(path: Path) -> str:
    return shlex.quote(visible(display(path)))
