"""What the database refuses, whoever asks, and the policy that is always there.

SQLite drops a table's triggers when a later migration rebuilds the table: such a migration makes them again.
"""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from ostrakon.ledger.triggers import Refuse

DECISION, APPEAL, STRIKE = "casework_decision", "casework_appeal", "casework_strike"
PARTICIPATION, PERSON, GRANT = "casework_participation", "casework_person", "casework_grant"
CASE, INVITATION = "casework_case", "casework_guestinvitation"


def changed(*columns: str) -> str:
    """One of the columns gets another value. (SQLite and PostgreSQL share no shorter way that knows NULL.)"""
    return " OR ".join(f"(NEW.{c} <> OLD.{c} OR (NEW.{c} IS NULL) <> (OLD.{c} IS NULL))" for c in columns)


# An appeal is heard by somebody who had no part in the decision.

TOOK_PART = f"""
NEW.decided_by_id IS NOT NULL AND (
  EXISTS (SELECT 1 FROM {PARTICIPATION} p
          WHERE p.decision_id = NEW.decision_id AND p.person_id = NEW.decided_by_id)
  OR EXISTS (SELECT 1 FROM {DECISION} d
             WHERE d.id = NEW.decision_id AND NEW.decided_by_id IN (d.proposed_by_id, d.approved_by_id)))
"""
JUDGED_IT = f"""
NEW.part IN ('proposed', 'approved', 'declined')
AND EXISTS (SELECT 1 FROM {APPEAL} a WHERE a.decision_id = NEW.decision_id AND a.decided_by_id = NEW.person_id)
"""
NEVER_IN_FORCE = f"""
EXISTS (SELECT 1 FROM {DECISION} d WHERE d.id = NEW.decision_id AND d.in_force_at IS NULL)
"""
APPEALS = [
    Refuse(
        "appeal_is_filed_with_another_reviewer",
        APPEAL,
        "INSERT",
        "who took part in a decision never decides an appeal against it",
        TOOK_PART,
    ),
    Refuse(
        "appeal_is_decided_by_another_reviewer",
        APPEAL,
        "UPDATE",
        "who took part in a decision never decides an appeal against it",
        f"({changed('decided_by_id', 'decision_id')}) AND ({TOOK_PART})",
    ),
    Refuse(
        "appeal_is_against_what_was_in_force",
        APPEAL,
        "INSERT OR UPDATE",
        "an appeal is against a decision that came into force",
        NEVER_IN_FORCE,
    ),
    Refuse(
        "appeal_is_decided_once",
        APPEAL,
        "UPDATE",
        "an appeal that was decided stays as it was decided",
        f"OLD.status <> 'open' AND ({changed('decision_id', 'status', 'decided_by_id', 'decided_at')})",
    ),
    Refuse(
        "judge_of_an_appeal_takes_no_part",
        PARTICIPATION,
        "INSERT",
        "who decided an appeal takes no part in its decision",
        JUDGED_IT,
    ),
]

# A decision stays as it was written; only where it stands goes on.

