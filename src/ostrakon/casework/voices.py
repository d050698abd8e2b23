"""Who speaks about a case: its reports by independent voice, so that a crowd looks like what it is.

One voice is a list or call that reports name, one a campaign that was found, and one each reporter besides. That is
what a page shows; how much each voice counts is said by the valuation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Case as Cases
from django.db.models import (
    CharField,
    Count,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Concat, Left, RowNumber

from ostrakon.casework.areas import reports_of
from ostrakon.casework.models import Case
from ostrakon.casework.reporter_record import ReporterRecord, records_of
from ostrakon.intake.models import PublishedList, Report, Reporter, Source
from ostrakon.triage.models import Campaign

DECLARING = ("list:", "call:")
"""Beginnings of what declares coordination: ``analysis.tables.DECLARING`` (too heavy to load; a test holds the two
together)."""
DECLARED_KIND = "declared list"
"""The kind of campaigns that are a list or call that reports name: they are a voice as such."""
TEXTS = 3
"""Texts that are shown of a voice: the first ones."""
LONGEST_TEXT = 1_000
LONGEST_NUMBER = 18
"""Digits of an id that every database knows."""


class VoiceKind(StrEnum):
    """What a voice is."""

    DECLARED = "declared"
    CAMPAIGN = "campaign"
    REPORTER = "reporter"
    OTHERS = "others"
    """All further voices together: each would be one of its own."""


@dataclass(frozen=True)
class Voice:
    """Some reports that speak as one."""

    kind: VoiceKind
    name: str
    """``list:7`` of what is declared, the label of a campaign, else empty."""
    reports: int
    reporters: int
    first_at: datetime
    last_at: datetime
    texts: tuple[str, ...] = ()
    """The first ones, each cut at 1,000 characters. Somebody else's words."""
    title: str = ""
    """Of a published list that is kept here; else empty."""
    campaign: Campaign | None = None
    reporter: Reporter | None = None
    """For those who may see who reported."""
    record: ReporterRecord | None = None
    """Of a single reporter."""


def voices_of(case: Case, limit: int = 20) -> list[Voice]:
    """The voices on a case: lists and calls, campaigns, then single reporters in the order in which they spoke.

    Nine queries, whatever the number of reports.

    Args:
        limit: of each kind; those beyond it stand together in a last voice, ``OTHERS``.
    """
    spoken = _spoken(case)
    groups = [
        *_of_kind(spoken, VoiceKind.DECLARED).order_by("-count", "voice")[:limit],
        *_of_kind(spoken, VoiceKind.CAMPAIGN).order_by("-count", "voice")[:limit],
        *_of_kind(spoken, VoiceKind.REPORTER).order_by("first_at", "voice")[:limit],
    ]
    named = [group["voice"] for group in groups]
    known = _Known.of(groups, spoken.filter(voice__in=named))
    others = spoken.exclude(voice__in=named).aggregate(**COUNTS)
    return [*(known.voice(group) for group in groups), *_others(others)]


COUNTS = {
    "count": Count("pk"),
    "people": Count("reporter", distinct=True),
    "first_at": Min("reported_at"),
    "last_at": Max("reported_at"),
}
Group = dict[str, Any]
"""``voice`` and its ``COUNTS``."""


def _spoken(case: Case) -> QuerySet[Report]:
    """The reports of a case with ``voice``: the kind and the name or number of the one that each is part of."""
    found = Campaign.objects.filter(is_current=True, targets=case.account_id).exclude(kind=DECLARED_KIND)
    members = Campaign.members.through.objects.filter(campaign__in=found, reporter=OuterRef("reporter"))
    return (
        reports_of(case)
        .alias(
            campaign=Subquery(members.order_by("campaign").values("campaign")[:1]), begins=Left("declared", 5)
        )
        .annotate(
            voice=Cases(
                When(begins__in=DECLARING, then=_key(VoiceKind.DECLARED, F("declared"))),
                When(
                    Q(source__kind=Source.Kind.PUBLISHED_LIST, declared=""),
                    then=_key(VoiceKind.DECLARED, Concat(Value("list:"), Cast("source", CharField()))),
                ),
                When(campaign__isnull=False, then=_key(VoiceKind.CAMPAIGN, F("campaign"))),
                default=_key(VoiceKind.REPORTER, F("reporter")),
                output_field=CharField(),
            )
        )
    )


def _key(kind: VoiceKind, name: Any) -> Concat:
    return Concat(Value(f"{kind} "), Cast(name, CharField()), output_field=CharField())


def _of_kind(spoken: QuerySet[Report], kind: VoiceKind) -> QuerySet[Report, Group]:
    theirs = spoken.filter(voice__startswith=f"{kind} ").order_by()
    return theirs.values("voice").annotate(**COUNTS)


def _others(counted: Group) -> list[Voice]:
    if not counted["count"]:
        return []
    return [Voice(VoiceKind.OTHERS, "", *(counted[name] for name in COUNTS))]


@dataclass(frozen=True)
class _Known:
    """What there is to say about the voices that are shown, by their key or number."""

    texts: dict[str, list[str]]
    titles: dict[str, str]
    campaigns: dict[int, Campaign]
    reporters: dict[int, Reporter]
    records: dict[int, ReporterRecord]

    @classmethod
    def of(cls, groups: Iterable[Group], reports: QuerySet[Report]) -> _Known:
        """Look it up, for all at once."""
        names: dict[str, list[str]] = {kind: [] for kind in VoiceKind}
        for group in groups:
            kind, name = group["voice"].split(" ", 1)
            names[kind].append(name)
        reporters = [int(name) for name in names[VoiceKind.REPORTER]]
        return cls(
            _first_texts(reports),
            _titles(names[VoiceKind.DECLARED]),
            Campaign.objects.in_bulk([int(name) for name in names[VoiceKind.CAMPAIGN]]),
            Reporter.objects.in_bulk(reporters),
            records_of(reporters),
        )

    def voice(self, group: Group) -> Voice:
        """One voice, whole."""
        kind, name = group["voice"].split(" ", 1)
        number = int(name) if kind != VoiceKind.DECLARED else 0
        campaign = self.campaigns[number] if kind == VoiceKind.CAMPAIGN else None
        alone = kind == VoiceKind.REPORTER
        return Voice(
            VoiceKind(kind),
            campaign.label if campaign else "" if alone else name,
            *(group[count] for count in COUNTS),
            texts=tuple(self.texts.get(group["voice"], ())),
            title=self.titles.get(name, ""),
            campaign=campaign,
            reporter=self.reporters[number] if alone else None,
            record=self.records[number] if alone else None,
        )


def _first_texts(reports: QuerySet[Report]) -> dict[str, list[str]]:
    place = Window(RowNumber(), partition_by=[F("voice")], order_by="pk")
    said = reports.exclude(text__isnull=True).exclude(text="").annotate(place=place).filter(place__lte=TEXTS)
    found: dict[str, list[str]] = {}
    for voice, text in said.order_by("pk").values_list("voice", Left("text", LONGEST_TEXT)):
        found.setdefault(voice, []).append(text)
    return found


def _titles(names: Iterable[str]) -> dict[str, str]:
    """Of the published lists that are kept here, by ``list:7``."""
    numbers = [number for name in names if (number := name.removeprefix(DECLARING[0])).isdecimal()]
    lists = PublishedList.objects.filter(
        pk__in=[number for number in numbers if len(number) < LONGEST_NUMBER]
    )
    return {f"list:{pk}": title for pk, title in lists.values_list("pk", "title")}
