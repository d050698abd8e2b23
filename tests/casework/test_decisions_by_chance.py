"""Random people do random things at random times. A small model says what must succeed; the rules hold at every step.

The model knows the rules in other words than the code: it is a list of who did what, and a few sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.casework.case import NOW, account, case, person, policy
from tests.casework.deciding import NO, THREATS, fresh
from tests.ledger.case import PUBLIC, sign

from ostrakon.casework.actions.approve import approve, decline
from ostrakon.casework.actions.expire import expire_due
from ostrakon.casework.actions.invite import arrive, invite_guest
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.actions.withdraw import withdraw
from ostrakon.casework.models import Action, Case, Decision, Person, Strike
from ostrakon.casework.models.decisions import IN_EFFECT, SUSPENSIONS
from ostrakon.casework.proposal import Proposal
from ostrakon.errors import Refused
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.ledger.record import record
from ostrakon.ledger.stored import verify_database

pytestmark = pytest.mark.django_db
Answer, Outcome = Decision.Answer, Decision.Outcome

ROLES = {
    "bram": ["reviewer"],
    "eve": ["reviewer", "appeals"],
    "dana": ["approver"],
    "lena": ["safety_lead"],
    "omar": ["auditor", "administrator"],
}
PROPOSE, APPROVE, SENIOR = {"bram", "eve", "dana", "lena"}, {"dana", "lena"}, {"lena"}

MEANWHILE = [
    "time_goes_by",
    "a_campaign_comes_or_goes",
    "claims_the_case",
    "new_reports_reopen_the_case",
    "invites",
]

names = st.sampled_from([*ROLES, "guest"])
which = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 5])
hours = st.integers(1, 60)


@dataclass
class Written:
    """What the model remembers of a decision."""

    case: int
    by: str
    action: Action
    pressed: bool
    ends_after: int | None
    status: str = "proposed"
    ends_at: datetime | None = None
    history: list[str] = field(default_factory=list)

    @property
    def suspends(self) -> bool:
        return self.action in SUSPENSIONS

    @property
    def takes_two(self) -> bool:
        return self.suspends or (self.pressed and self.action != Action.NONE)


class Decisions(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.now = NOW
        self.people: dict[str, Person] = {name: person(name, *roles) for name, roles in ROLES.items()}
        self.cases = [
            case(account(name), policy(name), under_pressure=name == "frida") for name in ("chidi", "frida")
        ]
        self.guests_until: dict[int, datetime] = {}
        self.guests: dict[int, Person] = {}
        self.written: dict[int, Written] = {}
        self.claims: dict[int, tuple[str, datetime]] = {}
        record(Kind.SERVICE_INITIALISED, actor="system", subject="service")

    def teardown(self) -> None:
        sign()
        found = verify_database(PUBLIC)
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)
        assert found.is_intact, found.problems

    # What somebody tries

    @rule(
        by=names,
        at=which,
        action=st.sampled_from(Action),
        long=hours,
        exempt=st.sampled_from([NO] * 5 + [None, Answer.YES]),
    )
    def proposes(self, by: str, at: int, action: Action, long: int, exempt: Answer | None) -> None:
        on = at % len(self.cases)
        now_there = fresh(self.cases[on])
        duration = long if action == Action.SUSPEND_FOR_A_TIME else None
        proposal = Proposal(
            case=now_there.pk,
            version=now_there.version,
            outcome=Outcome.UPHELD,
            action=action,
            key=f"{len(self.written)}-{self.now.timestamp()}-{Decision.objects.count()}",
            facts=THREATS,
            duration_hours=duration,
            exempt_press=exempt,
            exempt_research=exempt,
            exempt_counter_speech=exempt,
        )
        made = Written(on, by, action, now_there.under_pressure, duration)
        acting = self.acting_on(on)
        holder, until = self.claims.get(on, (by, self.now))
        expected = (
            by in PROPOSE
            and not (made.suspends and exempt != NO)
            and (holder == by or until <= self.now)
            and not any(one.status == "proposed" for one in self.of_case(on))
            and (by in APPROVE or made.suspends or acting is None or not acting.suspends)
        )
        decision = self.tried(expected, lambda: propose(self.person(by, on), proposal, self.now))
        if decision is not None:
            self.written[decision.pk] = made
            self.claims.pop(on, None)
            if not made.takes_two:
                self.acts(made)

    # Few rules: hypothesis leaves some of them out of each run.

    @rule(verb=st.sampled_from(["approves", "declines", "withdraws", "overturns"]), by=names, at=which)
    def somebody_answers(self, verb: str, by: str, at: int) -> None:
        getattr(self, verb)(by, at)

    @rule(what=st.sampled_from(MEANWHILE), by=names, at=which, later=st.sampled_from([0, 1, 24, 24 * 8]))
    def something_happens(self, what: str, by: str, at: int, later: int) -> None:
        getattr(self, what)(by=by, at=at, later=later)

    def approves(self, by: str, at: int) -> None:
        pk, one = self.decision(at)
        pressed = one.action != Action.NONE and (one.pressed or self.is_pressed(one.case))
        expected = self.may_answer(by, one) and (not pressed or by in SENIOR or by == "guest")
        if self.tried(expected, lambda: approve(self.person(by, one.case), pk, self.now)):
            self.claims.pop(one.case, None)
            self.acts(one)

    def declines(self, by: str, at: int) -> None:
        pk, one = self.decision(at)
        if self.tried(
            self.may_answer(by, one), lambda: decline(self.person(by, one.case), pk, "No.", self.now)
        ):
            one.status = "declined"
            self.claims.pop(one.case, None)

    def withdraws(self, by: str, at: int) -> None:
        pk, one = self.decision(at)
        expected = one.status == "proposed" and one.by == by
        if self.tried(expected, lambda: withdraw(self.person(by, one.case), pk, self.now)):
            one.status = "withdrawn"
            self.claims.pop(one.case, None)

    def overturns(self, by: str, at: int) -> None:
        pk, one = self.decision(at)
        expected = by in APPROVE and one.status in ("in_force", "expired", "superseded")
        if self.tried(expected, lambda: overturn(self.person(by, one.case), pk, "Wrong.", self.now)):
            one.status = "reversed"

    def invites(self, by: str, at: int, **_: object) -> None:
        on = at % len(self.cases)
        expected = by in PROPOSE
        guest = self.tried(expected, lambda: self.invited(by, on))
        if guest is not None:
            self.guests[on], self.guests_until[on] = guest, self.now + timedelta(days=7)

    @initialize(action=st.sampled_from(SUSPENSIONS), long=hours)
    def something_was_decided_before(self, action: Action, long: int) -> None:
        self.two_decide("bram", 0, action, long)
        self.two_decide("eve", 1, Action.LIMIT, long)

    @rule(by=st.sampled_from(["bram", "eve"]), at=which, action=st.sampled_from(Action), long=hours)
    def two_decide(self, by: str, at: int, action: Action, long: int) -> None:
        """What usually happens; by chance alone it would be rare."""
        self.proposes(by, at, action, long, NO)
        self.approves("lena", 0)

    # What happens meanwhile

    def time_goes_by(self, later: int, **_: object) -> None:
        self.now += timedelta(hours=later, seconds=1)
        due = [one for one in self.written.values() if one.status == "in_force" and one.ends_at]
        due = [one for one in due if one.ends_at and one.ends_at <= self.now]
        assert expire_due(self.now) == len(due)
        for one in due:
            one.status = "expired"

    def a_campaign_comes_or_goes(self, at: int, **_: object) -> None:
        row = Case.objects.filter(pk=self.cases[at % len(self.cases)].pk)
        row.update(under_pressure=not row.get().under_pressure)

    def claims_the_case(self, by: str, at: int, **_: object) -> None:
        if by not in PROPOSE:
            return
        on = at % len(self.cases)
        self.claims[on] = by, self.now + timedelta(minutes=20)
        Case.objects.filter(pk=self.cases[on].pk).update(
            claimed_by=self.people[by], claimed_until=self.claims[on][1]
        )

    def new_reports_reopen_the_case(self, at: int, **_: object) -> None:
        Case.objects.filter(pk=self.cases[at % len(self.cases)].pk, status="decided").update(
            status="open", last_report_at=self.now + timedelta(seconds=1)
        )

    # What holds at every step

    @invariant()
    def what_takes_two_people_has_two(self) -> None:
        in_effect = Decision.objects.filter(status__in=IN_EFFECT)
        takes_two = Q(action__in=SUSPENSIONS) | (Q(under_pressure=True) & ~Q(action="none"))
        alone = Q(approved_by__isnull=True) | Q(approved_by=F("proposed_by"))
        assert not in_effect.filter(takes_two & alone).exists()

    @invariant()
    def decisions_stand_where_the_model_says(self) -> None:
        assert dict(Decision.objects.values_list("pk", "status")) == {
            pk: one.status for pk, one in self.written.items()
        }

    @invariant()
    def a_case_waits_for_a_second_person_exactly_while_it_has_a_proposal(self) -> None:
        waiting = {self.cases[one.case].pk for one in self.written.values() if one.status == "proposed"}
        assert set(Case.objects.filter(status="proposed").values_list("pk", flat=True)) == waiting

    @invariant()
    def a_strike_counts_exactly_while_its_decision_was_not_undone(self) -> None:
        acted = {
            pk: one.status == "reversed"
            for pk, one in self.written.items()
            if one.status in IN_EFFECT and one.action != Action.NONE
        }
        assert {strike.decision_id: bool(strike.withdrawn_at) for strike in Strike.objects.all()} == acted

    @invariant()
    def the_record_has_every_step_once(self) -> None:
        recorded = Counter(Entry.objects.filter(kind__startswith="decision_").values_list("kind", flat=True))
        statuses = Counter(one.status for one in self.written.values())
        assert recorded["decision_proposed"] == len(self.written)
        assert recorded["decision_in_force"] == sum(statuses[status] for status in IN_EFFECT)
        for status in ("declined", "withdrawn", "reversed"):
            assert recorded[f"decision_{status}"] == statuses[status]

    # The model's words

    def tried(self, expected: bool, act: Callable[[], Any]) -> Any:
        """What it gave; None where it was refused. It succeeds exactly when the model says so."""
        before, said = Entry.objects.count(), "this should have been refused"
        try:
            gave = act()
        except Refused as refusal:
            gave, said = None, str(refusal)
            assert Entry.objects.count() == before, "what is refused leaves no trace"
        assert (gave is not None) is expected, said
        return gave

    def acts(self, made: Written) -> None:
        """It comes into force; what was in force on the case is superseded."""
        if (earlier := self.acting_on(made.case)) is not None:
            earlier.status = "superseded"
        made.status = "in_force"
        if made.ends_after is not None:
            made.ends_at = self.now + timedelta(hours=made.ends_after)

    def may_answer(self, by: str, one: Written) -> bool:
        second = self.is_welcome(one.case) if by == "guest" else by in APPROVE
        return one.status == "proposed" and by != one.by and second

    def is_welcome(self, on: int) -> bool:
        return on in self.guests and self.guests_until[on] > self.now

    def is_pressed(self, on: int) -> bool:
        return fresh(self.cases[on]).under_pressure

    def of_case(self, on: int) -> list[Written]:
        return [one for one in self.written.values() if one.case == on]

    def acting_on(self, on: int) -> Written | None:
        return next((one for one in self.of_case(on) if one.status == "in_force"), None)

    def person(self, name: str, on: int) -> Person:
        """Colleagues by name; ``guest`` is that of the case, or of the other one, or nobody with any role."""
        if name != "guest":
            return self.people[name]
        anybody = next(iter(self.guests.values()), self.people["omar"])
        return self.guests.get(on, anybody)

    def invited(self, by: str, on: int) -> Person:
        _, token = invite_guest(self.person(by, on), self.cases[on].pk, "partner.example", "Gus", self.now)
        return arrive(token, self.now)

    def decision(self, at: int) -> tuple[int, Written]:
        """One of those there are, the last for 0; or one that there is not."""
        if not self.written:
            return 0, Written(0, "", Action.NONE, pressed=False, ends_after=None, status="none")
        return list(self.written.items())[-1 - at % len(self.written)]


UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""To make a failure smaller takes minutes: the slow test does."""


def of_this_many(examples: int, phases: Sequence[Phase]) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=30,
        deadline=None,
        phases=phases,
        suppress_health_check=[HealthCheck.too_slow],
    )


def test_no_reachable_state_breaks_the_rules() -> None:
    run_state_machine_as_test(Decisions, settings=of_this_many(15, UNSHRUNK))


@pytest.mark.slow
def test_no_reachable_state_breaks_the_rules_however_long_one_looks() -> None:
    run_state_machine_as_test(Decisions, settings=of_this_many(80, tuple(Phase)))
