"""A wrongful wave is undone whole: every account once, whatever dies in between."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta

import pytest
from tests.casework.case import NOW, account, case, decision_in_force, person, policy

from ostrakon.casework.actions import reinstate
from ostrakon.casework.actions.reinstate import carry_out, open_reinstatement
from ostrakon.casework.models import (
    Case,
    Decision,
    Notice,
    Person,
    PolicyVersion,
    Reinstatement,
    ReinstatementItem,
    Role,
    Strike,
)
from ostrakon.errors import NotPermitted, NotThere, Unfit
from ostrakon.intake.models import Account
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
WHY = "The wave of 22 November followed a list that was wrong."


def wave(size: int) -> Person:
    """So many suspensions in force; gives the safety lead."""
    alice, bram, under = person("alice", Role.REVIEWER), person("bram", Role.APPROVER), policy()
    version = PolicyVersion.objects.get(policy=under)
    accounts = Account.objects.bulk_create(
        Account(platform="local", external_id=f"a{n}") for n in range(size)
    )
    times = {"opened_at": NOW, "last_report_at": NOW, "due_at": NOW, "turn_at": NOW}
    cases = Case.objects.bulk_create(Case(account=a, policy=under, last_report=0, **times) for a in accounts)
    decisions = Decision.objects.bulk_create(
        Decision(
            case=c,
            account_id=c.account_id,
            policy=under,
            policy_version=version,
            status="in_force",
            outcome="upheld",
            action="suspend",
            facts="It stood on the list.",
            detected="list",
            under_pressure=False,
            exempt_press="no",
            exempt_research="no",
            exempt_counter_speech="no",
            proposed_by=alice,
            proposed_at=NOW,
            approved_by=bram,
            approved_at=NOW,
            approver_standing="approver",
            in_force_at=NOW,
            key=f"wave-{c.pk}",
        )
        for c in cases
    )
    Strike.objects.bulk_create(
        Strike(account_id=d.account_id, decision=d, given_at=NOW, expires_at=LATER) for d in decisions
    )
    return person("lead", Role.SAFETY_LEAD)


def opened(lead: Person) -> Reinstatement:
    return open_reinstatement(lead, Decision.objects.all(), reason=WHY, now=LATER)


def test_every_account_of_a_wave_gets_its_receipt() -> None:
    lead = wave(120)
    before = Decision.objects.order_by("pk").first()
    assert before
    Decision.objects.filter(pk=before.pk).update(status="reversed", ended_at=NOW)
    reinstatement = opened(lead)
    assert carry_out(lead, reinstatement.pk, LATER) == {"reversed": 119, "already": 1}
    assert not Decision.objects.exclude(status="reversed").exists()
    assert not Strike.objects.filter(withdrawn_at=None).exclude(decision=before).exists()
    assert Notice.objects.filter(kind="reinstatement").count() == 119
    assert not ReinstatementItem.objects.filter(at=None).exists()
    reinstatement.refresh_from_db()
    assert reinstatement.done_at == LATER
    done = Entry.objects.get(kind="reinstatement_done")
    assert '"facts":{"already":1,"reversed":119}' in done.body


def test_carrying_out_again_does_nothing_again() -> None:
    lead = wave(3)
    reinstatement = opened(lead)
    carry_out(lead, reinstatement.pk, LATER)
    entries = Entry.objects.count()
    assert carry_out(lead, reinstatement.pk, LATER) == {"reversed": 3}
    assert Entry.objects.count() == entries


@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_middle_loses_nothing_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    lead = wave(30)
    reinstatement = opened(lead)
    monkeypatch.setattr(reinstate, "AT_ONCE", 7)
    reverse, done = reinstate.reverse, []

    def power_goes_off(decision: Decision, **how: object) -> Decision:
        if len(done) in (4, 15):
            done.append(None)
            raise SystemExit("kill -9")
        done.append(decision)
        return reverse(decision, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(reinstate, "reverse", power_goes_off)
    for _ in range(2):
        with pytest.raises(SystemExit):
            carry_out(lead, reinstatement.pk, LATER)
        waiting = ReinstatementItem.objects.filter(state="waits").count()
        assert waiting == Decision.objects.filter(status="in_force").count() == 30 - (30 - waiting) // 7 * 7
    assert carry_out(lead, reinstatement.pk, LATER) == {"reversed": 30}
    assert Notice.objects.count() == Entry.objects.filter(kind="decision_reversed").count() == 30


def test_only_those_who_hear_appeals_and_leads_reinstate_many() -> None:
    lead = wave(1)
    with pytest.raises(NotPermitted):
        open_reinstatement(person("rana", Role.APPROVER), Decision.objects.all(), reason=WHY, now=LATER)
    reinstatement = opened(lead)
    with pytest.raises(NotPermitted):
        carry_out(person("auditor", Role.AUDITOR), reinstatement.pk, LATER)
    with pytest.raises(NotThere):
        carry_out(lead, 987_654, LATER)


def test_a_wave_has_a_reason_and_decisions() -> None:
    lead = wave(1)
    with pytest.raises(Unfit):
        open_reinstatement(lead, Decision.objects.all(), reason=" ", now=LATER)
    with pytest.raises(Unfit):
        open_reinstatement(lead, Decision.objects.none(), reason=WHY, now=LATER)
    assert not Reinstatement.objects.exists()


def test_what_never_came_into_force_is_left_out() -> None:
    lead = wave(1)
    on = case(account("farid"), policy("spam"))
    decision_in_force(on, person("gita"), None, status="proposed", in_force_at=None)
    assert opened(lead).items.count() == 1


@pytest.mark.slow
def test_a_large_wave_is_never_in_memory_as_a_whole() -> None:
    lead = wave(1_000)
    reinstatement = opened(lead)
    tracemalloc.start()
    carry_out(lead, reinstatement.pk, LATER)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000  # a decision, its items and its notice are some 10,000 bytes
