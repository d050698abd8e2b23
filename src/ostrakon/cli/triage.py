"""``ostrakon triage``: from files of the contract to a folder with the queue, the reporters and a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ostrakon.analysis import tables, worth
from ostrakon.analysis.log import ReportLog
from ostrakon.analysis.worth import results
from ostrakon.cli.inputs import read_inputs
from ostrakon.cli.report import report_html
from ostrakon.cli.request import Request
from ostrakon.cli.steps import Steps
from ostrakon.cli.summary import Summary, summary
from ostrakon.cli.weighing import Weighed, weigh
from ostrakon.errors import InputUnusable
from ostrakon.formats import Rejected, output_folder, write

__all__ = ["Outcome", "Request", "triage"]

STEPS = 7


@dataclass(frozen=True)
class Outcome:
    """What is shown at the end."""

    request: Request
    queue: pl.DataFrame
    summary: Summary
    explanations: Sequence[worth.Explanation]
    """Of the accounts that were asked for."""


def triage(request: Request) -> Outcome:
    """Read, weigh, explain, write.

    Raises:
        InputUnusable: a file cannot be used, the folder cannot be written, or an account that is to be explained
            was not reported; nothing was written then.
    """
    with (
        output_folder(request.out, request.replace, inputs=list(request.inputs.values())) as folder,
        Rejected(folder / "rejected.csv") as rejected,
        Steps(STEPS) as steps,
    ):
        with steps.step("reading"):
            inputs = read_inputs(request, rejected, steps.say)
            _refuse_strangers(request.explain, inputs.log)
        weighed = weigh(request, inputs, steps)
        with steps.step("explaining"):
            told = _explained(weighed.valuation, request.explain)
            first = worth.explain(weighed.valuation, results.first_cases(weighed.valuation, worth.TOP))
        with steps.step("writing"):
            _write_tables(folder, weighed)
        found = summary(request, weighed, rejected, steps.taken)
        with steps.step("making the page"):
            (folder / "report.html").write_text(report_html(found, weighed, first), encoding="utf-8")
        (folder / "summary.json").write_text(found.json(), encoding="utf-8")
    return Outcome(request, weighed.queue, found, told)


def _refuse_strangers(accounts: Sequence[str], log: ReportLog) -> None:
    """Before the long work begins: an id that was mistyped is found at once."""
    reported = set(log.accounts) if accounts else set()
    for account in accounts:
        if account not in reported:
            raise InputUnusable(
                f"--explain {account}: nobody reported this account (ids are compared byte for byte)"
            )


def _explained(valuation: worth.Valuation, accounts: Sequence[str]) -> list[worth.Explanation]:
    cases = [case for account in dict.fromkeys(accounts) for case in results.cases_of(valuation, account)]
    return worth.explain(valuation, cases)


def _write_tables(folder: Path, weighed: Weighed) -> None:
    both = (("queue", weighed.queue, tables.QUEUE), ("reporters", weighed.reporters, tables.REPORTER_RECORDS))
    for name, frame, shape in both:
        write(frame, folder / f"{name}.csv", shape)
        write(frame, folder / f"{name}.parquet", shape)
    together = weighed.campaign_tables
    write(together.campaigns, folder / "campaigns.csv", tables.CAMPAIGNS)
    write(together.members, folder / "campaign_members.csv", tables.CAMPAIGN_MEMBERS)
    write(together.targets, folder / "campaign_targets.csv", tables.CAMPAIGN_TARGETS)
