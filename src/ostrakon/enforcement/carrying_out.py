"""Carries out what is due on platforms: some at a time, each account's in order, and nothing where a connection rests.

A batch is taken in one transaction, carried in none, and written down in one. It is small where a platform is slow, so
that a reinstatement never waits for more than about a second of other work. A worker that dies leaves its batch in
``sending``: when the lease ends, connectors read the state before they do anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction

from ostrakon.enforcement.connections import Lines
from ostrakon.enforcement.delivery import LEASE, is_ours, rest, write_down
from ostrakon.enforcement.halting import halt, note_problem
from ostrakon.enforcement.lanes import next_to
from ostrakon.enforcement.models import Attempt, Command, Connection, Dispatch, Trail
from ostrakon.enforcement.outcomes import Delivered, Retry
from ostrakon.enforcement.to_platforms import Result, carry
from ostrakon.errors import NotReady
from ostrakon.intake.rows import moment, update
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record
from ostrakon.platforms.contract import Exchange, Platform

MOST = 300
"""Commands of one batch."""
BATCH_S = 1.0
"""How long a batch may take: what is more urgent waits so long."""
LONGEST_S = 20.0
"""After it, what is left of a batch is put back: a platform that hangs may take minutes for one."""
TURN_S, MOST_OF_A_TURN = 10.0, 100_000
"""How long one platform is served, and how many commands, before it is looked at anew."""
State = Dispatch.State
Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


def carry_out_due(worker: str, now: datetime, lines: Lines, limit: int = MOST_OF_A_TURN) -> int:
    """Carry out what is due on every platform that is live; gives how many were tried.

    Args:
        worker: unique among all that live.
        lines: connectors that stay open between rounds.
    """
    return sum(serve(connection, worker, now, lines, limit) for connection in live())


def live() -> list[Connection]:
    """Those that anything goes out to."""
    return list(Connection.objects.filter(mode=Connection.Mode.LIVE, halted_at__isnull=True).order_by("pk"))


def _from(now: datetime) -> Clock:
    """Sending takes time: the time goes on from ``now`` as this machine counts seconds."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


def serve(
    connection: Connection, worker: str, now: datetime, lines: Lines, limit: int = MOST_OF_A_TURN
) -> int:
    """One platform, until nothing is due, its turn is over or it halts; gives how many were tried."""
    clock, began, done, size = _from(now), time.monotonic(), 0, 1
    while done < limit and time.monotonic() - began < TURN_S:
        taken = _take(next_to(connection, clock(), min(size, limit - done)), worker, clock())
        if not taken:
            break
        started = time.monotonic()
        results = _carried(connection, taken, clock, lines)
        _write_down(connection, results, clock())
        done += len(taken)
        if any(result.halts for result in results) or not _is_live(connection):
            break
        size = _fitting(len(taken), time.monotonic() - started)
    return done


def _fitting(count: int, took_s: float) -> int:
    """So many that a batch takes about ``BATCH_S``, growing step by step.

    >>> _fitting(1, 0.01), _fitting(4, 0.1), _fitting(100, 0.2), _fitting(10, 30.0)
    (4, 16, 300, 1)
    """
    return max(1, min(MOST, 4 * count, int(BATCH_S * count / max(took_s, 0.001))))


def _is_live(connection: Connection) -> bool:
    """It may have been switched meanwhile."""
    live = Connection.objects.filter(
        pk=connection.pk, mode=Connection.Mode.LIVE, halted_at__isnull=True, address=connection.address
    )
    return live.exists()


# 1. Take


def _take(due: Sequence[Dispatch], worker: str, now: datetime) -> list[Dispatch]:
    """These, for this worker alone until the lease ends."""
    left = _retake([one for one in due if one.state == State.SENDING], worker, now)
    fresh = [one for one in due if one.state == State.QUEUED]
    try:
        with transaction.atomic():
            become_the_writer()
            return left + _mark(fresh, worker, now)
    except IntegrityError:  # another worker began to send in one of the lanes
        return left


def _retake(left: Sequence[Dispatch], worker: str, now: datetime) -> list[Dispatch]:
    """What somebody left behind, or the platform took and does later. Each may be another worker's by now: none holds
    up the others."""
    if not left:
        return []
    with transaction.atomic():
        become_the_writer()
        return [one for one in left if is_ours(one, worker, now)]


def _mark(fresh: Sequence[Dispatch], worker: str, now: datetime) -> list[Dispatch]:
    as_seen = {one.pk: one.attempts for one in fresh}
    still = Dispatch.objects.select_for_update().filter(pk__in=as_seen, state=State.QUEUED)
    ours = {pk for pk, tries in still.values_list("pk", "attempts") if as_seen[pk] == tries}
    taken = [one for one in fresh if one.pk in ours]
    until = now + LEASE
    for one in taken:
        one.state, one.taken_by, one.taken_until, one.attempts = (
            State.SENDING,
            worker,
            until,
            one.attempts + 1,
        )
    rows = [(State.SENDING.value, worker, moment(until), one.attempts, one.pk) for one in taken]
    update(Dispatch, ("state", "taken_by", "taken_until", "attempts"), rows)
    Attempt.objects.bulk_create(Attempt(dispatch=one, number=one.attempts, began_at=now) for one in taken)
    return taken


# 2. Carry


def _carried(connection: Connection, taken: Sequence[Dispatch], clock: Clock, lines: Lines) -> list[Result]:
    try:
        platform = lines.to(connection)
    except NotReady as problem:
        return [Result(one, Retry(str(problem)[:500]), halts=str(problem)[:500]) for one in taken]
    results = _one_after_the_other(platform, connection, taken, clock)
    if any(result.halts for result in results):
        lines.drop(connection)
    return results


