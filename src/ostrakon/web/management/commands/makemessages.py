"""Find every sentence that a page can show, for the translators: one catalogue a language for the whole house.

Beside what is marked, these are the sentences in which verbs refuse: they stand in plain English where they are raised,
and ``web.saying`` shows them in the language of the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.commands.makemessages import Command as MakeMessages

from ostrakon.errors import Refused

NO_PAGE_SHOWS_IT = ("analysis", "cli", "formats", "migrations", "worlds")
"""Rooms and folders whose sentences are for the shell, or for nobody."""
PLAIN = ["--no-location", "--sort-output", "--width=110"]
NO_SENTENCE = re.compile(r'^msgid " "$', re.MULTILINE)
"""What joins sentences."""
WHEN_IT_WAS_MADE = '"POT-Creation-Date'


def refusals(of: type[Refused] = Refused) -> Iterator[str]:
    """The names of everything that can be raised to refuse something."""
    for kind in of.__subclasses__():
        yield kind.__name__
        yield from refusals(kind)


KEYWORDS = [f"--keyword={name}:1" for name in sorted(refusals())] + ["--keyword=fit:2"]
"""What refuses, and what names the text that must fit."""
NO_GUESSES = ["--no-fuzzy-matching"]


class Command(MakeMessages):
    """The same sources give the same files, to the byte."""

    xgettext_options = MakeMessages.xgettext_options + PLAIN + KEYWORDS
    msguniq_options = MakeMessages.msguniq_options + PLAIN
    msgmerge_options = MakeMessages.msgmerge_options + PLAIN + NO_GUESSES
    msgattrib_options = MakeMessages.msgattrib_options + PLAIN

    def handle(self, *args: Any, **options: Any) -> None:
        """All languages, without what is not said any more."""
        ignored = [*options["ignore_patterns"], *NO_PAGE_SHOWS_IT]
        wanted = {**options, "ignore_patterns": ignored, "all": not options["locale"], "no_obsolete": True}
        super().handle(*args, **wanted)

    def build_potfiles(self) -> list[str]:
        """Without the moment of the extraction, which would change every time, and without what is no sentence."""
        found: list[str] = super().build_potfiles()
        for template in map(Path, found):
            entries = template.read_text(encoding="utf-8").split("\n\n")
            kept = "\n\n".join(entry for entry in entries if not NO_SENTENCE.search(entry))
            lines = [line for line in kept.splitlines(keepends=True) if not line.startswith(WHEN_IT_WAS_MADE)]
            template.write_text("".join(lines), encoding="utf-8")
        return found
