"""What casework announces goes into the outbox, in the same transaction: both are kept or neither.

Nothing is sent here. ``delivery`` sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from ostrakon.casework.actions.tasks import open_task
from ostrakon.casework.announcements import (
    Announcement,
    DecisionCameIntoForce,
    DecisionEnded,
    NoticesWritten,
    listen,
)
from ostrakon.casework.models import Decision, Notice, NoticeTemplate, Task
from ostrakon.enforcement.events import IN_FORCE, ended, payload_of
from ostrakon.enforcement.letters import address_of
from ostrakon.enforcement.models import Dispatch, Webhook
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record

Urgency, State, Channel = Dispatch.Urgency, Dispatch.State, Dispatch.Channel


def begin_to_listen() -> None:
    """From now on, what casework announces is heard."""
    listen(hear)


def hear(what: Announcement) -> None:
    """Write down what is to be carried out. What cannot be written undoes what was announced."""
    become_the_writer()  # before any row of the outbox, like everybody who changes several: nobody waits in a circle
    if isinstance(what, NoticesWritten):
        _queue_notices(what.notices)
    elif isinstance(what, DecisionCameIntoForce):
        _cancel(_waiting().filter(account=what.decision.account_id, channel=Channel.PLATFORM), what.decision)
        _queue_event(IN_FORCE, what.decision, Urgency.ORDINARY)
    else:
        _queue_end(what)


def _queue_end(what: DecisionEnded) -> None:
    decision = what.decision
    if decision.status == Decision.Status.REVERSED:
        _make_void(decision)
        _queue_event(ended(decision), decision, Urgency.REINSTATEMENT)
    else:
        _queue_event(ended(decision), decision, Urgency.ORDINARY)


# Notices


def queue_letters(notices: Sequence[Notice], now: datetime) -> list[Dispatch]:
    """Notices to go out by e-mail: one dispatch each, and never a second."""
    return _queue([_letter(notice, now) for notice in notices], notices[0].decision) if notices else []


def _queue_notices(notices: Sequence[Notice]) -> None:
    """Who cannot be reached becomes a task for a person."""
    first = notices[0]
    if first.kind == NoticeTemplate.Kind.REINSTATEMENT and first.decision:
        _make_void(first.decision)
    if not settings.CONFIGURATION.smtp_host:
        _ask_a_person(notices, Task.Kind.NOTICE_FAILED, "no mail server is set up")
        return
    queue_letters([notice for notice in notices if address_of(notice)], first.written_at)
    unreachable = [notice for notice in notices if not address_of(notice)]
    _ask_a_person(unreachable, Task.Kind.NO_CONTACT, "nobody knows how to reach this person")


def _letter(notice: Notice, now: datetime) -> Dispatch:
    whose = f"reporter:{notice.reporter_id}" if notice.reporter_id else f"account:{notice.account_id}"
    is_reinstatement = notice.kind == NoticeTemplate.Kind.REINSTATEMENT
    return Dispatch(
        key=f"notice:{notice.pk}",
        lane=f"{Channel.EMAIL}:{whose}",
        channel=Channel.EMAIL,
        urgency=Urgency.REINSTATEMENT if is_reinstatement else Urgency.ORDINARY,
        account_id=notice.account_id,
        decision=notice.decision,
        notice=notice,
        queued_at=now,
        not_before=now,
    )


def _ask_a_person(notices: Sequence[Notice], kind: str, why: str) -> None:
    """Announced together are one notice to the person concerned, or those to many who reported: one task."""
    if notices:
        first, others = notices[0], len(notices) - 1
        detail = f"{why}; the same for {others} others who reported" if others else why
        open_task(kind, now=first.written_at, decision=first.decision, notice=first, detail=detail)


# Events


def _queue_event(event: str, decision: Decision, urgency: int) -> None:
    now = timezone.now()
    payload = payload_of(event, decision, now)
    hooks = [
        hook for hook in Webhook.objects.filter(is_active=True) if not hook.events or event in hook.events
    ]
    _queue([_call(hook, event, decision, urgency, payload, now) for hook in hooks], decision)


def _call(
    hook: Webhook, event: str, decision: Decision, urgency: int, payload: dict[str, Any], now: datetime
) -> Dispatch:
    return Dispatch(
        key=f"webhook:{hook.pk}:decision:{decision.pk}:{decision.status}",
        lane=f"{Channel.WEBHOOK}:{hook.pk}:account:{decision.account_id}",
        channel=Channel.WEBHOOK,
        urgency=urgency,
        account_id=decision.account_id,
        decision=decision,
        webhook=hook,
        payload=payload,
        queued_at=now,
        not_before=now,
    )


# All that waits


def _waiting() -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(state=State.QUEUED)


def _make_void(decision: Decision) -> None:
    """What a decision still had to say is not said any more: it was undone, and its reinstatement says so."""
    _cancel(_waiting().filter(decision=decision).exclude(urgency=Urgency.REINSTATEMENT), decision)


def _cancel(dispatches: QuerySet[Dispatch], decision: Decision) -> None:
    """Those that nobody has begun to send."""
    if count := dispatches.update(state=State.CANCELLED):
        record(
            Kind.DISPATCH_CANCELLED,
            actor="system",
            subject=f"decision:{decision.pk}",
            facts={"dispatches": count},
        )


def _queue(dispatches: Iterable[Dispatch], decision: Decision | None) -> list[Dispatch]:
    if queued := Dispatch.objects.bulk_create(dispatches):
        record(
            Kind.DISPATCH_QUEUED,
            actor="system",
            subject=f"decision:{decision.pk}" if decision else "outbox",
            facts={"dispatches": [dispatch.pk for dispatch in queued], "channel": str(queued[0].channel)},
        )
    return queued
