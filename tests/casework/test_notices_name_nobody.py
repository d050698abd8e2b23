"""Nothing ever names a reporter to the reported: not the wording, not the fields, not what colleagues write."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.casework.case import NOW, account, case, decision_in_force, person, policy, report

from ostrakon.casework.discretion import refuse_named_reporters
from ostrakon.casework.models import Appeal, Decision, Notice, NoticeTemplate
from ostrakon.casework.notices import write_notice, write_report_outcomes
from ostrakon.errors import Unfit
from ostrakon.intake.models import Handle, Source

pytestmark = pytest.mark.django_db
Kind = NoticeTemplate.Kind
# Letters that stand in no wording: what is found was planted.
PLANTED = st.text("ʒʘʞʬѪѮѰѲ", min_size=6, max_size=30)


def with_reporters(planted: Sequence[str], language: str, detected: str, action: str) -> Decision:
    """A decided case whose reporters carry the planted strings wherever a reporter has one."""
    name, handle, email, text, source, list_named = planted
    chidi = account("chidi", email="chidi@example.org", language=language)
    made = report(chidi, name, text=text, email=f"{email}@example.org", declared=list_named)
    own = account(name)
    Handle.objects.create(account=own, handle=handle, first_seen_at=NOW, last_seen_at=NOW)
    Source.objects.filter(pk=made.source_id).update(name=source)
    return decision_in_force(
        case(chidi, policy()),
        person("alice"),
        person("bram"),
        detected=detected,
        action=action,
        duration_hours=5 if action == "suspend_for_a_time" else None,
    )


def every_notice_of(decision: Decision) -> None:
    """Whatever can be written about a decision is written."""
    judge = person("judge")
    appeal = Appeal.objects.create(
        decision=decision,
        status="denied",
        filed_by="user",
        filed_at=NOW,
        due_at=NOW,
        decided_by=judge,
        decided_at=NOW,
        reasons="We read everything again.",
    )
    write_notice(Kind.STATEMENT_OF_REASONS, now=NOW, decision=decision)
    write_notice(Kind.REINSTATEMENT, now=NOW, decision=decision)
    for kind in (Kind.APPEAL_RECEIVED, Kind.APPEAL_DENIED, Kind.REINSTATEMENT):
        write_notice(kind, now=NOW, decision=decision, appeal=appeal)
    write_report_outcomes(decision, NOW)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    planted=st.lists(PLANTED, min_size=6, max_size=6, unique=True),
    language=st.sampled_from(["", "en", "fr", "ar"]),
    detected=st.sampled_from(Decision.Detected.values),
    action=st.sampled_from(["warn", "label", "limit", "suspend_for_a_time", "suspend"]),
)
def test_no_notice_ever_names_who_reported(
    planted: list[str], language: str, detected: str, action: str
) -> None:
    with transaction.atomic():
        decision = with_reporters(planted, language, detected, action)
        every_notice_of(decision)
        written = [f"{n.subject}{n.body}{n.statement}" for n in Notice.objects.all()]
        transaction.set_rollback(True)
    assert len(written) == 6
    assert not [(text, shown) for text in planted for shown in written if text in shown]


def test_a_colleague_cannot_name_who_reported_by_mistake() -> None:
    chidi = account("chidi", handle="@chidi:example.org")
    report(
        chidi, "@dora:example.org", email="dora@example.org", text="He wrote to me every night for a week."
    )
    dora = account("@dora:example.org", handle="dora_the_great")
    assert dora
    for text in (
        "It threatened @dora:example.org.",
        "As dora@example.org told us (with proof), it threatens.",
        'It threatened "dora_the_great", again and again.',
        "It was said: he wrote to me every night for a week.",
        "It threatened @Dora:example.org, Dora@Example.org too.",
        "Dora_The_Great was threatened.",
    ):
        with pytest.raises(Unfit) as refused:
            refuse_named_reporters(text, chidi)
        assert "dora" not in str(refused.value)


@pytest.mark.parametrize("text", ["\u754c" * 20_000, "%_\\\\" * 6_000, "a" * 20_000])
def test_no_report_however_it_is_written_keeps_anybody_from_deciding(text: str) -> None:
    chidi = account("chidi")
    report(chidi, "mallory", text=text)
    refuse_named_reporters("The account sent forty threats to one person, 100 % of them at night.", chidi)
    with pytest.raises(Unfit, match="quotes"):
        refuse_named_reporters(f"It was said: {text}", chidi)


def test_what_names_nobody_may_be_said() -> None:
    chidi = account("chidi", handle="@chidi:example.org")
    report(chidi, "12", text="spam")
    report(chidi, "emeka", text="")
    refuse_named_reporters("On 12 May @chidi:example.org sent 12 messages of spam to one person.", chidi)
    refuse_named_reporters("A message to farid, who reported nobody.", chidi)
    elsewhere = account("farid")
    report(elsewhere, "farid")
    refuse_named_reporters("A message to farid, who reported somebody else.", chidi)
