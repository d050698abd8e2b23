"""Personal data go when their rule says so, and not before; what was decided, and the record, stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.casework.case import NOW, account, case, decision_in_force, person, policy, report
from tests.casework.deciding import by_plain_sql, fresh, refused
from tests.casework.linking import link, suspended
from tests.ledger.case import PUBLIC, exported, sign

from ostrakon.casework.actions.erase import erase_what_is_due
from ostrakon.casework.actions.retention import set_retention
from ostrakon.casework.erasing import ERASABLE
from ostrakon.casework.links import APPEALS_OPEN
from ostrakon.casework.models import (
    Appeal,
    Batch,
    BatchItem,
    Case,
    Decision,
    Exposure,
    LinkJudgement,
    Note,
    Notice,
    NoticeTemplate,
    Person,
    Policy,
    Progress,
    RetentionRule,
    Task,
)
from ostrakon.errors import NotPermitted, NotThere, Unfit
from ostrakon.intake.models import Conflict, Contact, Evidence, Follow, Profile, Report
from ostrakon.ledger.models import Entry
from ostrakon.ledger.stored import verify_database
from ostrakon.triage.models import Link

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Kind = RetentionRule.Kind
WORDS = {
    Report: ["text", "salt"],
    Conflict: ["content", "salt", "plain"],
    Evidence: ["content", "salt"],
    Notice: ["statement", "subject", "body"],
    Decision: ["facts"],
    Note: ["text"],
    Appeal: ["text", "reasons"],
}
LONG_AGO = NOW - 10 * 365 * DAY


@pytest.fixture(autouse=True)
def the_jobs_have_run(db: None) -> None:
    Progress.objects.create(job="open_cases", last=1 << 60)


@pytest.fixture
def lena() -> Person:
    return person("lena", "safety_lead")


@pytest.fixture
def story() -> Decision:
    """Everything that can be kept about one account, ten years old."""
    return told("chidi")


def told(name: str, **fields: Any) -> Decision:
    when = LONG_AGO
    on = case(account(name, email=f"{name}@example.org"), the_policy(), status="decided", last_report_at=when)
    Contact.objects.filter(account=on.account).update(updated_at=when)
    bram, dora = (Person.objects.get_or_create(username=who)[0] for who in ("bram", "dora"))
    shown = Evidence.objects.create(
        account=on.account,
        sha256="a" * 64,
        content=b"cruel",
        location="https://example.org/1",
        salt=b"s",
        salted="b" * 64,
        taken_at=when,
    )
    said = report(
        on.account, f"alice of {name}", text="he threatens me", salt=b"s", evidence=shown, received_at=when,
        email="alice@example.org",
    )  # fmt: skip
    Conflict.objects.create(report=said, content=b"other", salt=b"s", digest="d", plain="p", received_at=when)
    defaults = {"status": "expired", "in_force_at": when, "ended_at": when, "ended_why": "over"}
    made = decision_in_force(on, bram, dora, **{**defaults, **fields})
    Note.objects.create(case=on, author=bram, at=when, text="I know him")
    Appeal.objects.create(
        decision=made, status="denied", filed_by="friend", filed_at=when, text="he is kind", name="Eve",
        email="eve@example.org", due_at=when, decided_by=person(f"judge of {name}"), decided_at=when, reasons="no",
    )  # fmt: skip
    Notice.objects.create(
        kind="statement_of_reasons", decision=made, account=on.account, language="en",
        template=NoticeTemplate.objects.earliest("pk"), statement={"facts": "f"}, subject="s", body="b",
        written_at=when,
    )  # fmt: skip
    Exposure.objects.create(person=bram, case=on, evidence=shown, severity=0.9, at=when)
    return made


def batched(made: Decision) -> Batch:
    """A batch that is long over, of this case."""
    batch = Batch.objects.create(
        policy=made.policy, outcome="upheld", action="warn", facts="many did", seed=1, key=f"b{made.pk}",
        prepared_by=made.proposed_by, prepared_at=LONG_AGO, held_until=LONG_AGO,
    )  # fmt: skip
    item = BatchItem.objects.create(batch=batch, case=made.case, version=0, last_report=0, in_sample=False)
    if made.action == "warn":
        BatchItem.objects.filter(pk=item.pk).update(state="decided", decision=made)
    Batch.objects.filter(pk=batch.pk).update(status="called_off", ended_at=LONG_AGO)
    return batch


def linked(made: Decision) -> None:
    """How the account showed itself, and a link of it that somebody judged."""
    Profile.objects.create(account=made.account, bio="b", seen_at=LONG_AGO, told_at=LONG_AGO)
    Follow.objects.create(account=made.account, followee="f", seen_at=LONG_AGO)
    found = link(made.account, suspended("dora", facts=None).account, found_at=LONG_AGO)
    LinkJudgement.objects.create(
        link=found, verdict="different", reasons="r", judged_by=made.proposed_by, judged_at=LONG_AGO,
        as_senior=False,
    )  # fmt: skip
    Link.objects.filter(pk=found.pk).update(status="different")


def the_policy() -> Any:
    return Policy.objects.filter(code="harassment").first() or policy()


def words_left() -> dict[type[Model], int]:
    """How many rows still hold something."""
    return {
        model: sum(
            any(value is not None for value in row) for row in model._default_manager.values_list(*columns)
        )
        for model, columns in WORDS.items()
    }


# What is erased


def test_all_words_go_and_everything_else_stays(story: Decision) -> None:
    batch = batched(story)
    linked(story)
    sign()
    before = {model: model._default_manager.count() for model in WORDS}
    said = erase_what_is_due(NOW)
    assert said == dict.fromkeys(Kind, 1)
    assert set(words_left().values()) == {0}
    assert {model: model._default_manager.count() for model in WORDS} == before
    kept = fresh(story)
    assert (kept.outcome, kept.action, kept.status, kept.ended_why) == ("upheld", "suspend", "expired", "")
    appeal, shown = Appeal.objects.get(), Evidence.objects.get()
    assert (appeal.name, appeal.email, appeal.status) == ("", "", "denied")
    assert (shown.location, shown.sha256) == ("", shown.salted)
    reporter = Report.objects.get().reporter
    assert (reporter.name, reporter.email) == ("", "")
    assert not Contact.objects.filter(account=story.account).exists()
    assert not Exposure.objects.exists()
    assert fresh(batch).facts is None


def test_erased_is_erased_once(story: Decision) -> None:
    erase_what_is_due(NOW)
    entries = Entry.objects.count()
    assert erase_what_is_due(NOW + DAY) == dict.fromkeys(Kind, 0)
    assert Entry.objects.count() == entries


def test_the_record_says_how_much_by_which_rule_holds_no_word_and_verifies(story: Decision) -> None:
    batched(story)
    linked(story)
    erase_what_is_due(NOW)
    sign()
    entries = Entry.objects.filter(kind="data_erased")
    assert {entry.subject for entry in entries} == {f"retention:{kind}" for kind in Kind}
    body = entries.get(subject="retention:report_texts").body
    assert '"count":1' in body
    assert f'"days":{RetentionRule.objects.get(kind="report_texts").days}' in body
    assert verify_database(PUBLIC).problems == []
    assert not [word for word in (b"threatens", b"alice", b"chidi", b"cruel") if word in exported()]


def test_more_than_a_turn_is_erased_in_several(monkeypatch: pytest.MonkeyPatch, story: Decision) -> None:
    monkeypatch.setattr("ostrakon.casework.actions.erase.AT_ONCE", 3)
    for number in range(7):
        report(story.account, f"r{number}", text="words", received_at=LONG_AGO)
    assert erase_what_is_due(NOW)[Kind.REPORT_TEXTS] == 8
    assert Entry.objects.filter(kind="data_erased", subject="retention:report_texts").count() == 3


def test_every_kind_has_its_rule_and_its_way() -> None:
    assert set(ERASABLE) == set(Kind) == set(RetentionRule.objects.values_list("kind", flat=True))


# What is not due


def keeps_everything(about: Decision) -> bool:
    erase_what_is_due(NOW)
    kept = words_left()
    return set(kept.values()) == {1} and Contact.objects.filter(account=about.account).exists()


@pytest.mark.parametrize("status", ["open", "proposed"])
def test_nothing_of_an_account_with_an_undecided_case_goes(story: Decision, status: str) -> None:
    Case.objects.filter(pk=story.case_id).update(status=status)
    assert keeps_everything(story)


def test_a_second_case_that_is_open_keeps_the_account(story: Decision) -> None:
    case(story.account, policy("spam"))
    assert keeps_everything(story)


def test_an_open_appeal_keeps_everything(story: Decision) -> None:
    Appeal.objects.create(
        decision=story, filed_by="crowd", filed_at=LONG_AGO, due_at=LONG_AGO, text="look again"
    )
    erase_what_is_due(NOW)
    assert words_left() == {**dict.fromkeys(WORDS, 1), Appeal: 2}


def test_what_can_still_be_appealed_keeps_everything() -> None:
    assert keeps_everything(told("chidi", status="in_force", in_force_at=NOW - APPEALS_OPEN, ended_at=None))


def test_what_was_undone_lately_keeps_everything() -> None:
    assert keeps_everything(told("chidi", status="reversed", reversed_at=NOW - DAY, ended_at=LONG_AGO))


def test_a_report_that_has_no_case_yet_keeps_its_words(story: Decision) -> None:
    Progress.objects.update(last=Report.objects.get().pk - 1)
    assert erase_what_is_due(NOW)[Kind.REPORT_TEXTS] == 0


def test_evidence_that_was_reported_again_stays(story: Decision) -> None:
    report(story.account, "bob", evidence=Evidence.objects.get(), received_at=NOW)
    said = erase_what_is_due(NOW)
    assert (said[Kind.EVIDENCE], said[Kind.REPORT_TEXTS]) == (0, 1)


def test_a_notice_that_a_person_must_deliver_stays(story: Decision) -> None:
    Task.objects.create(kind="no_contact", notice=Notice.objects.get(), opened_at=LONG_AGO)
    assert erase_what_is_due(NOW)[Kind.NOTICES] == 0


def test_who_is_still_suspended_can_be_reached() -> None:
    told("chidi", status="in_force", ended_at=None)
    said = erase_what_is_due(NOW)
    assert (said[Kind.FACTS], said[Kind.ACCOUNT_CONTACTS]) == (1, 0)


def test_who_reported_somebody_else_lately_is_still_told_the_outcome(story: Decision) -> None:
    other = case(account("other"), story.policy)
    Report.objects.create(
        **{
            name: getattr(Report.objects.get(), name)
            for name in ("platform", "reporter", "source", "reported_at", "digest")
        },
        external_id="again",
        account=other.account,
        received_at=LONG_AGO,
    )
    assert erase_what_is_due(NOW)[Kind.REPORTER_CONTACTS] == 0


@settings(max_examples=25, deadline=None)
@given(days=st.integers(1, 3650), age=st.integers(0, 4000))
def test_a_rule_takes_effect_on_its_day(days: int, age: int) -> None:
    RetentionRule.objects.update(days=days)
    ended = NOW - age * DAY
    made = told(f"chidi {Decision.objects.count()}", ended_at=ended, in_force_at=min(ended, NOW - 4300 * DAY))
    erase_what_is_due(NOW)
    assert (fresh(made).facts is None) is (age >= days)


# The rules


def test_a_safety_lead_changes_a_rule_on_the_record(lena: Person) -> None:
    rule = set_retention(lena, Kind.NOTES, 7, NOW)
    assert (rule.days, rule.changed_by, rule.changed_at) == (7, lena, NOW)
    assert fresh(rule).days == 7
    entry = Entry.objects.latest("number")
    assert (entry.kind, entry.actor, entry.subject) == ("retention_changed", lena.actor, "retention:notes")
    assert '"facts":{"before":180,"days":7}' in entry.body


def test_a_rule_that_makes_no_sense_is_refused(lena: Person) -> None:
    for days in (0, -1, 3651):
        with pytest.raises(Unfit):
            set_retention(lena, Kind.NOTES, days, NOW)
    with pytest.raises(NotThere):
        set_retention(lena, "decisions", 7, NOW)
    with pytest.raises(NotPermitted):
        set_retention(person("bram", "reviewer", "approver", "administrator"), Kind.NOTES, 7, NOW)
    assert not RetentionRule.objects.filter(changed_by__isnull=False).exists()
    with refused("retention_is_from_a_day_to_ten_years"):
        RetentionRule.objects.update(days=0)
    with refused("has a rule"):
        by_plain_sql("DELETE FROM casework_retentionrule")


# The database lets words go and nothing come in their place


@pytest.mark.parametrize(
    ("model", "column", "value"),
    [
        (Report, "text", "other"),
        (Conflict, "content", b"another"),
        (Evidence, "content", b"other"),
        (Evidence, "location", "https://example.org/2"),
        (Evidence, "missing", "nothing"),
        (Notice, "body", "other"),
        (Notice, "statement", {}),
        (Decision, "facts", "other"),
        (Note, "text", "other"),
        (Note, "at", NOW),
        (Appeal, "text", "other"),
        (Appeal, "reasons", "other"),
        (Appeal, "name", "other"),
        (Appeal, "email", "other@example.org"),
        (Appeal, "filed_at", NOW),
        (Exposure, "severity", 0.1),
    ],
)
@pytest.mark.parametrize("erased_before", [False, True])
def test_words_are_not_rewritten_before_or_after_they_went(
    story: Decision, model: type[Model], column: str, value: Any, erased_before: bool
) -> None:
    if erased_before and model is not Exposure:
        erase_what_is_due(NOW)
    with refused("."):
        model._default_manager.update(**{column: value})


def test_the_facts_of_a_batch_stay_while_one_of_its_decisions_needs_them() -> None:
    batch = batched(told("dora", action="warn", ended_at=NOW))
    erase_what_is_due(NOW)
    assert fresh(batch).facts == "many did"
