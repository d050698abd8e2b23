"""Links as pages: evidence for and against, then who else, then the number; and a verdict with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.case import NOW
from tests.casework.linking import WHY, a_search, link, newcomer, staff, suspended
from tests.web.case import html, person, signed_in

from ostrakon.casework.actions.judge_link import judge_link
from ostrakon.casework.models import Decision, Person, Role
from ostrakon.triage.models import Link, LinkSearch

pytestmark = pytest.mark.django_db


@pytest.fixture
def rana() -> Person:
    return person("rana", Role.REVIEWER)


@pytest.fixture
def found() -> Link:
    return link(newcomer("mallory2").account, suspended("mallory").account)


def test_evidence_stands_before_the_score_and_both_sides_in_equal_space(rana: Person, found: Link) -> None:
    page = html(signed_in(rana).get(f"/links/{found.pk}"))
    order = [
        "Speaks for one person", "Speaks against, or for caution", "Rare neighbours of both", "friend1",
        "Who else it may be", "trudy", "are returns", "What the search says, last", "Probability: 90",
        "at least 5",
    ]  # fmt: skip
    places = [page.index(each) for each in order]
    assert places == sorted(places)
    assert "+9.2 bits" in page
    assert "−1.2 bits" in page
    assert "2 accounts of this search have it" in page


def test_words_of_accounts_are_folded_until_somebody_asks(rana: Person, found: Link) -> None:
    page = html(signed_in(rana).get(f"/links/{found.pk}"))
    before, _, after = page.partition("truth at zq")
    assert before.rstrip().endswith('<details><summary>Show the words</summary><p class="words">')
    assert after.startswith("</p>")


def test_the_list_shows_what_waits_and_no_score(rana: Person, found: Link) -> None:
    less = link(newcomer("eve2").account, suspended("eve").account, probability=0.4)
    page = html(signed_in(rana).get("/links"))
    assert page.index(f"/links/{found.pk}") < page.index(f"/links/{less.pk}")
    assert "%" not in page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "mallory2" in page
    assert "None was judged yet." in html(signed_in(rana).get("/links?over=yes"))


def test_only_what_its_search_states_to_be_seldom_wrong_is_called_suggested(rana: Person) -> None:
    asked = a_search(suggested_rate=0.01)
    for rate, says in ((0.01, "suggested"), (0.011, "only possible"), (None, "only possible")):
        name = f"n{rate}"
        of = link(newcomer(name).account, suspended(f"s{rate}").account, search=asked, false_link_rate=rate)
        row = html(signed_in(rana).get("/links")).partition(name)[2].partition("</th>")[0]
        assert f'<span class="mark">{says}</span>' in row
        assert ("It is suggested." in html(signed_in(rana).get(f"/links/{of.pk}"))) == (says == "suggested")


def test_the_list_goes_on_behind_the_last_one(
    rana: Person, found: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ostrakon.web.console.paging.PAGE", 2)
    for n in range(3):
        link(newcomer(f"n{n}").account, found.suspended_account, probability=0.9 - n / 10)
    seen = []
    address = "/links"
    while address:
        page = html(signed_in(rana).get(address))
        seen += [each.pk for each in Link.objects.all() if f'"/links/{each.pk}"' in page]
        further = page.partition('href="?after=')[2].partition('"')[0]
        address = f"/links?after={further}" if further else ""
    assert sorted(seen) == sorted(Link.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("verdict", ["same", "different", "cannot_tell"])
def test_a_verdict_is_kept_with_its_reason_and_moves_the_link_to_the_judged(
    rana: Person, found: Link, verdict: str
) -> None:
    browser = signed_in(rana)
    answer = browser.post(f"/links/{found.pk}/judge", {"verdict": verdict, "reasons": WHY}, follow=True)
    assert "Kept:" in html(answer)
    found.refresh_from_db()
    assert found.status == verdict
    assert f'"/links/{found.pk}"' not in html(browser.get("/links"))
    assert WHY in html(browser.get(f"/links/{found.pk}"))
    assert f'"/links/{found.pk}"' in html(browser.get("/links?over=yes"))


def test_what_was_written_comes_back_with_why_it_was_refused(rana: Person, found: Link) -> None:
    Decision.objects.update(status="expired", ended_at=NOW)
    said = {"verdict": "same", "reasons": "He <b>is</b> it."}
    page = html(signed_in(rana).post(f"/links/{found.pk}/judge", said), 409)
    assert "not suspended any more" in page
    assert "He &lt;b&gt;is&lt;/b&gt; it." in page
    assert '<details class="action" open>' in page


def test_keys_are_those_of_the_three_verdicts(rana: Person, found: Link) -> None:
    page = html(signed_in(rana).get(f"/links/{found.pk}"))
    assert [key for key in "sdt" if f'data-key="{key}"' in page] == ["s", "d", "t"]


def test_a_protected_account_is_confirmed_by_a_safety_lead_only(rana: Person) -> None:
    older = link(newcomer("grace", NOW - timedelta(days=9)).account, suspended("chidi", NOW).account)
    page = html(signed_in(rana).get(f"/links/{older.pk}"))
    assert "Protected." in page
    assert 'value="same"' not in page
    assert 'value="same"' in html(signed_in(person("lea", Role.SAFETY_LEAD)).get(f"/links/{older.pk}"))


def test_who_only_reads_judges_nothing(found: Link) -> None:
    page = html(signed_in(person("omar", Role.AUDITOR)).get(f"/links/{found.pk}"))
    assert "What do you see?" not in page


def test_how_two_accounts_meet_is_said_in_the_language_of_the_reader(rana: Person, found: Link) -> None:
    meets = "grace: one of the two replies to, reverts, reports or blocks the other"
    sign = {"channel": "polarity", "new": meets, "suspended": "mallory", "bits": -8.0, "popularity": None}
    Link.objects.update(status="expired", evidence=None)
    other = link(newcomer("grace").account, found.suspended_account, evidence={"signs_against": [sign]})
    browser = signed_in(rana)
    assert "one of the two replies to" in html(browser.get(f"/links/{other.pk}"))
    browser.cookies["django_language"] = "fr"
    page = html(browser.get(f"/links/{other.pk}"))
    assert "l’un des deux répond à l’autre" in page
    assert "replies to" not in page


def test_erased_evidence_says_so(rana: Person, found: Link) -> None:
    Link.objects.update(evidence=None)
    assert "The evidence was erased by its rule." in html(signed_in(rana).get(f"/links/{found.pk}"))


def test_suggestions_that_are_switched_off_say_so(rana: Person) -> None:
    search = a_search()
    LinkSearch.objects.bulk_create(
        [LinkSearch(**{**_fields(search), "switched_off": "the placebo finds <i>40 %</i>"})]
    )
    page = html(signed_in(rana).get("/links"))
    assert "Suggestions for local are switched off." in page
    assert "&lt;i&gt;40 %&lt;/i&gt;" in page


def _fields(search: LinkSearch) -> dict[str, object]:
    return {
        field.name: getattr(search, field.name) for field in LinkSearch._meta.fields if field.name != "id"
    }


def test_a_confirmed_link_is_evidence_on_the_page_of_the_case_and_may_be_cited(
    rana: Person, found: Link
) -> None:
    on = found.account.cases.get()
    browser = signed_in(rana)
    assert "Whose return it may be" not in html(browser.get(f"/cases/{on.pk}"))
    judge_link(staff()[0], found.pk, "same", WHY, NOW)
    page = html(browser.get(f"/cases/{on.pk}"))
    assert "Whose return it may be" in page
    assert f'name="links" value="{found.pk}"' in page
    form = {
        "version": "0",
        "key": "k",
        "outcome": "upheld",
        "action": "warn",
        "facts": "Came back.",
        "links": [found.pk],
    }
    preview = html(browser.post(f"/cases/{on.pk}/preview", form))
    assert preview.count(f'<input type="hidden" name="links" value="{found.pk}"') == 3
    again = html(browser.post(f"/cases/{on.pk}/preview", {**form, "change": "yes"}))
    assert f'value="{found.pk}" checked' in again
    browser.post(f"/cases/{on.pk}/decide", form)
    decision = Decision.objects.get(case=on)
    assert [citation.link for citation in decision.citations.all()] == [found]
    assert "Cites" in html(browser.get(f"/decisions/{decision.pk}"))
    assert "Decisions that cite it" in html(browser.get(f"/links/{found.pk}"))


def test_what_was_ticked_stays_ticked_when_a_proposal_is_refused(rana: Person, found: Link) -> None:
    on = found.account.cases.get()
    judge_link(staff()[0], found.pk, "same", WHY, NOW)
    form = {
        "version": "9",
        "key": "k",
        "outcome": "upheld",
        "action": "warn",
        "facts": "Came back.",
        "links": [found.pk],
    }
    page = html(signed_in(rana).post(f"/cases/{on.pk}/decide", form), 409)
    assert f'value="{found.pk}" checked' in page


def test_a_page_of_no_link_is_not_there(rana: Person) -> None:
    assert signed_in(rana).get("/links/987654").status_code == 404
    assert signed_in(rana).post("/links/987654/judge", {"verdict": "same", "reasons": WHY}).status_code == 404
