"""``ostrakon links``: links to suspended accounts, read and judged from the shell, with a key of one's own."""

from __future__ import annotations

from typing import Annotated

import typer

from ostrakon.cli.calling import Call, call
from ostrakon.cli.casework import After, Number, Why
from ostrakon.cli.endings import ending_clearly
from ostrakon.cli.plain import show, show_page

COLUMNS = ("id", "account", "suspended_account", "status", "is_suggested", "channels", "found_at")
"""No score: evidence is read before a number is."""

app = typer.Typer(
    help="Links: new accounts that may be a suspended person's. A link never acts.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_links(
    status: Annotated[
        str, typer.Option(metavar="STATUS", help="open, same, different, cannot_tell, expired or revoked.")
    ] = "open",
    after: After = None,
) -> None:
    """Links, the newest first."""
    asked = {"status": status} if after is None else {"status": status, "after": after}
    with ending_clearly("nothing was changed"):
        answer = call(Call("GET", "/links", query=asked))
    show_page(answer, COLUMNS)


@app.command("show")
def show_link(link: Number) -> None:
    """What speaks for one link and against it, and last how probable it is."""
    with ending_clearly("nothing was changed"):
        answer = call(Call("GET", f"/links/{link}"))
    show(answer)


@app.command("judge")
def judge(
    link: Number,
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="same, different or cannot_tell.")],
    why: Why,
) -> None:
    """Say what you see. Nothing follows from it by itself: a decision may cite a link that is confirmed."""
    with ending_clearly("nothing was changed"):
        answer = call(Call("POST", f"/links/{link}/judge", {"verdict": verdict, "reasons": why}))
    show(answer)
