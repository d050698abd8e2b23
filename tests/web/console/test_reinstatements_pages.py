"""A wrongful wave is looked at before it is opened, carried out in portions, and gives a receipt for each account."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.casework.case import NOW, account, case, decision_in_force, policy
from tests.enforcement.case import mail_to
from tests.web.case import html, person, signed_in

from ostrakon.casework.models import Decision, Person, Reinstatement, Role
from ostrakon.enforcement.models import Dispatch
from ostrakon.ledger.models import Entry
from ostrakon.web.console import reinstatements

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'></textarea>"
WHY = "They followed a list that was wrong."


@pytest.fixture
def decisions() -> list[Decision]:
    """Three suspensions in force."""
    alice, bram, under = person("alice", Role.REVIEWER), person("bram", Role.APPROVER), policy()
    whose = [
        account(f"a{n}", handle=HOSTILE if n == 0 else f"h{n}", email=f"a{n}@example.org") for n in range(3)
    ]
    return [decision_in_force(case(of, under), alice, bram) for of in whose]


@pytest.fixture
def lena() -> Person:
    return person("lena", Role.SAFETY_LEAD)


def look(who: Person, **said: str) -> Any:
    return signed_in(who).post("/reinstatements/new", {"step": "look", "reason": WHY, **said})


def opened(who: Person, named: list[Decision]) -> Reinstatement:
    numbers = " ".join(str(decision.pk) for decision in named)
    page = html(look(who, decisions=numbers))
    count = re.search(r'name="count" value="(\d+)"', page)
    assert count is not None
    fields = {"step": "open", "count": count.group(1), "reason": WHY, "decisions": numbers}
    answer = signed_in(who).post("/reinstatements/new", fields)
    wave = Reinstatement.objects.get()
    assert answer["Location"] == f"/reinstatements/{wave.pk}"
    return wave


def test_what_fits_is_shown_before_anything_is_written_down(decisions: list[Decision], lena: Person) -> None:
    before = Entry.objects.count()
    page = html(look(lena, in_force_from="2026-11-01T00:00", policy=str(decisions[0].policy_id)))
    assert "3 decisions fit" in page
    assert "suspension until further notice: 3" in page
    assert all(f'href="/decisions/{decision.pk}"' in page for decision in decisions)
    assert "<script>alert" not in page
    assert not Reinstatement.objects.exists()
    assert Entry.objects.count() == before


def test_a_wave_is_opened_carried_out_and_on_the_record(
    decisions: list[Decision], lena: Person, settings: Any
) -> None:
    mail_to(settings, 2525)
    wave = opened(lena, decisions[:2])
    browser = signed_in(lena)
    page = html(browser.get(f"/reinstatements/{wave.pk}"))
    assert "0 of 2" in page
    assert "<script>alert" not in page
    assert Decision.objects.filter(status="reversed").count() == 0
    browser.post(f"/reinstatements/{wave.pk}/carry-out")
    assert {*Decision.objects.filter(status="reversed")} == {*decisions[:2]}
    kinds = Entry.objects.filter(subject=f"reinstatement:{wave.pk}", actor=lena.actor)
    assert [*kinds.order_by("number").values_list("kind", flat=True)] == [
        "reinstatement_opened",
        "reinstatement_done",
    ]
    page = html(browser.get(f"/reinstatements/{wave.pk}"))
    assert "2 of 2" in page
    assert "carry-out" not in page
    assert page.count("waits for its turn") == 2
    Dispatch.objects.update(state="delivered", delivered_at=NOW)
    assert "waits for its turn" not in html(browser.get(f"/reinstatements/{wave.pk}"))


def test_a_receipt_says_where_nobody_could_be_told(decisions: list[Decision], lena: Person) -> None:
    wave = opened(lena, decisions[:1])
    signed_in(lena).post(f"/reinstatements/{wave.pk}/carry-out")
    page = html(signed_in(lena).get(f"/reinstatements/{wave.pk}"))
    assert "not sent: a person has the task" in page


def test_a_large_wave_is_carried_on_where_it_stopped(
    decisions: list[Decision], lena: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reinstatements, "WITHIN_S", 0.0)
    monkeypatch.setattr("ostrakon.casework.actions.reinstate.AT_ONCE", 2)
    wave, browser = opened(lena, decisions), signed_in(lena)
    answer = browser.post(f"/reinstatements/{wave.pk}/carry-out", follow=True)
    assert "the rest waits" in html(answer)
    assert "2 of 3" in html(answer)
    for _ in range(2):
        answer = browser.post(f"/reinstatements/{wave.pk}/carry-out", follow=True)
    assert "3 of 3" in html(answer)
    wave.refresh_from_db()
    assert wave.done_at is not None


def test_what_changed_since_it_was_looked_at_is_looked_at_again(
    decisions: list[Decision], lena: Person
) -> None:
    fields = {"step": "open", "count": "2", "reason": HOSTILE, "in_force_from": "2026-11-01T00:00"}
    page = html(signed_in(lena).post("/reinstatements/new", fields), 409)
    assert "look at it again" in page
    assert 'name="count" value="3"' in page
    assert "&lt;/textarea&gt;" in page
    assert not Reinstatement.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"decisions": "1 two"},
        {"decisions": "1" * 30},
        {"decisions": "9 " * 10_001},
        {"campaign": "-1"},
        {"in_force_from": "yesterday"},
        {"policy": "999999", "list": "1"},
        {"decisions": "1", "reason": " "},
    ],
)
def test_a_refused_wave_keeps_its_words(
    decisions: list[Decision], lena: Person, wrong: dict[str, str]
) -> None:
    page = html(look(lena, **{"reason": HOSTILE, **wrong}), 422)
    assert 'role="alert"' in page
    assert "<script>alert" not in page
    for words in (said for name, said in wrong.items() if name != "policy"):  # one of a choice
        assert words.strip()[:40] in page
    assert ("&lt;/textarea&gt;" in page) is ("reason" not in wrong)


def test_a_list_or_a_campaign_comes_filled_in_from_its_page(lena: Person) -> None:
    page = html(signed_in(lena).get("/reinstatements/new?list=7&campaign=%22%3E%3Cscript%3E"))
    assert re.search(r'name="list"[^>]*value="7"', page)
    assert "<script>" not in page.replace("<script src", "")


@pytest.mark.parametrize(
    ("role", "reads", "undoes"),
    [
        (Role.APPEALS, 200, True),
        (Role.SAFETY_LEAD, 200, True),
        (Role.REVIEWER, 200, False),
        (Role.APPROVER, 200, False),
        (Role.AUDITOR, 200, False),
        (Role.ADMINISTRATOR, 403, False),
    ],
)
def test_who_may_read_and_undo_waves(
    decisions: list[Decision], lena: Person, role: Role, reads: int, undoes: bool
) -> None:
    wave, who = opened(lena, decisions), person("somebody", role)
    browser = signed_in(who)
    for page in ("/reinstatements", f"/reinstatements/{wave.pk}"):
        assert browser.get(page).status_code == reads
    assert browser.get("/reinstatements/new").status_code == (200 if undoes else 403)
    assert look(who, decisions=str(decisions[0].pk)).status_code == (200 if undoes else 403)
    answer = browser.post(f"/reinstatements/{wave.pk}/carry-out")
    assert answer.status_code == (302 if undoes else 403)
    assert Decision.objects.filter(status="reversed").exists() is undoes


def test_the_list_of_waves_says_how_far_each_is(decisions: list[Decision], lena: Person) -> None:
    wave = opened(lena, decisions)
    page = html(signed_in(lena).get("/reinstatements"))
    assert WHY in page
    assert f'href="/reinstatements/{wave.pk}"' in page
    assert len(re.findall(r'class="num">3</td>', page)) == 2


def test_looking_changes_nothing(decisions: list[Decision], lena: Person) -> None:
    wave = opened(lena, decisions)
    before, browser = Entry.objects.count(), signed_in(lena)
    for page in ("/reinstatements", "/reinstatements/new?list=1", f"/reinstatements/{wave.pk}"):
        html(browser.get(page))
    assert browser.get("/reinstatements/999999").status_code == 404
    assert browser.get(f"/reinstatements/{wave.pk}/carry-out").status_code == 405
    assert Entry.objects.count() == before
