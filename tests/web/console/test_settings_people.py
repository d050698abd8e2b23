"""People are added, given roles and shut out by an administrator; a password is shown once."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.web.case import person, signed_in
from tests.web.console.settings import MARKUP, browser_of

from ostrakon.casework.models import Grant, Person, Role
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    return browser_of(Role.ADMINISTRATOR, name="alice")


def kinds() -> list[str]:
    return [*Entry.objects.order_by("number").values_list("kind", flat=True)]


def test_a_new_colleague_has_a_password_that_is_shown_once(admin: Client) -> None:
    answer = admin.post("/settings/people", {"username": "efua", "name": "Efua", "email": "efua@example.org"})
    efua = Person.objects.get(username="efua")
    passwords = re.findall(r"<code[^>]*>([^<]+)</code>", answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    assert efua.check_password(passwords[-1])
    assert efua.must_change_password
    assert kinds() == ["person_added"]
    assert passwords[-1] not in admin.get("/settings/people").content.decode()
    assert passwords[-1] not in admin.get(f"/settings/people/{efua.pk}").content.decode()


def test_what_was_written_comes_back_when_it_is_refused(admin: Client) -> None:
    said = {"username": "ALICE", "name": "Alice the second", "email": "second@example.org"}
    answer = admin.post("/settings/people", said)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'class="problem" role="alert"' in html
    assert all(f'value="{word}"' in html for word in said.values())
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"username": ""}, {"username": "a b"}, {"email": "nowhere"}, {"username": "x" * 151}]
)
def test_a_colleague_who_cannot_be_added_is_not(admin: Client, wrong: dict[str, str]) -> None:
    assert admin.post("/settings/people", {"username": "efua", **wrong}).status_code == 422
    assert Person.objects.count() == 1


def test_a_role_is_given_and_ended_and_both_are_on_the_record(admin: Client) -> None:
    bram = person("bram")
    page = f"/settings/people/{bram.pk}"
    assert admin.post(f"{page}/roles/give", {"role": "reviewer"}).headers["Location"] == page
    assert "has it" in admin.get(page).content.decode()
    admin.post(f"{page}/roles/end", {"role": "reviewer"})
    assert Grant.objects.get(person=bram).ended_at is not None
    assert kinds() == ["role_granted", "role_ended"]


def test_nobody_gives_a_role_to_themselves(admin: Client) -> None:
    alice = Person.objects.get(username="alice")
    assert admin.post(f"/settings/people/{alice.pk}/roles/give", {"role": "safety_lead"}).status_code == 403
    assert "Give the role" not in admin.get(f"/settings/people/{alice.pk}").content.decode()


@pytest.mark.parametrize("verb", ["shut-out", "roles/end"])
def test_the_last_administrator_stays(admin: Client, verb: str) -> None:
    alice = Person.objects.get(username="alice")
    answer = admin.post(f"/settings/people/{alice.pk}/{verb}", {"role": "administrator"})
    assert answer.status_code == 409
    assert "last administrator" in answer.content.decode()


def test_whoever_is_shut_out_is_out_at_once_and_can_be_let_in_again(admin: Client) -> None:
    bram = person("bram", Role.REVIEWER)
    browser, page = signed_in(bram), f"/settings/people/{bram.pk}"
    admin.post(f"{page}/shut-out")
    assert browser.get("/queue").status_code == 302
    admin.post(f"{page}/let-in")
    assert signed_in(Person.objects.get(pk=bram.pk)).get("/queue").status_code == 200
    assert kinds() == ["person_changed", "person_changed"]


def test_a_new_password_ends_the_old_one(admin: Client) -> None:
    bram = person("bram", Role.REVIEWER)
    bram.set_password("the old one")
    bram.save()
    answer = admin.post(f"/settings/people/{bram.pk}/password")
    bram.refresh_from_db()
    assert bram.check_password(re.findall(r"<code[^>]*>([^<]+)</code>", answer.content.decode())[-1])
    assert not bram.check_password("the old one")


def test_names_that_somebody_chose_do_nothing_in_the_page(admin: Client) -> None:
    bram = person("bram", Role.REVIEWER)
    Person.objects.filter(pk=bram.pk).update(first_name=MARKUP, username=MARKUP)
    for page in ("/settings/people", f"/settings/people/{bram.pk}"):
        html = admin.get(page).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html


def test_a_role_that_nobody_knows_is_given_to_nobody(admin: Client) -> None:
    bram = person("bram")
    assert admin.post(f"/settings/people/{bram.pk}/roles/give", {"role": "king"}).status_code == 404
    assert admin.post("/settings/people/99/roles/give", {"role": "reviewer"}).status_code == 404


def test_a_guest_is_no_colleague(admin: Client) -> None:
    guest = Person.objects.create(username="guest-1", is_guest=True)
    assert "guest-1" not in admin.get("/settings/people").content.decode()
    assert admin.get(f"/settings/people/{guest.pk}").status_code == 404


def test_many_people_are_read_page_by_page(admin: Client) -> None:
    Person.objects.bulk_create([Person(username=f"p{number:03}", password="!") for number in range(150)])
    first = admin.get("/settings/people").content.decode()
    after = re.findall(r'href="\?after=([^"]+)"', first)[0]
    second = admin.get(f"/settings/people?after={after}").content.decode()
    assert "p098" in first
    assert "p099" not in first
    assert "p099" in second
    assert "p149" in second
