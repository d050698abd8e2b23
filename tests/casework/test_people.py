"""Who works here: added, given roles by somebody else, made inactive; one administrator is always there."""

from __future__ import annotations

import pytest
from tests.casework.case import NOW, person
from tests.casework.deciding import fresh, refused

from ostrakon.casework.actions.people import (
    add_person,
    deactivate,
    end_grant,
    grant,
    reactivate,
    reset_password,
)
from ostrakon.casework.models import Grant, Person, Role
from ostrakon.casework.permissions import Act, may, roles_of
from ostrakon.errors import NotInThisState, NotPermitted, Unfit
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    return person("ada", "administrator")


def test_a_new_colleague_has_a_password_for_once_and_no_role(ada: Person) -> None:
    bram, password = add_person("bram", by=ada, now=NOW, name="Bram", email="bram@example.org")
    assert (bram.check_password(password), bram.must_change_password) == (True, True)
    assert roles_of(bram) == frozenset()
    entry = Entry.objects.get(kind="person_added")
    assert (entry.actor, entry.subject) == (ada.actor, f"person:{bram.pk}")
    assert "Bram" not in entry.body
    assert "example.org" not in entry.body


@pytest.mark.parametrize("username", ["", "b r a m", "b/ram", "x" * 151, "bram\0"])
def test_a_name_that_nobody_can_log_in_with_is_refused(ada: Person, username: str) -> None:
    with pytest.raises(Unfit):
        add_person(username, by=ada, now=NOW)


def test_two_people_do_not_share_a_name(ada: Person) -> None:
    with pytest.raises(NotInThisState, match="somebody has this name"):
        add_person("ADA", by=ada, now=NOW)


def test_the_first_administrator_is_made_from_the_shell() -> None:
    first, _ = add_person("ada", by=None, now=NOW)
    grant(first, Role.ADMINISTRATOR, by=None, now=NOW)
    assert may(first, Act.MANAGE_PEOPLE)
    assert set(Entry.objects.values_list("actor", flat=True)) == {"system"}


def test_a_role_is_given_and_taken_by_an_administrator(ada: Person) -> None:
    bram = person("bram")
    grant(bram, Role.REVIEWER, by=ada, now=NOW)
    grant(bram, Role.REVIEWER, by=ada, now=NOW)  # who has it keeps it
    assert roles_of(bram) == {Role.REVIEWER}
    end_grant(bram, Role.REVIEWER, by=ada, now=NOW)
    assert roles_of(bram) == frozenset()
    with pytest.raises(NotInThisState, match="do not have this role"):
        end_grant(bram, Role.REVIEWER, by=ada, now=NOW)
    grant(bram, Role.REVIEWER, by=ada, now=NOW)
    assert bram.grants.count() == 2  # the ended one stays
    assert list(Entry.objects.order_by("number").values_list("kind", flat=True)) == [
        "role_granted",
        "role_ended",
        "role_granted",
    ]


def test_nobody_gives_a_role_to_themselves(ada: Person) -> None:
    with pytest.raises(NotPermitted, match="to themselves"):
        grant(ada, Role.SAFETY_LEAD, by=ada, now=NOW)


def test_only_administrators_manage_people(ada: Person) -> None:
    for role in ("reviewer", "approver", "appeals", "safety_lead", "auditor"):
        who = person(role, role)
        for act in (
            lambda: add_person("eve", by=who, now=NOW),  # noqa: B023
            lambda: grant(ada, Role.REVIEWER, by=who, now=NOW),  # noqa: B023
            lambda: end_grant(ada, Role.ADMINISTRATOR, by=who, now=NOW),  # noqa: B023
            lambda: deactivate(ada, by=who),  # noqa: B023
            lambda: reactivate(ada, by=who),  # noqa: B023
            lambda: reset_password(ada, by=who),  # noqa: B023
        ):
            with pytest.raises(NotPermitted):
                act()
    assert not Entry.objects.exists()


def test_the_last_administrator_stays(ada: Person) -> None:
    with pytest.raises(NotInThisState, match="last administrator"):
        end_grant(ada, Role.ADMINISTRATOR, by=ada, now=NOW)
    with pytest.raises(NotInThisState, match="last administrator"):
        deactivate(ada, by=None)
    bea = person("bea", "administrator")
    deactivate(bea, by=ada)
    with pytest.raises(NotInThisState, match="last administrator"):  # an inactive one does not count
        end_grant(ada, Role.ADMINISTRATOR, by=ada, now=NOW)
    reactivate(bea, by=ada)
    end_grant(ada, Role.ADMINISTRATOR, by=bea, now=NOW)
    assert not may(ada, Act.MANAGE_PEOPLE)


def test_who_is_inactive_may_do_nothing_until_they_come_back(ada: Person) -> None:
    bram = person("bram", "reviewer")
    deactivate(bram, by=ada)
    assert roles_of(fresh(bram)) == frozenset()
    for again in (
        lambda: deactivate(bram, by=ada),
        lambda: grant(bram, Role.APPROVER, by=ada, now=NOW),
        lambda: reset_password(bram, by=ada),
    ):
        with pytest.raises(NotInThisState):
            again()
    reactivate(bram, by=ada)
    assert roles_of(fresh(bram)) == {Role.REVIEWER}


def test_a_forgotten_password_gives_way_to_one_for_once(ada: Person) -> None:
    bram = person("bram", "reviewer")
    password = reset_password(bram, by=ada)
    kept = fresh(bram)
    assert (kept.check_password(password), kept.must_change_password) == (True, True)
    assert password not in Entry.objects.get(kind="person_changed").body


def test_a_grant_is_ended_once_and_nothing_else_by_the_database_too(ada: Person) -> None:
    bram = person("bram", "reviewer")
    for changed in ({"role": "safety_lead"}, {"person": ada}, {"granted_by": ada}):
        with refused("may be ended"):
            Grant.objects.filter(person=bram).update(**changed)
    Grant.objects.filter(person=bram).update(ended_at=NOW)
    with refused("may be ended"):
        Grant.objects.filter(person=bram).update(ended_at=None)
