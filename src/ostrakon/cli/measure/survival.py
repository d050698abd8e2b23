"""``ostrakon measure survival``: how long accounts last, and who comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ostrakon.cli.endings import ending_clearly
from ostrakon.cli.measure.options import Links, Out, Replace, Seed


def survival(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Spells: account, start_at, end_at, event, [entry_at, group, ...]."
        ),
    ],
    out: Out,
    links: Links = None,
    replace: Replace = False,
    seed: Seed = 0,
) -> None:
    """How long accounts last, how they end, and how many come back."""
    with ending_clearly():
        from ostrakon.analysis.survival import survival as estimated
        from ostrakon.analysis.tables import PERSON_LINKS
        from ostrakon.cli.measure.run import Input, Request, measure
        from ostrakon.cli.measure.shapes import covariates_of, spells_with_covariates
        from ostrakon.cli.measure.terminal import show

        shape = spells_with_covariates(file)
        request = Request(
            verb="survival",
            inputs=(Input(file, shape), Input(links, PERSON_LINKS)),
            out=out,
            replace=replace,
            seed=seed,
        )
        outcome = measure(
            request,
            lambda rows: estimated(
                rows["spells"], rows.get("links"), covariates=covariates_of(shape), seed=seed
            ),
        )
    with ending_clearly(f"the results are complete in {out}"):
        show(outcome)
