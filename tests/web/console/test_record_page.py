"""The record as a page: read only, by those who may, with what it takes to check it elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from tests.casework.case import NOW
from tests.web.case import html, person, signed_in

from ostrakon.casework.models import Person, Role
from ostrakon.ledger.checkpoints import checkpoint
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.ledger.record import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    return person("ada", Role.AUDITOR)


def entry(
    kind: Kind = Kind.NOTE_WRITTEN, subject: str = "case:7", actor: str = "system", **facts: Any
) -> Entry:
    with transaction.atomic():
        return record(kind, actor=actor, subject=subject, facts=facts)


def test_an_entry_says_what_was_done_by_whom_to_what(ada: Person) -> None:
    entry(actor=ada.actor, note=5, severe=[1, 2])
    page = html(signed_in(ada).get("/record"))
    for told in ("note written", "<bdi>ada</bdi>", 'href="/cases/7"', "<bdi>note</bdi>", "[1, 2]"):
        assert told in page


def test_entries_are_found_by_subject_and_kind(ada: Person) -> None:
    entry(subject="case:7")
    entry(subject="case:71")
    entry(Kind.CASE_CLAIMED, subject="case:7")
    browser = signed_in(ada)
    assert html(browser.get("/record?subject=case:7")).count('id="entry-') == 2
    assert html(browser.get("/record?subject=case:7&kind=case_claimed")).count('id="entry-') == 1
    assert "There is no such entry" in html(browser.get("/record?subject=case:8"))
    assert browser.get("/record?kind=coffee").status_code == 422
    assert browser.get("/record?subject=a%00b").status_code == 422


def test_a_long_record_is_read_page_by_page(ada: Person) -> None:
    for _ in range(60):
        entry()
    browser, head = signed_in(ada), Entry.objects.count()
    first = html(browser.get("/record?kind=note_written"))
    assert first.count('id="entry-') == 50
    assert f"?kind=note_written&amp;after={head - 49}" in first
    assert html(browser.get(f"/record?kind=note_written&after={head - 49}")).count('id="entry-') == 10


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 30, "²"])
def test_a_page_that_does_not_exist_is_refused(ada: Person, after: str) -> None:
    assert signed_in(ada).get("/record", {"after": after}).status_code == 422


def test_checkpoints_and_what_is_not_signed_yet_are_shown(ada: Person) -> None:
    entry()
    made = checkpoint(Ed25519PrivateKey.generate(), NOW)
    assert made is not None
    entry()
    entry()
    page = html(signed_in(ada).get("/record"))
    assert made.digest in page
    assert made.key in page
    assert "2 entries are not signed yet" in page
    assert "ostrakon ledger verify --export record.ndjson --key ledger.pub" in page


def test_an_entry_that_was_changed_is_no_reason_to_show_nothing(ada: Person) -> None:
    last, hostile = entry(), "<script>alert(1)</script>"
    body = f'{hostile} "previous":"{last.digest}","subject":'
    fields = {"number": last.number + 1, "at": NOW, "kind": "note_written", "actor": hostile}
    Entry.objects.create(subject=hostile, body=body, digest="f" * 64, **fields)
    page = html(signed_in(ada).get("/record"))
    assert "This entry cannot be read" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("role", [*Role])
def test_only_who_may_read_the_record_does(role: Role) -> None:
    may = role in (Role.AUDITOR, Role.SAFETY_LEAD)
    browser = signed_in(person("somebody", role))
    assert browser.get("/record").status_code == (200 if may else 403)
    assert ('href="/record"' in browser.get("/queue").content.decode()) is may


def test_looking_changes_nothing(ada: Person) -> None:
    entry()
    before = Entry.objects.count()
    html(signed_in(ada).get("/record"))
    assert signed_in(ada).post("/record").status_code == 405
    assert Entry.objects.count() == before
