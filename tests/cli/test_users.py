"""People and their roles from the shell of the machine, and how they prove who they are there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import authenticate
from tests.cli.case import command, one_line

from ostrakon.casework.models import Person
from ostrakon.casework.permissions import roles_of
from ostrakon.errors import NotPermitted, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.web.proof import by_password, choose_password, needs_code, refuse_wrong_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("service")]


def done(*arguments: str) -> str:
    ended = command("users", *arguments)
    assert (ended.status, ended.err) == (0, "")
    return ended.out


def refused(*arguments: str, status: int = 1) -> str:
    ended = command("users", *arguments)
    assert (ended.status, ended.out) == (status, "")
    return one_line(ended.err)


def password_in(said: str) -> str:
    (found,) = re.findall(r"with the password (\S+)", said)
    return str(found)


def added(name: str = "bram", *roles: str) -> Person:
    options = [option for role in roles for option in ("--role", role)]
    password = password_in(done("add", name, *options))
    person = authenticate(username=name, password=password)
    assert isinstance(person, Person)
    return person


def test_a_colleague_is_added_with_roles_and_a_password_for_one_use() -> None:
    person = added("bram", "reviewer", "approver")
    assert person.must_change_password
    assert roles_of(person) == {"reviewer", "approver"}
    assert [entry.kind for entry in Entry.objects.order_by("number")[1:]] == [
        Kind.PERSON_ADDED,
        Kind.ROLE_GRANTED,
        Kind.ROLE_GRANTED,
    ]


def test_nobody_is_added_with_a_role_that_does_not_exist() -> None:
    assert "there is no role king" in refused("add", "bram", "--role", "king", status=2)
    assert not Person.objects.exists()


def test_a_role_is_given_and_taken() -> None:
    person = added()
    done("grant", "bram", "auditor")
    assert roles_of(person) == {"auditor"}
    done("end", "bram", "auditor")
    assert roles_of(person) == set()
    assert "do not have this role" in refused("end", "bram", "auditor")


def test_the_last_administrator_stays() -> None:
    added("ada", "administrator")
    assert "last administrator" in refused("deactivate", "ada")


def test_a_new_password_ends_the_old_one() -> None:
    old = password_in(done("add", "bram"))
    new = password_in(done("reset-password", "bram"))
    assert authenticate(username="bram", password=old) is None
    assert authenticate(username="bram", password=new)


def test_somebody_who_left_does_not_get_in_and_may_come_back() -> None:
    added("ada", "administrator")
    person = added("bram", "reviewer")
    done("deactivate", "bram")
    assert roles_of(Person.objects.get(pk=person.pk)) == set()
    done("reactivate", "bram")
    assert roles_of(Person.objects.get(pk=person.pk)) == {"reviewer"}


def test_everybody_is_listed_with_their_roles() -> None:
    added("ada", "administrator")
    added("bram", "reviewer", "approver")
    assert [line.split() for line in done("list").splitlines()] == [
        ["name", "active", "roles", "password"],
        ["ada", "yes", "administrator", "for", "one", "use"],
        ["bram", "yes", "reviewer,", "approver", "for", "one", "use"],
    ]


def test_a_name_that_nobody_has_is_said() -> None:
    assert "nobody here logs in as mallory" in refused("grant", "mallory", "auditor")


# Who sits at the shell


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_a_password_is_believed_only_with_its_name() -> None:
    password = password_in(done("add", "bram"))
    assert by_password("bram", password).username == "bram"
    for name, wrong in [("bram", "wrong"), ("mallory", password), ("", "")]:
        with pytest.raises(NotPermitted, match="do not belong together"):
            by_password(name, wrong)


def test_a_guest_and_somebody_inactive_have_no_password_here() -> None:
    for kind in ({"is_guest": True}, {"is_active": False}):
        name = next(iter(kind))
        Person.objects.create_user(name, password="correct horse", **kind)
        with pytest.raises(NotPermitted):
            by_password(name, "correct horse")


def test_a_password_of_ones_own_must_be_a_good_one() -> None:
    person = added("bram")
    with pytest.raises(Unfit):
        choose_password(person, "bram")
    choose_password(person, "correct horse battery")
    assert not Person.objects.get().must_change_password
    assert by_password("bram", "correct horse battery")


def test_without_a_second_factor_nobody_gets_a_key() -> None:
    with pytest.raises(NotPermitted, match="set up a second factor first"):
        needs_code(added("bram"))


def test_a_code_works_once() -> None:
    person = added("bram")
    TOTP.activate(person, secret := generate_totp_secret())
    assert needs_code(person)
    with pytest.raises(NotPermitted):
        refuse_wrong_code(person, "000000" if code_of(secret) != "000000" else "111111")
    code = code_of(secret)
    refuse_wrong_code(person, f" {code} ")
    with pytest.raises(NotPermitted, match="used before"):
        refuse_wrong_code(person, code)


def test_a_recovery_code_works_once_too() -> None:
    person = added("bram")
    TOTP.activate(person, generate_totp_secret())
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    refuse_wrong_code(person, code)
    with pytest.raises(NotPermitted):
        refuse_wrong_code(person, code)


def test_where_no_second_factor_is_asked_for_a_password_is_enough(settings: Any) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, second_factor=False)
    assert not needs_code(added("bram"))
