"""``ostrakon impact``: did it work here? Files of earlier times, and measuring. For whoever runs the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ostrakon.cli.endings import ending_clearly, visible
from ostrakon.cli.plain import table

if TYPE_CHECKING:  # heavy: at run time inside the functions
    from ostrakon.impact.measurement import Checked

MOST_SEED = 2**31 - 1
SYSTEM = "system"
FILES = ("id", "kind", "name", "platform", "rows", "rejected", "added", "sha256")
MEASUREMENTS = ("id", "as_of", "policy", "seed", "sha256")

app = typer.Typer(
    help="Did it work here? Files of earlier times, and measuring.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1)]


@app.command("add")
def add(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="lists, spells, follows, flagged, panel, links, audience, suspensions or outlinks.",
        ),
    ],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, TSV, NDJSON or Parquet, also .gz or .zst.")
    ],
    platform: Annotated[
        str, typer.Option(metavar="NAME", help="Whose accounts it names; otherwise they are none of ours.")
    ] = "",
) -> None:
    """Keep a file of an earlier time, byte for byte, for measuring. The same bytes twice are one file."""
    with ending_clearly("nothing was kept"):
        _begin()
        from django.utils import timezone

        from ostrakon.impact.history.files import add_history

        kept = add_history(kind, file, platform=platform, actor=SYSTEM, now=timezone.now())
    typer.echo(f"file {kept.pk}: {kept.rows:,} rows of {kept.kind}, sha256 {kept.sha256}")
    for problem, count in kept.rejected.items():
        typer.echo(f"  {count:,} not used: {visible(problem)}")


@app.command("withdraw")
def withdraw(number: Number) -> None:
    """Read a file no more, and erase its bytes. That it was there, and its hash, stay on the record."""
    with ending_clearly("nothing was changed"):
        _begin()
        from django.utils import timezone

        from ostrakon.impact.history.files import withdraw_history

        gone = withdraw_history(number, actor=SYSTEM, now=timezone.now())
    typer.echo(f"file {gone.pk} is withdrawn; its bytes are erased")


@app.command("list")
def list_all() -> None:
    """The files that are read, and what was measured, the newest first."""
    with ending_clearly():
        _begin()
        from ostrakon.impact.models import HistoryFile, ImpactMeasurement

        files = [
            {
                "id": file.pk, "kind": file.kind, "name": file.name, "platform": file.platform, "rows": file.rows,
                "rejected": sum(file.rejected.values()), "added": f"{file.added_at:%Y-%m-%d}", "sha256": file.sha256,
            }
            for file in HistoryFile.objects.filter(withdrawn_at=None).order_by("pk")
        ]  # fmt: skip
        done = [
            {
                "id": one.pk,
                "as_of": one.as_of.isoformat(),
                "policy": one.policy,
                "seed": one.seed,
                "sha256": one.sha256,
            }
            for one in ImpactMeasurement.objects.defer("measures").order_by("-as_of", "-pk")[:20]
        ]
    for line in [*table(files, FILES), "", *table(done, MEASUREMENTS)]:
        typer.echo(line)


@app.command("measure")
def measure(
    policy: Annotated[
        str, typer.Option(metavar="CODE", help="Only decisions under it, without files of earlier times.")
    ] = "",
    seed: Annotated[int, typer.Option(metavar="NUMBER", min=0, max=MOST_SEED)] = 0,
    check: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", min=1, help="Measure this one again and compare; nothing is kept."),
    ] = None,
) -> None:
    """Measure now, and keep it; or measure an earlier one again and compare."""
    with ending_clearly("nothing was kept"):
        _begin()
        from django.utils import timezone

        from ostrakon.impact.measurement import check as measured_again
        from ostrakon.impact.measurement import measure_impact

        if check is None:
            made = measure_impact(timezone.now(), policy=policy, seed=seed)
            typer.echo(f"measurement {made.pk}, as of {made.as_of.isoformat()}, sha256 {made.sha256}")
            return
        found = measured_again(check)
    for line in _in_words(found):
        typer.echo(line)
    if found.differing:
        raise typer.Exit(1)


def _in_words(found: Checked) -> list[str]:
    if found.is_identical:
        return [f"measurement {found.number}: the same, byte for byte"]
    lines = [f"measurement {found.number}: it comes out otherwise now"]
    if found.changed_sources:
        lines.append(f"  other data than then: {', '.join(found.changed_sources)}")
    for name, (was, now) in found.versions.items():
        lines.append(f"  another version of {name}: {was} then, {now} now")
    if found.differing:
        lines.append(f"  other figures from the same data: {', '.join(found.differing)}")
    return lines


def _begin() -> None:
    from ostrakon.service.begin import begin

    begin()
    from ostrakon.service.readiness import refuse_unless_set_up

    refuse_unless_set_up()
