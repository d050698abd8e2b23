"""What new reports do to a case. Pure: rows come in, a case that is not saved yet goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ostrakon.casework import order
from ostrakon.casework.models import Case, Policy

Lane, Status = Case.Lane, Case.Status


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something new that a case must be looked at for: a report, or a draw of the audit."""

    report: int
    """Its id; 0 = a draw."""
    new_voice: int | None
    """Who reported, if they had not reported the account under this policy before; else None."""
    received_at: datetime
    is_priority: bool


def opened(account: int, policy: Policy, reach: float, arrivals: Sequence[Arrival]) -> Case:
    """A new case for reports that have none."""
    case = Case(
        account_id=account,
        policy=policy,
        reach=reach,
        last_report=0,
        last_report_at=arrivals[0].received_at,
    )
    _begin(case, arrivals)
    _count(case, arrivals)
    return case


def taken_in(case: Case, answered_at: datetime | None, arrivals: Sequence[Arrival]) -> bool:
    """Let a case know of new reports. True if they reopened it.

    A decided case is reopened only by what was received after the decision: people had the rest before them, or could
    have. It then waits for a person as every case does, also where people had reinstated the account.

    Args:
        case: with its policy.
        answered_at: when the last decision on it came into force; None = none ever did.
        arrivals: those that are new, one at least.
    """
    _count(case, arrivals)
    if case.status != Status.DECIDED:
        _hurry(case, arrivals)
        return False
    unanswered = [one for one in arrivals if answered_at is None or one.received_at > answered_at]
    if unanswered:
        _begin(case, unanswered)
    return bool(unanswered)


def put_in_place(case: Case) -> None:
    """Work out the turn of a case, with its policy, from what is known of it now."""
    case.expected_harm = order.expected_harm(case.probability, case.policy.severity, case.reach)
    case.turn_at = order.turn_at(case.opened_at, case.due_at, case.expected_harm)


def _begin(case: Case, arrivals: Sequence[Arrival]) -> None:
    case.status = Status.OPEN
    case.opened_at = min(one.received_at for one in arrivals)
    case.lane = Lane.ORDINARY
    case.claimed_by, case.claimed_until, case.escalated_at = None, None, None
    case.due_at = order.due_at(case.opened_at, case.policy.deadline_hours)
    _hurry(case, arrivals)


def _hurry(case: Case, arrivals: Sequence[Arrival]) -> None:
    """Who has priority brings the deadline nearer, from when they spoke; nobody puts it off."""
    since = [one.received_at for one in arrivals if one.is_priority]
    if since:
        case.lane = Lane.PRIORITY
        case.due_at = min(case.due_at, order.due_at(min(since), case.policy.priority_deadline_hours))
    put_in_place(case)


def _count(case: Case, arrivals: Sequence[Arrival]) -> None:
    case.reports += sum(one.report > 0 for one in arrivals)
    case.reporters += len({one.new_voice for one in arrivals} - {None})
    case.last_report = max(case.last_report, *(one.report for one in arrivals))
    case.last_report_at = max(case.last_report_at, *(one.received_at for one in arrivals))
