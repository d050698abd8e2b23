"""Commands reach their platform in order, once, and never without a connection that is live and fit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.casework.case import person
from tests.enforcement.platform_case import SOON, Town, commands, connect

from ostrakon.casework.models import Role, Task
from ostrakon.enforcement.again import carry_out_again
from ostrakon.enforcement.commands import EXPIRES
from ostrakon.enforcement.delivery import LEASE
from ostrakon.enforcement.lanes import next_to
from ostrakon.enforcement.models import Attempt, Command, Connection, Dispatch, Trail
from ostrakon.ledger.models import Entry
from ostrakon.platforms.fake.acts import work
from ostrakon.platforms.fake.faults import Fault
from ostrakon.platforms.fake.rules import MILD, STRICTEST, TALKATIVE, Rules

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return connect(monkeypatch, MILD)


def kinds() -> list[str]:
    return list(Entry.objects.order_by("number").values_list("kind", flat=True))


def test_what_was_carried_out_has_its_proof_its_trail_and_its_entry(town: Town) -> None:
    decision = town.decide(town.account())
    assert town.carry_out() == 1
    dispatch = Dispatch.objects.get()
    assert (dispatch.state, dispatch.receipt) == ("delivered", "read back")
    assert [one["method"] for one in Trail.objects.get().exchanges or []] == ["GET", "POST", "GET"]
    entry = Entry.objects.get(kind="command_carried_out")
    assert f'"decisions":[{decision.pk}]' in entry.body
    assert Attempt.objects.get().outcome == "delivered"


def test_accepted_work_is_looked_at_again_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of it is done in less than a second, and nothing else goes out on that account before."""
    town = connect(monkeypatch, STRICTEST)
    town.decide(town.account())
    town.carry_out()
    assert Attempt.objects.get().outcome == "accepted"
    work(town.service)
    town.carry_out(SOON + timedelta(seconds=0.1))
    assert Attempt.objects.count() == 1
    town.carry_out(SOON + timedelta(seconds=0.5))
    assert commands() == [("suspend", "delivered", "applied")]


def test_no_token_and_no_handle_is_kept_anywhere(town: Town) -> None:
    town.decide(town.account("chidi-the-person"))
    town.carry_out()
    kept = f"{Trail.objects.values()}{Dispatch.objects.values()}{Attempt.objects.values()}{Connection.objects.values()}"
    assert town.token not in kept
    assert "chidi-the-person" not in "".join(Entry.objects.values_list("body", flat=True))


@pytest.mark.parametrize("mode", ["read_only", "off"])
def test_commands_are_held_while_the_connection_is_not_live(town: Town, mode: str) -> None:
    town.switch(mode)
    town.decide(whose := town.account())
    assert town.carry_out() == 0
    assert (town.line.changes_asked, commands()) == (0, [("suspend", "queued", "")])
    town.switch("live")
    assert town.carry_out() == 1
    assert town.flags(whose) == {"suspended"}


def test_who_switches_to_read_only_meanwhile_sends_nothing(town: Town) -> None:
    """The connector was opened before, and its row says otherwise now."""
    town.decide(town.account())
    stale = Connection.objects.get()
    Connection.objects.update(mode="read_only")
    lines = town.lines
    lines.drop(stale)
    stale.mode = "read_only"
    platform = lines.to(stale)
    stale.mode = "live"
    lines._open[stale.pk] = (("fake", stale.address, str(stale.options), "live"), platform)
    Connection.objects.update(mode="live")
    town.carry_out()
    assert (town.line.changes_asked, commands()) == (0, [("suspend", "queued", "")])


def test_what_a_platform_takes_and_does_later_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, STRICTEST)
    town.decide(whose := town.account())
    town.carry_out()
    assert commands() == [("suspend", "sending", "")]
    assert Command.objects.get().handle
    town.carry_out(SOON + timedelta(minutes=1))
    assert commands() == [("suspend", "sending", "")]
    work(town.service)
    town.carry_out(SOON + timedelta(minutes=2))
    assert commands() == [("suspend", "delivered", "applied")]
    assert town.strikes(whose) == 1


