"""A guest of a partner server is the second person of one case, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.case import NOW, account, case, person, policy
from tests.casework.deciding import (
    by_plain_sql,
    fresh,
    open_case,
    proposed_suspension,
    refused,
    suspension,
    warning,
)

from ostrakon.casework.actions.approve import approve, decline
from ostrakon.casework.actions.invite import STANDS_FOR, arrive, invite_guest, revoke_invitation
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.models import Case, Decision, Grant, GuestInvitation, Participation, Person
from ostrakon.casework.permissions import Act, may, roles_of
from ostrakon.casework.sight import cases_seen_by
from ostrakon.errors import NotInThisState, NotPermitted, NotThere, Unfit
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def bram() -> Person:
    return person("bram", "reviewer")


def guest_of(on: Case, host: Person, name: str = "Gus") -> Person:
    return arrive(invite_guest(host, on.pk, "partner.example", name, NOW)[1], NOW)


def other_case() -> Case:
    return case(account("frida"), policy("spam"))


def test_a_team_of_one_suspends_with_a_guest(bram: Person) -> None:
    on = open_case()
    decision = proposed_suspension(bram, on)
    gus = guest_of(on, bram)
    approve(gus, decision.pk, NOW)
    kept = fresh(decision)
    assert (kept.status, kept.approved_by, kept.approver_standing) == ("in_force", gus, "guest")
    assert gus.participations.get().part == "approved"
    assert Entry.objects.get(kind="decision_approved").actor == f"guest:{gus.pk}"


def test_a_guest_may_approve_under_pressure(bram: Person) -> None:
    on = open_case(under_pressure=True)
    decision = proposed_suspension(bram, on)
    assert approve(guest_of(on, bram), decision.pk, NOW).status == "in_force"


def test_a_guest_may_say_no(bram: Person) -> None:
    on = open_case()
    decision = proposed_suspension(bram, on)
    assert decline(guest_of(on, bram), decision.pk, "This is a quotation.", NOW).status == "declined"


def test_a_guest_sees_one_case_only(bram: Person) -> None:
    on, other = open_case(), other_case()
    gus = guest_of(on, bram)
    assert list(cases_seen_by(gus, NOW)) == [on]
    assert set(cases_seen_by(bram, NOW)) == {on, other}
    decision = proposed_suspension(bram, other)
    for number in (decision.pk, decision.pk + 1):  # one of another case and none look the same
        with pytest.raises(NotThere, match="no such decision, or it is not for you"):
            approve(gus, number, NOW)


def test_a_guest_does_nothing_else(bram: Person) -> None:
    on = open_case()
    decision = propose(bram, warning(on), NOW)
    gus = guest_of(on, bram)
    assert roles_of(gus) == frozenset()
    assert not any(may(gus, act) for act in Act)
    with pytest.raises(NotPermitted):
        propose(gus, suspension(fresh(on)), NOW)
    with pytest.raises(NotPermitted):
        overturn(gus, decision.pk, "Wrong.", NOW)
    with pytest.raises(NotPermitted):
        invite_guest(gus, on.pk, "another.example", "Hal", NOW)


def test_an_invitation_ends(bram: Person) -> None:
    on = open_case()
    decision = proposed_suspension(bram, on)
    _, token = invite_guest(bram, on.pk, "partner.example", "Gus", NOW)
    end = NOW + STANDS_FOR
    gus = arrive(token, end - timedelta(seconds=1))
    with pytest.raises(NotThere):
        arrive(token, end)
    assert not cases_seen_by(gus, end).exists()
    with pytest.raises(NotThere):
        approve(gus, decision.pk, end)


def test_an_invitation_can_be_taken_back_before_and_after_its_guest_came(bram: Person) -> None:
    on = open_case()
    decision = proposed_suspension(bram, on)
    early, token = invite_guest(bram, on.pk, "partner.example", "Gus", NOW)
    revoke_invitation(bram, early.pk, NOW)
    with pytest.raises(NotThere):
        arrive(token, NOW)
    late, token = invite_guest(bram, on.pk, "partner.example", "Hal", NOW)
    hal = arrive(token, NOW)
    revoke_invitation(bram, late.pk, NOW)
    assert not fresh(hal).is_active
    with pytest.raises(NotThere):
        approve(hal, decision.pk, NOW)
    with pytest.raises(NotInThisState):
        revoke_invitation(bram, late.pk, NOW)
    with pytest.raises(NotThere):
        revoke_invitation(bram, late.pk + 1, NOW)


def test_a_token_is_kept_nowhere_and_a_forged_one_leads_nowhere(bram: Person) -> None:
    on = open_case()
    invitation, token = invite_guest(bram, on.pk, "partner.example", "Gus", NOW)
    assert token not in str(GuestInvitation.objects.values().get())
    assert "partner" not in Entry.objects.get(kind="guest_invited").body
    for forged in ("", token[:-1], invitation.digest, "\ud800", "x" * 100_000):
        with pytest.raises(NotThere):
            arrive(forged, NOW)


def test_who_comes_back_with_the_token_is_the_same_person(bram: Person) -> None:
    _, token = invite_guest(bram, open_case().pk, "partner.example", "Gus", NOW)
    gus = arrive(token, NOW)
    assert arrive(token, LATER) == gus
    assert (gus.is_guest, gus.has_usable_password()) == (True, False)
    assert Entry.objects.filter(kind="guest_arrived").count() == 1


@pytest.mark.parametrize(("server", "name"), [("", "Gus"), ("partner.example", " "), ("x" * 256, "Gus")])
def test_an_invitation_says_who_answers_for_whom(bram: Person, server: str, name: str) -> None:
    with pytest.raises(Unfit):
        invite_guest(bram, open_case().pk, server, name, NOW)


def test_nobody_is_invited_to_a_case_that_there_is_not(bram: Person) -> None:
    with pytest.raises(NotThere):
        invite_guest(bram, 4711, "partner.example", "Gus", NOW)


# Past all our code


def test_the_database_lets_no_guest_approve_another_case(bram: Person) -> None:
    gus = guest_of(open_case(), bram)
    decision = proposed_suspension(bram, other_case())
    with refused("their one case"):
        Decision.objects.update(approved_by=gus, approved_at=NOW, approver_standing="guest")
    with refused("their one case"):
        Participation.objects.create(decision=decision, person=gus, part="approved", at=NOW)


def test_the_database_lets_a_guest_stand_as_a_guest_only_and_nobody_else(bram: Person) -> None:
    on = open_case()
    proposed_suspension(bram, on)
    gus, dana = guest_of(on, bram), person("dana", "approver")
    for who, standing in ((gus, "senior"), (gus, "approver"), (dana, "guest")):
        with refused("approves as a guest"):
            Decision.objects.update(approved_by=who, approved_at=NOW, approver_standing=standing)


def test_the_database_lets_no_guest_propose_write_or_hold_a_role(bram: Person) -> None:
    on = open_case()
    gus = guest_of(on, bram)
    decision = propose(bram, warning(on), NOW)
    for part in ("proposed", "note", "opinion"):
        with refused("their one case"):
            Participation.objects.create(decision=decision, person=gus, part=part, at=NOW)
    with refused("a guest has no role"):
        Grant.objects.create(person=gus, role="safety_lead", granted_at=NOW)
    with refused("a guest stays a guest"):
        by_plain_sql("UPDATE casework_person SET is_guest = NOT is_guest")
    decision.pk, decision.key, decision.proposed_by, decision.status = None, "another", gus, "proposed"
    with refused("their one case"):
        decision.save(force_insert=True)


def test_the_database_lets_nobody_be_their_own_guest(bram: Person) -> None:
    on = open_case()
    invite_guest(bram, on.pk, "partner.example", "Gus", NOW)
    with refused("never by who invited them"):
        GuestInvitation.objects.update(guest=bram)
    with refused("never by who invited them"):
        GuestInvitation.objects.update(guest=person("dana"))
    gus, hal = guest_of(on, bram), guest_of(other_case(), bram)
    with refused("to one case, from one person, for one guest|UNIQUE|unique"):
        GuestInvitation.objects.filter(guest=gus).update(guest=hal)
    for moved in ({"case": hal.invitation.case}, {"invited_by": hal}, {"guest": None}, {"digest": "0" * 64}):
        with refused("to one case, from one person, for one guest"):
            GuestInvitation.objects.filter(guest=gus).update(**moved)
