"""What is said where a table has no row, and the command that brings one. Light: pages read it too."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

MISSING: Mapping[str, str] = {
    "lists": _("no published list names this group"),
    "spells": _("no account of this group is known"),
    "flagged": _("no account of this group is known to have been active"),
    "follows": _("nobody told who follows them"),
    "links": _("no account was linked to a suspended one"),
    "panel": _("nothing was counted over time, treated and untreated"),
    "audience": _("followers were not counted over time"),
    "suspensions": _("nobody of this group was suspended"),
    "outlinks": _("nobody counted where links lead"),
}
"""By kind of table."""


def missing(kind: str) -> str:
    """Why a figure is not shown for want of a table, and the command that brings one.

    >>> missing("follows")
    'nobody told who follows them (ostrakon impact add follows)'
    """
    return f"{MISSING[kind]} ({_command(kind)})"


def _command(kind: str) -> str:
    return f"ostrakon impact add {kind}"


PARTS: Mapping[str, tuple[str, str]] = {missing(kind): (why, _command(kind)) for kind, why in MISSING.items()}
"""Of each such sentence, the reason and the command."""
