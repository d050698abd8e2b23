"""A case from the queue to a decision, its appeal and its end, through the API."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.casework import case as made
from tests.web.case import API, key_of, person, problem, send, signed_in, with_key

from ostrakon.casework.actions.invite import invite_guest
from ostrakon.casework.actions.policies import retire
from ostrakon.casework.links import appeal_link, notice_link
from ostrakon.casework.models import Appeal, Case, Decision, GuestInvitation, Notice, Person, Role
from ostrakon.web.tokens import Scope

pytestmark = pytest.mark.django_db

SUSPENSION = {
    "version": 0,
    "outcome": "upheld",
    "action": "suspend",
    "facts": "The account sent forty threats to one person.",
    "exempt_press": "no",
    "exempt_research": "no",
    "exempt_counter_speech": "no",
}


def case_of_chidi(**fields: Any) -> Case:
    return made.case(
        made.account("chidi", email="chidi@example.org", handle="chidi"), made.policy(), **fields
    )


def proposed(browser: Client, case: Case, key: str = "a-click", **changed: Any) -> Any:
    return send(
        browser,
        f"/cases/{case.pk}/proposals",
        {**SUSPENSION, "version": case.version, **changed},
        headers={"Idempotency-Key": key},
    )


def test_a_suspension_takes_two_people_through_the_api_too() -> None:
    case = case_of_chidi()
    alice, bram = (signed_in(person(name, Role.APPROVER)) for name in ("alice", "bram"))
    decision = proposed(alice, case).json()
    assert decision["status"] == "proposed"
    assert problem(send(alice, f"/decisions/{decision['id']}/approve")) == "second_person_required"
    approved = send(bram, f"/decisions/{decision['id']}/approve")
    assert approved.status_code == 200, approved.content
    assert approved.json()["status"] == "in_force"
    assert problem(send(bram, f"/decisions/{decision['id']}/approve")) == "not_in_this_state"


def test_a_double_click_is_one_proposal() -> None:
    case, alice = case_of_chidi(), signed_in(person("alice", Role.REVIEWER))
    first, second = proposed(alice, case), proposed(alice, case)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert Decision.objects.count() == 1


def test_a_key_that_was_used_for_something_else_is_refused() -> None:
    case, alice = case_of_chidi(), signed_in(person("alice", Role.REVIEWER))
    proposed(alice, case)
    assert problem(proposed(alice, case, action="warn")) == "unfit"


def test_two_people_may_choose_the_same_key() -> None:
    case = case_of_chidi()
    proposed(signed_in(person("alice", Role.REVIEWER)), case)
    assert problem(proposed(signed_in(person("bram", Role.REVIEWER)), case)) == "not_in_this_state"


@pytest.mark.parametrize("key", ["", " ", "é", "x" * 300])
def test_a_proposal_needs_a_key(key: str) -> None:
    assert problem(proposed(signed_in(person("alice", Role.REVIEWER)), case_of_chidi(), key)) == "invalid"


@pytest.mark.parametrize("answer", [None, "yes"])
def test_a_suspension_asks_for_exemptions(answer: str | None) -> None:
    alice = signed_in(person("alice", Role.REVIEWER))
    assert problem(proposed(alice, case_of_chidi(), exempt_press=answer)) == "exemption_applies"


def test_what_was_read_before_it_changed_decides_nothing() -> None:
    case, alice = case_of_chidi(version=3), signed_in(person("alice", Role.REVIEWER))
    assert problem(proposed(alice, case, version=2)) == "not_in_this_state"


def test_a_policy_that_was_retired_under_a_case_still_decides_it() -> None:
    case, lead = case_of_chidi(), person("dina", Role.SAFETY_LEAD)
    retire(lead, case.policy_id, timezone.now())
    assert proposed(signed_in(person("alice", Role.REVIEWER)), case, action="warn").status_code == 201


def test_under_pressure_an_approver_is_not_enough() -> None:
    case = case_of_chidi(under_pressure=True, pressure="500 reports came from one campaign")
    alice, bram, dina = (
        signed_in(person(name, role))
        for name, role in (("alice", Role.REVIEWER), ("bram", Role.APPROVER), ("dina", Role.SAFETY_LEAD))
    )
    assert "one campaign" in alice.get(f"{API}/cases/{case.pk}").json()["pressure"]
    decision = proposed(alice, case).json()
    assert problem(send(bram, f"/decisions/{decision['id']}/approve")) == "senior_required"
    assert send(dina, f"/decisions/{decision['id']}/approve").json()["status"] == "in_force"


def test_the_queue_gives_a_case_once() -> None:
    case = case_of_chidi()
    alice, bram = (signed_in(person(name, Role.REVIEWER)) for name in ("alice", "bram"))
    offer = send(alice, "/cases/next", {}).json()
    assert offer["case"]["id"] == case.pk
    assert offer["propensity"] > 0
    assert send(bram, "/cases/next", {}).status_code == 204
    assert problem(send(bram, f"/cases/{case.pk}/claim")) == "claimed_by_somebody_else"
    assert problem(proposed(bram, case)) == "claimed_by_somebody_else"
    assert send(alice, f"/cases/{case.pk}/release").json()["claimed_by"] is None


def test_the_queue_is_read_page_by_page() -> None:
    policy = made.policy()
    cases = [
        made.case(made.account(str(n)), policy, turn_at=made.NOW + timedelta(seconds=n)) for n in range(5)
    ]
    reader, seen, after = signed_in(person("alice", Role.AUDITOR)), [], None
    while True:
        page = reader.get(f"{API}/cases", {"limit": 2} | ({"after": after} if after else {})).json()
        seen += [row["id"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
        assert "+" not in after
    assert seen == [case.pk for case in cases]
    assert page["count"] == 5


@pytest.mark.parametrize(
    "after", ["x", "0_2026_1", "0_0001-01-01T00:00:00+23:59_1", "9" * 99, "0_2026-01-01T00:00_1"]
)
def test_a_place_that_is_none_is_refused(after: str) -> None:
    reader = signed_in(person("alice", Role.AUDITOR))
    assert problem(reader.get(f"{API}/cases", {"after": after})) == "unfit"


@pytest.mark.parametrize(
    "path", ["/cases/{}", "/cases/{}/reports", "/decisions/{}", "/appeals/{}", "/runs/{}"]
)
def test_what_is_not_there_is_not_there(path: str) -> None:
    assert problem(signed_in(person("alice", Role.AUDITOR)).get(API + path.format(77))) == "not_there"


def test_a_case_shows_reports_and_names_reporters_to_colleagues_only() -> None:
    case = case_of_chidi()
    report = made.report(case.account, "esi", text="threats")
    alice = person("alice", Role.REVIEWER)
    row = signed_in(alice).get(f"{API}/cases/{case.pk}/reports").json()["items"][0]
    assert row["reporter"] == report.reporter_id
    guest = signed_in(_guest_of(case, alice))
    row = guest.get(f"{API}/cases/{case.pk}/reports").json()["items"][0]
    assert row["text"] == "threats"
    assert row["reporter"] is None


def test_a_blind_opinion_sees_no_decision() -> None:
    case, alice, bram = case_of_chidi(), person("alice", Role.REVIEWER), person("bram", Role.REVIEWER)
    send(signed_in(alice), f"/cases/{case.pk}/notes", {"text": "I think so."})
    asked = send(signed_in(alice), f"/cases/{case.pk}/opinions/ask", {"colleague": bram.pk})
    assert asked.status_code == 201, asked.content
    decision = proposed(signed_in(alice), case).json()
    browser = signed_in(bram)
    shown = browser.get(f"{API}/cases/{case.pk}").json()
    assert (shown["is_blind"], shown["decisions"], shown["notes"]) == (True, [], [])
    assert problem(browser.get(f"{API}/decisions/{decision['id']}")) == "not_there"
    assert browser.get(f"{API}/decisions").json()["items"] == []
    assert send(browser, f"/cases/{case.pk}/opinions", {"outcome": "upheld"}).json()["outcome"] == "upheld"
    shown = browser.get(f"{API}/cases/{case.pk}").json()
    assert len(shown["decisions"]) == len(shown["notes"]) == 1


def _guest_of(case: Case, host: Person) -> Person:
    invitation, _ = invite_guest(host, case.pk, "partner.example", "Femi", timezone.now())
    guest = Person.objects.create(username=f"guest-{invitation.pk}", is_guest=True)
    GuestInvitation.objects.filter(pk=invitation.pk).update(guest=guest)
    return guest


def test_a_guest_comes_in_sees_one_case_and_is_its_second_person() -> None:
    case, alice = case_of_chidi(), person("alice", Role.REVIEWER)
    other = made.case(made.account("esi"), case.policy)
    host = signed_in(alice)
    invited = send(
        host, f"/cases/{case.pk}/invitations", {"server": "partner.example", "name": "Femi"}
    ).json()
    decision, unseen = proposed(host, case).json(), proposed(host, other, "another").json()
    guest = Client(enforce_csrf_checks=True)
    arrived = send(guest, "/guests/arrive", {"token": invited["token"]}).json()
    assert arrived["case"] == case.pk
    assert guest.get(f"{API}/cases/{case.pk}").status_code == 200
    assert problem(guest.get(f"{API}/cases/{other.pk}")) == "not_there"
    assert problem(guest.get(f"{API}/decisions/{unseen['id']}")) == "not_there"
    assert problem(guest.get(f"{API}/cases")) == "not_permitted"
    assert problem(send(guest, f"/decisions/{decision['id']}/approve")) == "csrf_failed"
    csrf = {"X-CSRFToken": arrived["csrf_token"]}
    assert problem(send(guest, f"/decisions/{unseen['id']}/approve", headers=csrf)) == "not_there"
    approved = send(guest, f"/decisions/{decision['id']}/approve", headers=csrf).json()
    assert (approved["status"], approved["approver_standing"]) == ("in_force", "guest")


@pytest.mark.parametrize("token", ["forged", "\u0667", "x" * 200])
def test_a_forged_invitation_leads_nowhere(token: str) -> None:
    assert problem(send(Client(), "/guests/arrive", {"token": token})) == "not_there"


def test_an_invitation_that_was_taken_back_ends_the_visit() -> None:
    case, alice = case_of_chidi(), person("alice", Role.REVIEWER)
    invited = send(
        signed_in(alice), f"/cases/{case.pk}/invitations", {"server": "partner.example", "name": "Femi"}
    ).json()
    guest = Client()
    send(guest, "/guests/arrive", {"token": invited["token"]})
    send(signed_in(alice), f"/invitations/{invited['id']}/revoke")
    assert problem(guest.get(f"{API}/cases/{case.pk}")) == "not_signed_in"
    assert problem(send(Client(), "/guests/arrive", {"token": invited["token"]})) == "not_there"


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a mail server; nothing is sent, it only waits in the outbox."""
    there = replace(settings.CONFIGURATION, smtp_host="mail.example.org")
    monkeypatch.setattr(settings, "CONFIGURATION", there)


