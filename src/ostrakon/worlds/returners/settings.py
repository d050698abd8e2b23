"""The families of worlds for finding returners: how people come back, and who looks as if they had."""

from __future__ import annotations

from dataclasses import dataclass, replace

KINDS = ("ordinary", "returner", "fan", "namesake", "journalist", "tribute", "fighter")
WAYS = ("counter", "affix", "leet", "typo", "transliteration", "fresh")
"""What becomes of a handle, the note's section 4."""


@dataclass(frozen=True)
class Settings:
    """The knobs of a world; the defaults are those of the research note on returners, section 4."""

    returners: float = 0.10
    fans: float = 0.10
    namesakes: float = 0.10
    journalists: float = 0.02
    tributes: float = 0.02
    fighters: float = 0.0
    """Share of new accounts that fight a suspended one: they reply to it and to its friends, and report it."""
    ways: tuple[float, ...] = (0.30, 0.12, 0.10, 0.10, 0.08, 0.30)
    """Shares of ``WAYS``."""
    keeps_display: float = 0.6
    keeps_avatar: float = 0.40
    keeps_bio: float = 0.45
    refollows: tuple[float, float] = (2.0, 2.5)
    """Beta distribution of the share of a returner's list that is of the old one."""
    old_friends: int | None = None
    """Where given, a returner starts from so many old friends and finds the rest anew."""
    attach_to_suspended: bool = False
    """Whether fans, namesakes, journalists and tributes are about suspended accounts only: the placebo has none."""
    early: float = 0.10
    """Share of the returners whose account was made up to 10 days before the suspension."""
    delay_days: float = 4.6
    """Median time from the suspension to the new account (27 pairs of Wikipedia, the note's section 3)."""
    return_again: float = 0.35
    """Chance that there is a further return of the same person (geometric)."""
    common_names: float = 0.46
    """Share of the handles that are common Arabic, English or French names."""


BASE = Settings()
FAMILIES: dict[str, Settings] = {
    "exchangeable": BASE,
    "adversarial": replace(BASE, attach_to_suspended=True),
    "rare": replace(BASE, returners=0.01),
    "unkind": replace(
        BASE,
        ways=(0.20, 0.09, 0.07, 0.07, 0.07, 0.50),
        old_friends=5,
        keeps_display=0.45,
        keeps_avatar=0.35,
        keeps_bio=0.35,
        attach_to_suspended=True,
        fighters=0.02,
    ),
    "nobody": replace(BASE, returners=0.0),
}
"""``exchangeable`` and ``adversarial``: the note's two worlds at 1:10. ``rare``: 1:100. ``unkind``: circles grow back
from five old friends, half of the handles are wholly new, look-alikes are about suspended accounts only. ``nobody``
returns."""
