"""Two at one case: one of them comes first, nothing is lost, nothing happens twice. On files, with threads."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from tests.casework.at_once import at_once, succeeded
from tests.casework.case import NOW, account, case, person, policy
from tests.casework.deciding import fresh, heard, open_case, proposed_suspension, suspension, warning
from tests.ledger.case import PUBLIC, sign

from ostrakon.casework.actions.approve import approve, decline
from ostrakon.casework.actions.expire import expire_due
from ostrakon.casework.actions.invite import arrive, invite_guest
from ostrakon.casework.actions.people import deactivate, end_grant
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.actions.withdraw import withdraw
from ostrakon.casework.announcements import Announcement, DecisionCameIntoForce, DecisionEnded
from ostrakon.casework.models import (
    Action,
    Appeal,
    Decision,
    Grant,
    Notice,
    Participation,
    Person,
    Role,
    Strike,
)
from ostrakon.casework.on_behalf import Plea, appeal_on_behalf
from ostrakon.errors import NotInThisState, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.ledger.record import become_the_writer, record
from ostrakon.ledger.stored import verify_database

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def the_record_begins() -> None:
    with transaction.atomic():
        record(Kind.SERVICE_INITIALISED, actor="system", subject="service")


def the_record_verifies() -> bool:
    sign()
    return verify_database(PUBLIC).is_intact


def steps() -> Counter[str]:
    return Counter(Entry.objects.filter(kind__startswith="decision_").values_list("kind", flat=True))


def came_into_force(announced: list[Announcement]) -> int:
    return sum(isinstance(one, DecisionCameIntoForce) for one in announced)


def test_twenty_people_approve_at_once_and_one_of_them_does() -> None:
    decision = proposed_suspension(person("bram", "reviewer"), open_case())
    approvers = [person(f"dana-{number}", "approver") for number in range(20)]
    with heard() as announced:
        outcomes = at_once([partial(approve, dana, decision.pk, NOW) for dana in approvers])
    assert len(succeeded(outcomes)) == 1
    assert {type(outcome) for outcome in outcomes} == {Decision, NotInThisState}
    kept = fresh(decision)
    assert kept.status == "in_force"
    assert Participation.objects.get(part="approved").person == kept.approved_by
    assert (came_into_force(announced), Strike.objects.count()) == (1, 1)
    assert Notice.objects.filter(kind="statement_of_reasons").count() == 1
    assert steps() == {"decision_proposed": 1, "decision_approved": 1, "decision_in_force": 1}
    assert the_record_verifies()


def test_one_person_who_clicks_twenty_times_approves_once() -> None:
    decision = proposed_suspension(person("bram", "reviewer"), open_case())
    dana = person("dana", "approver")
    with heard() as announced:
        outcomes = at_once([partial(approve, dana, decision.pk, NOW)] * 20)
    assert (len(succeeded(outcomes)), came_into_force(announced), Strike.objects.count()) == (1, 1, 1)
    assert the_record_verifies()


@pytest.mark.parametrize("of", [suspension, warning])
def test_a_double_click_proposes_once_and_both_clicks_see_it(of: type) -> None:
    bram, on = person("bram", "reviewer"), open_case()
    once = of(on)
    with heard() as announced:
        outcomes = at_once([partial(propose, bram, once, NOW)] * 8)
    assert {outcome.pk for outcome in outcomes} == {Decision.objects.get().pk}
    assert came_into_force(announced) == Strike.objects.count() == (of is warning)
    assert steps()["decision_proposed"] == 1


def test_two_reviewers_at_one_case_and_one_of_them_decides() -> None:
    on = open_case()
    reviewers = [person(name, "reviewer") for name in ("bram", "dana", "eve", "frida")]
    outcomes = at_once([partial(propose, who, warning(on), NOW) for who in reviewers])
    assert len(succeeded(outcomes)) == 1
    assert {type(outcome) for outcome in outcomes} == {Decision, NotInThisState}
    assert (Decision.objects.count(), Strike.objects.count()) == (1, 1)


@pytest.mark.parametrize("turn", range(3))
def test_one_approves_one_declines_one_withdraws_and_one_of_it_happens(turn: int) -> None:
    bram, dana, lena = person("bram", "reviewer"), person("dana", "approver"), person("lena", "safety_lead")
    decision = proposed_suspension(bram, open_case())
    acts = [
        partial(approve, dana, decision.pk, NOW),
        partial(decline, lena, decision.pk, "No.", NOW),
        partial(withdraw, bram, decision.pk, NOW),
    ]
    outcomes = at_once(acts[turn:] + acts[:turn])
    (done,) = succeeded(outcomes)
    kept = fresh(decision)
    assert kept.status == done.status
    assert kept.status in ("in_force", "declined", "withdrawn")
    assert fresh(kept.case).status == ("decided" if kept.status == "in_force" else "open")
    assert Strike.objects.count() == (kept.status == "in_force")
    assert the_record_verifies()


def test_what_ends_and_is_undone_at_the_same_moment_is_undone() -> None:
    bram, dana = person("bram", "reviewer"), person("dana", "approver")
    decision = propose(bram, warning(open_case(), action=Action.LIMIT, duration_hours=1), NOW)
    with heard() as announced:
        outcomes = at_once(
            [partial(expire_due, LATER)] * 2 + [partial(overturn, dana, decision.pk, "Wrong.", LATER)] * 2
        )
    assert len([outcome for outcome in outcomes if isinstance(outcome, Decision)]) == 1
    expire_due(LATER)
    assert fresh(decision).status == "reversed"
    assert Strike.objects.get().withdrawn_at == LATER
    assert [one.decision.status for one in announced if isinstance(one, DecisionEnded)][-1] == "reversed"
    assert steps()["decision_reversed"] == 1
    assert the_record_verifies()


def test_many_workers_end_each_decision_once() -> None:
    bram, under = person("bram", "reviewer"), policy()
    for number in range(12):
        on = case(account(f"account-{number}"), under)
        propose(bram, warning(on, action=Action.LABEL, duration_hours=1), NOW)
    with heard() as announced:
        counts = at_once([partial(expire_due, LATER)] * 4)
    counts.append(expire_due(LATER))  # what one of them held, the others left for the next round
    assert sum(counts) == 12
    assert len([one for one in announced if isinstance(one, DecisionEnded)]) == 12
    assert steps()["decision_expired"] == 12


def test_a_guest_who_clicks_the_link_often_is_one_person() -> None:
    _, token = invite_guest(person("bram", "reviewer"), open_case().pk, "partner.example", "Gus", NOW)
    guests = at_once([partial(arrive, token, NOW)] * 8)
    assert set(guests) == {Person.objects.get(is_guest=True)}
    assert Entry.objects.filter(kind=Kind.GUEST_ARRIVED).count() == 1


@pytest.mark.parametrize("way", ["role", "person"])
def test_however_many_administrators_go_at_once_the_last_one_stays(way: str) -> None:
    """From the shell, where nobody's own role is asked for; through the API the first takes it from the second."""
    people = [person(name, "administrator") for name in ("ada", "bea", "cleo")]
    outcomes = at_once(
        [
            partial(end_grant, who, Role.ADMINISTRATOR, by=None, now=NOW)
            if way == "role"
            else partial(deactivate, who, by=None)
            for who in people
        ]
    )
    assert [type(outcome) for outcome in outcomes if outcome] == [NotInThisState]
    assert Grant.objects.filter(role="administrator", ended_at=None, person__is_active=True).count() == 1


