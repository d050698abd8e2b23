"""Rules of intake that the database itself keeps: what came in stays as it came; only erasure takes words away."""

from typing import ClassVar

from django.db import migrations

from ostrakon.ledger.triggers import Refuse


def changed(*columns: str) -> str:
    """Columns that are never null."""
    return " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)


def changed_otherwise_than_to_null(*columns: str) -> str:
    """Columns that erasure empties."""
    return " OR ".join(
        f"(NEW.{column} IS NOT NULL AND (OLD.{column} IS NULL OR NEW.{column} <> OLD.{column}))"
        for column in columns
    )


REPORT = changed(
    "id",
    "platform",
    "external_id",
    "account_id",
    "reporter_id",
    "source_id",
    "policy",
    "declared",
    "reported_at",
    "received_at",
    "digest",
)
EVIDENCE = changed("id", "account_id", "salted", "media_type", "taken_at")
CONFLICT = changed("id", "report_id", "digest", "received_at")
LIST = changed(
    "id", "source_id", "platform", "title", "publisher", "policy", "named_by", "raw", "sha256", "received_at"
)
LINE = "(OLD.state = 'taken' AND (NEW.state <> 'taken' OR NEW.report_id <> OLD.report_id)) OR " + changed(
    "id", "list_id", "line", "named"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("intake", "0001_initial")]

    operations: ClassVar = [
        Refuse("report_stays", "intake_report", "DELETE OR TRUNCATE", "a report is never deleted"),
        Refuse(
            "report_is_as_it_came",
            "intake_report",
            "UPDATE",
            "a report never changes; its text and salt may be erased",
            f"{REPORT} OR COALESCE(NEW.evidence_id, 0) <> COALESCE(OLD.evidence_id, 0)"
            f" OR {changed_otherwise_than_to_null('text', 'salt')}",
        ),
        Refuse(
            "evidence_stays",
            "intake_evidence",
            "DELETE OR TRUNCATE",
            "evidence is never deleted, only its content erased",
        ),
        Refuse(
            "evidence_is_as_it_came",
            "intake_evidence",
            "UPDATE",
            "evidence never changes; its content and salt may be erased",
            f"{EVIDENCE} OR {changed_otherwise_than_to_null('content', 'salt')}"
            " OR (NEW.sha256 <> OLD.sha256 AND (OLD.salt IS NULL OR NEW.salt IS NOT NULL))",
        ),
        Refuse(
            "conflict_stays",
            "intake_conflict",
            "DELETE OR TRUNCATE",
            "a conflict is never deleted, only its content erased",
        ),
        Refuse(
            "conflict_is_as_it_came",
            "intake_conflict",
            "UPDATE",
            "a conflict never changes; its content may be erased",
            f"{CONFLICT} OR {changed_otherwise_than_to_null('content', 'salt', 'plain')}",
        ),
        Refuse(
            "list_stays", "intake_publishedlist", "DELETE OR TRUNCATE", "a published list is never deleted"
        ),
        Refuse(
            "list_is_as_it_came", "intake_publishedlist", "UPDATE", "a published list never changes", LIST
        ),
        Refuse("line_stays", "intake_listrow", "DELETE OR TRUNCATE", "a line of a list is never deleted"),
        Refuse("line_is_as_it_came", "intake_listrow", "UPDATE", "a line that was taken never changes", LINE),
    ]
