"""What a file of an earlier time may hold: the tables of the file contract, each with the group of its accounts."""

from __future__ import annotations

from collections.abc import Mapping

from ostrakon.analysis.tables import (
    FLAGGED,
    FOLLOWS,
    LISTS,
    OUTLINKS,
    PANEL,
    PERSON_LINKS,
    SPELLS,
    SUSPENSIONS,
    Column,
    Kind,
    Shape,
)

GROUP = Column("group", Kind.TEXT)
"""``target`` or empty, or one of ``PROTECTED``; rows of any other group are in neither."""
TARGET = "target"
PROTECTED = ("counter-speaker", "counter_speaker", "press", "eyewitness", "researcher", "protected")
"""Groups of whom nobody means to suspend anybody: they are counted together, beside the target group."""
AUDIENCE_BY_DAY = Shape(
    "audience",
    (
        Column("account", Kind.ID, required=True),
        Column("followers", Kind.COUNT, required=True),
        Column("day", Kind.TIME),
        Column("age_days", Kind.NUMBER),
    ),
)
"""How many followed an account on a day, or at an age; a day becomes an age where the account's spell is known."""
HOME = "here"
"""The platform of links that lead nowhere else, in outlinks."""


def _with_group(shape: Shape) -> Shape:
    return shape if GROUP.name in shape.names else shape.wider([GROUP])


KINDS: Mapping[str, Shape] = {
    "lists": _with_group(LISTS),
    "spells": _with_group(SPELLS),
    "follows": FOLLOWS,
    "flagged": _with_group(FLAGGED),
    "panel": _with_group(PANEL),
    "links": PERSON_LINKS,
    "audience": _with_group(AUDIENCE_BY_DAY),
    "suspensions": _with_group(SUSPENSIONS),
    "outlinks": _with_group(OUTLINKS),
}
"""By the word that ``ostrakon impact add`` takes. Follows and links belong to the groups of whom they name."""
ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "lists": ("account",),
    "spells": ("account",),
    "follows": ("follower", "followee"),
    "flagged": ("account",),
    "panel": (),
    "links": ("account", "suspended_account"),
    "audience": ("account",),
    "suspensions": ("account",),
    "outlinks": (),
}
"""The columns of each that name accounts."""
