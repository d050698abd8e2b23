"""``ostrakon measure effect``: what a treatment did to the treated."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ostrakon.cli.endings import ending_clearly
from ostrakon.cli.measure.options import Out, Replace, Seed


def effect(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A panel: unit, time, outcome, treated_at (empty = never), [cluster]."
        ),
    ],
    out: Out,
    replace: Replace = False,
    seed: Seed = 0,
) -> None:
    """What a treatment did to the treated, by several methods side by side."""
    with ending_clearly():
        from ostrakon.analysis.effect import effect as estimated
        from ostrakon.cli.measure.run import Input, Request, measure
        from ostrakon.cli.measure.shapes import panel_over_time
        from ostrakon.cli.measure.terminal import show

        request = Request(
            verb="effect", inputs=(Input(file, panel_over_time(file)),), out=out, replace=replace, seed=seed
        )
        outcome = measure(request, lambda rows: estimated(rows["panel"], seed=seed))
    with ending_clearly(f"the results are complete in {out}"):
        show(outcome)
