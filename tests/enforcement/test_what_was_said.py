"""What was said with a platform is kept for a time, never rewritten, and erased whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.deciding import refused
from tests.enforcement.platform_case import SOON, Town, connect

from ostrakon.enforcement.erase import erase_what_was_said
from ostrakon.enforcement.models import Trail
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.ledger.stored import verify_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Trail:
    """One command was carried out."""
    town: Town = connect(monkeypatch)
    town.decide(town.account())
    town.carry_out()
    return Trail.objects.get()


def test_after_its_time_the_words_and_the_salt_go_and_the_hash_stays(said: Trail) -> None:
    assert erase_what_was_said(SOON + timedelta(days=89)) == 0
    assert erase_what_was_said(SOON + timedelta(days=91)) == 1
    digest = said.digest
    said.refresh_from_db()
    assert (said.exchanges, said.salt, said.digest) == (None, None, digest)
    entry = Entry.objects.get(kind=Kind.DATA_ERASED)
    assert entry.subject == "retention:exchanges"
    assert verify_database([]).entries == Entry.objects.count()


def test_erased_is_erased_once(said: Trail) -> None:
    later = SOON + timedelta(days=91)
    assert [erase_what_was_said(later), erase_what_was_said(later)] == [1, 0]


def test_the_database_rewrites_nothing(said: Trail) -> None:
    with refused("erased, never rewritten"):
        Trail.objects.update(exchanges=[{"method": "GET"}])
    erase_what_was_said(SOON + timedelta(days=91))
    with refused("erased, never rewritten"):
        Trail.objects.update(exchanges=[])
