"""Published lists in the console: their provenance, every line with what became of it, and how one is taken in."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.casework.case import account, case, policy
from tests.web.case import html, person, signed_in

from ostrakon.casework.models import Person, Role
from ostrakon.intake.lists import receive_list
from ostrakon.intake.models import ListRow, PublishedList
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'></textarea>"
LINES = "chidi\nesi\nchidi\nnobody knows\x01\n"


def said(**fields: Any) -> dict[str, Any]:
    about = {
        "title": "Harassers",
        "publisher": "The Watch",
        "published_on": "2026-11-01",
        "licence": "CC0-1.0",
        "url": "https://watch.example/list.csv",
        "policy": "harassment",
        "platform": "local",
        "named_by": "id",
        "text": LINES,
    }
    return {**about, **fields}


def kept(raw: bytes = LINES.encode(), actor: str = "system", **about: Any) -> PublishedList:
    fields = {**said(**about), "published_on": None}
    del fields["text"]
    return receive_list(raw, actor=actor, received_at=timezone.now(), **fields)


def test_a_pasted_list_is_taken_in_and_on_the_record(alice: Person) -> None:
    policy()
    answer = signed_in(alice).post("/lists/new", said())
    made = PublishedList.objects.get()
    assert answer["Location"] == f"/lists/{made.pk}"
    assert bytes(made.raw) == LINES.encode()
    assert Entry.objects.get(kind="list_received").actor == alice.actor
    states = list(made.lines.order_by("line").values_list("state", flat=True))
    assert states == ["taken", "taken", "duplicate", "unreadable"]


def test_a_file_is_kept_byte_for_byte(alice: Person) -> None:
    policy()
    raw = b"\xef\xbb\xbfid\r\nchidi\r\n"
    signed_in(alice).post("/lists/new", said(text="", file=SimpleUploadedFile("list.csv", raw)))
    assert bytes(PublishedList.objects.get().raw) == raw


def test_the_same_list_again_adds_nothing(alice: Person) -> None:
    policy()
    made = kept()
    answer = signed_in(alice).post("/lists/new", said(), follow=True)
    assert answer.redirect_chain[0][0] == f"/lists/{made.pk}"
    assert "nothing was added" in html(answer)
    assert PublishedList.objects.count() == 1


def test_the_page_shows_provenance_and_what_became_of_every_line(alice: Person) -> None:
    reviewed = case(account("chidi", handle="chidi.example"), policy())
    made = kept(actor=alice.actor)
    page = html(signed_in(alice).get(f"/lists/{made.pk}"))
    for told in ("The Watch", "CC0-1.0", made.sha256, "<bdi>alice</bdi>", "watch.example/list.csv"):
        assert told in page
    assert 'href="https://watch' not in page
    assert page.count("became a report") >= 2
    assert "the account stands on an earlier line" in page
    assert f'href="/cases/{reviewed.pk}"' in page
    assert "chidi.example" in page
    only = html(signed_in(alice).get(f"/lists/{made.pk}?state=unreadable"))
    assert "nobody knows" in only
    assert "chidi.example" not in only


def test_a_long_list_is_read_page_by_page_in_its_order(alice: Person) -> None:
    made = kept("\n".join(f"account-{n}" for n in range(1, 61)).encode())
    browser = signed_in(alice)
    first = html(browser.get(f"/lists/{made.pk}?state=taken"))
    assert "account-50<" in first
    assert "account-51<" not in first
    after = ListRow.objects.get(line=50).pk
    assert f"?state=taken&amp;after={after}" in first
    second = html(browser.get(f"/lists/{made.pk}?state=taken&after={after}"))
    assert "account-51<" in second
    assert "account-50<" not in second


def test_nothing_in_a_list_runs(alice: Person) -> None:
    named = dict.fromkeys(("title", "publisher", "licence", "policy"), HOSTILE)
    made = kept(f"{HOSTILE.replace(' ', '_')}\n".encode(), url="javascript:alert(1)", **named)
    for page in ("/lists", f"/lists/{made.pk}"):
        shown = html(signed_in(alice).get(page))
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert 'href="javascript' not in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": " \n "},
        {"text": "id\n"},
        {"title": ""},
        {"platform": "no blanks"},
        {"named_by": "colour"},
        {"policy": "unheard"},
        {"published_on": "soon"},
    ],
)
def test_a_refused_list_keeps_its_words(alice: Person, wrong: dict[str, str]) -> None:
    policy()
    fields = said(**{"publisher": HOSTILE[:100], **wrong})
    page = html(signed_in(alice).post("/lists/new", fields), 422)
    assert 'role="alert"' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert 'value="https://watch.example/list.csv"' in page
    assert not PublishedList.objects.exists()


def test_a_file_and_a_text_are_not_both_meant(alice: Person) -> None:
    fields = said(policy="", file=SimpleUploadedFile("list.csv", b"chidi\n"))
    page = html(signed_in(alice).post("/lists/new", fields), 422)
    assert "one of the two" in page
    assert "Choose the file again" in page


@pytest.mark.parametrize(
    ("role", "reads", "adds"),
    [
        (Role.REVIEWER, 200, 200),
        (Role.APPROVER, 200, 200),
        (Role.SAFETY_LEAD, 200, 200),
        (Role.APPEALS, 200, 403),
        (Role.AUDITOR, 200, 403),
        (Role.ADMINISTRATOR, 403, 403),
    ],
)
def test_who_may_read_and_take_in_lists(role: Role, reads: int, adds: int) -> None:
    made, browser = kept(), signed_in(person("somebody", role))
    assert browser.get("/lists").status_code == reads
    assert browser.get(f"/lists/{made.pk}").status_code == reads
    assert browser.get("/lists/new").status_code == adds
    if adds == 403:
        assert browser.post("/lists/new", said(text="ama\n")).status_code == 403
        assert PublishedList.objects.count() == 1


def test_looking_changes_nothing(alice: Person) -> None:
    made, before = kept(), Entry.objects.count()
    for page in ("/lists", "/lists/new", f"/lists/{made.pk}", "/lists/999999", f"/lists/{made.pk}?state=x"):
        signed_in(alice).get(page)
    assert Entry.objects.count() == before
    assert signed_in(alice).post(f"/lists/{made.pk}").status_code == 405
