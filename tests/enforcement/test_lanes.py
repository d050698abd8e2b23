"""Which goes next: the first of each lane, where nothing is under way, in the order of urgency and time."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.casework.case import NOW
from tests.enforcement.platform_case import Town, connect

from ostrakon.enforcement.lanes import next_to
from ostrakon.enforcement.models import Dispatch

pytestmark = pytest.mark.django_db
LANES, MINUTE = 6, timedelta(minutes=1)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return connect(monkeypatch)


def dispatch(town: Town, number: int, lane: int, urgency: int, state: str, not_before: datetime) -> Dispatch:
    return Dispatch(
        key=f"key-{number}", channel="platform", urgency=urgency, lane=f"platform:{town.connection.pk}:account:{lane}",
        state=state, queued_at=NOW, not_before=not_before, taken_until=NOW + 3 * MINUTE,
        delivered_at=NOW if state == "delivered" else None,
    )  # fmt: skip


def some_dispatches(town: Town, chance: Random, count: int) -> list[Dispatch]:
    """At most one of a lane is being sent: the database holds it to that."""
    sending = {lane for lane in range(LANES) if chance.random() < 0.3}
    made = []
    for number in range(count):
        lane = chance.randrange(LANES)
        state = (
            "sending" if lane in sending else chance.choice(["queued", "queued", "delivered", "cancelled"])
        )
        sending.discard(lane)
        late = MINUTE * chance.choice([-2, -1, 0, 1])
        made.append(dispatch(town, number, lane, chance.choice([0, 10]), state, NOW + late))
    Dispatch.objects.bulk_create(made)
    return list(Dispatch.objects.order_by("pk"))


def one_by_one(rows: list[Dispatch]) -> list[int]:
    """The same, as one would say it."""
    free = []
    for one in rows:
        waiting = [other for other in rows if other.lane == one.lane and other.state == "queued"]
        is_first = one.state == "queued" and (one.urgency, one.pk) == min((o.urgency, o.pk) for o in waiting)
        is_busy = any(other.lane == one.lane and other.state == "sending" for other in rows)
        if is_first and not is_busy and one.not_before <= NOW:
            free.append(one)
    return [one.pk for one in sorted(free, key=lambda one: (one.urgency, one.not_before, one.pk))]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("most", [1, 2, 50])
def test_it_is_the_first_of_each_lane_in_order(town: Town, seed: int, most: int) -> None:
    rows = some_dispatches(town, Random(seed), count=4 + 3 * seed)
    assert [one.pk for one in next_to(town.connection, NOW, most)] == one_by_one(rows)[:most]


def test_what_a_worker_left_behind_goes_first(town: Town) -> None:
    Dispatch.objects.bulk_create(
        [
            dispatch(town, 1, 1, 0, "queued", NOW),
            dispatch(town, 2, 2, 10, "sending", NOW),
            dispatch(town, 3, 2, 0, "queued", NOW),
        ]
    )
    assert [one.key for one in next_to(town.connection, NOW + 5 * MINUTE, 9)] == ["key-2", "key-1"]
    assert [one.key for one in next_to(town.connection, NOW, 9)] == ["key-1"]


def test_a_batch_costs_the_same_however_many_wait(town: Town) -> None:
    asked = []
    for count in (20, 400):
        more = [dispatch(town, n, n, 10, "queued", NOW) for n in range(count - 20, 2 * count - 20)]
        Dispatch.objects.bulk_create(more)
        with CaptureQueriesContext(connection) as queries:
            assert len(next_to(town.connection, NOW, 10)) == 10
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 4
