"""``ostrakon measure``: did it work? One verb a file; ``run`` is what all of them do with a folder."""

from __future__ import annotations

import typer

from ostrakon.cli.measure import effect, population, reach, survival

app = typer.Typer(
    help="Did it work? How many there are, how long they last, who hears them, what a treatment did.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(population.population)
app.command()(survival.survival)
app.command()(reach.reach)
app.command()(effect.effect)
