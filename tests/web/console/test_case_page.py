"""One case: evidence covered until it is asked for, decided in steps, and no word lost on the way."""

from __future__ import annotations

import re

import pytest
from tests.casework.case import NOW, account, case, decision_in_force, policy, report
from tests.web.case import html, signed_in

from ostrakon.casework.models import Case, Decision, Exposure, Note, Notice, Opinion, Person
from ostrakon.intake.models import Evidence
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db

THREATS = "The account sent forty threats to one person."
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'></textarea>"


def kept(
    on: Case, content: bytes = b'{"text": "go away or else"}', media_type: str = "application/json"
) -> Evidence:
    return Evidence.objects.create(
        account=on.account,
        sha256="a" * 64,
        content=content,
        media_type=media_type,
        salted="b" * 64,
        taken_at=NOW,
    )


def form(page: str, **said: str) -> dict[str, str]:
    """What the page's form sends along, and what is written in it."""
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("version", "key")}
    return {"outcome": "upheld", **{name: found.group(1) for name, found in hidden.items() if found}, **said}


def test_words_of_the_worst_policies_are_folded_until_they_are_asked_for(alice: Person) -> None:
    on = case(account(), policy(severity=0.9))
    evidence = kept(on)
    browser = signed_in(alice)
    assert "or else" not in html(browser.get(f"/cases/{on.pk}"))
    shown = browser.post(f"/cases/{on.pk}/evidence/{evidence.pk}", headers={"HX-Request": "true"})
    assert "or else" in html(shown)
    assert Exposure.objects.get().person == alice
    assert Entry.objects.filter(kind=Kind.EVIDENCE_REVEALED).count() == 1


def test_words_of_other_policies_are_there_at_once(alice: Person) -> None:
    on = case(account(), policy(severity=0.3))
    kept(on)
    assert "or else" in html(signed_in(alice).get(f"/cases/{on.pk}"))


def test_a_picture_is_blurred_until_it_is_asked_for(alice: Person) -> None:
    on = case(account(), policy())
    evidence = kept(on, b"\x89PNG", "image/png")
    browser = signed_in(alice)
    assert 'class="blurred"' in html(browser.get(f"/cases/{on.pk}"))
    shown = html(browser.post(f"/cases/{on.pk}/evidence/{evidence.pk}"))
    assert 'class="blurred"' not in shown
    assert f'src="/evidence/{evidence.pk}/media"' in shown


def test_a_reported_page_is_never_served_as_a_page(alice: Person) -> None:
    on = case(account(), policy())
    evidence = kept(on, HOSTILE.encode(), "text/html")
    browser = signed_in(alice)
    assert browser.get(f"/evidence/{evidence.pk}/media").status_code == 404
    assert "<script>alert" not in html(browser.get(f"/cases/{on.pk}"))


def test_an_svg_runs_nothing(alice: Person) -> None:
    on = case(account(), policy())
    evidence = kept(
        on, b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml"
    )
    assert signed_in(alice).get(f"/evidence/{evidence.pk}/media").status_code == 404


def test_media_say_what_they_are_and_may_do_nothing(alice: Person) -> None:
    on = case(account(), policy())
    answer = signed_in(alice).get(f"/evidence/{kept(on, b'GIF89a', 'image/gif').pk}/media")
    assert answer["Content-Type"] == "image/gif"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_an_unfounded_case_is_set_aside_in_one_step(alice: Person) -> None:
    on = case(account(), policy())
    browser = signed_in(alice)
    said = form(html(browser.get(f"/cases/{on.pk}")), outcome="rejected", action="none")
    answer = browser.post(f"/cases/{on.pk}/decide", said)
    assert answer["Location"] == "/queue"
    decision = Decision.objects.get()
    assert (decision.outcome, decision.action, decision.status) == ("rejected", "none", "in_force")


def test_a_violation_is_previewed_before_it_is_proposed(alice: Person) -> None:
    on = case(account(language="fr", email="c@example.org"), policy(en="Harassment", fr="Harcèlement"))
    browser = signed_in(alice)
    said = form(html(browser.get(f"/cases/{on.pk}")), action="warn", facts=THREATS)
    page = html(browser.post(f"/cases/{on.pk}/preview", said))
    assert "Harcèlement" in page
    assert THREATS in page
    assert not Decision.objects.exists()
    answer = browser.post(f"/cases/{on.pk}/decide", form(page, action="warn", facts=THREATS))
    assert answer.status_code == 302
    assert Decision.objects.get().status == "in_force"


def test_a_suspension_without_answers_is_refused_and_nothing_written_is_lost(alice: Person) -> None:
    on = case(account(), policy())
    browser = signed_in(alice)
    said = form(html(browser.get(f"/cases/{on.pk}")), action="suspend", facts=THREATS)
    page = html(browser.post(f"/cases/{on.pk}/preview", said), 409)
    assert THREATS in page
    assert "before a suspension this must be answered" in page
    assert not Decision.objects.exists()


def test_a_double_click_is_one_proposal(alice: Person) -> None:
    on = case(account(), policy())
    browser = signed_in(alice)
    said = form(html(browser.get(f"/cases/{on.pk}")), action="warn", facts=THREATS)
    assert [browser.post(f"/cases/{on.pk}/decide", said).status_code for _ in range(2)] == [302, 302]
    assert Decision.objects.count() == 1


