"""Every page, role by role: whoever is not in its row is refused, and what is refused tells nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from tests.web.case import person, signed_in
from tests.web.security.table import ALL, NOTHING, NUMBERED, ROLES, TABLE, addresses, form_of
from tests.web.security.world import House

from ostrakon.casework.models import Person, Role
from ostrakon.ledger.models import Entry
from ostrakon.web.models import SavedFilter, Token

pytestmark = pytest.mark.django_db

REFUSALS = {401, 403, 405}
READ_THERE = {"answer": "decision", "act_on_batch": "batch"}
"""Where a refusal comes back with the page of the thing: whoever may read that knows that it exists."""
LOGIN = "/accounts/login/"


def browser_of(letter: str, house: House) -> Client:
    """Of somebody with one role; G: the guest of the first case; N: nobody; K: a source's program."""
    if letter in ROLES:
        return signed_in(person(f"role-{letter}", ROLES[letter]))
    if letter == "G":
        return signed_in(house.guest)
    return house.program if letter == "K" else Client(raise_request_exception=False)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def is_sent_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(LOGIN)


def test_every_address_has_its_row() -> None:
    assert addresses().keys() == TABLE.keys()


@pytest.mark.parametrize("letter", ALL)
def test_whoever_is_in_the_row_comes_in_and_nobody_else(
    letter: str, house: House, pages: dict[str, str]
) -> None:
    browser, wrong = browser_of(letter, house), {}
    for name, row in TABLE.items():
        for method, allowed in (("get", row.get), ("post", row.post)):
            with undone():
                answer = getattr(browser, method)(
                    pages[name], form_of(name, house) if method == "post" else {}
                )
            if not _is_as_the_table_says(answer, allowed, letter):
                wrong[f"{method} {name}"] = answer.status_code
    assert wrong == {}


def _is_as_the_table_says(answer: Any, allowed: str | None, letter: str) -> bool:
    if allowed is None:
        return bool(answer.status_code == 405)
    if letter in allowed:
        return (
            answer.status_code < 500 and answer.status_code not in REFUSALS and not is_sent_to_sign_in(answer)
        )
    return is_sent_to_sign_in(answer) if letter in "NK" else answer.status_code == 403


@pytest.mark.parametrize("letter", [*ROLES, "G"])
def test_a_refusal_is_the_same_whether_a_thing_exists_or_not(
    letter: str, house: House, known: dict[str, object], pages: dict[str, str]
) -> None:
    browser = browser_of(letter, house)
    for name, places in addresses().items():
        if not NUMBERED.intersection(places):
            continue
        nothing = reverse(name, args=[NOTHING if place in NUMBERED else known[place] for place in places])
        row = TABLE[name]
        for method, allowed in (("get", row.get), ("post", row.post)):
            if allowed is None:
                continue
            form = form_of(name, house) if method == "post" else {}
            with undone():
                there, absent = (getattr(browser, method)(page, form) for page in (pages[name], nothing))
            if letter not in allowed and letter not in (
                TABLE[READ_THERE[name]].get or "" if name in READ_THERE else ""
            ):
                assert _told(there) == _told(absent), (method, name)
            elif letter in allowed and name != "forget_filter":  # what is not there is forgotten already
                assert absent.status_code == 404, (method, name)


def _told(answer: Any) -> tuple[int, str]:
    """What somebody learns: numbers, tokens and the address itself aside."""
    return answer.status_code, re.sub(r"[A-Za-z0-9]{64}|\d+", "", answer.content.decode())


