"""What a run says on the terminal: the first rows, the explanations that were asked for, and where to look.

The sentences are those of the page, in ASCII: they are copied, searched and piped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from ostrakon.analysis.tables import UNSPECIFIED
from ostrakon.analysis.worth import Explanation, Voice
from ostrakon.cli.endings import visible
from ostrakon.cli.triage import Outcome
from ostrakon.formats.source import display
from ostrakon.pages import rounding, wording

ROWS = 10
NAMED = 3
"""Members of a campaign that are named; all of them stand in campaign_members.csv."""
SPENDABLE = ("decided", "campaigns", "reports", "voices")
"""Columns that a narrow terminal does without, the first ones first; queue.csv has them all."""
LEAST_ID = 7
"""Characters of an id that stand on one line, however narrow the terminal is."""
LONGEST_ID = 80
LEAST_TEXT = 20
ROOMY = 10_000
"""Wider than any table: to ask how wide one would like to be."""

Row = Mapping[str, Any]
_ASCII = str.maketrans({rounding.NBSP: " ", "–": "-", "−": "-", "’": "'", "“": '"', "”": '"'})


def named(text: str) -> str:
    """What somebody else chose to be called, for a terminal; in full it stands in the files.

    >>> named("a" * 1000)[-24:]
    'aa... (1,000 characters)'
    """
    if len(text) <= LONGEST_ID:
        return visible(text)
    return f"{visible(text[:LONGEST_ID])}... ({len(text):,} characters)"


def plain(text: str) -> str:
    """Our own words without typography.

    >>> plain(rounding.interval(0.48, 0.74))
    '48-74 %'
    """
    return text.translate(_ASCII)


def _interval(row: Row) -> str:
    return plain(rounding.interval(row["probability_low"], row["probability_high"]))


@dataclass(frozen=True)
class Column:
    """One column of the table; ids stand at its end, where their direction moves no number."""

    name: str
    heading: str
    cell: Callable[[Row], str]
    is_number: bool = False


COLUMNS = (
    Column("rank", "rank", lambda row: str(row["rank"]), is_number=True),
    Column("probability", "likely", lambda row: plain(rounding.percent(row["probability"])), is_number=True),
    Column("interval", "90 % interval", _interval, is_number=True),
    Column("reports", "reports", lambda row: f"{row['reports']:,}", is_number=True),
    Column("voices", "voices", lambda row: f"{row['independent_reports']:,.1f}", is_number=True),
    Column("campaigns", "campaigns", lambda row: (row["campaigns"] or "").replace(";", " ")),
    Column("decided", "decided", lambda row: row["decided"] or ""),
    Column("account", "account", lambda row: named(row["account"])),
    Column("policy", "policy", lambda row: named(row["policy"])),
)


class Shell(Console):
    """A console that takes texts as they are, and leaves it to the command what a closed pipe means."""

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Called by rich, which would end the program with status 1."""
        raise BrokenPipeError

    def say(self, text: str, before: str = "") -> None:
        """One line; on a terminal it is wrapped at words, beside what stands ``before`` it."""
        if not self.is_terminal:
            self.print(before + text, soft_wrap=True)
            return
        lines = Text(text).wrap(self, max(LEAST_TEXT, self.width - cell_len(before)))
        for number, line in enumerate(lines):
            self.print(
                (before if number == 0 else " " * cell_len(before)) + line.plain.rstrip(), soft_wrap=True
            )


def show(outcome: Outcome) -> None:
    """A short table, the explanations that were asked for, the notes, and where everything lies."""
    shell, summary, out = Shell(), outcome.summary, outcome.request.out
    counts = summary.counts
    shell.say(
        f"{wording.things(counts.reports, 'report')} by {wording.things(counts.reporters, 'reporter')} on "
        f"{wording.things(counts.accounts, 'account')}: "
        f"{plain(wording.independent(counts.independent_reports))}."
    )
    shell.print()
    shell.print(queue_table(outcome.queue, shell))
    shell.say(_title(outcome.queue))
    for explanation in outcome.explanations:
        shell.print()
        for before, text in in_words(explanation):
            shell.say(text, before)
    shell.print()
    for note in summary.notes:
        shell.say(visible(note), "note: ")
    shell.say(f"Look at {visible(display(out / 'report.html'))}; the tables lie beside it.")


