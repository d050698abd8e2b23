"""What platforms show now beside what was decided. A difference is for people to look at; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from ostrakon.casework.actions.tasks import open_task
from ostrakon.casework.models import Action, Decision, Task
from ostrakon.enforcement.commands import Effect, effect_of
from ostrakon.enforcement.connections import Lines
from ostrakon.enforcement.halting import halt, note_problem
from ostrakon.enforcement.models import Command, Connection, Dispatch, Sighting
from ostrakon.enforcement.offers import traits_of
from ostrakon.errors import NotReady, PlatformUnreadable
from ostrakon.intake.models import Account
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record
from ostrakon.platforms.actions import UNDONE_BY, PlatformAction
from ostrakon.platforms.contract import AccountRef, AccountState, ActionTraits, Platform

RECENT = timedelta(days=1)
"""What was carried out since then is looked at once more, whatever it was."""
AGAIN = timedelta(hours=6)
"""How long an account that was looked at is left alone."""
AT_ONCE, SAMPLE = 40, 10
"""Accounts of one round: those of late, and those that were not looked at for longest. One read each."""
State, Ended = Dispatch.State, Command.Ended

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Expected:
    """What the platform should show of one effect."""

    action: PlatformAction
    traits: ActionTraits
    is_set: bool


def watch_platforms(now: datetime, lines: Lines) -> int:
    """Look at some accounts of every platform that is not off; gives how many were looked at."""
    return sum(watch_one(connection, lines, now) for connection in those_that_answer())


def those_that_answer() -> list[Connection]:
    """All that are not off, and fit as far as is known."""
    fit = Connection.objects.exclude(mode=Connection.Mode.OFF).filter(halted_at__isnull=True)
    return list(fit.order_by("pk"))


def watch_one(connection: Connection, lines: Lines, now: datetime) -> int:
    """Look at some accounts of one; gives how many were looked at."""
    done = 0
    try:
        platform = lines.to(connection)
        for account in _to_look_at(connection, now):
            look_at(connection, platform, account, now)
            done += 1
    except (PlatformUnreadable, NotReady) as problem:
        note_problem(connection, str(problem), now)
        if isinstance(problem, PlatformUnreadable) and problem.halts:
            with transaction.atomic():
                halt(connection, str(problem), now)
        lines.drop(connection)
    return done


# Whom


def _to_look_at(connection: Connection, now: datetime) -> list[Account]:
    """Those on whom something was carried out of late; then those who were not looked at for longest, or never."""
    recent = [*_lately_acted_on(connection, now)]
    others = _decided_and_unseen(connection, now).exclude(pk__in=[one.pk for one in recent])
    return [*recent, *others[:SAMPLE]]


def _lately_acted_on(connection: Connection, now: datetime) -> QuerySet[Account]:
    """Since the account was last looked at; the longest ago first."""
    seen = Sighting.objects.filter(
        connection=connection,
        account=OuterRef("dispatch__account"),
        seen_at__gte=OuterRef("dispatch__delivered_at"),
    )
    done = Command.objects.filter(
        ~Exists(seen), connection=connection, dispatch__delivered_at__gte=now - RECENT
    )
    accounts = done.order_by("dispatch__delivered_at").values_list("dispatch__account", flat=True)[:AT_ONCE]
    return Account.objects.filter(pk__in=list(accounts)).order_by("pk")


def _decided_and_unseen(connection: Connection, now: datetime) -> QuerySet[Account]:
    """A decision in force acts on them, or a command of ours did."""
    acting = Decision.objects.filter(account=OuterRef("pk"), status=Decision.Status.IN_FORCE).exclude(
        action__in=[Action.NONE, Action.WARN]
    )
    ours = Sighting.objects.filter(connection=connection, account=OuterRef("pk"))
    fresh = ours.filter(seen_at__gt=now - AGAIN)
    found = Account.objects.filter(
        Exists(acting) | Exists(ours), ~Exists(fresh), platform=connection.platform
    )
    return found.annotate(looked_at=Subquery(ours.values("seen_at")[:1])).order_by(
        F("looked_at").asc(nulls_first=True), "pk"
    )


# What should be, and what is


def look_at(connection: Connection, platform: Platform, account: Account, now: datetime) -> Sighting:
    """Read one account, compare, and ask a person where it differs in a way that nobody was asked about.

    Raises:
        PlatformUnreadable: the platform does not answer.
    """
    state = platform.state(AccountRef(connection.platform, account.external_id))
    differs = "; ".join(differences(state, list(expectations(connection, account))))[:500]
    with transaction.atomic():
        become_the_writer()
        before = Sighting.objects.filter(connection=connection, account=account).first()
        seen, _ = Sighting.objects.update_or_create(
            connection=connection,
            account=account,
            defaults={"seen_at": now, "flags": dict(state.flags), "differs": differs},
        )
        if differs and (before is None or before.differs != differs):
            _ask_a_person(connection, account, differs, now)
    return seen


def expectations(connection: Connection, account: Account) -> Iterator[Expected]:
    """What is decided and carried out should be so; what was taken back should not. Of the rest nothing is expected."""
    wanted = _wanted(connection, account)
    by_effect: dict[Effect, list[Command]] = {}
    found = Command.objects.filter(connection=connection, dispatch__account=account)
    for command in found.select_related("dispatch").order_by("-pk"):
        by_effect.setdefault(_of(command), []).append(command)
    for effect in sorted(wanted | set(by_effect), key=lambda one: (one.action, one.label)):
        traits = traits_of(connection, effect.action)
        is_set = _should_be(effect, wanted, by_effect.get(effect, []))
        if traits is not None and traits.flag and is_set is not None:
            yield Expected(effect.action, traits, is_set)


def _wanted(connection: Connection, account: Account) -> set[Effect]:
    in_force = Decision.objects.filter(account=account, status=Decision.Status.IN_FORCE).select_related(
        "policy"
    )
    effects = (effect_of(decision, connection) for decision in in_force)
    return {effect for effect in effects if effect is not None}


def _of(command: Command) -> Effect:
    """The effect that a command sets or takes back."""
    takes = {undo: action for action, undo in UNDONE_BY.items()}
    action = PlatformAction(command.action)
    return Effect(takes[action] if command.gives_back else action, command.label)


def _should_be(effect: Effect, wanted: set[Effect], commands: Sequence[Command]) -> bool | None:
    """None: something is under way, or was not carried out and is a task, or it is not ours to say."""
    if any(one.dispatch.state in (State.QUEUED, State.SENDING) for one in commands):
        return None
    last = next((one for one in commands if one.dispatch.state != State.CANCELLED), None)
    if last is not None and last.dispatch.state == State.FAILED:
        return None
    if effect in wanted:
        return True
    was_taken_back = last is not None and last.gives_back
    return False if was_taken_back and effect.action is not PlatformAction.LABEL else None


def differences(state: AccountState, expected: Sequence[Expected]) -> list[str]:
    """How the platform differs, in words without anybody's name.

    >>> from datetime import UTC
    >>> flags = {"desk.suspended": True, "home.suspended": False}
    >>> shown = AccountState(flags, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    >>> traits = ActionTraits(PlatformAction.UNSUSPEND, repeats_safely=True, flag="home.suspended")
    >>> differences(shown, [Expected(PlatformAction.SUSPEND, traits, is_set=True)])
    ['suspend is decided, and the platform does not show it', 'its sources differ: desk.suspended, home.suspended']
    """
    if not state.exists:
        return ["the platform has no such account any more"] if any(one.is_set for one in expected) else []
    return [said for one in expected for said in _difference(state.flags, one)]


def _difference(flags: Mapping[str, bool | None], expected: Expected) -> Iterator[str]:
    shown = flags.get(expected.traits.flag)
    if shown is not None and (shown == expected.traits.flag_when_done) != expected.is_set:
        yield (
            f"{expected.action} is decided, and the platform does not show it"
            if expected.is_set
            else f"{expected.action} was taken back, and the platform shows it"
        )
    same = expected.traits.flag.rpartition(".")[2]
    sources = {
        name: value for name, value in flags.items() if name.rpartition(".")[2] == same and value is not None
    }
    if len(set(sources.values())) > 1:
        yield f"its sources differ: {', '.join(sorted(sources))}"


def _ask_a_person(connection: Connection, account: Account, differs: str, now: datetime) -> None:
    about = f"{connection.platform}, account {account.pk}: "
    told = Task.objects.filter(kind=Task.Kind.ACCOUNT_DIFFERS, detail__startswith=about, done_at__isnull=True)
    if not told.exists():
        last = Decision.objects.filter(account=account, in_force_at__isnull=False).order_by("-in_force_at")
        open_task(Task.Kind.ACCOUNT_DIFFERS, now=now, decision=last.first(), detail=about + differs)
    record(
        Kind.DRIFT_FOUND,
        actor="system",
        subject=f"connection:{connection.pk}",
        facts={"account": account.pk},
    )
