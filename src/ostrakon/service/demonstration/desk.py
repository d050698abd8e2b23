"""The reviewers at work: they take the next case, look, decide, and a second person says yes."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.note import write_note
from ostrakon.casework.actions.offer import next_case
from ostrakon.casework.actions.opinion import ask_opinion, give_opinion
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reveal import reveal
from ostrakon.casework.models import Action, Case, Decision, Person, Policy
from ostrakon.casework.proposal import Proposal
from ostrakon.casework.taking_part import knows_what_was_decided
from ostrakon.intake.models import Evidence
from ostrakon.service.demonstration import texts
from ostrakon.service.demonstration.chance import pick, share
from ostrakon.service.demonstration.people import Cast
from ostrakon.service.demonstration.week import Week

OPENS, CLOSES = 8, 20
"""Hours of the day between which the desk works."""
ERRORS = 0.08
"""Share of the cases in which the reviewer is wrong, and of the opinions."""
LOOKS = 0.7
"""Share of the cases in which the reviewer uncovers the evidence."""
NOTES = 0.15
OPINIONS = 0.2
ACTIONS = {
    "spam": (Action.LABEL, Action.LIMIT, Action.SUSPEND_FOR_A_TIME),
    "harassment": (Action.WARN, Action.LIMIT, Action.SUSPEND_FOR_A_TIME),
    "violent-extremism": (Action.SUSPEND_FOR_A_TIME, Action.SUSPEND, Action.SUSPEND),
    "unspecified": (Action.NONE,),
}
HOURS = {Action.LABEL: 48, Action.LIMIT: 120, Action.SUSPEND_FOR_A_TIME: 168}
"""How long what ends lasts."""
LIGHTER = ("spam", "harassment")
"""Taken in turns, so that nobody sees the worst all day."""
NEXT = timedelta(minutes=26)
LOOKING, WAITING = timedelta(minutes=4), timedelta(minutes=18)
"""From taking a case to the proposal, and from there to the second person."""
NO = Decision.Answer.NO


def work(week: Week, cast: Cast, hour: int) -> None:
    """An hour at the desk: one reviewer takes what is next, then another what is next where it is less grave."""
    if not OPENS <= hour % 24 < CLOSES:
        return
    began = week.at(hour + 0.1)
    lighter = Policy.objects.get(code=LIGHTER[hour % len(LIGHTER)]).pk
    for place, policy in enumerate((None, lighter)):
        reviewer = cast.reviewers[(hour + place) % len(cast.reviewers)]
        rng = Random(f"{week.world.seed} {hour} {place}")
        if offer := next_case(reviewer, began, policy=policy, rng=rng):
            _decide(week, cast, reviewer, offer.case, began)
        began += NEXT


def _decide(week: Week, cast: Cast, reviewer: Person, case: Case, began: datetime) -> None:
    if share("look", case.pk) < LOOKS:
        _look(reviewer, case, began)
    if share("note", case.pk) < NOTES:
        write_note(reviewer, case.pk, pick(texts.NOTES, "note", case.pk), began + LOOKING / 2)
    decision = settle(cast, propose(reviewer, proposal_of(week, case), began + LOOKING))
    if share("opinion", case.pk) < OPINIONS:
        _second_opinion(week, cast, decision)


def _look(reviewer: Person, case: Case, at: datetime) -> None:
    """At what is covered until somebody asks to see it."""
    if (
        shown := Evidence.objects.filter(account=case.account_id, content__isnull=False)
        .order_by("pk")
        .first()
    ):
        reveal(reviewer, case.pk, shown.pk, at + LOOKING / 4)


def decide(week: Week, cast: Cast, case: Case, action: Action, began: datetime) -> Decision:
    """Have this very case decided in this way, right or wrong."""
    return settle(cast, propose(cast.reviewers[0], uphold(week, case, action), began + LOOKING))


def clear(cast: Cast, case: Case, began: datetime) -> Decision:
    """Have this very case found unfounded."""
    return propose(cast.reviewers[1], reject(case), began + LOOKING)


def settle(cast: Cast, proposed: Decision) -> Decision:
    """Have a proposal approved where it needs that, by somebody who may."""
    if proposed.status != Decision.Status.PROPOSED:
        return proposed
    second = cast.lead if proposed.under_pressure else cast.approver
    return approve(second, proposed.pk, proposed.proposed_at + WAITING)


def proposal_of(week: Week, case: Case) -> Proposal:
    """What a reviewer makes of a case: mostly what is true."""
    if _looks_wrong(week, case, "reviewer"):
        return uphold(week, case, pick(ACTIONS[case.policy.code], "action", case.pk))
    return reject(case)


def reject(case: Case) -> Proposal:
    """No violation."""
    return Proposal(case.pk, case.version, Decision.Outcome.REJECTED, Action.NONE, key=_key(case))


def uphold(week: Week, case: Case, action: Action) -> Proposal:
    """A violation, and what is to be done about it."""
    language = week.languages.get(case.account.external_id, "en")
    said = texts.FACTS.get(case.policy.code, texts.FACTS["harassment"])
    exempt = NO if action in (Action.SUSPEND, Action.SUSPEND_FOR_A_TIME) else None
    return Proposal(
        case=case.pk,
        version=case.version,
        outcome=Decision.Outcome.UPHELD,
        action=action,
        key=_key(case),
        facts=pick(said[language], "facts", case.pk),
        duration_hours=HOURS.get(action),
        exempt_press=exempt,
        exempt_research=exempt,
        exempt_counter_speech=exempt,
    )


def _second_opinion(week: Week, cast: Cast, decision: Decision) -> None:
    """Blind, so from a colleague who has not had the case before them; where there is none, it is left."""
    at = decision.proposed_at + timedelta(minutes=1)
    case = decision.case
    colleague = who_knows_nothing(cast, case)
    if colleague is None:
        return
    ask_opinion(decision.proposed_by, case.pk, colleague, at)
    outcome = "upheld" if _looks_wrong(week, case, "colleague") else "rejected"
    is_unclear = share("unclear", case.pk) < ERRORS
    give_opinion(colleague, case.pk, "unclear" if is_unclear else outcome, at + timedelta(minutes=9))


def who_knows_nothing(cast: Cast, case: Case) -> Person | None:
    """A reviewer who can judge a case blind."""
    asked = set(case.opinions.values_list("person", flat=True))
    free = (person for person in cast.reviewers if person.pk not in asked)
    return next((person for person in free if not knows_what_was_decided(person, case)), None)


def _looks_wrong(week: Week, case: Case, to: str) -> bool:
    """Does it look like a violation to somebody, who may be mistaken?"""
    is_wrong = (case.account.external_id, case.policy.code) in week.violations
    return is_wrong != (share("error", to, case.pk) < ERRORS)


def _key(case: Case) -> str:
    return f"demonstration-{case.pk}-{case.version}"
