"""Delivery: in order, once under one id, never in a transaction, with a person at the end of every failure."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.casework.case import NOW, person
from tests.enforcement.case import (
    LATER,
    SOON,
    Kind,
    a_decision,
    a_statement,
    free_port,
    mail_server,
    mail_to,
    receiver,
    state_of,
)

from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.announcements import DecisionCameIntoForce, announce
from ostrakon.casework.models import Role, Task
from ostrakon.casework.notices import write_notice
from ostrakon.enforcement import delivery
from ostrakon.enforcement.delivery import LEASE, deliver_due, settle, take
from ostrakon.enforcement.models import Attempt, Dispatch, Webhook
from ostrakon.enforcement.outcomes import Delivered, Outcome, Refused, Retry, Unknown
from ostrakon.enforcement.waits import ASKED_AT_MOST_S, LONGEST_S, SHORTEST_S, wait_s
from ostrakon.enforcement.webhook import new_secret
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    mail_to(settings, 1)


def carried_by(monkeypatch: pytest.MonkeyPatch, carry: Callable[[Dispatch], Outcome]) -> list[Dispatch]:
    """Letters are carried by a function from now on; gives what it was given."""
    given: list[Dispatch] = []

    def note(dispatch: Dispatch, _now: object) -> Outcome:
        given.append(dispatch)
        return carry(dispatch)

    monkeypatch.setattr(delivery, "CARRIERS", {"email": note, "webhook": note})
    return given


def hook(url: str = "https://example.org/") -> Webhook:
    return Webhook.objects.create(url=url, secret=new_secret(), added_at=NOW)


def test_a_notice_is_delivered_with_its_receipt(settings: Any) -> None:
    notice = a_statement()
    with mail_server() as server:
        mail_to(settings, server.port)
        assert deliver_due("w1", SOON) == 1
        assert deliver_due("w1", LATER) == 0
    dispatch = Dispatch.objects.get(notice=notice)
    assert (dispatch.state, dispatch.receipt) == ("delivered", "250 2.0.0 taken as 4711")
    assert dispatch.delivered_at
    assert Attempt.objects.get().outcome == "delivered"
    assert Entry.objects.filter(kind="dispatch_delivered").count() == 1


def test_nobodys_address_is_kept_with_what_was_tried(settings: Any) -> None:
    a_statement()
    with mail_server(after_data="550 <chidi@example.org>: go away, chidi@example.org") as server:
        mail_to(settings, server.port)
        deliver_due("w1", SOON)
    kept = f"{Attempt.objects.values()}{Dispatch.objects.values()}{Task.objects.values()}{Entry.objects.values()}"
    assert "550" in kept
    assert "example.org" not in kept


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    a_statement()
    inside: list[bool] = []

    def carry(_: Dispatch) -> Outcome:
        inside.append(connection.in_atomic_block)
        return Delivered("250 OK")

    carried_by(monkeypatch, carry)
    deliver_due("w1", SOON)
    assert inside == [False]


def test_a_reinstatement_overtakes_five_hundred_suspensions(monkeypatch: pytest.MonkeyPatch) -> None:
    given = carried_by(monkeypatch, lambda _: Delivered("250 OK"))
    decision = a_decision()
    Dispatch.objects.bulk_create(
        Dispatch(key=f"notice:{n}", lane=f"email:account:{n}", channel="email", queued_at=NOW, not_before=NOW)
        for n in range(1_000_000, 1_000_500)
    )
    overturn(person("lead", Role.SAFETY_LEAD), decision.pk, "It quoted somebody.", SOON)
    deliver_due("w1", LATER, limit=1)
    assert given[0].notice
    assert given[0].notice.kind == Kind.REINSTATEMENT


def test_what_goes_to_one_person_goes_in_order_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    decision = a_decision()
    first = write_notice(Kind.STATEMENT_OF_REASONS, now=NOW, decision=decision)
    second = write_notice(Kind.APPEAL_RECEIVED, now=NOW, decision=decision)
    other = a_statement("farid")
    taken = take("w1", SOON)
    assert taken
    assert taken.notice == first
    beside = take("w2", SOON)
    assert beside
    assert beside.notice == other
    assert take("w3", SOON) is None
    settle(taken, Retry("451 later"), SOON)
    assert take("w3", SOON) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispatch.objects.filter(notice__in=[first, second]).update(state="sending")


@pytest.mark.parametrize("left_behind", [False, True])
def test_a_worker_that_looked_before_another_took_it_gets_nothing(left_behind: bool) -> None:
    a_statement()
    now = SOON
    if left_behind:
        take("dead", SOON)
        now = SOON + LEASE
    (as_seen,) = delivery._left_behind(now) or delivery._due(now)
    assert take("quick", now)
    assert not delivery.is_ours(as_seen, "slow", now)
    assert Dispatch.objects.get().taken_by == "quick"


def test_a_dead_workers_dispatch_is_sent_again_when_its_lease_has_run_out() -> None:
    a_statement()
    dead = take("dead", SOON)
    assert dead
    assert take("w2", SOON + LEASE / 2) is None
    again = take("w2", SOON + LEASE)
    assert again
    assert (again.pk, again.attempts) == (dead.pk, 2)
    assert [a.outcome for a in Attempt.objects.order_by("number")] == ["unknown", ""]


def test_a_receipt_counts_even_from_a_worker_that_was_too_slow() -> None:
    a_statement()
    slow = take("slow", SOON)
    quick = take("quick", SOON + LEASE)
    assert slow
    assert quick
    settle(slow, Delivered("250 OK"), SOON + LEASE)
    settle(quick, Retry("451 later"), SOON + LEASE)
    assert Dispatch.objects.get().state == "delivered"


def test_what_a_slow_worker_failed_at_changes_nothing_for_the_next() -> None:
    notice = a_statement()
    slow = take("slow", SOON)
    quick = take("quick", SOON + LEASE)
    assert slow
    assert quick
    settle(slow, Refused("550 no"), SOON + LEASE)
    assert state_of(notice) == "sending"
    assert not Task.objects.exists()


def test_nothing_overtakes_what_may_have_been_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    notice = a_statement()
    given = carried_by(monkeypatch, lambda _: Unknown("no answer"))
    deliver_due("w1", SOON)
    assert notice.decision
    overturn(person("lead", Role.SAFETY_LEAD), notice.decision.pk, "It quoted somebody.", SOON)
    assert state_of(notice) == "sending"
    assert take("w2", SOON) is None
    monkeypatch.setattr(delivery, "CARRIERS", {"email": lambda d, _: given.append(d) or Delivered("250 OK")})
    assert deliver_due("w1", LATER) == 2
    assert [d.notice.kind for d in given if d.notice] == [
        Kind.STATEMENT_OF_REASONS,
        Kind.STATEMENT_OF_REASONS,
        Kind.REINSTATEMENT,
    ]


def test_what_was_undone_while_it_was_tried_is_not_tried_again() -> None:
    notice = a_statement()
    taken = take("w1", SOON)
    assert taken
    assert notice.decision
    overturn(person("lead", Role.SAFETY_LEAD), notice.decision.pk, "It quoted somebody.", SOON)
    settle(taken, Retry("451 later"), SOON)
    assert state_of(notice) == "cancelled"


def test_a_refusal_becomes_a_task_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    notice = a_statement()
    carried_by(monkeypatch, lambda _: Refused("550 5.1.1 <address> unknown"))
    deliver_due("w1", SOON)
    assert state_of(notice) == "failed"
    task = Task.objects.get()
    assert (task.kind, task.notice, task.detail) == ("notice_failed", notice, "550 5.1.1 <address> unknown")
    assert Entry.objects.filter(kind__in=["dispatch_failed", "task_opened"]).count() == 2


@pytest.mark.parametrize("came", [Retry("451 later"), Unknown("no answer", of_route=False)])
def test_after_a_day_of_tries_a_person_is_asked(came: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = a_statement()
    given = carried_by(monkeypatch, lambda _: came)
    for hour in range(30):
        deliver_due("w1", SOON + timedelta(hours=hour))
    assert len(given) == 25
    assert state_of(notice) == "failed"
    assert Task.objects.get().kind == "notice_failed"


def test_a_server_that_is_down_is_not_asked_for_every_letter(settings: Any) -> None:
    for name in ("chidi", "farid", "gita"):
        a_statement(name)
    mail_to(settings, free_port())
    assert deliver_due("w1", SOON) == 1
    with receiver() as there:
        hook(there.url)
        announce(DecisionCameIntoForce(a_decision("hal")))
        Dispatch.objects.filter(channel="webhook").update(not_before=NOW)
        assert deliver_due("w1", SOON + timedelta(seconds=1), limit=1) == 1
        assert len(there.heard) == 1


def test_a_million_letters_rest_in_portions_so_that_others_write_too(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PAUSED_AT_ONCE", 2)
    portions: list[int] = []
    some = delivery._pause_some
    monkeypatch.setattr(delivery, "_pause_some", lambda *of: portions.append(some(*of)) or portions[-1])
    for number in range(6):
        a_statement(f"account-{number}")
    mail_to(settings, free_port())
    assert deliver_due("w1", SOON) == 1
    assert portions == [2, 2, 2, 0]
    assert not Dispatch.objects.filter(state="queued", not_before__lte=SOON + timedelta(seconds=25)).exists()


def test_a_receiver_that_asks_for_rest_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    hook()
    for name in ("chidi", "farid"):
        announce(DecisionCameIntoForce(a_decision(name)))
    Dispatch.objects.update(queued_at=NOW, not_before=NOW)
    carried_by(monkeypatch, lambda _: Retry("HTTP 429", wait_s=3600, of_route=True))
    assert deliver_due("w1", SOON) == 1
    assert deliver_due("w1", SOON + timedelta(seconds=3590)) == 0
    assert deliver_due("w1", SOON + timedelta(seconds=3610), limit=1) == 1


def test_a_receiver_that_is_gone_makes_one_task(monkeypatch: pytest.MonkeyPatch) -> None:
    hook()
    for name in ("chidi", "farid", "gita"):
        announce(DecisionCameIntoForce(a_decision(name)))
    Dispatch.objects.update(queued_at=NOW, not_before=NOW)
    carried_by(monkeypatch, lambda _: Refused("HTTP 410 Gone"))
    assert deliver_due("w1", SOON) == 3
    assert Task.objects.get().detail.endswith("HTTP 410 Gone")


def test_a_fault_of_ours_stops_no_other_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, well = a_statement(), a_statement("farid")

    def carry(dispatch: Dispatch) -> Outcome:
        if dispatch.notice == broken:
            raise ZeroDivisionError("chidi@example.org")
        return Delivered("250 OK")

    carried_by(monkeypatch, carry)
    assert deliver_due("w1", SOON) == 2
    assert (state_of(broken), state_of(well)) == ("sending", "delivered")
    assert "@" not in Attempt.objects.get(dispatch__notice=broken).detail


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        a_statement(f"a{number}")
    carried = carried_by(monkeypatch, lambda _: Delivered("250 OK"))
    counts: list[int] = []

    def work(name: str) -> None:
        counts.append(deliver_due(name, SOON))
        connection.close()

    workers = [threading.Thread(target=work, args=[f"w{n}"]) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == len(carried) == len({d.pk for d in carried}) == 40
    assert set(Attempt.objects.values_list("number", "outcome")) == {(1, "delivered")}


def test_a_channel_that_nobody_carries_waits() -> None:
    decision = a_decision()
    Dispatch.objects.create(
        key="command:1",
        lane="platform:1",
        channel="platform",
        decision=decision,
        queued_at=NOW,
        not_before=NOW,
    )
    assert deliver_due("w1", SOON) == 0


@given(
    tries=st.integers(1, 10_000),
    asked=st.none() | st.floats(0, 1e12),
    share=st.floats(0, 1),
)
def test_waits_lie_between_a_second_and_a_quarter_of_an_hour_or_as_asked(
    tries: int, asked: float | None, share: float
) -> None:
    waits = wait_s(tries, asked, draw=lambda low, high: low + share * (high - low))
    assert SHORTEST_S <= waits <= max(LONGEST_S, min(asked or 0, ASKED_AT_MOST_S))
    assert waits >= min(asked or 0, ASKED_AT_MOST_S)