def queue_table(queue: pl.DataFrame, console: Console) -> Table:
    """The first rows of the queue, with as many columns as the console has room for."""
    rows = queue.head(ROWS).to_dicts()
    columns = _telling(queue, rows)
    for spent in range(len(SPENDABLE) + 1):
        table = _table([column for column in columns if column.name not in SPENDABLE[:spent]], rows)
        wished = Measurement.get(console, console.options.update(width=ROOMY), table).maximum
        if wished <= console.width:
            break
    return table


def in_words(told: Explanation) -> list[tuple[str, str]]:
    """An explanation as lines: reasons first, then the number, then who moved it and by how much.

    Each line comes with what stands before it and is not to be wrapped.
    """
    value = told.probability
    number = f"{plain(rounding.percent(value.value))} ({plain(rounding.interval(value.low, value.high))})"
    came = plain(wording.reports_and_voices(told.reports, told.independent_reports))
    lines = [("", f"Why {named(told.account)} stands there, policy {named(told.policy)}:")]
    lines += _reasons(wording.SPEAKS_FOR, told.reasons_for, wording.NO_REASON_FOR)
    lines += _reasons(wording.SPEAKS_AGAINST, told.reasons_against, wording.NO_REASON_AGAINST)
    lines += [
        ("  ", f"So it is {number} likely. {plain(wording.base_rate(told.base_rate))}"),
        ("  ", f"{came}, {wording.by_reporters(told.reporters)}."),
    ]
    if told.decided:
        lines.append(("  ", f"{wording.DECIDED} {told.decided}. {wording.DECIDED_NOTE}"))
    return lines + _voices(told)


def _title(queue: pl.DataFrame) -> str:
    policies = queue["policy"].unique().head(2).to_list()
    of_policy = (
        f", all of policy {named(policies[0])}" if len(policies) == 1 and policies[0] != UNSPECIFIED else ""
    )
    shown = min(ROWS, queue.height)
    return (
        f"The first {shown} of {wording.things(queue.height, 'row')} of the queue{of_policy}. A probability is "
        "never a verdict: a person looks, and decides."
    )


def _telling(queue: pl.DataFrame, rows: Sequence[Row]) -> list[Column]:
    """The columns that say something: not those that are empty, nor the policy where there is but one."""
    silent = {name for name in ("campaigns", "decided") if not any(row[name] for row in rows)}
    if queue["policy"].n_unique() == 1:
        silent.add("policy")
    return [column for column in COLUMNS if column.name not in silent]


def _table(columns: Sequence[Column], rows: Sequence[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        if column.is_number:
            table.add_column(column.heading, justify="right", no_wrap=True)
        else:
            table.add_column(column.heading, overflow="fold", min_width=LEAST_ID)
    for row in rows:
        table.add_row(*(column.cell(row) for column in columns))
    return table


def _reasons(title: str, reasons: Sequence[str], none: str) -> list[tuple[str, str]]:
    return [("  ", f"{title}:"), *(("    - ", plain(reason)) for reason in reasons or [none])]


def _voices(told: Explanation) -> list[tuple[str, str]]:
    if not told.voices:
        return [("  ", wording.NO_VOICES)]
    moved = [plain(rounding.points(voice.moved)) for voice in told.voices]
    widest = max(map(len, moved))
    lines = [("  ", f"{wording.VOICES}, in percentage points:")]
    lines += [(f"    {by:>{widest}}  ", _who(voice)) for by, voice in zip(moved, told.voices, strict=True)]
    if told.other_voices:
        lines.append(("  ", wording.other_voices(told.other_voices)))
    return lines


def _who(voice: Voice) -> str:
    names = ", ".join(map(named, voice.reporters[:NAMED]))
    if len(voice.reporters) == 1:
        return f"{names}: {plain(wording.record(voice.decided, voice.upheld))}"
    more = len(voice.reporters) - NAMED
    names += f" {wording.more_names(more)}" if more > 0 else ""
    together = wording.things(len(voice.reporters), "reporter") + (
        f" in {voice.campaign}" if voice.campaign else " together"
    )
    return f"{together} ({names}): {plain(wording.mean_record(voice.decided, voice.upheld))}"
