"""A link never acts: what the database refuses about verdicts on links and their citations, and how long they stay."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from ostrakon.ledger.triggers import Refuse

LINK, ACCOUNT, DECISION = "triage_link", "intake_account", "casework_decision"
JUDGEMENT, CITATION = "casework_linkjudgement", "casework_linkcitation"
FROM_THE_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = {"profiles": 90, "follows": 90, "links": 60, "link_reasons": 365}


def changed(*columns: str) -> str:
    """One of the columns gets another value."""
    return " OR ".join(f"(NEW.{c} <> OLD.{c} OR (NEW.{c} IS NULL) <> (OLD.{c} IS NULL))" for c in columns)


IS_SUSPENDED = f"""
EXISTS (SELECT 1 FROM {DECISION} d WHERE d.account_id = {{}} AND d.status = 'in_force'
        AND d.action IN ('suspend', 'suspend_for_a_time'))
"""
NOT_SUSPENDED = f"NOT {IS_SUSPENDED.format('NEW.suspended_account_id')}"
NOBODY_SAID_SO = f"""
NEW.status IN ('same', 'different', 'cannot_tell') AND NEW.status <> OLD.status
AND NOT EXISTS (SELECT 1 FROM {JUDGEMENT} j WHERE j.link_id = NEW.id AND j.verdict = NEW.status
                AND j.id = (SELECT MAX(k.id) FROM {JUDGEMENT} k WHERE k.link_id = NEW.id))
"""
NO_REASON_TO_LINK = f"NEW.status = 'same' AND OLD.status <> 'same' AND {NOT_SUSPENDED}"
LINKS = [
    Refuse(
        "link_leads_to_who_is_suspended",
        LINK,
        "INSERT",
        "a link leads to an account that is suspended by a decision in force",
        NOT_SUSPENDED,
    ),
    Refuse(
        "link_is_judged_by_a_person",
        LINK,
        "UPDATE",
        "only a person judges a link",
        NOBODY_SAID_SO,
    ),
    Refuse(
        "link_is_confirmed_while_the_suspension_stands",
        LINK,
        "UPDATE",
        "a link is confirmed only while the other account is suspended",
        NO_REASON_TO_LINK,
    ),
]

IS_OVER = f"EXISTS (SELECT 1 FROM {LINK} l WHERE l.id = NEW.link_id AND l.status IN ('expired', 'revoked'))"
IS_PROTECTED = f"""
EXISTS (
  SELECT 1 FROM {LINK} l JOIN {ACCOUNT} a ON a.id = l.account_id JOIN {ACCOUNT} s ON s.id = l.suspended_account_id
  WHERE l.id = NEW.link_id AND (
    a.created_at < s.created_at
    OR EXISTS (SELECT 1 FROM intake_report r JOIN intake_reporter w ON w.id = r.reporter_id
               WHERE r.account_id = s.id AND w.platform = a.platform AND w.external_id = a.external_id)))
"""
JUDGEMENTS = [
    Refuse(
        "link_that_is_over_is_not_judged",
        JUDGEMENT,
        "INSERT",
        "a link that expired or was revoked is judged no more",
        IS_OVER,
    ),
    Refuse(
        "protected_account_is_linked_by_a_senior",
        JUDGEMENT,
        "INSERT",
        "who is older than the suspended account, or reported it, is linked to it by a safety lead or by nobody",
        f"NEW.verdict = 'same' AND NOT NEW.as_senior AND {IS_PROTECTED}",
    ),
    Refuse(
        "guest_judges_no_link",
        JUDGEMENT,
        "INSERT",
        "a guest approves or declines in their one case, and nothing else",
        "EXISTS (SELECT 1 FROM casework_person p WHERE p.id = NEW.judged_by_id AND p.is_guest)",
    ),
    Refuse(
        "judgement_of_a_link_is_only_erased",
        JUDGEMENT,
        "UPDATE",
        "what somebody said about a link stays; their words may be erased by their rule",
        f"{changed('link_id', 'verdict', 'judged_by_id', 'judged_at', 'as_senior')} OR (NEW.reasons IS NOT NULL"
        f" AND ({changed('reasons')}))",
    ),
    Refuse(
        "judgement_of_a_link_is_kept",
        JUDGEMENT,
        "DELETE OR TRUNCATE",
        "what somebody said about a link is kept; another judgement may follow",
    ),
]

NOT_TO_BE_CITED = f"""
NOT EXISTS (SELECT 1 FROM {DECISION} d JOIN {LINK} l ON l.account_id = d.account_id
            WHERE d.id = NEW.decision_id AND l.id = NEW.link_id AND d.status = 'proposed' AND l.status = 'same')
"""
CITES_WHAT_NOBODY_CONFIRMED = f"""
NEW.status IN ('approved', 'in_force') AND OLD.status = 'proposed'
AND EXISTS (SELECT 1 FROM {CITATION} c JOIN {LINK} l ON l.id = c.link_id
            WHERE c.decision_id = NEW.id AND l.status <> 'same')
"""
LEAVES_LINKS_BEHIND = f"""
NEW.status = 'reversed' AND OLD.status <> 'reversed' AND NEW.action IN ('suspend', 'suspend_for_a_time')
AND NOT EXISTS (SELECT 1 FROM {DECISION} d WHERE d.account_id = NEW.account_id AND d.id <> NEW.id
                AND d.status = 'in_force' AND d.action IN ('suspend', 'suspend_for_a_time'))
AND EXISTS (SELECT 1 FROM {LINK} l WHERE l.suspended_account_id = NEW.account_id
            AND l.status IN ('open', 'cannot_tell', 'same'))
"""
DECISIONS = [
    Refuse(
        "decision_cites_a_confirmed_link",
        CITATION,
        "INSERT",
        "a decision cites a link of its own account, while it is proposed, that a person confirmed",
        NOT_TO_BE_CITED,
    ),
    Refuse(
        "citation_of_a_link_never_changes",
        CITATION,
        "UPDATE OR DELETE OR TRUNCATE",
        "what a decision cites never changes: another decision supersedes it",
    ),
    Refuse(
        "cited_links_are_confirmed_when_it_acts",
        DECISION,
        "UPDATE",
        "a decision that cites a link comes into force only while a person confirms that link",
        CITES_WHAT_NOBODY_CONFIRMED,
    ),
    Refuse(
        "reinstatement_revokes_every_link",
        DECISION,
        "UPDATE",
        "who reinstates an account revokes every link to it in the same transaction",
        LEAVES_LINKS_BEHIND,
    ),
]


def write_the_rules(apps: Any, schema_editor: Any) -> None:
    """One a kind; a safety lead may change the days."""
    rules = apps.get_model("casework", "RetentionRule")
    rules.objects.bulk_create(
        rules(kind=kind, days=days, changed_at=FROM_THE_BEGINNING) for kind, days in DAYS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("casework", "0011_links"), ("triage", "0003_link_rules")]

    operations = [
        *LINKS,
        *JUDGEMENTS,
        *DECISIONS,
        migrations.RunPython(write_the_rules, migrations.RunPython.noop),
    ]
