"""Made-up contents of every kind of notice: a wording is tried on them before it is taken."""

from __future__ import annotations

from collections.abc import Mapping

from ostrakon.casework.models import Action, NoticeTemplate
from ostrakon.casework.statement import Answer, Outcome, Statement, Told

Kind = NoticeTemplate.Kind

_ANSWER = Answer(
    platform="example.org",
    handle="@chidi",
    decided_on="2026-11-22",
    action=Action.SUSPEND,
    policy="Harassment",
    filed_on="2026-11-23",
    answer_due="2026-11-30",
    reasons="The message quoted somebody else.",
)
SAMPLES: Mapping[str, Told] = {
    Kind.STATEMENT_OF_REASONS: Statement(
        platform="example.org",
        handle="@chidi",
        decided_on="2026-11-22",
        action=Action.SUSPEND_FOR_A_TIME,
        ends_at="2026-11-29 12:00 UTC",
        territory="everywhere",
        facts="On 21 November the account sent forty messages with threats to one person.",
        is_illegal=False,
        policy="Harassment",
        policy_text="Do not threaten people.",
        policy_reference="Terms, 4.2",
        detected="reports",
        returner_of="",
        automated_detection=True,
        automated_decision=False,
        second_person=True,
        appeal_link="https://example.org/appeal/1.2.abc",
        appeal_until="2027-05-31 12:00 UTC",
    ),
    Kind.REINSTATEMENT: _ANSWER,
    Kind.APPEAL_RECEIVED: _ANSWER,
    Kind.APPEAL_DENIED: _ANSWER,
    Kind.REPORT_OUTCOME: Outcome(
        platform="example.org", handle="@chidi", decided_on="2026-11-22", is_violation=True
    ),
}
