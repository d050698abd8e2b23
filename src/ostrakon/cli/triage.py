"""``ostrakon triage``: from files of the contract to a folder with the queue, the reporters and a page."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from ostrakon import __version__
from ostrakon.analysis import tables, worth
from ostrakon.analysis.campaigns import CampaignTables, campaign_tables, co_reporting
from ostrakon.analysis.log import Coder, ReportLog
from ostrakon.analysis.worth import results
from ostrakon.cli.report import notes, report_html
from ostrakon.cli.steps import Steps
from ostrakon.errors import InputUnusable
from ostrakon.formats import Facts, Rejected, output_folder, read, write

STEPS = 7
CLOCK_SKEW = timedelta(days=1)
"""A report may come from a machine whose clock is wrong by so much."""


@dataclass(frozen=True)
class Request:
    """What was asked for."""

    reports: Path
    out: Path
    decisions: Path | None = None
    accounts: Path | None = None
    reporters: Path | None = None
    columns: str | None = None
    campaigns: bool = True
    explain: tuple[str, ...] = ()
    replace: bool = False
    seed: int = 0

    @property
    def inputs(self) -> dict[str, Path]:
        """The files to read, by table."""
        files = {"reports": self.reports, "decisions": self.decisions, "accounts": self.accounts, "reporters": self.reporters}
        return {name: path for name, path in files.items() if path is not None}


@dataclass(frozen=True)
class Outcome:
    """What is shown at the end."""

    request: Request
    queue: pl.DataFrame
    summary: dict[str, object]
    explanations: Sequence[worth.Explanation]


@dataclass(frozen=True)
class Input:
    """Everything that was read."""

    log: ReportLog
    decisions: pl.DataFrame | None
    accounts: pl.DataFrame | None
    reporters: pl.DataFrame | None
    facts: dict[str, Facts]


def triage(request: Request) -> Outcome:
    """Read, weigh, explain, write.

    Raises:
        InputUnusable: a file cannot be used or the folder cannot be written; nothing was written then.
    """
    columns = parse_columns(request.columns)
    with (
        output_folder(request.out, request.replace, inputs=list(request.inputs.values())) as folder,
        Rejected(folder / "rejected.csv") as rejected,
        Steps(STEPS) as steps,
    ):
        with steps.step("reading"):
            found = _read(request, columns, rejected, steps.say)
        with steps.step("looking for campaigns"):
            groups = co_reporting(found.log) if request.campaigns else None
        with steps.step("weighing"):
            valuation = worth.value(
                found.log, found.decisions, accounts=found.accounts, reporters=found.reporters,
                groups=groups, seed=request.seed,
            )  # fmt: skip
        with steps.step("making tables"):
            queue, records = results.queue(valuation), results.reporter_records(valuation)
            campaigns = campaign_tables(found.log, groups, valuation.verdicts.outcome) if groups is not None else None
        with steps.step("explaining"):
            told = _explained(valuation, request.explain)
            top = worth.explain(valuation, results.first_cases(valuation, worth.TOP))
        with steps.step("writing"):
            _write(folder, queue, records, campaigns)
        summary = _summary(request, found, valuation, campaigns, rejected)
        with steps.step("making the page"):
            page = report_html(summary, valuation, queue, records, campaigns, top)
            (folder / "report.html").write_text(page, encoding="utf-8")
        summary["steps"] = steps.taken
        (folder / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return Outcome(request, queue, summary, told)


def parse_columns(text: str | None) -> dict[str, str]:
    """``reporter=rater,account=ratee`` as a mapping from contract names to the file's own."""
    if not text:
        return {}
    pairs = [part.partition("=") for part in text.split(",")]
    if any(not (name and equals and own) for name, equals, own in pairs):
        raise InputUnusable(f"--columns {text}: write it as reporter=rater,account=ratee")
    return {name.strip(): own.strip() for name, _, own in pairs}


def _read(request: Request, columns: dict[str, str], rejected: Rejected, say: Callable[[str], None]) -> Input:
    latest = datetime.now(UTC) + CLOCK_SKEW
    facts = {}
    coder = Coder()
    reading = read(request.reports, tables.REPORTS, columns=columns, rejected=rejected, latest=latest)
    rows = 0
    for batch in reading:
        coder.add(batch)
        rows += batch.height
        say(f"reading: {rows:,} reports")
    facts["reports"] = reading.facts
    if rows == 0:
        problems = "; ".join(f"{count:,} x {problem}" for problem, count in rejected.counts.most_common(3))
        raise InputUnusable(f"{request.reports}: no report could be used ({problems or 'the file has no rows'})")
    others: dict[str, pl.DataFrame] = {}
    for shape in (tables.DECISIONS, tables.ACCOUNTS, tables.REPORTERS):
        if (path := request.inputs.get(shape.name)) is not None:
            say(f"reading {shape.name}")
            reading = read(path, shape, rejected=rejected, latest=latest)
            others[shape.name] = reading.table()
            facts[shape.name] = reading.facts
    return Input(coder.log(), others.get("decisions"), others.get("accounts"), others.get("reporters"), facts)


def _explained(valuation: worth.Valuation, accounts: Sequence[str]) -> list[worth.Explanation]:
    told: list[worth.Explanation] = []
    for account in accounts:
        cases = results.cases_of(valuation, account)
        if not cases:
            raise InputUnusable(f"--explain {account}: nobody reported this account (ids are compared byte for byte)")
        told.extend(worth.explain(valuation, cases))
    return told


