"""Campaigns as pages: the evidence for and against, and its reports set aside for some cases with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.case import NOW, account, case, policy, report
from tests.web.case import html, person, signed_in

from ostrakon.casework.models import Case, Person, Role, SettingAside
from ostrakon.triage.models import Campaign, Run

pytestmark = pytest.mark.django_db

WHY = "They posted the call themselves; the pictures are of somebody else."


def campaign(members: int = 3, targets: int = 2) -> tuple[Campaign, list[Case]]:
    """Everybody in it reported everybody."""
    under = policy()
    run = Run.objects.create(
        started_at=NOW, finished_at=NOW, version="1", parameters={}, seed=1, last_report=0, reports=0,
        decisions_as_of=NOW, input_sha256="0" * 64,
    )  # fmt: skip
    found = Campaign.objects.create(
        run=run, label="C1", kind="same hours", first_at=NOW, last_at=NOW + timedelta(hours=1), lift=42.0, q_value=1e-9,
        reports=members * targets,
    )  # fmt: skip
    cases = [case(account(f"target-{number}"), under, under_pressure=True) for number in range(targets)]
    for on in cases:
        found.targets.add(on.account)
        for number in range(members):
            made = report(on.account, f"<b>member-{number}</b>")
            found.members.add(made.reporter)
    return found, cases


def test_a_campaign_shows_members_targets_and_what_chance_would_bring(bram: Person) -> None:
    found, _cases = campaign()
    browser = signed_in(bram)
    assert f"/campaigns/{found.pk}" in html(browser.get("/campaigns"))
    page = html(browser.get(f"/campaigns/{found.pk}"))
    assert page.count('class="chart lane"') == 2
    assert page.count('class="chart cells"') == 3
    assert "42 times as often" in page
    assert "What speaks against" in page
    assert "&lt;b&gt;member-0&lt;/b&gt;" in page
    assert "<b>member-0" not in page


def test_its_reports_are_set_aside_for_chosen_cases_and_taken_back(bram: Person) -> None:
    found, cases = campaign()
    browser = signed_in(bram)
    browser.post(f"/campaigns/{found.pk}/aside", {"case": [cases[0].pk], "why": WHY})
    made = SettingAside.objects.get()
    page = html(browser.get(f"/campaigns/{found.pk}"))
    assert WHY in page
    assert f'value="{cases[0].pk}"' not in page
    browser.post(f"/campaigns/{found.pk}/aside/{made.pk}/back", {"why_back": "a mistake"})
    made.refresh_from_db()
    assert made.taken_back_by == bram


def test_without_a_case_or_a_reason_nothing_is_set_aside_and_no_word_is_lost(bram: Person) -> None:
    found, cases = campaign()
    browser = signed_in(bram)
    assert WHY in html(browser.post(f"/campaigns/{found.pk}/aside", {"why": WHY}), 422)
    page = html(browser.post(f"/campaigns/{found.pk}/aside", {"case": [cases[1].pk], "why": " "}), 422)
    assert f'value="{cases[1].pk}" checked' in page
    assert not SettingAside.objects.exists()


def test_a_reviewer_reads_it_and_sets_nothing_aside() -> None:
    found, cases = campaign()
    browser = signed_in(person("alice", Role.REVIEWER))
    assert "Set these aside" not in html(browser.get(f"/campaigns/{found.pk}"))
    answer = browser.post(f"/campaigns/{found.pk}/aside", {"case": [cases[0].pk], "why": WHY})
    assert answer.status_code == 403


def test_a_case_leads_to_the_campaign_that_speaks_as_one_voice(bram: Person) -> None:
    found, cases = campaign()
    page = html(signed_in(bram).get(f"/cases/{cases[0].pk}"))
    assert f'href="/campaigns/{found.pk}"' in page
    assert "by 3 people" in page


def test_the_case_opens_the_campaigns_pictures_without_leaving(bram: Person) -> None:
    found, cases = campaign()
    browser = signed_in(bram)
    assert f'hx-get="/campaigns/{found.pk}/panel"' in html(browser.get(f"/cases/{cases[0].pk}"))
    panel = html(browser.get(f"/campaigns/{found.pk}/panel"))
    assert "<html" not in panel
    assert panel.count('class="chart cells"') == 3
