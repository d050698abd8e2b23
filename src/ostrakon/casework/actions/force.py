"""A decision comes into force. Here, and nowhere else, something begins to act on an account."""

from __future__ import annotations

from datetime import datetime, timedelta

from ostrakon.casework.announcements import DecisionCameIntoForce, DecisionEnded, announce
from ostrakon.casework.entries import record_step
from ostrakon.casework.held import put_down
from ostrakon.casework.models import Action, Case, Decision, NoticeTemplate, Strike
from ostrakon.casework.notices import write_notice, write_report_outcomes
from ostrakon.errors import NotInThisState, SecondPersonRequired
from ostrakon.ledger.kinds import Kind

Status = Decision.Status


def bring_into_force(decision: Decision, now: datetime) -> Decision:
    """Let a decision act: it supersedes the earlier one, closes the case, gives a strike, and everybody is told.

    Called inside the transaction of the verb that led here, with the case held.

    Raises:
        SecondPersonRequired: nobody else has approved what takes two.
        NotInThisState: it came into force, or ended, meanwhile.
    """
    if decision.needs_second_person and decision.approved_by_id is None:
        raise SecondPersonRequired("this takes a second person: somebody else must approve it first")
    earlier = _supersede_the_earlier(decision, now)
    _begin(decision, now)
    put_down(decision.case, Case.Status.DECIDED)
    _give_a_strike(decision, now)
    _record(decision, earlier)
    if earlier is not None:
        announce(DecisionEnded(earlier))
    announce(DecisionCameIntoForce(decision))
    _tell_everybody(decision, earlier, now)
    return decision


def _supersede_the_earlier(decision: Decision, now: datetime) -> Decision | None:
    in_force = Decision.objects.filter(case=decision.case_id, status=Status.IN_FORCE)
    earlier = in_force.first()
    if earlier is not None:
        in_force.update(status=Status.SUPERSEDED, ended_at=now)
        earlier.refresh_from_db()
    return earlier


def _begin(decision: Decision, now: datetime) -> None:
    ends_at = end_of(decision, now)
    waiting = Decision.objects.filter(pk=decision.pk, status__in=[Status.PROPOSED, Status.APPROVED])
    if waiting.update(status=Status.IN_FORCE, in_force_at=now, ends_at=ends_at) != 1:
        raise NotInThisState("this decision came into force, or ended, meanwhile")
    decision.status, decision.in_force_at, decision.ends_at = Status.IN_FORCE, now, ends_at


def end_of(decision: Decision, in_force_at: datetime) -> datetime | None:
    """When a decision that comes into force then ends by itself; None: it does not."""
    hours = decision.duration_hours
    return None if hours is None else in_force_at + timedelta(hours=hours)


def _give_a_strike(decision: Decision, now: datetime) -> None:
    """A finding without any action counts for nothing; each action counts once."""
    if decision.action == Action.NONE:
        return
    Strike.objects.create(
        account_id=decision.account_id,
        decision=decision,
        given_at=now,
        expires_at=now + timedelta(days=decision.policy.strike_days),
    )


def _record(decision: Decision, earlier: Decision | None) -> None:
    """By whose word: of the second person, or of the one who may do this alone."""
    by = decision.approved_by or decision.proposed_by
    if earlier is not None:
        record_step(Kind.DECISION_SUPERSEDED, earlier, by.actor, by_decision=decision.pk)
    record_step(
        Kind.DECISION_IN_FORCE,
        decision,
        by.actor,
        account=decision.account_id,
        outcome=str(decision.outcome),
        action=str(decision.action),
        duration_hours=decision.duration_hours,
    )


def _tell_everybody(decision: Decision, earlier: Decision | None, now: datetime) -> None:
    if decision.action != Action.NONE:
        write_notice(NoticeTemplate.Kind.STATEMENT_OF_REASONS, decision=decision, now=now)
    elif earlier is not None and earlier.action != Action.NONE:
        write_notice(NoticeTemplate.Kind.REINSTATEMENT, decision=earlier, now=now)
    write_report_outcomes(decision, now)
