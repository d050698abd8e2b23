"""Sends what is due, each effect under one id, with what came of each try.

Taking, sending and writing down are three steps, and sending stands in no transaction: a server that hangs holds no
lock. A worker that dies between them leaves a dispatch in ``sending``; when its lease has run out nobody knows whether
it was sent, and it is sent again under the same id. A receiver that knows the id takes it once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from ostrakon.casework.actions.tasks import open_task
from ostrakon.casework.models import Task
from ostrakon.enforcement import smtp, webhook
from ostrakon.enforcement.commands import is_void
from ostrakon.enforcement.lanes import tells_of_what_was_refused
from ostrakon.enforcement.models import Attempt, Command, Dispatch
from ostrakon.enforcement.outcomes import Accepted, Delivered, Outcome, Refused, Retry, Unknown, Void
from ostrakon.enforcement.waits import look_again_s, pause_s, wait_s
from ostrakon.ledger.chain import Fact
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record
from ostrakon.ledger.turns import in_turn
from ostrakon.platforms.contract import Refusal

Carrier = Callable[[Dispatch, datetime], Outcome]
CARRIERS: Mapping[str, Carrier] = {
    Dispatch.Channel.EMAIL: smtp.carry,
    Dispatch.Channel.WEBHOOK: webhook.carry,
}
"""How each channel carries. What has none here waits; what goes to platforms is for ``carrying_out``."""
LEASE = timedelta(minutes=5)
"""How long a worker may take to send one: name resolution, several addresses of a host, then the timeout."""
GIVEN_UP_AFTER = timedelta(hours=24)
DIED = "its worker died, or was too slow"
AT_ONCE = 20
PAUSED_AT_ONCE = 5_000
State = Dispatch.State

log = structlog.get_logger(__name__)


def deliver_due(worker: str, now: datetime, limit: int = 100) -> int:
    """Send what is due, one after the other; gives how many were tried.

    Args:
        worker: unique among all that live.
        limit: how many at most; fewer when nothing more is due.
    """
    clock = _from(now)
    for done in range(limit):
        dispatch = take(worker, clock())
        if dispatch is None:
            return done
        outcome = _carried(dispatch, clock())
        settle(dispatch, outcome, clock())
    return limit


def _from(now: datetime) -> Callable[[], datetime]:
    """Sending takes time: the time goes on from ``now`` as this machine counts seconds."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


# 1. Take


def take(worker: str, now: datetime) -> Dispatch | None:
    """The next that is due, for this worker alone until its lease ends; None: nothing is due.

    First what another worker left behind, then by urgency. In a lane one at a time, in order.
    """
    for due in (_left_behind, _due):
        while candidates := due(now):
            for dispatch in candidates:
                if is_ours(dispatch, worker, now):
                    return dispatch
    return None


def _left_behind(now: datetime) -> list[Dispatch]:
    left = _loaded().filter(state=State.SENDING, taken_until__lte=now, channel__in=CARRIERS)
    return list(left.order_by("urgency", "not_before", "pk")[:AT_ONCE])


def _due(now: datetime) -> list[Dispatch]:
    return list(_first_of_lanes(_loaded().filter(channel__in=CARRIERS), now)[:AT_ONCE])


def _first_of_lanes(theirs: QuerySet[Dispatch], now: datetime) -> QuerySet[Dispatch]:
    """Each the first of its lane, where nothing is under way."""
    lane = Dispatch.objects.filter(lane=OuterRef("lane"))
    before = Q(urgency__lt=OuterRef("urgency")) | Q(urgency=OuterRef("urgency"), pk__lt=OuterRef("pk"))
    free = theirs.exclude(tells_of_what_was_refused()).filter(
        ~Exists(lane.filter(state=State.SENDING)),
        ~Exists(lane.filter(before, state=State.QUEUED)),
        state=State.QUEUED,
        not_before__lte=now,
    )
    return free.order_by("urgency", "not_before", "pk")


def _loaded() -> QuerySet[Dispatch]:
    return Dispatch.objects.select_related(
        "notice__account__contact", "notice__reporter", "notice__appeal", "webhook"
    )