@pytest.mark.parametrize("name", ["chidi", "nobody"])
def test_who_appeals_on_behalf_waits_for_others_who_write_whoever_they_name(name: str) -> None:
    """Where the service is busy, time would tell whether there was something to appeal against."""
    propose(person("bram", "reviewer"), warning(open_case()), NOW)
    writes, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            become_the_writer()
            writes.set()
            may_end.wait(30)

    def appeal() -> Appeal | None:
        writes.wait(30)
        threading.Timer(0.3, may_end.set).start()
        filed = appeal_on_behalf(Plea("local", name, Appeal.FiledBy.CROWD, "They only quoted it."), NOW)
        assert may_end.is_set()
        return filed

    _, filed = at_once([write, appeal])
    assert (filed is not None) == (name == "chidi")


def test_one_key_for_two_cases_at_once_is_one_proposal() -> None:
    bram, on, other = person("bram", "reviewer"), open_case(), case(account("frida"), policy("spam"))
    once, is_written = suspension(on), threading.Event()

    def first() -> Decision:
        with transaction.atomic():
            decision = propose(bram, once, NOW)
            is_written.set()
            time.sleep(0.2)  # until it is seen the other one looks, and then meets the rule of the database
            return decision

    def second() -> Decision:
        is_written.wait(30)
        return propose(bram, replace(once, case=other.pk), NOW)

    outcomes = at_once([first, second])
    assert [type(outcome) for outcome in outcomes] == [Decision, Unfit]
    assert fresh(other).status == "open"