def _suspended() -> Decision:
    case = case_of_chidi()
    alice, bram = signed_in(person("alice", Role.REVIEWER)), signed_in(person("bram", Role.APPROVER))
    decision = proposed(alice, case).json()
    send(bram, f"/decisions/{decision['id']}/approve")
    return Decision.objects.get(pk=decision["id"])


def test_the_statement_of_reasons_is_shown_without_the_link_to_appeal() -> None:
    decision = _suspended()
    shown = signed_in(person("dina", Role.AUDITOR)).get(f"{API}/decisions/{decision.pk}/statement")
    assert shown.status_code == 200, shown.content
    assert shown.json()["statement"]["facts"] == SUSPENSION["facts"]
    assert "/appeal/" not in shown.content.decode()


def test_the_person_concerned_reads_appeals_and_is_heard_by_somebody_else() -> None:
    decision = _suspended()
    now = timezone.now()
    notice = Notice.objects.get(decision=decision)
    anybody = Client()
    read = anybody.get(f"{API}/public/notices/{notice_link(notice, now).rsplit('/', 1)[1]}").json()
    assert SUSPENSION["facts"] in read["body"]
    link = appeal_link(decision, now).rsplit("/", 1)[1]
    assert anybody.get(f"{API}/public/appeals/{link}").json()["appeals"] == []
    filed = [send(anybody, f"/public/appeals/{link}", {"text": "It was a quotation."}) for _ in range(2)]
    assert [answer.status_code for answer in filed] == [201, 201]
    assert Appeal.objects.count() == 1
    appeal = Appeal.objects.get()
    bram = Person.objects.get(username="bram")
    lead = person("dina", Role.SAFETY_LEAD)
    judge = person("efua", Role.APPEALS)
    made.Grant.objects.create(person=bram, role=Role.APPEALS, granted_at=now)
    answer = {"granted": True, "reasons": "It was a quotation."}
    assert problem(send(signed_in(bram), f"/appeals/{appeal.pk}/decide", answer)) == "took_part"
    assert send(signed_in(bram), "/appeals/next").status_code == 204
    assert send(signed_in(judge), "/appeals/next").json()["id"] == appeal.pk
    assert (
        problem(send(signed_in(lead), f"/appeals/{appeal.pk}/decide", answer)) == "claimed_by_somebody_else"
    )
    granted = send(signed_in(judge), f"/appeals/{appeal.pk}/decide", answer)
    assert granted.json()["status"] == "granted"
    decision.refresh_from_db()
    assert decision.status == "reversed"
    seen = anybody.get(f"{API}/public/appeals/{link}").json()
    assert seen["appeals"][0]["reasons"] == "It was a quotation."


