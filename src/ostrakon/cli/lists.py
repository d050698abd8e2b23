"""``ostrakon lists``: published lists, kept as the documents they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ostrakon.cli.calling import Call, call
from ostrakon.cli.endings import ending_clearly
from ostrakon.cli.plain import show, show_page
from ostrakon.errors import UnreadableFile

app = typer.Typer(help="Published lists.", no_args_is_help=True, rich_markup_mode=None)


@app.command("add")
def add(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, TSV, NDJSON or a name a line, in UTF-8.")
    ],
    publisher: Annotated[
        str, typer.Option(metavar="NAME", help="Who published it; one publisher is one voice.")
    ],
    platform: Annotated[str, typer.Option(metavar="NAME", help="Where its accounts are.")],
    named_by: Annotated[str, typer.Option(metavar="id|handle", help="How it names accounts.")],
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Otherwise the name of the file.")] = None,
    published_on: Annotated[str | None, typer.Option(metavar="DAY", help="As in 2026-03-01.")] = None,
    licence: Annotated[str, typer.Option(metavar="NAME")] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Where it was published.")] = "",
    policy: Annotated[str, typer.Option(metavar="CODE", help="What it says they violate.")] = "",
) -> None:
    """Keep a list; each of its lines is marked before anybody acts on it. The same bytes twice are one list."""
    with ending_clearly("nothing was kept"):
        about = {
            "title": title or file.name, "publisher": publisher, "platform": platform, "named_by": named_by,
            "licence": licence, "url": url, "policy": policy, "published_on": published_on,
        }  # fmt: skip
        asked = {name: value for name, value in about.items() if value}
        headers = {"Content-Type": "application/octet-stream"}
        answer = call(Call("POST", "/lists", _bytes(file), asked, headers))
    show(answer)


@app.command("list")
def list_lists(
    after: Annotated[str | None, typer.Option(metavar="PLACE", help="The next page.")] = None,
) -> None:
    """All lists, the newest first."""
    with ending_clearly():
        page = call(Call("GET", "/lists", query={"after": after} if after else {}))
    show_page(page, ("id", "publisher", "title", "platform", "published_on", "rows"))


@app.command("show")
def show_list(number: Annotated[int, typer.Argument(metavar="NUMBER", min=1)]) -> None:
    """One list, and how many of its lines became what."""
    with ending_clearly():
        answer = call(Call("GET", f"/lists/{number}"))
    show(answer)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise UnreadableFile(f"{file}: it cannot be read: {problem.strerror}") from problem
