"""What a page knows about one campaign: who, whom, when, and how far that is from chance.

Times are seconds since 1970 UTC. A page shows the first members, targets and bursts and says how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

MEMBERS, TARGETS, BURSTS = 25, 25, 40
"""How many of each are shown; more would be a file to search, not a picture to look at."""


@dataclass(frozen=True)
class Member:
    """One who is named."""

    reporter: str
    q_value: float
    """Share of wrongly named that is expected among this one and those before."""
    seen: int
    """Bursts of the campaign in which this reporter took part."""
    expected: float
    """The same by chance."""


@dataclass(frozen=True)
class Target:
    """One account that the campaign reported."""

    account: str
    member_reports: int
    first_at: float
    """The first report by a member."""
    last_at: float
    reports: int
    """All reports on it, members' included."""
    outcome: str | None = None
    """The decision that stands, None = undecided."""
    dots: Sequence[tuple[float, bool]] = ()
    """Time of each report, and whether a member made it. In order of time; a part must be taken evenly."""


@dataclass(frozen=True)
class Burst:
    """A run of reports on one account without a long pause."""

    account: str
    first_at: float
    last_at: float
    reporters: int
    """Everybody who reported in it."""
    members: int
    """Those of them who are named."""
    returning: int
    """Those of them who had been in an earlier burst of the campaign."""
    returning_expected: float
    """The same by chance."""


@dataclass(frozen=True)
class Evidence:
    """One thing that many reports of a campaign have in common; the text is somebody else's."""

    what: str
    reports: int


@dataclass(frozen=True)
class Channel:
    """One sign, tested by itself. A sign without data is absent, not zero."""

    name: str
    p_value: float
    seen: float
    expected: float
    evidence: Sequence[Evidence] = ()
    """What most reports share first."""


@dataclass(frozen=True)
class CampaignCard:
    """Everything about one campaign."""

    campaign: str
    kind: str | None
    declared: str | None
    """The list or call that most of its reports name."""
    q_value: float | None
    """Chance that a log without any coordination shows a group as improbable as this one, at most."""
    lift: float | None
    """Seen for each one expected; infinite or None where nothing was expected."""
    seen: int
    """Returns to a further burst, over all bursts."""
    expected: float
    """Such returns by chance."""
    interest: float | None
    """How many times as often as strangers these people meet on these accounts without haste."""
    members: Sequence[Member]
    """The most certain first; all, for the last one says how many are named by mistake."""
    members_all: int
    targets: Sequence[Target]
    """Those with the most reports by members first."""
    targets_all: int
    bursts: Sequence[Burst]
    """In order of time."""
    bursts_all: int
    pairs: Sequence[tuple[int, int]]
    """(member, target) who reported whom, as numbers in ``members`` and ``targets``; each pair once."""
    decided_targets: int
    upheld_share: float | None
    """Of the decided targets; None = none is decided."""
    channels: Sequence[Channel] = ()

    @property
    def first_at(self) -> float | None:
        """The first report, as far as it is known."""
        return min((part.first_at for part in self._parts()), default=None)

    @property
    def last_at(self) -> float | None:
        """The last report, as far as it is known."""
        return max((part.last_at for part in self._parts()), default=None)

    def _parts(self) -> chain[Target | Burst]:
        return chain(self.targets, self.bursts)


def in_utc(seconds: float) -> datetime:
    """A time of the log, kept within the years that Python knows (a clock may be wrong by millennia).

    >>> in_utc(86400.0).isoformat(), in_utc(1e18).year
    ('1970-01-02T00:00:00+00:00', 9999)
    """
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return datetime(*((9999, 12, 31) if seconds > 0 else (1, 1, 1)), tzinfo=UTC)
