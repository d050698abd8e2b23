"""How long each kind of data is kept at first, and what the database refuses: words are erased, never rewritten."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from ostrakon.ledger.triggers import Refuse

FROM_THE_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = {
    "report_texts": 180,
    "conflicts": 90,
    "evidence": 365,
    "notices": 365,
    "facts": 365,
    "notes": 180,
    "appeals": 365,
    "reporter_contacts": 30,
    "account_contacts": 365,
    "exposures": 30,
}


def changed(*columns: str) -> str:
    """One of the columns gets another value."""
    return " OR ".join(f"(NEW.{c} <> OLD.{c} OR (NEW.{c} IS NULL) <> (OLD.{c} IS NULL))" for c in columns)


def rewritten(*columns: str) -> str:
    """One of the columns gets another value than NULL."""
    return " OR ".join(f"(NEW.{c} IS NOT NULL AND (OLD.{c} IS NULL OR NEW.{c} <> OLD.{c}))" for c in columns)


APPEAL = changed("filed_by", "filed_at", "language", "due_at")
RULES = [
    Refuse(
        "retention_rule_is_kept",
        "casework_retentionrule",
        "DELETE OR TRUNCATE",
        "what is kept has a rule; its days may change",
    ),
    Refuse(
        "exposure_never_changes",
        "casework_exposure",
        "UPDATE",
        "what somebody looked at never changes; it may be erased by its rule",
    ),
    Refuse(
        "note_is_only_erased",
        "casework_note",
        "UPDATE",
        "a note stays as it was written; its words may be erased by their rule",
        f"{changed('case_id', 'author_id', 'at')} OR {rewritten('text')}",
    ),
    Refuse("note_is_kept", "casework_note", "DELETE OR TRUNCATE", "a note is kept; its words may be erased"),
    Refuse(
        "appeal_is_only_erased",
        "casework_appeal",
        "UPDATE",
        "an appeal stays as it was filed; its words may be erased by their rule",
        f"{APPEAL} OR {rewritten('text')}"
        " OR (NEW.name <> OLD.name AND NEW.name <> '') OR (NEW.email <> OLD.email AND NEW.email <> '')"
        f" OR (OLD.status <> 'open' AND ({rewritten('reasons')}))",
    ),
]


def write_the_first_rules(apps: Any, schema_editor: Any) -> None:
    """One a kind; a safety lead may change the days."""
    rule = apps.get_model("casework", "RetentionRule")
    rule.objects.bulk_create(
        rule(kind=kind, days=days, changed_at=FROM_THE_BEGINNING) for kind, days in DAYS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("casework", "0004_exposures_and_retention")]

    operations = [*RULES, migrations.RunPython(write_the_first_rules, migrations.RunPython.noop)]
