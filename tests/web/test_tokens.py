"""Keys: shown once, narrow, ended by time or by hand, and never more than their person."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.web.case import API, key_of, person, problem, send, signed_in, source, with_key

from ostrakon.casework.models import Grant, Person, Role
from ostrakon.errors import NotPermitted, NotThere, Unfit
from ostrakon.ledger.models import Entry
from ostrakon.web.models import Token
from ostrakon.web.tokens import Scope, make_own_token, make_source_token, revoke_token, token_of

pytestmark = pytest.mark.django_db


def test_a_key_is_shown_once_and_kept_as_a_digest() -> None:
    browser = signed_in(person("alice", Role.REVIEWER))
    answer = send(browser, "/tokens", {"name": "my script", "scopes": ["cases:read"]})
    assert answer.status_code == 201
    key = answer.json()["key"]
    assert key.startswith("ost_")
    assert len(key) > 40
    token = Token.objects.get()
    assert token.digest == hashlib.sha256(key.encode()).hexdigest()
    assert key not in browser.get(f"{API}/tokens").content.decode()
    entry = Entry.objects.get(kind="token_made")
    assert key not in entry.body
    assert "my script" not in entry.body


def test_a_persons_key_opens_no_more_than_the_person_may_do() -> None:
    alice = person("alice", Role.REVIEWER)
    client = with_key(key_of(alice, *Scope))
    assert problem(
        send(client, f"/sources/{source().pk}/tokens", {"name": "x", "scopes": ["reports:write"]})
    ) == ("not_permitted")


def test_a_persons_key_opens_no_more_than_its_scopes() -> None:
    client = with_key(key_of(person("alice", Role.ADMINISTRATOR), Scope.CASES_READ))
    assert problem(client.get(f"{API}/tokens")) == "scope_missing"


def test_a_role_that_ended_closes_the_keys_too() -> None:
    alice = person("alice", Role.ADMINISTRATOR)
    client = with_key(key_of(alice, Scope.ADMIN))
    assert client.get(f"{API}/tokens").status_code == 200
    Grant.objects.filter(person=alice).update(ended_at=timezone.now())
    assert problem(client.get(f"{API}/tokens")) == "not_permitted"


@pytest.mark.parametrize(
    "ended",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
    ],
)
def test_a_key_that_ended_opens_nothing(ended: dict[str, object]) -> None:
    client = with_key(key_of(person("alice", Role.ADMINISTRATOR), Scope.ADMIN, **ended))
    assert problem(client.get(f"{API}/tokens")) == "not_signed_in"


def test_somebody_inactive_has_no_keys() -> None:
    alice = person("alice", Role.ADMINISTRATOR)
    key = key_of(alice, Scope.ADMIN)
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    assert token_of(key, timezone.now()) is None


@pytest.mark.parametrize(
    "header", ["Bearer ost_forged", "Bearer ", "Bearer \udcff", "Bearer a b", "Bearer é"]
)
def test_a_forged_key_opens_nothing_even_beside_a_session(header: str) -> None:
    browser = signed_in(person("alice", Role.ADMINISTRATOR))
    answer = browser.get(f"{API}/tokens", headers={"Authorization": header})
    assert problem(answer) == "not_signed_in"


def test_who_tries_many_forged_keys_is_slowed_down() -> None:
    client = with_key("ost_forged")
    answers = [client.get(f"{API}/tokens") for _ in range(61)]
    assert problem(answers[59]) == "not_signed_in"
    assert problem(answers[60]) == "too_often"
    assert 0 < int(answers[60]["Retry-After"]) <= 60


def test_nobody_makes_a_key_for_somebody_else() -> None:
    """Whoever could, would be the second person of their own proposals."""
    admin = person("alice", Role.ADMINISTRATOR)
    made = make_own_token(admin, name="x", scopes=["admin"], expires_at=None, now=timezone.now())
    assert made.token.person == admin


def test_a_key_makes_no_keys() -> None:
    client = with_key(key_of(person("alice", Role.ADMINISTRATOR), Scope.ADMIN))
    assert problem(send(client, "/tokens", {"name": "x", "scopes": ["admin"]})) == "not_permitted"


def test_a_source_has_only_the_scopes_of_a_source() -> None:
    admin = person("alice", Role.ADMINISTRATOR)
    with pytest.raises(Unfit, match="cases:read"):
        make_source_token(
            admin, source(), name="x", scopes=["cases:read"], expires_at=None, now=timezone.now()
        )


def test_only_an_administrator_makes_keys_for_a_source() -> None:
    with pytest.raises(NotPermitted):
        make_source_token(
            person("alice", Role.SAFETY_LEAD),
            source(),
            name="x",
            scopes=["reports:write"],
            expires_at=None,
            now=timezone.now(),
        )


def test_a_key_of_a_source_reads_nothing() -> None:
    client = with_key(key_of(source(), Scope.REPORTS_WRITE, Scope.ADMIN))
    assert problem(client.get(f"{API}/tokens")) == "not_permitted"


def test_a_key_cannot_end_before_it_begins() -> None:
    now = timezone.now()
    with pytest.raises(Unfit, match="past"):
        make_own_token(
            person("alice", Role.REVIEWER), name="x", scopes=["cases:read"], expires_at=now, now=now
        )


def test_somebody_without_a_role_gets_no_key() -> None:
    assert problem(send(signed_in(person("alice")), "/tokens", {"name": "x", "scopes": ["admin"]})) == (
        "not_permitted"
    )


def test_a_revoked_key_is_revoked_once() -> None:
    alice = person("alice", Role.REVIEWER)
    key_of(alice, Scope.CASES_READ)
    token = Token.objects.get()
    browser = signed_in(alice)
    assert send(browser, f"/tokens/{token.pk}/revoke").status_code == 204
    assert send(browser, f"/tokens/{token.pk}/revoke").status_code == 204
    assert Entry.objects.filter(kind="token_revoked").count() == 1


def test_nobody_learns_of_other_peoples_keys() -> None:
    key_of(person("alice", Role.REVIEWER), Scope.CASES_READ)
    token, bram = Token.objects.get(), person("bram", Role.REVIEWER)
    with pytest.raises(NotThere):
        revoke_token(bram, token.pk, timezone.now())
    browser = signed_in(bram)
    assert problem(send(browser, f"/tokens/{token.pk}/revoke")) == "not_there"
    assert problem(send(browser, f"/tokens/{token.pk + 1}/revoke")) == "not_there"
    assert browser.get(f"{API}/tokens").json() == {"items": [], "next": None}


def test_the_database_knows_no_token_without_an_owner() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.create(name="x", digest="0" * 64, made_at=timezone.now())


def test_a_list_is_read_page_by_page() -> None:
    alice = person("alice", Role.REVIEWER)
    for days in range(1, 6):
        key_of(
            alice, Scope.CASES_READ, **{"expires_at": timezone.now() + timedelta(days=days)} | {"pk": days}
        )
    browser, seen, after = signed_in(alice), [], ""
    while True:
        page = browser.get(f"{API}/tokens?limit=2{after}").json()
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [5, 4, 3, 2, 1]
