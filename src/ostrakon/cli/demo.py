"""``ostrakon demo``: the demonstration world as files."""

from __future__ import annotations

import shlex
from pathlib import Path

from ostrakon.cli.endings import visible
from ostrakon.formats import output_folder
from ostrakon.formats.source import display
from ostrakon.pages.wording import things
from ostrakon.worlds.demo import demo
from ostrakon.worlds.files import write
from ostrakon.worlds.world import World


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
