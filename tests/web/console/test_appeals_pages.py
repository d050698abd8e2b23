"""Appeals in the console: heard by somebody else, with all that was decided beside what is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.casework.case import account, case, decision_in_force, policy, report
from tests.web.case import html, person, signed_in

from ostrakon.casework.actions.file_appeal import file_appeal
from ostrakon.casework.models import Appeal, Decision, NoticeTemplate, Opinion, Person, Role
from ostrakon.casework.notices import write_notice
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'></textarea>"
REASONS = "The message quoted somebody else."


@pytest.fixture
def decision() -> Decision:
    """Alice proposed and Bram approved a suspension of Chidi."""
    alice, bram = person("alice", Role.REVIEWER, Role.APPEALS), person("bram", Role.APPROVER)
    chidi = account("chidi", handle=HOSTILE, email="chidi@example.org", language="fr")
    return decision_in_force(case(chidi, policy()), alice, bram, in_force_at=timezone.now())


@pytest.fixture
def dora() -> Person:
    """Hears appeals and had no part in anything."""
    return person("dora", Role.APPEALS)


def asked(decision: Decision, by: str = "user", text: str = "It was a quotation.", **said: str) -> Appeal:
    return file_appeal(decision, filed_by=by, text=text, now=timezone.now(), **said)


def answer_to(appeal: Appeal, who: Person, **said: str) -> Any:
    fields = {"answer": "grant", "reasons": REASONS, **said}
    return signed_in(who).post(f"/appeals/{appeal.pk}/answer", fields)


def test_a_judge_is_offered_only_what_they_may_hear(decision: Decision, dora: Person) -> None:
    appeal = asked(decision)
    link = f'href="/appeals/{appeal.pk}"'
    assert link in html(signed_in(dora).get("/appeals"))
    assert link not in html(signed_in(Person.objects.get(username="alice")).get("/appeals"))


def test_an_appeal_waits_for_others_while_somebody_owes_a_blind_opinion(decision: Decision) -> None:
    appeal, lena = asked(decision), person("lena", Role.SAFETY_LEAD)
    Opinion.objects.create(case=decision.case, person=lena, asked_at=timezone.now())
    browser = signed_in(lena)
    assert f'href="/appeals/{appeal.pk}"' not in html(browser.get("/appeals"))
    assert browser.get(f"/appeals/{appeal.pk}").status_code == 404
    assert browser.post(f"/appeals/{appeal.pk}/answer", {"answer": "deny"}).status_code == 404
    assert browser.post("/appeals/next")["Location"] == "/appeals"


def test_readers_see_all_that_wait_without_buttons(decision: Decision) -> None:
    appeal = asked(decision)
    browser = signed_in(person("ada", Role.AUDITOR))
    listed, page = html(browser.get("/appeals")), html(browser.get(f"/appeals/{appeal.pk}"))
    assert f'href="/appeals/{appeal.pk}"' in listed
    assert "/appeals/next" not in listed
    assert f"/appeals/{appeal.pk}/take" not in listed + page
    assert f"/appeals/{appeal.pk}/answer" not in page


def test_the_nearest_deadline_comes_first_on_every_page(decision: Decision) -> None:
    now = timezone.now()
    made = Appeal.objects.bulk_create(
        Appeal(
            decision=decision, filed_by="crowd", filed_at=now, text="", due_at=now + timedelta(hours=60 - n)
        )
        for n in range(60)
    )
    browser = signed_in(person("ada", Role.AUDITOR))
    first = html(browser.get("/appeals"))
    last_shown = made[10]
    assert first.index(f"/appeals/{made[59].pk}") < first.index(f"/appeals/{last_shown.pk}")
    assert f"?after={last_shown.pk}" in first
    second = html(browser.get(f"/appeals?after={last_shown.pk}"))
    assert f'"/appeals/{made[9].pk}"' in second
    assert f'"/appeals/{made[11].pk}"' not in second


def test_who_took_part_reads_why_somebody_else_hears_it(decision: Decision) -> None:
    appeal = asked(decision)
    alice = Person.objects.get(username="alice")
    page = html(signed_in(alice).get(f"/appeals/{appeal.pk}"))
    assert "somebody else hears this appeal" in page
    assert f"/appeals/{appeal.pk}/answer" not in page
    html(answer_to(appeal, alice), 403)
    appeal.refresh_from_db()
    assert appeal.status == Appeal.Status.OPEN


def test_the_page_shows_what_is_asked_and_the_reasons_as_they_were_sent(
    decision: Decision, dora: Person
) -> None:
    notice = write_notice(NoticeTemplate.Kind.STATEMENT_OF_REASONS, now=timezone.now(), decision=decision)
    page = html(signed_in(dora).get(f"/appeals/{asked(decision).pk}"))
    assert "It was a quotation." in page
    assert str(notice.body).splitlines()[0] in page
    assert "They are written to in this language: French" in page
    assert "on behalf" not in page


def test_an_appeal_on_behalf_says_so_and_nothing_in_it_runs(decision: Decision, dora: Person) -> None:
    appeal = asked(decision, "lawyer", HOSTILE, name=HOSTILE)
    for page in ("/appeals", f"/appeals/{appeal.pk}"):
        shown = html(signed_in(dora).get(page))
        assert "on behalf" in shown
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


def test_the_next_appeal_is_taken_in_hand_and_can_be_put_back(decision: Decision, dora: Person) -> None:
    appeal, browser = asked(decision), signed_in(dora)
    assert browser.post("/appeals/next")["Location"] == f"/appeals/{appeal.pk}"
    appeal.refresh_from_db()
    assert appeal.claimed_by == dora
    other = html(signed_in(person("emil", Role.APPEALS)).get(f"/appeals/{appeal.pk}"))
    assert "dora has this appeal in hand" in other
    assert 'name="reasons"' not in other
    browser.post(f"/appeals/{appeal.pk}/take", {"put_back": "yes"})
    appeal.refresh_from_db()
    assert appeal.claimed_by is None
    browser.post(f"/appeals/{appeal.pk}/take")
    appeal.refresh_from_db()
    assert appeal.claimed_by == dora


def test_a_granted_appeal_undoes_the_decision_and_is_on_the_record(decision: Decision, dora: Person) -> None:
    appeal = asked(decision)
    answer = answer_to(appeal, dora)
    assert answer["Location"] == "/appeals"
    decision.refresh_from_db()
    assert decision.status == Decision.Status.REVERSED
    assert Entry.objects.filter(kind="appeal_decided", subject=f"appeal:{appeal.pk}").exists()
    assert REASONS in html(signed_in(dora).get(f"/appeals/{appeal.pk}"))


def test_a_denied_appeal_leaves_the_decision(decision: Decision, dora: Person) -> None:
    appeal = asked(decision)
    assert answer_to(appeal, dora, answer="deny").status_code == 302
    decision.refresh_from_db()
    assert decision.status == Decision.Status.IN_FORCE


@pytest.mark.parametrize("wrong", [{"answer": ""}, {"reasons": "mallory reported it"}])
def test_a_refused_answer_keeps_its_words(decision: Decision, dora: Person, wrong: dict[str, str]) -> None:
    report(decision.account, "mallory")
    appeal, words = asked(decision), wrong.get("reasons", HOSTILE)
    page = html(answer_to(appeal, dora, **{"reasons": words, **wrong}), 422)
    assert 'role="alert"' in page
    assert (words if "<" not in words else "&lt;/textarea&gt;") in page
    assert ('value="grant" required checked' in page) is ("answer" not in wrong)
    appeal.refresh_from_db()
    assert appeal.status == Appeal.Status.OPEN


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_another_role_answers_none(decision: Decision, role: Role) -> None:
    appeal, who = asked(decision), person("mallory", role)
    before = Entry.objects.count()
    html(answer_to(appeal, who), 403)
    for address in ("next", f"{appeal.pk}/take"):
        assert signed_in(who).post(f"/appeals/{address}").status_code == 403
    assert Entry.objects.count() == before
    may_read = role != Role.ADMINISTRATOR
    assert signed_in(who).get(f"/appeals/{appeal.pk}").status_code == (200 if may_read else 403)


def test_looking_changes_nothing(decision: Decision, dora: Person) -> None:
    appeal = asked(decision)
    before = (Entry.objects.count(), Appeal.objects.values().get())
    for page in ("/appeals", f"/appeals/{appeal.pk}", "/appeals?after=x"):
        signed_in(dora).get(page)
    for verb in ("next", f"{appeal.pk}/take", f"{appeal.pk}/answer"):
        assert signed_in(dora).get(f"/appeals/{verb}").status_code == 405
    assert (Entry.objects.count(), Appeal.objects.values().get()) == before