def _one_after_the_other(
    platform: Platform, connection: Connection, taken: Sequence[Dispatch], clock: Clock
) -> list[Result]:
    """Until one halts the connection, the platform asks to wait, or it takes too long: the others are put back."""
    began, results = time.monotonic(), list[Result]()
    for one in taken:
        is_over = time.monotonic() - began > LONGEST_S
        if is_over or (results and (results[-1].halts or _rests(results[-1]))):
            results.append(Result(one, Retry("not begun")))
        else:
            results.append(carry(platform, connection, one, clock()))
    return results


def _rests(result: Result) -> bool:
    return bool(getattr(result.outcome, "of_route", False))


# 3. Write down what came of it


def _write_down(connection: Connection, results: Sequence[Result], now: datetime) -> None:
    done = [result for result in results if isinstance(result.outcome, Delivered)]
    others = [result for result in results if not isinstance(result.outcome, Delivered)]
    with transaction.atomic():
        become_the_writer()  # before any row of the outbox, like everybody who changes several
        digests = _keep_trails(results)
        _note_done(connection, done, digests, now)
        for result in others:
            _note_other(result, now)
        if why := next((result.halts for result in results if result.halts), ""):
            halt(connection, why, now)
    for result in others:
        rest(result.dispatch, result.outcome, now)
    if problems := [result for result in others if result.outcome.name in ("unknown", "refused")]:
        note_problem(connection, problems[-1].outcome.detail, now)


def _note_done(
    connection: Connection, done: Sequence[Result], digests: dict[int, str], now: datetime
) -> None:
    """A receipt counts also from a worker that was too slow."""
    sending = Dispatch.objects.filter(pk__in=[result.dispatch.pk for result in done], state=State.SENDING)
    still = set(sending.values_list("pk", flat=True))
    done = [result for result in done if result.dispatch.pk in still]
    if not done:
        return
    at = moment(now)
    update(
        Dispatch,
        ("state", "delivered_at", "receipt", "taken_until"),
        [(State.DELIVERED.value, at, result.outcome.detail, None, result.dispatch.pk) for result in done],
    )
    _end_tries(done, now)
    commands = [result for result in done if result.dispatch.notice_id is None]
    update(Command, ("ended",), [(str(result.ended), result.dispatch.command.pk) for result in commands])
    Connection.objects.filter(pk=connection.pk).update(acted_at=now)
    _record_done(connection, Kind.COMMAND_CARRIED_OUT, commands, digests)
    notices = [result for result in done if result.dispatch.notice_id is not None]
    _record_done(connection, Kind.DISPATCH_DELIVERED, notices, digests)


def _end_tries(done: Sequence[Result], now: datetime) -> None:
    numbers = {result.dispatch.pk: result for result in done}
    tries = Attempt.objects.filter(dispatch__in=numbers, ended_at__isnull=True)
    rows = [
        (moment(now), numbers[dispatch].outcome.name, numbers[dispatch].outcome.detail, pk)
        for pk, dispatch in tries.values_list("pk", "dispatch")
    ]
    update(Attempt, ("ended_at", "outcome", "detail"), rows)


def _record_done(connection: Connection, kind: Kind, done: Sequence[Result], digests: dict[int, str]) -> None:
    """One entry for what was carried out together, with the hash of all that was said."""
    if not done:
        return
    said = "".join(f"{result.dispatch.pk}:{digests.get(result.dispatch.pk, '')}\n" for result in done)
    record(
        kind,
        actor="system",
        subject=f"connection:{connection.pk}",
        facts={
            "dispatches": [result.dispatch.pk for result in done],
            "decisions": [result.dispatch.decision_id for result in done],
            "sha256": hashlib.sha256(said.encode()).hexdigest(),
        },
    )


def _note_other(result: Result, now: datetime) -> None:
    dispatch = result.dispatch
    if dispatch.notice_id is None:
        kept = {"handle": result.handle[:500]} if result.handle else {}
        if result.code:
            kept["code"] = result.code
        Command.objects.filter(dispatch=dispatch, ended="").update(**kept) if kept else None
    write_down(dispatch, result.outcome, now)


def _keep_trails(results: Sequence[Result]) -> dict[int, str]:
    """What was said, by dispatch its salted hash."""
    spoken = [result for result in results if result.exchanges]
    tries = Attempt.objects.filter(
        dispatch__in=[result.dispatch.pk for result in spoken], ended_at__isnull=True
    )
    numbers = dict(tries.values_list("dispatch", "pk"))
    kept = [
        (result, trail_of(numbers[result.dispatch.pk], result.exchanges))
        for result in spoken
        if result.dispatch.pk in numbers
    ]
    Trail.objects.bulk_create(trail for _, trail in kept)
    return {result.dispatch.pk: trail.digest for result, trail in kept}


def trail_of(attempt: int, exchanges: Sequence[Exchange]) -> Trail:
    """What was said in a try, salted, not saved yet. The hash is over salt and canonical JSON."""
    said = [_plain(exchange) for exchange in exchanges]
    salt = os.urandom(16)
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(salt + text.encode()).hexdigest()
    return Trail(attempt_id=attempt, exchanges=said, salt=salt, digest=digest)


def _plain(exchange: Exchange) -> dict[str, object]:
    return {
        "method": exchange.method,
        "address": exchange.address,
        "status": exchange.status,
        "request": exchange.request,
        "reply": exchange.reply,
        "began_at": exchange.began_at.isoformat() if exchange.began_at else None,
        "ended_at": exchange.ended_at.isoformat() if exchange.ended_at else None,
    }
