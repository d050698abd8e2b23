"""What a search for returners says on the terminal."""

from __future__ import annotations

from ostrakon.cli.endings import visible
from ostrakon.cli.returners import Outcome
from ostrakon.cli.terminal import Shell
from ostrakon.formats.source import display
from ostrakon.pages.wording import things


def show_links(outcome: Outcome) -> None:
    """How many links, the notes, and where everything lies. No names: evidence is read before a link is."""
    shell, counts = Shell(), outcome.summary.counts
    shell.say(
        f"{things(counts['new'], 'new account')} and {things(counts['suspended'], 'suspended account')}: "
        f"{things(counts['links'], 'link')} for people to look at, {counts['suggested']:,} of them suggested. "
        "A link is a hypothesis, and nothing acts on it."
    )
    for note in outcome.summary.notes:
        shell.say(visible(note), "note: ")
    shell.say(
        f"Look at {visible(display(outcome.request.out / 'report.html'))}: it shows the evidence for and against."
    )
