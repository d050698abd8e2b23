"""What happens once, at its hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ostrakon.casework.actions.approve import decline
from ostrakon.casework.actions.audit import draw_audit
from ostrakon.casework.actions.claim import claim
from ostrakon.casework.actions.escalate import escalate
from ostrakon.casework.actions.invite import invite_guest
from ostrakon.casework.actions.note import write_note
from ostrakon.casework.actions.opinion import ask_opinion
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reinstate import carry_out, open_reinstatement
from ostrakon.casework.actions.tasks import do_task
from ostrakon.casework.actions.withdraw import withdraw
from ostrakon.casework.models import Action, Case, Decision, Task
from ostrakon.casework.queue import ORDER
from ostrakon.service.demonstration import appeals, arrivals, desk, returns, texts, together
from ostrakon.service.demonstration.people import Cast
from ostrakon.service.demonstration.rules import reword_harassment
from ostrakon.service.demonstration.week import HOURS, Week

AUDITED = 24
Status = Case.Status
Event = Callable[[Week, Cast, datetime], None]


def _somebody_is_wronged(week: Week, cast: Cast, at: datetime) -> None:
    """The ring has a counter-speaker reported by a hundred; two tired people believe it."""
    case = _case_of(week.wronged)
    desk.decide(week, cast, case, Action.SUSPEND, at)


def _they_appeal(week: Week, cast: Cast, at: datetime) -> None:
    """And are reinstated when their turn comes."""
    decision = _case_of(week.wronged).decisions.get(status=Decision.Status.IN_FORCE)
    appeals.ask(decision, at)


def _others_are_cleared(week: Week, cast: Cast, at: datetime) -> None:
    """The other victims of Tuesday are looked at with more time: no violation."""
    struck = Case.objects.filter(policy__code="violent-extremism", status=Status.OPEN, reports__gt=50)
    for case in struck.select_related("account", "policy").order_by("pk"):
        if week.kinds[case.account.external_id] == "counter_speaker":
            desk.clear(cast, case, at)


def _a_list_appears(week: Week, cast: Cast, at: datetime) -> None:
    arrivals.receive_list_of_volunteers(week, cast.lead, at)


def _a_rule_is_reworded(week: Week, cast: Cast, at: datetime) -> None:
    reword_harassment(cast.lead, at)


def _flaggers_speak(week: Week, cast: Cast, at: datetime) -> None:
    arrivals.flag(week, at)


def _a_wave_is_undone(week: Week, cast: Cast, at: datetime) -> None:
    standing = Decision.objects.filter(
        status=Decision.Status.IN_FORCE, policy__code="spam", action__in=[Action.LABEL, Action.LIMIT]
    )
    wrong = Decision.objects.filter(pk__in=standing.order_by("pk").values("pk")[:6])
    reason = "A newsletter of the town library was taken for spam, and everybody who shared it with it."
    carry_out(cast.lead, open_reinstatement(cast.lead, wrong, reason=reason, now=at).pk, at)


def _an_audit_is_drawn(week: Week, cast: Cast, at: datetime) -> None:
    draw_audit(cast.lead, AUDITED, week.world.seed, at)


def _the_audit_is_looked_at(week: Week, cast: Cast, at: datetime) -> None:
    """Half of it: the other half waits."""
    drawn = Case.objects.filter(offers__selection="audit", offers__person=None, status=Status.OPEN)
    for number, case in enumerate(drawn.select_related("account", "policy").order_by("pk")[: AUDITED // 2]):
        reviewer = cast.reviewers[number % len(cast.reviewers)]
        claim(reviewer, case.pk, at)
        desk.settle(cast, propose(reviewer, desk.proposal_of(week, case), at + desk.LOOKING))


def _a_batch_is_released(week: Week, cast: Cast, at: datetime) -> None:
    together.release_one(week, cast, at)


def _reports_are_set_aside(week: Week, cast: Cast, at: datetime) -> None:
    together.set_a_campaign_aside(week, cast, at)


def _a_batch_waits(week: Week, cast: Cast, at: datetime) -> None:
    together.prepare_one(week, cast, "spam", at)


def _people_write_through_the_form(week: Week, cast: Cast, at: datetime) -> None:
    arrivals.fill_in_the_form(week, at)


def _two_proposals_fail(week: Week, cast: Cast, at: datetime) -> None:
    """The approver declines one, the reviewer takes the other back."""
    reviewer = cast.reviewers[1]
    doubtful, hasty = _waiting_cases()[:2]
    for case in (doubtful, hasty):
        claim(reviewer, case.pk, at)
    first = propose(reviewer, desk.uphold(week, doubtful, Action.SUSPEND), at + desk.LOOKING)
    second = propose(reviewer, desk.uphold(week, hasty, Action.SUSPEND), at + desk.LOOKING)
    why = "The post quotes what it speaks against: read on in the thread."
    decline(cast.lead, first.pk, why, at + desk.WAITING)
    withdraw(reviewer, second.pk, at + desk.WAITING)


def _some_come_back(week: Week, cast: Cast, at: datetime) -> None:
    returns.some_come_back(week, cast, at)


def _proposals_wait(week: Week, cast: Cast, at: datetime) -> None:
    """Five for any approver, one on a case under pressure for a safety lead."""
    reviewer = cast.reviewers[0]
    true = [case for case in _waiting_cases() if _is_true(week, case)]
    pressed = Case.objects.filter(status=Status.OPEN, under_pressure=True, policy__code="violent-extremism")
    last = pressed.select_related("account", "policy").order_by(*ORDER).first()
    for case in [*true[:5], *([last] if last else [])]:
        claim(reviewer, case.pk, at)
        propose(reviewer, desk.uphold(week, case, Action.SUSPEND), at + desk.LOOKING)


def _appeals_that_wait(week: Week, cast: Cast, at: datetime) -> None:
    appeals.ask_at_last(at)


def _the_desk_is_busy(week: Week, cast: Cast, at: datetime) -> None:
    """Cases in hand, a note, an opinion that is awaited, a guest, something urgent, a task that is done."""
    first, second, third, fourth = _waiting_cases()[:4]
    now = at + timedelta(minutes=55)
    claim(cast.reviewers[1], first.pk, now)
    claim(cast.reviewers[2], second.pk, now)
    write_note(cast.reviewers[1], first.pk, texts.NOTES[0], now)
    ask_opinion(cast.reviewers[1], third.pk, cast.reviewers[0], now)
    escalate(cast.reviewers[2], fourth.pk, now)
    invite_guest(cast.lead, fourth.pk, "forum.example", "Ines", now)
    if task := Task.objects.filter(kind=Task.Kind.NO_CONTACT).order_by("pk").first():
        do_task(cast.approver, task.pk, how="Told them in the app, where they still read.", now=now)


STORY: Mapping[int, Event] = {
    57: _somebody_is_wronged,
    70: _they_appeal,
    84: _a_list_appears,
    90: _a_rule_is_reworded,
    100: _flaggers_speak,
    116: _others_are_cleared,
    124: _a_wave_is_undone,
    126: _an_audit_is_drawn,
    130: _the_audit_is_looked_at,
    133: _people_write_through_the_form,
    136: _a_batch_is_released,
    147: _reports_are_set_aside,
    150: _two_proposals_fail,
    HOURS - 5: _some_come_back,
    HOURS - 4: _a_batch_waits,
    HOURS - 3: _proposals_wait,
    HOURS - 2: _appeals_that_wait,
    HOURS - 1: _the_desk_is_busy,
}
"""By the hour of the week."""


def _case_of(account: str) -> Case:
    cases = Case.objects.select_related("account", "policy")
    return cases.get(account__external_id=account, policy__code="violent-extremism")


def _waiting_cases() -> list[Case]:
    """The head of the queue, without what a campaign reported."""
    waiting = Case.objects.filter(status=Status.OPEN, under_pressure=False, claimed_by=None)
    named = waiting.exclude(policy__code="unspecified").select_related("account", "policy")
    return list(named.order_by(*ORDER)[:60])


def _is_true(week: Week, case: Case) -> bool:
    return (case.account.external_id, case.policy.code) in week.violations
