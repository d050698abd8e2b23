"""What a search is asked for, and with which thresholds it works: kept with every result."""

from __future__ import annotations

from types import ModuleType

from ostrakon.analysis.campaigns import (
    block,
    brigades,
    burst_pairs,
    bursts,
    copied_text,
    declared,
    growth,
    hours,
    interest,
    marks,
    naming,
    reporter_pairs,
    search,
    signs,
    stock_phrases,
)

VERSION = "1"
"""Of the method: another number may find other campaigns in the same log."""
LEVEL = 0.01
"""Chance that a log without any coordination yields a campaign, at most."""
LEAST_MEMBERS = 3
"""A campaign has at least so many who are named."""

THRESHOLDS: dict[ModuleType, tuple[str, ...]] = {
    bursts: ("GAPS_S", "LEAST_REPORTERS", "MOST_BURSTS"),
    burst_pairs: ("LEAST_SIZE", "LEAST_SHARED", "LOOSE_P", "LOOSE_PAIRS"),
    reporter_pairs: ("WINDOW_S", "LEAST_MET", "NEAREST", "PAIR_Q"),
    interest: ("FAR_S", "MOST_RATE", "MOST_HASTY"),
    hours: ("PRIOR_ACTIONS",),
    block: ("ROUNDS", "ENOUGH", "PRIOR_REPORTERS", "SURE"),
    growth: (
        "LOOSE_LOG_P", "STRICT_LEVEL", "ROUNDS", "LEAST_MEMBERS", "LEAST_BELONGS", "MOST_BURSTS", "LEAST_SHARE",
    ),
    search: ("MOST_VAIN", "MOST_TAKEN", "NOTABLE"),
    naming: ("MEMBER_Q", "LEAST_CERTAIN", "LEAST_TIMES", "LEAST_OTHERS"),
    declared: ("LEAST_REPORTERS",),
    marks: ("CELL_S", "LEAST_CARRIERS", "MOST_P"),
    brigades: ("HASTE_S", "NEW_S", "MOST_BRIGADES"),
    copied_text: ("LEAST_SIMILARITY", "LISTED", "LEAST_SHARED"),
    stock_phrases: ("CORE_SIMILARITY", "LEAST_OWN", "LEAST_OWN_SIMILARITY"),
    signs: ("MOST_TEXTS",),
}  # fmt: skip


def parameters() -> dict[str, float | int | str]:
    """Every threshold by file and name, with the version of the method.

    >>> parameters()["bursts.GAPS_S"], parameters()["naming.MEMBER_Q"]
    ('21600 3600', 0.02)
    """
    found: dict[str, float | int | str] = {"version": VERSION, "level": LEVEL, "least_members": LEAST_MEMBERS}
    for module, names in THRESHOLDS.items():
        for name in names:
            value = getattr(module, name)
            shown = " ".join(map(str, value)) if isinstance(value, tuple) else value
            found[f"{module.__name__.rpartition('.')[2]}.{name}"] = shown
    return found
