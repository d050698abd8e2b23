"""``ostrakon measure reach``: who still hears flagged accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ostrakon.cli.endings import ending_clearly
from ostrakon.cli.measure.options import Out, Replace


def reach(
    follows: Annotated[Path, typer.Argument(metavar="FOLLOWS", help="Follows: follower, followee.")],
    flagged: Annotated[
        Path, typer.Argument(metavar="FLAGGED", help="When each was active: account, from_at, [to_at].")
    ],
    out: Out,
    replace: Replace = False,
) -> None:
    """Who still hears flagged accounts: exact counts, before and after, on every day."""
    with ending_clearly():
        from ostrakon.analysis.reach import reach as counted
        from ostrakon.analysis.tables import FLAGGED, FOLLOWS
        from ostrakon.cli.measure.run import Input, Request, measure_with
        from ostrakon.cli.measure.terminal import show

        request = Request(
            verb="reach",
            inputs=(Input(flagged, FLAGGED),),
            streams=(Input(follows, FOLLOWS),),
            out=out,
            replace=replace,
        )
        outcome = measure_with(request, lambda rows, streams: counted(rows["flagged"], streams["follows"]))
    with ending_clearly(f"the results are complete in {out}"):
        show(outcome)
