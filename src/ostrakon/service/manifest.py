"""What a backup says about itself: its first part, by which everything else in it is checked."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from typing import Any

from ostrakon.errors import UnreadableFile

FORMAT = "ostrakon-backup-1"
NAME = "manifest.json"
MOST_BYTES = 1_000_000
DIGEST = re.compile(r"[0-9a-f]{64}")
NAME_OF_A_PART = re.compile(r"[a-z][a-z0-9.]{0,60}")


@dataclass(frozen=True)
class Manifest:
    """The parts of a backup with their sums, and where the record stood."""

    version: str
    """Of Ostrakon."""
    made_at: str
    database: str
    """``sqlite`` or ``postgresql``."""
    head_number: int
    head_digest: str
    sha256: dict[str, str]
    """Of each part, by its name."""

    def written(self) -> bytes:
        """As it stands in the file."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode()


NAMES = {"format", *(field.name for field in fields(Manifest))}


def read_manifest(content: bytes) -> Manifest:
    """The manifest of a backup.

    Raises:
        UnreadableFile: this is none, or one of another format.
    """
    try:
        read = json.loads(content)
        makes_sense = read.keys() == NAMES and read["format"] == FORMAT and _makes_sense(read)
    except (ValueError, AttributeError, RecursionError):
        makes_sense = False
    if not makes_sense:
        raise UnreadableFile("this is no backup that this version of Ostrakon can read")
    return Manifest(**{name: value for name, value in read.items() if name != "format"})


def _makes_sense(read: dict[str, Any]) -> bool:
    sums = read["sha256"]
    return (
        all(isinstance(read[name], str) for name in ("version", "made_at", "head_digest"))
        and read["database"] in ("sqlite", "postgresql")
        and type(read["head_number"]) is int
        and isinstance(sums, dict)
        and all(isinstance(digest, str) and DIGEST.fullmatch(digest) for digest in sums.values())
        and all(NAME_OF_A_PART.fullmatch(name) for name in sums)
    )
