"""The catalogues of the pages, as their files hold them."""

from __future__ import annotations

import ast
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

LANGUAGES = ("fr", "ar")
LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")')


@dataclass
class Entry:
    """A sentence and what it is in another language."""

    flags: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    """By keyword: ``msgid``, ``msgid_plural``, ``msgstr`` or ``msgstr[0]`` ..."""

    @property
    def msgid(self) -> str:
        return self.parts["msgid"]

    @property
    def is_plural(self) -> bool:
        return "msgid_plural" in self.parts

    @property
    def translations(self) -> list[str]:
        """One, or all plural forms in their order."""
        return [text for name, text in sorted(self.parts.items()) if name.startswith("msgstr")]


def path_of(language: str, suffix: str = "po") -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / f"django.{suffix}"


def entries(catalogue: Path) -> list[Entry]:
    """All of a ``.po`` but its head."""
    blocks = catalogue.read_text(encoding="utf-8").split("\n\n")
    found = [_entry(block) for block in blocks if "msgid" in block]
    return [entry for entry in found if entry.msgid]


def _entry(block: str) -> Entry:
    made, at = Entry(), ""
    for line in block.splitlines():
        if line.startswith("#,"):
            made.flags = line
        elif named := LINE.fullmatch(line):
            at, text = named.groups()
            made.parts[at] = ast.literal_eval(text)
        elif line.startswith('"'):
            made.parts[at] += ast.literal_eval(line)
    return made


def compiled(catalogue: Path) -> dict[str, list[str]]:
    """What a ``.mo`` holds: the sentences, and of each its forms. The format is in the manual of GNU gettext."""
    raw = catalogue.read_bytes()
    magic, _version, count, ids, texts = struct.unpack_from("<5I", raw)
    assert magic == 0x950412DE

    def text(table: int, number: int) -> str:
        length, start = struct.unpack_from("<2I", raw, table + 8 * number)
        return raw[start : start + length].decode()

    pairs = ((text(ids, number), text(texts, number)) for number in range(count))
    return {msgid.split("\0")[0]: forms.split("\0") for msgid, forms in pairs if msgid}
