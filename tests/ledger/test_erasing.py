"""The record holds nothing personal, so that persons can be erased and it still verifies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.intake.case import NOON, POST, REPORT, send
from tests.ledger.case import PUBLIC, exported, sign

from ostrakon.intake.accounts import AccountFacts, forget_contact, note_account
from ostrakon.intake.models import Account, Contact, Evidence, Report, Reporter
from ostrakon.ledger.stored import verify_database

PERSONAL = [
    "mallory",
    "alice",
    "threatens",
    "where you live",
    "m@example.org",
    "example.org/posts",
    "the-mall",
]


@pytest.mark.django_db
def test_the_chain_holds_when_persons_and_texts_are_erased() -> None:
    mallory = AccountFacts(platform="local", external_id="mallory", handle="the-mall", email="m@example.org")
    account = note_account(mallory, seen_at=NOON)
    send(replace(REPORT, evidence=POST))
    sign()
    before = exported()
    assert verify_database(PUBLIC).problems == []

    forget_contact(account)
    Evidence.objects.update(content=None, salt=None, location="")
    Report.objects.update(text=None, salt=None)
    Reporter.objects.update(external_id="erased", email="")
    assert not Contact.objects.exists()
    assert Account.objects.get().pk == account.pk

    assert verify_database(PUBLIC).problems == []
    assert exported() == before
    assert [word for word in PERSONAL if word.encode() in before] == []