def test_a_second_tab_that_is_late_shows_the_case_again_with_its_words(alice: Person) -> None:
    on = case(account(), policy())
    browser = signed_in(alice)
    late = form(html(browser.get(f"/cases/{on.pk}")), action="warn", facts=THREATS)
    Case.objects.filter(pk=on.pk).update(version=7)
    page = html(browser.post(f"/cases/{on.pk}/decide", late), 409)
    assert "the case changed since you opened it" in page
    assert THREATS in page
    assert not Decision.objects.exists()


def test_hostile_words_come_back_as_words(alice: Person) -> None:
    on = case(account(), policy())
    report(on.account, "rita", text=HOSTILE)
    browser = signed_in(alice)
    browser.post(f"/cases/{on.pk}/notes", {"text": HOSTILE})
    said = form(html(browser.get(f"/cases/{on.pk}")), action="suspend", facts=HOSTILE)
    for page in (
        html(browser.get(f"/cases/{on.pk}")),
        html(browser.post(f"/cases/{on.pk}/preview", said), 409),
    ):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_second_person_sees_the_evidence_before_the_proposal_and_the_score_last(
    alice: Person, bram: Person
) -> None:
    on = case(account(), policy())
    kept(on)
    made = decision_in_force(
        on, alice, None, status="proposed", in_force_at=None, approved_at=None, approver_standing=""
    )
    Case.objects.update(status="proposed")
    page = html(signed_in(bram).get(f"/decisions/{made.pk}"))
    assert (
        page.index("evidence-title")
        < page.index("proposed-title")
        < page.index("What the reports alone are worth")
    )


def test_the_second_person_approves(alice: Person, bram: Person) -> None:
    on = case(account(email="c@example.org"), policy())
    browser = signed_in(alice)
    answers = dict.fromkeys(("exempt_press", "exempt_research", "exempt_counter_speech"), "no")
    said = form(html(browser.get(f"/cases/{on.pk}")), action="suspend", facts=THREATS, **answers)
    browser.post(f"/cases/{on.pk}/decide", said)
    made = Decision.objects.get()
    assert made.status == "proposed"
    assert f"/decisions/{made.pk}" in html(signed_in(bram).get("/approvals"))
    refused = browser.post(f"/decisions/{made.pk}/answer", {"verb": "approve"})
    assert refused.status_code in {403, 409}
    signed_in(bram).post(f"/decisions/{made.pk}/answer", {"verb": "approve"})
    assert Decision.objects.get().status == "in_force"


def test_to_decline_needs_a_reason_and_brings_back_what_was_written(alice: Person, bram: Person) -> None:
    on = case(account(), policy())
    made = decision_in_force(
        on, alice, None, status="proposed", in_force_at=None, approved_at=None, approver_standing=""
    )
    Case.objects.update(status="proposed")
    browser = signed_in(bram)
    long = "x" * 201
    assert long in html(browser.post(f"/decisions/{made.pk}/answer", {"verb": "decline", "why": long}), 422)
    browser.post(f"/decisions/{made.pk}/answer", {"verb": "decline", "why": "too little"})
    assert Decision.objects.get().status == "declined"


def test_whose_blind_opinion_is_awaited_sees_neither_decision_nor_note(alice: Person, bram: Person) -> None:
    on = case(account(), policy())
    Note.objects.create(case=on, author=alice, at=NOW, text="clearly guilty")
    decision_in_force(on, alice, None, action="warn")
    Opinion.objects.create(case=on, person=bram, asked_at=NOW)
    page = html(signed_in(bram).get(f"/cases/{on.pk}"))
    assert "clearly guilty" not in page
    assert "Proposed by alice" not in page
    signed_in(bram).post(f"/cases/{on.pk}/opinions", {"outcome": "unclear"})
    assert Opinion.objects.get().outcome == "unclear"


def test_a_guest_comes_in_by_their_link_and_sees_one_case(alice: Person) -> None:
    under = policy()
    on, other = case(account("chidi"), under), case(account("dora"), under)
    shown = html(signed_in(alice).post(f"/cases/{on.pk}/guests", {"server": "b.example", "name": "Gita"}))
    link = re.search(r"http://testserver(/guest/[^<\s]+)", shown)
    assert link
    guest = signed_in()
    assert "You are invited" in html(guest.get(link.group(1)))
    assert guest.post(link.group(1))["Location"] == f"/cases/{on.pk}"
    assert guest.get(f"/cases/{on.pk}").status_code == 200
    assert guest.get(f"/cases/{other.pk}").status_code == 404
    assert guest.get("/queue").status_code == 403


def test_a_case_of_another_number_looks_like_one_that_is_not_there(alice: Person) -> None:
    assert signed_in(alice).get("/cases/999999").status_code == 404


def test_an_expired_session_sends_back_to_where_the_words_are_kept() -> None:
    answer = signed_in().post("/cases/1/notes", {"text": "written for long", "page": "/cases/1"})
    assert answer["Location"] == "/accounts/login/?next=/cases/1"


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_signing_in(page: str) -> None:
    answer = signed_in().post("/cases/1/notes", {"page": page})
    assert answer["Location"] == "/accounts/login/?next=/"


def test_no_colleague_can_appeal_in_the_name_of_who_was_written_to(alice: Person, bram: Person) -> None:
    on = case(account(email="c@example.org"), policy())
    browser = signed_in(alice)
    browser.post(
        f"/cases/{on.pk}/decide", form(html(browser.get(f"/cases/{on.pk}")), action="warn", facts=THREATS)
    )
    letter = Notice.objects.get(kind="statement_of_reasons")
    page = html(signed_in(bram).get(f"/decisions/{letter.decision_id}"))
    assert letter.body
    token = letter.body.split("/appeal/")[1].split()[0]
    assert token not in page
    assert "/appeal/…" in page