def is_ours(dispatch: Dispatch, worker: str, now: datetime) -> bool:
    """Take it if nobody was faster. The database holds a lane to one at a time."""
    as_seen = Dispatch.objects.filter(pk=dispatch.pk, state=dispatch.state, attempts=dispatch.attempts)
    if dispatch.state == State.SENDING:
        as_seen = as_seen.filter(taken_until=dispatch.taken_until)
    try:
        with transaction.atomic():
            if (
                as_seen.update(
                    state=State.SENDING, taken_by=worker, taken_until=now + LEASE, attempts=F("attempts") + 1
                )
                != 1
            ):
                return False
            died = Attempt.objects.filter(dispatch=dispatch, ended_at__isnull=True)
            died.update(ended_at=now, outcome=Unknown.name, detail=DIED)
            dispatch.attempts += 1
            Attempt.objects.create(dispatch=dispatch, number=dispatch.attempts, began_at=now)
    except IntegrityError:  # another worker began to send in this lane
        return False
    dispatch.state, dispatch.taken_by, dispatch.taken_until = State.SENDING, worker, now + LEASE
    return True


# 2. Send


def _carried(dispatch: Dispatch, now: datetime) -> Outcome:
    try:
        return CARRIERS[dispatch.channel](dispatch, now)
    except Exception as bug:  # noqa: BLE001  the others must go out all the same
        log.error("a carrier failed", dispatch=dispatch.pk, kind=type(bug).__name__)
        return Unknown(f"a fault of ours: {type(bug).__name__}", of_route=False)


# 3. Write down what came of it


def settle(dispatch: Dispatch, outcome: Outcome, now: datetime) -> None:
    """Write down what came of a try. A receipt counts also from a worker that was too slow."""
    with transaction.atomic():
        become_the_writer()  # before any row of the outbox, like everybody who changes several
        write_down(dispatch, outcome, now)
    rest(dispatch, outcome, now)


def write_down(dispatch: Dispatch, outcome: Outcome, now: datetime) -> None:
    """The same, in the transaction of a writer."""
    tried = Attempt.objects.filter(dispatch=dispatch, number=dispatch.attempts)
    tried.update(ended_at=now, outcome=outcome.name, detail=outcome.detail)
    match outcome:
        case Delivered():
            _note_receipt(dispatch, outcome, now)
        case Void():
            _make_void(dispatch)
        case Retry() | Unknown() | Accepted() if not _is_given_up(dispatch, now):
            _wait(dispatch, outcome, now)
        case _:
            _give_up(dispatch, outcome, now)


def rest(dispatch: Dispatch, outcome: Outcome, now: datetime) -> None:
    """A route that fails rests for a while; in no transaction."""
    if isinstance(outcome, Retry | Unknown) and outcome.of_route:
        _pause_route(dispatch, now + timedelta(seconds=pause_s(outcome.wait_s)))
    log.info("tried to deliver", dispatch=dispatch.pk, channel=dispatch.channel, outcome=outcome.name)


def _note_receipt(dispatch: Dispatch, outcome: Delivered, now: datetime) -> None:
    sending = Dispatch.objects.filter(pk=dispatch.pk, state=State.SENDING)
    if sending.update(state=State.DELIVERED, delivered_at=now, receipt=outcome.detail, taken_until=None):
        _record(Kind.DISPATCH_DELIVERED, dispatch)


def _is_given_up(dispatch: Dispatch, now: datetime) -> bool:
    """A day after the first try since it was queued (or queued again). To give back is never given up."""
    if (command := _command_of(dispatch)) is not None and command.gives_back:
        return False
    tries = Attempt.objects.filter(dispatch=dispatch, began_at__gte=dispatch.queued_at)
    first = tries.aggregate(at=Min("began_at"))["at"]
    return first is not None and now - first >= GIVEN_UP_AFTER


def _give_up(dispatch: Dispatch, outcome: Outcome, now: datetime) -> None:
    if _in_hand(dispatch).update(state=State.FAILED, taken_until=None) != 1:
        return
    _ask_a_person(dispatch, outcome, now)
    if (command := _command_of(dispatch)) is None:
        _record(Kind.DISPATCH_FAILED, dispatch)
        return
    certain = isinstance(outcome, Retry) or (isinstance(outcome, Refused) and outcome.is_certain)
    ended = Command.Ended.REFUSED if certain else Command.Ended.UNCERTAIN
    code = command.code or ("gave_up" if certain else "")
    Command.objects.filter(pk=command.pk, ended="").update(ended=ended, code=code)
    _record(Kind.COMMAND_REFUSED, dispatch, action=command.action, code=code or "uncertain")


def _make_void(dispatch: Dispatch) -> None:
    if _in_hand(dispatch).update(state=State.CANCELLED, taken_until=None):
        Command.objects.filter(dispatch=dispatch, ended="").update(ended=Command.Ended.VOID)
        _record(Kind.DISPATCH_CANCELLED, dispatch)


