"""What is kept, for how long, and what was erased: everybody sees it, a safety lead changes it."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.web.console.settings import browser_of

from ostrakon.casework.models import RetentionRule, Role
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.ledger.record import record
from ostrakon.web.console.settings.words import COUNTED_FROM, KEPT

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> Client:
    return browser_of(Role.SAFETY_LEAD)


def days_of(kind: str) -> int:
    return RetentionRule.objects.get(kind=kind).days


def test_every_kind_that_is_kept_is_explained() -> None:
    assert set(KEPT) == set(COUNTED_FROM) == set(RetentionRule.Kind)


def test_a_rule_is_changed_and_the_change_is_on_the_record(lead: Client) -> None:
    assert lead.post("/settings/retention/notes", {"days": "77"}).headers["Location"] == "/settings/retention"
    assert days_of("notes") == 77
    assert Entry.objects.filter(kind="retention_changed", subject="retention:notes").count() == 1
    html = lead.get("/settings/retention").content.decode()
    assert "77" in html
    assert "dina" in html


@pytest.mark.parametrize("days", ["0", "-1", "3651", "", "many", "9" * 40])
def test_a_time_that_makes_no_sense_comes_back(lead: Client, days: str) -> None:
    before = days_of("notes")
    answer = lead.post("/settings/retention/notes", {"days": days})
    assert answer.status_code == 422
    assert (f'value="{days}"' in answer.content.decode()) == bool(days)
    assert days_of("notes") == before


def test_it_shows_when_something_was_erased_last(lead: Client) -> None:
    assert lead.get("/settings/retention").content.decode().count("nothing yet") == len(KEPT)
    record(Kind.DATA_ERASED, actor="system", subject="retention:notes", facts={"days": 1, "count": 2})
    html = lead.get("/settings/retention").content.decode()
    assert html.count("nothing yet") == len(KEPT) - 1


def test_what_is_not_kept_has_no_rule(lead: Client) -> None:
    assert lead.get("/settings/retention/secrets").status_code == 404
