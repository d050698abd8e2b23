"""What somebody else changes on a platform is shown to people, and never overwritten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.enforcement.platform_case import SOON, Town, connect

from ostrakon.casework.models import Task
from ostrakon.enforcement.drift import AGAIN, watch_platforms
from ostrakon.enforcement.models import Sighting
from ostrakon.ledger.models import Entry
from ostrakon.platforms.fake.acts import work
from ostrakon.platforms.fake.faults import Fault
from ostrakon.platforms.fake.rules import DESK, MILD, STRICTEST

pytestmark = pytest.mark.django_db
LATER = SOON + timedelta(minutes=30)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return connect(monkeypatch, MILD)


def differing() -> list[str]:
    return [*Sighting.objects.exclude(differs="").values_list("differs", flat=True)]


def test_what_was_carried_out_is_looked_at_once_more(town: Town) -> None:
    town.decide(town.account())
    town.carry_out()
    assert watch_platforms(LATER, town.lines) == 1
    assert watch_platforms(LATER + timedelta(minutes=1), town.lines) == 0
    assert differing() == []
    assert not Task.objects.exists()


def test_somebody_elses_unsuspension_is_a_task_and_stays(town: Town) -> None:
    decision = town.decide(whose := town.account())
    town.carry_out()
    town.service.put(whose.external_id, "suspended", on=False, by="their own admin")
    asked = town.line.changes_asked
    watch_platforms(LATER, town.lines)
    watch_platforms(LATER + AGAIN, town.lines)
    town.carry_out(LATER + AGAIN)
    assert differing() == ["suspend is decided, and the platform does not show it"]
    task = Task.objects.get()
    assert (task.kind, task.decision) == ("account_differs", decision)
    assert Entry.objects.filter(kind="drift_found").count() == 1
    assert (town.line.changes_asked, town.flags(whose)) == (asked, frozenset())


def test_somebody_elses_suspension_after_ours_ended_is_seen_too(town: Town) -> None:
    decision = town.decide(whose := town.account())
    town.carry_out()
    town.end(decision)
    town.carry_out()
    town.service.put(whose.external_id, "suspended", on=True, by="their own admin")
    watch_platforms(LATER, town.lines)
    assert differing() == ["suspend was taken back, and the platform shows it"]


def test_two_sources_that_differ_are_shown_as_two(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, STRICTEST)
    town.decide(whose := town.account())
    town.carry_out()
    work(town.service)
    town.carry_out(SOON + timedelta(minutes=1))
    town.service.put(whose.external_id, DESK, on=False, by="their own admin")
    watch_platforms(LATER, town.lines)
    assert differing() == ["its sources differ: desk.suspended, home.suspended"]


def test_what_is_planned_or_refused_is_no_difference(town: Town) -> None:
    town.service.held.add((refused := town.account()).external_id)
    town.decide(refused)
    town.carry_out()
    town.switch("read_only")
    town.decide(town.account("dora"))
    watch_platforms(LATER, town.lines)
    assert Sighting.objects.count() == 2
    assert differing() == []


def test_decisions_from_before_the_connection_are_compared_as_well(town: Town) -> None:
    whose = town.account()
    offers, town.connection.offers = town.connection.offers, {}
    town.connection.save()
    town.decide(whose)  # nothing is offered: no command
    Task.objects.all().update(done_at=SOON)
    town.connection.offers = offers
    town.connection.save()
    watch_platforms(LATER, town.lines)
    assert differing() == ["suspend is decided, and the platform does not show it"]


def test_an_account_that_is_gone_is_a_difference(town: Town) -> None:
    town.decide(whose := town.account())
    town.carry_out()
    del town.service.accounts[whose.external_id]
    watch_platforms(LATER, town.lines)
    assert differing() == ["the platform has no such account any more"]


def test_what_comes_into_order_again_is_noted(town: Town) -> None:
    town.decide(whose := town.account())
    town.carry_out()
    town.service.put(whose.external_id, "suspended", on=False, by="their own admin")
    watch_platforms(LATER, town.lines)
    town.service.put(whose.external_id, "suspended", on=True, by="their own admin")
    watch_platforms(LATER + 2 * AGAIN, town.lines)
    assert differing() == []


def test_a_platform_that_is_away_loses_nothing(town: Town) -> None:
    town.decide(town.account())
    town.carry_out()
    town.service.faults.order(Fault.REFUSED, everywhere=True)
    assert watch_platforms(LATER, town.lines) == 0
    assert watch_platforms(LATER, town.lines) == 1
