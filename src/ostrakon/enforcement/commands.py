"""What decisions mean on a platform: which command is written when one comes into force, and what takes it back.

Several decisions may want the same of one account (under two policies, say). It is taken back when none of them wants
it any more, and only if a command of ours did it: what somebody else set on the platform stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from ostrakon.casework.models import Action, Decision, Notice, NoticeTemplate
from ostrakon.enforcement.models import Command, Connection, Dispatch
from ostrakon.enforcement.offers import traits_of
from ostrakon.errors import Unfit
from ostrakon.platforms.actions import UNDONE_BY, PlatformAction

EXPIRES = timedelta(hours=72)
"""An older command is not carried out any more: a long outage must not end in a wave of old suspensions."""
MEANS: Mapping[str, PlatformAction] = {
    Action.SUSPEND: PlatformAction.SUSPEND,
    Action.SUSPEND_FOR_A_TIME: PlatformAction.SUSPEND,
    Action.LIMIT: PlatformAction.LIMIT,
    Action.LABEL: PlatformAction.LABEL,
}
"""Ends of time are our own: a suspension for a time is ended by a command of its own. A warning is a notice alone."""
TELL_OF_COMMANDS = (NoticeTemplate.Kind.STATEMENT_OF_REASONS, NoticeTemplate.Kind.REINSTATEMENT)
"""Kinds of notices that say what was done; the others answer appeals and reports."""
State, Ended, Urgency = Dispatch.State, Command.Ended, Dispatch.Urgency


@dataclass(frozen=True)
class Effect:
    """What a decision wants to be so on the platform."""

    action: PlatformAction
    label: str = ""


class Earlier(NamedTuple):
    """A command that was about an effect before, as far as it says whose doing the effect is."""

    dispatch: int
    state: str
    gives_back: bool
    ended: str


def effect_of(decision: Decision, connection: Connection) -> Effect | None:
    """What it wants there; None: nothing but a notice."""
    action = MEANS.get(decision.action)
    if action is None:
        return None
    if action is not PlatformAction.LABEL:
        return Effect(action)
    labels: Mapping[str, str] = connection.options.get("labels", {})
    return Effect(action, labels.get(decision.policy.code, decision.policy.code))


def actions_offered(platform: str) -> frozenset[Action]:
    """What a decision about an account there may do: what its platform can carry out.

    Without a connection, or before its first check, a decision is ours alone and may say anything.
    """
    connection = Connection.objects.filter(platform=platform).first()
    if connection is None or not connection.offers:
        return frozenset(Action)
    asked = {action: MEANS.get(action) for action in Action}
    return frozenset(
        action for action, there in asked.items() if there is None or traits_of(connection, there)
    )


def refuse_what_cannot_be_done(action: Action, platform: str) -> None:
    """One rule for the form, the API and batches.

    Raises:
        Unfit: the platform cannot carry it out, as far as its last check found.
    """
    if action not in (offered := actions_offered(platform)):
        raise Unfit(
            "{platform} cannot carry out {action}; what it can: {offered}",
            platform=platform,
            action=str(action),
            offered=[str(one) for one in Action if one in offered],
        )


def command_of(
    decision: Decision, effect: Effect, connection: Connection, before: Sequence[Earlier], now: datetime
) -> Command:
    """What carries a decision out, not saved yet.

    Args:
        before: as ``commands_about`` gives them.
    """
    traits = traits_of(connection, effect.action)
    holds = bool(traits and traits.flag) and _was_done(before)
    return Command(
        dispatch=_dispatch(decision, effect.action, connection, Urgency.ORDINARY, now),
        connection=connection,
        action=effect.action,
        label=effect.label,
        gives_back=False,
        expires_at=now + EXPIRES,
        expected_before={traits.flag: traits.flag_when_done} if holds and traits else {},
    )


def giving_back(decision: Decision, effect: Effect, connection: Connection, now: datetime) -> Command | None:
    """What takes back the effect of a decision that ended, not saved yet; None: nothing of ours is to be taken back."""
    if _is_wanted_by_another(decision, effect, connection):
        return None
    if not may_be_ours(commands_about(decision, effect, connection)):
        return None
    action = UNDONE_BY[effect.action]
    return Command(
        dispatch=_dispatch(decision, action, connection, Urgency.REINSTATEMENT, now),
        connection=connection,
        action=action,
        label=effect.label,
        gives_back=True,
    )


def waiting_to_give_back(before: Sequence[Earlier]) -> list[int]:
    """Dispatches that would take away what a decision wants now, and that nobody has begun to send."""
    return [one.dispatch for one in before if one.gives_back and one.state == State.QUEUED]


def may_be_ours(before: Sequence[Earlier]) -> bool:
    """Is it set by us, or may it be?

    Args:
        before: as ``commands_about`` gives them.
    """
    for one in before:
        if one.state == State.QUEUED and one.gives_back:
            return False  # it will be taken back
        if _had_no_effect(one):
            continue
        return not one.gives_back or one.ended == Ended.UNCERTAIN
    return False


def command_behind(notice: Notice) -> Command | None:
    """What a notice tells of: the last command of its decision, or the one that takes it back; None: there is none."""
    if notice.account_id is None or notice.kind not in TELL_OF_COMMANDS:
        return None
    gives_back = notice.kind == NoticeTemplate.Kind.REINSTATEMENT
    theirs = Command.objects.filter(dispatch__decision=notice.decision_id, gives_back=gives_back)
    return theirs.select_related("connection", "dispatch").order_by("-pk").first()


def is_void(command: Command) -> bool:
    """Does nobody want it any more? Then it is not sent again, and what may have been done is taken back."""
    decision = command.dispatch.decision
    return not command.gives_back and decision is not None and decision.status != Decision.Status.IN_FORCE


def lane_of(connection: Connection, account_id: int | None) -> str:
    """One at a time for an account on its platform, notices too: what happened, then the notice of it."""
    return f"{lanes_of(connection)}account:{account_id}"


def lanes_of(connection: Connection) -> str:
    """How all lanes to a platform begin."""
    return f"{Dispatch.Channel.PLATFORM}:{connection.pk}:"


def commands_about(decision: Decision, effect: Effect, connection: Connection) -> list[Earlier]:
    """Every command about one effect on the account of a decision, the newest first."""
    found = Command.objects.filter(
        dispatch__account=decision.account_id,
        connection=connection,
        action__in=[effect.action, UNDONE_BY[effect.action]],
        label=effect.label,
    )
    rows = found.order_by("-pk").values_list("dispatch", "dispatch__state", "gives_back", "ended")
    return list(map(Earlier._make, rows))


def _had_no_effect(command: Earlier) -> bool:
    """Never begun, certainly refused, or it was so before (by whom, an earlier command of ours says)."""
    waits = command.state in (State.QUEUED, State.CANCELLED) and not command.ended
    already = command.ended == Ended.ALREADY and not command.gives_back
    return waits or already or command.ended == Ended.REFUSED


def _was_done(before: Sequence[Earlier]) -> bool:
    """Did a command of ours do it, certainly, and none take it back?"""
    for one in before:
        if not _had_no_effect(one):
            return not one.gives_back and one.ended == Ended.APPLIED
    return False


def _is_wanted_by_another(decision: Decision, effect: Effect, connection: Connection) -> bool:
    others = Decision.objects.filter(account=decision.account_id, status=Decision.Status.IN_FORCE)
    others = others.exclude(pk=decision.pk).select_related("policy")
    return any(effect_of(other, connection) == effect for other in others)


def _dispatch(
    decision: Decision, action: PlatformAction, connection: Connection, urgency: int, now: datetime
) -> Dispatch:
    return Dispatch(
        key=f"command:{connection.pk}:{decision.pk}:{action}:{decision.status}",
        lane=lane_of(connection, decision.account_id),
        channel=Dispatch.Channel.PLATFORM,
        urgency=urgency,
        account_id=decision.account_id,
        decision=decision,
        queued_at=now,
        not_before=now,
    )
