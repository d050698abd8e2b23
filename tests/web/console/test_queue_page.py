"""The queue as a page: what it shows, who it lets in, and what its buttons do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.casework.case import NOW, account, case, policy
from tests.web.case import html, person, signed_in

from ostrakon.casework.models import Case, Offer, Person, Role
from ostrakon.triage.models import Run, Valuation
from ostrakon.web.models import SavedFilter

pytestmark = pytest.mark.django_db


def valued(on: Case, **fields: Any) -> Case:
    """A case with what its reports are worth."""
    run = Run.objects.create(
        started_at=NOW, finished_at=NOW, version="1", parameters={}, seed=1, last_report=0, reports=0,
        decisions_as_of=NOW, input_sha256="0" * 64,
    )  # fmt: skip
    numbers = {
        "reports": 512,
        "reporters": 400,
        "independent_reports": 3.8,
        "probability": 0.34,
        "campaigns": 1,
    }
    on.valuation = Valuation.objects.create(
        run=run,
        account=on.account,
        policy=on.policy.code,
        probability_low=0.21,
        probability_high=0.49,
        **numbers,
    )
    on.probability, on.reports = 0.34, 512
    for name, value in fields.items():
        setattr(on, name, value)
    on.save()
    return on


def test_a_row_shows_reports_against_voices_and_a_probability_with_its_interval(alice: Person) -> None:
    on = valued(case(account("chidi", handle="chidi_writes"), policy()), under_pressure=True)
    page = html(signed_in(alice).get("/queue"))
    assert "512 reports, about 4 voices" in page
    assert "34\xa0%" in page
    assert "21\xa0% to 49\xa0%" in page
    assert "chidi_writes" in page
    assert "under pressure" in page
    assert f'href="/cases/{on.pk}"' in page


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_comes_back() -> None:
    answer = signed_in().get("/queue?lane=priority")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/queue%3Flane%3Dpriority"


def test_an_administrator_has_no_business_in_the_queue() -> None:
    assert signed_in(person("ada", Role.ADMINISTRATOR)).get("/queue").status_code == 403


def test_a_name_with_markup_is_shown_as_it_is(alice: Person) -> None:
    case(account("<script>alert(1)</script>", handle='"><img src=x onerror=alert(1)>'), policy())
    page = html(signed_in(alice).get("/queue"))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_the_next_case_is_put_into_ones_hand(alice: Person) -> None:
    on = case(account(), policy())
    answer = signed_in(alice).post("/queue/next")
    assert answer["Location"] == f"/cases/{on.pk}"
    assert Case.objects.get().claimed_by == alice
    assert Offer.objects.get().person == alice


def test_the_next_case_is_one_that_the_filter_shows(alice: Person) -> None:
    under = policy()
    case(account("a"), under)
    wanted = case(account("b"), under, under_pressure=True)
    answer = signed_in(alice).post("/queue/next?pressure=yes")
    assert answer["Location"] == f"/cases/{wanted.pk}"


def test_where_nothing_waits_it_says_so(alice: Person) -> None:
    answer = signed_in(alice).post("/queue/next", follow=True)
    assert "No case waits that is free." in html(answer)


def test_a_case_is_taken_from_its_row_and_only_its_cell_changes(alice: Person) -> None:
    on = case(account(), policy())
    answer = signed_in(alice).post(f"/cases/{on.pk}/take", {"from": "queue"}, headers={"HX-Request": "true"})
    assert html(answer).strip().startswith(f'<span id="hand-{on.pk}"')
    assert Case.objects.get().claimed_by == alice


def test_a_case_in_a_colleagues_hand_cannot_be_taken(alice: Person) -> None:
    on = case(account(), policy())
    signed_in(person("bram", Role.REVIEWER)).post(f"/cases/{on.pk}/take")
    answer = signed_in(alice).post(f"/cases/{on.pk}/take")
    assert answer.status_code == 409
    assert "a colleague has this case in hand" in answer.content.decode()


def test_one_searches_by_handle_or_id(alice: Person) -> None:
    under = policy()
    wanted = case(account("u-1", handle="Chidi"), under, status=Case.Status.DECIDED)
    case(account("u-2", handle="somebody"), under)
    browser = signed_in(alice)
    for words in ("@chidi", "u-1", "local:u-1"):
        page = html(browser.get("/queue", {"q": words}))
        assert re.findall(r'href="/cases/(\d+)"', page) == [str(wanted.pk)], words


def test_a_view_is_saved_under_a_name_and_removed(alice: Person) -> None:
    browser = signed_in(alice)
    browser.post("/queue/filters", {"name": "urgent things", "query": "lane=priority&evil=1"})
    assert SavedFilter.objects.get().query == "lane=priority"
    assert "urgent things" in html(browser.get("/queue"))
    browser.post(f"/queue/filters/{SavedFilter.objects.get().pk}/remove")
    assert not SavedFilter.objects.exists()


def test_a_saved_view_is_its_owners_alone(alice: Person) -> None:
    browser = signed_in(alice)
    browser.post("/queue/filters", {"name": "mine", "query": "lane=priority"})
    bram = signed_in(person("bram", Role.REVIEWER))
    assert "mine" not in html(bram.get("/queue")).split("Saved views")[-1][:200]
    bram.post(f"/queue/filters/{SavedFilter.objects.get().pk}/remove")
    assert SavedFilter.objects.exists()


@pytest.mark.parametrize(
    "query", ["status=gone", "lane=x", "policy=x", "after=nowhere", "policy=" + "9" * 30]
)
def test_a_filter_that_there_is_not_is_refused_politely(alice: Person, query: str) -> None:
    answer = signed_in(alice).get(f"/queue?{query}")
    assert answer.status_code in {200, 422}


def test_changes_bring_the_rows_as_they_are_and_say_when_others_came_first(alice: Person) -> None:
    under = policy()
    first, second = case(account("a"), under), case(account("b"), under)
    Case.objects.filter(pk=first.pk).update(status=Case.Status.DECIDED)
    answer = html(signed_in(alice).get("/queue/changes", {"case": [first.pk, second.pk], "head": first.pk}))
    assert answer.count("hx-swap-oob") == 3
    assert "The head of the queue has changed" in answer
    assert f'id="row-{first.pk}" data-row data-scope class="gone"' in answer


def test_a_page_of_the_queue_takes_as_many_queries_however_many_rows_it_has(
    alice: Person, django_assert_num_queries: Any
) -> None:
    under = policy()
    for number in range(30):
        case(account(f"u-{number}", handle=f"h-{number}"), under)
    browser = signed_in(alice)
    browser.get("/queue")
    with django_assert_num_queries(14, exact=False):
        browser.get("/queue")
