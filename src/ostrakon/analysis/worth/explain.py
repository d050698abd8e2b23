"""Why an account stands where it stands: whose voice moved the number, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Interval:
    """A value with its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Voice:
    """One independent voice on an account: a single reporter, or a group that speaks together.

    ``moved`` is the account's probability minus what it would be had this voice been silent:
    positive means that the voice raised it.
    """

    reporters: tuple[str, ...]
    """Ids of the reporters that speak with this voice (all of them, in id order)."""
    campaign: str | None
    """The campaign whose reports these are; None for a reporter who speaks alone."""
    weight: float
    """How many independent voices these reports count as."""
    decided: float
    """Reports of this voice on *other* accounts that people have decided."""
    upheld: float
    """How many of them still stand as upheld."""
    precision: Interval
    """Share of this voice's reports that are right, as learned without this account."""
    moved: float


@dataclass(frozen=True)
class Explanation:
    """Everything a person needs to see why a row of the queue stands where it stands."""

    account: str
    policy: str
    decided: str | None
    probability: Interval
    base_rate: float
    """Probability of an average reported account of this policy."""
    reports: int
    reporters: int
    independent_reports: float
    first_at: datetime
    last_at: datetime
    exposure: float | None
    """Views (or followers) of the account, where they are known."""
    times: tuple[datetime, ...]
    """When each distinct reporter first reported, in order."""
    voices: tuple[Voice, ...]
    """The voices that moved the number most, largest absolute movement first."""
    other_voices: int
    """How many further voices there are."""
    reasons_for: tuple[str, ...]
    """Plain sentences that speak for a violation."""
    reasons_against: tuple[str, ...]
    """Plain sentences that speak against one."""
