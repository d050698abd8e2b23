"""Appeals: anybody affected may ask, somebody else answers, and what is granted is undone whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests.casework.case import NOW, account, case, decision_in_force, person, policy, report

from ostrakon.casework import announcements
from ostrakon.casework.actions import decide_appeal as deciding
from ostrakon.casework.actions.decide_appeal import claim_appeal, decide_appeal, next_appeal, release_appeal
from ostrakon.casework.actions.file_appeal import file_appeal
from ostrakon.casework.appealable import MOST_OPEN
from ostrakon.casework.models import (
    Appeal,
    Decision,
    Notice,
    NoticeTemplate,
    Participation,
    Person,
    Role,
    Strike,
)
from ostrakon.errors import (
    ClaimedBySomebodyElse,
    NotInThisState,
    NotPermitted,
    NotThere,
    TookPart,
    Unfit,
)
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
WORDS = "That message quoted somebody else."
LATER = NOW + timedelta(days=1)


def decided(name: str = "chidi") -> Decision:
    """Alice proposed and Bram approved a suspension of Chidi, with its strike."""
    people = {p.username: p for p in Person.objects.filter(username__in=["alice", "bram"])}
    alice = people.get("alice") or person("alice", Role.REVIEWER, Role.APPEALS)
    bram = people.get("bram") or person("bram", Role.APPROVER, Role.SAFETY_LEAD)
    under = policy(f"harassment-{name}")
    decision = decision_in_force(case(account(name, email=f"{name}@example.org"), under), alice, bram)
    Strike.objects.create(
        account=decision.account, decision=decision, given_at=NOW, expires_at=NOW + timedelta(days=180)
    )
    return decision


def dora() -> Person:
    """Hears appeals and had no part in anything."""
    return person("dora", Role.APPEALS)


def appeal_against(decision: Decision, text: str = WORDS, by: str = "user", **fields: str) -> Appeal:
    return file_appeal(decision, filed_by=by, text=text, now=LATER, **fields)


# Filing


def test_an_appeal_has_its_deadline_from_the_policy_and_a_receipt() -> None:
    appeal = appeal_against(decided())
    assert appeal.due_at == LATER + timedelta(hours=168)
    receipt = Notice.objects.get(kind=NoticeTemplate.Kind.APPEAL_RECEIVED)
    assert "2026-11-30" in (receipt.body or "")


def test_the_same_words_again_are_the_same_appeal() -> None:
    decision = decided()
    first = appeal_against(decision)
    assert appeal_against(decision, f"  {WORDS}\n") == first
    assert Entry.objects.filter(kind="appeal_filed").count() == 1


def test_one_appeal_of_the_person_waits_at_a_time() -> None:
    decision = decided()
    appeal_against(decision)
    with pytest.raises(NotInThisState):
        appeal_against(decision, "And another thing.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.create(decision=decision, filed_by="user", filed_at=NOW, due_at=NOW)


def test_others_may_ask_beside_the_person_and_a_crowd_is_counted() -> None:
    decision = decided()
    for number in range(MOST_OPEN):
        appeal_against(decision, f"{WORDS} {number}", by="crowd")
    with pytest.raises(NotInThisState):
        appeal_against(decision, WORDS, by="crowd")
    appeal_against(decision, by="lawyer", name="Counsel", email="counsel@example.org")
    appeal_against(decision)


def test_who_asks_for_somebody_else_causes_no_mail_to_them() -> None:
    appeal_against(decided(), by="crowd")
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"text": " "}, {"text": "x" * 10_001}, {"text": "a\0b"}, {"by": "king"}, {"email": "no address"}],
)
def test_nonsense_is_refused(fields: dict[str, str]) -> None:
    decision = decided()
    with pytest.raises(Unfit):
        appeal_against(decision, **fields)
    assert not Appeal.objects.exists()


def test_what_does_not_stand_cannot_be_appealed() -> None:
    decision = decided()
    with pytest.raises(NotInThisState):
        file_appeal(decision, filed_by="user", text=WORDS, now=NOW + timedelta(days=191))
    Decision.objects.update(status="reversed", ended_at=NOW)
    with pytest.raises(NotInThisState):
        appeal_against(decision)


def test_what_expired_can_be_appealed_because_its_strike_counts() -> None:
    decision = decided()
    Decision.objects.update(status="expired", ended_at=LATER)
    appeal = appeal_against(decision)
    decide_appeal(dora(), appeal.pk, granted=True, reasons=WORDS, now=LATER)
    assert Decision.objects.get().status == "reversed"
    assert Strike.objects.get().withdrawn_at == LATER


# Who answers


@pytest.mark.parametrize("name", ["alice", "bram"])
def test_who_took_part_is_refused_by_the_verb(name: str) -> None:
    appeal = appeal_against(decided())
    took_part = Person.objects.get(username=name)
    with pytest.raises(TookPart):
        claim_appeal(took_part, appeal.pk, LATER)
    with pytest.raises(TookPart):
        decide_appeal(took_part, appeal.pk, granted=False, reasons="It stands.", now=LATER)


@pytest.mark.parametrize("part", Participation.Part.values)
def test_every_part_in_a_decision_counts(part: str) -> None:
    decision = decided()
    appeal = appeal_against(decision)
    emeka = person("emeka", Role.APPEALS)
    Participation.objects.create(decision=decision, person=emeka, part=part, at=NOW)
    assert next_appeal(emeka, LATER) is None
    with pytest.raises(TookPart):
        decide_appeal(emeka, appeal.pk, granted=True, reasons="x", now=LATER)


@pytest.mark.parametrize("name", ["alice", "bram", "emeka"])
def test_who_took_part_is_refused_by_the_database(name: str) -> None:
    decision = decided()
    emeka = person("emeka", Role.APPEALS)
    Participation.objects.create(decision=decision, person=emeka, part="note", at=NOW)
    appeal = appeal_against(decision)
    took_part = Person.objects.get(username=name).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            status="denied", decided_by=took_part, decided_at=LATER, reasons="It stands."
        )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE casework_appeal SET status = 'granted', decided_at = %s, decided_by_id = %s WHERE id = %s",
            [LATER, took_part, appeal.pk],
        )


def test_everybody_is_offered_only_what_they_may_judge_nearest_deadline_first() -> None:
    first, second = decided("chidi"), decided("farid")
    soon = file_appeal(second, filed_by="user", text=WORDS, now=LATER)
    late = file_appeal(first, filed_by="user", text=WORDS, now=LATER + timedelta(hours=1))
    judge = dora()
    assert next_appeal(Person.objects.get(username="bram"), LATER) is None
    assert next_appeal(judge, LATER) == soon
    claim_appeal(person("emeka", Role.APPEALS), soon.pk, LATER)
    assert next_appeal(judge, LATER) == late
    assert next_appeal(judge, LATER + timedelta(hours=5)) == soon


def test_a_colleagues_appeal_is_left_alone_until_the_claim_ends() -> None:
    appeal = appeal_against(decided())
    emeka, judge = person("emeka", Role.APPEALS), dora()
    claim_appeal(emeka, appeal.pk, LATER)
    with pytest.raises(ClaimedBySomebodyElse):
        claim_appeal(judge, appeal.pk, LATER)
    with pytest.raises(ClaimedBySomebodyElse):
        decide_appeal(judge, appeal.pk, granted=False, reasons="x", now=LATER)
    with pytest.raises(NotInThisState):
        release_appeal(judge, appeal.pk)
    release_appeal(emeka, appeal.pk)
    assert claim_appeal(judge, appeal.pk, LATER).claimed_by == judge


def test_only_appeals_reviewers_and_leads_answer() -> None:
    appeal = appeal_against(decided())
    for role in (Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR):
        with pytest.raises(NotPermitted):
            decide_appeal(person(f"{role}", role), appeal.pk, granted=True, reasons="x", now=LATER)
    with pytest.raises(NotThere):
        decide_appeal(dora(), 987_654, granted=True, reasons="x", now=LATER)


# The answer


def test_a_granted_appeal_undoes_everything_in_one_step() -> None:
    decision = decided()
    appeal = appeal_against(decision)
    others = appeal_against(decision, by="friend")
    judge = dora()
    decide_appeal(judge, appeal.pk, granted=True, reasons=WORDS, now=LATER)
    decision.refresh_from_db()
    assert decision.status == "reversed"
    assert Strike.objects.get().withdrawn_at == LATER
    notice = Notice.objects.get(kind=NoticeTemplate.Kind.REINSTATEMENT)
    assert notice.appeal == appeal
    assert WORDS in (notice.body or "")
    others.refresh_from_db()
    assert (others.status, others.decided_by) == ("granted", judge)


@pytest.mark.parametrize("breaks", ["reverse", "write_notice", "record", "listener"])
def test_a_granted_appeal_that_breaks_in_the_middle_changes_nothing(
    breaks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = decided()
    appeal = appeal_against(decision)
    entries, notices = Entry.objects.count(), Notice.objects.count()

    def fall_down(*_: object, **__: object) -> None:
        raise RuntimeError("the power went off")

    if breaks == "listener":
        monkeypatch.setattr(announcements, "_listeners", [fall_down])
    else:
        monkeypatch.setattr(deciding, breaks, fall_down)
    with pytest.raises(RuntimeError):
        decide_appeal(dora(), appeal.pk, granted=True, reasons=WORDS, now=LATER)
    appeal.refresh_from_db()
    decision.refresh_from_db()
    assert (appeal.status, decision.status) == ("open", "in_force")
    assert Strike.objects.get().withdrawn_at is None
    assert (Entry.objects.count(), Notice.objects.count()) == (entries, notices)


def test_a_denied_appeal_leaves_the_decision_and_says_why() -> None:
    decision = decided()
    appeal = appeal_against(decision)
    decide_appeal(dora(), appeal.pk, granted=False, reasons="We read it all again.", now=LATER)
    decision.refresh_from_db()
    assert decision.status == "in_force"
    notice = Notice.objects.get(kind=NoticeTemplate.Kind.APPEAL_DENIED)
    assert "We read it all again." in (notice.body or "")


def test_an_appeal_is_answered_once() -> None:
    appeal = appeal_against(decided())
    judge = dora()
    decide_appeal(judge, appeal.pk, granted=False, reasons="It stands.", now=LATER)
    with pytest.raises(NotInThisState):
        decide_appeal(judge, appeal.pk, granted=True, reasons=WORDS, now=LATER)


def test_after_a_denial_new_words_are_a_new_appeal_and_the_old_ones_are_not() -> None:
    decision = decided()
    first = appeal_against(decision)
    decide_appeal(dora(), first.pk, granted=False, reasons="It stands.", now=LATER)
    assert appeal_against(decision) == first
    assert appeal_against(decision, "Here is the whole conversation.").status == "open"


def test_an_appeal_against_what_was_reversed_meanwhile_can_only_be_granted() -> None:
    decision = decided()
    appeal = appeal_against(decision)
    Decision.objects.update(status="reversed", ended_at=LATER)
    judge = dora()
    with pytest.raises(NotInThisState, match="undone"):
        decide_appeal(judge, appeal.pk, granted=False, reasons="It stands.", now=LATER)
    decide_appeal(judge, appeal.pk, granted=True, reasons=WORDS, now=LATER)
    assert Appeal.objects.get().status == "granted"


def test_an_answer_never_names_who_reported() -> None:
    decision = decided()
    report(decision.account, "farid-who-reported")
    appeal = appeal_against(decision)
    with pytest.raises(Unfit):
        decide_appeal(dora(), appeal.pk, granted=False, reasons="farid-who-reported is right.", now=LATER)


def test_the_record_holds_no_word_of_an_appeal() -> None:
    appeal = appeal_against(decided(), name="Chidi A.", email="me@example.org")
    decide_appeal(dora(), appeal.pk, granted=True, reasons="You were right.", now=LATER)
    record = "".join(Entry.objects.values_list("body", flat=True))
    assert not [word for word in ("quoted", "Chidi", "example.org", "right") if word in record]
