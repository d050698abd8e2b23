"""Undo a wrongful wave: one case for it, all its accounts, a receipt for each."""

from __future__ import annotations

import math
import time
from collections import Counter
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Count, QuerySet

from ostrakon.casework.actions.reverse import LONGEST_WHY, REVERSIBLE, reverse
from ostrakon.casework.models import (
    Action,
    Case,
    Decision,
    NoticeTemplate,
    Person,
    Reinstatement,
    ReinstatementItem,
)
from ostrakon.casework.notices import write_notice
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.errors import NotThere, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.ledger.turns import in_turn

LONGEST_REASON = 10_000
AT_ONCE = 50
"""Decisions undone in one transaction: others wait for no more than that, and a crash undoes no more."""
ROWS_AT_ONCE = 1000
State = ReinstatementItem.State


def open_reinstatement(
    person: Person, decisions: QuerySet[Decision], *, reason: str, now: datetime
) -> Reinstatement:
    """Write down which decisions are to be reversed, and why. Nothing is undone yet.

    Args:
        decisions: those that came into force; others are left out.
        reason: for colleagues and the record's readers.
    Raises:
        NotPermitted: their roles do not allow it.
        Unfit: there is no reason, or no decision that came into force.
    """
    said = fit(reason, "the reason", longest=LONGEST_REASON)
    with transaction.atomic():
        require(person, Act.REINSTATE_MANY)
        wave = Reinstatement.objects.create(reason=said, opened_by=person, opened_at=now)
        count = _write_down(wave, decisions)
        if not count:
            raise Unfit("none of these decisions came into force: there is nothing to reinstate")
        record(
            Kind.REINSTATEMENT_OPENED,
            actor=person.actor,
            subject=f"reinstatement:{wave.pk}",
            facts={"decisions": count},
        )
    return wave


def carry_out(
    person: Person, reinstatement_id: int, now: datetime, *, within_s: float = math.inf
) -> Counter[str]:
    """Reverse everything that waits in a wave, some at a time; after a crash, or beside a colleague, it goes on.

    Args:
        within_s: begin nothing more after so many seconds; what is left waits until it is carried on.
    Returns:
        How many decisions of the wave were reversed by it, and how many had been before (states of the items).
    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such wave.
    """
    require(person, Act.REINSTATE_MANY)
    end = time.monotonic() + within_s
    while in_turn(partial(_some_are_undone, person, reinstatement_id, now)) and time.monotonic() < end:
        pass
    return outcome_of(reinstatement_id)


def outcome_of(reinstatement_id: int) -> Counter[str]:
    """How many items of a wave stand in which state."""
    items = ReinstatementItem.objects.filter(reinstatement=reinstatement_id)
    return Counter(dict(items.values_list("state").annotate(Count("pk")).order_by("state")))


def _write_down(wave: Reinstatement, decisions: QuerySet[Decision]) -> int:
    """Page by page, so that a wave of any size fits in memory."""
    last, count = 0, 0
    in_force = decisions.filter(in_force_at__isnull=False).order_by("pk").values_list("pk", flat=True)
    while page := list(in_force.filter(pk__gt=last)[:ROWS_AT_ONCE]):
        ReinstatementItem.objects.bulk_create(
            ReinstatementItem(reinstatement=wave, decision_id=pk) for pk in page
        )
        last, count = page[-1], count + len(page)
    return count


def _some_are_undone(person: Person, reinstatement_id: int, now: datetime) -> bool:
    """One transaction's worth; false when nothing waits any more. Two at once come one after the other."""
    with transaction.atomic():
        wave = Reinstatement.objects.select_for_update().filter(pk=reinstatement_id).first()
        if wave is None:
            raise NotThere("there is no such reinstatement, or it is not for you")
        items = _next_items(wave)
        for item in items:
            item.state, item.at = _undo(item.decision, wave, person, now), now
        ReinstatementItem.objects.bulk_update(items, ["state", "at"])
        if not items:
            _close(wave, person, now)
    return bool(items)


def _next_items(wave: Reinstatement) -> list[ReinstatementItem]:
    """With their cases held, in the order of cases, as everybody holds them."""
    waiting = wave.items.filter(state=State.WAITS).order_by("decision__case", "pk")[:AT_ONCE]
    cases = Case.objects.filter(pk__in=[*waiting.values_list("decision__case", flat=True)])
    list(cases.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return list(waiting.select_related("decision"))


def _undo(decision: Decision, wave: Reinstatement, person: Person, now: datetime) -> State:
    if decision.status not in REVERSIBLE:
        return State.ALREADY
    why = f"reinstatement {wave.pk}: {wave.reason}"[:LONGEST_WHY]
    decision = reverse(decision, by=person.actor, why=why, now=now)
    if decision.action != Action.NONE:
        write_notice(NoticeTemplate.Kind.REINSTATEMENT, now=now, decision=decision)
    return State.REVERSED


def _close(wave: Reinstatement, person: Person, now: datetime) -> None:
    if not Reinstatement.objects.filter(pk=wave.pk, done_at__isnull=True).update(done_at=now):
        return
    done = outcome_of(wave.pk)
    record(
        Kind.REINSTATEMENT_DONE,
        actor=person.actor,
        subject=f"reinstatement:{wave.pk}",
        facts={"reversed": done[State.REVERSED], "already": done[State.ALREADY]},
    )
