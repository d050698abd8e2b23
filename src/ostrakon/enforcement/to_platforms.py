"""One dispatch to a platform: what is asked of the connector, and what its answer means for the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from ostrakon.casework.models import Decision, Notice, NoticeTemplate
from ostrakon.enforcement import outcomes
from ostrakon.enforcement.commands import is_void
from ostrakon.enforcement.delivery import DIED
from ostrakon.enforcement.letters import effect_of
from ostrakon.enforcement.models import Attempt, Command, Connection, Dispatch
from ostrakon.enforcement.offers import tells_people, traits_of
from ostrakon.enforcement.outcomes import Outcome, plain
from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms import contract
from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import AccountRef, ActionTraits, Exchange, Message, Platform, Refusal

UNCLEAR_AT_MOST = 2
"""Tries whose end nobody knows, of what must not be done twice: the third time a person looks."""
OF_US = "nobody wants it any more"
Ended, Kind = Command.Ended, NoticeTemplate.Kind

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Result:
    """What came of one try, and what is kept of it."""

    dispatch: Dispatch
    outcome: Outcome
    exchanges: Sequence[Exchange] = ()
    ended: str = ""
    code: str = ""
    handle: str = ""
    halts: str = ""
    """Why the connection is unfit; empty: it is fit."""


def carry(platform: Platform, connection: Connection, dispatch: Dispatch, now: datetime) -> Result:
    """One command or notice. Never raises for what a platform does."""
    try:
        if dispatch.notice is not None:
            said = _told(platform, connection, dispatch, dispatch.notice)
            return said if isinstance(said, Result) else _meant(dispatch, said, may_be_done=False)
        command = dispatch.command
        if is_void(command) and not command.handle:
            return Result(dispatch, outcomes.Void(OF_US))
        return _commanded(platform, connection, command)
    except PlatformUnreadable as problem:
        if problem.halts:
            return _meant(dispatch, contract.Halt(str(problem)), may_be_done=True)
        return Result(dispatch, outcomes.Unknown(plain(str(problem)), of_route=False))
    except Exception as bug:  # noqa: BLE001  the others must go out all the same
        log.error("a connector failed", dispatch=dispatch.pk, kind=type(bug).__name__)
        return Result(dispatch, outcomes.Unknown(f"a fault of ours: {type(bug).__name__}", of_route=False))


# Commands


def _commanded(platform: Platform, connection: Connection, command: Command) -> Result:
    dispatch = command.dispatch
    unclear = _unclear_tries(dispatch) if dispatch.attempts > 1 else []
    if command.handle:
        said = platform.poll(command.handle)
        if isinstance(said, contract.Unknown):  # the platform forgot the work: from here on the state says
            said = platform.apply(sent(command, connection))
    elif (ended := _shown_after(platform, connection, command, unclear)) is not None:
        return ended
    else:
        said = platform.apply(sent(command, connection))
    return _meant(dispatch, said, may_be_done=bool(unclear or command.handle))


def sent(command: Command, connection: Connection) -> contract.Command:
    """A command as the connector gets it."""
    dispatch, decision = command.dispatch, command.dispatch.decision
    assert decision is not None
    assert dispatch.account is not None
    return contract.Command(
        command_id=effect_of(dispatch.key, dispatch.queued_at),
        decision_id=decision.pk,
        account=AccountRef(connection.platform, dispatch.account.external_id),
        action=PlatformAction(command.action),
        actor=(approvals := approvals_of(decision))[-1],
        approvals=approvals,
        created_at=dispatch.queued_at,
        expires_at=command.expires_at,
        parameters=_parameters(command, connection, decision),
        expected_before=command.expected_before,
    )


def approvals_of(decision: Decision) -> list[str]:
    """Everybody who approved it, the proposer first, as the record names them (``Person.actor``); two never are one."""
    who = [f"person:{decision.proposed_by_id}"]
    if decision.approved_by_id is not None:
        is_guest = decision.approver_standing == Decision.Standing.GUEST
        who.append(f"{'guest' if is_guest else 'person'}:{decision.approved_by_id}")
    return who


def _parameters(command: Command, connection: Connection, decision: Decision) -> dict[str, str]:
    """The label; our number, for the platform's own log; the notice, where the platform writes to people by itself."""
    found = {"reason": f"decision {decision.pk}"}
    if command.label:
        found["label"] = command.label
    traits = traits_of(connection, PlatformAction(command.action))
    if traits is not None and traits.notifies:
        kind = Kind.REINSTATEMENT if command.gives_back else Kind.STATEMENT_OF_REASONS
        notice = decision.notices.filter(kind=kind, account__isnull=False).first()
        if notice is not None and notice.body:
            found["notice"] = notice.body
    return found


def _unclear_tries(dispatch: Dispatch) -> list[Attempt]:
    """Those of which nobody knows whether they did it; the one that goes on now has not ended."""
    return list(dispatch.tries.filter(outcome__in=["unknown", "accepted"]))


