"""People sign in; what they may reach before they are who they should be is little."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.test import Client
from tests.web.case import API, PASSWORD, key_of, person, problem, send, signed_in, with_key

from ostrakon.casework.models import Person, Role
from ostrakon.web.models import RateLimit, Remembered
from ostrakon.web.tokens import Scope

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
NEW_PASSWORD = "another fine and long one"


def alice_with(password: str = PASSWORD, *, second_factor: bool = True, must_change: bool = False) -> Person:
    alice = person("alice", Role.ADMINISTRATOR, second_factor=False)
    alice.set_password(password)
    alice.must_change_password = must_change
    alice.save()
    if second_factor:
        TOTP.activate(alice, SECRET)
    return alice


def code() -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(SECRET, counter))


def sign_in(browser: Client, name: str = "alice", password: str = PASSWORD) -> object:
    return browser.post("/accounts/login/", {"login": name, "password": password})


def test_a_password_and_a_code_open_the_door() -> None:
    alice_with()
    browser = Client()
    assert sign_in(browser)["Location"] == "/accounts/2fa/authenticate/"
    assert problem(browser.get(f"{API}/tokens")) == "not_signed_in"
    browser.post("/accounts/2fa/authenticate/", {"code": code()})
    assert browser.get(f"{API}/tokens").status_code == 200


def test_a_code_opens_once() -> None:
    alice_with()
    used = code()
    for expected in ("/", None):
        browser = Client()
        sign_in(browser)
        answer = browser.post("/accounts/2fa/authenticate/", {"code": used})
        assert answer.headers.get("Location") == expected


def test_the_secret_of_a_second_factor_is_sealed() -> None:
    alice_with()
    assert SECRET not in str(Authenticator.objects.get().data)


@pytest.mark.parametrize(
    ("state", "page", "expected"),
    [
        ({"second_factor": False}, "/accounts/2fa/", "second_factor_required"),
        ({"must_change": True}, "/accounts/password/change/", "password_change_required"),
    ],
)
def test_whoever_must_mend_something_reaches_nothing_else(
    state: dict[str, bool], page: str, expected: str
) -> None:
    browser = signed_in(alice_with(**state))
    assert problem(browser.get(f"{API}/tokens")) == expected
    assert browser.get("/")["Location"] == page
    assert browser.get(page).status_code in {200, 302}
    assert browser.get("/static/ostrakon/console.css").status_code == 200
    assert browser.get("/accounts/logout/").status_code == 200


def test_a_changed_password_is_ones_own() -> None:
    alice = alice_with(must_change=True)
    browser = signed_in(alice)
    fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert browser.post("/accounts/password/change/", fields).status_code == 302
    alice.refresh_from_db()
    assert not alice.must_change_password
    assert alice.check_password(NEW_PASSWORD)


def test_setting_up_a_second_factor_opens_the_rest() -> None:
    browser = Client()
    alice_with(second_factor=False)
    sign_in(browser)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/")
    secret = re.search(r"[A-Z2-7]{32}", page.content.decode())
    assert secret is not None
    counter = next(iter(yield_hotp_counters_from_time()))
    answer = browser.post(
        "/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret.group(), counter))}
    )
    assert answer.status_code == 302
    assert browser.get(f"{API}/tokens").status_code == 200


def test_recovery_codes_alone_are_no_second_factor() -> None:
    alice = alice_with(second_factor=False)
    Authenticator.objects.create(user=alice, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert problem(signed_in(alice).get(f"{API}/tokens")) == "second_factor_required"


def test_a_laptop_may_do_without_a_second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(alice_with(second_factor=False))
    monkeypatch.setattr(settings, "CONFIGURATION", replace(settings.CONFIGURATION, second_factor=False))
    assert browser.get(f"{API}/tokens").status_code == 200


@pytest.mark.parametrize(
    "page", ["signup", "password/reset", "email", "social/signup", "3rdparty/signup", "3rdparty"]
)
def test_nobody_registers_or_resets_anything(page: str) -> None:
    for browser in (Client(), signed_in(person("bram", Role.REVIEWER))):
        assert browser.get(f"/accounts/{page}/").status_code == 404
        assert browser.post(f"/accounts/{page}/", {"username": "mallory"}).status_code == 404
    assert not Person.objects.filter(username="mallory").exists()


def test_what_changes_something_needs_the_csrf_token() -> None:
    alice = alice_with()
    browser = signed_in(alice, csrf=True)
    wanted = {"name": "x", "scopes": ["cases:read"]}
    assert problem(send(browser, "/tokens", wanted)) == "csrf_failed"
    assert problem(send(browser, "/tokens", wanted, headers={"X-CSRFToken": "a" * 32})) == "csrf_failed"
    assert browser.get(f"{API}/tokens").status_code == 200
    browser.get("/accounts/password/change/")
    token = browser.cookies["csrftoken"].value
    assert send(browser, "/tokens", wanted, headers={"X-CSRFToken": token}).status_code == 201


def test_a_key_needs_no_csrf_token() -> None:
    client = with_key(key_of(alice_with(), Scope.ADMIN))
    client.handler.enforce_csrf_checks = True
    assert problem(send(client, "/tokens", {"name": "x", "scopes": ["admin"]})) == "not_permitted"


def test_who_guesses_passwords_is_slowed_down_and_locks_nobody_else_out() -> None:
    alice_with()
    for _ in range(5):
        sign_in(Client(), password="wrong")
    assert "Too many failed" in sign_in(Client()).content.decode()  # type: ignore[attr-defined]
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert sign_in(elsewhere)["Location"] == "/accounts/2fa/authenticate/"  # type: ignore[index]


def test_neither_names_nor_addresses_are_kept_of_who_failed() -> None:
    alice_with()
    sign_in(Client(REMOTE_ADDR="198.51.100.7"), password="wrong")
    kept = str([*Remembered.objects.values_list(), *RateLimit.objects.values_list()])
    assert Remembered.objects.exists()
    assert "198.51" not in kept
    assert "alice" not in kept


def test_an_unknown_name_and_a_wrong_password_look_the_same() -> None:
    alice_with()
    known = sign_in(Client(), password="wrong").content.decode()  # type: ignore[attr-defined]
    unknown = sign_in(Client(), name="nobody", password="wrong").content.decode()  # type: ignore[attr-defined]
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", known) == strip.sub("", unknown)