def test_work_that_never_ends_becomes_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, STRICTEST)
    town.decide(town.account())
    town.carry_out()
    town.carry_out(SOON + DAY)
    town.carry_out(SOON + DAY + timedelta(hours=1))
    assert commands() == [("suspend", "failed", "uncertain")]
    assert Task.objects.get().kind == "command_refused"


@pytest.mark.parametrize(
    "fault", [Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.SLOW, Fault.ERROR_AFTER, Fault.HTML]
)
@pytest.mark.parametrize("rules", [MILD, TALKATIVE])
def test_a_reply_that_is_lost_is_looked_up_before_anything_else(
    monkeypatch: pytest.MonkeyPatch, fault: Fault, rules: Rules
) -> None:
    town = connect(monkeypatch, Rules(**{**_fields(rules), "asynchronous": False}))
    town.service.faults.order(fault)
    town.decide(whose := town.account())
    town.carry_out()
    assert commands() == [("suspend", "sending", "")]
    town.carry_out(SOON + timedelta(minutes=20))
    assert commands() == [("suspend", "delivered", "applied")]
    assert (town.flags(whose), town.strikes(whose)) == ({"suspended"}, 1)


def test_a_platform_that_is_away_gets_everything_when_it_is_back(town: Town) -> None:
    for number in range(5):
        town.decide(town.account(f"a{number}"))
    town.service.faults.order(Fault.REFUSED, 3, everywhere=True)
    town.carry_out()
    assert set(commands()) == {("suspend", "queued", "")}
    assert town.carry_out(SOON + timedelta(seconds=5)) == 0  # the route rests
    for minute in range(1, 30):
        town.carry_out(SOON + timedelta(minutes=minute))
    assert set(commands()) == {("suspend", "delivered", "applied")}
    assert sum(town.strikes(one) for one in _accounts()) == 5


def test_what_the_platform_refuses_is_a_task_and_the_others_go_on(town: Town) -> None:
    town.service.held.add((first := town.account()).external_id)
    town.decide(first)
    town.decide(second := town.account("dora"))
    town.carry_out()
    assert commands() == [("suspend", "failed", "refused"), ("suspend", "delivered", "applied")]
    assert Command.objects.get(ended="refused").code == "legal_hold"
    assert town.flags(second) == {"suspended"}
    assert "legal_hold" in Task.objects.get(kind="command_refused").detail
    assert "command_refused" in kinds()


def test_an_old_command_is_not_carried_out_any_more_but_what_gives_back_is(town: Town) -> None:
    freed = town.account("freed")
    wrong = town.decide(freed)
    town.carry_out()
    town.switch("read_only")
    town.decide(town.account())
    town.end(wrong)
    Command.objects.filter(gives_back=False, ended="").update(expires_at=SOON - 2 * EXPIRES)
    town.switch("live")
    town.carry_out(SOON + 2 * EXPIRES)
    assert commands()[1:] == [("suspend", "failed", "refused"), ("unsuspend", "delivered", "applied")]
    assert Command.objects.get(ended="refused").code == "expired"
    assert town.flags(freed) == frozenset()


def test_a_token_that_is_dead_halts_the_connection_and_loses_nothing(town: Town) -> None:
    for number in range(3):
        town.decide(town.account(f"a{number}"))
    town.token, good = "dead", town.token
    town.carry_out()
    connection = Connection.objects.get()
    assert connection.halted_at
    assert "401" in connection.halted_why
    assert set(commands()) == {("suspend", "queued", "")}
    assert Task.objects.get().kind == "connection_halted"
    assert kinds().count("connection_halted") == 1
    assert town.carry_out(SOON + DAY) == 0
    town.token = good
    Connection.objects.update(halted_at=None, halted_why="")
    town.carry_out(SOON + DAY)
    town.carry_out(SOON + DAY)
    assert set(commands()) == {("suspend", "delivered", "applied")}


