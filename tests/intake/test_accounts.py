"""What is known about accounts: facts by their time, handles with history, contacts that can be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.intake.case import NOON, REPORT, send

from ostrakon.intake.accounts import AccountFacts, forget_contact, note_account, note_accounts
from ostrakon.intake.models import Account, Contact, Handle

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
BORN = datetime(2020, 1, 1, tzinfo=UTC)


def facts(**known: object) -> AccountFacts:
    return AccountFacts("local", "mallory", **known)  # type: ignore[arg-type]


def history() -> list[tuple[str, bool]]:
    return list(Handle.objects.order_by("first_seen_at", "pk").values_list("handle", "is_current"))


def test_what_is_known_is_kept():
    account = note_account(facts(created_at=BORN, followers=7, views=70, language="fr"), seen_at=NOON)
    assert (account.created_at, account.followers, account.views) == (BORN, 7, 70)
    assert (account.language, account.seen_at) == ("fr", NOON)


def test_an_account_that_a_report_named_is_the_same_one():
    send(REPORT)
    assert note_account(facts(), seen_at=NOON) == Account.objects.get()


def test_the_unknown_changes_nothing():
    note_account(facts(followers=7, language="fr"), seen_at=NOON)
    account = note_account(facts(views=1), seen_at=LATER)
    assert (account.followers, account.views, account.language) == (7, 1, "fr")


def test_late_news_does_not_replace_newer():
    note_account(facts(followers=8, handle="new"), seen_at=LATER)
    account = note_account(facts(followers=7, handle="old"), seen_at=NOON)
    assert (account.followers, account.seen_at) == (8, LATER)
    assert history() == [("old", False), ("new", True)]


def test_handles_come_and_go_and_come_again():
    for minutes, handle in enumerate(["a", "b", "b", "a"]):
        note_account(facts(handle=handle), seen_at=NOON + timedelta(minutes=minutes))
    assert history() == [("a", True), ("b", False)]
    assert Handle.objects.get(handle="b").last_seen_at == NOON + timedelta(minutes=2)
    assert Handle.objects.get(handle="a").first_seen_at == NOON


def test_late_news_of_a_handle_of_the_past_does_not_bring_it_back():
    for minutes, handle in [(0, "a"), (10, "b"), (5, "a")]:
        note_account(facts(handle=handle), seen_at=NOON + timedelta(minutes=minutes))
    assert history() == [("a", False), ("b", True)]
    assert Handle.objects.get(handle="a").last_seen_at == NOON + timedelta(minutes=5)


def test_of_two_rows_about_one_account_the_later_counts():
    ids = note_accounts([facts(followers=1), facts(followers=2)], seen_at=NOON)
    assert ids[0] == ids[1]
    assert Account.objects.get().followers == 2


def test_a_contact_is_kept_changed_and_forgotten():
    account = note_account(facts(email="m@example.org", notice_language="ar"), seen_at=NOON)
    note_account(facts(email="n@example.org"), seen_at=LATER)
    contact = Contact.objects.get()
    assert (contact.email, contact.language) == ("n@example.org", "ar")
    forget_contact(account)
    assert not Contact.objects.exists()
    note_account(facts(followers=3), seen_at=LATER)
    assert not Contact.objects.exists()


def test_a_thousand_accounts_take_as_many_queries_as_ten():
    counts = []
    for size in (10, 100):
        rows = [
            AccountFacts("local", f"{size}-{n}", handle=f"h{n}", email=f"{n}@example.org")
            for n in range(size)
        ]
        with CaptureQueriesContext(connection) as queries:
            note_accounts(rows, seen_at=NOON)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 20  # bulk statements come in pieces on SQLite
