"""Who speaks about a case: its reports by independent voice, so that a crowd looks like what it is.

One voice is a list or call that reports name, one a campaign that was found, and one each reporter besides. That is
what a page shows; how much each voice counts is said by the valuation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Case as Cases
from django.db.models import (
    CharField,
    Count,
    Exists,
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
from ostrakon.intake.models import PublishedList, Reporter, Source
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

    A dozen queries, whatever the number of reports.

    Args:
        limit: of each kind; those beyond it stand together in a last voice, ``OTHERS``.
    """
    declared, of_campaigns, alone = spoken = _spoken(case)
    shown = _largest(declared, limit), _largest(of_campaigns, limit), _first_to_speak(alone, limit)
    lists, campaigns, single = map(_with_texts, spoken, shown)
    beyond = [_beyond(reports, groups, limit) for reports, groups in zip(spoken, shown, strict=True)]
    return [
        *_declared_voices(lists),
        *_campaign_voices(campaigns),
        *_single_voices(single),
        *_together([counted for counted in beyond if counted["count"]]),
    ]


COUNTS = {
    "count": Count("pk"),
    "people": Count("reporter", distinct=True),
    "first_at": Min("reported_at"),
    "last_at": Max("reported_at"),
}
Group = dict[str, Any]
"""``voice`` and its ``COUNTS``."""
Said = dict[str, Any]
"""What every voice says of its reports: fields of ``Voice``."""
Reports = QuerySet[Any, Any]
"""Reports with ``voice``: the name or number of what each is part of."""


def _spoken(case: Case) -> tuple[Reports, Reports, Reports]:
    """The reports of a case that name a list or call, those of campaigns, and all others."""
    reports: Reports = reports_of(case).alias(begins=Left("declared", 5)).order_by()
    lists = [*Source.objects.filter(kind=Source.Kind.PUBLISHED_LIST).values_list("pk", flat=True)]
    is_declared = Q(begins__in=DECLARING) | Q(declared="", source__in=lists)
    source = Concat(Value(DECLARING[0]), Cast("source", CharField()), output_field=CharField())
    name = Cases(When(declared="", then=source), default=F("declared"), output_field=CharField())
    found = Campaign.objects.filter(is_current=True, targets=case.account_id).exclude(kind=DECLARED_KIND)
    members = Campaign.members.through.objects.filter(campaign__in=found, reporter=OuterRef("reporter"))
    undeclared = reports.filter(~is_declared)
    return (
        reports.filter(is_declared).annotate(voice=name),
        undeclared.filter(Exists(members)).annotate(
            voice=Subquery(members.order_by("campaign").values("campaign")[:1])
        ),
        undeclared.filter(~Exists(members)).annotate(voice=F("reporter")),
    )


def _largest(reports: Reports, limit: int) -> list[Group]:
    return [*reports.values("voice").annotate(**COUNTS).order_by("-count", "voice")[:limit]]


def _first_to_speak(alone: Reports, limit: int) -> list[Group]:
    """Reports are read in the order in which they came, and no further than it takes."""
    found: dict[int, None] = {}
    for reporter in alone.order_by("pk").values_list("reporter", flat=True).iterator(chunk_size=10 * limit):
        found.setdefault(reporter)
        if len(found) == limit:
            break
    theirs = alone.filter(reporter__in=[*found])
    return [*theirs.values("voice").annotate(**COUNTS).order_by("first_at", "voice")]


def _beyond(reports: Reports, shown: list[Group], limit: int) -> Group:
    if len(shown) < limit:
        return {"count": 0}
    return reports.exclude(voice__in=[group["voice"] for group in shown]).aggregate(**COUNTS)


def _first_texts(reports: Reports, shown: list[Group]) -> dict[Any, list[str]]:
    """By voice."""
    place = Window(RowNumber(), partition_by=[F("voice")], order_by="pk")
    theirs = reports.filter(voice__in=[group["voice"] for group in shown]).exclude(text=None).exclude(text="")
    rows = theirs.annotate(place=place).filter(place__lte=TEXTS).order_by("pk")
    found: dict[Any, list[str]] = {}
    for voice, text in rows.values_list("voice", Left("text", LONGEST_TEXT)):
        found.setdefault(voice, []).append(text)
    return found


def _with_texts(reports: Reports, shown: list[Group]) -> list[tuple[Any, Said]]:
    """Each voice, and what it says."""
    texts = _first_texts(reports, shown)
    return [
        (
            group["voice"],
            {
                "reports": group["count"],
                "reporters": group["people"],
                "first_at": group["first_at"],
                "last_at": group["last_at"],
                "texts": tuple(texts.get(group["voice"], ())),
            },
        )
        for group in shown
    ]


def _declared_voices(found: list[tuple[str, Said]]) -> Iterator[Voice]:
    titles = _titles(name for name, _ in found)
    for name, said in found:
        yield Voice(VoiceKind.DECLARED, name, **said, title=titles.get(name, ""))


def _campaign_voices(found: list[tuple[int, Said]]) -> Iterator[Voice]:
    campaigns = Campaign.objects.in_bulk([number for number, _ in found])
    for number, said in found:
        campaign = campaigns[number]
        yield Voice(VoiceKind.CAMPAIGN, campaign.label, **said, campaign=campaign)


def _single_voices(found: list[tuple[int, Said]]) -> Iterator[Voice]:
    numbers = [number for number, _ in found]
    reporters, records = Reporter.objects.in_bulk(numbers), records_of(numbers)
    for number, said in found:
        yield Voice(VoiceKind.REPORTER, "", **said, reporter=reporters[number], record=records[number])


def _together(counted: list[Group]) -> Iterator[Voice]:
    if counted:
        yield Voice(
            VoiceKind.OTHERS,
            "",
            sum(one["count"] for one in counted),
            sum(one["people"] for one in counted),
            min(one["first_at"] for one in counted),
            max(one["last_at"] for one in counted),
        )


def _titles(names: Iterable[str]) -> dict[str, str]:
    """Of the published lists that are kept here, by ``list:7``."""
    numbers = [number for name in names if (number := name.removeprefix(DECLARING[0])).isdecimal()]
    known = [number for number in numbers if len(number) <= LONGEST_NUMBER]
    lists = PublishedList.objects.filter(pk__in=known).values_list("pk", "title")
    return {f"{DECLARING[0]}{pk}": title for pk, title in lists}
