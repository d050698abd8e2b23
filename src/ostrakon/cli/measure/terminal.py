"""What a measurement says on the terminal: the figures, the notes, and where everything lies."""

from __future__ import annotations

from ostrakon.cli.endings import visible
from ostrakon.cli.measure.run import Outcome
from ostrakon.cli.terminal import Shell, plain
from ostrakon.formats.source import display
from ostrakon.pages.wording_of_measures import name_of, told


def show(outcome: Outcome) -> None:
    """Each figure with its interval and how sure it is, or why there is none."""
    shell = Shell()
    for figure in outcome.found.figures:
        shell.say(visible(plain(f"{name_of(figure.name)}: {told(figure)}")))
        for warning in figure.warnings:
            shell.say(visible(plain(warning)), "  warning: ")
    for note in outcome.summary.notes:
        shell.say(visible(plain(note)), "note: ")
    shell.say(f"Look at {visible(display(outcome.request.out / 'report.html'))}; the tables lie beside it.")
