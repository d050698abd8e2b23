"""A decision stays as it was written; only where it stands goes on. Tried past all our code, on the database."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from tests.casework.case import NOW, account, case, decision_in_force, person, policy
from tests.casework.deciding import (
    by_plain_sql,
    deleted_by_plain_sql,
    fresh,
    open_case,
    proposed_suspension,
    refused,
    warning,
)

from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.invite import invite_guest
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.models import (
    Appeal,
    Case,
    Decision,
    Grant,
    GuestInvitation,
    Notice,
    Participation,
    Person,
    Policy,
    PolicyText,
    PolicyVersion,
    Strike,
)

pytestmark = pytest.mark.django_db
Status = Decision.Status

OTHERWISE = {
    "outcome": "rejected",
    "action": "limit",
    "duration_hours": 7,
    "detected": "authority",
    "selection": "audit",
    "propensity": 0.5,
    "under_pressure": True,
    "exempt_press": "yes",
    "exempt_research": "yes",
    "exempt_counter_speech": "yes",
    "proposed_at": NOW + timedelta(hours=1),
    "key": "another",
}


def in_force() -> Decision:
    return decision_in_force(open_case(), person("alice"), person("bram"))


@pytest.mark.parametrize("column", OTHERWISE)
def test_what_was_decided_never_changes(column: str) -> None:
    proposed_suspension(person("dana", "reviewer"), open_case())
    with refused("never changes after it was written"):
        Decision.objects.update(**{column: OTHERWISE[column]})
    with refused("never changes after it was written"):
        by_plain_sql(f"UPDATE casework_decision SET {column} = %s", OTHERWISE[column])


def test_whom_it_was_about_and_who_proposed_it_never_changes() -> None:
    decision = in_force()
    other = case(account("frida"), policy("spam"))
    for moved in (
        {"case": other},
        {"account": other.account},
        {"policy": other.policy},
        {"policy_version": other.policy.versions.get()},
        {"proposed_by": person("eve")},
    ):
        with refused("never changes after it was written"):
            Decision.objects.filter(pk=decision.pk).update(**moved)


def test_facts_may_be_erased_and_nothing_else() -> None:
    decision = in_force()
    with refused("may be erased"):
        Decision.objects.update(facts="Something quite different.")
    Decision.objects.update(facts=None)
    assert fresh(decision).facts is None
    with refused("may be erased"):
        Decision.objects.update(facts="The account sent forty threats to one person.")


STEPS = {
    (Status.PROPOSED, Status.APPROVED),
    (Status.PROPOSED, Status.IN_FORCE),
    (Status.PROPOSED, Status.DECLINED),
    (Status.PROPOSED, Status.WITHDRAWN),
    (Status.APPROVED, Status.IN_FORCE),
    (Status.APPROVED, Status.DECLINED),
    (Status.APPROVED, Status.REVERSED),
    (Status.IN_FORCE, Status.EXPIRED),
    (Status.IN_FORCE, Status.SUPERSEDED),
    (Status.IN_FORCE, Status.REVERSED),
    # What has ended may turn out to have been wrong; a granted appeal undoes it all the same.
    (Status.EXPIRED, Status.REVERSED),
    (Status.SUPERSEDED, Status.REVERSED),
}


def test_a_decision_goes_only_its_steps() -> None:
    under, alice, bram = policy(), person("alice"), person("bram")
    for number, (before, after) in enumerate(permutations(Status, 2)):
        on = case(account(f"account-{number}"), under)
        decision = decision_in_force(on, alice, bram, status=before, ended_at=NOW)
        if (before, after) in STEPS:
            Decision.objects.filter(pk=decision.pk).update(status=after)
        else:
            with refused("cannot go from where it stands"):
                Decision.objects.filter(pk=decision.pk).update(status=after)


def test_a_decision_is_approved_once() -> None:
    bram, dana, lena = person("bram", "reviewer"), person("dana", "approver"), person("lena", "safety_lead")
    approve(dana, proposed_suspension(bram, open_case()).pk, NOW)
    for other in (
        {"approved_by": lena},
        {"approved_by": None},
        {"approved_at": NOW + timedelta(hours=1)},
        {"approver_standing": "senior"},
    ):
        with refused("approved once"):
            Decision.objects.update(**other)


def test_when_it_acts_never_changes() -> None:
    on = open_case()
    decision_in_force(on, person("alice"), person("bram"), ends_at=NOW + timedelta(days=1))
    for other in ({"in_force_at": NOW - timedelta(days=1)}, {"ends_at": None}):
        with refused("from when and until when"):
            Decision.objects.update(**other)
    with refused("when a decision was reversed"):
        Decision.objects.update(reversed_at=NOW)
    Decision.objects.update(
        status="reversed", ended_at=NOW, reversed_at=NOW, ended_why="It was somebody else."
    )
    with refused("when a decision was reversed"):
        Decision.objects.update(reversed_at=NOW + timedelta(days=1))
    with refused("when a decision ended"):
        Decision.objects.update(ended_at=NOW + timedelta(days=1))
    with refused("when a decision ended"):
        Decision.objects.update(ended_why="It was a joke.")
    Decision.objects.update(ended_why="")


def test_a_decision_is_about_the_account_and_the_policy_of_its_case() -> None:
    decision = in_force()
    other = case(account("frida"), policy("spam"))
    decision.pk, decision.key, decision.status = None, "another", "reversed"
    decision.ended_at = NOW
    for name, wrong, right in (
        ("account", other.account, decision.account),
        ("policy", other.policy, decision.policy),
        ("policy_version", other.policy.versions.get(), decision.policy_version),
    ):
        setattr(decision, name, wrong)
        with refused("about the account and the policy of its case"):
            decision.save(force_insert=True)
        setattr(decision, name, right)
    with refused("keeps its account"):
        Case.objects.filter(pk=decision.case_id).update(account=other.account)
    with refused("keeps its account"):
        Case.objects.filter(pk=decision.case_id).update(policy=other.policy)


def test_who_took_part_never_changes() -> None:
    in_force()
    for other in ({"person": person("eve")}, {"part": "note"}, {"at": NOW + timedelta(days=1)}):
        with refused("who took part"):
            Participation.objects.update(**other)


def test_a_strike_is_withdrawn_once_and_nothing_else() -> None:
    propose(person("bram", "reviewer"), warning(open_case()), NOW)
    for other in (
        {"expires_at": NOW + timedelta(days=9999)},
        {"given_at": NOW - timedelta(days=1)},
        {"account": account("frida")},
    ):
        with refused("withdrawn, once"):
            Strike.objects.update(**other)
    Strike.objects.update(withdrawn_at=NOW)
    with refused("withdrawn, once"):
        Strike.objects.update(withdrawn_at=None)


@pytest.mark.parametrize(
    "model",
    [
        Appeal,
        Case,
        Decision,
        Grant,
        GuestInvitation,
        Notice,
        Participation,
        Person,
        Policy,
        PolicyText,
        PolicyVersion,
        Strike,
    ],
)
def test_nothing_of_it_can_be_deleted(model: type) -> None:
    bram, on = person("bram", "reviewer"), open_case()
    invite_guest(bram, on.pk, "partner.example", "Gus", NOW)
    decision = propose(bram, warning(on), NOW)
    Appeal.objects.create(decision=decision, filed_by="user", filed_at=NOW, due_at=NOW)
    rows = model._default_manager.all()
    assert rows.exists()
    with refused("kept for ever"):
        deleted_by_plain_sql(rows)
    with refused("kept for ever"):
        rows._raw_delete(rows.db)


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("table", ["decision", "participation", "strike", "appeal", "notice", "grant"])
def test_nothing_of_it_can_be_swept_away(table: str) -> None:
    with refused("kept for ever"):
        by_plain_sql(f"TRUNCATE casework_{table} CASCADE")


def test_the_wording_of_a_policy_never_changes() -> None:
    policy()
    with refused("a new version follows"):
        PolicyText.objects.update(text="Anything goes.")
    with refused("a new version follows"):
        PolicyVersion.objects.update(valid_from=NOW)