def _shown_after(
    platform: Platform, connection: Connection, command: Command, unclear: Sequence[Attempt]
) -> Result | None:
    """What must not be done twice is not tried a third time when nobody knows; None: try.

    Tries from before a person had it done again do not count, nor those of workers that died.
    """
    traits = traits_of(connection, PlatformAction(command.action))
    since = command.dispatch.queued_at
    by_platform = [one for one in unclear if one.detail != DIED and one.began_at >= since]
    if traits is None or traits.repeats_safely or command.gives_back or len(by_platform) < UNCLEAR_AT_MOST:
        return None
    account = sent(command, connection).account
    shown = platform.state(account).flags.get(traits.flag)
    if shown == traits.flag_when_done:
        return Result(command.dispatch, outcomes.Delivered("read back"), ended=Ended.APPLIED)
    why = "it was tried twice, nobody knows whether it was done, and it must not be done again and again"
    return Result(command.dispatch, outcomes.Refused(why, is_certain=False))


# Notices


def _told(
    platform: Platform, connection: Connection, dispatch: Dispatch, notice: Notice
) -> contract.Outcome | Result:
    """A notice; the platform has sent it already where the action itself did."""
    assert dispatch.account is not None
    by = _command_that_told(connection, notice)
    if by is not None and _is_at_home(platform, dispatch.account.external_id):
        return Result(
            dispatch,
            outcomes.Delivered(plain(f"sent by the platform with the action: {by.dispatch.receipt}")),
        )
    if not tells_people(connection):
        return contract.Refused(Refusal.UNSUPPORTED, "the platform has no channel of its own for notices")
    if notice.subject is None or notice.body is None:
        return contract.Refused(Refusal.INVALID, "the notice was erased")
    account = AccountRef(connection.platform, dispatch.account.external_id)
    message = Message(notice.subject, notice.body, notice.language)
    return platform.notify(account, message, effect_of(dispatch.key, notice.written_at))


def _command_that_told(connection: Connection, notice: Notice) -> Command | None:
    """The command of its decision that was carried out by us and writes to people by itself."""
    if notice.kind not in (Kind.STATEMENT_OF_REASONS, Kind.REINSTATEMENT):
        return None
    done = Command.objects.filter(
        connection=connection,
        dispatch__decision=notice.decision_id,
        gives_back=notice.kind == Kind.REINSTATEMENT,
        ended=Ended.APPLIED,
    ).select_related("dispatch")
    return next((one for one in done if _notifies(traits_of(connection, PlatformAction(one.action)))), None)


def _is_at_home(platform: Platform, account: str) -> bool:
    """Does somebody live on this platform itself? It writes to nobody on another server."""
    found = platform.resolve(account).account
    return found is not None and found.local


def _notifies(traits: ActionTraits | None) -> bool:
    return traits is not None and traits.notifies


# What an answer means


def _meant(dispatch: Dispatch, said: contract.Outcome, *, may_be_done: bool) -> Result:
    """A connector's outcome as the outbox's.

    Args:
        may_be_done: an earlier try may have done it: then nothing is certainly undone, and what is so already is ours.
    """
    trail = said.exchanges
    match said:
        case contract.Applied():
            return Result(
                dispatch, outcomes.Delivered(plain(said.proof or "read back")), trail, Ended.APPLIED
            )
        case contract.Already():
            return Result(dispatch, outcomes.Delivered(_already(said)), trail, _whose(may_be_done))
        case contract.Accepted():
            return Result(dispatch, outcomes.Accepted("taken, not done yet"), trail, handle=said.handle)
        case contract.Refused():
            return _refused(dispatch, said, may_be_done)
        case contract.RetryAt():
            if may_be_done:
                return Result(
                    dispatch, outcomes.Unknown(plain(said.detail), said.wait_s, of_route=True), trail
                )
            return Result(dispatch, outcomes.Retry(plain(said.detail), said.wait_s, of_route=True), trail)
        case contract.Unknown():
            return Result(dispatch, outcomes.Unknown(plain(said.detail), of_route=False), trail)
        case contract.Halt():
            why = plain(said.reason) or "the connector is unfit"
            kept = outcomes.Unknown(why, of_route=False) if may_be_done else outcomes.Retry(why)
            return Result(dispatch, kept, trail, halts=why)


def _refused(dispatch: Dispatch, said: contract.Refused, may_be_done: bool) -> Result:
    """Switched to read only meanwhile: it is planned again. Too old: nobody looked whether it was done before."""
    if said.code is Refusal.READ_ONLY and not may_be_done:
        return Result(dispatch, outcomes.Retry("held as planned"), said.exchanges)
    if said.code is Refusal.READ_ONLY:
        return Result(dispatch, outcomes.Unknown("held as planned", of_route=False), said.exchanges)
    is_certain = not (may_be_done and said.code is Refusal.EXPIRED)
    detail = plain(f"{said.code}: {said.detail}")
    return Result(dispatch, outcomes.Refused(detail, is_certain), said.exchanges, code=str(said.code))


def _already(said: contract.Already) -> str:
    return plain(f"it was so already, set by {said.set_by}" if said.set_by else "it was so already")


def _whose(may_be_done: bool) -> str:
    return Ended.APPLIED if may_be_done else Ended.ALREADY