WRITTEN_ONCE = (
    "case_id",
    "account_id",
    "policy_id",
    "policy_version_id",
    "outcome",
    "action",
    "duration_hours",
    "detected",
    "selection",
    "propensity",
    "under_pressure",
    "exempt_press",
    "exempt_research",
    "exempt_counter_speech",
    "proposed_by_id",
    "proposed_at",
    "key",
)
A_STEP_IT_MAY_TAKE = """
(OLD.status = 'proposed' AND NEW.status IN ('approved', 'in_force', 'declined', 'withdrawn'))
OR (OLD.status = 'approved' AND NEW.status IN ('in_force', 'declined', 'reversed'))
OR (OLD.status = 'in_force' AND NEW.status IN ('expired', 'superseded', 'reversed'))
OR (OLD.status IN ('expired', 'superseded') AND NEW.status = 'reversed')
"""
DISAGREES_WITH_ITS_CASE = f"""
NOT EXISTS (SELECT 1 FROM {CASE} c
            WHERE c.id = NEW.case_id AND c.account_id = NEW.account_id AND c.policy_id = NEW.policy_id)
OR NOT EXISTS (SELECT 1 FROM casework_policyversion v
               WHERE v.id = NEW.policy_version_id AND v.policy_id = NEW.policy_id)
"""
DECISIONS = [
    Refuse(
        "decision_is_written_once",
        DECISION,
        "UPDATE",
        "a decision never changes after it was written: another decision supersedes it",
        changed(*WRITTEN_ONCE),
    ),
    Refuse(
        "facts_of_a_decision_are_only_erased",
        DECISION,
        "UPDATE",
        "the facts of a decision may be erased by their rule, nothing else",
        f"NEW.facts IS NOT NULL AND ({changed('facts')})",
    ),
    Refuse(
        "decision_goes_its_steps",
        DECISION,
        "UPDATE",
        "a decision cannot go from where it stands to there",
        f"NEW.status <> OLD.status AND NOT ({A_STEP_IT_MAY_TAKE})",
    ),
    Refuse(
        "decision_is_approved_once",
        DECISION,
        "UPDATE",
        "a decision is approved once, while it is proposed",
        f"(OLD.status <> 'proposed' OR OLD.approved_by_id IS NOT NULL)"
        f" AND ({changed('approved_by_id', 'approved_at', 'approver_standing')})",
    ),
    Refuse(
        "decision_is_in_force_from_one_time",
        DECISION,
        "UPDATE",
        "from when and until when a decision acts never changes",
        f"OLD.in_force_at IS NOT NULL AND ({changed('in_force_at', 'ends_at')})",
    ),
    Refuse(
        "decision_ends_once",
        DECISION,
        "UPDATE",
        "when a decision ended never changes; why, may be erased by its rule",
        f"OLD.ended_at IS NOT NULL AND ({changed('ended_at')}"
        " OR (OLD.ended_why <> '' AND NEW.ended_why <> '' AND NEW.ended_why <> OLD.ended_why))",
    ),
    Refuse(
        "decision_is_reversed_at_one_time",
        DECISION,
        "UPDATE",
        "when a decision was reversed never changes",
        f"(OLD.reversed_at IS NOT NULL OR NEW.status <> 'reversed') AND ({changed('reversed_at')})",
    ),
    Refuse(
        "decision_agrees_with_its_case",
        DECISION,
        "INSERT",
        "a decision is about the account and the policy of its case",
        DISAGREES_WITH_ITS_CASE,
    ),
    Refuse(
        "case_keeps_its_account_and_policy",
        CASE,
        "UPDATE",
        "a case keeps its account and its policy",
        changed("account_id", "policy_id"),
    ),
    Refuse(
        "participation_never_changes",
        PARTICIPATION,
        "UPDATE",
        "who took part in a decision never changes",
    ),
    Refuse(
        "strike_is_only_withdrawn",
        STRIKE,
        "UPDATE",
        "a strike may be withdrawn, once, and nothing else",
        f"OLD.withdrawn_at IS NOT NULL OR ({changed('account_id', 'decision_id', 'given_at', 'expires_at')})",
    ),
]

# A guest is the second person of one case, and nothing else.

