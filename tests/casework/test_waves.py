"""A wrongful wave is found by what led to it: a campaign, a list, a period, a reviewer; never everything at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.casework.case import NOW, account, case, decision_in_force, person, policy, report

from ostrakon.casework.models import Decision, Person, Policy, Role
from ostrakon.casework.waves import Wave
from ostrakon.errors import Unfit
from ostrakon.intake.lists import receive_list
from ostrakon.intake.models import Account, PublishedList
from ostrakon.triage.models import Campaign, Run

pytestmark = pytest.mark.django_db
BEFORE, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def alice() -> Person:
    return Person.objects.filter(username="alice").first() or person("alice", Role.REVIEWER)


def bram() -> Person:
    return Person.objects.filter(username="bram").first() or person("bram", Role.APPROVER)


def decided(name: str, code: str = "harassment", **fields: object) -> Decision:
    """A suspension of this account, in force since ``NOW``."""
    whose = Account.objects.filter(external_id=name).first() or account(name)
    under = Policy.objects.filter(code=code).first() or policy(code)
    return decision_in_force(case(whose, under), alice(), bram(), **fields)


def campaign(*members: str, targets: tuple[str, ...]) -> Campaign:
    at = {"started_at": NOW, "finished_at": NOW, "decisions_as_of": NOW}
    run = Run.objects.create(
        version="1", parameters={}, seed=1, last_report=0, reports=0, input_sha256="0" * 64, **at
    )
    made = Campaign.objects.create(run=run, label="C1", kind="burst", first_at=NOW, last_at=NOW, reports=2)
    reporters = [report(account(f"other-{name}"), name, received_at=BEFORE).reporter for name in members]
    made.members.set(reporters)
    made.targets.set(Account.objects.filter(external_id__in=targets))
    return made


def published(*names: str) -> PublishedList:
    about = {"title": "Names", "publisher": "Watch", "licence": "", "url": "", "platform": "local"}
    raw = "\n".join(names).encode()
    return receive_list(
        raw,
        policy="harassment",
        published_on=None,
        named_by="id",
        actor="system",
        received_at=timezone.now(),
        **about,
    )


@pytest.mark.parametrize("nothing", [{}, {"policy": 1}, {"proposed_by": 1}, {"in_force_to": NOW}])
def test_everything_at_once_is_never_meant(nothing: dict[str, object]) -> None:
    with pytest.raises(Unfit):
        Wave(**nothing).chosen()  # type: ignore[arg-type]


def test_a_campaign_leads_to_decisions_on_cases_that_its_members_had_reported() -> None:
    hit, spared, late, elsewhere = (decided(name) for name in ("hit", "spared", "late", "elsewhere"))
    found = campaign("mob", targets=("hit", "spared", "late"))
    report(hit.account, "mob", received_at=BEFORE)
    report(spared.account, "somebody", received_at=BEFORE)
    report(late.account, "mob", received_at=AFTER)
    report(elsewhere.account, "mob", received_at=BEFORE)
    assert [*Wave(campaign=found.pk).chosen()] == [hit]


def test_what_a_campaign_reported_under_one_policy_led_to_nothing_under_another() -> None:
    hit, other = decided("hit"), decided("hit", "spam")
    found = campaign("mob", targets=("hit",))
    report(hit.account, "mob", received_at=BEFORE)
    assert other.account == hit.account
    assert [*Wave(campaign=found.pk).chosen()] == [hit]


def test_a_list_leads_to_decisions_on_cases_that_it_had_reported() -> None:
    later = timezone.now() + timedelta(hours=1)
    before, named, other = decided("before"), decided("named", in_force_at=later), decided("other")
    kept = published("before", "named")
    assert before != other
    assert [*Wave(published_list=kept.pk).chosen()] == [named]


def test_period_policy_and_reviewer_narrow_it_down() -> None:
    first, second = decided("a"), decided("b", in_force_at=AFTER)
    decided("c", "spam", in_force_at=AFTER)
    found = Wave(in_force_from=NOW, policy=first.policy_id)
    assert {*found.chosen()} == {first, second}
    assert [*Wave(in_force_from=NOW, in_force_to=AFTER).chosen()] == [first]
    assert not Wave(in_force_from=NOW, proposed_by=bram().pk).chosen().exists()


def test_only_what_found_a_violation_and_still_stands_is_chosen() -> None:
    standing = decided("a")
    ended = {"ended_at": AFTER}
    expired = decided("b", status="expired", **ended)
    others = [
        decided("c", status="reversed", reversed_at=AFTER, **ended),
        decided("d", outcome="rejected", action="none"),
        decided("e", status="declined", in_force_at=None),
    ]
    named = [decision.pk for decision in (standing, expired, *others)]
    assert {*Wave(decisions=named).chosen()} == {standing, expired}
