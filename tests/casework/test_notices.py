"""The decision itself writes its reasons, in the reader's language, and hands them to the outbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from tests.casework.case import NOW, account, case, decision_in_force, person, policy, report

from ostrakon.casework import announcements
from ostrakon.casework.links import decision_of
from ostrakon.casework.models import Appeal, Decision, Notice, NoticeTemplate, PolicyText, PolicyVersion
from ostrakon.casework.notices import _reporters, write_notice, write_report_outcomes
from ostrakon.casework.wording import isolated
from ostrakon.ledger.kinds import Kind as Recorded
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
Kind = NoticeTemplate.Kind


def decided(*, language: str = "", handle: str = "@chidi", **fields: object) -> Decision:
    texts = {"en": "Harassment", "fr": "Harcèlement", "ar": "المضايقة"}
    chidi = account("chidi", email="chidi@example.org", language=language, handle=handle)
    return decision_in_force(case(chidi, policy(**texts)), person("alice"), person("bram"), **fields)


def statement(decision: Decision | None) -> Notice:
    assert decision
    return write_notice(Kind.STATEMENT_OF_REASONS, now=NOW, decision=decision)


def test_a_statement_says_facts_ground_detection_duration_and_redress() -> None:
    notice = statement(
        decided(action="suspend_for_a_time", duration_hours=168, ends_at=NOW + timedelta(days=7))
    )
    assert notice.body is not None
    for part in (
        "The account sent forty threats to one person.",
        "our rules: \u2068Harassment\u2069",
        "Harassment: do not.",
        "It was reported to us.",
        "A computer program put what we had to look at in its order.",
        "No computer program took the decision: a person did, and a second person agreed.",
        "suspended",
        "\u20682026-11-29 12:00 UTC\u2069",
        "appeal, free of charge",
        "out-of-court dispute settlement body, or to a court",
    ):
        assert part in notice.body


def test_the_appeal_link_of_a_statement_leads_to_its_decision() -> None:
    decision = decided()
    fields = statement(decision).statement or {}
    token = fields["appeal_link"].rsplit("/", 1)[1]
    assert decision_of(token, NOW + timedelta(days=184)) == decision
    assert fields["appeal_until"] == "2027-05-31 12:00 UTC"


@pytest.mark.parametrize(
    ("language", "written_in", "words"),
    [
        ("", "en", "Your account is suspended"),
        ("fr-CA", "fr", "Votre compte est suspendu"),
        ("AR", "ar", "حسابك موقوف"),
        ("sw", "en", "Your account is suspended"),
    ],
)
def test_a_notice_is_written_in_the_language_of_its_reader(
    language: str, written_in: str, words: str
) -> None:
    notice = statement(decided(language=language))
    assert notice.language == written_in
    assert words in (notice.body or "")


def test_the_language_of_the_platform_is_used_when_the_person_named_none() -> None:
    decision = decided()
    decision.account.language = "fr"
    assert statement(decision).language == "fr"


def test_the_policy_is_quoted_in_the_version_decided_under() -> None:
    decision = decided()
    newer = PolicyVersion.objects.create(policy=decision.policy, number=2, valid_from=NOW)
    PolicyText.objects.create(version=newer, language="en", title="Newer", text="Newer words.")
    assert "Newer" not in (statement(decision).body or "")


def test_a_handle_cannot_turn_the_direction_of_the_text_around_it() -> None:
    body = statement(decided(language="ar", handle="\u202echidi\u2069\nevil\u200f")).body or ""
    assert "\u2068chidi evil\u2069" in body
    assert isolated("a\u2066b") == "\u2068a b\u2069"
    assert not set(body) & set("\u202a\u202b\u202d\u202e\u2066\u2067")


def test_a_subject_is_one_line() -> None:
    notice = statement(decided(handle="@chidi\r\nBcc: everybody@example.org"))
    assert "\n" not in (notice.subject or "")
    assert "\r" not in (notice.subject or "")


def test_it_keeps_the_template_that_it_was_written_with_and_its_fields() -> None:
    notice = statement(decided())
    NoticeTemplate.objects.create(
        kind=Kind.STATEMENT_OF_REASONS, language="en", version=3, subject="s", body="b", written_at=NOW
    )
    assert notice.template.version == 2
    assert notice.statement is not None
    assert notice.statement["automated_decision"] is False


def test_one_decision_has_one_statement() -> None:
    notice = statement(decided())
    assert statement(notice.decision) == notice
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(
            kind=notice.kind,
            decision=notice.decision,
            account=notice.account,
            template=notice.template,
            written_at=NOW,
        )


def test_what_is_written_is_announced_and_recorded_without_a_word_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[announcements.Announcement] = []
    monkeypatch.setattr(announcements, "_listeners", [heard.append])
    notice = statement(decided())
    assert heard == [announcements.NoticesWritten([notice])]
    entry = Entry.objects.get(kind=Recorded.NOTICE_WRITTEN)
    assert "chidi" not in entry.body
    assert "threats" not in entry.body


def test_those_who_reported_hear_the_outcome_and_nothing_else() -> None:
    decision = decided()
    report(decision.account, "dora", email="dora@example.org", language="fr")
    report(decision.account, "dora")
    report(decision.account, "emeka", email="emeka@example.org")
    report(decision.account, "nobody-knows-how-to-reach-me")
    report(decision.account, "farid", under="spam", email="farid@example.org")
    assert write_report_outcomes(decision, NOW) == 2
    notices = {n.reporter.external_id: n for n in Notice.objects.all() if n.reporter}
    assert {name: n.language for name, n in notices.items()} == {"dora": "fr", "emeka": "en"}
    for notice in notices.values():
        assert "forty threats" not in f"{notice.body}{notice.statement}"
        assert "Harassment" not in f"{notice.body}{notice.statement}"


def test_those_who_reported_without_a_ground_hear_what_came_of_the_unspecified_case() -> None:
    from_nowhere = policy("unspecified2")
    chidi = account()
    unspecified = type(from_nowhere).objects.get(code="unspecified")
    decision = decision_in_force(case(chidi, unspecified), person("alice"), person("bram"))
    report(chidi, "dora", under="no-such-rule", email="dora@example.org")
    report(chidi, "emeka", under="unspecified", email="emeka@example.org")
    report(chidi, "farid", under="unspecified2", email="farid@example.org")
    assert write_report_outcomes(decision, NOW) == 2


def test_sixty_reporters_cost_as_many_queries_as_six() -> None:
    first = decided()
    second = decision_in_force(case(account("dora"), first.policy), first.proposed_by, first.approved_by)
    assert _queries_for(second, reporters=60) == _queries_for(first, reporters=6)


def _queries_for(decision: Decision, *, reporters: int) -> int:
    """How many it takes to tell so many people."""
    for number in range(reporters):
        report(decision.account, f"r{number}", email=f"r{number}@example.org")
    with CaptureQueriesContext(connection) as queries:
        assert write_report_outcomes(decision, NOW) == reporters
    return len(queries)


@pytest.mark.only_on("sqlite")
def test_those_who_reported_are_found_from_the_reports_and_not_among_all_who_ever_did() -> None:
    decision = decision_in_force(case(account(), policy()), person("alice"), person("bram"))
    plan = _reporters(decision).filter(pk__gt=0).order_by("pk").explain()
    assert "INTEGER PRIMARY KEY (rowid=?)" in plan
    assert "(account_id=? AND policy=?)" in plan


def test_the_database_keeps_a_notice_as_it_was_written() -> None:
    notice = statement(decided())
    notices = Notice.objects.filter(pk=notice.pk)
    for changes in ({"body": "other words"}, {"language": "fr"}, {"statement": {"facts": "other"}}):
        with pytest.raises(IntegrityError), transaction.atomic():
            notices.update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeTemplate.objects.update(version=F("version") + 1)
    assert notices.update(body=None, subject=None, statement=None) == 1


def test_a_denied_appeal_is_answered_with_its_reasons() -> None:
    decision = decided()
    appeal = Appeal.objects.create(
        decision=decision,
        status="denied",
        filed_by="user",
        filed_at=NOW,
        due_at=NOW,
        decided_by=person("dora"),
        decided_at=NOW,
        reasons="We read the forty messages again.",
    )
    notice = write_notice(Kind.APPEAL_DENIED, now=NOW, decision=decision, appeal=appeal)
    assert "We read the forty messages again." in (notice.body or "")
    assert "court" in (notice.body or "")