def test_a_guest_learns_nothing_of_other_cases_not_even_that_there_are_any(house: House) -> None:
    browser = browser_of("G", house)
    other, own = house.decisions[1], house.decisions[0]
    evidence = {
        of.account_id: of.account.evidence.order_by("pk").values_list("pk", flat=True)[0]
        for of in (other, own)
    }
    for there, nothing in (
        (f"/cases/{other.case_id}", f"/cases/{NOTHING}"),
        (f"/decisions/{other.pk}", f"/decisions/{NOTHING}"),
        (f"/evidence/{evidence[other.account_id]}/media", f"/evidence/{NOTHING}/media"),
    ):
        answers = [browser.get(page) for page in (there, nothing)]
        assert [answer.status_code for answer in answers] == [404, 404], there
        assert len({_told(answer) for answer in answers}) == 1, there
    for there, nothing in (
        (
            f"/cases/{other.case_id}/evidence/{evidence[other.account_id]}",
            f"/cases/{NOTHING}/evidence/{NOTHING}",
        ),
        (
            f"/cases/{own.case_id}/evidence/{evidence[other.account_id]}",
            f"/cases/{own.case_id}/evidence/{NOTHING}",
        ),
        (f"/decisions/{other.pk}/answer", f"/decisions/{NOTHING}/answer"),
    ):
        for verb in ("approve", "decline", "withdraw", "reverse"):
            answers = [browser.post(page, {"verb": verb, "why": "I say so"}) for page in (there, nothing)]
            assert [answer.status_code for answer in answers] == [404, 404], (there, verb)
            assert len({_told(answer) for answer in answers}) == 1, (there, verb)


def test_the_account_of_a_guest_opens_no_list_of_anything(house: House) -> None:
    browser = browser_of("G", house)
    shown = browser.get(f"/cases/{house.case(0).pk}").content.decode()
    links = set(re.findall(r'href="(/[^"#?]*)', shown))
    for link in links:
        assert browser.get(link).status_code in (200, 302), f"a link that a guest may not follow: {link}"


def test_an_invitation_that_is_over_looks_like_one_that_never_was(house: House) -> None:
    page = f"/cases/{house.case(0).pk}/guests"
    shown = signed_in(house.bram).post(page, {"server": "example.org", "name": "Esi"}).content.decode()
    over = shown.partition("<code>http://testserver")[2].partition("</code>")[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_guestinvitation SET expires_at = invited_at")
    answers = {page: Client().post(page) for page in (over, "/guest/forged")}
    assert [answer.status_code for answer in answers.values()] == [404, 404]
    assert (
        len({_told(answer)[1].replace(re.sub(r"\d+", "", page), "") for page, answer in answers.items()}) == 1
    )


def test_the_views_and_keys_of_others_are_left_alone(known: dict[str, object]) -> None:
    lena = signed_in(person("lara", Role.SAFETY_LEAD))
    absent = lena.post(f"/settings/tokens/{NOTHING}/end")
    his = lena.post(f"/settings/tokens/{known['token_id']}/end")
    assert (his.status_code, _told(his)) == (404, _told(absent))
    lena.post(f"/queue/filters/{known['filter_id']}/remove")
    assert SavedFilter.objects.filter(pk=known["filter_id"]).exists()
    assert Token.objects.get(pk=known["token_id"]).revoked_at is None
    assert "his key" not in lena.get("/settings/tokens").content.decode()


def test_an_auditor_changes_nothing_but_their_own_keys_and_views(house: House, pages: dict[str, str]) -> None:
    browser = browser_of("U", house)
    before, entries = _rows(), Entry.objects.count()
    for name, row in TABLE.items():
        if row.post is not None and not name.startswith("public:") and name != "guest":
            browser.post(pages[name], form_of(name, house))
    changed = {table for table, count in _rows().items() if count != before[table]}
    assert changed == {"web_token", "web_savedfilter", "casework_exposure", "ledger_entry"}
    kinds = Entry.objects.order_by("number")[entries:].values_list("kind", flat=True)
    assert {*kinds} == {"token_made", "evidence_revealed"}


def _rows() -> dict[str, tuple[object, ...]]:
    """What each table of ours holds, as a digest that any change changes."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if (
                table.startswith(("casework_", "intake_", "triage_", "enforcement_", "ledger_", "web_"))
                and "ratelimit" not in table
            ):
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = tuple(sorted(map(repr, cursor.fetchall())))
    return found


def test_a_person_without_a_role_sees_nothing(house: House, pages: dict[str, str]) -> None:
    browser = signed_in(Person.objects.create(username="esi"))
    for name, row in TABLE.items():
        if row.get is not None and "N" not in row.get:
            assert browser.get(pages[name]).status_code in (302, 403), name