IS_GUEST = f"EXISTS (SELECT 1 FROM {PERSON} p WHERE p.id = {{}} AND p.is_guest)"
INVITED_TO = f"EXISTS (SELECT 1 FROM {INVITATION} i WHERE i.guest_id = {{}} AND i.case_id = {{}})"
PROPOSED_BY_A_GUEST = IS_GUEST.format("NEW.proposed_by_id")
APPROVED_BY_A_STRANGER = f"""
{IS_GUEST.format("NEW.approved_by_id")} AND NOT {INVITED_TO.format("NEW.approved_by_id", "NEW.case_id")}
"""
STANDS_AS_ANOTHER = f"""
NEW.approved_by_id IS NOT NULL AND {IS_GUEST.format("NEW.approved_by_id")} <> (NEW.approver_standing = 'guest')
"""
GUEST_TAKES_ANOTHER_PART = f"""
{IS_GUEST.format("NEW.person_id")} AND (
  NEW.part NOT IN ('approved', 'declined')
  OR NOT EXISTS (SELECT 1 FROM {DECISION} d JOIN {INVITATION} i ON i.case_id = d.case_id
                 WHERE d.id = NEW.decision_id AND i.guest_id = NEW.person_id))
"""
GUESTS = [
    Refuse(
        "guest_never_proposes",
        DECISION,
        "INSERT",
        "a guest approves or declines in their one case, and nothing else",
        PROPOSED_BY_A_GUEST,
    ),
    Refuse(
        "guest_approves_in_their_case",
        DECISION,
        "INSERT OR UPDATE",
        "a guest approves or declines in their one case, and nothing else",
        APPROVED_BY_A_STRANGER,
    ),
    Refuse(
        "guest_stands_as_guest",
        DECISION,
        "INSERT OR UPDATE",
        "a guest approves as a guest, and nobody else does",
        STANDS_AS_ANOTHER,
    ),
    Refuse(
        "guest_takes_part_in_their_case",
        PARTICIPATION,
        "INSERT",
        "a guest approves or declines in their one case, and nothing else",
        GUEST_TAKES_ANOTHER_PART,
    ),
    Refuse(
        "guest_has_no_role",
        GRANT,
        "INSERT OR UPDATE",
        "a guest has no role",
        IS_GUEST.format("NEW.person_id"),
    ),
    Refuse(
        "guest_stays_a_guest",
        PERSON,
        "UPDATE",
        "a guest stays a guest, and a colleague a colleague",
        "NEW.is_guest <> OLD.is_guest",
    ),
    Refuse(
        "invitation_is_taken_by_a_guest",
        INVITATION,
        "INSERT OR UPDATE",
        "an invitation is taken by a guest, never by who invited them",
        f"NEW.guest_id IS NOT NULL AND (NEW.guest_id = NEW.invited_by_id"
        f" OR NOT {IS_GUEST.format('NEW.guest_id')})",
    ),
    Refuse(
        "invitation_stays_as_it_was_made",
        INVITATION,
        "UPDATE",
        "an invitation is to one case, from one person, for one guest",
        f"{changed('case_id', 'invited_by_id', 'invited_at', 'digest')}"
        f" OR (OLD.guest_id IS NOT NULL AND ({changed('guest_id')}))",
    ),
    Refuse(
        "grant_only_ends",
        GRANT,
        "UPDATE",
        "a grant may be ended, once, and nothing else",
        f"OLD.ended_at IS NOT NULL OR ({changed('person_id', 'role', 'granted_by_id', 'granted_at')})",
    ),
]

# Nothing that was decided, said or in force disappears.

KEPT = (
    "appeal",
    "case",
    "decision",
    "grant",
    "guestinvitation",
    "notice",
    "participation",
    "person",
    "policy",
    "policytext",
    "policyversion",
    "strike",
)
DELETIONS = [
    Refuse(
        f"{table}_is_kept",
        f"casework_{table}",
        "DELETE OR TRUNCATE",
        "this is kept for ever; it may only end",
    )
    for table in KEPT
]
WORDING = [
    Refuse(
        f"{table}_never_changes",
        f"casework_{table}",
        "UPDATE",
        "the wording of a policy never changes: a new version follows",
    )
    for table in ("policyversion", "policytext")
]

# Reports that name no policy, or one that nobody knows, speak about this one.

UNSPECIFIED = {
    "en": (
        "Reported without a ground",
        "The report did not say which rule was broken. The reviewer's words name the rule that this decision applies.",
    ),
    "fr": (
        "Signalé sans motif",
        "Le signalement n’indiquait pas quelle règle était enfreinte. L’exposé de la décision nomme la règle appliquée.",
    ),
    "ar": (
        "بلاغ بلا سبب محدد",
        "لم يذكر البلاغ القاعدة التي خولفت. ويبيّن نص القرار القاعدة التي استند إليها.",
    ),
}
FROM_THE_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def add_the_unspecified_policy(apps: Any, schema_editor: Any) -> None:
    """With its first version, in the three languages of the house."""
    policy = apps.get_model("casework", "Policy").objects.create(code="unspecified", severity=0.3)
    version = apps.get_model("casework", "PolicyVersion").objects.create(
        policy=policy, number=1, valid_from=FROM_THE_BEGINNING
    )
    texts = apps.get_model("casework", "PolicyText")
    texts.objects.bulk_create(
        texts(version=version, language=language, title=title, text=text)
        for language, (title, text) in UNSPECIFIED.items()
    )


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]

    operations = [
        *APPEALS,
        *DECISIONS,
        *GUESTS,
        *DELETIONS,
        *WORDING,
        migrations.RunPython(add_the_unspecified_policy, migrations.RunPython.noop),
    ]
