"""Notices travel on the platform's own channel where it has one: behind what they tell, and exactly one a decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.casework.case import NOW
from tests.enforcement.case import mail_to
from tests.enforcement.platform_case import SOON, Town, commands, connect

from ostrakon.casework.models import Decision, NoticeTemplate, Task
from ostrakon.casework.notices import write_notice
from ostrakon.enforcement.connecting import switch
from ostrakon.enforcement.delivery import take
from ostrakon.enforcement.models import Connection, Dispatch
from ostrakon.platforms.fake.faults import Fault
from ostrakon.platforms.fake.rules import MILD, Rules

pytestmark = pytest.mark.django_db
Kind = NoticeTemplate.Kind
WRITES_BY_ITSELF = Rules(
    asynchronous=False, two_sources=False, notifies=True, resolves_reports=False, notice_keys=False
)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return connect(monkeypatch, MILD)


def tell(decision: Decision, kind: str = Kind.STATEMENT_OF_REASONS) -> Dispatch:
    with transaction.atomic():
        notice = write_notice(kind, now=NOW, decision=decision)
    return Dispatch.objects.get(notice=notice)


def told(town: Town, decision: Decision) -> list[str]:
    return [one.text for one in town.service.told if one.account == decision.account.external_id]


def rounds(town: Town, count: int = 3) -> None:
    for minute in range(count):
        town.carry_out(SOON + timedelta(minutes=20 * minute))


def test_a_suspended_person_is_told_on_the_platform_with_a_receipt(town: Town) -> None:
    decision = town.decide(town.account())
    dispatch = tell(decision)
    rounds(town)
    dispatch.refresh_from_db()
    assert (dispatch.channel, dispatch.state) == ("platform", "delivered")
    assert dispatch.receipt == town.service.told[0].id
    assert len(told(town, decision)) == 1
    assert decision.facts
    assert decision.facts in told(town, decision)[0]


def test_the_notice_goes_behind_what_it_tells(town: Town) -> None:
    decision = town.decide(town.account())
    tell(decision)
    town.service.faults.order(Fault.REFUSED, everywhere=True)
    town.carry_out()
    assert told(town, decision) == []
    assert commands() == [("suspend", "queued", "")]
    rounds(town)
    assert len(told(town, decision)) == 1


def test_while_commands_are_held_nobody_is_told_of_them(town: Town) -> None:
    town.switch("read_only")
    decision = town.decide(town.account())
    tell(decision)
    rounds(town)
    assert told(town, decision) == []
    town.switch("live")
    rounds(town)
    assert len(told(town, decision)) == 1


def test_a_reply_that_is_lost_does_not_tell_anybody_twice(town: Town) -> None:
    decision = town.decide(town.account())
    tell(decision)
    town.carry_out(limit=1)
    town.service.faults.order(Fault.CUT_AFTER)
    rounds(town)
    assert len(told(town, decision)) == 1
    assert Dispatch.objects.get(notice__isnull=False).attempts == 2


def test_where_the_action_itself_tells_nobody_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, WRITES_BY_ITSELF)
    decision = town.decide(town.account())
    tell(decision)
    rounds(town)
    (one,) = told(town, decision)
    assert decision.facts
    assert decision.facts in one
    assert town.service.told[0].by_itself
    assert "by the platform with the action" in Dispatch.objects.get(notice__isnull=False).receipt


def test_where_somebody_else_had_acted_before_we_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, WRITES_BY_ITSELF)
    whose = town.account()
    town.service.put(whose.external_id, "suspended", on=True, by="their own admin")
    decision = town.decide(whose)
    tell(decision)
    rounds(town)
    assert [one.by_itself for one in town.service.told] == [False]


def test_a_notice_that_fails_is_a_task(town: Town) -> None:
    decision = town.decide(town.account())
    tell(decision)
    town.carry_out(limit=1)
    del town.service.accounts[decision.account.external_id]
    rounds(town)
    assert Task.objects.get().kind == "notice_failed"


def test_a_platform_without_such_a_channel_leaves_it_to_letters(settings: Any, town: Town) -> None:
    mail_to(settings, 1)
    town.connection.offers = {**town.connection.offers, "notices": False}
    town.connection.save()
    decision = town.decide(town.account(email="chidi@example.org"))
    assert tell(decision).channel == "email"


def test_the_reinstatement_is_told_when_the_account_is_back(town: Town) -> None:
    decision = town.decide(town.account())
    tell(decision)
    rounds(town)
    town.reverse(decision)
    rounds(town)
    assert len(told(town, decision)) == 2
    assert [c[:2] for c in commands()] == [("suspend", "delivered"), ("unsuspend", "delivered")]


def test_what_was_undone_before_anybody_was_told_is_told_once_as_undone(town: Town) -> None:
    town.switch("read_only")
    decision = town.decide(town.account())
    tell(decision)
    town.reverse(decision)
    town.switch("live")
    rounds(town)
    assert commands() == [("suspend", "cancelled", "")]
    assert len(told(town, decision)) == 1


# Where the platform has no channel of its own

LETTERS_ONLY = {"notices": False}


def by_letter(settings: Any, town: Town, **offers: Any) -> None:
    mail_to(settings, 1)
    town.connection.offers = {**town.connection.offers, **LETTERS_ONLY, **offers}
    town.connection.save()


def is_due(dispatch: Dispatch) -> bool:
    """Would a letter be sent now?"""
    found = take("w9", SOON + timedelta(days=5))
    return found is not None and found.pk == dispatch.pk


def test_a_letter_waits_while_its_command_is_only_planned(settings: Any, town: Town) -> None:
    by_letter(settings, town)
    town.switch("read_only")
    letter = tell(town.decide(town.account(email="chidi@example.org")))
    assert letter.channel == "email"
    assert not is_due(letter)
    town.switch("live")
    rounds(town)
    assert is_due(letter)


def test_a_letter_about_what_was_refused_waits_until_a_person_has_seen_to_it(
    settings: Any, town: Town
) -> None:
    by_letter(settings, town)
    decision = town.decide(town.account(email="chidi@example.org"))
    letter = tell(decision)
    del town.service.accounts[decision.account.external_id]
    rounds(town)
    assert commands() == [("suspend", "failed", "refused")]
    assert not is_due(letter)
    Task.objects.update(done_at=SOON)
    assert is_due(letter)


def test_a_letter_about_what_grew_too_old_is_not_sent(settings: Any, town: Town) -> None:
    by_letter(settings, town)
    town.switch("read_only")
    letter = tell(town.decide(town.account(email="chidi@example.org")))
    Connection.objects.update(health={"is_fit": True})
    switch(None, town.connection.pk, "live", SOON + timedelta(days=4))
    assert commands() == [("suspend", "failed", "refused")]
    assert not is_due(letter)


def test_a_letter_of_a_warning_waits_for_nothing(settings: Any, town: Town) -> None:
    by_letter(settings, town)
    town.switch("read_only")
    letter = tell(town.decide(town.account(email="chidi@example.org"), action="warn"))
    assert is_due(letter)


def test_where_only_the_action_writes_to_people_no_letter_goes_as_well(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = connect(monkeypatch, WRITES_BY_ITSELF)
    by_letter(settings, town)
    decision = town.decide(town.account(email="chidi@example.org"))
    notice = tell(decision)
    assert notice.channel == "platform"
    rounds(town)
    assert len(told(town, decision)) == 1
    notice.refresh_from_db()
    assert notice.state == "delivered"


def test_somebody_of_another_server_is_not_taken_for_told(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    town = connect(monkeypatch, WRITES_BY_ITSELF)
    by_letter(settings, town)
    whose = town.account()
    town.service.accounts[whose.external_id] = replace(town.service.accounts[whose.external_id], local=False)
    notice = tell(town.decide(whose))
    rounds(town)
    notice.refresh_from_db()
    assert notice.state == "failed"
    assert Task.objects.filter(kind="notice_failed").exists()
