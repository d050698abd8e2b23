"""The options that all measurements share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

MOST_SEED = 2**31 - 1

Out: TypeAlias = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Folder for the results; written whole or not at all.")
]
Links: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Accounts that may be one person: links.csv of ostrakon returners."),
]
Replace: TypeAlias = Annotated[bool, typer.Option("--replace", help="Replace DIR if it exists.")]
Seed: TypeAlias = Annotated[
    int,
    typer.Option(
        metavar="NUMBER", min=0, max=MOST_SEED, help="The same seed and input give the same numbers."
    ),
]
