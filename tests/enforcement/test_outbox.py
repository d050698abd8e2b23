"""What is announced is in the outbox, in the same transaction; what was undone is not said any more."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.casework.case import NOW, person, report
from tests.enforcement.case import SOON, Kind, a_decision, a_statement, mail_to, state_of

from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.announcements import DecisionCameIntoForce, announce, somebody_listens
from ostrakon.casework.models import Appeal, Notice, Role, Task
from ostrakon.casework.notices import write_notice, write_report_outcomes
from ostrakon.enforcement import outbox
from ostrakon.enforcement.again import send_again
from ostrakon.enforcement.letters import address_of
from ostrakon.enforcement.models import Attempt, Dispatch, Webhook
from ostrakon.errors import NotInThisState, NotThere, Unfit
from ostrakon.intake.models import Contact
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    mail_to(settings, 1)


def test_somebody_listens() -> None:
    assert somebody_listens()


def test_a_notice_waits_in_the_outbox_under_a_key_of_its_own() -> None:
    notice = a_statement()
    dispatch = Dispatch.objects.get()
    assert (dispatch.key, dispatch.notice, dispatch.state) == (f"notice:{notice.pk}", notice, "queued")
    with pytest.raises(IntegrityError), transaction.atomic():
        outbox.queue_letters([notice], NOW)


def test_the_outbox_holds_nobodys_address() -> None:
    notice = a_statement()
    assert address_of(notice) == "chidi@example.org"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM enforcement_dispatch")
        rows = str(cursor.fetchall())
    assert "@" not in rows + "".join(Entry.objects.values_list("body", flat=True))


def test_what_cannot_be_queued_undoes_the_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall_down(*_: object) -> None:
        raise RuntimeError("the power went off")

    decision = a_decision()
    monkeypatch.setattr(outbox, "_queue_notices", fall_down)
    with pytest.raises(RuntimeError), transaction.atomic():
        write_notice(Kind.STATEMENT_OF_REASONS, now=NOW, decision=decision)
    assert not Notice.objects.exists()


def test_who_cannot_be_reached_becomes_a_task() -> None:
    decision = a_decision()
    Contact.objects.all().delete()
    decision.account.refresh_from_db()
    notice = write_notice(Kind.STATEMENT_OF_REASONS, now=NOW, decision=decision)
    assert not Dispatch.objects.exists()
    assert Task.objects.get(kind="no_contact").notice == notice


def test_without_a_mail_server_notices_become_tasks(settings: Any) -> None:
    mail_to(settings, 1, smtp_host="")
    notice = a_statement()
    assert Task.objects.get(kind="notice_failed").notice == notice


def test_those_who_reported_make_one_task_together_not_one_each(settings: Any) -> None:
    mail_to(settings, 1, smtp_host="")
    decision = a_decision()
    for number in range(5):
        report(decision.account, f"r{number}", email=f"r{number}@example.org")
    write_report_outcomes(decision, NOW)
    assert "4 others" in Task.objects.get().detail


def test_the_answer_to_an_appeal_goes_where_the_person_asked_from_and_nobody_elses() -> None:
    decision = a_decision()
    addresses = {}
    for by in ("user", "friend"):
        appeal = Appeal.objects.create(
            decision=decision, filed_by=by, filed_at=NOW, due_at=NOW, email=f"{by}@example.com"
        )
        addresses[by] = address_of(
            write_notice(Kind.APPEAL_RECEIVED, now=NOW, decision=decision, appeal=appeal)
        )
    assert addresses == {"user": "user@example.com", "friend": "chidi@example.org"}


def test_what_was_undone_is_not_said_any_more_and_its_reinstatement_goes_first() -> None:
    Webhook.objects.create(url="https://example.org/", secret="whsec_AAAA", added_at=NOW)
    decision = a_decision()
    announce(DecisionCameIntoForce(decision))
    statement = write_notice(Kind.STATEMENT_OF_REASONS, now=NOW, decision=decision)
    other = a_statement("farid")
    overturn(person("lead", Role.SAFETY_LEAD), decision.pk, "It quoted somebody.", SOON)
    assert state_of(statement) == "cancelled"
    assert state_of(other) == "queued"
    waiting = Dispatch.objects.filter(decision=decision, state="queued")
    assert {d.channel for d in waiting} == {"email", "webhook"}
    assert {d.urgency for d in waiting} == {Dispatch.Urgency.REINSTATEMENT}


def test_an_event_of_what_was_undone_is_not_told_any_more_even_without_a_notice() -> None:
    Webhook.objects.create(url="https://example.org/", secret="whsec_AAAA", added_at=NOW)
    decision = a_decision(action="none")
    announce(DecisionCameIntoForce(decision))
    overturn(person("lead", Role.SAFETY_LEAD), decision.pk, "It quoted somebody.", SOON)
    told = {d.payload["type"]: d.state for d in Dispatch.objects.all()}
    assert told == {"decision.in_force": "cancelled", "decision.reversed": "queued"}


def test_what_is_being_sent_is_not_called_back() -> None:
    notice = a_statement()
    Dispatch.objects.update(state="sending", taken_by="w", taken_until=SOON)
    assert notice.decision
    overturn(person("lead", Role.SAFETY_LEAD), notice.decision.pk, "It quoted somebody.", SOON)
    assert state_of(notice) == "sending"


def test_a_failed_notice_is_sent_again_when_a_person_cleared_the_way() -> None:
    notice = a_statement()
    reviewer = person("rana", Role.REVIEWER)
    with pytest.raises(NotInThisState):
        send_again(reviewer, notice.pk, SOON)
    Dispatch.objects.update(state="failed")
    assert send_again(reviewer, notice.pk, SOON).queued_at == SOON
    with pytest.raises(NotThere):
        send_again(reviewer, 987_654, SOON)


def test_nobody_is_told_of_a_suspension_again_that_was_undone_meanwhile(settings: Any) -> None:
    failed = a_statement()
    Dispatch.objects.update(state="failed")
    mail_to(settings, 1, smtp_host="")
    never_sent = a_statement("dele")
    lead = person("rana", Role.SAFETY_LEAD)
    for notice in (failed, never_sent):
        assert notice.decision is not None
        overturn(lead, notice.decision.pk, "It quoted somebody else.", SOON)
    mail_to(settings, 1)
    for notice in (failed, never_sent):
        with pytest.raises(NotInThisState, match="undone"):
            send_again(lead, notice.pk, SOON)
    assert send_again(lead, Notice.objects.filter(kind=Kind.REINSTATEMENT).latest("pk").pk, SOON)


def test_a_notice_that_nobody_could_send_is_sent_when_an_address_is_known(settings: Any) -> None:
    mail_to(settings, 1, smtp_host="")
    notice = a_statement()
    mail_to(settings, 1)
    reviewer = person("rana", Role.REVIEWER)
    Contact.objects.update(email="")
    with pytest.raises(Unfit):
        send_again(reviewer, notice.pk, SOON)
    Contact.objects.update(email="new@example.org")
    assert send_again(reviewer, notice.pk, SOON).notice == notice


def test_the_database_keeps_what_left_the_house() -> None:
    a_statement()
    dispatches = Dispatch.objects.all()
    dispatches.update(state="delivered", delivered_at=NOW, receipt="250 OK")
    for changes in ({"state": "queued"}, {"delivered_at": SOON}, {"key": "other"}, {"lane": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            dispatches.update(**changes)
    Attempt.objects.create(dispatch=dispatches.get(), number=1, began_at=NOW)
    for table in ("enforcement_attempt", "enforcement_dispatch"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
