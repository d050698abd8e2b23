"""Which command a decision is on its platform, and what takes it back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from tests.enforcement.platform_case import SOON, Town, commands, connect

from ostrakon.casework.models import Task
from ostrakon.enforcement.models import Command, Dispatch
from ostrakon.platforms.fake.rules import MILD, STRICTEST

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return connect(monkeypatch, MILD)


def test_a_suspension_is_a_command_written_with_the_decision(town: Town) -> None:
    decision = town.decide(town.account())
    command = Command.objects.get()
    assert (command.action, command.gives_back, command.dispatch.decision) == ("suspend", False, decision)
    assert command.expires_at


def test_nothing_is_written_when_the_decision_is_undone_with_its_transaction(town: Town) -> None:
    whose = town.account()
    with transaction.atomic():
        town.decide(whose)
        transaction.set_rollback(True)
    assert not Dispatch.objects.exists()


def test_a_warning_is_a_notice_alone(town: Town) -> None:
    town.decide(town.account(), action="warn")
    assert not Command.objects.exists()


def test_accounts_of_platforms_that_are_not_connected_get_no_command(town: Town) -> None:
    whose = town.account()
    type(whose).objects.filter(pk=whose.pk).update(platform="elsewhere")
    whose.refresh_from_db()
    town.decide(whose)
    assert not Command.objects.exists()


def test_a_label_is_the_one_of_its_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, MILD, labels={"spam": "!spam"})
    town.decide(town.account(), action="label", code="spam")
    town.decide(town.account("dora"), action="label", code="harassment")
    assert [one.label for one in Command.objects.order_by("pk")] == ["!spam", "harassment"]


def test_what_a_platform_cannot_do_is_a_task_at_once(town: Town) -> None:
    offers = dict(town.connection.offers)
    del offers["actions"]["limit"]
    town.connection.offers = offers
    town.connection.save()
    town.decide(town.account(), action="limit")
    assert not Command.objects.exists()
    assert "limit" in Task.objects.get(kind="command_refused").detail


def test_an_end_takes_back_what_the_decision_did(town: Town) -> None:
    decision = town.decide(whose := town.account())
    town.carry_out()
    assert town.flags(whose) == {"suspended"}
    town.end(decision)
    town.carry_out()
    assert town.flags(whose) == frozenset()
    assert commands() == [("suspend", "delivered", "applied"), ("unsuspend", "delivered", "applied")]
    assert Command.objects.get(gives_back=True).expires_at is None


def test_what_was_never_sent_is_called_off_and_nothing_is_taken_back(town: Town) -> None:
    town.end(town.decide(town.account()))
    assert commands() == [("suspend", "cancelled", "")]


def test_what_another_decision_still_wants_stays(town: Town) -> None:
    whose = town.account()
    first, second = town.decide(whose), town.decide(whose, code="spam")
    town.carry_out()
    town.end(first)
    assert not Command.objects.filter(gives_back=True).exists()
    town.end(second)
    town.carry_out()
    assert town.flags(whose) == frozenset()


def test_a_later_suspension_in_the_place_of_an_earlier_takes_nothing_back(town: Town) -> None:
    whose = town.account()
    first = town.decide(whose, action="suspend_for_a_time", duration_hours=24)
    town.carry_out()
    second = town.replace(first)
    town.carry_out()
    assert commands() == [("suspend", "delivered", "applied"), ("suspend", "delivered", "already")]
    assert (town.flags(whose), town.strikes(whose)) == ({"suspended"}, 1)
    town.end(second)
    town.carry_out()
    assert town.flags(whose) == frozenset()


def test_something_milder_in_its_place_takes_the_suspension_back(town: Town) -> None:
    first = town.decide(whose := town.account())
    town.carry_out()
    town.replace(first, action="label")
    town.carry_out()
    town.carry_out()
    assert town.flags(whose) == {"labelled"}


def test_what_somebody_else_set_is_not_taken_back(town: Town) -> None:
    whose = town.account()
    town.service.put(whose.external_id, "suspended", on=True, by="their own admin")
    decision = town.decide(whose)
    town.carry_out()
    assert commands() == [("suspend", "delivered", "already")]
    assert "their own admin" in Dispatch.objects.get().receipt
    town.end(decision)
    assert len(commands()) == 1
    assert town.flags(whose) == {"suspended"}


def test_a_new_suspension_calls_off_what_would_take_it_away(town: Town) -> None:
    whose = town.account()
    first = town.decide(whose)
    town.carry_out()
    town.end(first)
    town.decide(whose, code="spam")
    assert [state for _, state, _ in commands()] == ["delivered", "cancelled", "queued"]
    town.carry_out()
    assert (town.flags(whose), town.strikes(whose)) == ({"suspended"}, 1)


def test_somebody_elses_unsuspension_is_not_overwritten_by_a_later_decision(town: Town) -> None:
    whose = town.account()
    town.decide(whose)
    town.carry_out()
    town.service.put(whose.external_id, "suspended", on=False, by="their own admin")
    town.decide(whose, code="spam")
    town.carry_out()
    assert commands()[-1] == ("suspend", "failed", "refused")
    assert town.flags(whose) == frozenset()
    assert Task.objects.filter(kind="account_differs").count() == 1


def test_a_command_is_never_removed_nor_turned_into_another(town: Town) -> None:
    town.decide(town.account())
    for sql in (
        "DELETE FROM enforcement_command",
        "UPDATE enforcement_command SET action = 'deactivate'",
        "DELETE FROM enforcement_connection",
        "UPDATE enforcement_connection SET platform = 'other'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_reinstatement_goes_before_fifty_suspensions(town: Town) -> None:
    wrong = town.decide(freed := town.account("freed"))
    town.carry_out()
    for number in range(50):
        town.decide(town.account(f"a{number}"))
    town.end(wrong)
    town.carry_out(SOON, limit=1)
    assert town.flags(freed) == frozenset()


def test_the_strictest_platform_gets_one_strike_for_each_command(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, STRICTEST)
    town.decide(whose := town.account())
    town.carry_out()
    assert commands() == [("suspend", "sending", "")]
    town.carry_out(SOON)
    assert town.strikes(whose) == 1