def test_a_secret_that_is_missing_halts_too(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    from ostrakon.enforcement import connections

    monkeypatch.setitem(connections.OPENERS, "fake", connections._fake)
    town.decide(town.account())
    town.carry_out()
    assert "holds no token" in Connection.objects.get().halted_why
    assert set(commands()) == {("suspend", "queued", "")}


def test_what_was_undone_while_nobody_knew_is_not_tried_again_but_taken_back(town: Town) -> None:
    town.service.faults.order(Fault.CUT_AFTER)
    decision = town.decide(whose := town.account())
    town.carry_out()
    assert town.flags(whose) == {"suspended"}
    town.end(decision)
    for minute in range(1, 30):
        town.carry_out(SOON + timedelta(minutes=minute))
    assert commands() == [("suspend", "cancelled", "void"), ("unsuspend", "delivered", "applied")]
    assert (town.flags(whose), town.strikes(whose)) == (frozenset(), 2)


def test_what_must_not_be_done_twice_is_not_tried_a_third_time_blindly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town = connect(monkeypatch, Rules(asynchronous=False, repeats_safely=False, two_sources=False))
    town.service.faults.order(Fault.CUT_BEFORE, 2)
    town.decide(whose := town.account())
    for hour in range(3):
        town.carry_out(SOON + timedelta(hours=hour))
    assert commands() == [("suspend", "failed", "uncertain")]
    assert town.strikes(whose) == 0
    assert "nobody knows" in Task.objects.get().detail
    again = SOON + timedelta(hours=4)
    carry_out_again(person("esi", Role.REVIEWER), Command.objects.get().pk, again)
    town.carry_out(again)
    assert commands() == [("suspend", "delivered", "applied")]
    assert town.strikes(whose) == 1


def test_to_give_back_is_tried_for_as_long_as_it_takes(town: Town) -> None:
    decision = town.decide(whose := town.account())
    town.carry_out()
    town.end(decision)
    town.service.faults.order(Fault.REFUSED, 20, everywhere=True)
    for day in range(10):
        town.carry_out(SOON + day * DAY)
    assert commands()[1] == ("unsuspend", "queued", "")
    town.service.faults.clear()
    town.carry_out(SOON + 11 * DAY)
    assert town.flags(whose) == frozenset()


def test_a_batch_that_a_worker_left_behind_is_looked_up_one_by_one(town: Town) -> None:
    from ostrakon.enforcement import carrying_out

    accounts = [town.account(f"a{number}") for number in range(4)]
    for whose in accounts:
        town.decide(whose)
    taken = carrying_out._take(next_to(town.connection, SOON, 10), "dead", SOON)
    carrying_out._carried(town.connection, taken[:2], lambda: SOON, town.lines)  # then it is killed
    assert town.carry_out(SOON) == 0
    town.carry_out(SOON + 2 * LEASE)
    assert set(commands()) == {("suspend", "delivered", "applied")}
    assert [town.strikes(whose) for whose in accounts] == [1, 1, 1, 1]


def test_two_workers_never_have_one_account_at_a_time(town: Town) -> None:
    from ostrakon.enforcement import carrying_out

    whose = town.account()
    decision = town.decide(whose)
    (taken,) = carrying_out._take(next_to(town.connection, SOON, 10), "w1", SOON)
    town.end(decision)
    assert next_to(town.connection, SOON, 10) == []
    stale = Dispatch.objects.get(pk=taken.pk)
    stale.state, stale.attempts = "queued", 0
    assert carrying_out._take([stale], "w2", SOON) == []


def _accounts() -> list[Any]:
    return [one.account for one in Dispatch.objects.select_related("account")]


def _fields(rules: Rules) -> dict[str, Any]:
    return {name: getattr(rules, name) for name in Rules.__dataclass_fields__}
