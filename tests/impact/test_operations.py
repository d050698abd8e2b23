"""The figures of operations, each against a handful of rows that can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.casework.case import NOW, account, case, decision_in_force, person, policy
from tests.casework.deciding import acquittal

from ostrakon.casework.actions.claim import claim
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.models import (
    Appeal,
    Case,
    Decision,
    Notice,
    NoticeTemplate,
    Offer,
    Opinion,
    Person,
    Policy,
)
from ostrakon.enforcement.models import Dispatch
from ostrakon.impact.by_language import by_language
from ostrakon.impact.decided import Decided, decided
from ostrakon.impact.estimates import Durations, Share, TooFew
from ostrakon.impact.handling import handling
from ostrakon.impact.measuring import measure_agreement
from ostrakon.impact.models import MeasuredAgreement
from ostrakon.impact.operations import agreement_of_reviewers, operations
from ostrakon.impact.pending import pending
from ostrakon.impact.period import Period
from ostrakon.impact.prevalence import prevalence
from ostrakon.impact.reversals import reversals
from ostrakon.impact.waits import to_be_answered, to_be_reinstated, to_be_told

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PERIOD = Period(NOW - 30 * DAY, NOW + DAY)


@pytest.fixture
def two() -> tuple[Person, Person]:
    return person("bram", "reviewer"), person("dora", "approver")


@pytest.fixture
def harassment() -> Policy:
    return policy()


@pytest.fixture
def suspended(two: tuple[Person, Person], harassment: Policy) -> Any:
    """A maker of suspensions, each of an account of its own."""

    def made(count: int = 1, *, language: str = "", **fields: Any) -> list[Decision]:
        first = Decision.objects.count()
        found = []
        for number in range(first, first + count):
            of = account(f"account {number}")
            of.language = language
            of.save()
            found.append(decision_in_force(case(of, harassment, status="decided"), *two, **fields))
        return found

    return made


REVERSED = {"status": "reversed", "ended_at": NOW, "reversed_at": NOW}

# What waits


def test_what_waits_is_counted_by_policy_and_lane_with_its_ages(harassment: Policy) -> None:
    spam = policy("spam")
    for hours in (1, 2, 30, 40):
        case(
            account(f"a {hours}"), harassment, opened_at=NOW - hours * HOUR, due_at=NOW + (24 - hours) * HOUR
        )
    case(account("p"), harassment, opened_at=NOW - 5 * HOUR, status="proposed")
    case(account("done"), harassment, opened_at=NOW - 99 * HOUR, status="decided")
    case(account("first"), spam, opened_at=NOW - 3 * HOUR, lane=Case.Lane.PRIORITY)
    first, second = pending(NOW)
    assert (first.policy, first.lane, first.count, first.median_age) == ("spam", 0, 1, 3 * HOUR)
    assert (second.policy, second.count, second.for_second_person, second.past_deadline) == (
        "harassment",
        5,
        1,
        2,
    )
    assert (second.oldest_age, second.median_age) == (40 * HOUR, 5 * HOUR)


def test_of_an_even_number_half_wait_no_longer_than_the_median(harassment: Policy) -> None:
    for hours in (1, 2, 3, 4):
        case(account(f"a {hours}"), harassment, opened_at=NOW - hours * HOUR)
    (found,) = pending(NOW)
    assert sum(hours * HOUR <= found.median_age for hours in (1, 2, 3, 4)) >= 2


# How long a reviewer needs


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_handling_runs_from_the_last_claim_to_the_proposal(harassment: Policy, clock: Any) -> None:
    bram = person("bram", "reviewer")
    for minutes in (1, 2, 3, 4, 50):
        on = case(account(f"a {minutes}"), harassment)
        clock.move_to(NOW)
        claim(bram, on.pk, NOW)
        clock.move_to(NOW + 2 * HOUR)
        claim(bram, on.pk, NOW + 2 * HOUR)
        clock.shift(timedelta(minutes=minutes))
        propose(bram, acquittal(on), NOW + 2 * HOUR + timedelta(minutes=minutes))
    propose(bram, acquittal(case(account("by the way"), harassment)), NOW)
    (found,) = handling(PERIOD)
    assert (found.policy, found.proposed) == ("harassment", 6)
    assert found.took == Durations(5, timedelta(minutes=3), timedelta(minutes=50))
    assert handling(Period(NOW - DAY, NOW)) == []


def test_a_few_have_no_median(harassment: Policy) -> None:
    bram = person("bram", "reviewer")
    propose(bram, acquittal(case(account("x"), harassment)), NOW)
    assert handling(PERIOD)[0].took == TooFew(0)


# What was decided, and undone


def test_decisions_are_counted_by_policy_outcome_and_action(suspended: Any) -> None:
    suspended(3)
    suspended(2, action="warn")
    suspended(1, outcome="rejected", action="none")
    suspended(1, in_force_at=NOW - 31 * DAY)
    assert decided(PERIOD) == [
        Decided("harassment", "upheld", "suspend", 3),
        Decided("harassment", "upheld", "warn", 2),
        Decided("harassment", "rejected", "none", 1),
    ]


def test_reversals_are_a_share_of_what_acted_and_open_appeals_are_named(suspended: Any) -> None:
    suspended(2, **REVERSED)
    suspended(5, outcome="rejected", action="none")
    waiting, *_ = suspended(6)
    for _ in range(2):
        Appeal.objects.create(decision=waiting, filed_by="crowd", filed_at=NOW, due_at=NOW)
    whole, only = reversals(PERIOD)
    assert (whole.policy, only.policy) == ("", "harassment")
    for found in (whole, only):
        assert isinstance(found.undone, Share)
        assert (found.undone.count, found.undone.of, found.open_appeals) == (2, 8, 1)


def test_without_decisions_there_are_no_figures_and_no_error() -> None:
    found = operations(90, NOW)
    assert [row.undone for row in found.reversals] == [TooFew(0)]
    assert found.to_be_told.took == found.agreement == TooFew(0)
    assert [(row.policy, row.drawn, row.width) for row in found.prevalence] == [("", 0, 1.0)]


# How long people wait


def test_the_wait_for_the_reasons_ends_with_a_receipt(suspended: Any) -> None:
    template = NoticeTemplate.objects.filter(kind="statement_of_reasons").earliest("pk")
    for hours, made in enumerate(suspended(6), 1):
        notice = Notice.objects.create(
            kind="statement_of_reasons",
            decision=made,
            account=made.account,
            language="en",
            template=template,
            written_at=NOW,
        )
        state = "delivered" if hours < 6 else "failed"
        Dispatch.objects.create(
            key=f"n{hours}",
            lane=f"l{hours}",
            channel="email",
            notice=notice,
            queued_at=NOW,
            not_before=NOW,
            state=state,
            delivered_at=NOW + hours * HOUR if state == "delivered" else None,
        )
    found = to_be_told(PERIOD)
    assert (found.began, found.ended, found.late) == (6, 5, None)
    assert found.took == Durations(5, 3 * HOUR, 5 * HOUR)


def test_the_wait_for_an_answer_names_what_is_late_and_what_is_open(suspended: Any) -> None:
    omar = person("omar", "appeals")
    for hours, made in enumerate(suspended(7), 1):
        is_open = hours > 5
        Appeal.objects.create(
            decision=made,
            filed_by="user",
            filed_at=NOW - DAY,
            due_at=NOW - DAY + 5 * HOUR if hours != 7 else NOW + DAY,
            status="open" if is_open else "denied",
            decided_by=None if is_open else omar,
            decided_at=None if is_open else NOW - DAY + 2 * hours * HOUR,
        )
    found = to_be_answered(PERIOD, NOW)
    assert (found.began, found.ended, found.late) == (
        7,
        5,
        4,
    )  # after 6, 8 and 10 hours; and the sixth still waits
    assert found.took == Durations(5, 6 * HOUR, 10 * HOUR)


def test_a_wrong_decision_lasts_until_it_is_undone(suspended: Any) -> None:
    for days in range(1, 6):
        suspended(1, status="reversed", in_force_at=NOW - days * DAY, ended_at=NOW, reversed_at=NOW)
    suspended(3)
    assert to_be_reinstated(PERIOD).took == Durations(5, 3 * DAY, 5 * DAY)


# Errors by language


def test_errors_are_shown_by_language_and_small_languages_together(suspended: Any) -> None:
    suspended(4, language="fr")
    suspended(2, language="fr-CA", **REVERSED)
    suspended(3, language="ar")
    suspended(1, language="sw", **REVERSED)
    found = by_language(PERIOD)
    assert [(rate.language, rate.wrong) for rate in found.undone if isinstance(rate.wrong, TooFew)] == [
        ("others", TooFew(4))
    ]
    french = found.undone[0]
    assert french.language == "fr"
    assert isinstance(french.wrong, Share)
    assert (french.wrong.count, french.wrong.of) == (2, 6)


def test_second_looks_that_differ_are_counted_and_cannot_tell_is_neither(suspended: Any) -> None:
    made = suspended(6, language="fr")
    for number, one in enumerate(made):
        said = ["rejected", "upheld", "upheld", "upheld", "unclear", "upheld"][number]
        Opinion.objects.create(
            case=one.case, person=person(f"o {number}"), asked_at=NOW, given_at=NOW, outcome=said
        )
    again = made[0]
    Decision.objects.filter(pk=again.pk).update(status="superseded", ended_at=NOW)
    decision_in_force(
        again.case,
        again.proposed_by,
        None,
        outcome="rejected",
        action="none",
        selection="audit",
        propensity=0.1,
    )
    found = by_language(PERIOD)
    (french,) = found.disputed
    assert isinstance(french.wrong, Share)
    assert (french.wrong.count, french.wrong.of, found.cannot_tell) == (2, 6, 1)


# How common violations are


def drawn(on: Case, by: Person | None, propensity: float) -> None:
    Offer.objects.create(case=on, person=by, at=NOW - HOUR, selection="audit", propensity=propensity)


def test_a_random_sample_of_all_accounts_is_not_mixed_with_one_of_waiting_cases(
    suspended: Any, two: tuple[Person, Person]
) -> None:
    audit = {"selection": "audit", "propensity": 0.25}
    for one in suspended(5, **audit):
        drawn(one.case, None, 0.25)
    for one in suspended(6, outcome="rejected", action="none", selection="audit", propensity=0.003):
        drawn(one.case, two[0], 0.003)
    for one in suspended(1, **REVERSED, selection="audit", propensity=0.003):
        drawn(one.case, two[0], 0.003)
    drawn(case(account("not looked at yet"), Policy.objects.get(code="harassment")), two[0], 0.003)
    suspended(20)  # by the queue: no sample
    everybody, harassment = prevalence(PERIOD)
    assert (everybody.policy, everybody.drawn) == ("", 5)
    assert isinstance(everybody.found, Share)
    assert (everybody.found.count, everybody.found.of) == (5, 5)
    assert isinstance(harassment.found, Share)
    assert (harassment.policy, harassment.drawn, harassment.found.count, harassment.found.of) == (
        "harassment",
        8,
        0,
        7,
    )
    assert harassment.width_after < harassment.width


# Agreement


def test_agreement_is_measured_by_a_worker_and_kept_while_nothing_changes(suspended: Any) -> None:
    measure_agreement(NOW)
    assert not MeasuredAgreement.objects.exists()
    for number, one in enumerate(suspended(6)):
        Opinion.objects.create(
            case=one.case,
            person=person(f"o {number}"),
            asked_at=NOW,
            given_at=NOW,
            outcome="rejected" if number == 0 else "upheld",
        )
    measure_agreement(NOW)
    measure_agreement(NOW + HOUR)
    kept = MeasuredAgreement.objects.get()
    assert (kept.at, kept.cases, kept.share) == (NOW, 6, pytest.approx(5 / 6))
    assert agreement_of_reviewers() == kept
    assert kept.alpha is not None


# Cost


def test_the_number_of_queries_does_not_grow(suspended: Any, harassment: Policy) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            operations(90, NOW)
        return len(captured)

    before = asked()
    suspended(12, language="fr", selection="audit", propensity=0.5)
    case(account("x"), policy("spam"))
    assert asked() == before <= 25
