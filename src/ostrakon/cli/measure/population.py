"""``ostrakon measure population``: how many accounts there are behind some lists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ostrakon.cli.endings import ending_clearly
from ostrakon.cli.measure.options import Links, Out, Replace, Seed


def population(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Lists: list, account, ...; or histories: a 0/1 column a list, and count."
        ),
    ],
    out: Out,
    comes_and_goes: Annotated[
        bool,
        typer.Option("--open", help="Accounts come and go: days of seen_at, or columns, are occasions."),
    ] = False,
    links: Links = None,
    replace: Replace = False,
    seed: Seed = 0,
) -> None:
    """How many accounts there are, from lists that overlap."""
    with ending_clearly():
        from ostrakon.analysis.population import population as estimated
        from ostrakon.analysis.tables import PERSON_LINKS
        from ostrakon.cli.measure.run import Input, Request, measure
        from ostrakon.cli.measure.shapes import lists_or_histories
        from ostrakon.cli.measure.terminal import show

        request = Request(
            verb="population",
            inputs=(Input(file, lists_or_histories(file)), Input(links, PERSON_LINKS)),
            out=out,
            replace=replace,
            seed=seed,
            options={"open": "yes" if comes_and_goes else "no"},
        )
        outcome = measure(
            request,
            lambda rows: estimated(
                rows[request.first], rows.get("links"), comes_and_goes=comes_and_goes, seed=seed
            ),
        )
    with ending_clearly(f"the results are complete in {out}"):
        show(outcome)