def _wait(dispatch: Dispatch, outcome: Retry | Unknown | Accepted, now: datetime) -> None:
    """What is unknown stays in ``sending``: nothing in its lane may overtake it, and nothing makes it void."""
    again = now + timedelta(seconds=_wait_s(dispatch, outcome))
    if isinstance(outcome, Unknown | Accepted):
        _in_hand(dispatch).update(taken_by="", taken_until=again)
    elif not _is_void(dispatch):
        _in_hand(dispatch).update(state=State.QUEUED, taken_by="", taken_until=None, not_before=again)
    elif _in_hand(dispatch).update(state=State.CANCELLED, taken_until=None):
        _record(Kind.DISPATCH_CANCELLED, dispatch)


def _wait_s(dispatch: Dispatch, outcome: Retry | Unknown | Accepted) -> float:
    if isinstance(outcome, Accepted):
        return max(look_again_s(dispatch.attempts), outcome.wait_s or 0.0)
    return wait_s(dispatch.attempts, outcome.wait_s)


def _pause_route(dispatch: Dispatch, until: datetime) -> None:
    """Some at a time: a million may wait for a mail server that is down, and others write too."""
    route = Dispatch.objects.filter(channel=dispatch.channel, webhook=dispatch.webhook_id, state=State.QUEUED)
    if dispatch.channel == Dispatch.Channel.PLATFORM:
        route = route.filter(lane__startswith=f"{dispatch.lane.rpartition('account:')[0]}")
    sooner = route.filter(not_before__lt=until).order_by("urgency", "not_before", "pk")
    while in_turn(partial(_pause_some, sooner, until)):
        pass


def _pause_some(sooner: QuerySet[Dispatch], until: datetime) -> int:
    with transaction.atomic():
        become_the_writer()
        some = list(sooner.values_list("pk", flat=True)[:PAUSED_AT_ONCE])
        return Dispatch.objects.filter(pk__in=some).update(not_before=until)


def _in_hand(dispatch: Dispatch) -> QuerySet[Dispatch]:
    """It, unless another worker has it by now."""
    return Dispatch.objects.filter(
        pk=dispatch.pk, state=State.SENDING, taken_by=dispatch.taken_by, attempts=dispatch.attempts
    )


def _is_void(dispatch: Dispatch) -> bool:
    """Its decision was undone while it was tried: the reinstatement is on its way."""
    if (command := _command_of(dispatch)) is not None:
        return is_void(command)
    undone = Dispatch.objects.filter(
        decision=dispatch.decision_id, urgency=Dispatch.Urgency.REINSTATEMENT, command__isnull=True
    )
    return dispatch.urgency != Dispatch.Urgency.REINSTATEMENT and undone.exists()


def _ask_a_person(dispatch: Dispatch, outcome: Outcome, now: datetime) -> None:
    if dispatch.channel == Dispatch.Channel.WEBHOOK:
        about = f"webhook {dispatch.webhook_id}: "
        told = Task.objects.filter(
            kind=Task.Kind.WEBHOOK_FAILED, detail__startswith=about, done_at__isnull=True
        )
        if not told.exists():  # one a receiver that is gone, not one an event
            open_task(Task.Kind.WEBHOOK_FAILED, now=now, decision=None, detail=about + outcome.detail)
        return
    if (command := _command_of(dispatch)) is not None:
        changed = command.code == Refusal.CHANGED_MEANWHILE
        kind = Task.Kind.ACCOUNT_DIFFERS if changed else Task.Kind.COMMAND_REFUSED
        open_task(kind, now=now, decision=dispatch.decision, detail=f"{command.action}: {outcome.detail}")
        return
    open_task(
        Task.Kind.NOTICE_FAILED,
        now=now,
        decision=dispatch.decision,
        notice=dispatch.notice,
        detail=outcome.detail,
    )


def _command_of(dispatch: Dispatch) -> Command | None:
    """What it does on a platform; None: it is no command."""
    if dispatch.channel != Dispatch.Channel.PLATFORM or dispatch.notice_id is not None:
        return None
    return Command.objects.filter(dispatch=dispatch).select_related("dispatch__decision").first()


def _record(kind: Kind, dispatch: Dispatch, **more: Fact) -> None:
    about: dict[str, Fact] = {
        "channel": str(dispatch.channel),
        "attempts": dispatch.attempts,
        "notice": dispatch.notice_id,
    }
    record(kind, actor="system", subject=f"dispatch:{dispatch.pk}", facts={**about, **more})
