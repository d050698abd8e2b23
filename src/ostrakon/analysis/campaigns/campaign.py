"""The campaign: a group that reports together, with everything that speaks for it.

Coordinated does not mean malicious. A campaign says who acted together, on whom, and why that is not chance; what
became of its targets is counted beside it (``results.campaign_tables``) and nothing here lowers anybody's record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ostrakon.analysis.log import Codes, Counts, Floats, ReportLog

COORDINATED = "coordinated"
DECLARED_LIST = "declared list"


@dataclass(frozen=True)
class Evidence:
    """One thing that many reports of a campaign have in common."""

    what: str
    """A report text, the inviter's id, a span of time, the name of a list: a text of somebody else's."""
    voices: Counts
    """(n,) rows of the log that share it."""


@dataclass(frozen=True)
class Channel:
    """One way of seeing that a group acts together, tested by itself. A channel without data is absent, not zero."""

    name: str
    """``reporting together``, ``copied text``, ``created together``, ``one inviter`` or ``one list``."""
    p_value: float
    seen: float
    expected: float
    """What chance would have brought, in the unit of ``seen``."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Members:
    """Those who are named, the most certain first."""

    reporter: Codes
    """(M,)"""
    q_value: Floats
    """(M,) share of wrongly named that is expected among this one and those before."""
    seen: Counts
    """(M,) bursts of the campaign in which each took part: at least two where they were found by returning."""
    expected: Floats
    """(M,) the same by chance, given how much and at which hours each reports."""


@dataclass(frozen=True)
class CampaignBursts:
    """The bursts of a campaign: when it fell upon whom, in order of time."""

    account: Codes
    """(K,)"""
    first_at: Counts
    """(K,) seconds since 1970 UTC."""
    last_at: Counts
    """(K,)"""
    reporters: Counts
    """(K,) everybody who reported in it."""
    members: Counts
    """(K,) those of them who are named."""
    returning: Counts
    """(K,) those of them who had been in an earlier burst of the campaign."""
    returning_expected: Floats
    """(K,) the same by chance, given how active those are."""


@dataclass(frozen=True)
class Campaign:
    """A group found by ``find.find_campaigns``; codes are those of the log it was found in."""

    members: Members
    bursts: CampaignBursts
    voices: Counts
    """(n,) rows of the log: the members' reports in its bursts."""
    likely: Counts
    """(n,) rows of the log: reports in its bursts that more likely than not belong to it, by members or not.

    They are weighed as one voice; only members are named.
    """
    q_value: float
    """Chance that a log without any coordination would show a group as improbable as this one, at most; of a group on
    one account the share of false ones among those as sure."""
    interest: float
    """How many times as often as strangers these people meet on these accounts *without* haste: a shared interest."""
    channels: tuple[Channel, ...]
    declared: str | None
    """The list or call that its reports name, e.g. ``list:L1``; None where they were found."""

    @property
    def kind(self) -> str:
        """Declared coordination is provenance, not guilt."""
        return DECLARED_LIST if self.declared else COORDINATED

    @property
    def seen(self) -> int:
        """Returns to a further burst, over all bursts."""
        return int(self.bursts.returning.sum())

    @property
    def expected(self) -> float:
        """Such returns by chance."""
        return float(self.bursts.returning_expected.sum())

    @property
    def lift(self) -> float:
        """Seen for each one expected."""
        return self.seen / self.expected if self.expected > 0 else float("inf")


@dataclass(frozen=True)
class Campaigns:
    """All that were found in a log, the earliest first, and what they were looked for with."""

    found: tuple[Campaign, ...]
    parameters: dict[str, float | int | str]
    """Every threshold, and the version of the method."""

    def names(self) -> list[str]:
        """Ids in the files: C1, C2, ..."""
        return campaign_names(len(self.found))

    def groups(self, log: ReportLog) -> Codes:
        """(V,) the campaign with which each voice speaks, -1 alone.

        Where they were found, all voices of a member belong to the campaign, for people who acted together once are
        no strangers elsewhere; of those who are not named only the likely voices in its bursts. Of a declared list
        only the voices that name it. The most certain campaign goes first.
        """
        order = _least_certain_first(self.found)
        of_reporter = np.full(len(log.reporters), -1, np.int32)
        for number in order:
            if self.found[number].declared is None:
                of_reporter[self.found[number].members.reporter] = number
        group = of_reporter[log.reporter]
        for number in order:
            group[self.found[number].likely] = number
        return group


def campaign_names(count: int) -> list[str]:
    """The first ``count`` ids of campaigns in the files.

    >>> campaign_names(2)
    ['C1', 'C2']
    """
    return [f"C{number + 1}" for number in range(count)]


def _least_certain_first(found: Sequence[Campaign]) -> list[int]:
    """So that the most certain writes last."""
    return sorted(range(len(found)), key=lambda number: (-found[number].q_value, -number))
