"""Who looks at terrible things is warned, rests, and is nobody's figure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db.models import Model
from hypothesis import given
from hypothesis import strategies as st
from tests.casework.case import NOW, account, case, decision_in_force, person, policy

from ostrakon.casework.actions.claim import claim
from ostrakon.casework.actions.offer import next_case
from ostrakon.casework.actions.reveal import reveal
from ostrakon.casework.models import Case, Exposure, GuestInvitation, Offer, Participation, Person, Policy
from ostrakon.casework.wellbeing import (
    Exposed,
    altogether,
    break_due,
    colleagues_past_the_limit,
    exposed_by_day,
    exposed_today,
    rests_from,
    stretch_began,
)
from ostrakon.errors import NotInThisState, NotPermitted, NotThere
from ostrakon.intake.models import Account, Evidence
from ostrakon.ledger.models import Entry

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def bram(db: None) -> Person:
    return person("bram", "reviewer")


@pytest.fixture
def terror(db: None) -> Policy:
    return policy("terror", severity=0.9)


@pytest.fixture
def spam(db: None) -> Policy:
    return policy("spam", severity=0.2)


@pytest.fixture
def cruel(terror: Policy) -> Case:
    return case(account("chidi"), terror)


def evidence(of: Account, content: bytes | None = b"cruel") -> Evidence:
    number = Evidence.objects.count()
    return Evidence.objects.create(
        account=of, sha256=f"{number:064}", content=content, salt=b"s", salted=f"{number:064}", taken_at=NOW
    )


def looked(who: Person, at: Case, count: int, when: datetime = NOW) -> None:
    shown = Evidence.objects.filter(account=at.account).first() or evidence(at.account)
    Exposure.objects.bulk_create(
        Exposure(person=who, case=at, evidence=shown, severity=at.policy.severity, at=when)
        for _ in range(count)
    )


# To reveal


def test_a_look_is_counted_and_on_the_record_by_ids_alone(bram: Person, cruel: Case) -> None:
    shown = evidence(cruel.account)
    assert reveal(bram, cruel.pk, shown.pk, NOW) == shown
    row = Exposure.objects.get()
    assert (row.person, row.case, row.evidence, row.severity, row.at) == (bram, cruel, shown, 0.9, NOW)
    entry = Entry.objects.latest("number")
    assert (entry.kind, entry.actor, entry.subject) == (
        "evidence_revealed",
        bram.actor,
        f"evidence:{shown.pk}",
    )
    assert f'"facts":{{"case":{cruel.pk}}}' in entry.body


def test_evidence_of_another_account_is_not_there(bram: Person, cruel: Case) -> None:
    with pytest.raises(NotThere):
        reveal(bram, cruel.pk, evidence(account("dora")).pk, NOW)
    with pytest.raises(NotThere):
        reveal(bram, 999_999, evidence(cruel.account).pk, NOW)
    assert not Exposure.objects.exists()


def test_what_was_erased_cannot_be_looked_at_and_does_not_count(bram: Person, cruel: Case) -> None:
    with pytest.raises(NotInThisState):
        reveal(bram, cruel.pk, evidence(cruel.account, content=None).pk, NOW)
    assert not Exposure.objects.exists()


def test_a_guest_looks_in_their_one_case_while_they_are_invited(
    bram: Person, cruel: Case, spam: Policy
) -> None:
    guest = Person.objects.create(username="guest", is_guest=True)
    other = case(account("eve"), spam)
    GuestInvitation.objects.create(
        case=cruel,
        server="s",
        name="g",
        invited_by=bram,
        invited_at=NOW,
        expires_at=NOW + DAY,
        digest="d",
        guest=guest,
    )
    shown = evidence(cruel.account)
    assert reveal(guest, cruel.pk, shown.pk, NOW) == shown
    for at, of, when in ((other, evidence(other.account), NOW), (cruel, shown, NOW + DAY)):
        with pytest.raises(NotThere):
            reveal(guest, at.pk, of.pk, when)


@pytest.mark.parametrize("roles", [[], ["administrator"]])
def test_who_reads_no_cases_reveals_nothing(roles: list[str], cruel: Case) -> None:
    with pytest.raises(NotPermitted):
        reveal(person("omar", *roles), cruel.pk, evidence(cruel.account).pk, NOW)


# One's own numbers


def test_days_are_counted_and_weighed_by_severity(bram: Person, cruel: Case, spam: Policy) -> None:
    mild = case(account("eve"), spam)
    looked(bram, cruel, 2)
    looked(bram, mild, 3)
    looked(bram, cruel, 1, NOW - DAY)
    looked(bram, cruel, 5, NOW - 14 * DAY)
    looked(person("dora", "reviewer"), cruel, 7)
    today = exposed_today(bram, NOW)
    assert (today.count, today.worst, today.weight) == (5, 2, pytest.approx(2.4))
    days = exposed_by_day(bram, NOW)
    assert list(days) == [date(2026, 11, 9) + n * DAY for n in range(14)]
    assert days[date(2026, 11, 21)].count == 1
    assert days[date(2026, 11, 12)] == Exposed()
    assert altogether(days.values()).count == 6


# Breaks


def test_nothing_done_asks_for_no_break(bram: Person) -> None:
    assert break_due(bram, NOW) is None


def test_a_break_is_due_after_minutes_without_a_pause(bram: Person, cruel: Case) -> None:
    for minutes in range(0, 51, 5):
        Offer.objects.create(
            case=cruel, person=bram, at=NOW - minutes * MINUTE, selection="queue", propensity=1
        )
    due = break_due(bram, NOW)
    assert due is not None
    assert (due.minutes, due.worst) == (50, 0)
    assert break_due(bram, NOW - 5 * MINUTE) is None
    assert break_due(bram, NOW + 10 * MINUTE) is None, "they had a pause"


def test_decisions_are_work_too(bram: Person, cruel: Case) -> None:
    made = decision_in_force(cruel, person("p"), person("q"))
    for number, part in enumerate(("note", "opinion")):
        Participation.objects.create(decision=made, person=bram, part=part, at=NOW - number * 9 * MINUTE)
    looked(bram, cruel, 14, NOW - 18 * MINUTE)
    assert break_due(bram, NOW) is None
    looked(bram, cruel, 1, NOW)
    due = break_due(bram, NOW)
    assert due is not None
    assert (due.minutes, due.worst) == (18, 15)


@given(st.lists(st.integers(0, 700), max_size=40), st.integers(1, 60))
def test_a_stretch_has_no_pause_and_ends_in_one(ago: list[int], pause: int) -> None:
    work = sorted((NOW - minutes * MINUTE for minutes in ago), reverse=True)
    began = stretch_began(work, NOW, pause * MINUTE)
    inside = [at for at in work if began is not None and at >= began]
    steps = [NOW, *inside]
    assert all(later - earlier < pause * MINUTE for later, earlier in zip(steps, inside, strict=False))
    outside = work[len(inside) :]
    assert not outside or steps[-1] - outside[0] >= pause * MINUTE


# Rotation


def test_above_the_limit_of_a_day_the_worst_are_offered_no_more_but_can_be_opened(
    bram: Person, cruel: Case, terror: Policy, spam: Policy
) -> None:
    mild = case(account("eve"), spam, turn_at=NOW + 9 * DAY)
    looked(bram, cruel, 39)
    assert rests_from(bram, NOW) == set()
    looked(bram, cruel, 1)
    assert rests_from(bram, NOW) == {terror.pk}
    assert rests_from(bram, NOW + DAY) == set()
    offer = next_case(bram, NOW, rng=Random(1))
    assert offer is not None
    assert offer.case == mild
    assert claim(bram, cruel.pk, NOW).claimed_by == bram
    assert next_case(bram, NOW, policy=terror.pk) is None
    dora = next_case(person("dora", "reviewer"), NOW + 21 * MINUTE, rng=Random(1))
    assert dora is not None
    assert dora.case == cruel, "colleagues go on"


def test_the_chance_of_an_offer_is_the_one_among_what_could_be_offered(
    bram: Person, cruel: Case, spam: Policy
) -> None:
    for name in ("a", "b"):
        case(account(name), spam)
    looked(bram, cruel, 40)
    offer = next_case(bram, NOW, rng=Random(2))
    assert offer is not None
    assert offer.propensity == pytest.approx(1 - 0.03 + 0.03 / 2)


def test_mild_things_never_rotate_anybody_away(bram: Person, spam: Policy) -> None:
    looked(bram, case(account("eve"), spam), 500)
    assert rests_from(bram, NOW) == set()


# Others learn nothing about one person


def test_a_safety_lead_hears_of_five_people_or_of_nobody(cruel: Case) -> None:
    lead = person("lena", "safety_lead")
    for number in range(5):
        assert colleagues_past_the_limit(lead, NOW) is None
        looked(person(f"reviewer {number}", "reviewer"), cruel, 40)
    looked(person("fresh", "reviewer"), cruel, 39)
    assert colleagues_past_the_limit(lead, NOW) == 5
    assert colleagues_past_the_limit(lead, NOW + DAY) is None
    with pytest.raises(NotPermitted):
        colleagues_past_the_limit(person("aud", "auditor", "reviewer"), NOW)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("model", [Exposure, Offer, Participation])
def test_what_somebody_did_lately_is_found_in_an_index(bram: Person, model: type[Model]) -> None:
    """Whoever has decided for years must not wait for the queue because of it."""
    plan = model._default_manager.filter(person=bram, at__range=(NOW - DAY, NOW)).values_list("at").explain()
    assert "(person_id=? AND at>? AND at<?)" in plan
