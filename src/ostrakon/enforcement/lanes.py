"""Which of all that waits for a platform goes next: the first of each lane, where nothing is under way.

What is due is looked at in its order, some at a time, and each lane is asked once: a batch costs the same however many
wait behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet

from ostrakon.casework.models import Task
from ostrakon.enforcement.commands import TELL_OF_COMMANDS, lanes_of
from ostrakon.enforcement.models import Command, Connection, Dispatch
from ostrakon.platforms.contract import Refusal

UNREAD = (
    "decision__facts",
    "decision__ended_why",
    "decision__exempt_press",
    "decision__exempt_research",
    "decision__exempt_counter_speech",
    "notice__statement",
    "payload",
)
"""What nobody reads who carries something out: hundreds are taken a second."""
ORDER = ("urgency", "not_before", "pk")
State = Dispatch.State

Waiting = tuple[str, int, int, int | None]
"""Lane, urgency, id and notice of a dispatch."""


def next_to(connection: Connection, now: datetime, most: int) -> list[Dispatch]:
    """What is due for a platform, at most one a lane: first what a worker left behind, then by urgency."""
    theirs = Dispatch.objects.filter(channel=Dispatch.Channel.PLATFORM, lane__startswith=lanes_of(connection))
    left = theirs.filter(state=State.SENDING, taken_until__lte=now).order_by(*ORDER)
    ids = list(left.values_list("pk", flat=True)[:most])
    ids += islice(_free(theirs, now, 2 * most), most - len(ids))
    loaded = theirs.select_related("command", "decision", "account", "notice").defer(*UNREAD).in_bulk(ids)
    return [loaded[pk] for pk in ids]


def _free(theirs: QuerySet[Dispatch], now: datetime, at_once: int) -> Iterator[int]:
    """Ids, in their order. What comes in between two looks is found the next time."""
    due = theirs.filter(state=State.QUEUED, not_before__lte=now).order_by(*ORDER)
    waiting = due.values_list("lane", "urgency", "pk", "notice")
    seen = 0
    while some := list(waiting[seen : seen + at_once]):
        yield from _free_of(some)
        seen += len(some)


def _free_of(some: Sequence[Waiting]) -> list[int]:
    """Those that are the first of their lane, where nobody is sending, and that may be told."""
    lanes = {lane for lane, *_ in some}
    busy, first = set[str](), dict[str, tuple[int, int]]()
    under_way = Dispatch.objects.filter(lane__in=lanes, state__in=[State.QUEUED, State.SENDING])
    for lane, state, urgency, pk in under_way.values_list("lane", "state", "urgency", "pk"):
        if state == State.SENDING:
            busy.add(lane)
        else:
            first[lane] = min(first.get(lane, (urgency, pk)), (urgency, pk))
    free = [one for one in some if one[0] not in busy and first.get(one[0]) == one[1:3]]
    notices = [pk for _, _, pk, notice in free if notice is not None]
    untold = Dispatch.objects.filter(tells_of_what_was_refused(), pk__in=notices) if notices else ()
    kept_back = {one.pk for one in untold}
    return [pk for _, _, pk, _ in free if pk not in kept_back]


def tells_of_what_was_refused() -> Q:
    """Notices of a command that was certainly not carried out, until a person has seen to that.

    What grew too old while it was planned has one task for all: it is seen to when it is tried again, or undone.
    """
    asked = Task.objects.filter(
        kind=Task.Kind.COMMAND_REFUSED, decision=OuterRef("dispatch__decision"), done_at__isnull=True
    )
    refused = Command.objects.filter(
        Q(code=Refusal.EXPIRED) | Q(Exists(asked)),
        dispatch__decision=OuterRef("decision"),
        dispatch__urgency=OuterRef("urgency"),
        dispatch__state=State.FAILED,
        ended=Command.Ended.REFUSED,
    )
    return Q(notice__kind__in=TELL_OF_COMMANDS) & Q(Exists(refused))