def _write(folder: Path, queue: pl.DataFrame, records: pl.DataFrame, campaigns: CampaignTables | None) -> None:
    for name, frame, shape in (("queue", queue, tables.QUEUE), ("reporters", records, tables.REPORTER_RECORDS)):
        write(frame, folder / f"{name}.csv", shape)
        write(frame, folder / f"{name}.parquet", shape)
    together = campaigns or CampaignTables.none()
    write(together.campaigns, folder / "campaigns.csv", tables.CAMPAIGNS)
    write(together.members, folder / "campaign_members.csv", tables.CAMPAIGN_MEMBERS)
    write(together.targets, folder / "campaign_targets.csv", tables.CAMPAIGN_TARGETS)


def _summary(
    request: Request, found: Input, valuation: worth.Valuation, campaigns: CampaignTables | None, rejected: Rejected
) -> dict[str, object]:
    log, model = found.log, valuation.model
    decided = int(valuation.verdicts.decided.sum())
    summary: dict[str, object] = {
        "counts": {
            "reports": int(log.case_reports.sum()),
            "reporters": len(log.reporters),
            "accounts": len(log.accounts),
            "policies": len(log.policies),
            "cases": log.cases,
            "decided_cases": decided,
            "repeats": int(log.case_reports.sum()) - log.voices,
            "independent_reports": round(float(valuation.scene.weight.sum()), 1),
            "campaigns": campaigns.campaigns.height if campaigns else None,
            "rejected_rows": rejected.total,
        },
        "rejected": dict(rejected.counts.most_common()),
        "inputs": {name: asdict(facts) for name, facts in found.facts.items()},
        "parameters": {
            **{name: str(path) for name, path in request.inputs.items()},
            "columns": request.columns,
            "campaigns": "simple co-report rule" if request.campaigns else "not looked for",
        },
        "seed": request.seed,
        "model": {
            "base_rate": round(model.base_rate, 4),
            "reporter_prior": {key: round(value, 4) for key, value in asdict(model.prior).items()},
            "calibration": {
                "intercept": round(model.calibration.intercept, 4),
                "slope": round(model.calibration.slope, 4),
                "reviewers_wrongly_upheld": round(model.calibration.wrongly_upheld, 4),
                "reviewers_wrongly_rejected": round(model.calibration.wrongly_rejected, 4),
            },
            "propensities_estimated": valuation.verdicts.propensity_estimated,
        },
        "versions": {
            "ostrakon": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in ("numba", "numpy", "polars", "scikit-learn", "scipy")},
        },
    }
    summary["notes"] = notes(found.facts, valuation)
    return summary


def show(outcome: Outcome) -> None:
    """A short table on the terminal, then the explanations that were asked for."""
    console = Console(highlight=False, markup=False, emoji=False)
    table = Table(title=f"The first of {outcome.queue.height:,} rows in {outcome.request.out / 'queue.csv'}")
    for heading, side in (("rank", "right"), ("account", "left"), ("policy", "left"), ("reports", "right"),
                          ("voices", "right"), ("probability", "right"), ("campaigns", "left"), ("decided", "left")):  # fmt: skip
        table.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    for row in outcome.queue.head(10).iter_rows(named=True):
        interval = f"{row['probability']:.0%} ({row['probability_low']:.0%}-{row['probability_high']:.0%})"
        table.add_row(
            str(row["rank"]), visible(row["account"]), visible(row["policy"]), f"{row['reports']:,}",
            f"{row['independent_reports']:.1f}", interval, row["campaigns"] or "", row["decided"] or "",
        )  # fmt: skip
    console.print(table)
    for explanation in outcome.explanations:
        for line in in_words(explanation):
            console.print(line, soft_wrap=True)
    for note in outcome.summary["notes"]:  # type: ignore[attr-defined]
        console.print(f"note: {note}", soft_wrap=True)
    console.print(f"Look at {outcome.request.out / 'report.html'}", soft_wrap=True)


def in_words(told: worth.Explanation) -> list[str]:
    """An explanation as plain lines: reasons first, then the number, then who moved it and by how much."""
    value = told.probability
    lines = ["", f"{visible(told.account)}, policy {visible(told.policy)}:"]
    lines += [f"  + {reason}" for reason in told.reasons_for] or ["  + nothing that stands out"]
    lines += [f"  - {reason}" for reason in told.reasons_against] or ["  - nothing that stands out"]
    lines.append(
        f"  So {value.value:.0%} ({value.low:.0%}-{value.high:.0%}), where {told.base_rate:.0%} is usual: "
        f"{told.reports:,} reports, about {told.independent_reports:.1f} independent voices."
    )
    for voice in told.voices:
        who = visible(voice.reporters[0])
        if len(voice.reporters) > 1:
            who = f"{len(voice.reporters):,} who speak together ({voice.campaign or 'newcomers'}; {who}, ...)"
        record = f"{voice.upheld:.0f} of {voice.decided:.0f} upheld" if voice.decided >= 0.5 else "no record yet"
        way = "raised" if voice.moved >= 0 else "lowered"
        lines.append(f"  {who}, {record}: {way} it by {abs(voice.moved) * 100:.1f} points")
    if told.other_voices:
        lines.append(f"  and {told.other_voices:,} further voices")
    return lines


def visible(text: str) -> str:
    """An id for a terminal: control, invisible and direction-changing characters are spelled out."""
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)
