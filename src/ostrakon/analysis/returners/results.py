"""What a search for returners hands over: links as hypotheses for people, and what speaks for and against each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Rate:
    """A share with its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Sign:
    """One thing in which two accounts agree, or do not."""

    channel: str
    """``handle``, ``display name``, ``bio``, ``neighbours``, ``avatar``, ``time`` or ``polarity``."""
    new: str
    """What the new account shows, as it is."""
    suspended: str
    """What the suspended account showed, as it was."""
    bits: float
    """log2 of how many times as often this is seen between an account and its return as between strangers: positive
    speaks for the link, negative against it. Bits explain; they are not added up to a probability."""
    popularity: int | None = None
    """How many accounts of the search carry what the two share; None where they share nothing."""


@dataclass(frozen=True)
class Neighbour:
    """An account that both follow, or that follows both."""

    account: str
    popularity: int
    """How many follow it, of all in the table of follows."""
    is_followed: bool
    """Whether both follow it; otherwise it follows both."""


@dataclass(frozen=True)
class Alternative:
    """The suspended account that comes next for the same new account."""

    suspended_account: str
    probability: float


@dataclass(frozen=True)
class Explanation:
    """One link, for a person who must decide: signs for and against in equal space, before any score."""

    account: str
    suspended_account: str
    signs_for: tuple[Sign, ...]
    """The strongest first."""
    signs_against: tuple[Sign, ...]
    neighbours: tuple[Neighbour, ...]
    """Shared rare ones, the rarest first."""
    nearest: Alternative | None
    base_rate: float | None
    """Share of the new accounts of this search that are returners at all; None: cannot tell."""


@dataclass(frozen=True)
class Returners:
    """The links of one search. A link is a hypothesis for a person and never an action."""

    links: pl.DataFrame
    """The columns of ``tables.LINKS``, by account and rank; ``false_link_rate`` is null where it cannot be told."""
    by_name_group: pl.DataFrame
    """One row a script and commonness of names: name_group, new, linked, placebo_linked, false_link_rate,
    false_link_rate_low, false_link_rate_high, is_switched_off. Rates are null without a placebo."""
    placebo_rate: Rate | None
    """Share of the suggestions that is false by the placebo: a lower bound where look-alikes attach to suspended
    accounts only. None without a placebo, or without suggestions."""
    switched_off: str | None
    """Why no suggestion is made; None: they are made."""
    base_rate: float | None
    counts: dict[str, int]
    parameters: dict[str, float | int | str]
    _explain: Callable[[str, str], Explanation] = field(repr=False, compare=False)

    def explain(self, account: str, suspended_account: str) -> Explanation:
        """Everything that speaks for and against one link.

        Raises:
            KeyError: where one of the two is not in the tables of the search.
        """
        return self._explain(account, suspended_account)
