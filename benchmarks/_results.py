"""RESULTS.md: each benchmark writes its own section and leaves the others as they are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

FILE = Path(__file__).parent / "RESULTS.md"
HEAD = "# Results\n\nEvery section is written by the command that it names; change nothing here by hand.\n"


def write_section(name: str, text: str, file: Path = FILE) -> None:
    """Put ``text`` between the marks of section ``name``, at the end if there is none yet."""
    whole = file.read_text(encoding="utf-8") if file.exists() else HEAD
    block = f"<!-- {name} -->\n{text.strip()}\n<!-- end of {name} -->"
    marked = re.compile(rf"<!-- {re.escape(name)} -->.*?<!-- end of {re.escape(name)} -->", re.DOTALL)
    found = marked.sub(lambda _: block, whole) if marked.search(whole) else f"{whole.rstrip()}\n\n{block}\n"
    file.write_text(found, encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table.

    >>> print(table(["a", "b"], [["1", "2"]]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [head, ["---"] * len(head), *rows]
    marked = [
        "|" + "|".join(line) + "|" if line[0] == "---" else "| " + " | ".join(line) + " |" for line in lines
    ]
    return "\n".join(marked)


def circumstances(packages: Sequence[str], **others: object) -> str:
    """One paragraph: when, on how many cores, with which versions."""
    facts = [f"{datetime.now(UTC):%Y-%m-%d}", f"{os.cpu_count()} cores"]
    facts += [f"{name} {installed(name)}" for name in packages]
    facts += [f"{key} {value}" for key, value in others.items()]
    return "Measured " + ", ".join(facts) + "."


def installed(package: str) -> str:
    """The version of a package, or that it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def load() -> str:
    """How busy the machine is: processes that want a core, on average over the last minute."""
    return f"{os.getloadavg()[0]:.1f}"
