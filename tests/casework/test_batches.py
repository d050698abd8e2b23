"""Many plain cases are decided at once only when a second person saw a sample in the same way, without knowing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.casework.batching import FACTS, agreed, cases, plan, prepared, warnings
from tests.casework.case import NOW, case, decision_in_force, person, policy, report
from tests.casework.deciding import acquittal, by_plain_sql, fresh, refused, warning

from ostrakon.casework.actions import release_batch as releasing
from ostrakon.casework.actions import undo_batch as undoing
from ostrakon.casework.actions.claim import claim
from ostrakon.casework.actions.note import write_note
from ostrakon.casework.actions.offer import next_case
from ostrakon.casework.actions.opinion import give_opinion
from ostrakon.casework.actions.prepare_batch import HELD_HOURS, call_off_batch, prepare_batch
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.release_batch import release_batch
from ostrakon.casework.actions.reread_batch import next_of_sample, reread, take_up_batch
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.actions.undo_batch import undo_batch
from ostrakon.casework.batches import MOST, batches_seen_by, cases_for_a_batch, receipt
from ostrakon.casework.judges import took_part
from ostrakon.casework.models import (
    Action,
    Batch,
    BatchItem,
    Case,
    Decision,
    Notice,
    Opinion,
    Person,
    Role,
    Strike,
)
from ostrakon.casework.opinions_table import opinions_as_table
from ostrakon.casework.sight import decisions_seen_by
from ostrakon.errors import (
    ClaimedBySomebodyElse,
    NotInThisState,
    NotPermitted,
    NotThere,
    SecondPersonRequired,
    TookPart,
    Unfit,
)
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
WHY = "The advertisement was a joke of a radio station."


@pytest.fixture
def alice() -> Person:
    return person("alice", Role.REVIEWER)


@pytest.fixture
def bram() -> Person:
    return person("bram", Role.APPROVER)


def states(batch: Batch) -> dict[str, int]:
    return dict(receipt(batch.pk))


# Which cases have a place in a batch


def made_unfit(how: str, one: Case) -> None:
    other = person("dora")
    match how:
        case "pressure":
            Case.objects.filter(pk=one.pk).update(under_pressure=True)
        case "priority":
            Case.objects.filter(pk=one.pk).update(lane=Case.Lane.PRIORITY)
        case "in_hand":
            Case.objects.filter(pk=one.pk).update(claimed_by=other, claimed_until=LATER + timedelta(hours=1))
        case "not_open":
            Case.objects.filter(pk=one.pk).update(status=Case.Status.DECIDED)
        case "suspended" | "undone":
            elsewhere = case(one.account, policy("spam"))
            ended = {"status": "reversed", "ended_at": NOW} if how == "undone" else {}
            decision_in_force(elsewhere, other, person("eve"), **ended)
        case "changed":
            Case.objects.filter(pk=one.pk).update(version=7)


UNFIT = ("pressure", "priority", "in_hand", "not_open", "suspended", "undone", "changed")


@pytest.mark.parametrize("how", UNFIT)
def test_one_unfit_case_refuses_the_whole_batch(how: str, alice: Person) -> None:
    some = cases(3)
    made_unfit(how, some[1])
    with pytest.raises(NotInThisState, match=f"1 of these cases .*: case {some[1].pk}: "):
        prepared(alice, some)
    assert not Batch.objects.exists()
    assert not Case.objects.filter(claimed_by=alice).exists()


@pytest.mark.parametrize("how", UNFIT)
def test_what_became_unfit_meanwhile_is_left_out_and_says_why(how: str, alice: Person, bram: Person) -> None:
    some = cases(7)
    batch = agreed(prepared(alice, some), bram)
    made_unfit(how, some[3])
    done = release_batch(bram, batch.pk, LATER)
    assert (done.status, states(done)) == ("done", {"decided": 6, "left_out": 1})
    item = done.items.get(case=some[3])
    assert (item.why, item.decision) == (how, None)
    assert not some[3].decisions.exists()


def test_a_case_that_was_reported_again_is_left_out(alice: Person, bram: Person) -> None:
    some = cases(6)
    batch = agreed(prepared(alice, some), bram)
    Case.objects.filter(pk=some[0].pk).update(last_report=99)
    release_batch(bram, batch.pk, LATER)
    assert batch.items.get(case=some[0]).why == "changed"
    assert fresh(some[0]).claimed_by is None


def test_only_fit_cases_are_offered_for_a_batch(alice: Person) -> None:
    under = policy()
    some = cases(4, under)
    made_unfit("suspended", some[0])
    made_unfit_by_batch = prepared(alice, some[1:2])
    Case.objects.filter(pk=some[2].pk).update(under_pressure=True)
    assert made_unfit_by_batch
    assert list(cases_for_a_batch(alice, under.pk, NOW)) == [some[3]]


def test_a_batch_has_a_size_one_policy_and_each_case_once(alice: Person) -> None:
    some = cases(2)
    other = cases(1, policy("spam"))
    for wrong in (plan([]), plan([*some, some[0]]), plan(some * MOST), plan([*some, *other])):
        with pytest.raises(Unfit):
            prepare_batch(alice, wrong, NOW)
    with pytest.raises(NotThere):
        prepare_batch(alice, plan([Case(pk=987_654)]), NOW)


@pytest.mark.parametrize("action", [Action.SUSPEND, Action.SUSPEND_FOR_A_TIME])
def test_a_batch_suspends_nobody(action: Action, alice: Person, bram: Person) -> None:
    some = cases(2)
    with pytest.raises(Unfit, match="suspends nobody"):
        prepare_batch(alice, warnings(some, action=action), NOW)
    batch = prepared(alice, some)
    with refused("batch_suspends_nobody|batch stays as it was"):
        Batch.objects.filter(pk=batch.pk).update(action=action)


# While it waits


def test_its_cases_are_kept_out_of_other_hands_and_come_free_by_themselves(
    alice: Person, bram: Person
) -> None:
    some = cases(3)
    prepared(alice, some)
    assert next_case(bram, LATER) is None
    with pytest.raises(ClaimedBySomebodyElse):
        claim(bram, some[0].pk, LATER)
    with pytest.raises(ClaimedBySomebodyElse):
        propose(bram, acquittal(some[0]), LATER)
    assert next_case(bram, NOW + timedelta(hours=HELD_HOURS)) is not None


def test_the_same_plan_twice_is_one_batch(alice: Person, bram: Person) -> None:
    some = cases(3)
    sent = plan(some)
    batch = prepare_batch(alice, sent, NOW)
    assert prepare_batch(alice, sent, LATER) == batch
    for other in (
        warnings(some, key=sent.key),
        plan(some[:2], key=sent.key),
        plan(cases(1, some[0].policy), key=sent.key),
    ):
        with pytest.raises(Unfit, match="this key"):
            prepare_batch(alice, other, NOW)
    with pytest.raises(Unfit, match="this key"):
        prepare_batch(bram, sent, NOW)
    assert Entry.objects.filter(kind="batch_prepared").count() == 1


def test_what_it_would_decide_is_shown_to_nobody_else_before_they_answered(
    alice: Person, bram: Person
) -> None:
    lead = person("lena", Role.SAFETY_LEAD)
    batch = prepare_batch(alice, warnings(cases(6)), NOW)

    def shown(to: Person) -> Any:
        found: Any = batches_seen_by(to).get(pk=batch.pk)
        return found.shown_outcome, found.shown_action, found.shown_facts

    everything = ("upheld", "warn", FACTS)
    assert (shown(alice), shown(bram), shown(lead)) == (everything, (None,) * 3, (None,) * 3)
    take_up_batch(bram, batch.pk, NOW)
    while (one := next_of_sample(bram, Batch.objects.get(pk=batch.pk))) is not None:
        assert shown(bram) == (None,) * 3
        reread(bram, batch.pk, one.pk, "upheld", NOW)
    assert (shown(bram), shown(lead)) == (everything, (None,) * 3)
    release_batch(bram, batch.pk, NOW)
    assert shown(lead) == everything


def test_the_sample_is_drawn_by_a_seed_that_the_record_keeps(alice: Person) -> None:
    batch = prepared(alice, cases(55))
    assert batch.items.filter(in_sample=True).count() == 6
    entry = Entry.objects.get(kind="batch_prepared")
    assert f'"seed":{batch.seed}' in entry.body
    assert prepared(alice, cases(5, batch.policy)).items.filter(in_sample=True).count() == 5


# The second person


def test_nobody_rereads_their_own_batch(bram: Person) -> None:
    batch = prepared(bram, cases(5))
    with pytest.raises(SecondPersonRequired):
        take_up_batch(bram, batch.pk, NOW)
    with refused("nobody_rereads_their_own_batch"):
        Batch.objects.filter(pk=batch.pk).update(reread_by=bram)


def test_only_approvers_reread_and_only_one_of_them(alice: Person, bram: Person) -> None:
    batch = prepared(alice, cases(5))
    with pytest.raises(NotPermitted):
        take_up_batch(person("rana", Role.REVIEWER), batch.pk, NOW)
    take_up_batch(bram, batch.pk, NOW)
    assert take_up_batch(bram, batch.pk, LATER).taken_up_at == NOW
    other = person("omar", Role.APPROVER)
    with pytest.raises(NotInThisState):
        take_up_batch(other, batch.pk, NOW)
    with pytest.raises(NotThere):
        reread(other, batch.pk, batch.items.first().case_id, "rejected", NOW)  # type: ignore[union-attr]
    with refused("stays the same"):
        Batch.objects.filter(pk=batch.pk).update(reread_by=other)
    assert next_of_sample(other, batch) is None


@pytest.mark.parametrize("how", ["decided", "noted", "asked"])
def test_who_knows_what_was_decided_does_not_reread(how: str, alice: Person, bram: Person) -> None:
    some = cases(5)
    if how == "asked":
        Opinion.objects.create(case=some[0], person=bram, asked_at=NOW, given_at=NOW, outcome="rejected")
    else:
        decision_in_force(
            some[0],
            bram if how == "decided" else alice,
            None,
            status="superseded",
            ended_at=NOW,
            action="none",
        )
    if how == "noted":
        write_note(bram, some[0].pk, "I know them.", NOW)
    batch = prepared(alice, [fresh(one) for one in some])
    with pytest.raises(TookPart):
        take_up_batch(bram, batch.pk, NOW)
    assert fresh(batch).reread_by is None


def test_who_rereads_sees_no_decision_on_the_sample_before_they_answered(alice: Person, bram: Person) -> None:
    some = cases(5)
    old = decision_in_force(some[0], alice, None, status="expired", ended_at=NOW, action="warn")
    batch = prepared(alice, some)
    assert old in decisions_seen_by(bram, NOW)
    take_up_batch(bram, batch.pk, NOW)
    assert old not in decisions_seen_by(bram, NOW)


@pytest.mark.parametrize("answer", ["upheld", "unclear"])
def test_one_answer_that_differs_ends_the_batch_and_nothing_happened(
    answer: str, alice: Person, bram: Person
) -> None:
    some = cases(6)
    batch = take_up_batch(bram, prepared(alice, some).pk, NOW)
    one = next_of_sample(bram, batch)
    assert one
    batch = reread(bram, batch.pk, one.pk, answer, NOW)
    assert (batch.status, states(batch)) == ("refused", {"back": 6})
    assert not Decision.objects.exists()
    for before in some:
        after = fresh(before)
        assert (after.status, after.version, after.claimed_by, after.turn_at) == (
            "open",
            before.version,
            None,
            before.turn_at,
        )
    with pytest.raises(NotInThisState):
        release_batch(bram, batch.pk, NOW)
    with pytest.raises(NotInThisState):
        reread(bram, batch.pk, one.pk, "rejected", NOW)


def test_a_batch_is_not_released_before_all_of_the_sample_is_read(alice: Person, bram: Person) -> None:
    batch = take_up_batch(bram, prepared(alice, cases(6)).pk, NOW)
    for _ in range(4):
        one = next_of_sample(bram, batch)
        assert one
        reread(bram, batch.pk, one.pk, "rejected", NOW)
    with pytest.raises(SecondPersonRequired):
        release_batch(bram, batch.pk, NOW)
    with refused("saw each case in the same way"):
        Batch.objects.filter(pk=batch.pk).update(status="released")
    with refused("saw each case in the same way"):
        by_plain_sql("UPDATE casework_batch SET status = 'released' WHERE id = %s", batch.pk)


def test_a_batch_that_nobody_took_up_is_not_released_by_anybody(alice: Person, bram: Person) -> None:
    batch = prepared(alice, cases(5))
    for who in (bram, person("lena", Role.SAFETY_LEAD)):
        with pytest.raises(SecondPersonRequired):
            release_batch(who, batch.pk, NOW)
    with pytest.raises(NotPermitted):
        release_batch(alice, batch.pk, NOW)
    with refused("batch_takes_a_second_person|saw each case"):
        Batch.objects.filter(pk=batch.pk).update(status="released")


def test_an_opinion_given_at_another_door_counts_the_same(alice: Person, bram: Person) -> None:
    batch = take_up_batch(bram, prepared(alice, cases(5)).pk, NOW)
    while (one := next_of_sample(bram, batch)) is not None:
        give_opinion(bram, one.pk, "upheld", NOW)
    assert release_batch(bram, batch.pk, NOW).status == "refused"
    assert states(batch) == {"back": 5}


# In force


def test_every_case_becomes_a_decision_of_its_own_with_its_notice(alice: Person, bram: Person) -> None:
    some = cases(12)
    batch = agreed(prepare_batch(alice, warnings(some), NOW), bram)
    done = release_batch(bram, batch.pk, LATER)
    assert (done.status, states(done)) == ("done", {"decided": 12})
    made = Decision.objects.filter(status="in_force", action="warn", proposed_by=alice, in_force_at=LATER)
    assert made.count() == Notice.objects.filter(kind="statement_of_reasons").count() == 12
    assert Strike.objects.count() == 12
    assert set(Case.objects.values_list("status", "claimed_by")) == {("decided", None)}
    assert all(item.decision and item.decision.case_id == item.case_id for item in done.items.all())
    assert '"decided":12' in Entry.objects.get(kind="batch_done").body


def test_who_released_a_batch_took_part_in_all_of_its_decisions(alice: Person, bram: Person) -> None:
    batch = agreed(prepared(alice, cases(8)), bram)
    release_batch(bram, batch.pk, LATER)
    assert all(took_part(who, decision) for who in (alice, bram) for decision in Decision.objects.all())


def test_releasing_again_does_nothing_again(alice: Person, bram: Person) -> None:
    batch = agreed(prepared(alice, cases(6)), bram)
    release_batch(bram, batch.pk, LATER)
    entries = Entry.objects.count()
    assert release_batch(bram, batch.pk, LATER).status == "done"
    assert (Entry.objects.count(), Decision.objects.count()) == (entries, 6)


def test_facts_that_name_who_reported_leave_that_case_out(alice: Person, bram: Person) -> None:
    some = cases(6)
    report(some[2].account, "a-quiet-neighbour")
    sent = warnings(some, facts="It was a-quiet-neighbour who saw the advertisement.")
    batch = agreed(prepare_batch(alice, sent, NOW), bram)
    release_batch(bram, batch.pk, LATER)
    assert states(batch) == {"decided": 5, "left_out": 1}
    assert batch.items.get(case=some[2]).why == "refused"
    assert not some[2].decisions.exists()


def test_who_may_decide_no_more_decides_nothing_through_a_batch(alice: Person, bram: Person) -> None:
    batch = agreed(prepared(alice, cases(5)), bram)
    alice.grants.update(ended_at=NOW)
    release_batch(bram, batch.pk, LATER)
    assert states(batch) == {"left_out": 5}
    assert not Decision.objects.exists()


def test_nothing_under_pressure_is_decided_by_a_batch_whoever_asks(alice: Person) -> None:
    some = cases(5)
    batch = prepared(alice, some)
    pressed = decision_in_force(some[0], alice, None, under_pressure=True, outcome="rejected", action="none")
    shut_out = decision_in_force(some[1], alice, person("omar"))
    elsewhere = decision_in_force(some[2], alice, None, outcome="rejected", action="none")
    for decision, place in ((pressed, 0), (shut_out, 1), (elsewhere, 3)):
        with refused("nothing under pressure"):
            batch.items.filter(case=some[place]).update(state="decided", decision=decision)


@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_middle_loses_nothing_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    alice, bram = person("alice", Role.REVIEWER), person("bram", Role.APPROVER)
    batch = agreed(prepare_batch(alice, warnings(cases(30)), NOW), bram)
    proposing, overturning, done = releasing.propose, undoing.overturn, []

    def power_goes_off(real: Any) -> Any:
        def goes_off(*args: Any) -> Any:
            done.append(None)
            if len(done) in (4, 15):
                raise SystemExit("kill -9")
            return real(*args)

        return goes_off

    monkeypatch.setattr(releasing, "AT_ONCE", 7)
    monkeypatch.setattr(releasing, "propose", power_goes_off(proposing))
    for _ in range(2):
        with pytest.raises(SystemExit):
            release_batch(bram, batch.pk, LATER)
        waiting = BatchItem.objects.filter(state="waits").count()
        assert Decision.objects.count() == 30 - waiting
    lead = person("lena", Role.SAFETY_LEAD)
    assert release_batch(lead, batch.pk, LATER).status == "done"
    assert Decision.objects.filter(status="in_force").count() == Notice.objects.count() == 30

    done.clear()
    monkeypatch.setattr(undoing, "AT_ONCE", 7)
    monkeypatch.setattr(undoing, "overturn", power_goes_off(overturning))
    for _ in range(2):
        with pytest.raises(SystemExit):
            undo_batch(bram, batch.pk, WHY, LATER)
    assert undo_batch(lead, batch.pk, WHY, LATER).status == "undone"
    assert states(batch) == {"undone": 30}
    assert Notice.objects.filter(kind="reinstatement").count() == 30
    assert Entry.objects.filter(kind="decision_reversed").count() == 30
    assert Entry.objects.filter(kind="batch_undone").count() == 1


# Undone and called off


def test_undoing_overturns_every_decision_and_puts_each_case_back_into_its_place(
    alice: Person, bram: Person
) -> None:
    some = cases(8)
    batch = agreed(prepare_batch(alice, warnings(some), NOW), bram)
    release_batch(bram, batch.pk, NOW)
    first = batch.items.order_by("pk").first()
    assert first
    assert first.decision_id
    overturn(bram, first.decision_id, "seen before", NOW)
    undone = undo_batch(bram, batch.pk, WHY, LATER)
    assert (undone.status, undone.undone_by, states(undone)) == ("undone", bram, {"undone": 7, "already": 1})
    assert not Decision.objects.exclude(status="reversed").exists()
    assert not Strike.objects.filter(withdrawn_at=None).exists()
    assert Notice.objects.filter(kind="reinstatement").count() == 8
    back = Case.objects.filter(batch_items__state="undone")
    assert set(back.values_list("status", "opened_at", "turn_at")) == {("open", NOW, some[0].turn_at)}


def test_a_case_that_was_decided_anew_stays_decided_when_the_batch_is_undone(
    alice: Person, bram: Person
) -> None:
    some = cases(5)
    batch = agreed(prepared(alice, some), bram)
    release_batch(bram, batch.pk, NOW)
    later = propose(alice, acquittal(fresh(some[0])), NOW)
    undo_batch(bram, batch.pk, WHY, LATER)
    assert (fresh(later).status, fresh(some[0]).status) == ("in_force", "decided")
    assert states(batch) == {"undone": 5}


def test_undoing_a_batch_that_is_halfway_stops_the_rest(
    alice: Person, bram: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = agreed(prepared(alice, cases(9)), bram)
    monkeypatch.setattr(releasing, "AT_ONCE", 4)
    proposing, done = releasing.propose, []

    def power_goes_off(*args: Any) -> Decision:
        done.append(None)
        if len(done) == 6:
            raise SystemExit("kill -9")
        return proposing(*args)

    monkeypatch.setattr(releasing, "propose", power_goes_off)
    with pytest.raises(SystemExit), transaction.atomic():
        release_batch(bram, batch.pk, NOW)
    # All of this test is one transaction, so the first portion went with the second: let it be written.
    monkeypatch.setattr(releasing, "propose", proposing)
    releasing._let_go(bram, batch.pk, NOW)
    assert releasing._some_are_decided(bram, batch.pk, NOW)
    undo_batch(bram, batch.pk, WHY, LATER)
    assert states(batch) == {"undone": 4, "back": 5}
    assert not Case.objects.filter(claimed_by=alice).exists()
    with pytest.raises(NotInThisState):
        release_batch(bram, batch.pk, LATER)


def test_only_who_may_reverse_undoes_and_only_what_was_in_force(alice: Person, bram: Person) -> None:
    batch = prepared(alice, cases(5))
    with pytest.raises(NotInThisState):
        undo_batch(bram, batch.pk, WHY, NOW)
    agreed(batch, bram)
    release_batch(bram, batch.pk, NOW)
    with pytest.raises(NotPermitted):
        undo_batch(alice, batch.pk, WHY, NOW)
    with pytest.raises(Unfit):
        undo_batch(bram, batch.pk, " ", NOW)
    with pytest.raises(NotThere):
        undo_batch(bram, 987_654, WHY, NOW)


def test_either_of_the_two_calls_a_batch_off_before_it_acts(alice: Person, bram: Person) -> None:
    some = cases(5)
    assert call_off_batch(alice, prepared(alice, some).pk, NOW).status == "called_off"
    assert not Case.objects.filter(claimed_by=alice).exists()
    batch = agreed(prepared(alice, some[:0] or cases(5, some[0].policy)), bram)
    with pytest.raises(NotPermitted):
        call_off_batch(person("omar", Role.APPROVER), batch.pk, NOW)
    assert call_off_batch(bram, batch.pk, NOW).status == "called_off"
    with pytest.raises(NotInThisState):
        release_batch(bram, batch.pk, NOW)
    with pytest.raises(NotInThisState):
        call_off_batch(alice, batch.pk, NOW)


def test_a_batch_and_its_list_stay_as_they_were_written(alice: Person) -> None:
    batch = prepared(alice, cases(5))
    for change in ({"outcome": "upheld"}, {"seed": 7}, {"key": "other"}, {"facts": "other words"}):
        with refused("stays as it was prepared"):
            Batch.objects.filter(pk=batch.pk).update(**change)
    Batch.objects.filter(pk=batch.pk).update(facts=None)  # erased by its rule
    with refused("stays as it was written down"):
        batch.items.update(in_sample=False)
    with refused("stays on its list"):
        by_plain_sql("DELETE FROM casework_batchitem")
    for status in ("done", "undoing", "undone"):
        with refused("cannot go|batch_takes_a_second_person"):
            Batch.objects.filter(pk=batch.pk).update(status=status)


def test_a_case_waits_in_one_batch_at_a_time(alice: Person) -> None:
    some = cases(5)
    first = prepared(alice, some)
    with pytest.raises(NotInThisState, match="another batch"):
        prepared(alice, some)
    call_off_batch(alice, first.pk, NOW)
    assert prepared(alice, some).pk != first.pk


def test_agreement_hears_also_those_who_saw_a_sample_otherwise(alice: Person, bram: Person) -> None:
    """Else only batches that were released would be counted, and reviewers would always agree."""
    some = cases(5)
    batch = take_up_batch(bram, prepared(alice, some).pk, NOW)
    one = next_of_sample(bram, batch)
    assert one
    reread(bram, batch.pk, one.pk, "upheld", NOW)
    alice_s, bram_s = str(alice.pk), str(bram.pk)
    assert set(opinions_as_table().rows()) == {
        (str(one.pk), bram_s, "upheld"),
        (str(one.pk), alice_s, "rejected"),
    }
    propose(alice, warning(fresh(one)), NOW)
    assert set(opinions_as_table().rows()) == {
        (str(one.pk), bram_s, "upheld"),
        (str(one.pk), alice_s, "upheld"),
    }
