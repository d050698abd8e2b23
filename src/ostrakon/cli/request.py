"""What was asked of ``ostrakon triage``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ostrakon.errors import InputUnusable


@dataclass(frozen=True)
class Request:
    """The options of one run."""

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
        """The files to read, by table of the contract."""
        files = {
            "reports": self.reports,
            "decisions": self.decisions,
            "accounts": self.accounts,
            "reporters": self.reporters,
        }
        return {name: path for name, path in files.items() if path is not None}


def parse_columns(text: str | None) -> dict[str, str]:
    """``reporter=rater,account=ratee`` as a mapping from the contract's names to the file's own.

    The file's names are taken as they are, also with a blank at either end: headers have such names.

    >>> parse_columns("reporter=rater, account= ratee")
    {'reporter': 'rater', 'account': ' ratee'}

    Raises:
        InputUnusable: a part is not ``name=name``, or two parts give the same name.
    """
    mapping: dict[str, str] = {}
    for part in text.split(",") if text else []:
        name, _, own = part.partition("=")
        name = name.strip()
        if not name or not own.strip():
            raise InputUnusable(
                f"--columns {text}: {part!r} is not NAME=YOUR_NAME; write reporter=rater,account=ratee"
            )
        if name in mapping:
            raise InputUnusable(f"--columns {text}: it names {name!r} twice; which of the two is it?")
        mapping[name] = own
    return mapping
