"""The demonstration: a week in the tables, with something of every kind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from ostrakon.casework.links import decision_of, notice_of
from ostrakon.casework.models import (
    Action,
    Appeal,
    Batch,
    Case,
    Decision,
    Exposure,
    GuestInvitation,
    Note,
    Notice,
    Opinion,
    Person,
    Policy,
    Reinstatement,
    Role,
    SettingAside,
    Strike,
    Task,
)
from ostrakon.enforcement.models import Dispatch, Webhook
from ostrakon.intake.models import Account, Evidence, ListRow, PublishedList, Report, Source
from ostrakon.ledger.stored import verify_database
from ostrakon.service.demonstration.fill import SEED, Demonstration, fill
from ostrakon.service.demonstration.letterbox import letterbox
from ostrakon.service.demonstration.posts import picture
from ostrakon.service.demonstration.terms import terms
from ostrakon.triage.models import Campaign, Link
from ostrakon.web.receipts import report_of

# `ostrakon try` is on SQLite. PostgreSQL knows no statistics of what one transaction, as here, has written.
pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.only_on("sqlite")]
NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)


@dataclass(frozen=True)
class Filled:
    made: Demonstration
    mail: Path


@pytest.fixture(scope="module", autouse=True)
def filled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Filled]:
    """Filled once for all of these tests, each of which undoes what it does itself, and undone after them."""
    mail = tmp_path_factory.mktemp("mail")
    with django_db_blocker.unblock(), letterbox(mail) as port, transaction.atomic():
        chosen = replace(settings.CONFIGURATION, **terms(8765, port))  # type: ignore[arg-type]
        with override_settings(CONFIGURATION=chosen):
            yield Filled(fill(SEED, NOW), mail)
        transaction.set_rollback(True)


def counts(rows: object) -> Counter[str]:
    return Counter(rows)  # type: ignore[call-overload]


def test_the_whole_world_is_there() -> None:
    assert Report.objects.filter(source__kind=Source.Kind.USER).count() > 6_500
    assert Account.objects.count() > 720
    assert Case.objects.count() > 800
    assert Report.objects.filter(received_at__gt=NOW).count() == 0
    assert Case.objects.filter(valuation__isnull=True, reports__gt=0).count() == 0


def test_cases_stand_everywhere_they_can() -> None:
    assert set(Case.objects.values_list("status", flat=True)) == set(Case.Status.values)
    assert set(Case.objects.values_list("lane", flat=True)) == set(Case.Lane.values)
    assert Case.objects.filter(claimed_until__gt=NOW).exists()
    assert Case.objects.filter(escalated_at__isnull=False).exists()


def test_a_campaign_is_found_and_its_victim_is_under_pressure() -> None:
    assert Campaign.objects.filter(is_current=True).exists()
    most = Case.objects.order_by("-reports")[0]
    assert most.reports >= 500
    assert most.under_pressure
    assert most.status == Case.Status.OPEN
    assert most.valuation is not None
    assert most.valuation.independent_reports < 20


def test_a_list_is_there_with_every_kind_of_line_and_led_to_decisions_that_stand() -> None:
    assert PublishedList.objects.count() == 1
    assert set(ListRow.objects.values_list("state", flat=True)) == set(ListRow.State.values)
    listed = Decision.objects.filter(detected="list", outcome="upheld", status="in_force")
    assert listed.exists()


def test_decisions_have_ended_in_every_way() -> None:
    statuses = counts(Decision.objects.values_list("status", flat=True))
    assert set(statuses) == set(Decision.Status.values) - {"approved"}, statuses
    assert set(Decision.objects.values_list("action", flat=True)) == set(Action.values)
    assert set(Decision.objects.values_list("selection", flat=True)) == {"queue", "audit"}
    assert sum(statuses.values()) > 150


def test_proposals_wait_for_an_approver_and_for_a_safety_lead() -> None:
    waiting = counts(Decision.objects.filter(status="proposed").values_list("under_pressure", flat=True))
    assert waiting[False] == 5
    assert waiting[True] == 1


def test_appeals_wait_and_were_answered_either_way() -> None:
    appeals = Appeal.objects.values_list("status", "filed_by")
    found = set(appeals)
    assert {("open", "user"), ("granted", "user"), ("denied", "user")} <= found
    assert {("open", by) for by in ("lawyer", "friend", "crowd")} <= found


def test_one_counter_speaker_was_suspended_by_two_people_and_reinstated() -> None:
    suspended = Decision.objects.filter(status="reversed", action="suspend", policy__code="violent-extremism")
    wronged = suspended.get(appeals__status="granted", case__reports__gt=50)
    assert wronged.approved_by_id not in (None, wronged.proposed_by_id)
    assert wronged.notices.filter(kind="reinstatement").exists()


def test_a_wave_was_undone_with_its_receipts() -> None:
    wave = Reinstatement.objects.get()
    assert wave.done_at is not None
    states = counts(wave.items.values_list("state", flat=True))
    assert set(states) == {"reversed"}
    assert states["reversed"] >= 3


def test_some_came_back_and_links_wait_one_is_confirmed_and_of_one_nobody_can_tell() -> None:
    statuses = counts(Link.objects.values_list("status", flat=True))
    assert statuses["same"] == statuses["cannot_tell"] == 1
    assert 1 <= statuses["open"] <= 8
    assert all(link.evidence["signs_for"] for link in Link.objects.all())


def test_there_is_something_of_everything_else() -> None:
    for rows in (
        Note.objects,
        Strike.objects,
        GuestInvitation.objects,
        Opinion.objects.filter(given_at__isnull=True),
        Opinion.objects.filter(outcome="unclear"),
        Webhook.objects.filter(is_active=False),
        Policy.objects.filter(retired_at__isnull=False),
        Policy.objects.filter(versions__number=2),
        Task.objects.filter(done_at__isnull=False),
        Exposure.objects,
        SettingAside.objects,
        Batch.objects.filter(status="waits"),
        Batch.objects.filter(status="done"),
    ):
        assert rows.exists(), str(rows.model)
    assert set(Task.objects.values_list("kind", flat=True)) == {"notice_failed", "no_contact"}
    assert not Webhook.objects.filter(is_active=True).exists()


def test_evidence_is_posts_in_three_languages_and_pictures() -> None:
    posts = [
        json.loads(bytes(content))
        for content in Evidence.objects.filter(media_type="application/json").values_list(
            "content", flat=True
        )
    ]
    assert {post["language"] for post in posts} == {"en", "fr", "ar"}
    assert {*posts[0]["author"]} == {"handle", "display_name", "bio"}
    assert Evidence.objects.filter(media_type="image/png").count() > 20


def test_people_are_told_in_their_languages_and_the_letters_stay_here(filled: Filled) -> None:
    assert set(Notice.objects.values_list("language", flat=True)) == {"en", "fr", "ar"}
    states = counts(Dispatch.objects.filter(channel="email").values_list("state", flat=True))
    assert states["delivered"] == len([*filled.mail.iterdir()]) > 50
    assert states["failed"] > 0


def test_links_lead_to_a_notice_an_appeal_and_a_receipt(filled: Filled) -> None:
    made = filled.made
    assert notice_of(made.notice.rpartition("/")[2], NOW).kind == "statement_of_reasons"
    assert decision_of(made.appeal.rpartition("/")[2], NOW).status == "in_force"
    assert report_of(made.receipt).policy == "harassment"


def test_there_is_a_password_for_every_role_which_must_be_changed(filled: Filled) -> None:
    assert {login.role for login in filled.made.logins} == set(Role)
    for login in filled.made.logins:
        browser = Client()
        sent = {"login": login.username, "password": login.password}
        assert browser.post("/accounts/login/", sent).status_code == 302
        assert browser.get("/", follow=True).redirect_chain[0][0] == "/accounts/password/change/"
        assert Person.objects.get(username=login.username).must_change_password


def test_the_record_of_all_this_is_whole() -> None:
    found = verify_database([])
    assert found.entries > 1_000
    assert [problem.partition(":")[0] for problem in found.problems] == [
        "checkpoints"
    ]  # without a key, unsigned


def test_a_picture_is_a_png_that_goes_with_its_name() -> None:
    assert picture("a").startswith(b"\x89PNG\r\n\x1a\n")
    assert picture("a") == picture("a") != picture("b")
