"""The queue, page by page: in its order, each case once, however it is filtered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from tests.casework.case import NOW, account, case, person, policy

from ostrakon.casework import queue
from ostrakon.casework.models import Case, Policy
from ostrakon.casework.queue import Filters, Place, queue_page
from ostrakon.errors import Unfit

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def many() -> list[Case]:
    """Forty cases in two lanes, under two policies, a few with the very same turn."""
    under = [policy("harassment"), policy("spam")]
    return [
        case(
            account(f"account {number}"),
            under[number % 2],
            lane=Case.Lane(int(number % 7 > 0)),
            turn_at=NOW + HOUR * (number * 7 % 10),
            due_at=NOW + HOUR * 20,
            under_pressure=number % 5 == 0,
            status="decided" if number % 11 == 0 else "open",
        )
        for number in range(40)
    ]


def walked(filters: Filters, size: int) -> Iterator[Case]:
    page = queue_page(filters, size=size)
    yield from page.cases
    while page.last:
        page = queue_page(filters, Place.read(str(page.last)), size=size)
        yield from page.cases


def expected(cases: list[Case]) -> list[int]:
    return [one.pk for one in sorted(cases, key=lambda one: (one.lane, one.turn_at, one.pk))]


@pytest.mark.parametrize("size", [1, 3, 50])
def test_page_by_page_every_open_case_comes_once_and_in_order(many: list[Case], size: int) -> None:
    seen = [one.pk for one in walked(Filters(), size)]
    assert seen == expected([one for one in many if one.status == "open"])


def test_the_priority_lane_comes_first(many: list[Case]) -> None:
    lanes = [one.lane for one in walked(Filters(), 7)]
    assert lanes == sorted(lanes)
    assert set(lanes) == {0, 1}


def test_each_filter_shows_those_that_pass_and_no_others(many: list[Case]) -> None:
    spam = Policy.objects.get(code="spam").pk
    bram = person("bram")
    Case.objects.filter(pk=many[3].pk).update(claimed_by=bram, claimed_until=NOW)
    many[3].refresh_from_db()
    for filters, passes in (
        (Filters(policy=spam), lambda one: one.policy_id == spam and one.status == "open"),
        (Filters(lane=Case.Lane.PRIORITY), lambda one: one.lane == 0 and one.status == "open"),
        (Filters(under_pressure=True), lambda one: one.under_pressure and one.status == "open"),
        (Filters(under_pressure=False), lambda one: not one.under_pressure and one.status == "open"),
        (Filters(status=Case.Status.DECIDED), lambda one: one.status == "decided"),
        (Filters(claimed_by=bram.pk), lambda one: one.claimed_by_id == bram.pk),
    ):
        those = [one for one in many if passes(one)]
        assert those, filters
        assert [one.pk for one in walked(filters, 4)] == expected(those)


def test_a_case_that_comes_meanwhile_moves_no_other(many: list[Case]) -> None:
    first = queue_page(Filters(), size=5)
    case(account("newcomer"), many[0].policy, lane=0, turn_at=NOW - HOUR)
    second = queue_page(Filters(), first.last, size=5)
    assert not {one.pk for one in first.cases} & {one.pk for one in second.cases}
    assert [one.pk for one in [*first.cases, *second.cases]] == expected(
        [one for one in many if one.status == "open"]
    )[:10]


def test_cases_are_counted_up_to_a_bound(many: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    assert (queue_page(Filters()).count, queue_page(Filters()).has_more_than_counted) == (36, False)
    monkeypatch.setattr(queue, "COUNTED", 10)
    assert (queue_page(Filters()).count, queue_page(Filters()).has_more_than_counted) == (10, True)


@pytest.mark.parametrize("size", [-1, 0, 100_000])
def test_a_page_has_at_least_one_case_and_no_more_than_the_largest(
    many: list[Case], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "LARGEST_PAGE", 8)
    assert len(queue_page(Filters(), size=size).cases) in (1, 8)


@pytest.mark.parametrize(
    "text", ["", "x", "1_2_3", "0_2026-01-01T00:00:00_1", f"0_{NOW.isoformat()}_-1", "0__", "٣"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(Unfit, match="no place in the queue"):
        Place.read(text)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (Filters(), "queue_order"),
        (Filters(lane=Case.Lane.ORDINARY), "queue_order"),
        (Filters(policy=1), "queue_of_a_policy"),
        (Filters(under_pressure=True), "queue_under_pressure"),
        (Filters(policy=1, under_pressure=True), "queue_under_pressure"),
        (Filters(status=Case.Status.DECIDED), "queue_order"),
        (Filters(claimed_by=1), "cases_in_hand"),
    ],
)
def test_a_page_is_read_from_an_index_and_nothing_is_sorted(filters: Filters, index: str) -> None:
    behind = filters.cases().filter(queue._behind(Place(1, NOW, 7), filters)).order_by(*queue.ORDER)[:50]
    sql, parameters = behind.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        plan = [row[-1] for row in cursor.fetchall()]
    assert len(plan) == 1
    assert f"INDEX {index} (" in plan[0]
    assert "turn_at>" in plan[0].replace("turn_at)>", "turn_at>")
