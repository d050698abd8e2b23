"""``ostrakon demo``: the demonstration world as files."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from ostrakon.formats import output_folder
from ostrakon.worlds.demo import demo
from ostrakon.worlds.files import write


def write_demo(folder: Path, seed: int, replace: bool) -> None:
    """Write the files and say what to do with them."""
    world = demo(seed)
    with output_folder(folder, replace) as staging:
        write(world, staging)
    Console().print(
        f"{folder}: {world.reports.height:,} reports on {world.accounts.height:,} accounts by "
        f"{world.reporters.height:,} reporters, {world.decisions.height:,} decisions, and truth.csv to check against.",
        highlight=False,
        markup=False,
    )
