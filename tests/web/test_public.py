"""What anybody may ask: nothing they are told says whether an account exists, was reported, or was decided about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone
from tests.casework import case as made
from tests.web.case import API, person, problem, send, signed_in

from ostrakon.casework.links import appeal_link, notice_link
from ostrakon.casework.models import Appeal, Decision, Notice, NoticeTemplate, Role
from ostrakon.intake.models import Account, Report, Reporter
from ostrakon.ledger.models import Entry
from ostrakon.web.models import RateLimit
from ostrakon.web.receipts import receipt_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ostrakon.web.anonymous.ALWAYS_S", 0.0)


def decision_on_chidi(**fields: Any) -> Decision:
    case = made.case(made.account("chidi", handle="chidi.example"), made.policy())
    alice, bram = made.person("alice", Role.REVIEWER), made.person("bram", Role.APPROVER)
    now = timezone.now()
    return made.decision_in_force(case, alice, bram, **{"in_force_at": now, **fields})


def plea(**fields: Any) -> dict[str, Any]:
    return {"account": "chidi", "filed_by": "crowd", "text": "They only quoted it.", **fields}


def form(**fields: Any) -> dict[str, Any]:
    told = {"account": "chidi", "location": "https://example.org/1", "text": "a threat", "good_faith": True}
    return {**told, **fields}


def token(link: str) -> str:
    return link.rsplit("/", 1)[1]


@pytest.mark.parametrize("account", ["chidi", "@chidi.example", "CHIDI.example", "nobody", "esi", "\u202e"])
def test_an_appeal_on_behalf_is_always_answered_alike(account: str) -> None:
    decision_on_chidi()
    made.account("esi")
    answer = send(Client(), "/public/appeals", plea(account=account))
    assert (answer.status_code, answer.json()) == (202, {"status": "received"})
    assert Appeal.objects.count() == (1 if "chidi" in account.lower() else 0)


def test_what_cannot_be_appealed_is_answered_alike_too() -> None:
    decision_on_chidi(in_force_at=timezone.now() - timedelta(days=400))
    assert send(Client(), "/public/appeals", plea()).status_code == 202
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"email": "x"}, {"text": "  "}, {"text": "\x1c"}, {"filed_by": "user"}, {"language": "!"}]
)
@pytest.mark.parametrize("account", ["chidi", "nobody"])
def test_a_form_filled_in_wrongly_is_answered_before_anybody_looks(
    account: str, wrong: dict[str, str]
) -> None:
    decision_on_chidi()
    assert problem(send(Client(), "/public/appeals", plea(account=account, **wrong))) == "invalid"


def test_an_appeal_on_behalf_takes_as_long_whatever_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("ostrakon.web.anonymous.ALWAYS_S", 30.0)
    monkeypatch.setattr("ostrakon.web.anonymous.time.sleep", waited.append)
    send(Client(), "/public/appeals", plea())
    decision_on_chidi()
    send(Client(), "/public/appeals", plea())
    assert len(waited) == 2
    assert all(20 < seconds < 30 for seconds in waited)


@pytest.mark.parametrize(
    "forged", ["1", "1.2", "1.99999999999.abc", "%00", "x" * 300, "\u0661.2.abc", "..", "1.2."]
)
@pytest.mark.parametrize("path", ["notices", "appeals", "reports"])
def test_a_forged_link_leads_nowhere(path: str, forged: str) -> None:
    answer = Client(raise_request_exception=False).get(f"{API}/public/{path}/{forged}")
    assert problem(answer) in {"not_there", "invalid", "not_found"}


def test_a_link_of_one_kind_opens_nothing_of_another() -> None:
    decision, now = decision_on_chidi(), timezone.now()
    link = token(appeal_link(decision, now))
    assert problem(Client().get(f"{API}/public/notices/{link}")) == "not_there"
    assert problem(Client().get(f"{API}/public/reports/{link}")) == "not_there"


def test_a_link_that_ran_out_leads_nowhere() -> None:
    link = token(appeal_link(decision_on_chidi(), timezone.now() - timedelta(days=200)))
    assert problem(Client().get(f"{API}/public/appeals/{link}")) == "not_there"


def test_a_receipt_for_what_a_restored_backup_does_not_hold_leads_nowhere() -> None:
    answer = Client(raise_request_exception=False).get(f"{API}/public/reports/{receipt_of(Report(pk=4711))}")
    assert problem(answer) == "not_there"


def test_a_link_to_what_never_was_looks_like_a_forged_one() -> None:
    decision, now = decision_on_chidi(), timezone.now()
    decision.pk += 1
    real = Client().get(f"{API}/public/appeals/{token(appeal_link(decision, now))}")
    forged = Client().get(f"{API}/public/appeals/1.2.forged")
    assert real.content == forged.content


def test_a_reporters_notice_says_no_more_than_the_outcome() -> None:
    decision, now = decision_on_chidi(), timezone.now()
    template = NoticeTemplate.objects.filter(kind="report_outcome", language="en").latest("version")
    reporter = Reporter.objects.create(platform="local", external_id="esi")
    notice = Notice.objects.create(
        kind="report_outcome",
        decision=decision,
        reporter=reporter,
        language="en",
        template=template,
        statement={},
        subject="Your report",
        body="We found a violation.",
        written_at=now,
    )
    link = token(notice_link(notice, now))
    assert Client().get(f"{API}/public/notices/{link}").json()["body"] == "We found a violation."
    assert problem(send(Client(), f"/public/appeals/{link}", {"text": "no"})) == "not_there"


def test_anybody_reports_and_learns_what_came_of_it() -> None:
    answer = send(Client(), "/public/reports", form(email="Esi@Example.org", language="fr"))
    assert answer.status_code == 201, answer.content
    receipt, report = answer.json()["receipt"], Report.objects.get()
    assert (report.account.external_id, report.text, report.evidence.location) == (
        "chidi",
        "a threat",
        "https://example.org/1",
    )
    assert (report.reporter.email, report.reporter.language) == ("Esi@Example.org", "fr")
    pending = Client().get(f"{API}/public/reports/{receipt}").json()
    assert (pending["decided_at"], pending["is_violation"]) == (None, None)
    case = made.case(report.account, made.Policy.objects.get(code="unspecified"))
    made.PolicyVersion.objects.get_or_create(
        policy=case.policy, number=1, defaults={"valid_from": made.NOW - timedelta(days=1)}
    )
    alice, bram = made.person("alice", Role.REVIEWER), made.person("bram", Role.APPROVER)
    made.decision_in_force(case, alice, bram, in_force_at=timezone.now())
    assert Client().get(f"{API}/public/reports/{receipt}").json()["is_violation"] is True


def test_a_handle_is_understood_and_what_nobody_knows_is_kept_as_written() -> None:
    made.account("did:1", handle="chidi.example")
    for named in ("@Chidi.Example", "did:1", "who is this?"):
        send(Client(), "/public/reports", form(account=named, text=f"{named} threatens me"))
    named = Report.objects.values_list("account__external_id", flat=True).order_by("pk")
    assert list(named) == ["did:1", "did:1", "who is this?"]


def test_the_same_sender_is_one_voice_and_cannot_be_read_back() -> None:
    for address, email in (("198.51.100.7", ""), ("198.51.100.7", ""), ("198.51.100.8", ""), ("", "e@x.org")):
        send(Client(REMOTE_ADDR=address or "203.0.113.9"), "/public/reports", form(email=email))
    assert Reporter.objects.count() == 3
    kept = str(list(Reporter.objects.values_list("external_id", "platform")))
    assert "198.51" not in kept
    assert "e@x.org" not in kept


def test_the_record_holds_neither_words_nor_addresses() -> None:
    send(Client(), "/public/reports", form(email="esi@example.org", text="a very particular threat"))
    bodies = "".join(Entry.objects.values_list("body", flat=True))
    assert "particular" not in bodies
    assert "esi@" not in bodies
    assert "chidi" not in bodies


@pytest.mark.parametrize("wrong", [{"good_faith": False}, {"location": ""}, {"email": "esi"}, {"text": " "}])
def test_a_report_that_is_not_whole_is_refused(wrong: dict[str, Any]) -> None:
    assert problem(send(Client(), "/public/reports", form(**wrong))) == "invalid"
    assert not Account.objects.exists()


def test_a_receipt_is_not_forged_with_another_key() -> None:
    send(Client(), "/public/reports", form())
    report = Report.objects.get()
    forged = Signer(key="another", salt="ostrakon.web.receipts", sep=".").sign(str(report.pk))
    assert forged != receipt_of(report)
    assert problem(Client().get(f"{API}/public/reports/{forged}")) == "not_there"


@pytest.mark.parametrize(
    ("path", "body", "often"), [("/public/appeals", plea(), 20), ("/public/reports", form(), 30)]
)
def test_who_knocks_too_often_waits(path: str, body: dict[str, Any], often: int) -> None:
    for _ in range(often):
        assert send(Client(), path, body).status_code in {201, 202}
    refused = send(Client(), path, body)
    assert problem(refused) == "too_often"
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert send(Client(REMOTE_ADDR="198.51.100.7"), path, body).status_code in {201, 202}
    RateLimit.objects.update(resets_at=timezone.now())
    assert send(Client(), path, body).status_code in {201, 202}


def test_what_the_caller_claims_about_their_address_is_not_believed() -> None:
    for n in range(20):
        send(Client(), "/public/appeals", plea(), headers={"X-Forwarded-For": f"198.51.100.{n}"})
    assert (
        problem(send(Client(), "/public/appeals", plea(), headers={"X-Forwarded-For": "1.2.3.4"}))
        == "too_often"
    )


def test_a_session_opens_nothing_more_here() -> None:
    browser = signed_in(person("alice", Role.REVIEWER))
    assert send(browser, "/public/appeals", plea(account="nobody")).status_code == 202
