"""What is put before a reviewer: the head of the queue, now and then one at random, each with its true probability."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from tests.casework.case import NOW, account, case, person, policy

from ostrakon.casework.actions.claim import claim
from ostrakon.casework.actions.offer import next_case
from ostrakon.casework.drawing import draw
from ostrakon.casework.models import Case, Offer, Person
from ostrakon.errors import NotPermitted
from ostrakon.ledger.models import Entry

MINUTE = timedelta(minutes=1)


class ForTheAudit(Random):
    """Draws at random every time, and always the last."""

    def random(self) -> float:
        return 0.0

    def randrange(self, count: int) -> int:  # type: ignore[override]
        return count - 1


class ForTheQueue(Random):
    """Never draws at random."""

    def random(self) -> float:
        return 0.999


@pytest.fixture
def bram(db: None) -> Person:
    return person("bram", "reviewer")


@pytest.fixture
def waiting(db: None) -> list[Case]:
    """Five in their order; the second is the only one under another policy."""
    one, other = policy("harassment"), policy("spam")
    return [
        case(
            account(f"account {number}"),
            other if number == 1 else one,
            turn_at=NOW + number * MINUTE,
            lane=0 if number < 2 else 1,
        )
        for number in range(5)
    ]


# The draw itself


@given(st.integers(1, 1_000_000), st.floats(0, 1))
def test_the_probabilities_of_all_places_sum_to_one(count: int, share: float) -> None:
    head = draw(count, share, ForTheQueue()) if share < 0.999 else draw(1, share, Random(0))
    assert 0 < head.propensity <= 1
    others = (count - 1) * share / count
    if head.place == 0 and share < 0.999:
        assert head.propensity + others == pytest.approx(1)


def test_the_audit_share_and_the_probabilities_are_true_over_many_draws() -> None:
    rng, draws, cases, share = Random(11), 40_000, 8, 0.2
    drawn = [draw(cases, share, rng) for _ in range(draws)]
    audits = sum(one.selection == Offer.Selection.AUDIT for one in drawn)
    assert audits / draws == pytest.approx(share, abs=0.01)
    said = {one.place: one.propensity for one in drawn}
    for place, times in Counter(one.place for one in drawn).items():
        assert times / draws == pytest.approx(said[place], abs=0.01)
    assert said == {0: pytest.approx(0.825)} | {place: pytest.approx(0.025) for place in range(1, 8)}


def test_the_default_share_of_the_audit_holds_over_ten_thousand_draws() -> None:
    rng = Random(3)
    drawn = [draw(100_000, 0.03, rng) for _ in range(10_000)]
    assert sum(one.place > 0 for one in drawn) / 10_000 == pytest.approx(0.03, abs=0.006)


# What becomes of it


def test_the_head_of_the_queue_is_offered_and_is_in_hand(bram: Person, waiting: list[Case]) -> None:
    offer = next_case(bram, NOW, rng=ForTheQueue())
    assert offer is not None
    assert (offer.case, offer.person, offer.selection) == (waiting[0], bram, "queue")
    share = settings.CONFIGURATION.audit_share
    assert offer.propensity == pytest.approx(1 - share + share / 5)
    held = Case.objects.get(pk=waiting[0].pk)
    assert (held.claimed_by, held.claimed_until) == (bram, NOW + 20 * MINUTE)


def test_a_case_at_random_says_so_and_how_likely_it_was(bram: Person, waiting: list[Case]) -> None:
    offer = next_case(bram, NOW, rng=ForTheAudit())
    assert offer is not None
    assert (offer.case, offer.selection) == (waiting[4], "audit")
    assert offer.propensity == pytest.approx(settings.CONFIGURATION.audit_share / 5)


def test_the_record_has_every_offer(bram: Person, waiting: list[Case]) -> None:
    offer = next_case(bram, NOW, rng=ForTheQueue())
    assert offer is not None
    entry = Entry.objects.latest("number")
    assert (entry.kind, entry.actor, entry.subject) == (
        "case_offered",
        bram.actor,
        f"case:{offer.case_id}",
    )
    assert str(round(offer.propensity, 6)) in entry.body


def test_nobody_gets_what_a_colleague_has_in_hand_until_that_ends(bram: Person, waiting: list[Case]) -> None:
    dora = person("dora", "reviewer")
    first, second = (next_case(who, NOW, rng=ForTheQueue()) for who in (bram, dora))
    assert first is not None
    assert second is not None
    assert (first.case, second.case) == (waiting[0], waiting[1])
    later = next_case(dora, NOW + 20 * MINUTE, rng=ForTheQueue())
    assert later is not None
    assert later.case == waiting[0]


def test_probabilities_are_those_among_the_cases_that_are_free(bram: Person, waiting: list[Case]) -> None:
    claim(person("dora", "reviewer"), waiting[0].pk, NOW)
    offer = next_case(bram, NOW, rng=ForTheAudit())
    assert offer is not None
    assert offer.propensity == pytest.approx(settings.CONFIGURATION.audit_share / 4)


def test_a_reviewer_may_ask_for_one_policy_or_lane(bram: Person, waiting: list[Case]) -> None:
    spam = next_case(bram, NOW, policy=waiting[1].policy_id, rng=ForTheAudit())
    ordinary = next_case(bram, NOW, lane=Case.Lane.ORDINARY, rng=ForTheQueue())
    assert spam is not None
    assert ordinary is not None
    assert (spam.case, spam.propensity) == (waiting[1], pytest.approx(1))
    assert ordinary.case == waiting[2]


def test_when_nothing_waits_nothing_is_offered(bram: Person, waiting: list[Case]) -> None:
    Case.objects.update(status="decided")
    assert next_case(bram, NOW) is None
    assert not Offer.objects.exists()


@pytest.mark.parametrize("roles", [[], ["appeals"], ["auditor"], ["administrator"]])
def test_who_does_not_work_on_cases_is_offered_none(roles: list[str], waiting: list[Case]) -> None:
    with pytest.raises(NotPermitted):
        next_case(person("somebody", *roles), NOW)
    assert not Case.objects.filter(claimed_by__isnull=False).exists()