def test_a_wave_is_undone_whole_with_receipts(mail: None) -> None:
    decision = _suspended()
    judge = signed_in(person("efua", Role.APPEALS))
    assert problem(send(judge, "/reinstatements", {"reason": "A forged list."})) == "invalid"
    wave = send(
        judge, "/reinstatements", {"reason": "A forged list.", "decisions": [decision.pk, 99_999]}
    ).json()
    assert wave["items"] == {"waits": 1}
    for _ in range(2):
        done = send(judge, f"/reinstatements/{wave['id']}/carry-out").json()
        assert done["items"] == {"reversed": 1}
    receipt = judge.get(f"{API}/reinstatements/{wave['id']}/items").json()["items"][0]
    assert (receipt["decision"], receipt["account"]) == (decision.pk, decision.account_id)
    assert receipt["notice_state"] == "queued"


def test_a_notice_shows_how_it_travels(mail: None) -> None:
    decision = _suspended()
    bram = signed_in(Person.objects.get(username="bram"))
    (notice,) = bram.get(f"{API}/decisions/{decision.pk}/notices").json()["items"]
    assert (notice["kind"], notice["delivery"]["state"]) == ("statement_of_reasons", "queued")
    assert problem(send(bram, f"/notices/{notice['id']}/send-again")) == "not_in_this_state"
    assert problem(send(bram, "/notices/99/send-again")) == "not_there"


def test_a_persons_key_may_do_what_its_scope_and_their_role_allow() -> None:
    case, alice = case_of_chidi(), person("alice", Role.REVIEWER)
    program = with_key(key_of(alice, Scope.DECISIONS_WRITE))
    assert proposed(program, case).status_code == 201
    assert problem(program.get(f"{API}/cases/{case.pk}")) == "scope_missing"
