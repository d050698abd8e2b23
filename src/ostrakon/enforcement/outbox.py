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
    ActionProposed,
    Announcement,
    DecisionCameIntoForce,
    DecisionEnded,
    NoticesWritten,
    listen,
)
from ostrakon.casework.models import Appeal, Decision, Notice, NoticeTemplate, Task
from ostrakon.enforcement.commands import (
    Effect,
    command_behind,
    command_of,
    commands_about,
    effect_of,
    giving_back,
    lane_of,
    refuse_what_cannot_be_done,
    waiting_to_give_back,
)
from ostrakon.enforcement.events import IN_FORCE, ended, payload_of
from ostrakon.enforcement.letters import address_of
from ostrakon.enforcement.models import Command, Connection, Dispatch, Webhook
from ostrakon.enforcement.offers import tells_people, traits_of
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record
from ostrakon.platforms.actions import UNDONE_BY, PlatformAction

Urgency, State, Channel = Dispatch.Urgency, Dispatch.State, Dispatch.Channel


def begin_to_listen() -> None:
    """From now on, what casework announces is heard."""
    listen(hear)


def hear(what: Announcement) -> None:
    """Write down what is to be carried out. What cannot be written, or done, undoes what was announced."""
    if isinstance(what, ActionProposed):
        for platform in sorted(what.platforms):
            refuse_what_cannot_be_done(what.action, platform)
        return
    become_the_writer()  # before any row of the outbox, like everybody who changes several: nobody waits in a circle
    if isinstance(what, NoticesWritten):
        _queue_notices(what.notices)
    elif isinstance(what, DecisionCameIntoForce):
        _queue_command(what.decision)
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
    _give_back(decision)


# Commands


def connection_of(platform: str) -> Connection | None:
    """The connection to a platform. One that is off keeps what is written for it: to give back is never forgotten."""
    return Connection.objects.filter(platform=platform).first()


def _queue_command(decision: Decision) -> None:
    """What carries a decision out. What would have taken the same away, and was not sent yet, is not sent any more."""
    connection = connection_of(decision.account.platform)
    effect = effect_of(decision, connection) if connection else None
    if connection is None or effect is None:
        return
    before = commands_about(decision, effect, connection)
    _cancel(_waiting().filter(pk__in=waiting_to_give_back(before)), decision)
    if traits_of(connection, effect.action) is None:
        _cannot(decision, effect, f"this platform has no {effect.action}")
        return
    _keep(command_of(decision, effect, connection, before, timezone.now()))


def _give_back(decision: Decision) -> None:
    """What a decision that ended still waits to do is not done; what it did is taken back."""
    connection = connection_of(decision.account.platform)
    effect = effect_of(decision, connection) if connection else None
    if connection is None or effect is None:
        return
    _cancel(_waiting().filter(decision=decision, command__gives_back=False), decision)
    command = giving_back(decision, effect, connection, timezone.now())
    if command is None:
        return
    if traits_of(connection, UNDONE_BY[effect.action]) is None:
        _cannot(decision, effect, f"this platform cannot take back {effect.action}")
        return
    _keep(command)


def _keep(command: Command) -> None:
    _queue([command.dispatch], command.dispatch.decision)
    command.save(force_insert=True)


def _cannot(decision: Decision, effect: Effect, why: str) -> None:
    open_task(Task.Kind.COMMAND_REFUSED, now=timezone.now(), decision=decision, detail=why)
    record(
        Kind.COMMAND_REFUSED,
        actor="system",
        subject=f"decision:{decision.pk}",
        facts={"action": str(effect.action), "code": "unsupported"},
    )


# Notices


def queue_letters(notices: Sequence[Notice], now: datetime) -> list[Dispatch]:
    """Notices to go out by e-mail: one dispatch each, and never a second."""
    return _queue([_letter(notice, now) for notice in notices], notices[0].decision) if notices else []


def _queue_notices(notices: Sequence[Notice]) -> None:
    """On the platform's own channel where it has one, else by e-mail; who cannot be reached is a task for a person."""
    first = notices[0]
    if first.kind == NoticeTemplate.Kind.REINSTATEMENT and first.decision:
        _make_void(first.decision)
    notices = _queue_on_the_platform(notices)
    if not notices:
        return
    if not settings.CONFIGURATION.smtp_host:
        _ask_a_person(notices, Task.Kind.NOTICE_FAILED, "no mail server is set up")
        return
    queue_letters([notice for notice in notices if address_of(notice)], first.written_at)
    unreachable = [notice for notice in notices if not address_of(notice)]
    _ask_a_person(unreachable, Task.Kind.NO_CONTACT, "nobody knows how to reach this person")


def _queue_on_the_platform(notices: Sequence[Notice]) -> list[Notice]:
    """Those to accounts whose platform tells people; gives the others."""
    others = []
    for notice in notices:
        connection = connection_of(notice.account.platform) if notice.account else None
        if connection is not None and _is_told_there(notice, connection) and not _asked_by_letter(notice):
            _queue([_message(notice, connection)], notice.decision)
        else:
            others.append(notice)
    return others


def _is_told_there(notice: Notice, connection: Connection) -> bool:
    """By its own channel, or by the action itself, which writes to the person."""
    command = command_behind(notice)
    traits = traits_of(connection, PlatformAction(command.action)) if command else None
    return tells_people(connection) or bool(traits and traits.notifies)


def _asked_by_letter(notice: Notice) -> bool:
    """The answer to somebody's own appeal goes to where they asked for it."""
    appeal = notice.appeal
    return appeal is not None and appeal.filed_by == Appeal.FiledBy.USER and bool(appeal.email)


def _message(notice: Notice, connection: Connection) -> Dispatch:
    """In the lane of the account's commands: what happened goes before what is said of it."""
    message = _letter(notice, notice.written_at)
    message.channel, message.lane = Channel.PLATFORM, lane_of(connection, notice.account_id)
    return message


def _letter(notice: Notice, now: datetime) -> Dispatch:
    is_reinstatement = notice.kind == NoticeTemplate.Kind.REINSTATEMENT
    return Dispatch(
        key=f"notice:{notice.pk}",
        lane=_lane(notice),
        channel=Channel.EMAIL,
        urgency=Urgency.REINSTATEMENT if is_reinstatement else Urgency.ORDINARY,
        account_id=notice.account_id,
        decision=notice.decision,
        notice=notice,
        queued_at=now,
        not_before=now,
    )


def _lane(notice: Notice) -> str:
    """Behind the command that it tells of, where there is one: nobody reads of what was not done."""
    if (command := command_behind(notice)) is not None:
        return lane_of(command.connection, notice.account_id)
    whose = f"reporter:{notice.reporter_id}" if notice.reporter_id else f"account:{notice.account_id}"
    return f"{Channel.EMAIL}:{whose}"


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
